// Apollo Client with its normalised cache. With `persisted`, it sends hashes first, by GET, as its guide to persisted
// queries has it.
import { createHash } from 'node:crypto';
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { converse, documents, shown, watched } from './conversation.mjs';

const [url, persisted] = process.argv.slice(2);
const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const hashes = new PersistedQueryLink({ sha256, useGETForHashedQueries: true });
const http = new HttpLink({ uri: url, fetch: watched });
const cache = new InMemoryCache();
const client = new ApolloClient({ cache, link: persisted ? ApolloLink.from([hashes, http]) : http });

const asked = async (operation, variables, fetchPolicy) => {
  const document = documents[operation];
  try {
    const { data } = operation.startsWith('Mark')
      ? await client.mutate({ mutation: document, variables })
      : await client.query({ query: document, variables, fetchPolicy });
    return { data, errors: [] };
  } catch (error) {
    if (!CombinedGraphQLErrors.is(error)) throw error;
    return { data: null, errors: error.errors.map(shown) };
  }
};

await converse((operation, variables) => asked(operation, variables, 'network-only'), {
  // What the cache alone gives for an operation that was asked before.
  cached: async ({ operation, variables }) => (await asked(operation, variables, 'cache-only')).data,
  // The names under which the cache keeps objects.
  kept: () => Object.keys(cache.extract()),
});
