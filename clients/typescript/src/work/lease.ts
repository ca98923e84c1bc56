import { asError, LedgateError } from '../error.js';
import { ExtendClaimDocument } from '../generated/graphql.js';
import type { Settings } from './options.js';
import { Backoff, now, sleep } from './time.js';

/** What says that the claim has nothing any more. */
const LOST = new Set(['CLAIM_LOST', 'CLAIM_NOT_FOUND']);
/** The first wait after a call that was not answered, and the longest, in milliseconds. */
const FIRST = 250;
const LONGEST = 5_000;

/** The lease of a claim. It is extended each third of it until it is lost or let go. */
export class Lease {
    /**
     * Whether the claim has nothing any more: what was not begun has been marked or parked by somebody else. The next extension
     * says so too, and ends what is begun.
     */
    isSpent = false;
    private readonly end = new AbortController();
    private readonly gone = new AbortController();
    private readonly milliseconds: number;

    /** `sent` is when the call was sent that it runs from: the clocks of gateway and worker need not agree. */
    constructor(
        private readonly settings: Settings,
        private readonly claimId: string,
        private sent: number,
    ) {
        this.milliseconds = settings.leaseSeconds * 1000;
        void this.keep();
    }

    /** Aborted when the lease may have ended: another worker may have what is not finished. */
    get lost(): AbortSignal {
        return this.gone.signal;
    }

    /** Whether there is something that it holds. Looks at the clock: a handler may have held up all timers. */
    lasts(): boolean {
        if (now() >= this.ends) this.lose(new Error('the lease ended'));
        return !this.lost.aborted && !this.isSpent;
    }

    /** It is not extended any more, and cannot be lost. */
    letGo(): void {
        this.end.abort();
    }

    /** The same, but what is not finished is to end now. */
    lose(error: Error): void {
        if (this.end.signal.aborted || this.lost.aborted) return;
        this.letGo();
        this.gone.abort(error);
        this.settings.tellError(error, { during: 'extend' });
    }

    private get ends(): number {
        return this.sent + this.milliseconds;
    }

    private async keep(): Promise<void> {
        while (!this.end.signal.aborted) {
            await this.until(this.sent + this.milliseconds / 3);
            const error = await this.extended();
            if (!error) continue;
            // It lasts as long as it lasts.
            if (!(error instanceof LedgateError && LOST.has(error.code ?? ''))) await this.until(this.ends);
            this.lose(error);
        }
    }

    private until(moment: number): Promise<void> {
        return sleep(moment - now(), this.end.signal);
    }

    /**
     * Extends it once, however often that has to be tried before it ends. Gives why it could not. There is no idempotency key:
     * with one, a repetition would not extend anything.
     */
    private async extended(): Promise<Error | undefined> {
        const backoff = new Backoff(FIRST, LONGEST);
        for (;;) {
            if (this.end.signal.aborted) return undefined;
            const sent = now();
            if (sent >= this.ends) return new Error('the lease ended while the gateway did not answer');
            try {
                await this.extend(Math.min(this.milliseconds / 6, this.ends - sent));
                this.sent = sent;
                return undefined;
            } catch (thrown) {
                const error = asError(thrown);
                if (this.end.signal.aborted) return undefined;
                if (!(error instanceof LedgateError && error.retryable)) return error;
                const pause = Math.max(backoff.pause(), (error.retryAfter ?? 0) * 1000);
                this.settings.tellError(error, { during: 'extend', retryInMilliseconds: pause });
                await this.until(Math.min(now() + pause, this.ends));
            }
        }
    }

    private async extend(timeoutMilliseconds: number): Promise<void> {
        const { client, leaseSeconds } = this.settings;
        const variables = { input: { claimId: this.claimId, leaseSeconds } };
        const call = { signal: this.end.signal, timeoutMilliseconds };
        const { extendClaim } = await client.request(ExtendClaimDocument, variables, call);
        const fault = extendClaim?.userErrors[0];
        if (fault) throw new LedgateError(fault.message, { code: fault.code });
    }
}
