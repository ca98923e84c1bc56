// GraphQL Yoga with resolvers and SQL written by hand: one named prepared statement a page.
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

const PAGE = {
  name: 'page',
  text: `SELECT e.id, e.entry_number AS "entryNumber", e.posting_date::text AS "postingDate",
                  e.account_number AS "accountNumber", e.description, e.debit_ten_thousandths AS debit,
                  e.credit_ten_thousandths AS credit, e.currency,
                  e.created_at AS "createdAt"
           FROM (SELECT entry_id FROM pending_exports
                 WHERE system_key = (SELECT key FROM export_systems WHERE name = $1) AND entry_id > $2
                 ORDER BY entry_id LIMIT $3) p
           JOIN accounting_entries e ON e.id = p.entry_id
           ORDER BY p.entry_id`,
};

/** From a whole number of ten-thousandths, which the driver gives as text. */
function money(text) {
  const digits = text.padStart(5, '0');
  return `${digits.slice(0, -4)}.${digits.slice(-4, -2)}`;
}

serve(() => {
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
  return createYoga({
    schema: createSchema({ typeDefs, resolvers }),
    logging: false,
    graphiql: false,
    landingPage: false,
    cors: false,
    multipart: false,
    maskedErrors: false,
  });
});
