// A connector of the tests: works a system of the gateway at this address to its end. Each line of its standard output is a
// voucher that it was given, as it refused or posted it; the last one is what the worker has done.
import { setTimeout as pause } from 'node:timers/promises';
import { Refused, work } from '../dist/index.js';

const [url, systemId, milliseconds, trusted] = process.argv.slice(2);
const tell = (line) => console.log(JSON.stringify(line));

/** Every tenth voucher is of a period that is closed. */
const isRefused = ({ entryNumber }) => Number(entryNumber) % 10 === 0;

const summary = await work({
  url,
  trustedDocuments: trusted === 'trusted',
  systemId,
  worker: 'driver',
  batch: 16,
  concurrency: 2,
  once: true,
  handler: async (voucher, { signal }) => {
    const { voucherId, dispatchKey, totals, lines } = voucher;
    tell({
      voucherId,
      dispatchKey,
      totals,
      entryIds: lines.map(({ entryId }) => entryId),
      refused: isRefused(voucher),
    });
    await pause(Number(milliseconds), undefined, { signal });
    if (isRefused(voucher)) throw new Refused('PERIOD_CLOSED', `the period of ${voucher.entryNumber} is closed`);
    return { reference: { documentId: `GL-${voucher.entryNumber}` }, note: 'posted by the driver' };
  },
  onError: (error, trouble) => console.error(error.message, trouble),
});
tell({ summary });
