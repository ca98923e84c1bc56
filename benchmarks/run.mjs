// The benchmark: builds the ledgers, starts the servers, runs the cases, writes the report. Called by
// scripts/bench.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CASES, prepare, runCase } from './cases.mjs';
import { filesOnPostgres, filesOnSqlite } from './files.mjs';
import { onPostgres, onSqlite } from './ledger.mjs';
import { machine, versions } from './machine.mjs';
import { antiJoin, runPeers } from './peers.mjs';
import { end } from './processes.mjs';
import { judge } from './bar.mjs';
import { endure, report } from './endurance.mjs';
import { writeReport } from './report.mjs';
import { startLedgate, startPostgres } from './servers.mjs';
import { conduct, isInterrupted, rounded, say, soFar, wholeNumber } from './session.mjs';
import { drain, firstMark, record } from './single.mjs';

const SMALL = 10_000;

function options() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      entries: { type: 'string', default: '10000000' },
      seconds: { type: 'string', default: '5' },
      rounds: { type: 'string', default: '3' },
      database: { type: 'string', default: 'both' },
      'no-peers': { type: 'boolean', default: false },
      output: { type: 'string' },
      data: { type: 'string' },
      binary: { type: 'string' },
      given: { type: 'boolean', default: false },
      minutes: { type: 'string', default: '60' },
    },
  });
  if (!['postgres', 'sqlite', 'both'].includes(values.database))
    throw new Error('--database is postgres, sqlite or both');
  const [day, ...more] = positionals;
  if (more.length > 0 || (day && !['overload', 'soak'].includes(day))) throw new Error('overload, soak or nothing');
  const entries = wholeNumber(values.entries, 'entries', 2 * SMALL);
  if (entries % 500 !== 0) throw new Error('--entries is a multiple of 500');
  const repository = fileURLToPath(new URL('..', import.meta.url));
  return {
    day,
    minutes: wholeNumber(values.minutes, 'minutes', 1),
    entries,
    seconds: wholeNumber(values.seconds, 'seconds', 1),
    rounds: wholeNumber(values.rounds, 'rounds', 1),
    databases: values.database === 'both' ? ['postgres', 'sqlite'] : [values.database],
    peers: !values['no-peers'],
    output: resolve(values.output ?? join(repository, 'docs/benchmarks')),
    data: resolve(values.data ?? join(repository, 'target/bench')),
    binary: resolve(values.binary),
    given: values.given,
    lines: Math.floor(Math.min(1_000_000, entries) / 3) * 3,
  };
}

/** One part of the benchmark: when it fails the others go on, and the report says so. */
async function attempt(name, failures, action) {
  try {
    return await action();
  } catch (error) {
    if (isInterrupted()) throw error;
    failures.push({ name, message: error.message });
    say(`FAILED: ${name}: ${error.message}`);
    return undefined;
  }
}

async function measure(database, settings) {
  const failures = [];
  const server = database === 'postgres' ? await startPostgres(settings.data) : undefined;
  const build = (entries) =>
    server ? onPostgres(server, settings.binary, entries) : onSqlite(settings.data, settings.binary, entries);
  const ledgers = [],
    servers = [],
    contexts = [];
  for (const entries of [SMALL, settings.entries]) {
    say(`${database}: a ledger of ${entries.toLocaleString('en')} entries`);
    const ledger = await build(entries);
    ledgers.push(ledger);
    if (ledger.built) say(`${database}: built in ${rounded(ledger.built)} s`);
    servers.push(await startLedgate(settings.binary, ledger.url));
    contexts.push(await prepare(ledger, servers.at(-1)));
  }
  const [small, big] = contexts;
  const results = {
    ledgers: ledgers.map(({ entries, built, bytes }) => ({ entries, built, bytes })),
    cases: {},
    failures,
  };
  for (const theCase of CASES) {
    const figures = await attempt(theCase.name, failures, () => runCase(theCase, small, big, settings));
    if (!figures) continue;
    results.cases[theCase.name] = figures;
    say(
      `${database}: ${theCase.name}: ${rounded(figures.small.rate)} and ${rounded(figures.big.rate)} a second, ` +
        `cost × ${rounded(figures.cost)}`,
    );
  }
  if (server && settings.peers) {
    results.peers = [];
    for (const [at, ledger] of ledgers.entries()) {
      say(`${database}: the peers on ${ledger.entries.toLocaleString('en')} entries`);
      results.peers.push(
        await attempt('peers', failures, () =>
          runPeers(server, ledger, servers[at], settings, (text) => say(`${database}: ${text}`)),
        ),
      );
    }
  }
  const limit = server ? "SET statement_timeout = '120s'; " : '';
  results.antiJoin = [];
  for (const ledger of ledgers)
    results.antiJoin.push(await attempt('anti-join', failures, () => antiJoin(ledger, limit)));
  say(`${database}: the page as an anti-join: ${results.antiJoin.map(rounded).join(' and ')} ms`);

  results.drain = [];
  results.record = [];
  for (const context of contexts) {
    results.drain.push(await attempt('drain', failures, () => drain(context)));
    results.record.push(await attempt('record', failures, () => record(context)));
  }
  say(
    `${database}: drain ${results.drain.map((figure) => rounded(figure?.rate)).join(' and ')} entries/s, ` +
      `record ${results.record.map((figure) => rounded(figure?.rate)).join(' and ')} entries/s`,
  );
  // The backlog that the others ask for has been drained.
  for (const ledger of ledgers) await ledger.restore();
  for (const [name, delay] of [
    ['paced', 50],
    ['unpaced', undefined],
  ]) {
    const figures = await attempt(`first mark, ${name}`, failures, () =>
      firstMark(big, ledgers[1], `bench-${name}`, { seconds: settings.seconds, delay }),
    );
    results.firstMark = { ...results.firstMark, [name]: figures };
    if (figures) {
      say(
        `${database}: first mark, ${name}: ${rounded(figures.milliseconds)} ms, taken over in ${rounded(figures.tookOver)} s, ` +
          `p99 of others ${rounded(figures.before.p99)} before, ${rounded(figures.during.p99)} ms during`,
      );
    }
  }
  for (const ledgate of servers) await ledgate.stop();
  for (const ledger of ledgers) await ledger.restore();

  say(`${database}: a file of ${settings.lines.toLocaleString('en')} lines`);
  results.files = await attempt('import and stream', failures, () =>
    server
      ? filesOnPostgres(server, settings.binary, settings.data, settings.lines)
      : filesOnSqlite(settings.binary, settings.data, settings.lines),
  );
  if (results.files) {
    const { import: imported, load, stream, unload } = results.files;
    say(
      `${database}: import ${rounded(imported.rate)} lines/s (its own bulk load ${rounded(load)}), ` +
        `stream ${rounded(stream.rate)} rows/s (its own ${rounded(unload)}) in ${rounded(stream.memory / 2 ** 20)} MB`,
    );
  }
  if (server) {
    results.settings = server.settings;
    results.version = (await server.psql('postgres', 'SHOW server_version')).trim().split(' ')[0];
    await server.stop();
  }
  return results;
}

/** A day on a small ledger of each database. */
async function measureEndurance(settings) {
  const { data, binary, day } = settings;
  const databases = Object.fromEntries(settings.databases.map((database) => [database, undefined]));
  const one = async (database) => {
    const server = database === 'postgres' ? await startPostgres(data) : undefined;
    const ledger = await (server ? onPostgres(server, binary, SMALL) : onSqlite(data, binary, SMALL));
    databases[database] = await endure(day, ledger, settings, (text) => say(`${database}: ${text}`));
    await ledger.restore();
    await server?.stop();
  };
  // What takes hours is done side by side: what each carries beside the other, and half of that.
  if (day === 'soak') await Promise.all(settings.databases.map(one));
  else for (const database of settings.databases) await one(database);
  await report(day, { databases }, settings.output);
}

/** What a program complained of may name places of this machine: it is for the screen only. */
const withoutMessages = (key, value) => (key === 'message' ? undefined : value);

await conduct(options, async (settings) => {
  if (settings.day) {
    await measureEndurance(settings);
    await end();
    process.exit();
  }
  const results = {
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    versions: await versions(settings),
    options: { entries: settings.entries, small: SMALL, seconds: settings.seconds, rounds: settings.rounds },
    databases: {},
  };
  for (const database of settings.databases) results.databases[database] = await measure(database, settings);
  results.took = soFar();
  results.bar = judge(results);
  mkdirSync(settings.output, { recursive: true });
  writeFileSync(join(settings.output, 'results.json'), JSON.stringify(results, withoutMessages, 2) + '\n');
  await writeReport(results, settings.output);
  console.log('\n' + readFileSync(join(settings.output, 'results.md'), 'utf8'));
  const missed = results.bar.filter(({ holds }) => !holds);
  for (const { text, figure, limit } of missed)
    console.log(`*** THE BAR IS MISSED: ${text}: ${figure} (${limit})`);
  const failures = Object.values(results.databases).flatMap(({ failures }) => failures);
  for (const { name, message } of failures) console.log(`*** COULD NOT BE MEASURED: ${name}: ${message}`);
  console.log(`${results.bar.length - missed.length} of ${results.bar.length} lines of the bar hold.`);
});
