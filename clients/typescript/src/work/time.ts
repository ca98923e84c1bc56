/** Milliseconds of a clock that nobody sets. Only differences have a meaning. */
export const now = (): number => performance.now();

/** Waits so many milliseconds, or until one of the signals is aborted. */
export function sleep(milliseconds: number, ...signals: AbortSignal[]): Promise<void> {
    return new Promise((resolve) => {
        const end = (): void => {
            clearTimeout(timer);
            for (const signal of signals) signal.removeEventListener('abort', end);
            resolve();
        };
        const timer = setTimeout(end, Math.max(milliseconds, 0));
        for (const signal of signals) {
            signal.addEventListener('abort', end);
            if (signal.aborted) end();
        }
    });
}

/** Waits that double, from the first to the longest, each cut by up to half so that those who failed together come apart. */
export class Backoff {
    private next: number;

    constructor(
        private readonly first: number,
        private readonly longest: number,
    ) {
        this.next = first;
    }

    /** The next wait, in milliseconds. */
    pause(): number {
        const pause = this.next * (0.5 + Math.random() / 2);
        this.next = Math.min(this.next * 2, this.longest);
        return pause;
    }

    /** The next wait is a first one. */
    reset(): void {
        this.next = this.first;
    }
}

/** A text that nobody else has. `crypto.randomUUID` is missing in pages that did not come over TLS. */
export function newKey(): string {
    return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
