import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { addressOf } from './base';
import { ask } from './gateway';
import { subscribe } from './socket';

const plain = new WeakMap<Client, Client>();

/**
 * The same client without a cache, for what is read page by page: a list keeps its own rows, and a cache of a million entries
 * would only grow.
 */
export function plainOf(client: Client): Client {
  const known = plain.get(client);
  if (known) return known;
  const made = new Client({ url: addressOf('graphql'), fetch: ask, exchanges: [fetchExchange] });
  plain.set(client, made);
  return made;
}

const embedded = (): null => null;

/**
 * A client with an empty cache. What has an identity has an `id` that is unique among all types; four types have a number of
 * their own instead, and the rest are parts of others.
 */
export function createClient(): Client {
  return new Client({
    url: addressOf('graphql'),
    fetch: ask,
    requestPolicy: 'cache-and-network',
    exchanges: [
      cacheExchange({
        keys: {
          ExportConflict: ({ conflictId }) => `conflict/${String(conflictId)}`,
          ExportReplay: ({ replayId }) => `replay/${String(replayId)}`,
          Webhook: ({ webhookId }) => `webhook/${String(webhookId)}`,
          WebhookDelivery: ({ deliveryId }) => `delivery/${String(deliveryId)}`,
          ChangedEntry: embedded,
          ClaimedEntry: embedded,
          Count: embedded,
          ExportFailure: embedded,
          ExportReference: embedded,
          ExportStateCount: embedded,
          ExportStatus: embedded,
          FieldChange: embedded,
          ImportFile: embedded,
          ReplacedValue: embedded,
          Viewer: embedded,
          CurrencyTotal: embedded,
          ClaimedVoucher: embedded,
        },
      }),
      fetchExchange,
      subscriptionExchange({ forwardSubscription: subscribe }),
    ],
  });
}
