// The bar: what ledgate promises of its speed, each line with its figure. Missing it fails nothing; it is
// said aloud.

const NAMES = { postgres: 'PostgreSQL', sqlite: 'SQLite' };
const times = (figure) => `× ${figure.toFixed(2)}`;
const percent = (figure) => `${(figure * 100).toFixed(0)} %`;

/** Every line that could be measured: what it is about, the figure, the limit, and whether it holds. */
export function judge({ databases, options }) {
  const lines = [];
  const add = (text, figure, limit, holds) => lines.push({ text, figure, limit, holds });
  const age = options.entries.toLocaleString('en');
  for (const [database, { cases, peers, firstMark, files }] of Object.entries(databases)) {
    const on = `on ${NAMES[database]}`;
    for (const name of ['steady', 'as-of a day ago', 'deep', 'mark']) {
      const cost = cases[name]?.cost;
      if (cost)
        add(`${name} ${on}: ${age} entries cost, of what 10,000 cost`, times(cost), '≤ × 1.25', cost <= 1.25);
    }
    for (const name of ['new system', 'new system, selective']) {
      const cost = cases.steady && cases[name] && cases.steady.big.rate / cases[name].big.rate;
      if (cost) add(`${name} ${on}: costs, of what steady costs`, times(cost), '≤ × 3', cost <= 3);
    }
    if (cases['count of all'])
      add(`totalCount ${on} stops at 10,000 rows`, 'AT_LEAST 10,000', '10,000', true);
    const rivals = peers?.at(-1);
    if (rivals) {
      const [name, { against }] = Object.entries(rivals)
        .filter(([name]) => name !== 'ledgate' && name !== 'pgbench')
        .sort(([, one], [, other]) => one.against - other.against)[0];
      add(`pages a second ${on}, of the best peer's (${name})`, times(against), '≥ × 4', against >= 4);
      const raw = rivals.pgbench.against;
      add(`pages a second ${on}, of raw SQL through pgbench`, percent(raw), '≥ 33 %', raw >= 1 / 3);
    }
    const paced = firstMark?.paced;
    if (paced) {
      add(
        `first mark of a new system ${on}: the call`,
        `${paced.milliseconds.toFixed(0)} ms`,
        '< 100 ms',
        paced.milliseconds < 100,
      );
      const worse = paced.during.p99 / paced.before.p99;
      add(
        `p99 of everybody else ${on} while the history is taken over, of what it was before`,
        times(worse),
        '≤ × 2',
        worse <= 2,
      );
    }
    if (files) {
      const memory = files.stream.memory / 2 ** 20,
        rows = files.lines.toLocaleString('en');
      add(
        `REST export of ${rows} entries ${on}: memory of the server`,
        `${memory.toFixed(0)} MB`,
        '< 64 MB',
        memory < 64,
      );
      // SQLite has no COPY: what its shell prints stands in the table, for the record.
      if (database === 'postgres') {
        const streamed = files.stream.rate / files.unload;
        add(
          `REST export ${on}: rows a second, of what COPY … TO STDOUT gives`,
          percent(streamed),
          '≥ 25 %',
          streamed >= 0.25,
        );
      }
      const imported = files.import.rate / files.load;
      add(
        `import of a FEC of ${rows} lines ${on}, of the database's own bulk load`,
        percent(imported),
        '≥ 25 %',
        imported >= 0.25,
      );
    }
  }
  return lines;
}
