import type { FailureType } from './generated/graphql.js';

/** Longest reason, note, and address of a document, in characters. */
const MAX_TEXT = 2_000;
/** Longest id of a document, in characters. */
const MAX_DOCUMENT_ID = 200;
/** The types of failures. A list that lacks one of the schema does not compile. */
const TYPES: Record<FailureType, true> = {
    VALIDATION: true,
    UNKNOWN_ACCOUNT: true,
    PERIOD_CLOSED: true,
    DUPLICATE: true,
    CONFIGURATION: true,
    PERMISSION: true,
    UNAVAILABLE: true,
    RATE_LIMITED: true,
    OTHER: true,
};

/** The system's own document for a voucher. */
export interface Reference {
    /** Its id or number: 1 to 200 characters. */
    documentId: string;
    /** Its address for a person, of http or https: at most 2,000 characters. */
    url?: string | null | undefined;
}

/** What a handler says of a voucher that the system has. */
export interface Exported {
    /** The system's own document. */
    reference?: Reference | null | undefined;
    /** A note for the timelines of the entries, of which the first 2,000 characters are kept. */
    note?: string | null | undefined;
}

/** A handler throws this when the system refused a voucher. */
export class Refused extends Error {
    override readonly name = 'Refused';
    /** Why, for what comes next: docs/connectors.md of ledgate has the table. */
    readonly type: FailureType;
    /** When it is to be tried again; undefined: after a wait that doubles with each attempt. */
    readonly retryAt: string | undefined;

    /** The reason is for a person, in the system's own words; its first 2,000 characters are kept. */
    constructor(type: FailureType, reason: string, retryAt?: Date | string | undefined) {
        super(reason);
        if (!Object.hasOwn(TYPES, type)) throw new TypeError(`a failure has no type ${JSON.stringify(type)}`);
        this.type = type;
        this.retryAt = retryAt === undefined ? undefined : new Date(retryAt).toISOString();
    }
}

/** What became of a voucher, as a gateway takes it. */
export type Outcome =
    | { kind: 'exported'; reference: Reference | null; note: string | null }
    | { kind: 'failed'; type: FailureType; reason: string; retryAt: string | null };

/**
 * The outcome of what a handler returned. That something was sent is a fact, which a text that is too long must not keep from
 * being recorded: texts are cut, and the id of a document that is too long becomes the note.
 */
export function exported({ reference, note }: Exported): Outcome {
    const words = note ? cut(String(note)) : '';
    if (!reference) return { kind: 'exported', reference: null, note: words || null };
    const documentId = cut(String(reference.documentId ?? ''));
    if (documentId.trim() === '' || [...documentId].length > MAX_DOCUMENT_ID) {
        return { kind: 'exported', reference: null, note: words || documentId.trim() || null };
    }
    const url = reference.url && isAddress(String(reference.url)) ? String(reference.url) : null;
    return { kind: 'exported', reference: { documentId, url }, note: words || null };
}

/** The outcome of what a handler threw. */
export function failed(error: Error): Outcome {
    const isRefused = error instanceof Refused;
    return {
        kind: 'failed',
        type: isRefused ? error.type : 'OTHER',
        reason: cut(String(error.message).trim()) || 'no reason was given',
        retryAt: (isRefused ? error.retryAt : undefined) ?? null,
    };
}

/** The text as Unicode without NUL, and not longer than texts are. */
function cut(text: string): string {
    return [...text.replace(/\0/g, '').replace(/\p{Surrogate}/gu, '\uFFFD')].slice(0, MAX_TEXT).join('');
}

function isAddress(url: string): boolean {
    if ([...url].length > MAX_TEXT || /[\s\p{Cc}\p{Surrogate}]/u.test(url)) return false;
    try {
        return ['http:', 'https:'].includes(new URL(url).protocol);
    } catch {
        return false;
    }
}
