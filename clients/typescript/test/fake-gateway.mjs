// A gateway in this process that knows claims, and does what a test wants of it: loses answers, is busy, takes claims away.
import { createServer } from 'node:http';

/** So many vouchers of so many lines each, to be put into a gateway. */
export const vouchers = (count, lines = 2) =>
  Array.from({ length: count }, (_, place) => ({
    id: `voucher/2026-01-31/VE/${place + 1}`,
    lines: Array.from({ length: lines }, (_, line) => entry(place, line)),
  }));

const entry = (place, line) => ({
  __typename: 'AccountingEntry',
  id: `entry/${place * 10_000 + line}`,
  entryId: String(place * 10_000 + line),
  debit: line === 0 ? '0.30' : '0.00',
  credit: line === 0 ? '0.00' : '0.10',
  currency: 'EUR',
  version: 1,
});

/**
 * `intercept({operationName, variables, count})` may answer before the gateway does, or say what becomes of its answer:
 * 'lose' it, or an array of status, headers and body to be sent instead of doing anything.
 */
export async function fakeGateway({ vouchers = [], intercept = () => undefined } = {}) {
  const state = new Map(vouchers.map((voucher) => [voucher.id, { ...voucher, state: 'PENDING', settled: [] }]));
  const [claims, answers, calls] = [new Map(), new Map(), []];
  const pageInfo = (hasNextPage, endCursor) => ({ hasNextPage, endCursor });

  const page = (claim, after = 0) => {
    const lines = claim.vouchers.flatMap((voucher) =>
      voucher.lines.map((line) => ({
        dispatchKey: `key of ${voucher.id}`,
        version: 1,
        held: voucher.state === 'CLAIMED',
        entry: {
          ...line,
          voucher: {
            __typename: 'Voucher',
            id: voucher.id,
            journalCode: 'VE',
            postingDate: '2026-01-31',
            entryNumber: voucher.id.split('/').at(-1),
          },
        },
      })),
    );
    const until = Number(after) + 500;
    return { nodes: lines.slice(Number(after), until), pageInfo: pageInfo(until < lines.length, String(until)) };
  };
  const lost = { field: null, code: 'CLAIM_LOST', message: 'the claim does not have this any more', entryId: null };
  const isLive = (claim) =>
    claim.expires > performance.now() && claim.vouchers.some(({ state }) => state === 'CLAIMED');

  const operations = {
    ClaimExports({ input }) {
      const free = [...state.values()].filter((voucher) => voucher.state === 'PENDING');
      const taken = [];
      for (let left = input.first; free.length > 0 && left > 0; left -= taken.at(-1).lines.length)
        taken.push(free.shift());
      if (taken.length === 0) return { claimExports: { claim: null, userErrors: [] } };
      for (const voucher of taken) voucher.state = 'CLAIMED';
      const claim = { claimId: `claim-${claims.size + 1}`, vouchers: taken };
      claim.expires = performance.now() + input.leaseSeconds * 1000;
      claims.set(claim.claimId, claim);
      return { claimExports: { claim: { claimId: claim.claimId, live: true, entries: page(claim) }, userErrors: [] } };
    },
    ClaimEntries({ claimId, after }) {
      return { exportClaim: { live: isLive(claims.get(claimId)), entries: page(claims.get(claimId), after) } };
    },
    SettleClaim({ input }) {
      const claim = claims.get(input.claimId);
      const items = ['exported', 'failed'].flatMap((list) =>
        input[list].map((item, place) => ({ list, place, ...item })),
      );
      const wrong = items.find(({ note }) => note === 'refuse this');
      if (wrong) {
        const fault = {
          field: [wrong.list, String(wrong.place), 'note'],
          code: 'NOTE_TOO_LONG',
          message: 'too long',
          entryId: null,
        };
        return { settleClaim: { remainingCount: null, exports: null, failures: null, userErrors: [fault] } };
      }
      const userErrors = [];
      for (const { list, place, ...item } of items) {
        const voucher = state.get(
          item.voucherId ??
            claim.vouchers.find(({ lines }) => lines.some(({ entryId }) => entryId === item.entryId)).id,
        );
        if (list === 'failed' && !isLive(claim)) {
          userErrors.push({ ...lost, field: [list, String(place)] });
          continue;
        }
        voucher.settled.push({ list, ...item });
        voucher.state = list === 'exported' ? 'EXPORTED' : 'FAILED';
      }
      const remainingCount = claim.vouchers.filter(({ state }) => state === 'CLAIMED').length;
      return { settleClaim: { remainingCount, exports: [], failures: [], userErrors } };
    },
    ExtendClaim({ input }) {
      const claim = claims.get(input.claimId);
      if (!isLive(claim)) return { extendClaim: { claim: null, userErrors: [lost] } };
      claim.expires = performance.now() + input.leaseSeconds * 1000;
      return { extendClaim: { claim: { claimId: claim.claimId, expiresAt: 'soon' }, userErrors: [] } };
    },
    ReleaseClaim({ input }) {
      const left = claims.get(input.claimId).vouchers.filter(({ state }) => state === 'CLAIMED');
      for (const voucher of left) voucher.state = 'PENDING';
      return { releaseClaim: { entryCount: left.length, userErrors: [] } };
    },
  };

  const carryOut = ({ operationName, variables }) => {
    const key = variables?.input?.idempotencyKey;
    if (!key) return operations[operationName](variables);
    if (!answers.has(key)) answers.set(key, operations[operationName](variables));
    return answers.get(key);
  };

  const server = createServer((request, response) => {
    if (request.method !== 'POST') return response.writeHead(405).end();
    const parts = [];
    request.on('data', (part) => parts.push(part));
    return request.on('end', async () => {
      const asked = JSON.parse(Buffer.concat(parts).toString());
      calls.push({ ...asked, headers: request.headers, at: performance.now() });
      const count = calls.filter(({ operationName }) => operationName === asked.operationName).length;
      const wish = await intercept({ ...asked, count, gateway });
      if (Array.isArray(wish)) {
        const [status, headers, body] = wish;
        response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
        return;
      }
      const data = carryOut(asked);
      if (wish === 'lose') request.socket.destroy();
      else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data }));
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

  const gateway = {
    url: `http://127.0.0.1:${server.address().port}/graphql`,
    server,
    calls,
    state,
    /** The calls of one operation. */
    of: (name) => calls.filter(({ operationName }) => operationName === name),
    /** How many vouchers are in each state. */
    states() {
      const counts = {};
      for (const { state: name } of state.values()) counts[name] = (counts[name] ?? 0) + 1;
      return counts;
    },
    add(more) {
      for (const voucher of more) state.set(voucher.id, { ...voucher, state: 'PENDING', settled: [] });
    },
    /** Gives what is claimed to somebody else. */
    take() {
      for (const claim of claims.values()) claim.expires = 0;
      for (const voucher of state.values()) if (voucher.state === 'CLAIMED') voucher.state = 'ELSEWHERE';
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return gateway;
}

/** An error as a gateway tells it. */
export const refusal = (code, message = code) => ({ errors: [{ message, extensions: { code } }] });
