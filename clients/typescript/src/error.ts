/** Codes of answers that may be other ones in a moment: docs/errors.md of ledgate explains them. */
const TEMPORARY = new Set(['UNAVAILABLE', 'TIMEOUT', 'THROTTLED', 'BODY_TIMEOUT', 'INTERNAL_SERVER_ERROR']);
/** Statuses of the same kind, where an answer has no code: a proxy gave it. */
const TEMPORARY_STATUS = new Set([408, 425, 429, 500, 502, 503, 504]);
/** The longest wait that a gateway may ask for, in seconds. */
const MAX_RETRY_AFTER = 3600;

/** What is known of an error beside its message. */
export interface ErrorDetails {
    code?: string | undefined;
    extensions?: Record<string, unknown> | undefined;
    status?: number | undefined;
    retryAfter?: number | undefined;
    retryable?: boolean | undefined;
    cause?: unknown;
}

/** An error as GraphQL tells it. */
export interface GraphQLFault {
    message: string;
    extensions?: Record<string, unknown> | undefined;
}

/** Why a call did not do what it was to do: the gateway could not be reached, or it refused. */
export class LedgateError extends Error {
    override readonly name = 'LedgateError';
    /** The code of ledgate's catalogue, such as `FORBIDDEN`, where the gateway said one. */
    readonly code: string | undefined;
    /** What the gateway says beside it, such as `requestId`. */
    readonly extensions: Record<string, unknown>;
    /** The HTTP status of the answer; undefined when there was no answer. */
    readonly status: number | undefined;
    /** How many seconds the gateway asks to wait before the next call. */
    readonly retryAfter: number | undefined;
    /**
     * Whether the same call may succeed in a moment. A call that writes and was not answered may have been carried out: repeat
     * it with the same idempotency key.
     */
    readonly retryable: boolean;

    constructor(message: string, details: ErrorDetails = {}) {
        super(message, details.cause === undefined ? {} : { cause: details.cause });
        this.code = details.code;
        this.extensions = details.extensions ?? {};
        this.status = details.status;
        this.retryAfter = details.retryAfter;
        this.retryable = details.retryable ?? isTemporary(details.code, details.status);
    }

    /** The first of the errors that GraphQL told. */
    static ofGraphQL(errors: readonly GraphQLFault[], details: ErrorDetails = {}): LedgateError {
        const { message, extensions } = errors[0] ?? { message: 'the gateway told an error without a message' };
        const code = typeof extensions?.['code'] === 'string' ? extensions['code'] : undefined;
        return new LedgateError(message, { ...details, code, extensions });
    }
}

function isTemporary(code: string | undefined, status: number | undefined): boolean {
    if (code !== undefined) return TEMPORARY.has(code);
    return status !== undefined && TEMPORARY_STATUS.has(status);
}

/** The seconds of a header `Retry-After`, which has seconds or a date. */
export function secondsOf(retryAfter: string | null): number | undefined {
    if (retryAfter === null || retryAfter.trim() === '') return undefined;
    const seconds = /^\s*\d+\s*$/.test(retryAfter) ? Number(retryAfter) : (Date.parse(retryAfter) - Date.now()) / 1000;
    return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 0), MAX_RETRY_AFTER);
}

/** Any thrown thing as an error. */
export function asError(thrown: unknown): Error {
    return thrown instanceof Error ? thrown : new Error(String(thrown));
}
