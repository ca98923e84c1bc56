// Subscriptions by graphql-ws, urql or Apollo Client, with the settings that docs/clients.md gives. Arguments: the client,
// addresses with commas between them, and a token or nothing.
import { ApolloClient, CombinedGraphQLErrors, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { Client, subscriptionExchange } from '@urql/core';
import { parse } from 'graphql';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { converse, shown } from './conversation.mjs';

// Apollo's link asks for it by this name; Node has it from version 22 on.
globalThis.WebSocket ??= WebSocket;

const [name, addresses, token] = process.argv.slice(2);
const urls = addresses.split(',').map((address) => address.replace(/^http/, 'ws'));
let attempts = 0;

const ws = createClient({
  // The next one after each loss of the connection.
  url: () => urls[attempts++ % urls.length],
  webSocketImpl: WebSocket,
  connectionParams: token ? { authorization: `Bearer ${token}` } : {},
  retryAttempts: Infinity,
  retryWait: () => new Promise((resolve) => setTimeout(resolve, 100)),
  // Not only what graphql-ws takes for a loss of the connection: a gateway that was killed refuses connections.
  shouldRetry: () => true,
});

const errors = (error) => (Array.isArray(error) ? error : [error]).map((one) => shown(one));

/** Follows a subscription: `put` takes what the client shows. Gives what ends it. */
const follow = {
  'graphql-ws': (query, variables, put) =>
    ws.subscribe(
      { query, variables },
      {
        next: ({ data, errors: failed }) => put({ data, errors: (failed ?? []).map(shown) }),
        error: (error) => put({ errors: errors(error) }),
        complete: () => put({ complete: true }),
      },
    ),

  urql: (query, variables, put) => {
    const client = new Client({
      url: urls[0],
      preferGetMethod: false,
      exchanges: [
        subscriptionExchange({
          forwardSubscription: ({ query: text, variables: values }) => ({
            subscribe: (sink) => ({ unsubscribe: ws.subscribe({ query: text, variables: values }, sink) }),
          }),
        }),
      ],
    });
    const { unsubscribe } = client.subscription(query, variables).subscribe(({ data, error }) => {
      if (error?.networkError) put({ errors: errors(error.networkError) });
      else put({ data: data ?? null, errors: (error?.graphQLErrors ?? []).map(shown) });
    });
    return unsubscribe;
  },

  apollo: (query, variables, put) => {
    const client = new ApolloClient({ cache: new InMemoryCache(), link: new GraphQLWsLink(ws) });
    const failed = (error) => put({ errors: errors(CombinedGraphQLErrors.is(error) ? error.errors : error) });
    const running = client.subscribe({ query: parse(query), variables }).subscribe({
      next: ({ data, error }) => (error ? failed(error) : put({ data })),
      error: failed,
      complete: () => {},
    });
    return () => running.unsubscribe();
  },
}[name];

/**
 * Follows events over every loss of the connection, as a consumer that keeps its cursor does: graphql-ws would ask again
 * with the cursor that it was given first, so it is told not to, and each end begins behind the last event.
 */
async function keep(query, variables, put) {
  let after = variables.after;
  for (;;) {
    const one = createClient({
      url: () => urls[attempts++ % urls.length],
      webSocketImpl: WebSocket,
      connectionParams: token ? { authorization: `Bearer ${token}` } : {},
      retryAttempts: 0,
    });
    try {
      for await (const { data, errors: failed } of one.iterate({ query, variables: { ...variables, after } })) {
        after = data.exportEvents.cursor;
        put({ data, errors: (failed ?? []).map(shown) });
      }
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    } finally {
      one.dispose();
    }
  }
}

let events = [];
let takers = [];
let stop = () => {};
const put = (event) => {
  const taker = takers.shift();
  if (taker) taker(event);
  else events.push(event);
};

await converse(async () => ({ data: null, errors: [{ message: 'no such thing' }] }), {
  follow: ({ query, variables }) => {
    let current = true;
    const end = follow(query, variables, (event) => current && put(event));
    stop = () => {
      current = false;
      end();
      events = [];
    };
    return true;
  },
  keep: ({ query, variables }) => {
    keep(query, variables, put);
    return true;
  },
  attempts: () => attempts,
  next: () => (events.length > 0 ? events.shift() : new Promise((resolve) => takers.push(resolve))),
  stop: () => {
    stop();
    return true;
  },
});
