// The documents that graphql-codegen typed, run by urql. With `trusted`, it sends the hashes that stand in
// persisted-documents.json, and never a text.
import { Client, cacheExchange, fetchExchange, type TypedDocumentNode } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import { converse, shown, watched } from '../conversation.mjs';
import * as generated from './generated/graphql.js';

const [url, trusted] = process.argv.slice(2) as [string, string?];

const trustedExchange = persistedExchange({
  enforcePersistedQueries: true,
  enableForMutation: true,
  generateHash: async (_, document) => (document as { __meta__?: { hash: string } }).__meta__?.hash ?? '',
});
const client = new Client({
  url,
  fetch: watched,
  exchanges: [cacheExchange, ...(trusted ? [trustedExchange] : []), fetchExchange],
});

/** What a program does with the types: a wrong name or a wrong type does not compile. */
export async function total(systemId: string, limit?: string): Promise<string[]> {
  const { data } = await client.query(generated.UnexportedDocument, {
    systemId,
    first: 2,
    ...(limit === undefined ? {} : { filter: { credit: { lte: limit }, postingDate: { gte: '2026-01-01' } } }),
  });
  const amounts: string[] = data?.unexportedEntries?.nodes.map((entry) => entry.credit) ?? [];
  const notes: (string | null)[] = data?.unexportedEntries?.nodes.map((entry) => entry.export?.note ?? null) ?? [];
  return [...amounts, ...notes.filter((note) => note !== null)];
}

export const mistakes = [
  // @ts-expect-error A decimal is a string.
  () => client.query(generated.UnexportedDocument, { systemId: 'erp', filter: { credit: { lte: 2.5 } } }),
  // @ts-expect-error The system is required.
  () => client.query(generated.UnexportedDocument, { first: 2 }),
  // @ts-expect-error There is no such order.
  () => client.query(generated.SortedDocument, { direction: 'UPWARDS' }),
];

const documents: Record<string, TypedDocumentNode> = Object.fromEntries(
  Object.entries(generated).map(([name, document]) => [name.replace(/Document$/, ''), document as TypedDocumentNode]),
);

await converse(async (operation: string, variables: Record<string, unknown>) => {
  const send = operation.startsWith('Mark') ? 'mutation' : 'query';
  const { data, error } = await client[send](documents[operation]!, variables).toPromise();
  if (error?.networkError) throw error;
  return { data: data ?? null, errors: (error?.graphQLErrors ?? []).map(shown) };
});
