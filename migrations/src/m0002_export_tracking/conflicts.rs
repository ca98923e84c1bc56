//! Facts that do not fit together: an entry was posted twice, or a worker sent what another one had claimed meanwhile. Each
//! is recorded with the mark that brought it, and waits for a person.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

const TABLES: &[&str] = &[
    "CREATE TABLE export_conflicts ( -- One row for each two facts about an export that do not fit together
        id {identity}, -- Given by the database
        kind {text} NOT NULL CHECK (kind IN ('POSTED_TWICE', 'CLAIM_LOST')), -- What does not fit
        system_key {integer} NOT NULL, -- The system, by its key
        entry_id {integer} NOT NULL, -- The entry, by its id
        found_at {integer} NOT NULL, -- When, in microseconds since 1970-01-01 00:00 UTC
        actor {text} NOT NULL, -- Who brought the second fact
        first_reference_id {text}, -- The document that was named before
        second_reference_id {text}, -- The document that was named now
        claim_id {text}, -- The claim that was settled after others had claimed the entry
        resolved_at {integer}, -- When a person resolved it, in microseconds since 1970-01-01 00:00 UTC. NULL while nobody has
        resolved_by {text}, -- Who
        note {text} -- What that person found
    ){strict}",
    "CREATE INDEX export_conflicts_open ON export_conflicts (system_key, resolved_at, id)",
    "CREATE INDEX export_claim_entries_entry ON export_claim_entries (entry_id, claim_key)",
];

pub(super) async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    run(manager, TABLES).await
}

pub(super) async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    run(manager, &["DROP INDEX export_claim_entries_entry", "DROP TABLE export_conflicts"]).await
}
