// Measures ledgate alone, without peers. Called by scripts/bench after-sent, reconcile and signals.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { afterSent } from './after-sent.mjs';
import { machine, versions } from './machine.mjs';
import { reconcile } from './reconcile.mjs';
import { conduct, wholeNumber } from './session.mjs';
import { signals } from './signals.mjs';

const DAYS = { 'after-sent': afterSent, reconcile, signals };

function options() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      entries: { type: 'string', default: '1000000' },
      seconds: { type: 'string', default: '5' },
      rounds: { type: 'string', default: '3' },
      database: { type: 'string', default: 'both' },
      data: { type: 'string' },
      binary: { type: 'string' },
      given: { type: 'boolean', default: false },
    },
  });
  if (!['postgres', 'sqlite', 'both'].includes(values.database))
    throw new Error('--database is postgres, sqlite or both');
  const [day, ...more] = positionals;
  if (more.length > 0 || !Object.hasOwn(DAYS, day ?? '')) throw new Error('after-sent, reconcile or signals');
  const entries = wholeNumber(values.entries, 'entries', 20_000);
  if (entries % 500 !== 0) throw new Error('--entries is a multiple of 500');
  return {
    day,
    entries,
    seconds: wholeNumber(values.seconds, 'seconds', 1),
    rounds: wholeNumber(values.rounds, 'rounds', 1),
    databases: values.database === 'both' ? ['postgres', 'sqlite'] : [values.database],
    data: resolve(values.data ?? fileURLToPath(new URL('../target/bench', import.meta.url))),
    binary: resolve(values.binary),
    given: values.given,
  };
}

await conduct(options, async (settings) => {
  const { processor, cores, memory, system } = machine();
  const { ledgate, commit } = await versions(settings);
  const tables = await DAYS[settings.day](settings);
  console.log(
    `\nledgate ${ledgate} (${commit}) on ${processor}, ${cores} cores, ${Math.round(memory / 2 ** 30)} GB, ${system}.`,
  );
  console.log(`\n${tables}`);
});
process.exit();
