import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { fakeGateway, vouchers } from './fake-gateway.mjs';

const SAMPLE = fileURLToPath(new URL('connector.mjs', import.meta.url));

test('README.md shows what is run', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, sample] = /```js\n(.*?)```/s.exec(readme);
  assert.ok(readFileSync(SAMPLE, 'utf8').includes(sample));
});

test('the sample sends what there is until it is asked to stop', async (context) => {
  const gateway = await fakeGateway({ vouchers: vouchers(3) });
  const documents = new Map();
  const erp = createServer((request, response) => {
    const key = request.headers['idempotency-key'];
    const isWrong = key.endsWith('/2');
    if (!isWrong) documents.set(key, `GL-${key.split('/').at(-1)}`);
    response
      .writeHead(isWrong ? 422 : 201)
      .end(isWrong ? 'the period is closed' : JSON.stringify({ number: documents.get(key) }));
  });
  await new Promise((resolve) => erp.listen(0, '127.0.0.1', resolve));
  const env = {
    ...process.env,
    LEDGATE_URL: gateway.url,
    LEDGATE_TOKEN: 'lgt_1',
    ERP_URL: `http://127.0.0.1:${erp.address().port}/`,
  };
  const connector = spawn(process.execPath, [SAMPLE], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  context.after(() => {
    connector.kill('SIGKILL');
    gateway.close();
    erp.closeAllConnections();
    erp.close();
  });
  let printed = '';
  connector.stdout.on('data', (part) => (printed += part));
  const end = performance.now() + 20_000;
  while (gateway.states().EXPORTED !== 2 || gateway.states().FAILED !== 1) {
    assert.ok(performance.now() < end, JSON.stringify(gateway.states()));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  connector.kill('SIGTERM');
  const [code] = await once(connector, 'exit');
  assert.equal(code, 0);
  assert.match(printed, /exported: 2,\s+failed: 1,/);
  assert.equal(documents.size, 2);
  const [{ type, reason }] = gateway.state.get('voucher/2026-01-31/VE/2').settled;
  assert.deepEqual([type, reason], ['VALIDATION', 'the period is closed']);
});
