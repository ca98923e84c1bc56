// The plot: what the age of a ledger costs, and how many pages a second there are beside the peers.
import * as vega from 'vega';
import { compile } from 'vega-lite';
import { CASES } from './cases.mjs';

const NAMES = { postgres: 'PostgreSQL', sqlite: 'SQLite' };
const COLORS = { domain: ['PostgreSQL', 'SQLite'], range: ['#336791', '#e08e0b'] };

/** Cost of the big ledger by case and database, with the bar's line at 1.25. */
function costs({ databases }, [small, big]) {
  const values = Object.entries(databases).flatMap(([database, { cases }]) =>
    CASES.filter(({ name }) => cases[name]?.cost).map(({ name, bar }) => ({
      case: name,
      database: NAMES[database],
      cost: cases[name].cost,
      judged: bar === 'age',
    })),
  );
  const order = CASES.map(({ name }) => name);
  const most = Math.max(2, ...values.map(({ cost }) => cost));
  const least = Math.min(0.5, ...values.map(({ cost }) => cost));
  const y = { field: 'case', type: 'nominal', sort: order, title: null };
  const x = {
    field: 'cost',
    type: 'quantitative',
    title: `cost at ${big} entries ÷ cost at ${small} (1: age costs nothing)`,
    // By the logarithm: twice as slow and twice as fast are equally far from 1.
    scale: { type: 'log', domain: [least / 1.1, most * 1.25], nice: false },
    axis: {
      values: [0.25, 0.5, 0.75, 1, 1.25, 2, 3, 5, 10, 20, 50, 100, 1000, 10000],
      format: '~g',
      grid: true,
    },
  };
  return {
    title: {
      text: 'What the age of the ledger costs',
      subtitle: 'left of the dashed line: within the bar, where the case has one (●)',
    },
    width: 560,
    height: { step: 34, for: 'position' },
    data: { values },
    layer: [
      { mark: { type: 'rule', color: '#999' }, data: { values: [{ at: 1 }] }, encoding: { x: { datum: 1 } } },
      {
        mark: { type: 'rule', color: '#b3261e', strokeDash: [5, 4] },
        data: { values: [{ at: 1 }] },
        encoding: { x: { datum: 1.25 } },
      },
      {
        mark: { type: 'point', size: 80, strokeWidth: 2, opacity: 1 },
        encoding: {
          y,
          x,
          yOffset: { field: 'database' },
          color: { field: 'database', scale: COLORS, legend: { title: null, orient: 'top' } },
          fill: {
            condition: { test: 'datum.judged', field: 'database', scale: COLORS, legend: null },
            value: 'white',
          },
        },
      },
      {
        mark: { type: 'text', align: 'left', dx: 9, fontSize: 10, color: '#444' },
        encoding: { y, x, yOffset: { field: 'database' }, text: { field: 'cost', format: '.2f' } },
      },
    ],
  };
}

/** Pages a second of ledgate and its peers on the big ledger. */
function rivals(peers, big) {
  const values = Object.entries(peers)
    .map(([name, { rate }]) => ({
      name: name === 'pgbench' ? 'raw SQL (pgbench)' : name,
      rate,
      ours: name === 'ledgate',
    }))
    .sort((one, other) => other.rate - one.rate);
  const y = { field: 'name', type: 'nominal', sort: null, title: null };
  const x = {
    field: 'rate',
    type: 'quantitative',
    title: 'pages a second',
    scale: { domainMax: values[0].rate * 1.12 },
    axis: { grid: true, format: ',d' },
  };
  return {
    title: {
      text: 'Pages a second',
      subtitle: `PostgreSQL, ${big} entries, 100 of 9 fields a page, 8 connections, all on one machine`,
    },
    width: 560,
    height: { step: 26 },
    data: { values },
    layer: [
      {
        mark: { type: 'bar', height: 16 },
        encoding: { y, x, color: { condition: { test: 'datum.ours', value: '#1b7f5c' }, value: '#b8c4cc' } },
      },
      {
        mark: { type: 'text', align: 'left', dx: 5, color: '#444' },
        encoding: { y, x, text: { field: 'rate', format: ',.0f' } },
      },
    ],
  };
}

export async function draw(results, sizes) {
  const peers = results.databases.postgres?.peers?.at(-1);
  const specification = {
    $schema: 'https://vega.github.io/schema/vega-lite/v5.json',
    background: 'white',
    padding: 16,
    spacing: 36,
    vconcat: [costs(results, sizes), ...(peers ? [rivals(peers, sizes[1])] : [])],
    resolve: { scale: { color: 'independent' } },
    config: {
      font: 'system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif',
      view: { stroke: null },
      axis: {
        labelFontSize: 12,
        titleFontSize: 12,
        titleFontWeight: 'normal',
        gridColor: '#eee',
        domain: false,
        ticks: false,
      },
      axisY: { minExtent: 190, labelLimit: 0, labelPadding: 10 },
      title: {
        anchor: 'start',
        frame: 'group',
        fontSize: 16,
        subtitleFontSize: 12,
        subtitleColor: '#666',
        offset: 12,
      },
      legend: { labelFontSize: 12 },
    },
  };
  const view = new vega.View(vega.parse(compile(specification).spec), { renderer: 'none' });
  return await view.toSVG();
}
