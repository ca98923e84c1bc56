// What workers do: claim entries, send them, and say that the system has them.
import { FIELDS } from './cases.mjs';
import { ask } from './http.mjs';
import { median } from './load.mjs';
import { seconds as now } from './processes.mjs';

const WORKERS = 8;
const SYSTEM = 'warehouse';
const PAGE = `{ unexportedEntries(systemId: "erp", first: 100) {
  nodes { ${FIELDS} } pageInfo { hasNextPage endCursor } } }`;
// The last voucher may exceed what was asked for.
const CLAIM = `mutation ($worker: String!) {
  claimExports(input: { systemId: "${SYSTEM}", first: 100, worker: $worker }) {
    claim { claimId entries(first: 500) { nodes { version dispatchKey entry { ${FIELDS} } } pageInfo { hasNextPage } } }
    userErrors { code message } } }`;
const SETTLE = `mutation ($claimId: ID!, $exported: [SettledExportInput!]!) {
  settleClaim(input: { claimId: $claimId, exported: $exported }) {
    remainingCount userErrors { code message } } }`;

function well(payload) {
  if (payload.userErrors.length > 0) throw new Error(JSON.stringify(payload.userErrors).slice(0, 500));
  return payload;
}

/** Claims for a worker; the ids, or none when nothing is left, and how long it took. */
async function claim(url, worker) {
  const { data, milliseconds } = await ask(url, CLAIM, { worker });
  const { claim } = well(data.claimExports);
  if (!claim) return { ids: [], milliseconds };
  if (claim.entries.pageInfo.hasNextPage) throw new Error('a claim of more than 500 entries');
  return { claimId: claim.claimId, ids: claim.entries.nodes.map(({ entry }) => entry.id), milliseconds };
}

/** Says that the system has all of a claim. */
async function settle(url, { claimId, ids }) {
  const exported = ids.map((entryId) => ({ entryId, reference: { documentId: `bench-${entryId}` } }));
  const { data, milliseconds } = await ask(url, SETTLE, { claimId, exported });
  const { remainingCount } = well(data.settleClaim);
  if (remainingCount !== 0) throw new Error(`${remainingCount} entries of a settled claim remain`);
  return milliseconds;
}

const percentile = (times, share) =>
  [...times].sort((one, other) => one - other)[Math.min(times.length - 1, Math.floor(times.length * share))];
const spread = (times) => ({ p50: percentile(times, 0.5), p99: percentile(times, 0.99) });

/** One worker: claims and settles in turns with a plain page, so that a drift of the machine hits all three. */
export async function oneWorker(url, turns = 25) {
  const times = { page: [], claim: [], settle: [] };
  let first;
  for (let turn = -3; turn < turns; turn++) {
    const { milliseconds: page } = await ask(url, PAGE);
    const claimed = await claim(url, 'alone');
    if (claimed.ids.length < 100) throw new Error(`a claim of ${claimed.ids.length} entries`);
    const settled = await settle(url, claimed);
    first ??= claimed.milliseconds;
    if (turn < 0) continue; // the caches had not seen it
    times.page.push(page);
    times.claim.push(claimed.milliseconds);
    times.settle.push(settled);
  }
  const against = (name) => median(times[name].map((time, turn) => time / times.page[turn]));
  return {
    first,
    claim: { ...spread(times.claim), pages: against('claim') },
    settle: { ...spread(times.settle), pages: against('settle') },
  };
}

/** All workers for so many seconds, or until nothing is left. No entry is claimed twice, and all are marked. */
export async function allWorkers(ledger, url, seconds) {
  const marked = async () =>
    Number(
      await ledger.query(
        `SELECT count(*) FROM export_marks WHERE system_key = (SELECT key FROM export_systems WHERE name = '${SYSTEM}')`,
      ),
    );
  const before = await marked();
  // Every worker's connection to the database is there, as it is after the first seconds of a real one.
  for (let turn = 0; turn < 5; turn++) await Promise.all(Array.from({ length: WORKERS }, () => ask(url, PAGE)));
  const seen = new Set(),
    claims = [],
    settles = [];
  const began = now();
  const work = async (_, number) => {
    while (now() - began < seconds) {
      const claimed = await claim(url, `worker ${number}`);
      if (claimed.ids.length === 0) return;
      claims.push(claimed.milliseconds);
      for (const id of claimed.ids) {
        if (seen.has(id)) throw new Error(`entry ${id} was claimed twice`);
        seen.add(id);
      }
      settles.push(await settle(url, claimed));
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  const took = now() - began;
  const added = (await marked()) - before;
  if (added !== seen.size) throw new Error(`${seen.size} entries were settled, and ${added} marked`);
  return {
    entries: seen.size,
    rate: seen.size / took,
    claims: claims.length,
    claim: spread(claims),
    settle: spread(settles),
  };
}

/** Parks the first so many entries that the system has not been sent, and gives how many vouchers these are. */
export async function parkInFront(ledger, entries) {
  const key = `(SELECT key FROM export_systems WHERE name = '${SYSTEM}')`;
  const pending = `SELECT entry_id FROM pending_exports WHERE system_key = ${key} ORDER BY entry_id`;
  const last = await ledger.query(`${pending} LIMIT 1 OFFSET ${entries - 1}`);
  await ledger.query(`UPDATE pending_exports SET progress = 4 WHERE system_key = ${key} AND entry_id <= ${last}`);
  // As after a pause: the next claim looks from the beginning.
  await ledger.query(`UPDATE export_turns SET begin_after = 0, began_at = 0 WHERE system_key = ${key}`);
  await ledger.settle();
  return Math.round(entries / 3);
}
