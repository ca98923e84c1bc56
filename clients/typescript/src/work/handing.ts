import { asError } from '../error.js';
import { exported, failed, Refused, type Outcome } from '../outcome.js';
import type { Claimed } from '../voucher.js';
import type { Lease } from './lease.js';
import type { Settings } from './options.js';
import type { Settler } from './settling.js';
import type { Stopping } from './stopping.js';

/** How long a handler may take when its signal was aborted because the worker is to stop, in milliseconds. */
const LAST_WORDS = 5_000;

/** How the handing over of a claim ended. */
export interface Handed {
    /** Vouchers of which it is not known what became of them. */
    unanswered: number;
    /** Whether handlers are at work still: they were to end, and did not. */
    isBusy: boolean;
    /** Whether the system was not to be reached for any of the vouchers. */
    isAway: boolean;
}

/** Gives the vouchers of a claim to the handler, some at a time, and what becomes of them to the settler. */
export async function handOver(
    settings: Settings,
    stopping: Stopping,
    claimed: readonly Claimed[],
    lease: Lease,
    settler: Settler,
): Promise<Handed> {
    const handlers = new AbortController();
    const lose = (): void => handlers.abort(lease.lost.reason);
    lease.lost.addEventListener('abort', lose);
    if (lease.lost.aborted) lose();

    let [next, busy, answered, away] = [0, 0, 0, 0];
    let isAbandoned = false;
    const lane = async (): Promise<void> => {
        while (!stopping.isRequested && lease.lasts()) {
            const one = claimed[next++];
            if (!one) return;
            busy += 1;
            const outcome = await handled(settings, one, handlers.signal);
            if (isAbandoned) return;
            busy -= 1;
            if (!outcome) continue;
            answered += 1;
            away += Number(isOfAway(outcome));
            await settler.add(one, outcome);
        }
    };
    const lanes = Array.from({ length: Math.min(settings.concurrency, claimed.length) }, lane);
    const stopWithin = settings.stopWithinSeconds * 1000;
    const takeBack = stopping.after(stopWithin, () =>
        handlers.abort(new Error('the worker was to have stopped by now')),
    );
    await new Promise<void>((resolve, reject) => {
        const takeBack = stopping.after(stopWithin + LAST_WORDS, resolve);
        Promise.all(lanes)
            .then(() => resolve(), reject)
            .finally(takeBack);
    });
    isAbandoned = true;
    takeBack();
    lease.lost.removeEventListener('abort', lose);
    return {
        unanswered: claimed.length - answered,
        isBusy: busy > 0,
        isAway: claimed.length > 0 && away === claimed.length,
    };
}

/** What became of a voucher; null when the handler did not finish it because its signal was aborted. */
async function handled(settings: Settings, { voucher }: Claimed, signal: AbortSignal): Promise<Outcome | null> {
    try {
        return exported((await settings.handler(voucher, { signal })) ?? {});
    } catch (thrown) {
        const error = asError(thrown);
        if (!(error instanceof Refused)) {
            if (signal.aborted) return null;
            settings.tellError(error, { during: 'handler', voucherId: voucher.voucherId });
        }
        return failed(error);
    }
}

function isOfAway(outcome: Outcome): boolean {
    return outcome.kind === 'failed' && (outcome.type === 'UNAVAILABLE' || outcome.type === 'RATE_LIMITED');
}
