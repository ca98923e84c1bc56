// What is made of many measurements.

/** The middle one of several figures. */
export function median(figures) {
  const sorted = figures.filter(Number.isFinite).sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/** How long something took: half of the times, 99 of a hundred, and all are no longer than this. */
export function spread(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const within = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return { p50: within(0.5), p99: within(0.99), most: sorted.at(-1) };
}

/** Medians of what one load after the other came to, and the rates themselves. */
export function medians(loads) {
  const names = ['rate', 'p50', 'p99', 'gateway', 'database'];
  const middle = names.map((name) => [name, median(loads.map((load) => load[name]))]);
  return { ...Object.fromEntries(middle), rounds: loads.map(({ rate }) => rate) };
}

/** How much more of the first there is than of the second: round by round, then the median. */
export const against = (one, other) => median(one.map(({ rate }, round) => rate / other[round].rate));
