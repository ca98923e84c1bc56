// Load as it comes from many who do not wait for each other: so many requests a second, whatever becomes of the
// earlier ones.
import http from 'node:http';
import { FIELDS, mark } from './page.mjs';
import { seconds as now, sleep } from './processes.mjs';

/** Requests longer than this are taken for lost. */
const PATIENCE = 60_000;

const operation = (query, variables) => ({ path: '/graphql', body: JSON.stringify({ query, variables }) });

/** What is asked, each with how many of a hundred requests it is. */
const QUESTIONS = {
  /** Dear ones, so that ten times the load is not ten times what one generator can send. */
  overload: [
    [
      60,
      () =>
        operation(`{ unexportedEntries(systemId: "warehouse", first: 500) { nodes { ${FIELDS} attributes
        exports { systemId exportedAt note } timeline(first: 10) { nodes { kind at systemId note actor } } } } }`),
    ],
    [20, () => operation(`{ unexportedEntries(systemId: "erp", first: 100) { nodes { ${FIELDS} } } }`)],
    [20, marks],
  ],
  /** What an ordinary day has. */
  soak: [
    [50, () => operation(`{ unexportedEntries(systemId: "erp", first: 100) { nodes { ${FIELDS} } } }`)],
    [
      10,
      () =>
        operation(`{ accountingEntries(last: 50) { nodes { ${FIELDS} attributes exports { systemId }
        timeline(first: 5) { nodes { kind at note } } } totalCount { count } } }`),
    ],
    [25, marks],
    [10, entries],
    [5, exported],
  ],
};

/** Ten entries marked again. */
function marks(number) {
  const first = ((number * 10) % 5000) + 1;
  return operation(
    mark(
      'warehouse',
      Array.from({ length: 10 }, (_, index) => first + index),
    ),
  );
}

/** A page through REST, and one time in ten a stream of all there is. */
function exported(number) {
  const limit = Math.floor(number / 20) % 10 === 0 ? '' : '&limit=100';
  return { path: `/v10/accounting-entries/export?system_id=erp${limit}`, method: 'GET' };
}

/** Ten entries, new ones at first, and then changes of them: the backlog stays as long as it is. */
function entries(number) {
  const entries = Array.from({ length: 10 }, (_, index) => ({
    externalId: `soak:${(number * 10 + index) % 2000}`,
    journalCode: 'VE',
    entryNumber: `S${number}`,
    postingDate: '2026-01-31',
    accountNumber: '707000',
    description: `Facture client ${number}`,
    debit: '0.00',
    credit: `${100 + index}.50`,
    currency: 'EUR',
  }));
  return operation(
    `mutation ($entries: [AccountingEntryInput!]!) {
      recordAccountingEntries(input: { entries: $entries }) { recorded userErrors { code } } }`,
    { entries },
  );
}

/** The requests of a kind of day, in the same order at every run. */
export function questions(day) {
  const order = QUESTIONS[day].flatMap(([share, make]) => Array.from({ length: share / 5 }, () => make));
  let number = 0;
  // 7 has no factor in common with 20, so that kinds are mixed.
  return () => order[(number * 7) % order.length](number++);
}

/** Sends one request; gives what became of it (`accepted`, `refused` or `failed`) and after how long. */
export function ask(base, agent, { path, body, method = 'POST' }) {
  const began = performance.now();
  return new Promise((done) => {
    const end = (outcome, detail) => done({ outcome, detail, milliseconds: performance.now() - began });
    const headers = body ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } : {};
    const request = http.request(base + path, { method, headers, agent, timeout: PATIENCE }, (response) => {
      let begin = '';
      response.on('data', (chunk) => {
        if (begin.length < 200) begin += chunk.toString('latin1', 0, 200);
      });
      response.on('error', (error) => end('failed', error.code));
      response.on('end', () => {
        const { statusCode: status } = response;
        if (status === 503 || status === 429) return end('refused', status);
        // A question whose every field failed has nothing but errors behind its null.
        if (begin.includes('"code":"UNAVAILABLE"')) return end('refused', 'UNAVAILABLE');
        if (status !== 200 || begin.startsWith('{"errors"')) return end('failed', `${status} ${begin}`);
        end('accepted');
      });
    });
    request.on('timeout', () => request.destroy(new Error('timeout')));
    request.on('error', (error) => end('failed', error.code ?? error.message));
    request.end(body);
  });
}

/** What a server carries: answers a second to so many who each wait for their answer. */
export async function capacity(base, next, { clients = 16, seconds = 10 } = {}) {
  const agent = new http.Agent({ keepAlive: true });
  const until = now() + seconds;
  let answers = 0;
  const client = async () => {
    while (now() < until) {
      const { outcome, detail } = await ask(base, agent, next());
      if (outcome !== 'accepted') throw new Error(`${outcome}: ${detail}`);
      answers++;
    }
  };
  const began = now();
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
  return answers / (now() - began);
}

/** Offers so many requests a second for so long, and tells of each answer when it is there. */
export async function offer(base, next, { rate, seconds, answered }) {
  const agent = new http.Agent({ keepAlive: true });
  const began = now();
  const running = new Set();
  for (let sent = 0; now() - began < seconds; await sleep(5)) {
    for (const due = Math.floor((now() - began) * rate); sent < due; sent++) {
      const request = ask(base, agent, next()).then((answer) => {
        answered(answer);
        running.delete(request);
      });
      running.add(request);
    }
  }
  await Promise.all(running);
  agent.destroy();
}
