import { createClient, type Client, type ClientOptions } from '../client.js';
import type { AccountingEntryFilter } from '../generated/graphql.js';
import type { Exported } from '../outcome.js';
import type { Voucher } from '../voucher.js';

/** What a worker has done. */
export interface Summary {
    /** Claims that were taken. */
    claims: number;
    /** Vouchers in them. */
    vouchers: number;
    /** Vouchers that the system has, and that are marked. */
    exported: number;
    /** Vouchers that the system refused, and that are to be tried again or are parked. */
    failed: number;
    /** Vouchers that were given back without an attempt. */
    released: number;
    /** Vouchers that were not finished, or refused, when their lease had ended: another worker is given them. */
    lost: number;
    /** Entries whose mark does not fit together with another one. A person has to look: `exportConflicts`. */
    conflicts: number;
    /** Vouchers of which the gateway could not be told what became of them. At most 1,000. */
    unsettled: Unsettled[];
}

/** A voucher of which the gateway could not be told what became of it. It comes again, with the same dispatch key. */
export interface Unsettled {
    voucherId: string;
    dispatchKey: string;
    /** Whether the system has it. */
    exported: boolean;
    /** The system's own document. */
    documentId: string | null;
    /** Why the gateway could not be told. */
    reason: string;
}

/** What happened. */
export type Progress =
    /** A claim was taken. */
    | { kind: 'claimed'; vouchers: number; entries: number }
    /** The gateway knows what became of some vouchers. */
    | { kind: 'settled'; exported: number; failed: number }
    /** There is nothing to do: the worker waits this long, if it is not woken up. */
    | { kind: 'waiting'; milliseconds: number };

/** What the worker did, or let the handler do, when an error came that it survives. */
export interface Trouble {
    during: 'claim' | 'read' | 'extend' | 'settle' | 'release' | 'wake-up' | 'handler';
    /** In how many milliseconds the call is made again; missing when it is not. */
    retryInMilliseconds?: number;
    /** The voucher that it is about, if it is about one. */
    voucherId?: string;
}

/** Sends one voucher. It returns when the system has it, throws `Refused` when the system refused it, or any other error. */
export type Handler = (
    voucher: Voucher,
    context: {
        /** Aborted when nothing more is to be sent: the lease may have ended, or the worker was to have stopped by now. */
        signal: AbortSignal;
    },
) => Promise<Exported | void> | Exported | void;

/** How a worker works. */
export interface WorkSettings {
    /** The name of the system that is sent to. */
    systemId: string;
    /** Sends one voucher. It has to end by itself some time, and soon when its signal is aborted. */
    handler: Handler;
    /** A name for people: 1 to 100 characters. Made up when left out. */
    worker?: string | undefined;
    /** Entries a claim, 1 to 500: 100 when left out. A voucher is never divided. */
    batch?: number | undefined;
    /** Vouchers that are sent at a time: 1 when left out. */
    concurrency?: number | undefined;
    /** How long a claim lasts, 10 to 3,600 seconds: 300 when left out. It is extended each third of that while it is worked on. */
    leaseSeconds?: number | undefined;
    /** Only vouchers with an entry that passes this. */
    filter?: AccountingEntryFilter | undefined;
    /** Whether the worker ends when there is nothing to claim, instead of waiting. */
    once?: boolean | undefined;
    /** Abort it to stop: nothing new is begun, what is begun ends and is settled, the rest is given back. */
    signal?: AbortSignal | undefined;
    /** How long what is begun may take then, before its signal is aborted: 30 seconds when left out. */
    stopWithinSeconds?: number | undefined;
    /** The first and the longest wait while there is nothing to claim: 1 and 30 seconds when left out. */
    waitSeconds?: { from: number; to: number } | undefined;
    /** Is told of errors that the worker survives. What it throws is ignored. */
    onError?: ((error: Error, trouble: Trouble) => void) | undefined;
    /** Is told what happens, and what was done so far. What it throws is ignored. */
    onProgress?: ((progress: Progress, summary: Readonly<Summary>) => void) | undefined;
}

/** How a worker works, and the client it works with, or what one is made of. */
export type WorkOptions = WorkSettings & ({ client: Client } | ClientOptions);

type Given<T> = { [K in keyof T]-?: Exclude<T[K], undefined> };

/** The same, with nothing left out. */
export interface Settings extends Given<Omit<WorkSettings, 'filter' | 'onError' | 'onProgress'>> {
    client: Client;
    /** Whether the client was made for this worker. */
    isOwn: boolean;
    filter: AccountingEntryFilter | null;
    summary: Summary;
    tellError: (error: Error, trouble: Trouble) => void;
    tell: (progress: Progress) => void;
}

/** The error is that a number is none that the gateway takes. */
export function settingsOf(options: WorkOptions): Settings {
    const summary: Summary = {
        claims: 0,
        vouchers: 0,
        exported: 0,
        failed: 0,
        released: 0,
        lost: 0,
        conflicts: 0,
        unsettled: [],
    };
    const { from, to } = options.waitSeconds ?? { from: 1, to: 30 };
    return {
        client: 'client' in options ? options.client : createClient(options),
        isOwn: !('client' in options),
        systemId: options.systemId,
        handler: options.handler,
        worker: options.worker ?? `worker-${Math.random().toString(36).slice(2, 8)}`,
        batch: between('batch', options.batch ?? 100, 1, 500),
        concurrency: between('concurrency', options.concurrency ?? 1, 1, 10_000),
        leaseSeconds: between('leaseSeconds', options.leaseSeconds ?? 300, 10, 3600),
        filter: options.filter ?? null,
        once: options.once ?? false,
        signal: options.signal ?? new AbortController().signal,
        stopWithinSeconds: between('stopWithinSeconds', options.stopWithinSeconds ?? 30, 0, 86_400, false),
        waitSeconds: {
            from: between('waitSeconds.from', from, 0.01, 86_400, false),
            to: between('waitSeconds.to', to, from, 86_400, false),
        },
        summary,
        tellError: (error, trouble) => silently(() => options.onError?.(error, trouble)),
        tell: (progress) => silently(() => options.onProgress?.(progress, summary)),
    };
}

function between(name: string, value: number, least: number, most: number, isWhole = true): number {
    if (value >= least && value <= most && (!isWhole || Number.isInteger(value))) return value;
    throw new RangeError(`${name} has to be ${isWhole ? 'a whole number ' : ''}from ${least} to ${most}, not ${value}`);
}

function silently(call: () => void): void {
    try {
        call();
    } catch {
        // A worker does not stop, and loses nothing, because somebody cannot look on.
    }
}
