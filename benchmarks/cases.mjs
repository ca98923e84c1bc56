// The questions that are put under load, each to a young and to an old ledger.
import { FIELDS, INFO, PAGE, STEADY, unexported } from './page.mjs';

/** A page of another list about `erp`. What life.mjs has made of the ledger is in it. */
const page = (name, parameters, nodes) =>
  `{ ${name}(systemId: "erp", first: 100${parameters}) { nodes { ${nodes} } ${INFO} } }`;

/** A page of 100, with more behind it; and every item is what was asked for. */
export function isPage(data, asked = () => true) {
  const [{ nodes, edges, pageInfo }] = Object.values(data);
  const items = nodes ?? edges.map(({ node }) => node);
  if (items.length !== 100 || !pageInfo.hasNextPage) throw new Error(`a page of ${items.length}`);
  if (!items.every(asked)) throw new Error('items that were not asked for');
}

/** What the counts are, which never come of reading more than 10,000 rows. */
const isCount = (expected) => (data, context) => {
  const { count, precision } = data.unexportedEntries.totalCount;
  const [wanted, exactly] = expected(context);
  if (count !== wanted || precision !== exactly) throw new Error(`a count of ${count}, ${precision}`);
};

const EXPORTS = 'exports { systemId exportedAt }';
const TIMELINE = 'timeline(first: 10) { nodes { kind at systemId } }';
const STATUS = 'exportStatus(systemId: "erp") { state attempts nextAttemptAt sentVersion }';

/** The page of a new system, with more of each entry. */
const nested = (name, asked, ...selections) => ({
  name,
  query: () =>
    unexported('systemId: "new", first: 100', `nodes { ${FIELDS} ${selections.join(' ')} } ${INFO}`),
  check: (data) => isPage(data, asked),
});
const hasExports = ({ exports }) => exports.length <= 1;
const hasTimeline = ({ timeline }) => timeline.nodes.length >= 1;
const hasStatus = ({ exportStatus }) => exportStatus.attempts >= 0;

const inState = (state) => unexported(`systemId: "erp", states: [${state}], first: 100`);
const changed = (more) => page('changedEntries', '', `sentVersion version entry { ${FIELDS} } ${more}`);
const history = (parameters) =>
  page('entryExports', parameters, 'entryId exportedAt note version reference { documentId url } remarked');
const vouchers = (more) => page('unexportedVouchers', '', `id journalCode postingDate entryNumber ${more}`);

/** `bar` is how the case is judged: `age` means that the old ledger may cost 1.25 times what the young one costs. */
export const CASES = [
  { name: 'steady', bar: 'age', query: () => STEADY },
  { name: 'new system', bar: 'steady', query: () => unexported('systemId: "new", first: 100') },
  {
    name: 'new system, selective',
    bar: 'steady',
    query: ({ dayAgo }) => unexported(`systemId: "new", first: 100, filter: { createdAt: { gte: "${dayAgo}" } }`),
    check: (data, { dayAgo }) => isPage(data, ({ createdAt }) => createdAt >= dayAgo),
  },
  {
    name: 'as-of a day ago',
    bar: 'age',
    query: ({ dayAgo }) => unexported(`systemId: "erp", first: 100, notExportedSince: "${dayAgo}"`),
  },
  {
    name: 'as-of long ago',
    bar: 'first answer',
    query: ({ longAgo }) => unexported(`systemId: "erp", first: 100, notExportedSince: "${longAgo}"`),
  },
  {
    name: 'deep',
    bar: 'age',
    query: ({ deep }) => unexported(`systemId: "warehouse", first: 100, after: "${deep.entry}"`),
  },
  {
    name: 'edges',
    query: () => unexported('systemId: "erp", first: 100', `edges { cursor node { ${FIELDS} } } ${INFO}`),
  },
  nested('exports', hasExports, EXPORTS),
  nested('timeline', hasTimeline, TIMELINE),
  nested('export status', hasStatus, STATUS),
  nested('exports and timeline', (entry) => hasExports(entry) && hasTimeline(entry), EXPORTS, TIMELINE),
  nested('all three', (entry) => hasExports(entry) && hasTimeline(entry) && hasStatus(entry), EXPORTS, TIMELINE, STATUS),
  { name: 'vouchers', query: () => vouchers('') },
  {
    name: 'vouchers with entries',
    query: () => vouchers(`balanced totals { currency debit credit } entries(first: 10) { nodes { ${FIELDS} } }`),
    check: (data) => isPage(data, ({ entries, balanced }) => entries.nodes.length >= 1 && balanced),
  },
  { name: 'changed', bar: 'age', query: () => changed('') },
  { name: 'changed, with the fields', bar: 'age', query: () => changed('changes { field before now }') },
  { name: 'failed', bar: 'age', query: () => inState('FAILED') },
  { name: 'parked', bar: 'age', query: () => inState('PARKED') },
  { name: 'history', bar: 'age', query: () => history('') },
  { name: 'history, deep', bar: 'age', query: ({ deep }) => history(`, after: "${deep.mark}"`) },
  {
    name: 'events',
    bar: 'age',
    query: ({ deep }) => page('exportEvents', `, after: "${deep.event}"`, 'cursor kind at entryId actor'),
  },
  {
    name: 'conflicts',
    query: () => page('exportConflicts', '', 'conflictId kind entryId foundAt actor firstDocumentId secondDocumentId'),
  },
  {
    name: 'count',
    query: () => unexported('systemId: "erp"', 'totalCount { count precision }'),
    check: isCount(() => [1000, 'EXACT']),
  },
  {
    name: 'count of all',
    query: () => unexported('systemId: "new"', 'totalCount { count precision }'),
    check: isCount(({ entries }) => [10000, entries > 10000 ? 'AT_LEAST' : 'EXACT']),
  },
  // The last: it uses up the backlog that `deep` reads.
  { name: 'mark', bar: 'age', each: true },
];
