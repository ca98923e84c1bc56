import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createClient, Refused, work, WorkError } from '../dist/index.js';
import { atWork, told } from './at-work.mjs';
import { fakeGateway, refusal, vouchers } from './fake-gateway.mjs';

describe('work', { concurrency: true }, () => {
  test('every voucher is handed over whole, and settled as it went', async (context) => {
    const handed = [];
    const { gateway, troubles, run } = await atWork(context, {
      count: 250,
      lines: 4,
      batch: 300,
      concurrency: 5,
      handler: async (voucher, { signal }) => {
        assert.ok(signal instanceof AbortSignal);
        handed.push(voucher);
        const number = Number(voucher.entryNumber);
        if (number % 10 === 1) throw new Refused('PERIOD_CLOSED', 'closed', '2026-03-01T00:00:00Z');
        if (number % 10 === 2) throw new Error('boom');
        if (number % 10 === 3) return undefined;
        return { reference: { documentId: `GL-${number}` }, note: 'run 7' };
      },
    });
    const summary = await run();
    assert.deepEqual(told(summary), { claims: 4, vouchers: 250, exported: 200, failed: 50 });
    assert.equal(new Set(handed.map(({ voucherId }) => voucherId)).size, 250);
    assert.equal(handed.length, 250);
    const [first] = handed;
    assert.equal(first.dispatchKey, `key of ${first.voucherId}`);
    assert.equal(first.lines.length, 4);
    assert.deepEqual(first.totals, [{ currency: 'EUR', debit: '0.30', credit: '0.30' }]);
    const settled = (number) => gateway.state.get(`voucher/2026-01-31/VE/${number}`).settled;
    const voucherId = (number) => `voucher/2026-01-31/VE/${number}`;
    assert.deepEqual(settled(1), [
      {
        list: 'failed',
        voucherId: voucherId(1),
        type: 'PERIOD_CLOSED',
        reason: 'closed',
        retryAt: '2026-03-01T00:00:00.000Z',
      },
    ]);
    assert.deepEqual(settled(2), [
      { list: 'failed', voucherId: voucherId(2), type: 'OTHER', reason: 'boom', retryAt: null },
    ]);
    assert.deepEqual(settled(3), [{ list: 'exported', voucherId: voucherId(3), reference: null, note: null }]);
    assert.deepEqual(settled(4), [
      { list: 'exported', voucherId: voucherId(4), reference: { documentId: 'GL-4', url: null }, note: 'run 7' },
    ]);
    assert.ok([...gateway.state.values()].every(({ settled }) => settled.length === 1));
    assert.ok(
      troubles.every(({ during }) => during === 'handler'),
      'only what the handler did not mean is told',
    );
    assert.equal(troubles.length, 25);
  });

  test('a voucher of more lines than a page is read to its end first', async (context) => {
    const counts = [];
    const { gateway, run } = await atWork(context, {
      count: 2,
      lines: 1_234,
      handler: ({ lines }) => void counts.push(lines.length),
    });
    assert.deepEqual(told(await run()), { claims: 2, vouchers: 2, exported: 2 });
    assert.deepEqual(counts, [1_234, 1_234]);
    assert.equal(gateway.of('ClaimEntries').length, 4);
  });

  test('answers that are lost lose nothing, and do nothing twice', async (context) => {
    const lost = new Set();
    const { gateway, troubles, run } = await atWork(context, {
      count: 30,
      batch: 20,
      intercept: ({ operationName, variables }) => {
        const key = variables.input?.idempotencyKey;
        if (key === undefined || lost.has(key)) return undefined;
        lost.add(key);
        return 'lose';
      },
    });
    assert.deepEqual(told(await run()), { claims: 3, vouchers: 30, exported: 30 });
    assert.ok([...gateway.state.values()].every(({ settled }) => settled.length === 1));
    assert.deepEqual(new Set(troubles.map(({ during }) => during)), new Set(['claim', 'settle']));
    assert.ok(troubles.every(({ error, retryInMilliseconds }) => error.retryable && retryInMilliseconds > 0));
  });

  test('a gateway that is busy is asked again when it says', async (context) => {
    const { gateway, run } = await atWork(context, {
      count: 3,
      intercept: ({ count }) => (count === 1 ? [503, { 'retry-after': '1' }, refusal('UNAVAILABLE')] : undefined),
    });
    assert.deepEqual(told(await run()), { claims: 1, vouchers: 3, exported: 3 });
    for (const name of ['ClaimExports', 'SettleClaim']) {
      const [first, second] = gateway.of(name);
      assert.equal(first.variables.input.idempotencyKey, second.variables.input.idempotencyKey);
      assert.ok(second.at - first.at >= 990, `${name} came again after ${second.at - first.at} ms`);
    }
  });

  test('a call that is refused as a whole is divided until the cause is found', async (context) => {
    const { gateway, run } = await atWork(context, {
      count: 40,
      handler: ({ entryNumber }) => ({ note: entryNumber === '17' ? 'refuse this' : 'fine' }),
    });
    const { unsettled, ...summary } = await run();
    assert.deepEqual(told(summary), { claims: 1, vouchers: 40, exported: 39 });
    assert.deepEqual(unsettled, [
      {
        voucherId: 'voucher/2026-01-31/VE/17',
        dispatchKey: 'key of voucher/2026-01-31/VE/17',
        exported: true,
        documentId: null,
        reason: 'too long',
      },
    ]);
    assert.equal(gateway.states().EXPORTED, 39);
  });

  test('a worker waits when the system could not be reached for a whole claim', async (context) => {
    const stop = new AbortController();
    const { gateway, run } = await atWork(context, {
      count: 6,
      batch: 2,
      once: false,
      signal: stop.signal,
      waitSeconds: { from: 60, to: 60 },
      handler: () => {
        setTimeout(() => stop.abort(), 500);
        throw new Refused('UNAVAILABLE', 'the ERP does not answer');
      },
    });
    assert.deepEqual(told(await run()), { claims: 1, vouchers: 1, failed: 1 });
    assert.deepEqual(gateway.states(), { FAILED: 1, PENDING: 5 });
  });

  test('a refusal that no repeating mends ends the worker, and says what was not told', async (context) => {
    const { run, troubles } = await atWork(context, {
      count: 3,
      intercept: ({ operationName }) =>
        operationName === 'SettleClaim' ? [401, {}, refusal('UNAUTHENTICATED')] : undefined,
      handler: ({ entryNumber }) => ({ reference: { documentId: `GL-${entryNumber}` } }),
    });
    const error = await run().catch((error) => error);
    assert.ok(error instanceof WorkError, String(error));
    assert.deepEqual([error.message, error.cause.code], ['UNAUTHENTICATED', 'UNAUTHENTICATED']);
    assert.deepEqual(
      error.summary.unsettled.map(({ documentId }) => documentId),
      ['GL-1', 'GL-2', 'GL-3'],
    );
    assert.equal(troubles.filter(({ during }) => during === 'settle').length, 3);
  });

  test('settings that no gateway takes are refused at once', async () => {
    const settings = { url: 'http://127.0.0.1:1/graphql', systemId: 'erp', handler: () => {} };
    for (const wrong of [
      { batch: 0 },
      { batch: 1.5 },
      { leaseSeconds: 5 },
      { concurrency: 0 },
      { waitSeconds: { from: 2, to: 1 } },
    ]) {
      await assert.rejects(work({ ...settings, ...wrong }), RangeError);
    }
  });

  test('what onlookers throw harms nothing, and a client that is given is used', async (context) => {
    const { gateway } = await atWork(context, { count: 2 });
    const events = [];
    const summary = await work({
      client: createClient({ url: gateway.url, token: 'lgt_2' }),
      systemId: 'erp',
      worker: 'w 7',
      once: true,
      filter: { journalCode: { eq: 'VE' } },
      handler: () => {},
      onProgress: ({ kind }, { claims }) => {
        events.push([kind, claims]);
        throw new Error('no');
      },
    });
    assert.deepEqual(told(summary), { claims: 1, vouchers: 2, exported: 2 });
    assert.deepEqual(events, [
      ['claimed', 1],
      ['settled', 1],
    ]);
    const [{ variables, headers }] = gateway.of('ClaimExports');
    const { idempotencyKey, ...input } = variables.input;
    assert.deepEqual(input, {
      systemId: 'erp',
      first: 100,
      leaseSeconds: 300,
      worker: 'w 7',
      filter: { journalCode: { eq: 'VE' } },
    });
    assert.equal(headers.authorization, 'Bearer lgt_2');
    assert.match(idempotencyKey, /^[0-9a-f]{32}$/);
  });
});
