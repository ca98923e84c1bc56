// What a gateway bears: ten times the load it can carry, and hours at half of it. Called by run.mjs.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { placeFor } from './databases.mjs';
import { spread } from './figures.mjs';
import { machine } from './machine.mjs';
import { capacity, offer, questions } from './offer.mjs';
import { drawOverTime } from './over-time.mjs';
import { SMALL } from './options.mjs';
import { residentMemory, seconds as now } from './processes.mjs';
import { startLedgate } from './servers.mjs';
import { say } from './session.mjs';

/** Phases, each with its load as a multiple of the capacity. */
const phases = {
  overload: () => [
    { name: 'half load', times: 0.5, seconds: 20 },
    { name: 'ten times the load', times: 10, seconds: 60 },
    { name: 'half load again', times: 0.5, seconds: 30 },
  ],
  soak: ({ minutes }) => [{ name: 'half load', times: 0.5, seconds: minutes * 60 }],
};

const resources = (pid) => ({ memory: residentMemory(pid), descriptors: readdirSync(`/proc/${pid}/fd`).length });

/** Counts and latencies of what was answered within an interval. */
function summary(answers) {
  const of = (outcome) => {
    const times = answers.filter((answer) => answer.outcome === outcome).map((answer) => answer.milliseconds);
    return { count: times.length, ...spread(times) };
  };
  return { accepted: of('accepted'), refused: of('refused'), failed: of('failed') };
}

/** Runs the phases against a gateway of its own, and gives what was seen, by interval and by phase. */
async function endureOn(ledger, settings, tell) {
  const { day } = settings;
  const server = await startLedgate(settings.binary, ledger.url);
  const next = questions(day);
  const carried = await capacity(server.base, next);
  tell(`carries ${carried.toFixed(0)} requests a second`);
  const interval = day === 'soak' ? 5 : 1;
  const samples = [],
    results = [];
  const began = now();
  let answers = [];
  const failures = new Map();
  const sample = () => {
    samples.push({ at: now() - began, ...resources(server.pid), ...summary(answers) });
    answers = [];
  };
  const timer = setInterval(sample, interval * 1000);
  try {
    for (const phase of phases[day](settings)) {
      const all = [];
      const answered = (answer) => {
        answers.push(answer);
        if (day !== 'soak' || all.length < 5_000_000) all.push(answer);
        if (answer.outcome === 'failed') failures.set(answer.detail, (failures.get(answer.detail) ?? 0) + 1);
      };
      const start = now() - began;
      await offer(server.base, next, { rate: carried * phase.times, seconds: phase.seconds, answered });
      const end = now() - began;
      const seen = samples.filter(({ at }) => at >= start && at <= end);
      const most = (name) => Math.max(...seen.map((sample) => sample[name]));
      results.push({ ...phase, start, end, ...summary(all), memory: most('memory'), descriptors: most('descriptors') });
      const { accepted, refused, failed, memory } = results.at(-1);
      const ms = (time) => (time === undefined ? '–' : `${time.toFixed(time < 10 ? 1 : 0)} ms`);
      tell(
        `${phase.name}: ${accepted.count} answered (p50 ${ms(accepted.p50)}, p99 ${ms(accepted.p99)}), ` +
          `${refused.count} refused (p99 ${ms(refused.p99)}), ${failed.count} failed; ` +
          `${(memory / 2 ** 20).toFixed(0)} MB, ${results.at(-1).descriptors} descriptors`,
      );
    }
  } finally {
    clearInterval(timer);
  }
  for (const [detail, count] of failures) tell(`failed ${count} times: ${detail}`);
  await server.stop();
  return { carried, interval, phases: results, samples, failures: Object.fromEntries(failures) };
}

/** More digits than were measured are only long. */
const rounded = (_, value) => (typeof value === 'number' ? Number(value.toFixed(3)) : value);

/** A day on a small ledger of each database: writes figures and plot. */
export async function endure(settings) {
  const { data, binary, day, output } = settings;
  const databases = Object.fromEntries(settings.databases.map((database) => [database, undefined]));
  const one = async (database) => {
    const place = await placeFor(database, data, binary);
    const ledger = await place.copy('copy_endured', SMALL);
    databases[database] = await endureOn(ledger, settings, (text) => say(`${database}: ${text}`));
    await ledger.remove();
    await place.stop();
  };
  // What takes hours is done side by side: what each carries beside the other, and half of that.
  if (day === 'soak') await Promise.all(settings.databases.map(one));
  else for (const database of settings.databases) await one(database);
  mkdirSync(output, { recursive: true });
  const kept = { date: new Date().toISOString().slice(0, 10), machine: machine(), databases };
  writeFileSync(join(output, `${day}.json`), JSON.stringify(kept, rounded) + '\n');
  writeFileSync(join(output, `${day}.svg`), await drawOverTime(day, databases));
}
