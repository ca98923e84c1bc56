// Load by wrk: one thread, 8 keep-alive connections, each asking again as soon as it is answered.
import { writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { start } from './processes.mjs';
import { metered } from './processor.mjs';

export const CONNECTIONS = 8;
const SCRIPT = fileURLToPath(new URL('wrk.lua', import.meta.url));
let folder,
  files = 0;

/** Where request bodies are kept for wrk. */
export function keepBodiesIn(path) {
  folder = path;
}

/** Begins to load a server. `finished` gives the figures, `interrupt` ends it before its time. */
export function begin({ url, bodies, seconds, delay, each }) {
  const file = join(folder, `bodies-${files++ % 16}`);
  writeFileSync(file, bodies.join('\n') + '\n');
  const env = { ...process.env, BENCH_BODIES: file };
  if (delay) env.BENCH_DELAY = String(delay);
  if (each) env.BENCH_ONCE = '1';
  const args = ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '--timeout', '60s', '-s', SCRIPT, url];
  const wrk = start('wrk', args, { env });
  let output = '',
    complaint = '';
  wrk.stdout.on('data', (text) => (output += text));
  wrk.stderr.on('data', (text) => {
    complaint += text;
    if (String(text).includes('all answered')) wrk.kill('SIGINT');
  });
  const finished = once(wrk, 'close').then(([code]) => {
    const line = output.trim().split('\n').at(-1);
    if (code !== 0 || !line?.startsWith('{'))
      throw new Error(`wrk ended with ${code}: ${complaint || output}`);
    const figures = JSON.parse(line);
    if (figures.requests === 0) throw new Error(`no answer within ${seconds} s`);
    return { ...figures, rate: figures.requests / figures.seconds };
  });
  finished.catch(() => {}); // told to whoever waits for it
  return { finished, interrupt: () => wrk.kill('SIGINT') };
}

/**
 * Loads a server for so many seconds, or, with `each`, until every body was sent once. Every status was 200,
 * and with `size`, the bytes of the first answer's body, the answers are that long on the average: none of
 * them is an error in disguise. The figures have the processor time a request of each of `processes`.
 */
export async function load({ processes = {}, ...options }) {
  const figures = await metered(processes, 'requests', () => begin(options).finished);
  if (figures.errors > 0) throw new Error(`${figures.errors} of ${figures.requests} answers were wrong`);
  if (options.each && figures.requests !== options.bodies.length) {
    throw new Error(`${figures.requests} answers to ${options.bodies.length} requests`);
  }
  // Headers come on top, and at the end some answers are under way.
  const mean = figures.bytes / figures.requests;
  const slack = 700 + (options.size * CONNECTIONS) / figures.requests;
  if (options.size && (mean < options.size * 0.98 || mean > options.size * 1.02 + slack)) {
    throw new Error(`answers have ${Math.round(mean)} bytes, the first one had ${options.size}`);
  }
  return figures;
}
