import { asError, LedgateError } from '../error.js';
import { WakeUpDocument } from '../generated/graphql.js';
import type { Settings } from './options.js';
import type { Stopping } from './stopping.js';
import { Backoff, sleep } from './time.js';

/** The first wait before a subscription that ended is begun again, and the longest, in milliseconds. */
const FIRST = 1_000;
const LONGEST = 300_000;

/**
 * What a worker does while there is nothing to claim: it asks again after waits that double. Where the gateway tells when
 * something changes, it is woken up, and asks by itself after the longest wait only, since a signal may be lost.
 */
export class Waits {
    private readonly backoff: Backoff;
    private readonly ended = new AbortController();
    private woken = new AbortController();
    private isFollowing = false;

    constructor(
        private readonly settings: Settings,
        private readonly stopping: Stopping,
    ) {
        const { from, to } = settings.waitSeconds;
        this.backoff = new Backoff(from * 1000, to * 1000);
        if (!settings.once) void this.follow();
    }

    /** The gateway is about to be asked: what changes from now on ends the next wait. */
    begin(): void {
        if (this.woken.signal.aborted) this.woken = new AbortController();
    }

    /** Waits until it is worth asking again, or until the worker is to stop. */
    async wait(): Promise<void> {
        await this.pause(
            this.isFollowing ? this.settings.waitSeconds.to * 1000 : this.backoff.pause(),
            this.woken.signal,
        );
    }

    /** The same, whatever changes: for a handler that can do nothing. */
    async rest(): Promise<void> {
        await this.pause(this.backoff.pause());
    }

    /** There was something: the next wait is a first one. */
    reset(): void {
        this.backoff.reset();
    }

    /** Listens no longer. */
    end(): void {
        this.ended.abort();
    }

    private async pause(milliseconds: number, ...signals: AbortSignal[]): Promise<void> {
        this.settings.tell({ kind: 'waiting', milliseconds });
        await sleep(milliseconds, this.stopping.signal, ...signals);
    }

    private async follow(): Promise<void> {
        const backoff = new Backoff(FIRST, LONGEST);
        const { signal } = this.ended;
        while (!signal.aborted) {
            let error: Error | undefined;
            try {
                await this.listen(() => backoff.reset());
            } catch (thrown) {
                error = asError(thrown);
            }
            if (signal.aborted) return;
            const isLasting = error instanceof LedgateError && !error.retryable;
            const pause = isLasting ? LONGEST : backoff.pause();
            if (this.isFollowing) {
                this.isFollowing = false;
                // What it would have told by now is not known.
                this.woken.abort();
                error ??= new LedgateError('the gateway ended the subscription');
                this.settings.tellError(error, { during: 'wake-up', retryInMilliseconds: pause });
            }
            await sleep(pause, signal);
        }
    }

    private async listen(told: () => void): Promise<void> {
        const { client, systemId } = this.settings;
        for await (const _ of client.subscribe(WakeUpDocument, { systemId }, { signal: this.ended.signal })) {
            this.isFollowing = true;
            told();
            this.woken.abort();
        }
    }
}
