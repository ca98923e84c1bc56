// What a system has not been sent, page by page; each entry with its marks and its timeline, which is paged too.

const { graphql } = require('relay-runtime');

graphql`
  query WaitingQuery($system: SystemId!) {
    viewer {
      name
    }
    exportSystem(systemId: $system) {
      id
      systemId
      knownSince
    }
    ...Waiting_entries @arguments(system: $system)
  }
`;

graphql`
  fragment Waiting_entries on Query
  @argumentDefinitions(
    system: { type: "SystemId!" }
    count: { type: "Int", defaultValue: 2 }
    cursor: { type: "String" }
  )
  @refetchable(queryName: "WaitingPaginationQuery") {
    unexportedEntries(systemId: $system, first: $count, after: $cursor)
      @connection(key: "Waiting_unexportedEntries") {
      edges {
        node {
          id
          entryId
          ...Waiting_entry
        }
      }
    }
  }
`;

graphql`
  fragment Waiting_entry on AccountingEntry
  @argumentDefinitions(
    count: { type: "Int", defaultValue: 1 }
    cursor: { type: "String" }
  )
  @refetchable(queryName: "WaitingEntryQuery") {
    description
    exports {
      id
      systemId
      note
      system {
        id
        systemId
      }
    }
    timeline(first: $count, after: $cursor)
      @connection(key: "Waiting_timeline") {
      edges {
        node {
          id
          kind
          note
        }
      }
    }
  }
`;

graphql`
  mutation WaitingMarkMutation($input: MarkExportedInput!) {
    markExported(input: $input) {
      exports {
        id
        systemId
        note
        entry {
          id
          exports {
            id
          }
        }
      }
      userErrors {
        code
      }
    }
  }
`;
