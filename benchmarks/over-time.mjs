// The plot of what a gateway bears: answers, latency and memory over time, a column a database.
import * as vega from 'vega';
import { compile } from 'vega-lite';
import { NAMES } from './text.mjs';

const TITLES = {
  overload: ['Ten times the load it can carry', 'half load, ten times, half load again'],
  soak: ['Hours at half load', 'pages, marks, recordings and exports'],
};
const OUTCOMES = { domain: ['answered', 'refused'], range: ['#1b7f5c', '#b3261e'] };

/** A panel over time: lines by what they are, and a band where the load is ten times what can be carried. */
function panel(values, title, bands, scale) {
  const x = { field: 'at', type: 'quantitative', title: null, axis: { format: ',d', grid: false } };
  return {
    width: 400,
    height: 110,
    layer: [
      {
        data: { values: bands },
        mark: { type: 'rect', color: '#f4e3e1' },
        encoding: { x: { field: 'start', type: 'quantitative' }, x2: { field: 'end' } },
      },
      {
        data: { values },
        mark: { type: 'line', strokeWidth: 1.4 },
        encoding: {
          x,
          y: { field: 'value', type: 'quantitative', title, scale },
          color: { field: 'what', scale: OUTCOMES, legend: { title: null, orient: 'top' } },
        },
      },
    ],
  };
}

function column(name, { samples, phases, interval, carried }, day) {
  // In minutes where it takes long.
  const unit = day === 'soak' ? 60 : 1;
  const at = (sample) => sample.at / unit;
  const both = (value) =>
    samples.flatMap((sample) =>
      [
        ['answered', sample.accepted],
        ['refused', sample.refused],
      ]
        .map(([what, seen]) => ({ at: at(sample), what, value: value(seen) }))
        .filter(({ value }) => value !== undefined),
    );
  const bands = phases
    .filter(({ times }) => times > 1)
    .map(({ start, seconds }) => ({ start: start / unit, end: (start + seconds) / unit }));
  const of = (value) => samples.map((sample) => ({ at: at(sample), what: 'answered', value: value(sample) }));
  const log = { type: 'log', nice: false };
  return {
    spacing: 8,
    title: { text: NAMES[name], subtitle: `carries ${Math.round(carried)} requests a second` },
    vconcat: [
      panel(both(({ count }) => count / interval), 'requests a second', bands),
      panel(both(({ p99 }) => p99), 'p99, ms', bands, log),
      panel(of(({ memory }) => memory / 2 ** 20), 'memory, MB', bands, { zero: true }),
      panel(of(({ descriptors }) => descriptors), `descriptors, by ${unit === 60 ? 'minutes' : 'seconds'}`, bands),
    ],
  };
}

export async function drawOverTime(day, databases) {
  const [text, subtitle] = TITLES[day];
  const specification = {
    $schema: 'https://vega.github.io/schema/vega-lite/v5.json',
    background: 'white',
    padding: 16,
    title: { text, subtitle },
    hconcat: Object.entries(databases).map(([name, seen]) => column(name, seen, day)),
    config: {
      font: 'system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif',
      view: { stroke: null },
      axis: { titleFontWeight: 'normal', gridColor: '#eee', domain: false, ticks: false },
      axisY: { minExtent: 50 },
      title: { anchor: 'start', frame: 'group', fontSize: 15, subtitleColor: '#666', offset: 10 },
    },
  };
  const view = new vega.View(vega.parse(compile(specification).spec), { renderer: 'none' });
  return await view.toSVG();
}
