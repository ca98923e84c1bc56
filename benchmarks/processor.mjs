// Processor time of programs, user and system together, as Linux counts it: what else the machine does changes it little.
import { readFileSync, readdirSync } from 'node:fs';

/** /proc counts in hundredths of a second. */
const TICKS = 100;

/** A process's parent, its processor time, and that of its children that have ended; nothing when it has ended itself. */
function look(pid) {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ').map(Number);
    return { parent: fields[1], own: fields[11] + fields[12], ended: fields[13] + fields[14] };
  } catch {
    return undefined;
  }
}

/**
 * The processor time so far, in seconds, of a process and of all that it started: a server's processes, which come and go.
 * Nothing when the process itself has ended.
 */
export function processorTime(root) {
  const before = look(root);
  if (!before) return undefined;
  const seen = new Map();
  for (const name of readdirSync('/proc')) if (/^\d+$/.test(name)) seen.set(Number(name), look(name));
  // A child that ended meanwhile would be counted twice or not at all.
  if (look(root)?.ended !== before.ended) return processorTime(root);
  const family = new Set([root]);
  for (let known = 0; known < family.size; ) {
    known = family.size;
    for (const [pid, it] of seen) if (family.has(it?.parent)) family.add(pid);
  }
  const ticks = [...family].map((pid) => seen.get(pid)).map(({ own, ended }) => own + ended);
  return ticks.reduce((sum, it) => sum + it, 0) / TICKS;
}

/**
 * Does something, and adds to the figures that it gives the processor time of each of the processes (`gateway`, `database`)
 * in microseconds a request, or a piece of what else `unit` counts.
 */
export async function metered(processes, unit, action) {
  const known = Object.entries(processes).filter(([, pid]) => pid);
  const before = known.map(([, pid]) => processorTime(pid));
  const figures = await action();
  const spent = known.map(([name, pid], at) => [name, ((processorTime(pid) - before[at]) * 1e6) / figures[unit]]);
  return { ...figures, ...Object.fromEntries(spent) };
}
