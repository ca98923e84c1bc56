// What scripts/bench hands on.
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** The young ledger, with which the old one is compared. */
export const SMALL = 10_000;
const repository = fileURLToPath(new URL('..', import.meta.url));
const text = (standard) => ({ type: 'string', ...(standard && { default: standard }) });

/** The whole number that an option gives. */
function wholeNumber(text, name, least) {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least)
    throw new Error(`--${name} is a whole number, ${least} at least`);
  return value;
}

/** The words of an option with commas between, each of which is one of these. */
function words(text, name, known) {
  const given = text.split(',');
  if (!given.every((word) => known.includes(word)))
    throw new Error(`--${name} is ${known.join(', ')}, or some of these with commas between`);
  return given;
}

/** The settings, with the first word as `day`: one of `days`, or nothing. `parts` are those of the comparison. */
export function settingsFrom(days, parts) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      entries: text(),
      seconds: text('5'),
      rounds: text('3'),
      minutes: text('60'),
      database: text('both'),
      only: text(parts.join(',')),
      'no-peers': { type: 'boolean', default: false },
      output: text(),
      data: text(join(repository, 'target/bench')),
      binary: text(),
      given: { type: 'boolean', default: false },
    },
  });
  const [day, ...rest] = positionals;
  if (rest.length > 0 || (day && !days.includes(day))) throw new Error(`${days.join(', ')} or nothing`);
  const databases = ['postgres', 'sqlite'];
  const entries = wholeNumber(values.entries ?? (day ? 1_000_000 : 10_000_000), 'entries', 2 * SMALL);
  if (entries % 500 !== 0) throw new Error('--entries is a multiple of 500');
  const only = words(values.only, 'only', parts);
  return {
    day,
    entries,
    seconds: wholeNumber(values.seconds, 'seconds', 1),
    rounds: wholeNumber(values.rounds, 'rounds', 1),
    minutes: wholeNumber(values.minutes, 'minutes', 1),
    databases: values.database === 'both' ? databases : words(values.database, 'database', databases),
    has: (part) => only.includes(part) && (part !== 'peers' || !values['no-peers']),
    // A report of some parts does not take the place of one of all.
    output: resolve(values.output ?? (only.length < parts.length ? values.data : join(repository, 'docs/benchmarks'))),
    data: resolve(values.data),
    binary: resolve(values.binary),
    given: values.given,
  };
}
