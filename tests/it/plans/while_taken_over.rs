//! What is asked while a history is taken over, and what the step itself may cost.

use super::questions::{Ask, LEDGER, PAGE, Question, graphql};

/// Not asked by anybody: a step of taking over a history.
pub const TAKEOVER: Question = graphql(
    "takeover",
    0,
    "mutation { markExported(input: { entries: [{ entryId: \"199001\", systemId: \"midway\" }] })
        { exports { entryId } userErrors { message } } }",
)
// The look at the end of the log takes the last row of its index; PostgreSQL 18 writes no condition for that.
.walks(&["export_events_pkey"])
.rows(5_001);

/// Entries that `fresh` has marked at the front of its history, behind the first, which it has not.
pub const MARKED: u64 = 50_000;

const fn fresh(name: &'static str, query: &'static str) -> Question {
    // One look at the marks for each entry that is passed over, and never two.
    graphql(name, 0, query).rows(MARKED + 2 * PAGE).walks(LEDGER)
}

/// What is asked while the history of `fresh` is taken over.
pub const WHILE_TAKEN_OVER: &[Question] = &[
    fresh("fresh.first", "{ unexportedEntries(systemId: \"fresh\", first: 100) { nodes { id } } }"),
    fresh("fresh.last", "{ unexportedEntries(systemId: \"fresh\", last: 100) { nodes { id } } }"),
    fresh(
        "fresh.by_creation",
        "{ unexportedEntries(systemId: \"fresh\", first: 100, orderBy: { field: CREATED_AT }) { nodes { id } } }",
    )
    .walks(&["accounting_entries_created_at"]),
    fresh(
        "fresh.by_change_downwards",
        "{ unexportedEntries(systemId: \"fresh\", first: 100, orderBy: { field: UPDATED_AT, direction: DESC })
            { nodes { id } } }",
    )
    .walks(&["accounting_entries_updated_at"]),
    fresh(
        "fresh.filtered",
        "{ unexportedEntries(systemId: \"fresh\", first: 100,
            filter: { createdAt: { gte: \"2026-02-28T00:00:00Z\" } }) { nodes { id } } }",
    ),
    fresh(
        "fresh.filtered_by_text",
        "{ unexportedEntries(systemId: \"fresh\", first: 100, filter: { description: { contains: \"Invoice\" } })
            { nodes { id } } }",
    ),
    fresh(
        "fresh.since",
        "{ unexportedEntries(systemId: \"fresh\", notExportedSince: \"2019-03-01T00:00:00Z\", first: 100)
            { nodes { id } } }",
    ),
    fresh(
        "fresh.since_by_creation",
        "{ unexportedEntries(systemId: \"fresh\", notExportedSince: \"2015-03-01T00:00:00Z\", first: 100,
            orderBy: { field: CREATED_AT }) { nodes { id } } }",
    )
    .walks(&["accounting_entries_created_at"]),
    fresh("fresh.count", "{ unexportedEntries(systemId: \"fresh\") { totalCount { count } } }")
        .rows(MARKED + 10_001),
    fresh(
        "fresh.count_filtered",
        "{ unexportedEntries(systemId: \"fresh\", filter: { createdAt: { gte: \"2026-02-28T00:00:00Z\" } })
            { totalCount { count } } }",
    ),
    fresh(
        "midway.by_creation",
        "{ unexportedEntries(systemId: \"midway\", first: 100, orderBy: { field: CREATED_AT }) { nodes { id } } }",
    )
    // So many rows of a place are counted, to see whether they are few.
    .rows(20_001)
    .walks(&["accounting_entries_created_at"]),
    fresh("midway.first", "{ unexportedEntries(systemId: \"midway\", first: 100) { nodes { id } } }").rows(PAGE),
    fresh("new.first", "{ unexportedEntries(systemId: \"new\", first: 100) { nodes { id } } }").rows(PAGE),
    fresh("erp.first", "{ unexportedEntries(systemId: \"erp\", first: 100) { nodes { id } } }").rows(PAGE),
    Question {
        name: "fresh.export",
        ask: Ask::Get("/v10/accounting-entries/export?system_id=fresh"),
        statements: 0,
        // All of the ledger.
        rows: 200_000,
        walks: LEDGER,
    },
];
