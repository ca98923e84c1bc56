import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atWork, told } from './at-work.mjs';

// In a file of its own: it holds up everything else in its process.
test('a handler that holds up the whole program past the lease begins nothing more', async (context) => {
  const { gateway, run } = await atWork(context, {
    count: 2,
    leaseSeconds: 10,
    handler: () => {
      const until = performance.now() + 10_100;
      while (performance.now() < until);
    },
  });
  assert.deepEqual(told(await run()), { claims: 1, vouchers: 2, exported: 1, lost: 1 });
  assert.equal(gateway.states().EXPORTED, 1);
});
