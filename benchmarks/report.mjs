// Writes results.md and results.svg.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CASES } from './cases.mjs';
import { draw } from './plot.mjs';
import { NAMES, count, figure, megabytes, size, table, times } from './text.mjs';

/** Columns of the figures of one load, on a ledger of a size. */
const head = (size) => [`${size}: /s`, 'p99 ms', 'gateway µs', 'database µs'];
const cells = ({ rate, p99, gateway, database } = {}) => [rate, p99, gateway, database].map((it) => figure(it));

function casesTable({ cases }, sizes) {
  const rows = CASES.filter(({ name }) => cases[name]).map(({ name }) => {
    const { small, big, cost } = cases[name];
    return [name, ...cells(small), ...cells(big), times(cost)];
  });
  return table(['case', ...sizes.flatMap(head), 'cost'], rows);
}

function peersTable(peers, sizes) {
  const names = [...new Set(peers.flatMap((side) => side?.map(({ name }) => name) ?? []))];
  const rows = names.map((name) => [
    name,
    ...peers.flatMap((side) => {
      const it = side?.find((rival) => rival.name === name);
      return [...cells(it), name === 'ledgate' ? '' : times(it?.against)];
    }),
  ]);
  return table(['', ...sizes.flatMap((size) => [...head(size), 'ledgate does'])], rows);
}

/** What was done once on each ledger. */
function singleTable({ drain, record, antiJoin, latency, ledgers }, sizes) {
  const perEntry = (it) => {
    const spent = ['gateway', 'database'].filter((name) => it?.[name]).map((name) => `${name} ${figure(it[name])} µs`);
    return `${figure(it?.rate)} entries/s; ${spent.join(', ')} each`;
  };
  const told = (it) => it && `p50 ${figure(it.fromCall.p50)}, p99 ${figure(it.fromCall.p99, ' ms')}`;
  const rows = [
    ['drain: a backlog of 1,000 read, then marked ten a call, one client', drain, perEntry],
    ['record: 500 new entries a call, one client', record, perEntry],
    ['from the call that marks an entry to a subscriber', latency, told],
    ['for the record: the steady page as a `NOT EXISTS` anti-join, one client', antiJoin, (it) => figure(it, ' ms')],
    ['the database', ledgers, ({ bytes }) => megabytes(bytes)],
    ['building it', ledgers?.[1].built && ledgers, ({ built }) => figure(built, ' s')],
  ];
  const measured = rows.filter(([, sides]) => sides?.some((it) => it !== undefined));
  return table(['', ...sizes], measured.map(([name, sides, write]) => [name, ...sides.map(write)]));
}

function claimsTable(claims) {
  const columns = ['', 'one worker: claim ms', 'of a plain page', 'settle ms', 'of a plain page'];
  const more = ['8 workers: entries/s', 'claim p99 ms', 'settle p99 ms', 'gateway µs an entry', 'database µs an entry'];
  const rows = claims.map(({ name, alone, together }) => [
    name,
    figure(alone.claim.p50),
    times(alone.claim.pages),
    figure(alone.settle.p50),
    times(alone.settle.pages),
    ...[together.rate, together.claim.p99, together.settle.p99, together.gateway, together.database].map((it) => figure(it)),
  ]);
  return table([...columns, ...more], rows);
}

const OTHERS = {
  paced: '8 connections, each 20 pages a second or so',
  unpaced: '8 connections, as fast as they can',
};

function firstMarkTable(firstMark) {
  const columns = ['others', 'the call', 'history taken over in', 'their p99 before', 'during', ''];
  const more = ['the slowest page', 'their pages/s before', 'during'];
  const rows = Object.entries(OTHERS)
    .filter(([name]) => firstMark[name])
    .map(([name, others]) => {
      const { milliseconds, takenOver, tookOver, before, during } = firstMark[name];
      return [
        others,
        figure(milliseconds, ' ms'),
        takenOver ? figure(tookOver, ' s') : `not within ${figure(tookOver, ' s')}`,
        figure(before.p99, ' ms'),
        figure(during.p99, ' ms'),
        times(during.p99 / before.p99),
        figure(during.max, ' ms'),
        figure(before.rate),
        figure(during.rate),
      ];
    });
  return table([...columns, ...more], rows);
}

function filesTable({ lines, import: imported, again, load, stream, unload }) {
  const row = (name, it, alone) => [
    name,
    count(it.rate),
    count(alone),
    times(it.rate / alone),
    figure(it.gateway),
    figure(it.database),
    megabytes(it.memory),
  ];
  const columns = ['rows/s', 'the database alone', '', 'gateway µs a row', 'database µs a row', 'peak memory'];
  return table(
    [`${count(lines)} entries at once`, ...columns],
    [
      row('`ledgate import` of a FEC', imported, load),
      row('the same again, without changes', again, load),
      row('REST export, JSON', stream, unload),
    ],
  );
}

function introduction({ date, machine, versions, options, databases }) {
  const { processor, cores, memory, system } = machine;
  const postgres = databases.postgres;
  const settings = Object.entries(postgres?.settings ?? {}).map(([name, value]) => `${name} ${value}`);
  const { postgraphile, yoga, pg, strawberry, asyncpg, uvicorn } = versions;
  const peers = [
    `pgbench ${versions.pgbench}`,
    `Node ${versions.node} with PostGraphile ${postgraphile}, GraphQL Yoga ${yoga} and pg ${pg}`,
    `Python ${versions.python} with Strawberry ${strawberry}, asyncpg ${asyncpg} and uvicorn ${uvicorn}`,
  ];
  const programs = [
    `ledgate ${versions.ledgate} (${versions.commit})`,
    postgres && `PostgreSQL ${postgres.version} (${settings.join(', ')})`,
    databases.sqlite && `SQLite ${versions.sqlite}, its shell ${versions.sqliteShell}`,
    `wrk ${versions.wrk}`,
    ...(postgres?.peers ? peers : []),
  ].filter(Boolean);
  const took = Object.values(databases).reduce((sum, { took }) => sum + took, 0);
  return [
    '# Results',
    `Written by \`scripts/bench\`; [README.md](README.md) says what is measured and how to read it.`,
    `${date}, ${processor}, ${cores} cores shared by server, database and load, ` +
      `${figure(memory / 2 ** 30, ' GB')}, ${system}. ${programs.join('; ')}. ` +
      `Medians of ${options.rounds} rounds of ${options.seconds} s; all of it took ${Math.ceil(took / 60)} minutes.`,
    '![Cost of an old ledger, pages a second, and processor time a page](results.svg)',
  ];
}

/** Everything that was measured on one database. */
function* section(database, results, sizes) {
  yield `## ${NAMES[database]}`;
  if (Object.keys(results.cases).length > 0) yield casesTable(results, sizes);
  if (results.peers?.some(Boolean)) {
    yield 'The same page by others, in turn with ledgate round by round:';
    yield peersTable(results.peers, sizes);
  }
  if (results.ledgers) yield singleTable(results, sizes);
  if (results.claims) {
    yield 'Workers that claim 100 entries and say that the system has them:';
    yield claimsTable(results.claims);
  }
  if (results.firstMark) {
    yield `The first mark of a new system on ${sizes[1]} entries, while others ask for the steady page:`;
    yield firstMarkTable(results.firstMark);
  }
  if (results.files) yield filesTable(results.files);
  const failed = [...new Set(results.failures.map(({ name }) => name))];
  if (failed.length > 0) yield `Could not be measured: ${failed.join(', ')}.`;
}

export async function writeReport(results, folder) {
  const sizes = [size(results.options.small), size(results.options.entries)];
  const bar = results.bar.map(({ text, figure, limit, holds }) => [text, figure, limit, holds ? 'yes' : '**NO**']);
  const parts = [
    ...introduction(results),
    ...(bar.length > 0 ? ['## The bar', table(['', 'measured', 'limit', 'holds'], bar)] : []),
    ...Object.entries(results.databases).flatMap(([name, figures]) => [...section(name, figures, sizes)]),
  ];
  writeFileSync(join(folder, 'results.md'), parts.join('\n\n') + '\n');
  writeFileSync(join(folder, 'results.svg'), await draw(results, sizes));
}
