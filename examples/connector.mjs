#!/usr/bin/env node
// Posts vouchers to an ERP over HTTP: a connector for `ledgate work` in Node (20 or newer), without packages.
// Reads a voucher a line from standard input, writes a result a line to standard output. ERP_URL says where to post.

import { createInterface } from 'node:readline';

const url = process.env.ERP_URL;
if (!url) {
  console.error('ERP_URL says where to post, such as http://127.0.0.1:9000/documents');
  process.exit(1);
}
const TIMEOUT = 30_000; // milliseconds

/** Posts one voucher, and gives what became of it. */
async function post(voucher) {
  let status, answer;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        // The same over all attempts: the ERP answers a second call with the document of the first.
        'Idempotency-Key': voucher.dispatch_key,
      },
      body: JSON.stringify(voucher),
      signal: AbortSignal.timeout(TIMEOUT),
    });
    status = response.status;
    answer = await response.text();
  } catch (error) {
    // Nobody listens, the connection broke, or the time was up.
    return failed('UNAVAILABLE', `the ERP does not answer: ${error.cause?.message ?? error.message}`);
  }
  if (status === 200 || status === 201) {
    const { id, url } = JSON.parse(answer);
    return { reference: { id: String(id), url } };
  }
  if (status === 422) {
    const { type, reason } = JSON.parse(answer);
    return failed(type, reason);
  }
  const types = { 401: 'PERMISSION', 403: 'PERMISSION', 429: 'RATE_LIMITED' };
  return failed(types[status] ?? (status >= 500 ? 'UNAVAILABLE' : 'OTHER'), `the ERP answered with status ${status}`);
}

function failed(type, reason) {
  return { error: { type, reason } };
}

for await (const line of createInterface({ input: process.stdin })) {
  const voucher = JSON.parse(line);
  const { voucher_id, dispatch_key } = voucher;
  console.log(JSON.stringify({ voucher_id, dispatch_key, ...(await post(voucher)) }));
}
