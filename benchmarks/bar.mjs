// The bar: what ledgate promises of its speed, each line with its figure. Missing it fails nothing; it is
// said aloud.
import { CASES } from './cases.mjs';
import { MOST as TOLD_WITHIN } from './signals.mjs';
import { NAMES, count, figure, percent, times } from './text.mjs';

/** Pages a second, of a peer's. */
const PEERS = { PostGraphile: 4, 'GraphQL Yoga': 2.5 };
/** A page's processor time, of this peer's. */
const [SLOWER, QUARTER] = ['GraphQL Yoga', 1 / 4];

const atMost = (value, most, write) => ({ figure: write(value), limit: `≤ ${write(most)}`, holds: value <= most });
const atLeast = (value, least, write) => ({ figure: write(value), limit: `≥ ${write(least)}`, holds: value >= least });
const below = (value, most, write) => ({ figure: write(value), limit: `< ${write(most)}`, holds: value < most });
const milliseconds = (number) => figure(number, ' ms');
const mib = (number) => `${number.toFixed(0)} MB`;

/** What a page costs, by its case: young and old ledger, and beside the steady page. */
function* ofPages(on, { cases, claims }, age) {
  const aged = `${age} entries cost, of what 10,000 cost`;
  for (const { name } of CASES.filter(({ bar }) => bar === 'age')) {
    if (cases[name]) yield [`${name} ${on}: ${aged}`, atMost(cases[name].cost, 1.25, times)];
  }
  if (claims) yield [`claim ${on}: ${aged}`, atMost(claims[1].alone.cost, 1.25, times)];
  const { steady, 'exports and timeline': nested, 'as-of long ago': longAgo } = cases;
  if (longAgo) yield [`as-of long ago ${on}: the first answer`, below(longAgo.big.alone, 50, milliseconds)];
  for (const { name } of CASES.filter(({ bar }) => bar === 'steady')) {
    if (steady && cases[name])
      yield [`${name} ${on}: costs, of what steady costs`, atMost(steady.big.rate / cases[name].big.rate, 3, times)];
  }
  if (steady && nested)
    yield [
      `exports and timeline ${on}: the gateway's processor time, of a steady page's`,
      atMost(nested.big.gateway / steady.big.gateway, 3, times),
    ];
  if (cases['count of all'])
    yield [`totalCount ${on} stops at 10,000 rows`, { figure: 'AT_LEAST 10,000', limit: '10,000', holds: true }];
}

/** How ledgate does beside others; of one and two processes of a peer the better one counts. */
function* ofPeers(on, rivals) {
  const least = (all, name) => all.reduce((best, it) => (it[name] < best[name] ? it : best));
  const named = (name) => rivals.filter(({ peer }) => peer === name);
  for (const [name, limit] of Object.entries(PEERS)) {
    if (named(name).length === 0) continue;
    const best = least(named(name), 'against');
    yield [`pages a second ${on}, of those of ${best.name}`, atLeast(best.against, limit, times)];
  }
  const ours = rivals.find(({ name }) => name === 'ledgate');
  if (named(SLOWER).length > 0) {
    const best = least(named(SLOWER), 'gateway');
    yield [
      `steady page ${on}: the gateway's processor time, of that of ${best.name}`,
      atMost(ours.gateway / best.gateway, QUARTER, percent),
    ];
  }
  const raw = rivals.find(({ name }) => name === 'pgbench');
  yield [`pages a second ${on}, of raw SQL through pgbench`, atLeast(raw.against, 1 / 3, percent)];
}

/** What others feel of a new system, and how fast workers and subscribers are. */
function* ofWork(on, { firstMark, claims, latency }, isPostgres) {
  const { paced, unpaced } = firstMark ?? {};
  if (paced) {
    yield [`first mark of a new system ${on}: the call`, below(paced.milliseconds, 100, milliseconds)];
    yield [
      `p99 of everybody else ${on} while the history is taken over, of what it was before`,
      atMost(paced.during.p99 / paced.before.p99, 2, times),
    ];
  }
  if (paced && unpaced) {
    const longest = Math.max(paced.during.max, unpaced.during.max);
    yield [`the slowest page ${on} while a history is taken over`, atMost(longest, 1000, milliseconds)];
  }
  if (claims && isPostgres) {
    for (const { name, together } of claims.slice(1))
      yield [`claim and settle ${on}, 8 workers, ${name}: entries a second`, atLeast(together.rate, 5000, count)];
  }
  if (latency)
    yield [
      `from the call that marks to a subscriber ${on}, p99`,
      atMost(latency[1].fromCall.p99, TOLD_WITHIN.one, milliseconds),
    ];
}

function* ofFiles(on, files, isPostgres) {
  const rows = count(files.lines);
  const memory = files.stream.memory / 2 ** 20;
  yield [`REST export of ${rows} entries ${on}: memory of the server`, below(memory, 64, mib)];
  // SQLite has no COPY: what its shell prints stands in the table, for the record.
  if (isPostgres) {
    const streamed = files.stream.rate / files.unload;
    yield [`REST export ${on}: rows a second, of what COPY … TO STDOUT gives`, atLeast(streamed, 1 / 4, percent)];
  }
  for (const [what, { rate }, least] of [
    ['import', files.import, 1 / 3],
    ['import again without changes', files.again, 2 / 3],
  ]) {
    const text = `${what} of a FEC of ${rows} lines ${on}, of the database's own bulk load`;
    yield [text, atLeast(rate / files.load, least, percent)];
  }
}

/** The databases beside each other: SQLite has no socket in between. */
function* ofBoth({ postgres, sqlite }) {
  const [theirs, ours] = [postgres, sqlite].map((results) => results?.cases.steady?.big);
  if (!theirs || !ours) return;
  const text = "steady page on SQLite: processor time, of the gateway's and the database's on PostgreSQL";
  yield [text, atMost(ours.gateway / (theirs.gateway + theirs.database), 0.8, times)];
}

/** Every line that could be measured: what it is about, the figure, the limit, and whether it holds. */
export function judge({ databases, options }) {
  const age = options.entries.toLocaleString('en');
  const lines = Object.entries(databases).flatMap(([database, results]) => {
    const on = `on ${NAMES[database]}`;
    const isPostgres = database === 'postgres';
    const rivals = results.peers?.at(-1);
    return [
      ...ofPages(on, results, age),
      ...(rivals ? ofPeers(on, rivals) : []),
      ...ofWork(on, results, isPostgres),
      ...(results.files ? ofFiles(on, results.files, isPostgres) : []),
    ];
  });
  return [...lines, ...ofBoth(databases)].map(([text, verdict]) => ({ text, ...verdict }));
}
