// What comes after "sent": workers that claim and settle, and the lists of what changed, failed, was sent and
// does not fit together. Called by alone.mjs.
import { CASES, FIELDS, warmUp } from './cases.mjs';
import { allWorkers, oneWorker, parkInFront } from './claims.mjs';
import { databaseIn } from './copies.mjs';
import { ask } from './http.mjs';
import { load, median } from './load.mjs';
import { startLedgate } from './servers.mjs';
import { rounded, say } from './session.mjs';

const SMALL = 10_000;
/** So many entries have changed, have failed or are parked, and so many conflicts are open, on each ledger. */
const OF_EACH = 500;
/** 100,000 vouchers. */
const PARKED = 300_000;

const info = 'pageInfo { hasNextPage endCursor }';
const entryExports = (parameters) =>
  `{ entryExports(systemId: "erp", first: 100${parameters}) {
    nodes { entryId exportedAt note version reference { documentId url } remarked } ${info} } }`;
const inState = (state) =>
  `{ unexportedEntries(systemId: "erp", states: [${state}], first: 100) { nodes { ${FIELDS} } ${info} } }`;

function check(data) {
  const [{ nodes, pageInfo }] = Object.values(data);
  if (nodes.length !== 100 || !pageInfo.hasNextPage) throw new Error(`a page of ${nodes.length}`);
}

const PAGES = [
  { name: 'plain page', query: CASES.find(({ name }) => name === 'steady').query },
  {
    name: 'changed',
    query: () => `{ changedEntries(systemId: "erp", first: 100) {
      nodes { sentVersion version entry { ${FIELDS} } } ${info} } }`,
  },
  {
    name: 'changed, with the fields',
    query: () => `{ changedEntries(systemId: "erp", first: 100) {
      nodes { sentVersion version entry { ${FIELDS} } changes { field before now } } ${info} } }`,
  },
  { name: 'failed', query: () => inState('FAILED') },
  { name: 'parked', query: () => inState('PARKED') },
  { name: 'history', query: () => entryExports('') },
  { name: 'history, deep', query: ({ cursor }) => entryExports(`, after: "${cursor}"`) },
  {
    name: 'conflicts',
    query: () => `{ exportConflicts(systemId: "erp", first: 100) {
      nodes { conflictId kind entryId foundAt actor firstDocumentId secondDocumentId } ${info} } }`,
  },
];

/** Lets the ledger's exports have a life: the same number of everything, however large it is. */
async function fill(ledger) {
  const { entries, query } = ledger;
  const now = Date.now() * 1000;
  const apart = Math.floor(entries / OF_EACH);
  const some = `FROM accounting_entries WHERE id % ${apart} = 1`;
  // By the triggers, as whoever corrects an entry does it.
  await query(`UPDATE accounting_entries SET description = 'Corrected: ' || description WHERE id % ${apart} = 1`);
  await query(
    `UPDATE pending_exports SET attempts = 3, failure_type = 1,
       progress = CASE entry_id % 2 WHEN 0 THEN 2 ELSE 3 END,
       due_at = CASE entry_id % 2 WHEN 0 THEN ${now + 3_600_000_000} ELSE 0 END
     WHERE system_key = 1 AND entry_id <= ${entries - OF_EACH}`,
  );
  const conflict = `INSERT INTO export_conflicts (kind, system_key, entry_id, found_at, actor,
    first_reference_id, second_reference_id, resolved_at, resolved_by)
    SELECT 'POSTED_TWICE', 1, id, ${now}, 'bench', 'GL-' || id, 'GL-' || id || '-2'`;
  // What people have resolved over the years grows with the ledger.
  await query(`${conflict}, ${now}, 'bench' FROM accounting_entries WHERE id % 100 = 1`);
  await query(`${conflict}, NULL, NULL ${some}`);
  await ledger.settle();
}

/** A place in the history, 1,000 exports before its end. */
async function deepInHistory(url) {
  let before = '';
  for (let step = 0; step < 2; step++) {
    const question = `{ entryExports(systemId: "erp", last: 500${before}) { pageInfo { startCursor } } }`;
    const { data } = await ask(url, question);
    before = `, before: "${data.entryExports.pageInfo.startCursor}"`;
  }
  return before.split('"')[1];
}

/** All pages in turns, round by round: the figures by name, of a ledger each. */
async function pages(contexts, { seconds, rounds }) {
  const sides = [];
  for (const page of PAGES) {
    for (const [side, context] of contexts.entries()) {
      const theCase = { check, ...page };
      sides.push({ name: page.name, side, options: await warmUp(theCase, context, seconds), figures: [] });
    }
  }
  for (let round = 0; round < rounds; round++)
    for (const { options, figures } of sides) figures.push(await load(options));
  const of = (name, side) => sides.find((it) => it.name === name && it.side === side).figures;
  const ratio = (one, other) => median(one.map(({ rate }, round) => rate / other[round].rate));
  return PAGES.map(({ name }) => ({
    name,
    sides: contexts.map((_, side) => ({
      ...Object.fromEntries(
        ['rate', 'p50', 'p99'].map((key) => [key, median(of(name, side).map((figure) => figure[key]))]),
      ),
      pages: ratio(of('plain page', side), of(name, side)),
    })),
    cost: ratio(of(name, 0), of(name, 1)),
  }));
}

function summary(name, figures) {
  const { entries, rate, claims, claim, settle } = figures;
  say(
    `${name}: ${rounded(rate)} entries/s (${entries} in ${claims} claims, none twice), claim p50 ${rounded(claim.p50)} ` +
      `p99 ${rounded(claim.p99)} ms, settle p50 ${rounded(settle.p50)} p99 ${rounded(settle.p99)} ms`,
  );
}

const claimCost = ([young, old]) => old.alone.claim.p50 / young.alone.claim.p50;

/** Every promise of performance that does not hold. */
function missed({ database, pages, claims }) {
  const costs = [...pages, { name: 'claim', cost: claimCost(claims) }];
  const lines = costs
    .filter(({ cost }) => cost > 1.25)
    .map(({ name, cost }) => `${name}: ${times(cost)} of what it costs on ${SMALL.toLocaleString('en')} entries (≤ × 1.25)`);
  if (database === 'postgres') {
    for (const { name, together } of claims.slice(1))
      if (together.rate < 5000) lines.push(`${name}: ${text(together.rate)} entries/s (≥ 5,000)`);
  }
  return lines;
}

async function measure(settings, database) {
  const { binary, seconds } = settings;
  const place = await databaseIn(settings.data, database, binary);
  const ledgers = [],
    servers = [],
    contexts = [];
  for (const [name, entries] of [
    ['young', SMALL],
    ['old', settings.entries],
  ]) {
    say(`${database}: a ledger of ${entries.toLocaleString('en')} entries`);
    const ledger = await place.copy(name, entries);
    await fill(ledger);
    const server = await startLedgate(binary, ledger.url);
    ledgers.push(ledger);
    servers.push(server);
    contexts.push({ url: server.graphql, cursor: await deepInHistory(server.graphql) });
  }
  const results = { database, version: place.version, pages: await pages(contexts, settings), claims: [] };
  for (const { name, sides, cost } of results.pages) {
    const [young, old] = sides;
    say(
      `${database}: ${name}: ${rounded(young.rate)} and ${rounded(old.rate)} a second, cost × ${rounded(cost)}, ` +
        `× ${rounded(young.pages)} and × ${rounded(old.pages)} of a plain page's time`,
    );
  }
  for (const [side, { url }] of contexts.entries()) {
    const ledger = ledgers[side];
    const name = `${ledger.entries.toLocaleString('en')} pending`;
    const alone = await oneWorker(url);
    say(
      `${database}: ${name}, one worker: claim ${rounded(alone.claim.p50)} ms, × ${rounded(alone.claim.pages)} of a ` +
        `plain page's time, settle ${rounded(alone.settle.p50)} ms, × ${rounded(alone.settle.pages)}`,
    );
    const together = await allWorkers(ledger, url, seconds * 2);
    summary(`${database}: ${name}, 8 workers`, together);
    results.claims.push({ name, alone, together });
  }
  const [, old] = ledgers;
  const parked = await parkInFront(old, Math.min(PARKED, Math.floor(old.entries / 6) * 3));
  const name = `${parked.toLocaleString('en')} vouchers parked in front`;
  const { url } = contexts[1];
  const alone = await oneWorker(url);
  const together = await allWorkers(old, url, seconds * 2);
  say(`${database}: ${name}: the first claim ${rounded(alone.first)} ms, later ones ${rounded(alone.claim.p50)} ms`);
  summary(`${database}: ${name}, 8 workers`, together);
  results.claims.push({ name, alone, together });
  results.missed = missed(results);
  for (const text of results.missed) say(`*** THE BAR IS MISSED: ${database}: ${text}`);
  for (const server of servers) await server.stop();
  for (const ledger of ledgers) await ledger.remove();
  await place.stop();
  return results;
}

const text = (number) => (number >= 100 ? Math.round(number).toLocaleString('en') : number.toPrecision(3));
const times = (number) => `× ${number.toFixed(2)}`;

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, at) => (at === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

/** The tables of one database, in Markdown. */
function tables({ pages, claims, missed }, settings) {
  const [young, old] = [SMALL, settings.entries].map((entries) => entries.toLocaleString('en'));
  const listed = table(
    ['page of 100', `${young} entries: /s`, 'of a plain page', `${old} entries: /s`, 'p50 ms', 'p99 ms', 'of a plain page', 'cost'],
    pages.map(({ name, sides: [one, other], cost }) => [
      name,
      text(one.rate),
      times(one.pages),
      text(other.rate),
      text(other.p50),
      text(other.p99),
      times(other.pages),
      times(cost),
    ]),
  );
  const worked = table(
    ['', 'one worker: claim ms', 'of a plain page', 'settle ms', 'of a plain page', '8 workers: entries/s', 'claim p50 ms', 'p99 ms', 'settle p50 ms', 'p99 ms'],
    claims.map(({ name, alone, together }) => [
      name,
      text(alone.claim.p50),
      times(alone.claim.pages),
      text(alone.settle.p50),
      times(alone.settle.pages),
      text(together.rate),
      text(together.claim.p50),
      text(together.claim.p99),
      text(together.settle.p50),
      text(together.settle.p99),
    ]),
  );
  const bar = missed.map((line) => `- **missed**: ${line}`).join('\n') || 'No line of the bar is missed.';
  return `${listed}\n\n${worked}\n\nA claim of one worker on ${old} pending costs ${times(claimCost(claims))} of one on ${young}.\n\n${bar}`;
}

/** Measures on each database, and gives the tables. */
export async function afterSent(settings) {
  const parts = [];
  for (const database of settings.databases) {
    const results = await measure(settings, database);
    parts.push(`### ${database}, ${results.version}\n\n${tables(results, settings)}`);
  }
  return parts.join('\n\n');
}
