import { createClient, type ClientOptions as SocketOptions, type SubscribePayload } from 'graphql-ws';
import { asked, type Asked } from './asked.js';
import type { ClientOptions } from './client.js';
import { LedgateError, type GraphQLFault } from './error.js';
import type { TypedDocumentNode } from './typed.js';

/** How long the gateway may take to accept a connection, and how often it is asked whether it is there, in milliseconds. */
const PATIENCE = 10_000;
/** How long it may take to say so. */
const PONG = 5_000;
/** Codes with which a gateway closes a connection for good. */
const FOR_GOOD = new Set([4400, 4401, 4403, 4406, 4409, 4429]);
/** What some of them are in ledgate's catalogue. */
const CODES: Record<number, string> = { 4401: 'UNAUTHENTICATED', 4403: 'FORBIDDEN' };

/** A connection for subscriptions. It is there while there is one of them. */
export interface Socket {
    follow<Result, Variables extends object>(
        document: TypedDocumentNode<Result, Variables>,
        variables: Variables,
        signal: AbortSignal | undefined,
    ): AsyncIterable<Result>;
    close(): void;
}

/** Nothing is connected yet. The error is that there is no WebSocket here. */
export function openSocket({ url, token, webSocketImpl, trustedDocuments }: ClientOptions): Socket {
    const implementation = webSocketImpl ?? globalThis.WebSocket;
    if (!implementation) {
        throw new LedgateError('there is no WebSocket here: give webSocketImpl, such as that of the package ws');
    }
    let silence: ReturnType<typeof setTimeout> | undefined;
    const options: SocketOptions = {
        url: addressOf(url),
        webSocketImpl: implementation,
        // What was missed meanwhile is known to nobody but the caller.
        retryAttempts: 0,
        connectionAckWaitTimeout: PATIENCE,
        keepAlive: PATIENCE,
        jsonMessageReplacer: withoutEmptyQuery,
        on: {
            ping: (isReceived) => {
                if (!isReceived) silence = setTimeout(() => client.terminate(), PONG);
            },
            pong: () => clearTimeout(silence),
            closed: () => clearTimeout(silence),
        },
        ...(token === undefined ? {} : { connectionParams: { authorization: `Bearer ${token}` } }),
    };
    const client = createClient(options);
    return {
        async *follow<Result, Variables extends object>(
            document: TypedDocumentNode<Result, Variables>,
            variables: Variables,
            signal: AbortSignal | undefined,
        ) {
            if (signal?.aborted) return;
            const named = asked(document, trustedDocuments ?? false);
            const results = client.iterate<Result>({ query: '', ...named, variables } as SubscribePayload);
            const stop = (): void => void results.return?.();
            signal?.addEventListener('abort', stop, { once: true });
            try {
                for await (const { data, errors } of results) {
                    if (errors?.length) throw LedgateError.ofGraphQL(errors as readonly GraphQLFault[]);
                    if (data) yield data;
                }
            } catch (thrown) {
                throw asLedgateError(thrown);
            } finally {
                signal?.removeEventListener('abort', stop);
            }
        },
        close: () => void client.dispose(),
    };
}

/** graphql-ws wants a text, also where the hash stands in its place: an empty one is not sent. */
function withoutEmptyQuery(this: unknown, key: string, value: unknown): unknown {
    return key === 'query' && value === '' && (this as Asked).documentId !== undefined ? undefined : value;
}

/** The address for WebSockets: the same one, with the other scheme. */
export function addressOf(url: string): string {
    const page = (globalThis as { location?: { href: string } }).location?.href;
    const address = new URL(url, page);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    return address.href;
}

/** What ended a subscription: errors of GraphQL, or how the connection was closed. */
function asLedgateError(thrown: unknown): LedgateError {
    if (thrown instanceof LedgateError) return thrown;
    if (Array.isArray(thrown)) return LedgateError.ofGraphQL(thrown as GraphQLFault[]);
    const { code, reason, message } = thrown as { code?: number; reason?: string; message?: string };
    const words = reason || message || 'without a reason';
    return new LedgateError(`the connection for subscriptions was closed: ${words}`, {
        code: code === undefined ? undefined : CODES[code],
        retryable: code === undefined || !FOR_GOOD.has(code),
        cause: thrown,
    });
}
