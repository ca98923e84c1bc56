// urql with the settings that it comes with: its cache, and queries by GET. With `persisted`, it sends hashes first.
import { Client, cacheExchange, fetchExchange } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import { converse, documents, shown, watched } from './conversation.mjs';

const [url, persisted] = process.argv.slice(2);
const client = new Client({
  url,
  fetch: watched,
  exchanges: [cacheExchange, ...(persisted ? [persistedExchange()] : []), fetchExchange],
});

await converse(async (operation, variables) => {
  const send = operation.startsWith('Mark') ? 'mutation' : 'query';
  const { data, error } = await client[send](documents[operation], variables).toPromise();
  if (error?.networkError) throw error;
  return { data: data ?? null, errors: (error?.graphQLErrors ?? []).map(shown) };
});
