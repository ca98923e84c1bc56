import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Refused } from '../dist/index.js';
import { atWork, told } from './at-work.mjs';
import { refusal } from './fake-gateway.mjs';

describe('leases', { concurrency: true }, () => {
  test('the lease is extended while a handler is slow', async (context) => {
    const { gateway, run } = await atWork(context, {
      count: 1,
      leaseSeconds: 10,
      intercept: ({ operationName, count }) =>
        operationName === 'ExtendClaim' && count === 1 ? [503, {}, refusal('UNAVAILABLE')] : undefined,
      handler: (_, { signal }) => pause(12_000, {}, { signal }),
    });
    assert.deepEqual(told(await run()), { claims: 1, vouchers: 1, exported: 1 });
    const claimed = gateway.of('ClaimExports')[0].at;
    const extended = gateway.of('ExtendClaim').map(({ at }) => at - claimed);
    assert.ok(extended[0] > 1_000 && extended[0] < 6_600, `after a third: ${extended}`);
    assert.ok(extended.length >= 3, extended.join());
  });

  test('what was finished when the claim is lost is settled, and the rest is not', async (context) => {
    const { gateway, troubles, run } = await atWork(context, {
      count: 5,
      leaseSeconds: 10,
      concurrency: 3,
      handler: async ({ entryNumber }, { signal }) => {
        if (entryNumber === '1') gateway.take();
        await pause(60_000, {}, { signal }).catch(() => {});
        if (entryNumber === '1') return { reference: { documentId: 'GL-1' } };
        if (entryNumber === '2') throw new Refused('VALIDATION', 'no');
        signal.throwIfAborted();
      },
    });
    assert.deepEqual(told(await run()), { claims: 1, vouchers: 5, exported: 1, lost: 4 });
    const settled = [...gateway.state.values()].flatMap(({ settled }) => settled);
    assert.deepEqual(
      settled.map(({ reference }) => reference),
      [{ documentId: 'GL-1', url: null }],
    );
    assert.equal(gateway.of('ReleaseClaim').length, 0);
    assert.deepEqual(
      troubles.map(({ during, error }) => [during, error.code]),
      [['extend', 'CLAIM_LOST']],
    );
  });

  test('a lease that cannot be extended is lost when it ends, by the clock of the worker', async (context) => {
    const seen = [];
    const { gateway, run } = await atWork(context, {
      count: 2,
      leaseSeconds: 10,
      intercept: ({ operationName }) => (operationName === 'ExtendClaim' ? [503, {}, ''] : undefined),
      handler: async ({ entryNumber }, { signal }) => {
        seen.push(entryNumber);
        await pause(60_000, {}, { signal });
      },
    });
    const began = performance.now();
    assert.deepEqual(told(await run()), { claims: 1, vouchers: 2, lost: 2 });
    const took = performance.now() - began;
    assert.ok(took >= 9_900 && took < 30_000, String(took));
    assert.deepEqual(seen, ['1'], 'nothing is begun after the end');
    assert.equal(gateway.of('SettleClaim').length, 0);
  });

  test('what somebody else has settled meanwhile is not begun', async (context) => {
    const seen = [];
    const { gateway, run } = await atWork(context, {
      count: 4,
      handler: async ({ entryNumber }) => {
        seen.push(entryNumber);
        for (const voucher of gateway.state.values()) if (!voucher.id.endsWith('/1')) voucher.state = 'ELSEWHERE';
        await pause(1_000);
      },
    });
    assert.deepEqual(told(await run()), { claims: 1, vouchers: 4, exported: 2, lost: 2 });
    assert.deepEqual(seen, ['1', '2']);
    assert.equal(gateway.of('ReleaseClaim').length, 0);
  });
});
