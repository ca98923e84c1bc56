// Calls in batches: however much was chosen, it is carried out in calls of as many items as one may have, with progress, a
// stop, and what could not be done at the end.
import type { FaultFragment } from '@ledgate/client/documents';
import type { CombinedError } from '@urql/core';
import { isAway, untilBack } from './gateway';

/** What a mutation says it could not do. */
export type UserFault = Pick<FaultFragment, 'field' | 'code' | 'message'>;

/** What one call came to. */
export interface CallResult {
  /** How many items were carried out, and how many entries these are. */
  items: number;
  entries: number;
  faults: UserFault[];
}

/** One item that could not be carried out; no item where a whole call was refused. */
export interface Failed<Item> {
  item: Item | undefined;
  code: string;
  message: string;
}

export interface Progress<Item> {
  total: number;
  /** How many items were looked at: carried out or failed. */
  seen: number;
  items: number;
  entries: number;
  failed: Failed<Item>[];
  /** Waits for a gateway that is away. */
  isWaiting: boolean;
}

/** A text that no other call has. `randomUUID` is only there on pages that came by HTTPS or from this machine. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `console-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** The place of the item in the list of the call that a fault is about. */
function placeOf({ field }: UserFault): number | undefined {
  const place = field?.find((step) => /^\d+$/.test(step));
  return place === undefined ? undefined : Number(place);
}

/** Most failures that are kept for showing. */
const MOST_FAILED = 1000;

/**
 * Carries out all items in calls of at most `size`. A call whose answer was lost is repeated with its key, so that it is
 * carried out once. Where a call was refused because of some of its items, the others are tried without them.
 */
export async function runInBatches<Item>(
  items: Item[],
  size: number,
  call: (batch: Item[], key: string) => Promise<CallResult>,
  tell: (progress: Progress<Item>) => void,
  signal: AbortSignal,
): Promise<Progress<Item>> {
  const progress: Progress<Item> = { total: items.length, seen: 0, items: 0, entries: 0, failed: [], isWaiting: false };
  const fail = (failed: Failed<Item>): void => {
    if (progress.failed.length < MOST_FAILED) progress.failed.push(failed);
  };
  let next = 0;
  /** What is to be tried again in smaller calls. */
  const again: Item[][] = [];
  while (!signal.aborted && (again.length > 0 || next < items.length)) {
    const batch = again.pop() ?? items.slice(next, (next += size));
    const result = await persist(batch, call, progress, tell, signal);
    if (!result) break;
    const places = new Set(result.faults.map(placeOf).filter((place) => place !== undefined));
    const isRefused = result.faults.length > 0 && result.items === 0;
    if (isRefused && places.size === 0 && batch.length > 1 && result.faults[0]?.code === 'TOO_MANY_ITEMS') {
      // The vouchers of a call have too many entries together.
      const half = Math.ceil(batch.length / 2);
      again.push(batch.slice(half), batch.slice(0, half));
      continue;
    }
    progress.items += result.items;
    progress.entries += result.entries;
    for (const fault of result.faults) {
      fail({ item: batch[placeOf(fault) ?? -1], code: fault.code, message: fault.message });
    }
    const rest = isRefused && places.size > 0 ? batch.filter((_, place) => !places.has(place)) : [];
    if (rest.length > 0) again.push(rest);
    progress.seen += batch.length - rest.length;
    tell({ ...progress });
  }
  return progress;
}

/** Calls until there is an answer. Nothing when it was stopped before. */
async function persist<Item>(
  batch: Item[],
  call: (batch: Item[], key: string) => Promise<CallResult>,
  progress: Progress<Item>,
  tell: (progress: Progress<Item>) => void,
  signal: AbortSignal,
): Promise<CallResult | undefined> {
  const key = newKey();
  for (;;) {
    if (signal.aborted) return undefined;
    try {
      return await call(batch, key);
    } catch (error) {
      const wait = waitAfter(error as CombinedError);
      if (!wait) throw error;
      progress.isWaiting = true;
      tell({ ...progress });
      await wait(signal);
      progress.isWaiting = false;
    }
  }
}

/** What to wait for before a call is repeated; nothing when it would fail again. */
function waitAfter(error: CombinedError): ((signal: AbortSignal) => Promise<void>) | undefined {
  const answer = error.response as Response | undefined;
  const status = answer?.status ?? (error.networkError ? 0 : 200);
  if (isAway(status)) return untilBack;
  const code = error.graphQLErrors?.[0]?.extensions.code;
  if (status !== TOO_MANY_REQUESTS && code !== 'UNAVAILABLE' && code !== 'THROTTLED') return undefined;
  const seconds = Number(answer?.headers.get('retry-after') ?? PAUSE_SECONDS);
  return () => pause((Number.isFinite(seconds) ? seconds : PAUSE_SECONDS) * 1000);
}

const PAUSE_SECONDS = 2;
/** The token has used up its budget for now. */
const TOO_MANY_REQUESTS = 429;

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
