// What every program of the benchmark does alike: it tells how far it is, works in its own folder without
// anybody's settings, and ends what it started.
import { mkdirSync } from 'node:fs';
import { keepBodiesIn } from './load.mjs';
import { end, seconds } from './processes.mjs';

const began = seconds();
const clock = () => new Date((seconds() - began) * 1000).toISOString().slice(11, 19);
export const say = (text) => console.log(`${clock()}  ${text}`);
export const rounded = (figure) => (figure >= 100 ? Math.round(figure) : (figure?.toPrecision(3) ?? 'nothing'));
/** Seconds since the program was started. */
export const soFar = () => seconds() - began;

let ended = false;
/** Whether somebody has ended the program. */
export const isInterrupted = () => ended;

/** Runs the program with the settings that `options` reads, in the folder of its data. */
export async function conduct(options, program) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (ended) return;
      ended = true;
      process.exitCode = 130;
      console.error('\nEnding what was started');
      void end().finally(() => process.exit());
    });
  }
  try {
    const settings = options();
    mkdirSync(settings.data, { recursive: true });
    // No setting of whoever runs this gets into what is measured, neither by the environment nor by a
    // ledgate.toml.
    for (const name of Object.keys(process.env)) if (name.startsWith('LEDGATE_')) delete process.env[name];
    process.chdir(settings.data);
    keepBodiesIn(settings.data);
    await program(settings);
  } catch (error) {
    if (!ended) {
      console.error(error);
      process.exitCode = 1;
    }
  }
  await end();
  process.exit();
}
