import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { work } from '../dist/index.js';
import { atWork, told } from './at-work.mjs';
import { fakeGateway, vouchers } from './fake-gateway.mjs';

describe('waiting and stopping', { concurrency: true }, () => {
  test('a stop lets what is begun end, and gives back the rest', async (context) => {
    const stop = new AbortController();
    const { gateway, troubles, run } = await atWork(context, {
      count: 10,
      concurrency: 2,
      once: false,
      signal: stop.signal,
      handler: async ({ entryNumber }, { signal }) => {
        if (entryNumber === '4') stop.abort();
        await pause(300);
        assert.equal(signal.aborted, false);
      },
    });
    assert.deepEqual(told(await run()), { claims: 1, vouchers: 10, exported: 4, released: 6 });
    assert.deepEqual(gateway.states(), { EXPORTED: 4, PENDING: 6 });
    assert.deepEqual(troubles, []);
  });

  test('a stop ends a handler that takes too long, and gives back its voucher', async (context) => {
    const stop = new AbortController();
    const { gateway, run } = await atWork(context, {
      count: 3,
      once: false,
      signal: stop.signal,
      stopWithinSeconds: 0.2,
      handler: async (_, { signal }) => {
        stop.abort();
        await pause(60_000, {}, { signal });
      },
    });
    const began = performance.now();
    assert.deepEqual(told(await run()), { claims: 1, vouchers: 3, released: 3 });
    assert.ok(performance.now() - began < 20_000);
    assert.deepEqual(gateway.states(), { PENDING: 3 });
  });

  test('a handler that does not end holds up no stop, and keeps its claim until the lease ends', async (context) => {
    const stop = new AbortController();
    const { gateway, run } = await atWork(context, {
      count: 3,
      once: false,
      signal: stop.signal,
      stopWithinSeconds: 0,
      handler: () => {
        stop.abort();
        return new Promise(() => {});
      },
    });
    assert.deepEqual(told(await run()), { claims: 1, vouchers: 3, lost: 3 });
    assert.deepEqual(gateway.states(), { CLAIMED: 3 });
  });

  test('a stop ends waiting at once, also for a gateway that is away', async (context) => {
    const away = await fakeGateway();
    away.close();
    for (const url of [(await atWork(context, { count: 0 })).gateway.url, away.url]) {
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 300);
      const began = performance.now();
      const summary = await work({
        url,
        systemId: 'erp',
        handler: () => {},
        signal: stop.signal,
        waitSeconds: { from: 60, to: 60 },
      });
      assert.deepEqual(told(summary), {});
      assert.ok(performance.now() - began < 20_000, String(performance.now() - began));
    }
  });

  test('a gateway that does not answer holds up no stop', async (context) => {
    const stop = new AbortController();
    const { run } = await atWork(context, {
      count: 1,
      once: false,
      signal: stop.signal,
      intercept: () => new Promise(() => {}),
    });
    setTimeout(() => stop.abort(), 300);
    const began = performance.now();
    assert.deepEqual(told(await run()), {});
    assert.ok(performance.now() - began < 20_000, String(performance.now() - began));
  });

  test('what comes while a worker waits is found by asking again, more and more seldom', async (context) => {
    const stop = new AbortController();
    const { gateway, run } = await atWork(context, {
      count: 0,
      once: false,
      signal: stop.signal,
      waitSeconds: { from: 0.2, to: 0.8 },
      handler: () => stop.abort(),
    });
    setTimeout(() => gateway.add(vouchers(1)), 2_000);
    assert.deepEqual(told(await run()), { claims: 1, vouchers: 1, exported: 1 });
    const at = gateway.of('ClaimExports').map(({ at }) => at);
    const waits = at.slice(1).map((moment, place) => moment - at[place]);
    assert.ok(waits[0] >= 95 && waits[1] >= 195 && waits[2] >= 395, waits.join());
    assert.ok(waits.length <= 12, waits.join());
  });
});
