// What can be done with entries and vouchers: each with its right, the most items of a call, and the call.
import {
  ConsoleFailDocument,
  ConsoleMarkDocument,
  ConsoleMarkVouchersDocument,
  ConsoleParkDocument,
  ConsoleRequeueDocument,
  ConsoleUnmarkDocument,
  type AccessRight,
  type FailureType,
} from '@ledgate/client/documents';
import type { Client } from '@urql/core';
import { change } from '../api/ask';
import type { CallResult, UserFault } from '../api/batches';
import type { Target } from './targets';

export type ActionKind = 'mark' | 'fail' | 'requeue' | 'park' | 'unmark';

export const RIGHTS: Record<ActionKind, AccessRight> = {
  mark: 'MARK',
  fail: 'MARK',
  requeue: 'MANAGE',
  park: 'MANAGE',
  unmark: 'UNMARK',
};

/** `markExported` and `markVouchersExported` take fewer items than the others. */
export const SIZES: Record<ActionKind, number> = { mark: 10, fail: 500, requeue: 500, park: 500, unmark: 500 };

export const FAILURE_TYPES: FailureType[] = [
  'VALIDATION',
  'UNKNOWN_ACCOUNT',
  'PERIOD_CLOSED',
  'DUPLICATE',
  'CONFIGURATION',
  'PERMISSION',
  'UNAVAILABLE',
  'RATE_LIMITED',
  'OTHER',
];

/** What a person says about an action. */
export interface Words {
  note: string;
  documentId: string;
  url: string;
  type: FailureType;
  reason: string;
  retryAt: string;
}

export const NO_WORDS: Words = { note: '', documentId: '', url: '', type: 'OTHER', reason: '', retryAt: '' };

const idOf = ({ kind, id }: Target) => (kind === 'voucher' ? { voucherId: id } : { entryId: id });

function counted(done: { entryCount?: number }[], userErrors: UserFault[]): CallResult {
  return { items: done.length, entries: done.reduce((sum, one) => sum + (one.entryCount ?? 1), 0), faults: userErrors };
}

const NOTHING = (error: string): never => {
  throw new Error(error);
};

/** Carries out a batch. */
export type Call = (batch: Target[], idempotencyKey: string) => Promise<CallResult>;

/** The call of an action on a system. */
export function callOf(client: Client, kind: ActionKind, systemId: string, words: Words): Call {
  const reason = words.reason.trim();
  const note = words.note.trim() || undefined;
  const documentId = words.documentId.trim();
  const reference = documentId ? { documentId, url: words.url.trim() || undefined } : undefined;
  switch (kind) {
    case 'mark':
      return async (batch, idempotencyKey) => {
        if (batch[0]?.kind === 'voucher') {
          const vouchers = batch.map(({ id }) => ({ voucherId: id, systemId, note, reference }));
          const data = await change(client, ConsoleMarkVouchersDocument, { input: { vouchers, idempotencyKey } });
          const done = data.markVouchersExported ?? NOTHING('markVouchersExported');
          return counted(done.exports, done.userErrors);
        }
        const entries = batch.map(({ id, version }) => ({ entryId: id, systemId, note, reference, version }));
        const data = await change(client, ConsoleMarkDocument, { input: { entries, idempotencyKey } });
        const done = data.markExported ?? NOTHING('markExported');
        return counted(done.exports.map(() => ({})), done.userErrors);
      };
    case 'fail':
      return async (batch, idempotencyKey) => {
        const retryAt = words.retryAt ? new Date(words.retryAt).toISOString() : undefined;
        const items = batch.map((one) => ({ ...idOf(one), systemId, type: words.type, reason, retryAt }));
        const data = await change(client, ConsoleFailDocument, { input: { items, idempotencyKey } });
        const done = data.reportExportFailures ?? NOTHING('reportExportFailures');
        return counted(done.failures, done.userErrors);
      };
    case 'requeue':
      return async (batch, idempotencyKey) => {
        const items = batch.map((one) => ({ ...idOf(one), systemId }));
        const data = await change(client, ConsoleRequeueDocument, { input: { items, idempotencyKey } });
        const done = data.requeueExports ?? NOTHING('requeueExports');
        return counted(done.requeued, done.userErrors);
      };
    case 'park':
      return async (batch, idempotencyKey) => {
        const items = batch.map((one) => ({ ...idOf(one), systemId, reason }));
        const data = await change(client, ConsoleParkDocument, { input: { items, idempotencyKey } });
        const done = data.parkExports ?? NOTHING('parkExports');
        return counted(done.parked, done.userErrors);
      };
    case 'unmark':
      return async (batch, idempotencyKey) => {
        const items = batch.map((one) => ({ ...idOf(one), systemId, reason }));
        const data = await change(client, ConsoleUnmarkDocument, { input: { items, idempotencyKey } });
        const done = data.unmarkExported ?? NOTHING('unmarkExported');
        return counted(done.unmarkings, done.userErrors);
      };
  }
}
