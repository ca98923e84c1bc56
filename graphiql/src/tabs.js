// What GraphiQL opens with. A tab is named after its operation.

export const tabs = [
  {
    query: `# Welcome to ledgate.
#
# Which entries has the system "erp" not exported yet?
# Press the pink button, or Ctrl-Enter, and see. Any other
# name may be asked for: a system that has marked nothing
# yet has everything still to export.
#
# The next tabs mark an entry as exported, and filter. The
# book on the left documents every type and field.

query Unexported {
  unexportedEntries(systemId: "erp", first: 10) {
    totalCount {
      count
      precision
    }
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      id
      entryNumber
      postingDate
      accountNumber
      description
      debit
      credit
      currency
    }
  }
}
`,
  },
  {
    query: `# The system "erp" has booked an entry: say so, and the
# first tab no longer lists it. The id of the entry is in
# the variables below.
#
# A call marks up to ten entries. An entry that does not
# exist is in userErrors, the others are marked. Marking
# again is allowed: the answer says remarked, and the
# timeline of the entry keeps every mark.

mutation MarkExported($input: MarkExportedInput!) {
  markExported(input: $input) {
    exports {
      entryId
      systemId
      exportedAt
      note
      remarked
    }
    userErrors {
      code
      message
      field
      entryId
    }
  }
}
`,
    variables: json({
      input: {
        entries: [{ entryId: '1', systemId: 'erp', note: 'Booked in the ERP as 2024-0815' }],
      },
    }),
  },
  {
    query: `# Filters are typed: in the variables below, a quote (")
# shows what may come next. The fields of one object are
# joined by AND; "or" and "not" do the rest. Amounts are
# strings, so that no digit is lost.

query Filtered($filter: AccountingEntryFilter) {
  accountingEntries(filter: $filter, first: 20) {
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      id
      postingDate
      accountNumber
      accountName
      description
      debit
      credit
    }
  }
}
`,
    variables: json({
      filter: {
        or: [{ description: { contains: 'invoice' } }, { debit: { gte: '1000.00' } }],
        postingDate: { gte: '2024-01-01' },
      },
    }),
  },
];

function json(value) {
  return JSON.stringify(value, null, 2);
}
