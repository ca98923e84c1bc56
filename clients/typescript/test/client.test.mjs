import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'graphql';
import { createClient, LedgateError } from '../dist/index.js';
import * as documents from '../dist/documents.js';
import { fakeGateway, refusal } from './fake-gateway.mjs';

/** A client of a gateway that answers this to everything. */
async function asked(context, answer, options = {}) {
  const gateway = await fakeGateway({ intercept: () => answer });
  context.after(gateway.close);
  const client = createClient({ url: gateway.url, ...options });
  return { gateway, client, ask: (call) => client.request(documents.ExportSystemsDocument, { first: 2 }, call) };
}

test('a call sends the document, its name, the variables and the token', async (context) => {
  const { gateway, ask } = await asked(context, [200, {}, { data: { exportSystems: null } }], { token: 'lgt_1' });
  assert.deepEqual(await ask(), { exportSystems: null });
  const [{ query, operationName, variables, headers }] = gateway.calls;
  assert.match(query, /^query ExportSystems\(/);
  assert.equal(operationName, 'ExportSystems');
  assert.deepEqual(variables, { first: 2 });
  assert.equal(headers.authorization, 'Bearer lgt_1');
});

test('a trusted document is named by its hash, and one without a hash is sent', async (context) => {
  const { gateway, client, ask } = await asked(context, [200, {}, { data: {} }], { trustedDocuments: true });
  await ask();
  await client.request(parse('query Mine { viewer { name } }'), {});
  assert.match(gateway.calls[0].documentId, /^sha256:[0-9a-f]{64}$/);
  assert.equal(gateway.calls[0].query, undefined);
  assert.match(gateway.calls[1].query, /^query Mine/);
});

test('an error has its code, its extensions, the status and the wait', async (context) => {
  const body = { data: null, errors: [{ message: 'wait', extensions: { code: 'THROTTLED', requestId: 'r1' } }] };
  const { ask } = await asked(context, [429, { 'retry-after': '7' }, body]);
  const { name, message, code, extensions, status, retryAfter, retryable } = await ask().catch((error) => error);
  assert.deepEqual(
    { name, message, code, extensions, status, retryAfter, retryable },
    {
      name: 'LedgateError',
      message: 'wait',
      code: 'THROTTLED',
      extensions: { code: 'THROTTLED', requestId: 'r1' },
      status: 429,
      retryAfter: 7,
      retryable: true,
    },
  );
});

test('what may be other in a moment can be told from what is to be mended', async (context) => {
  const cases = [
    [[200, {}, refusal('UNAVAILABLE')], true],
    [[200, {}, refusal('TIMEOUT')], true],
    [[200, {}, refusal('FORBIDDEN')], false],
    [[401, {}, refusal('UNAUTHENTICATED')], false],
    [[502, {}, '<html>'], true],
    [[503, { 'retry-after': new Date(Date.now() + 60_000).toUTCString() }, ''], true],
    [[404, {}, 'not here'], false],
    [[200, {}, '<html>'], false],
    [[200, {}, '3'], false],
    [[302, { location: 'http://127.0.0.1:1/' }, ''], false],
  ];
  for (const [answer, retryable] of cases) {
    const { ask } = await asked(context, answer);
    const error = await ask().catch((error) => error);
    assert.ok(error instanceof LedgateError, String(error));
    assert.equal(error.retryable, retryable, JSON.stringify(answer));
    assert.equal(error.status, answer[0]);
    if (answer[0] === 503) assert.ok(error.retryAfter > 50 && error.retryAfter <= 60, String(error.retryAfter));
  }
});

test('an answer that does not come is an error that may be tried again', async (context) => {
  const gateway = await fakeGateway({ intercept: () => 'lose' });
  const client = createClient({ url: gateway.url });
  const ask = () => client.request(documents.ReleaseClaimDocument, { input: { claimId: '1' } }).catch((error) => error);
  gateway.server.removeAllListeners('request');
  gateway.server.on('request', (request) => request.socket.destroy());
  assert.deepEqual([(await ask()).retryable, (await ask()).status], [true, undefined]);
  gateway.close();
  const away = await ask();
  assert.equal(away.retryable, true);
  assert.match(away.message, /ECONNREFUSED/);
});

test('a call ends after its time, or when its caller wants', async (context) => {
  const { ask } = await asked(context, new Promise(() => {}));
  const late = await ask({ timeoutMilliseconds: 50 }).catch((error) => error);
  assert.equal(late.retryable, true);
  assert.match(late.message, /no answer within 50 milliseconds/);
  const why = new Error('enough');
  const controller = new AbortController();
  setTimeout(() => controller.abort(why), 20);
  await assert.rejects(ask({ signal: controller.signal }), why);
  await assert.rejects(ask({ signal: AbortSignal.abort(why) }), why);
});
