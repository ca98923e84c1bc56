// Apollo Client with one growing list for each question: further pages are added to those that are there.
import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';
import { filter, firstValueFrom } from 'rxjs';
import { converse, documents, watched } from './conversation.mjs';

const cache = new InMemoryCache({
  typePolicies: {
    Query: {
      fields: {
        accountingEntries: relayStylePagination(['filter', 'orderBy']),
        unexportedEntries: relayStylePagination(['systemId', 'notExportedSince', 'filter', 'orderBy']),
      },
    },
  },
});
const client = new ApolloClient({ cache, link: new HttpLink({ uri: process.argv[2], fetch: watched }) });

// Reads to the end, page by page, and shows what the list has become.
await converse(async (operation, variables) => {
  const list = client.watchQuery({ query: documents[operation], variables });
  const page = (data) => Object.values(data)[0].pageInfo;
  let { data } = await firstValueFrom(list.pipe(filter((result) => !result.loading)));
  while (page(data).hasNextPage) {
    ({ data } = await list.fetchMore({ variables: { after: page(data).endCursor } }));
  }
  return { data: list.getCurrentResult().data, errors: [] };
});
