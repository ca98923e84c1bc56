import { asked } from './asked.js';
import { LedgateError, secondsOf, type GraphQLFault } from './error.js';
import { openSocket, type Socket } from './socket.js';
import type { TypedDocumentNode } from './typed.js';

/** How long a call may take when nothing else is said, in milliseconds. */
const TIMEOUT = 60_000;
const ACCEPT = 'application/graphql-response+json, application/json;q=0.9';

/** Where a gateway is, and who calls it. */
export interface ClientOptions {
    /**
     * The address of GraphQL, such as `https://ledgate.example/graphql`, or `https://ledgate.example/ledgers/annex/graphql` for
     * another ledger than the first one. In a page it may be relative to the page.
     */
    url: string;
    /** The access token, as `ledgate token create` printed it. Leave it out where the gateway asks for none. */
    token?: string | undefined;
    /** What is used instead of the global `fetch`. */
    fetch?: typeof globalThis.fetch | undefined;
    /** What is used instead of the global `WebSocket`. Node 20 has none: give it that of the package `ws`. */
    webSocketImpl?: unknown;
    /** How long a call may take, in milliseconds: 60,000 when left out. */
    timeoutMilliseconds?: number | undefined;
    /**
     * Whether documents are named by their hashes, for a gateway with `graphql.trusted_documents` that has this package's
     * `persisted-documents.json`. Documents that have no hash are sent as text.
     */
    trustedDocuments?: boolean | undefined;
}

/** What may be said of one call. */
export interface CallOptions {
    /** Aborts the call: it is rejected with the signal's reason. */
    signal?: AbortSignal | undefined;
    /** How long this call may take, in milliseconds. */
    timeoutMilliseconds?: number | undefined;
}

/** A gateway, and who calls it. */
export interface Client {
    /**
     * Runs a query or a mutation once and gives its data. It is rejected with a `LedgateError`: that of the first error of the
     * answer, or because there was no answer. What a mutation could not do is data, in `userErrors`.
     */
    request<Result, Variables extends object>(
        document: TypedDocumentNode<Result, Variables>,
        variables: Variables,
        options?: CallOptions,
    ): Promise<Result>;
    /**
     * Follows a subscription, over a WebSocket that all subscriptions of the client share. It ends when the gateway or the
     * signal ends it; it is not begun again by itself. What it could not go on for is thrown as a `LedgateError`.
     */
    subscribe<Result, Variables extends object>(
        document: TypedDocumentNode<Result, Variables>,
        variables: Variables,
        options?: Pick<CallOptions, 'signal'>,
    ): AsyncIterable<Result>;
    /** Ends all subscriptions. The client can be used again. */
    close(): void;
}

/** A client of the gateway at this address. Nothing is sent yet. */
export function createClient(options: ClientOptions): Client {
    let socket: Socket | undefined;
    return {
        request: (document, variables, call = {}) => request(options, document, variables, call),
        subscribe(document, variables, { signal } = {}) {
            socket ??= openSocket(options);
            return socket.follow(document, variables, signal);
        },
        close() {
            socket?.close();
            socket = undefined;
        },
    };
}

async function request<Result, Variables extends object>(
    options: ClientOptions,
    document: TypedDocumentNode<Result, Variables>,
    variables: Variables,
    call: CallOptions,
): Promise<Result> {
    const milliseconds = call.timeoutMilliseconds ?? options.timeoutMilliseconds ?? TIMEOUT;
    const end = new AbortController();
    const late = (): void => end.abort(new Error(`there was no answer within ${milliseconds} milliseconds`));
    const timer = setTimeout(late, milliseconds);
    const given = (): void => end.abort(call.signal?.reason);
    call.signal?.addEventListener('abort', given, { once: true });
    try {
        call.signal?.throwIfAborted();
        const send = options.fetch ?? globalThis.fetch;
        const response = await send(options.url, {
            method: 'POST',
            headers: headers(options.token),
            body: JSON.stringify({ ...asked(document, options.trustedDocuments ?? false), variables }),
            // A redirect is followed by nobody: the address is to be mended.
            redirect: 'manual',
            signal: end.signal,
        });
        return read(response.status, response.headers.get('retry-after'), await response.text()) as Result;
    } catch (thrown) {
        if (thrown instanceof LedgateError) throw thrown;
        call.signal?.throwIfAborted();
        throw new LedgateError(`the gateway at ${options.url} did not answer: ${reason(end.signal.reason ?? thrown)}`, {
            retryable: true,
            cause: thrown,
        });
    } finally {
        clearTimeout(timer);
        call.signal?.removeEventListener('abort', given);
    }
}

function headers(token: string | undefined): Record<string, string> {
    const plain = { accept: ACCEPT, 'content-type': 'application/json' };
    return token === undefined ? plain : { ...plain, authorization: `Bearer ${token}` };
}

/** The data of an answer. */
function read(status: number, retryAfter: string | null, text: string): unknown {
    const details = { status, retryAfter: secondsOf(retryAfter) };
    const answer = parsed(text);
    if (answer?.errors?.length) throw LedgateError.ofGraphQL(answer.errors, details);
    if (answer?.data) return answer.data;
    throw new LedgateError(
        `the gateway answered with status ${status}, and not with GraphQL: see whether its address is right`,
        details,
    );
}

function parsed(text: string): { data?: unknown; errors?: GraphQLFault[] } | null {
    try {
        const answer: unknown = JSON.parse(text);
        return typeof answer === 'object' ? answer : null;
    } catch {
        return null;
    }
}

/** Why `fetch` failed: it keeps the reason in its cause. */
function reason(thrown: unknown): string {
    const { message, cause } = thrown as { message?: string; cause?: { message?: string; code?: string } };
    return cause?.message || cause?.code || message || String(thrown);
}
