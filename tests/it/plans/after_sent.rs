//! Questions about what a system was sent, refused or has in hand.

use super::questions::{Question, graphql};

pub const AFTER_SENT: &[Question] = &[
    graphql(
        "changed.first",
        4,
        "{ changedEntries(systemId: \"erp\", first: 100) { nodes { sentVersion changes { field before now } } } }",
    )
    // Without statistics PostgreSQL takes a few hundred rows for so few that it may as well sort them.
    .rows(500),
    graphql(
        "states.free",
        2,
        "{ unexportedEntries(systemId: \"erp\", states: [PENDING], first: 100) { nodes { id } } }",
    ),
    graphql(
        "states.refused",
        2,
        "{ unexportedEntries(systemId: \"erp\", states: [FAILED, PARKED], first: 100) { nodes { id } } }",
    )
    // The index of what failed holds nothing else: where it is small, it may as well be walked.
    .walks(&["pending_exports_due"]),
    // A hundred thousand parked ones lie before those that wait.
    graphql(
        "stuck.parked",
        2,
        "{ unexportedEntries(systemId: \"stuck\", states: [PARKED], first: 100) { nodes { id } } }",
    ),
    graphql(
        "stuck.waiting",
        2,
        "{ unexportedEntries(systemId: \"stuck\", states: [PENDING], first: 100) { nodes { id } } }",
    ),
    graphql(
        "stuck.claim",
        19,
        "mutation { claimExports(input: { systemId: \"stuck\", first: 10, worker: \"TIME\" }) {
            claim { claimId } userErrors { message } } }",
    ),
    // What has ended lies before what is open.
    graphql("claims", 2, "{ exportClaims(systemId: \"erp\", first: 100) { nodes { claimId } } }"),
    graphql("conflicts", 1, "{ exportConflicts(systemId: \"erp\", first: 100) { nodes { conflictId } } }"),
    graphql(
        "conflicts.resolved",
        1,
        "{ exportConflicts(systemId: \"erp\", resolved: true, last: 100) { nodes { conflictId } } }",
    ),
    graphql("exports", 2, "{ entryExports(systemId: \"erp\", first: 100) { nodes { entryId note } } }"),
    graphql(
        "exports.range",
        2,
        "{ entryExports(systemId: \"erp\", first: 100, filter: { markedAt: { gte: \"2026-02-28T00:00:00Z\" } })
            { nodes { entryId } } }",
    ),
    graphql("exports.most", 2, "{ entryExports(systemId: \"erp\", first: 500) { nodes { entryId note } } }").rows(501),
    graphql(
        "exports.search",
        3,
        "{ entryExports(systemId: \"erp\", first: 100, filter: { actor: \"nobody\" }) { nodes { entryId } } }",
    )
    // What a search looks at.
    .rows(10_001),
    graphql("replays", 1, "{ exportReplays(systemId: \"erp\", first: 100) { nodes { replayId state } } }"),
    graphql("changed.count", 2, "{ changedEntries(systemId: \"erp\") { totalCount { count } } }").rows(500),
];
