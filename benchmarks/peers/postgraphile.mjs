// PostGraphile 4 as its manual has it for production, over the function of functions.sql.
import pg from 'pg';
import { postgraphile } from 'postgraphile';
import { POOL, serve } from './serve.mjs';

serve(() =>
  postgraphile(new pg.Pool(POOL), 'peers', {
    graphqlRoute: '/graphql',
    graphiql: false,
    watchPg: false,
    disableQueryLog: true,
    disableDefaultMutations: true,
    dynamicJson: true,
    ignoreRBAC: true,
    ignoreIndexes: false,
    legacyRelations: 'omit',
    setofFunctionsContainNulls: false,
  }),
);
