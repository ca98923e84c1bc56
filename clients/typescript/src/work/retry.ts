import { LedgateError } from '../error.js';
import type { Settings, Trouble } from './options.js';
import type { Stopping } from './stopping.js';
import { Backoff, now, sleep } from './time.js';

/** The first wait after a call that was not answered, and the longest, in milliseconds. */
const FIRST = 250;
const LONGEST = 30_000;

/** How long a call is repeated. */
export interface Patience {
    /** Milliseconds after the worker was asked to stop. */
    afterStop: number;
    /** Milliseconds in all; no end when left out. */
    inAll?: number | undefined;
    /** Aborted when the call has no use any more. */
    until?: AbortSignal | undefined;
}

/**
 * Makes a call until it is answered, with waits that double or that the gateway asks for. The call is given a signal that ends
 * it with the patience. The error is the last one when patience ends, or one that no repeating mends.
 */
export async function untilAnswered<T>(
    settings: Settings,
    stopping: Stopping,
    during: Trouble['during'],
    { afterStop, inAll = Infinity, until }: Patience,
    call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
    const [backoff, began, end] = [new Backoff(FIRST, LONGEST), now(), new AbortController()];
    const giveUp = (): void => end.abort(until?.reason);
    until?.addEventListener('abort', giveUp);
    if (until?.aborted) giveUp();
    const late = new LedgateError('the gateway did not answer before the worker had to stop', { retryable: true });
    const takeBack = stopping.after(afterStop, () => end.abort(late));
    try {
        for (;;) {
            try {
                return await call(end.signal);
            } catch (error) {
                if (!(error instanceof LedgateError) || !error.retryable || end.signal.aborted) throw error;
                const pause = Math.max(backoff.pause(), (error.retryAfter ?? 0) * 1000);
                if (pause > Math.min(began + inAll - now(), stopping.left(afterStop))) throw error;
                settings.tellError(error, { during, retryInMilliseconds: pause });
                // A stop ends the wait: the call is made once more at once, and then there is less patience.
                await sleep(pause, end.signal, ...(stopping.isRequested ? [] : [stopping.signal]));
            }
        }
    } finally {
        takeBack();
        until?.removeEventListener('abort', giveUp);
    }
}
