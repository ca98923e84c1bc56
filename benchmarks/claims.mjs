// What workers do: claim entries, send them, and say that the system has them.
import { median, spread } from './figures.mjs';
import { ask } from './http.mjs';
import { FIELDS, STEADY } from './page.mjs';
import { seconds as now } from './processes.mjs';
import { metered } from './processor.mjs';
import { rounded } from './session.mjs';
import { count } from './text.mjs';

const WORKERS = 8;
const SYSTEM = 'warehouse';
/** 100,000 vouchers. */
const PARKED = 300_000;
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

/**
 * One worker on each ledger: claims and settles in turns with a plain page, and the ledgers in turns with each other, so that
 * a drift of the machine hits all of it. `cost` is what a claim costs of one on the first ledger.
 */
async function oneWorker(urls, turns = 25) {
  const sides = urls.map((url) => ({ url, times: { page: [], claim: [], settle: [] } }));
  for (let turn = -3; turn < turns; turn++) {
    for (const side of sides) {
      const { milliseconds: page } = await ask(side.url, STEADY);
      const claimed = await claim(side.url, 'alone');
      if (claimed.ids.length < 100) throw new Error(`a claim of ${claimed.ids.length} entries`);
      const settled = await settle(side.url, claimed);
      side.first ??= claimed.milliseconds;
      if (turn < 0) continue; // the caches had not seen it
      side.times.page.push(page);
      side.times.claim.push(claimed.milliseconds);
      side.times.settle.push(settled);
    }
  }
  const ratio = (one, other) => median(one.map((time, turn) => time / other[turn]));
  return sides.map(({ first, times }) => ({
    first,
    cost: ratio(times.claim, sides[0].times.claim),
    claim: { ...spread(times.claim), pages: ratio(times.claim, times.page) },
    settle: { ...spread(times.settle), pages: ratio(times.settle, times.page) },
  }));
}

/** All workers for so many seconds, or until a quarter of the ledger is sent. No entry is claimed twice, all are marked. */
async function allWorkers(ledger, { url, processes }, seconds) {
  const marked = async () =>
    Number(
      await ledger.query(
        `SELECT count(*) FROM export_marks WHERE system_key = (SELECT key FROM export_systems WHERE name = '${SYSTEM}')`,
      ),
    );
  const before = await marked();
  // Every worker's connection to the database is there, as it is after the first seconds of a real one.
  for (let turn = 0; turn < 5; turn++) await Promise.all(Array.from({ length: WORKERS }, () => ask(url, STEADY)));
  const seen = new Set(),
    claims = [],
    settles = [];
  const work = async (began, number) => {
    while (now() - began < seconds && seen.size < ledger.entries / 4) {
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
  const figures = await metered(processes, 'entries', async () => {
    const began = now();
    await Promise.all(Array.from({ length: WORKERS }, (_, number) => work(began, number)));
    return { entries: seen.size, rate: seen.size / (now() - began) };
  });
  const added = (await marked()) - before;
  if (added !== seen.size) throw new Error(`${seen.size} entries were settled, and ${added} marked`);
  return { ...figures, claims: claims.length, claim: spread(claims), settle: spread(settles) };
}

/** Parks the first entries that the system has not been sent, half of them at most, and gives how many vouchers these are. */
async function parkInFront(ledger) {
  const key = `(SELECT key FROM export_systems WHERE name = '${SYSTEM}')`;
  const pending = `FROM pending_exports WHERE system_key = ${key}`;
  const left = Number(await ledger.query(`SELECT count(*) ${pending}`));
  const entries = Math.min(PARKED, Math.floor(left / 6) * 3);
  const last = await ledger.query(`SELECT entry_id ${pending} ORDER BY entry_id LIMIT 1 OFFSET ${entries - 1}`);
  await ledger.query(`UPDATE pending_exports SET progress = 4 WHERE system_key = ${key} AND entry_id <= ${last}`);
  // As after a pause: the next claim looks from the beginning.
  await ledger.query(`UPDATE export_turns SET begin_after = 0, began_at = 0 WHERE system_key = ${key}`);
  await ledger.settle();
  return Math.round(entries / 3);
}

/** On each ledger one worker, and then all; on the old one both once more with what is parked in front of the rest. */
export async function claims(ledgers, contexts, seconds, tell) {
  const results = [];
  const together = async (name, side, alone) => {
    const figures = await allWorkers(ledgers[side], contexts[side], seconds * 2);
    results.push({ name, alone, together: figures });
    tell(
      `${name}: one worker claims in ${rounded(alone.claim.p50)} ms and settles in ${rounded(alone.settle.p50)} ms; ` +
        `8 workers ${rounded(figures.rate)} entries/s in ${figures.claims} claims, none twice`,
    );
  };
  const alone = await oneWorker(contexts.map(({ url }) => url));
  for (const [side, { entries }] of ledgers.entries()) await together(`${count(entries)} pending`, side, alone[side]);
  const parked = await parkInFront(ledgers[1]);
  const [behind] = await oneWorker([contexts[1].url]);
  await together(`${count(parked)} vouchers parked in front`, 1, behind);
  return results;
}
