// The plot: what the age of a ledger costs, and beside the peers pages a second and processor time a page.
import * as vega from 'vega';
import { compile } from 'vega-lite';
import { CASES } from './cases.mjs';
import { NAMES } from './text.mjs';

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

/** Bars of ledgate and its peers, with their figures behind them. */
function bars(text, subtitle, values, title, color) {
  const names = [...new Set(values.map(({ name }) => name))];
  const sum = (parts) => parts.reduce((sum, { value }) => sum + value, 0);
  const sums = names.map((name) => ({ name, value: sum(values.filter((it) => it.name === name)) }));
  const most = Math.max(...sums.map(({ value }) => value));
  const y = { field: 'name', type: 'nominal', sort: names, title: null };
  const x = {
    field: 'value',
    type: 'quantitative',
    title,
    scale: { domainMax: most * 1.12 },
    axis: { grid: true, format: ',d' },
  };
  return {
    title: { text, subtitle },
    width: 560,
    height: { step: 26 },
    layer: [
      { data: { values }, mark: { type: 'bar', height: 16 }, encoding: { y, x, color, order: { field: 'order' } } },
      {
        data: { values: sums },
        mark: { type: 'text', align: 'left', dx: 5, color: '#444' },
        encoding: { y, x, text: { field: 'value', format: ',.0f' } },
      },
    ],
  };
}

const named = (name) => (name === 'pgbench' ? 'raw SQL (pgbench)' : name);

/** Pages a second of ledgate and its peers on the big ledger. */
function rates(peers, where) {
  const values = peers
    .map(({ name, rate }) => ({ name: named(name), value: rate, ours: name === 'ledgate' }))
    .sort((one, other) => other.value - one.value);
  const color = { condition: { test: 'datum.ours', value: '#1b7f5c' }, value: '#b8c4cc' };
  return bars('Pages a second', where, values, 'pages a second', color);
}

/** Processor time a page of ledgate and its peers, the least first. */
function spent(peers, where) {
  const total = ({ gateway = 0, database }) => gateway + database;
  const values = [...peers]
    .sort((one, other) => total(one) - total(other))
    .flatMap(({ name, gateway, database }) =>
      [
        { name: named(name), part: 'gateway', value: gateway, order: 0 },
        { name: named(name), part: 'database', value: database, order: 1 },
      ].filter(({ value }) => value),
    );
  const scale = { domain: ['gateway', 'database'], range: ['#1b7f5c', '#b8c4cc'] };
  const color = { field: 'part', scale, legend: { title: null, orient: 'top' } };
  return bars('Processor time a page', where, values, 'microseconds, user and system', color);
}

export async function draw(results, sizes) {
  const peers = results.databases.postgres?.peers?.at(-1);
  const where = `PostgreSQL, ${sizes[1]} entries, 100 of 9 fields a page, 8 connections, all on one machine`;
  const specification = {
    $schema: 'https://vega.github.io/schema/vega-lite/v5.json',
    background: 'white',
    padding: 16,
    spacing: 36,
    vconcat: [costs(results, sizes), ...(peers ? [rates(peers, where), spent(peers, where)] : [])],
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
