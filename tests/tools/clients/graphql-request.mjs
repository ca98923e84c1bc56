// graphql-request with the settings that it comes with.
import { ClientError, GraphQLClient } from 'graphql-request';
import { converse, documents, shown, watched } from './conversation.mjs';

const client = new GraphQLClient(process.argv[2], { fetch: watched });

await converse(async (operation, variables) => {
  try {
    return { data: await client.request({ document: documents[operation], variables }), errors: [] };
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    return { data: error.response.data ?? null, errors: error.response.errors.map(shown) };
  }
});
