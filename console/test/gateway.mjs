// The gateway under test, through its public API.
import { randomBytes } from 'node:crypto';

const base = process.env.LEDGATE_URL;
if (!base) throw new Error('Set LEDGATE_URL to the address of a gateway that serves the console, such as http://127.0.0.1:8080/');

/** The address of the console: ends with a slash. */
export const address = base.endsWith('/') ? base : `${base}/`;

/** Asks the gateway, and gives its data. */
export async function ask(query, variables) {
  const response = await fetch(new URL('graphql', address), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(JSON.stringify(errors));
  for (const payload of Object.values(data)) {
    if (payload?.userErrors?.length) throw new Error(JSON.stringify(payload.userErrors));
  }
  return data;
}

/** A name that no other run has used. */
export const unique = (prefix) => `${prefix}${randomBytes(5).toString('hex')}`;

/** Makes a system known. */
export async function newSystem() {
  const systemId = unique('console-');
  await ask('mutation ($input: ConfigureExportSystemInput!) { configureExportSystem(input: $input) { userErrors { code message } } }', {
    input: { systemId },
  });
  return systemId;
}

/** Records vouchers of two lines each in a journal. `texts` are their descriptions. Gives their ids. */
export async function record(journal, texts, amount = () => '1234.50') {
  const entries = texts.flatMap((description, place) =>
    [0, 1].map((line) => ({
      externalId: `${journal}:${place}:${line}`,
      journalCode: journal,
      entryNumber: String(place + 1),
      postingDate: '2026-03-31',
      accountNumber: line ? '707000' : '411000',
      description,
      debit: line ? '0.00' : amount(place),
      credit: line ? amount(place) : '0.00',
      currency: 'EUR',
    })),
  );
  for (let start = 0; start < entries.length; start += 500) {
    await ask(
      'mutation ($input: RecordAccountingEntriesInput!) { recordAccountingEntries(input: $input) { userErrors { code message } } }',
      { input: { entries: entries.slice(start, start + 500) } },
    );
  }
  return texts.map((_, place) => `voucher/2026-03-31/${journal}/${place + 1}`);
}

/** How a voucher stands for a system. */
export async function statusOf(voucherId, systemId) {
  const { voucher } = await ask(
    `query ($voucherId: ID!, $systemId: SystemId!) {
      voucher(id: $voucherId) { exportStatus(systemId: $systemId) {
        state attempts parkedReason lastFailure { type reason } export { note reference { documentId url } } } }
    }`,
    { voucherId, systemId },
  );
  return voucher.exportStatus;
}

/** How many entries of a journal a system has in a state. */
export async function countOf(systemId, journal, states) {
  const { unexportedEntries } = await ask(
    `query ($systemId: SystemId!, $states: [ExportState!], $journal: String!) {
      unexportedEntries(systemId: $systemId, states: $states, filter: { journalCode: { eq: $journal } }, first: 0) {
        totalCount { count }
      }
    }`,
    { systemId, states, journal },
  );
  return unexportedEntries.totalCount.count;
}

/** Marks vouchers as exported. */
export async function mark(voucherIds, systemId, note) {
  for (let start = 0; start < voucherIds.length; start += 10) {
    const vouchers = voucherIds.slice(start, start + 10).map((voucherId) => ({ voucherId, systemId, note }));
    await ask('mutation ($input: MarkVouchersExportedInput!) { markVouchersExported(input: $input) { userErrors { code message } } }', {
      input: { vouchers },
    });
  }
}

/** Reports that a system refused a voucher. */
export async function refuse(voucherId, systemId, type, reason) {
  await ask('mutation ($input: ReportExportFailuresInput!) { reportExportFailures(input: $input) { userErrors { code message } } }', {
    input: { items: [{ voucherId, systemId, type, reason }] },
  });
}
