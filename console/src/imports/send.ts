// Sends files to be imported. XMLHttpRequest tells how much of a body has been sent, which `fetch` does not; the browser
// reads the files from the disk as they are sent.
import { authorization } from '../api/access';
import { addressOf } from '../api/base';

export interface ImportOptions {
  strict: boolean;
  withdrawMissing: boolean;
  sameCompany: boolean;
  currency: string;
}

/** What `POST /v10/imports` answers. */
export interface ImportSummary {
  import_id?: number | null;
  is_written?: boolean;
  is_in_order?: boolean;
  files?: { name: string; sha256: string }[];
  read: number;
  inserted: number;
  updated: number;
  unchanged: number;
  rejected: number;
  held_back: number;
  missing: number;
  withdrawn: number;
  already_sent: number;
  sent_to: { system_id: string; entries: number }[];
  debit: string;
  credit: string;
  ledger_debit: string;
  ledger_credit: string;
  vouchers: { read: number; new: number; changed: number; unchanged: number; held_back: number; missing: number; unbalanced: number };
  messages?: string[];
}

/** What was refused, as a problem of RFC 9457. */
export class ImportProblem extends Error {}

/** Checks or loads the files. `tell` is given how much of the body has been sent. */
export function sendFiles(
  files: File[],
  options: ImportOptions,
  isDryRun: boolean,
  tell: (sent: number, total: number) => void,
  signal: AbortSignal,
): Promise<ImportSummary> {
  const parameters = new URLSearchParams({ dry_run: String(isDryRun) });
  if (options.strict) parameters.set('strict', 'true');
  if (options.withdrawMissing) parameters.set('withdraw_missing', 'true');
  if (options.sameCompany) parameters.set('same_company', 'true');
  if (options.currency) parameters.set('currency', options.currency);
  const form = new FormData();
  for (const file of files) form.append('file', file, file.name);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', addressOf(`v10/imports?${parameters}`));
    request.setRequestHeader('accept', 'application/json');
    for (const [name, value] of Object.entries(authorization())) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => tell(loaded, total);
    request.onload = () => {
      try {
        const answer = JSON.parse(request.responseText) as ImportSummary & { detail?: string; title?: string };
        if (request.status === 200) resolve(answer);
        else reject(new ImportProblem(answer.detail ?? answer.title ?? String(request.status)));
      } catch {
        reject(new ImportProblem(`${request.status} ${request.statusText}`));
      }
    };
    request.onerror = () => reject(new TypeError('network'));
    request.onabort = () => reject(new DOMException('stopped', 'AbortError'));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(form);
  });
}
