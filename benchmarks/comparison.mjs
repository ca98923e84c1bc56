// The comparison: the cases on a young and on an old ledger, and the peers beside them. Called by run.mjs.
import { CASES } from './cases.mjs';
import { claims } from './claims.mjs';
import { placeFor } from './databases.mjs';
import { files } from './files.mjs';
import { fill, prepare } from './life.mjs';
import { SMALL } from './options.mjs';
import { antiJoin, runPeers } from './peers.mjs';
import { runCase } from './rounds.mjs';
import { startLedgate } from './servers.mjs';
import { isInterrupted, rounded, say, soFar } from './session.mjs';
import { latency } from './signals.mjs';
import { drain, firstMark, record } from './single.mjs';

/** What --only can name. */
export const PARTS = ['cases', 'peers', 'single', 'claims', 'first-mark', 'files'];
/** Marks whose events are timed. */
const MARKS = 200;
const LINES = 1_000_000;

const both = (sides, write) => sides.map((it) => rounded(write(it))).join(' and ');

/** One database. */
class Comparison {
  constructor(database, place, settings) {
    Object.assign(this, { database, place, settings });
    this.results = { cases: {}, failures: [] };
  }

  tell(text) {
    say(`${this.database}: ${text}`);
  }

  /** One part: when it fails the others go on, and the report says so. */
  async attempt(name, action) {
    try {
      return await action();
    } catch (error) {
      if (isInterrupted()) throw error;
      this.results.failures.push({ name, message: error.message });
      say(`FAILED: ${name}: ${error.message}`);
      return undefined;
    }
  }

  /** Does something with copies of both ledgers, each with a gateway: filled by life.mjs, or as they were built. */
  async onCopies(filled, action) {
    const ledgers = [],
      servers = [],
      contexts = [];
    for (const [name, entries] of [
      ['copy_young', SMALL],
      ['copy_old', this.settings.entries],
    ]) {
      this.tell(`a ledger of ${entries.toLocaleString('en')} entries`);
      const ledger = await this.place.copy(name, entries);
      if (ledger.built) this.tell(`built in ${rounded(ledger.built)} s`);
      ledgers.push({ ...ledger, bytes: await ledger.bytes() });
      if (filled) await fill(ledger);
      servers.push(await startLedgate(this.settings.binary, ledger.url));
      contexts.push(await prepare(ledger, servers.at(-1)));
    }
    this.results.ledgers ??= ledgers.map(({ entries, built, bytes }) => ({ entries, built, bytes }));
    await action(ledgers, contexts, servers);
    for (const server of servers) await server.stop();
    for (const ledger of ledgers) await ledger.remove();
  }

  async cases(contexts) {
    for (const theCase of CASES) {
      const figures = await this.attempt(theCase.name, () => runCase(theCase, contexts, this.settings));
      if (!figures) continue;
      this.results.cases[theCase.name] = figures;
      const sides = [figures.small, figures.big];
      const spent = ['gateway', 'database'].filter((name) => figures.big[name]);
      this.tell(
        `${theCase.name}: ${both(sides, ({ rate }) => rate)} a second, cost × ${rounded(figures.cost)}; ` +
          spent.map((name) => `${name} ${both(sides, (side) => side[name])} µs`).join(', '),
      );
    }
  }

  async peers(ledgers, contexts) {
    this.results.peers = [];
    for (const [at, ledger] of ledgers.entries()) {
      this.tell(`the peers on ${ledger.entries.toLocaleString('en')} entries`);
      const hooks = { tell: (text) => this.tell(text), attempt: (name, action) => this.attempt(name, action) };
      const run = () => runPeers(this.place.server, ledger, contexts[at], this.settings, hooks);
      this.results.peers.push(await this.attempt('peers', run));
    }
  }

  async single(ledgers, contexts, servers) {
    const limit = this.place.server ? "SET statement_timeout = '120s'; " : '';
    const parts = {
      antiJoin: (side) => antiJoin(ledgers[side], limit),
      drain: (side) => drain(contexts[side]),
      record: (side) => record(contexts[side]),
      latency: (side) => latency(servers[side], servers[side], MARKS),
    };
    for (const [name, measure] of Object.entries(parts)) {
      this.results[name] = [];
      for (const side of ledgers.keys())
        this.results[name].push(await this.attempt(name, () => measure(side)));
    }
    const { antiJoin: joined, drain: drained, record: recorded, latency: told } = this.results;
    this.tell(`the page as an anti-join: ${both(joined, (it) => it)} ms`);
    this.tell(`drain ${both(drained, (it) => it?.rate)} entries/s, record ${both(recorded, (it) => it?.rate)} entries/s`);
    this.tell(`from a mark to a subscriber: p99 ${both(told, (it) => it?.fromCall.p99)} ms`);
  }

  async firstMark([, ledger], [, context]) {
    this.results.firstMark = {};
    for (const [name, delay] of [
      ['paced', 50],
      ['unpaced', undefined],
    ]) {
      const { seconds } = this.settings;
      const measure = () => firstMark(context, ledger, `bench-${name}`, { seconds, delay });
      const figures = await this.attempt(`first mark, ${name}`, measure);
      if (!figures) continue;
      this.results.firstMark[name] = figures;
      this.tell(
        `first mark, ${name}: ${rounded(figures.milliseconds)} ms, taken over in ${rounded(figures.tookOver)} s, ` +
          `p99 of others ${rounded(figures.before.p99)} before, ${rounded(figures.during.p99)} ms during`,
      );
    }
  }

  async files() {
    const lines = Math.floor(Math.min(LINES, this.settings.entries) / 3) * 3;
    this.tell(`a file of ${lines.toLocaleString('en')} lines`);
    const measure = () => files(this.place, this.settings, lines);
    const figures = (this.results.files = await this.attempt('import and stream', measure));
    if (!figures) return;
    const { import: imported, again, load, stream, unload } = figures;
    this.tell(
      `import ${rounded(imported.rate)} lines/s, again ${rounded(again.rate)} (its own bulk load ${rounded(load)}), ` +
        `stream ${rounded(stream.rate)} rows/s (its own ${rounded(unload)}) in ${rounded(stream.memory / 2 ** 20)} MB`,
    );
  }
}

export async function compare(database, settings) {
  const began = soFar();
  const { has } = settings;
  const place = await placeFor(database, settings.data, settings.binary);
  const comparison = new Comparison(database, place, settings);
  if (has('cases') || has('peers') || has('single')) {
    await comparison.onCopies(true, async (ledgers, contexts, servers) => {
      if (has('cases')) await comparison.cases(contexts);
      if (has('peers') && place.server) await comparison.peers(ledgers, contexts);
      // The last: it uses up the backlog that the others ask for.
      if (has('single')) await comparison.single(ledgers, contexts, servers);
    });
  }
  if (has('claims') || has('first-mark')) {
    await comparison.onCopies(false, async (ledgers, contexts) => {
      const work = () => claims(ledgers, contexts, settings.seconds, (text) => comparison.tell(text));
      if (has('claims')) comparison.results.claims = await comparison.attempt('claims', work);
      if (has('first-mark')) await comparison.firstMark(ledgers, contexts);
    });
  }
  if (has('files')) await comparison.files();
  await place.stop();
  return {
    version: place.version,
    settings: place.server?.settings,
    took: soFar() - began,
    ...comparison.results,
  };
}
