// Starting other programs, and ending every one of them whatever happens, by its process id.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

const running = new Set();
const endings = [];
let ending, refusing;

/**
 * Starts a program. Its own group: Ctrl-C reaches this process alone, which then ends the others in order.
 */
export function start(command, args, { input, ...options } = {}) {
  if (refusing) throw new Error('interrupted');
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true, ...options });
  running.add(child);
  child.on('close', () => running.delete(child));
  child.on('error', () => running.delete(child));
  child.stdin?.on('error', () => {}); // it may end before it has read all
  child.stdin?.end(input ?? '');
  return child;
}

/** Runs a program to its end and gives what it printed; an error with its complaint when it fails. */
export async function run(command, args, options = {}) {
  const child = start(command, args, options);
  let output = '',
    complaint = '';
  child.stdout?.on('data', (text) => (output += text));
  child.stderr?.on('data', (text) => (complaint += text));
  const [code, signal] = await once(child, 'close');
  if (code !== 0)
    throw new Error(`${command} ended with ${code ?? signal}: ${complaint.trim().slice(-2000)}`);
  return output;
}

/** Asks a program to end, and ends it when it does not. */
export async function stop(child, patience = 25_000) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), patience);
  await closed;
  clearTimeout(timer);
}

/** What to do at the end, besides ending programs; the last one first. */
export function atEnd(action) {
  endings.push(action);
}

/** Ends everything that was started. */
export function end() {
  ending ??= (async () => {
    refusing = true;
    await Promise.all([...running].map((child) => stop(child)));
    refusing = false; // what is left to do may need programs
    for (const action of endings.reverse()) await action();
  })();
  return ending;
}

/** Ports that were free a moment ago. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

function memory(pid, line) {
  try {
    return Number(new RegExp(`${line}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
  } catch {
    return undefined; // it has ended
  }
}

/** The most memory that a running process has held, in bytes. */
export const peakMemory = (pid) => memory(pid, 'VmHWM');
/** The memory that a running process holds now, in bytes. */
export const residentMemory = (pid) => memory(pid, 'VmRSS');

export const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
export const seconds = () => performance.now() / 1000;
