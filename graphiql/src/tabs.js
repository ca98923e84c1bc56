// What GraphiQL opens with. A tab is named after its operation. Each answers something in the demo as it is, and also
// when its variables are cleared. Lines are short, so that none is cut in a window of 1,280 pixels.

export const tabs = [
  {
    query: `# Welcome to ledgate.
#
# Which entries has the system "erp" not been
# sent yet? Press the button with the triangle,
# or Ctrl+Enter.
#
# Any other system may be asked for. One that
# has marked nothing yet gets every entry.
#
# The next tabs mark an entry, use filters, and
# show what workers do.
# The book icon on the left opens the
# documentation of every type and field.

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
      entryId
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
    query: `# The system "erp" has booked an entry: mark
# it, and the first tab lists it no longer.
# The variables below name the entry.
#
# One call marks up to ten entries. If an entry
# does not exist, userErrors says so, and the
# others are marked. To mark one again is
# allowed: "remarked" is then true, and the
# timeline of the entry keeps every mark.

mutation MarkExported(
  $entryId: ID! = "1"
  $note: String
) {
  markExported(
    input: {
      entries: [
        {
          entryId: $entryId
          systemId: "erp"
          note: $note
        }
      ]
    }
  ) {
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
    variables: json({ entryId: '1', note: 'Booked in the ERP as 2026-0815' }),
  },
  {
    query: `# Filters are variables: in the box below, type
# a quote (") to see what may come next.
#
# The fields of one object are joined by AND;
# "or" and "not" do the rest. Text is compared
# without regard to case. Amounts are strings,
# so that no digit is lost.
#
# Without variables, every entry is listed.

query Filtered($filter: AccountingEntryFilter) {
  accountingEntries(filter: $filter, first: 20) {
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      entryId
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
        or: [{ description: { contains: 'salaires' } }, { debit: { gte: '5000.00' } }],
        postingDate: { gte: '2026-01-01' },
      },
    }),
  },
  {
    query: `# A worker claims what it sends: whole vouchers,
# which no other worker is given until the lease
# ends. "dispatchKey" stays the same over all
# attempts: give it to the ERP. The next tab
# says what became of the claim.

mutation Claim($worker: String! = "worker-1") {
  claimExports(
    input: {
      systemId: "erp"
      first: 1
      worker: $worker
    }
  ) {
    claim {
      claimId
      expiresAt
      entries {
        nodes {
          dispatchKey
          version
          entry {
            entryId
            description
            debit
            credit
          }
        }
      }
    }
    userErrors {
      code
      message
    }
  }
}
`,
    variables: json({ worker: 'Anna' }),
  },
  {
    query: `# What became of a claim: what the ERP took is
# marked, what it refused is tried again later.
# Put the "claimId" of the last tab into the box
# below, and the entries that it gave.

mutation Settle(
  $claimId: ID! = "claim"
  $exported: [SettledExportInput!]! = []
  $failed: [RefusedExportInput!]! = []
) {
  settleClaim(
    input: {
      claimId: $claimId
      exported: $exported
      failed: $failed
    }
  ) {
    remainingCount
    exports {
      entryId
      version
      conflict
    }
    failures {
      entryId
      state
      attempts
      nextAttemptAt
    }
    userErrors {
      code
      message
      field
    }
  }
}
`,
    variables: json({
      claimId: 'put the claimId here',
      exported: [{ entryId: '3', reference: { documentId: 'GL-118' } }],
      failed: [
        { entryId: '5', type: 'UNKNOWN_ACCOUNT', reason: 'no 411000' },
      ],
    }),
  },
  {
    query: `# What the ERP refused, or a person parked. It
# stays unexported. Without variables, all that
# is unexported is listed, with its state.

query Failures($states: [ExportState!]) {
  unexportedEntries(
    systemId: "erp"
    states: $states
    first: 20
  ) {
    nodes {
      entryId
      description
      exportStatus(systemId: "erp") {
        state
        attempts
        nextAttemptAt
        lastFailure {
          type
          reason
        }
      }
    }
  }
}
`,
    variables: json({ states: ['FAILED', 'PARKED'] }),
  },
  {
    query: `# Told instead of asked: the system as it is now,
# and again whenever something of it has changed,
# until you stop it.

subscription Watch($systemId: SystemId! = "erp") {
  exportSystemChanged(systemId: $systemId) {
    systemId
    lastMarkedAt
    oldestUnexportedAt
    backlog {
      count
      precision
    }
    states {
      state
      count {
        count
      }
    }
  }
}
`,
    variables: json({ systemId: 'erp' }),
  },
];

function json(value) {
  return JSON.stringify(value, null, 2);
}
