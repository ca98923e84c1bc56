// PostGraphile 5 as its manual has it for production, over the function of functions.sql.
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { grafserv } from 'postgraphile/grafserv/node';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';
import { POOL, serve } from './serve.mjs';

/** The column is `id`, as the others have it. PostGraphile calls it `rowId`, because `id` is the id of a node. */
const PlainId = {
  name: 'PlainId',
  version: '1',
  inflection: {
    replace: {
      attribute: (previous, _, details) => (details.attributeName === 'id' ? 'id' : previous(details)),
    },
  },
};

await serve(async (server) => {
  const { connectionString, max } = POOL;
  const instance = postgraphile({
    extends: [PostGraphileAmberPreset],
    plugins: [PlainId],
    disablePlugins: ['NodePlugin', 'MutationPlugin'],
    pgServices: [makePgService({ connectionString, schemas: ['peers'], poolConfig: { max } })],
    grafserv: { graphiql: false, watch: false },
  });
  await instance.createServ(grafserv).addTo(server);
});
