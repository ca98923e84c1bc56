// The sample of README.md and docs/clients.md, as it stands there. A test runs it.
import { Refused, work } from '@ledgate/client';

const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());

const summary = await work({
  url: process.env.LEDGATE_URL, // such as https://ledgate.example/graphql
  token: process.env.LEDGATE_TOKEN,
  systemId: 'erp',
  signal: stop.signal,
  handler: async (voucher, { signal }) => {
    const answer = await fetch(process.env.ERP_URL, {
      method: 'POST',
      // The ERP answers a second call with the document of the first.
      headers: { 'content-type': 'application/json', 'idempotency-key': voucher.dispatchKey },
      body: JSON.stringify({ date: voucher.postingDate, lines: voucher.lines }),
      signal,
    });
    if (answer.status === 422) throw new Refused('VALIDATION', await answer.text());
    if (!answer.ok) throw new Refused('UNAVAILABLE', `the ERP answered with status ${answer.status}`);
    const { number } = await answer.json();
    return { reference: { documentId: number } };
  },
});
console.log(summary);
