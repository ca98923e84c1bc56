import { now } from './time.js';

/** That a worker is to stop, and since when. */
export class Stopping {
    private since: number | undefined;

    constructor(readonly signal: AbortSignal) {
        signal.addEventListener('abort', this.note);
        if (signal.aborted) this.note();
    }

    private readonly note = (): void => {
        this.since ??= now();
    };

    /** Whether it is to stop. */
    get isRequested(): boolean {
        return this.signal.aborted;
    }

    /** How many milliseconds are left of so many, from the moment when it was to stop; no end before that. */
    left(milliseconds: number): number {
        if (!this.signal.aborted) return Infinity;
        return (this.since ?? now()) + milliseconds - now();
    }

    /** Does this so many milliseconds after the moment when it was to stop. Gives what takes that back. */
    after(milliseconds: number, act: () => void): () => void {
        let timer: ReturnType<typeof setTimeout> | undefined;
        const begin = (): void => {
            timer = setTimeout(act, Math.max(this.left(milliseconds), 0));
        };
        if (this.signal.aborted) begin();
        else this.signal.addEventListener('abort', begin, { once: true });
        return () => {
            clearTimeout(timer);
            this.signal.removeEventListener('abort', begin);
        };
    }

    /** Listens no longer. */
    end(): void {
        this.signal.removeEventListener('abort', this.note);
    }
}
