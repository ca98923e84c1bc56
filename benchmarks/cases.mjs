// The cases that are put under load. Each asks the same of a young and of an old ledger, in turns.
import { ask, send } from './http.mjs';
import { CONNECTIONS, load, median } from './load.mjs';

export const FIELDS = 'id entryNumber postingDate accountNumber description debit credit currency createdAt';
const PAGE = `nodes { ${FIELDS} } pageInfo { hasNextPage endCursor }`;
const MARKS_A_CALL = 10;
const CALLS = 300;

const list = (parameters, selection = PAGE) => `{ unexportedEntries(${parameters}) { ${selection} } }`;

function isPage(data, [newest] = []) {
  const { nodes, edges, pageInfo } = data.unexportedEntries;
  const entries = nodes ?? edges.map(({ node }) => node);
  if (entries.length !== 100 || !pageInfo.hasNextPage) throw new Error(`a page of ${entries.length}`);
  if (newest && !entries.every((entry) => newest(entry))) throw new Error('entries that were not asked for');
}

/** What the counts are, which never come of reading more than 10,000 rows. */
const isCount = (expected) => (data, context) => {
  const { count, precision } = data.unexportedEntries.totalCount;
  const [wanted, exactly] = expected(context);
  if (count !== wanted || precision !== exactly) throw new Error(`a count of ${count}, ${precision}`);
};

export const CASES = [
  {
    name: 'steady',
    shows: 'first page of a backlog of 1,000',
    bar: 'age',
    query: () => list('systemId: "erp", first: 100'),
  },
  {
    name: 'new system',
    shows: 'first page for a system that nobody marked for',
    bar: 'steady',
    query: () => list('systemId: "new", first: 100'),
  },
  {
    name: 'new system, selective',
    shows: 'the same, recorded since a day ago',
    bar: 'steady',
    query: ({ dayAgo }) => list(`systemId: "new", first: 100, filter: { createdAt: { gte: "${dayAgo}" } }`),
    check: (data, { dayAgo }) => isPage(data, [(entry) => entry.createdAt >= dayAgo]),
  },
  {
    name: 'as-of a day ago',
    shows: 'what was unexported a day ago',
    bar: 'age',
    query: ({ dayAgo }) => list(`systemId: "erp", first: 100, notExportedSince: "${dayAgo}"`),
  },
  {
    name: 'as-of long ago',
    shows: 'what was unexported when the ledger was half as old',
    query: ({ longAgo }) => list(`systemId: "erp", first: 100, notExportedSince: "${longAgo}"`),
  },
  {
    name: 'deep',
    shows: 'a page 1,000 entries before the end of a backlog of all',
    bar: 'age',
    query: ({ cursor }) => list(`systemId: "warehouse", first: 100, after: "${cursor}"`),
  },
  {
    name: 'edges',
    shows: 'steady, asked by edges with a cursor each',
    query: () =>
      list(
        'systemId: "erp", first: 100',
        `edges { cursor node { ${FIELDS} } } pageInfo { hasNextPage endCursor }`,
      ),
  },
  {
    name: 'exports and timeline',
    shows: 'new system, with what happened to each entry',
    query: () =>
      list(
        'systemId: "new", first: 100',
        `nodes { ${FIELDS} exports { systemId exportedAt }
                 timeline(first: 10) { nodes { kind at systemId } } }
             pageInfo { hasNextPage endCursor }`,
      ),
    check: (data) => isPage(data, [(entry) => entry.timeline.nodes.length >= 1 && entry.exports.length <= 1]),
  },
  {
    name: 'count',
    shows: 'totalCount of a backlog of 1,000',
    query: () => list('systemId: "erp"', 'totalCount { count precision }'),
    check: isCount(() => [1000, 'EXACT']),
  },
  {
    name: 'count of all',
    shows: 'totalCount for a system that nobody marked for',
    query: () => list('systemId: "new"', 'totalCount { count precision }'),
    check: isCount(({ entries }) => [10000, entries > 10000 ? 'AT_LEAST' : 'EXACT']),
  },
  // The last: it uses up the backlog that `deep` reads.
  { name: 'mark', shows: 'ten entries a call', bar: 'age', each: true },
];

/** What the questions need to know of a ledger: moments, and a cursor from behind. */
export async function prepare(ledger, server) {
  const { data } = await ask(
    server.graphql,
    `{ accountingEntries(last: 1) { nodes { createdAt } }
       first: accountingEntries(first: 1) { nodes { createdAt } } }`,
  );
  const newest = Date.parse(data.accountingEntries.nodes[0].createdAt);
  const oldest = Date.parse(data.first.nodes[0].createdAt);
  let cursor;
  for (let step = 0; step < 2; step++) {
    const before = cursor ? `, before: "${cursor}"` : '';
    const page = await ask(
      server.graphql,
      list(`systemId: "warehouse", last: 500${before}`, 'pageInfo { startCursor }'),
    );
    cursor = page.data.unexportedEntries.pageInfo.startCursor;
  }
  const written = (moment) => new Date(moment).toISOString().replace('Z', '000Z');
  return {
    entries: ledger.entries,
    url: server.graphql,
    cursor,
    dayAgo: written(newest - 86_400_000),
    longAgo: written((newest + oldest) / 2),
  };
}

/** The mutation that marks entries for a system. */
export function mark(systemId, ids) {
  const entries = ids.map((id) => `{ entryId: "${id}", systemId: "${systemId}" }`).join(' ');
  const answer = 'exports { entryId exportedAt remarked } userErrors { code }';
  return `mutation { markExported(input: { entries: [${entries}] }) { ${answer} } }`;
}

/** Marking calls of one round: entries that no other round marks. 1,000 are left to the other cases. */
function markingCalls(round, rounds) {
  const calls = Math.min(CALLS, Math.floor(900 / rounds));
  return Array.from({ length: calls }, (_, call) => {
    const first = (round * calls + call) * MARKS_A_CALL + 1;
    const ids = Array.from({ length: MARKS_A_CALL }, (_, index) => first + index);
    return JSON.stringify({ query: mark('warehouse', ids) });
  });
}

/** Asks the question of a case until the caches know it, checks the answer, and gives what to load with. */
export async function warmUp(theCase, context, seconds) {
  const query = theCase.query(context);
  // The query planner and the caches have seen it, and so have we.
  const { data } = await ask(context.url, query);
  (theCase.check ?? isPage)(data, theCase.check ? context : undefined);
  const body = JSON.stringify({ query });
  const headers = { 'content-type': 'application/json' };
  const again = await send(context.url, { method: 'POST', body, headers });
  // A slow case gets as long as some answers a connection take, or it would be cut before its first one.
  const patience = Math.min(60, Math.ceil((CONNECTIONS * again.milliseconds) / 1000));
  const size = Buffer.byteLength(again.text);
  const options = { url: context.url, bodies: [body], size, seconds: Math.max(seconds, patience) };
  await load({ ...options, seconds: Math.max(1, Math.ceil(patience / 2)) });
  return options;
}

/**
 * One case: warmed up, then rounds in which small and big take turns, so that a drift of the machine hits
 * both.
 */
export async function runCase(theCase, small, big, { seconds, rounds }) {
  const sides = [];
  for (const context of [small, big]) {
    if (theCase.each) {
      sides.push({ context, figures: [] });
      continue;
    }
    sides.push({ context, options: await warmUp(theCase, context, seconds), figures: [] });
  }
  for (let round = 0; round < rounds; round++) {
    for (const { context, options, figures } of sides) {
      figures.push(
        theCase.each
          ? await load({ url: context.url, bodies: markingCalls(round, rounds), seconds: 120, each: true })
          : await load(options),
      );
    }
  }
  return compare(sides[0].figures, sides[1].figures);
}

/** Medians, and what the big ledger costs of the small one: pair by pair, then the median. */
export function compare(small, big) {
  const middle = (figures) =>
    Object.fromEntries(
      ['rate', 'p50', 'p99'].map((name) => [name, median(figures.map((figure) => figure[name]))]),
    );
  return {
    small: { ...middle(small), rounds: small.map(({ rate }) => rate) },
    big: { ...middle(big), rounds: big.map(({ rate }) => rate) },
    cost: median(small.map(({ rate }, round) => rate / big[round].rate)),
  };
}
