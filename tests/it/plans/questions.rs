//! What is asked every day, and what each may cost.

/// A request, and its price.
pub struct Question {
    /// For the request's id and the report.
    pub name: &'static str,
    /// How it is asked.
    pub ask: Ask,
    /// Statements it sends, on each database alike. Transactions' own words (COMMIT and the like) are not counted.
    pub statements: usize,
    /// The most rows that one place of a plan may read.
    pub rows: u64,
    /// Indexes that may be walked without a bound, because the walk ends with the page or nothing better is known.
    pub walks: &'static [&'static str],
}

/// `TIME` stands for a number of two digits, another each time; `ERP_CURSOR` and `NEW_CURSOR` for places in the lists.
pub enum Ask {
    /// A GraphQL operation.
    GraphQl(&'static str),
    /// A path of the REST side.
    Get(&'static str),
}

/// A page and the entry too many.
pub const PAGE: u64 = 101;

pub const fn graphql(name: &'static str, statements: usize, query: &'static str) -> Question {
    Question { name, ask: Ask::GraphQl(query), statements, rows: PAGE, walks: &[] }
}

impl Question {
    pub const fn rows(mut self, rows: u64) -> Self {
        self.rows = rows;
        self
    }

    pub const fn walks(mut self, walks: &'static [&'static str]) -> Self {
        self.walks = walks;
        self
    }
}

/// The later marks of the blocks that a page walks into: of a whole one, and of the one before in which the moment lies.
pub const OF_BLOCKS: u64 = 10_100;

/// The entries by id, as of a system that nobody has marked for: its page is the ledger's.
pub const LEDGER: &[&str] = &["accounting_entries_pkey"];

/// About what a system has not been sent, and about the ledger itself.
pub const BEFORE_SENT: &[Question] = &[
    graphql("steady.first", 1, "{ unexportedEntries(systemId: \"erp\", first: 100) { nodes { id debit } } }"),
    graphql("steady.one", 1, "{ unexportedEntries(systemId: \"erp\", first: 1) { nodes { id debit } } }"),
    graphql(
        "steady.next",
        1,
        "{ unexportedEntries(systemId: \"erp\", first: 100, after: \"ERP_CURSOR\") { nodes { id } } }",
    ),
    graphql("steady.last", 1, "{ unexportedEntries(systemId: \"erp\", last: 100) { nodes { id } } }"),
    graphql(
        "steady.by_creation",
        3,
        "{ unexportedEntries(systemId: \"erp\", first: 100, orderBy: { field: CREATED_AT }) { nodes { id } } }",
    )
    // The whole backlog is sorted.
    .rows(1_000),
    graphql(
        "steady.filtered",
        3,
        "{ unexportedEntries(systemId: \"erp\", first: 100, filter: { createdAt: { gte: \"2026-02-28T00:00:00Z\" } }) { nodes { id } } }",
    )
    // The system's few pending rows may be looked up in what was recorded lately, or the other way round.
    .rows(1_100),
    graphql("steady.count", 2, "{ unexportedEntries(systemId: \"erp\") { totalCount { count precision } } }")
        .rows(1_000),
    graphql(
        "steady.relations",
        3,
        "{ unexportedEntries(systemId: \"erp\", first: 100) { nodes { id exports { systemId } timeline { nodes { kind } } } } }",
    ),
    graphql(
        "ledger.relations",
        3,
        "{ accountingEntries(last: 100) { nodes { id exports { systemId } timeline { nodes { kind } } } } }",
    )
    .walks(LEDGER),
    graphql(
        "since.lately",
        3,
        "{ unexportedEntries(systemId: \"erp\", notExportedSince: \"2026-02-15T00:00:00Z\", first: 100) { nodes { id } } }",
    )
    // All that was marked in these days.
    .rows(500),
    graphql(
        "since.long_ago",
        3,
        "{ unexportedEntries(systemId: \"erp\", notExportedSince: \"2021-03-01T00:00:00Z\", first: 100) { nodes { id } } }",
    )
    .rows(OF_BLOCKS),
    graphql(
        "since.long_ago_backwards",
        3,
        "{ unexportedEntries(systemId: \"erp\", notExportedSince: \"2021-03-01T00:00:00Z\", last: 100) { nodes { id } } }",
    )
    .rows(OF_BLOCKS),
    graphql(
        "since.long_ago_filtered",
        3,
        "{ unexportedEntries(systemId: \"erp\", notExportedSince: \"2021-03-01T00:00:00Z\", first: 100,
            filter: { debit: { gte: \"0.00\" } }) { nodes { id } } }",
    )
    .rows(OF_BLOCKS),
    graphql("new.first", 3, "{ unexportedEntries(systemId: \"new\", first: 100) { nodes { id } } }").walks(LEDGER),
    graphql("new.last", 3, "{ unexportedEntries(systemId: \"new\", last: 100) { nodes { id } } }").walks(LEDGER),
    graphql(
        "new.deep",
        3,
        "{ unexportedEntries(systemId: \"new\", first: 100, after: \"NEW_CURSOR\") { nodes { id } } }",
    ),
    graphql(
        "new.deep_backwards",
        3,
        "{ unexportedEntries(systemId: \"new\", last: 100, before: \"NEW_CURSOR\") { nodes { id } } }",
    ),
    graphql(
        "new.filtered",
        3,
        "{ unexportedEntries(systemId: \"new\", first: 100, filter: { createdAt: { gte: \"2026-02-28T00:00:00Z\" } }) { nodes { id } } }",
    ),
    graphql("new.count", 2, "{ unexportedEntries(systemId: \"new\") { totalCount { count precision } } }")
        .rows(10_001)
        .walks(LEDGER),
    graphql("steady.totals", 2, "{ unexportedEntries(systemId: \"erp\") { totals { currency debit credit } } }")
        .rows(1_000),
    graphql("new.totals", 2, "{ unexportedEntries(systemId: \"new\") { totals { currency debit credit } } }")
        .rows(10_001)
        .walks(LEDGER),
    graphql("midway.totals", 2, "{ unexportedEntries(systemId: \"midway\") { totals { currency debit credit } } }")
        .rows(10_001)
        .walks(LEDGER),
    graphql("ledger.totals", 1, "{ accountingEntries { totals { currency debit credit } } }")
        .rows(10_001)
        .walks(LEDGER),
    graphql("midway.first", 3, "{ unexportedEntries(systemId: \"midway\", first: 100) { nodes { id } } }")
    .walks(LEDGER),
    graphql("midway.last", 3, "{ unexportedEntries(systemId: \"midway\", last: 100) { nodes { id } } }")
        .walks(LEDGER),
    graphql("midway.count", 2, "{ unexportedEntries(systemId: \"midway\") { totalCount { count precision } } }")
        .rows(10_001)
        .walks(LEDGER),
    graphql(
        "system.steady",
        6,
        "{ exportSystem(systemId: \"erp\") { knownSince lastMarkedAt backlog { count } oldestUnexportedEntry { entryId } } }",
    )
    .rows(1_000),
    graphql(
        "system.midway",
        8,
        "{ exportSystem(systemId: \"midway\") { knownSince lastMarkedAt backlog { count } oldestUnexportedEntry { entryId } } }",
    )
    .rows(10_001)
    .walks(LEDGER),
    graphql("systems.failures", 2, "{ exportSystems { nodes { id lastFailure { type reason entryId } } } }"),
    graphql("systems", 2, "{ exportSystems { nodes { id } } imports { nodes { id } } }"),
    graphql("entry.by_id", 1, "{ accountingEntry(id: \"150000\") { id } }"),
    graphql(
        "timeline.long",
        2,
        "{ accountingEntry(id: \"150000\") { timeline(first: 20) { nodes { kind } pageInfo { hasNextPage } } } }",
    ),
    graphql(
        "entry.by_external_id",
        2,
        "{ accountingEntries(filter: { externalId: { eq: \"L:150000\" } }) { nodes { id } } }",
    ),
    graphql(
        "by_posting_date",
        1,
        "{ accountingEntries(orderBy: { field: POSTING_DATE, direction: DESC }) { nodes { id } } }",
    )
    .walks(&["accounting_entries_posting_date"]),
    graphql(
        "vouchers.unexported",
        6,
        "{ unexportedVouchers(systemId: \"erp\", first: 100) { nodes { id totals { debit } balanced
            partlyExported(systemId: \"erp\") entries { nodes { id debit } } } } }",
    )
    // The pending rows of a hundred vouchers, and their four entries each.
    .rows(4 * PAGE),
    graphql(
        "vouchers.filtered",
        3,
        "{ unexportedVouchers(systemId: \"erp\", first: 100, filter: { createdAt: { gte: \"2026-02-28T00:00:00Z\" } })
            { nodes { id } } }",
    )
    .rows(1_100),
    graphql("vouchers.new", 2, "{ unexportedVouchers(systemId: \"new\", first: 100) { nodes { id } } }")
        .rows(4 * PAGE)
        .walks(LEDGER),
    graphql("vouchers.midway", 2, "{ unexportedVouchers(systemId: \"midway\", first: 100) { nodes { id } } }")
        .rows(4 * PAGE)
        .walks(LEDGER),
    graphql("vouchers.ledger", 2, "{ vouchers(last: 100) { nodes { id balanced } } }").rows(4 * PAGE).walks(LEDGER),
    graphql(
        "voucher.of_entry",
        2,
        "{ accountingEntry(id: \"150000\") { voucher { balanced } } }",
    ),
    graphql(
        "mark",
        5,
        "mutation { markExported(input: { entries: [
            { entryId: \"199TIME1\", systemId: \"erp\" }, { entryId: \"199TIME2\", systemId: \"erp\" },
            { entryId: \"199TIME3\", systemId: \"erp\" }, { entryId: \"199TIME4\", systemId: \"erp\" },
            { entryId: \"199TIME5\", systemId: \"erp\" }, { entryId: \"199TIME6\", systemId: \"erp\" },
            { entryId: \"199TIME7\", systemId: \"erp\" }, { entryId: \"199TIME8\", systemId: \"erp\" },
            { entryId: \"199TIME9\", systemId: \"erp\" }, { entryId: \"199TIME0\", systemId: \"erp\" } ] })
            { exports { entryId } userErrors { message } } }",
    ),
    graphql(
        "record",
        3,
        "mutation { recordAccountingEntries(input: { entries: [
            { externalId: \"R:TIME:1\", journalCode: \"VE\", entryNumber: \"R-TIME\", postingDate: \"2026-01-31\",
              accountNumber: \"707000\", description: \"Sale\", debit: \"1.00\", credit: \"0.00\", currency: \"EUR\" },
            { externalId: \"R:TIME:2\", journalCode: \"VE\", entryNumber: \"R-TIME\", postingDate: \"2026-01-31\",
              accountNumber: \"707000\", description: \"Sale\", debit: \"1.00\", credit: \"0.00\", currency: \"EUR\" } ] })
            { entries { id } userErrors { message } } }",
    ),
    Question {
        name: "rest.export",
        ask: Ask::Get("/v10/accounting-entries/export?system_id=erp"),
        statements: 2,
        rows: 1_100,
        walks: &[],
    },
    Question {
        name: "rest.export_with_marks",
        ask: Ask::Get("/v10/accounting-entries/export?system_id=erp&include=exports"),
        statements: 2,
        rows: 1_100,
        walks: &[],
    },
    Question {
        name: "rest.page_with_marks",
        ask: Ask::Get("/v10/accounting-entries?limit=100&include=exports"),
        statements: 2,
        rows: PAGE,
        walks: LEDGER,
    },
    Question {
        name: "rest.vouchers",
        ask: Ask::Get("/v10/vouchers/export?system_id=erp"),
        statements: 2,
        // The pending rows, and the four entries of each of 625 vouchers.
        rows: 2_600,
        walks: &[],
    },
];
