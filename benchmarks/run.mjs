// The benchmark, called by scripts/bench: the comparison, or one of the other days.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { judge } from './bar.mjs';
import { PARTS, compare } from './comparison.mjs';
import { endure } from './endurance.mjs';
import { machine, versions } from './machine.mjs';
import { SMALL, settingsFrom } from './options.mjs';
import { reconcile } from './reconcile.mjs';
import { writeReport } from './report.mjs';
import { conduct } from './session.mjs';
import { signals } from './signals.mjs';

/** Prints what it was measured on, and the tables. */
const printed = (measure) => async (settings) => {
  const { processor, cores, memory, system } = machine();
  const { ledgate, commit } = await versions(settings);
  const tables = await measure(settings);
  const where = `${processor}, ${cores} cores, ${Math.round(memory / 2 ** 30)} GB, ${system}`;
  console.log(`\nledgate ${ledgate} (${commit}) on ${where}.\n\n${tables}`);
};

const DAYS = { overload: endure, soak: endure, reconcile: printed(reconcile), signals: printed(signals) };

/** What a program complained of may name places of this machine: it is for the screen only. */
const withoutMessages = (key, value) => (key === 'message' ? undefined : value);

/** What an earlier run measured on the other database, when the program, the machine and all else were the same. */
function fromBefore(path, { machine, versions, options }) {
  const before = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
  const circumstances = (it) => JSON.stringify([it.machine, { ...it.versions, commit: undefined }, it.options]);
  return circumstances(before) === circumstances({ machine, versions, options }) ? before.databases : {};
}

async function comparison(settings) {
  const { entries, seconds, rounds, output } = settings;
  const results = {
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    versions: await versions(settings),
    options: { entries, small: SMALL, seconds, rounds },
  };
  mkdirSync(output, { recursive: true });
  const path = join(output, 'results.json');
  const measured = fromBefore(path, results);
  for (const database of settings.databases) measured[database] = await compare(database, settings);
  results.databases = { ...(measured.postgres && { postgres: measured.postgres }), ...measured };
  results.bar = judge(results);
  writeFileSync(path, JSON.stringify(results, withoutMessages, 2) + '\n');
  await writeReport(results, output);
  console.log('\n' + readFileSync(join(output, 'results.md'), 'utf8'));
  const missed = results.bar.filter(({ holds }) => !holds);
  for (const { text, figure, limit } of missed)
    console.log(`*** THE BAR IS MISSED: ${text}: ${figure} (${limit})`);
  const failures = settings.databases.flatMap((database) => measured[database].failures);
  for (const { name, message } of failures) console.log(`*** COULD NOT BE MEASURED: ${name}: ${message}`);
  console.log(`${results.bar.length - missed.length} of ${results.bar.length} lines of the bar hold.`);
}

await conduct(
  () => settingsFrom(Object.keys(DAYS), PARTS),
  async (settings) => (DAYS[settings.day] ?? comparison)(settings),
);
