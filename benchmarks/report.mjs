// Writes results.md and results.svg.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CASES } from './cases.mjs';
import { draw } from './plot.mjs';

export const NAMES = { postgres: 'PostgreSQL', sqlite: 'SQLite' };

const count = (number) => Math.round(number).toLocaleString('en');
const figure = (number, unit = '') => {
  if (number === undefined || number === null) return '–';
  const text = number >= 100 ? count(number) : number >= 10 ? number.toFixed(1) : number.toFixed(2);
  return text + unit;
};
const ratio = (number) => (number ? `× ${number.toFixed(2)}` : '–');
const megabytes = (bytes) => figure(bytes / 2 ** 20, ' MB');
const size = (entries) =>
  entries % 1e6 === 0 ? `${entries / 1e6} M` : entries % 1e3 === 0 ? `${entries / 1e3} k` : count(entries);

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, column) => (column === 0 ? '---' : '---:'))), ...rows.map(line)].join(
    '\n',
  );
}

function loadTable({ cases }, small, big) {
  const rows = CASES.filter(({ name }) => cases[name]).map(({ name }) => {
    const { small, big, cost } = cases[name];
    return [
      name,
      ...[small, big].flatMap(({ rate, p50, p99 }) => [figure(rate), figure(p50), figure(p99)]),
      ratio(cost),
    ];
  });
  return table(['case', `${small}: /s`, 'p50 ms', 'p99 ms', `${big}: /s`, 'p50 ms', 'p99 ms', 'cost'], rows);
}

function peersTable(peers, sizes) {
  const names = Object.keys(peers.find(Boolean));
  const rows = names.map((name) => [
    name,
    ...peers.flatMap((figures) => {
      const { rate, p50, p99, against } = figures?.[name] ?? {};
      return [figure(rate), figure(p50), figure(p99), name === 'ledgate' ? '' : ratio(against)];
    }),
  ]);
  return table(
    ['', ...sizes.flatMap((size) => [`${size}: pages/s`, 'p50 ms', 'p99 ms', 'ledgate does'])],
    rows,
  );
}

function singleTable(results, small, big) {
  const { drain, record, antiJoin, firstMark, files, ledgers } = results;
  const rows = [
    [
      'drain: 1,000 entries read, then marked ten a call, one client',
      ...drain.map((it) => figure(it?.rate, ' entries/s')),
    ],
    ['record: 500 new entries a call, one client', ...record.map((it) => figure(it?.rate, ' entries/s'))],
    [
      'for the record: the steady page as a `NOT EXISTS` anti-join, one client',
      ...antiJoin.map((it) => figure(it, ' ms')),
    ],
    ['the database', ...ledgers.map(({ bytes }) => megabytes(bytes))],
  ];
  if (ledgers[1].built) rows.push(['building it', ...ledgers.map(({ built }) => figure(built, ' s'))]);
  const parts = [table(['', small, big], rows)];
  const marks = Object.entries(firstMark ?? {}).filter(([, it]) => it);
  if (marks.length > 0) {
    const label = {
      paced: '8 connections, each 20 pages a second or so',
      unpaced: '8 connections, as fast as they can',
    };
    parts.push(
      `The first mark of a new system on ${big} entries, while others ask for the steady page:`,
      table(
        [
          'others',
          'the call',
          'history taken over in',
          'their p99 before',
          'during',
          '',
          'their pages/s before',
          'during',
        ],
        marks.map(([name, it]) => [
          label[name],
          figure(it.milliseconds, ' ms'),
          it.takenOver ? figure(it.tookOver, ' s') : `not within ${figure(it.tookOver, ' s')}`,
          figure(it.before.p99, ' ms'),
          figure(it.during.p99, ' ms'),
          ratio(it.during.p99 / it.before.p99),
          figure(it.before.rate),
          figure(it.during.rate),
        ]),
      ),
    );
  }
  if (files) {
    const lines = count(files.lines);
    parts.push(
      table(
        [`${lines} entries at once`, 'rows/s', 'the database alone', '', 'peak memory'],
        [
          [
            '`ledgate import` of a FEC',
            count(files.import.rate),
            count(files.load),
            ratio(files.import.rate / files.load),
            megabytes(files.import.memory),
          ],
          [
            'REST export, JSON',
            count(files.stream.rate),
            count(files.unload),
            ratio(files.stream.rate / files.unload),
            megabytes(files.stream.memory),
          ],
        ],
      ),
    );
  }
  return parts.join('\n\n');
}

function introduction({ date, machine, versions, options, databases, took }) {
  const { processor, cores, memory, system } = machine;
  const postgres = databases.postgres;
  const programs = [
    `ledgate ${versions.ledgate} (${versions.commit})`,
    postgres &&
      `PostgreSQL ${postgres.version} (${Object.entries(postgres.settings)
        .map(([name, value]) => `${name} ${value}`)
        .join(', ')})`,
    databases.sqlite && `SQLite ${versions.sqlite}, its shell ${versions.sqliteShell}`,
    `wrk ${versions.wrk}`,
    `Node ${versions.node}`,
    postgres?.peers &&
      [
        `pgbench ${versions.pgbench}`,
        `PostGraphile ${versions.postgraphile}`,
        `GraphQL Yoga ${versions.yoga} with pg ${versions.pg}`,
      ].join(', '),
  ].filter(Boolean);
  return [
    '# Results',
    `Written by \`scripts/bench\`; [README.md](README.md) says what is measured and how to read it.`,
    `${date}, ${processor}, ${cores} cores shared by server, database and load, ` +
      `${figure(memory / 2 ** 30, ' GB')}, ${system}. ${programs.join('; ')}. ` +
      `Medians of ${options.rounds} rounds of ${options.seconds} s; all of it took ${Math.ceil(took / 60)} minutes.`,
    '![Cost of an old ledger, and pages a second](results.svg)',
  ].join('\n\n');
}

export async function writeReport(results, folder) {
  const sizes = [size(results.options.small), size(results.options.entries)];
  const parts = [introduction(results)];
  if (results.bar.length > 0) {
    parts.push(
      '## The bar',
      table(
        ['', 'measured', 'limit', 'holds'],
        results.bar.map(({ text, figure, limit, holds }) => [text, figure, limit, holds ? 'yes' : '**NO**']),
      ),
    );
  }
  for (const [database, figures] of Object.entries(results.databases)) {
    parts.push(`## ${NAMES[database]}`, loadTable(figures, ...sizes));
    if (figures.peers?.some(Boolean)) {
      parts.push(
        'The same page by others, in turn with ledgate round by round (pgbench: the mean in the place of p50):',
        peersTable(figures.peers, sizes),
      );
    }
    parts.push(singleTable(figures, ...sizes));
    if (figures.failures.length > 0) {
      parts.push('Could not be measured: ' + figures.failures.map(({ name }) => name).join(', ') + '.');
    }
  }
  writeFileSync(join(folder, 'results.md'), parts.join('\n\n') + '\n');
  writeFileSync(join(folder, 'results.svg'), await draw(results, sizes));
}
