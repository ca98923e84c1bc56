// The list as a CSV file, read page by page. RFC 4180, UTF-8 with a byte order mark, a point in amounts whatever the language.
import type { Client } from '@urql/core';
import { allPages, type ReadPage } from '../api/pages';
import type { ListLine } from '../list/rows';

type Column = [name: string, value: (line: ListLine) => string | number | null | undefined, isFigure?: boolean];

const COLUMNS: Column[] = [
  ['entry_id', ({ entry }) => entry.entryId, true],
  ['external_id', ({ entry }) => entry.externalId],
  ['voucher_id', ({ voucher }) => voucher.id],
  ['journal_code', ({ entry }) => entry.journalCode],
  ['entry_number', ({ entry }) => entry.entryNumber],
  ['posting_date', ({ entry }) => entry.postingDate, true],
  ['account_number', ({ entry }) => entry.accountNumber],
  ['account_name', ({ entry }) => entry.accountName],
  ['subledger_account_number', ({ entry }) => entry.subledgerAccountNumber],
  ['subledger_account_name', ({ entry }) => entry.subledgerAccountName],
  ['document_reference', ({ entry }) => entry.documentReference],
  ['document_date', ({ entry }) => entry.documentDate, true],
  ['description', ({ entry }) => entry.description],
  ['debit', ({ entry }) => entry.debit, true],
  ['credit', ({ entry }) => entry.credit, true],
  ['currency', ({ entry }) => entry.currency],
  ['version', ({ entry }) => entry.version, true],
  ['state', ({ status, mark, change }) => status?.state ?? (change ? 'CHANGED' : mark ? 'EXPORTED' : null)],
  ['attempts', ({ status }) => status?.attempts, true],
  ['failure_type', ({ status }) => status?.lastFailure?.type],
  ['failure_reason', ({ status }) => status?.lastFailure?.reason],
  ['next_attempt_at', ({ status }) => status?.nextAttemptAt, true],
  ['parked_reason', ({ status }) => status?.parkedReason],
  ['exported_at', ({ mark, change }) => mark?.exportedAt ?? change?.export.exportedAt, true],
  ['document_id', ({ mark, change }) => (mark?.reference ?? change?.export.reference)?.documentId],
  ['note', ({ mark }) => mark?.note],
  ['sent_version', ({ change }) => change?.sentVersion, true],
];

function cell(value: string | number | null | undefined, isFigure: boolean | undefined): string {
  let text = value === null || value === undefined ? '' : String(value);
  // A spreadsheet would carry out a text that begins like a formula.
  if (!isFigure && /^[=+\-@\t\r]/.test(text)) text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const LINE = '\r\n';

/** Reads the whole list and gives it as a file. Nothing when it was stopped. */
export async function csvOf(
  client: Client,
  read: ReadPage<ListLine>,
  tell: (count: number) => void,
  signal: AbortSignal,
): Promise<Blob | undefined> {
  const parts: string[] = [`\uFEFF${COLUMNS.map(([name]) => name).join(',')}${LINE}`];
  let count = 0;
  for await (const rows of allPages((after) => read(client, { after, first: 500 }))) {
    if (signal.aborted) return undefined;
    const lines = rows.map((line) => COLUMNS.map(([, value, isFigure]) => cell(value(line), isFigure)).join(','));
    if (lines.length > 0) parts.push(lines.join(LINE) + LINE);
    count += rows.length;
    tell(count);
  }
  return new Blob(parts, { type: 'text/csv;charset=utf-8' });
}

/** Hands a file to the person. */
export function save(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
