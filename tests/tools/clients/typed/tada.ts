import { initGraphQLTada, type ResultOf, type VariablesOf } from 'gql.tada';
import type { introspection } from './tada-env.js';

export const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: {
    CurrencyCode: string;
    Date: string;
    DateTime: string;
    Decimal: string;
    JSONObject: Record<string, unknown>;
    SystemId: string;
  };
}>();

export const Waiting = graphql(`
  query Waiting($systemId: SystemId!, $filter: AccountingEntryFilter) {
    unexportedEntries(systemId: $systemId, filter: $filter) {
      nodes { externalId credit }
    }
  }
`);

export const variables: VariablesOf<typeof Waiting> = { systemId: 'erp' };

export const credits = (data: ResultOf<typeof Waiting>): string[] =>
  data.unexportedEntries?.nodes.map((entry) => entry.credit) ?? [];
