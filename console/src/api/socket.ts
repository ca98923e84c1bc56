// The WebSocket for subscriptions. It is opened when the first one begins, and closed when the last one has ended.
import type { SubscriptionForwarder } from '@urql/core';
import { createClient, type Client } from 'graphql-ws';
import { authorization, tokenStore } from './access';
import { socketAddressOf } from './base';

let client: Client | undefined;
tokenStore.subscribe(() => {
  void client?.dispose();
  client = undefined;
});

/** Hands a subscription on to the gateway. One that cannot be opened ends with an error, and is not tried again by itself. */
export const subscribe: SubscriptionForwarder = (request) => ({
  subscribe(observer) {
    client ??= createClient({
      url: socketAddressOf('graphql'),
      connectionParams: () => authorization(),
      retryAttempts: 0,
    });
    let isStopped = false;
    const stop = client.subscribe(
      { query: request.query ?? '', variables: request.variables as Record<string, unknown> },
      {
        next: (value) => observer.next(value as Parameters<typeof observer.next>[0]),
        error: (error) => observer.error(error),
        // One that ends without having been stopped is to be begun again, like one that failed.
        complete: () => (isStopped ? observer.complete() : observer.error(new Error('the subscription has ended'))),
      },
    );
    return {
      unsubscribe() {
        isStopped = true;
        stop();
      },
    };
  },
});
