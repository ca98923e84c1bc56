// GraphQL Yoga with resolvers and SQL written by hand: one named prepared statement a page.
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { createSchema, createYoga } from 'graphql-yoga';
import { POOL, serve } from './serve.mjs';

const typeDefs = /* GraphQL */ `
  type Entry {
    id: ID!
    entryNumber: String!
    postingDate: String!
    accountNumber: String!
    description: String!
    debit: String!
    credit: String!
    currency: String!
    createdAt: String!
  }
  type PageInfo {
    hasNextPage: Boolean!
    endCursor: String
  }
  type Entries {
    nodes: [Entry!]!
    pageInfo: PageInfo!
  }
  type Query {
    unexportedEntries(systemId: String!, first: Int = 50, after: String): Entries!
  }
`;

const PAGE = { name: 'page', text: readFileSync(new URL('prepared-page.sql', import.meta.url), 'utf8') };

/** From a whole number of ten-thousandths, which the driver gives as text. */
function money(text) {
  const digits = text.padStart(5, '0');
  return `${digits.slice(0, -4)}.${digits.slice(-4, -2)}`;
}

await serve((server) => {
  const pool = new pg.Pool(POOL);
  const resolvers = {
    Query: {
      async unexportedEntries(_, { systemId, first, after }) {
        const { rows } = await pool.query({ ...PAGE, values: [systemId, after ?? '0', first + 1] });
        const nodes = rows.slice(0, first);
        return { nodes, pageInfo: { hasNextPage: rows.length > first, endCursor: nodes.at(-1)?.id } };
      },
    },
    Entry: {
      debit: (entry) => money(entry.debit),
      credit: (entry) => money(entry.credit),
      createdAt: (entry) => new Date(entry.createdAt / 1000).toISOString(),
    },
  };
  const yoga = createYoga({
    schema: createSchema({ typeDefs, resolvers }),
    logging: false,
    graphiql: false,
    landingPage: false,
    cors: false,
    multipart: false,
    maskedErrors: false,
  });
  server.on('request', yoga);
});
