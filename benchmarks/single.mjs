// What is done once on each ledger: draining a backlog, recording, and the first mark of a new system.
import { ask } from './http.mjs';
import { median } from './figures.mjs';
import { begin, load } from './load.mjs';
import { PAGE, STEADY, mark } from './page.mjs';
import { seconds as now, sleep } from './processes.mjs';
import { metered } from './processor.mjs';

/** What an exporter does: read all pages, then mark the entries, ten a call, one call after the other. */
async function drainAll(url) {
  const ids = [];
  const began = now();
  for (let after = null; ;) {
    const query = `query ($after: String) {
      unexportedEntries(systemId: "erp", first: 100, after: $after) { ${PAGE} } }`;
    const { data } = await ask(url, query, { after });
    ids.push(...data.unexportedEntries.nodes.map(({ id }) => id));
    if (!data.unexportedEntries.pageInfo.hasNextPage) break;
    after = data.unexportedEntries.pageInfo.endCursor;
  }
  const read = now();
  for (let first = 0; first < ids.length; first += 10) {
    const { data } = await ask(url, mark('erp', ids.slice(first, first + 10)));
    if (data.markExported.exports.length !== Math.min(10, ids.length - first))
      throw new Error('marks are missing');
  }
  const ended = now();
  const { data } = await ask(url, '{ unexportedEntries(systemId: "erp") { totalCount { count } } }');
  if (data.unexportedEntries.totalCount.count !== 0) throw new Error('the backlog is not empty');
  return {
    entries: ids.length,
    reading: ids.length / (read - began),
    marking: ids.length / (ended - read),
    rate: ids.length / (ended - began),
  };
}

/** New entries, 500 a call, one call after the other. */
async function recordAll(url) {
  const times = [];
  for (let call = 0; call < 20; call++) {
    const entries = Array.from({ length: 500 }, (_, index) => ({
      externalId: `bench:${Date.now()}:${call}:${index}`,
      journalCode: 'VE',
      journalName: 'Ventes',
      entryNumber: `B${call}-${index}`,
      postingDate: '2026-01-31',
      accountNumber: '707000',
      accountName: 'Ventes de marchandises',
      documentReference: `FA-B${call}-${index}`,
      documentDate: '2026-01-31',
      description: `Facture client FA-B${call}-${index}, livraison du 31/01/2026`,
      debit: '0.00',
      credit: `${100 + index}.50`,
      currency: 'EUR',
    }));
    const query = `mutation ($entries: [AccountingEntryInput!]!) {
            recordAccountingEntries(input: { entries: $entries }) { recorded userErrors { code message } } }`;
    const { data, milliseconds } = await ask(url, query, { entries });
    if (data.recordAccountingEntries.recorded !== 500) throw new Error('entries were not recorded');
    times.push(milliseconds);
  }
  const total = times.reduce((sum, time) => sum + time, 0) / 1000;
  return { entries: 10_000, rate: 10_000 / total, milliseconds: median(times) };
}

export const drain = ({ url, processes }) => metered(processes, 'entries', () => drainAll(url));
export const record = ({ url, processes }) => metered(processes, 'entries', () => recordAll(url));

/**
 * The first mark of a new system, while others ask for their pages: what they feel of it until the history is
 * taken over. With `delay` each of the 8 connections pauses so many milliseconds after an answer; without, it
 * asks again at once, and the server has no time that nobody claims.
 */
export async function firstMark({ url }, ledger, systemId, { seconds, delay }) {
  const patience = Math.max(120, ledger.entries / 10_000);
  const bodies = [JSON.stringify({ query: STEADY })];
  await load({ url, bodies, seconds: 1, delay });
  // Long enough for a 99th percentile to mean something.
  const before = await load({ url, bodies, seconds: delay ? Math.max(5, seconds) : seconds, delay });
  const during = begin({ url, bodies, seconds: patience, delay });
  await sleep(200);
  const id = Math.floor(ledger.entries / 2);
  const began = now();
  const { data, milliseconds } = await ask(url, mark(systemId, [id]));
  if (data.markExported.exports.length !== 1) throw new Error('the first mark was not made');
  const condition = `name = '${systemId}' AND history_end IS NOT NULL AND taken_over_to >= history_end`;
  let takenOver;
  while (!takenOver && now() - began < patience) {
    await sleep(100);
    takenOver = (await ledger.query(`SELECT count(*) FROM export_systems WHERE ${condition}`)) === '1';
  }
  const tookOver = now() - began;
  during.interrupt();
  const felt = await during.finished;
  const { rate, p50, p99, max } = felt;
  if (felt.errors > 0) throw new Error(`${felt.errors} answers were wrong while the history was taken over`);
  return {
    milliseconds,
    takenOver,
    tookOver,
    rows: ledger.entries / tookOver,
    before: { rate: before.rate, p50: before.p50, p99: before.p99, max: before.max },
    during: { rate, p50, p99, max, requests: felt.requests },
  };
}
