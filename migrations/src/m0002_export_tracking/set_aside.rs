//! Marks that were set aside: taken back by an un-mark, and kept with who took them back and why. A mark that another
//! program deletes is set aside by the trigger in `nothing_vanishes.rs`, without an actor and a reason.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

const TABLES: &[&str] = &[
    "CREATE TABLE set_aside_marks ( -- One row for each mark that was taken back. Rows are never changed; a row goes when a replay is cancelled and the mark comes back
        id {identity}, -- Given by the database
        entry_id {integer} NOT NULL, -- The entry, by its id
        system_key {integer} NOT NULL, -- The system, by its key
        marked_at {integer} NOT NULL, -- When the entry was last marked, in microseconds since 1970-01-01 00:00 UTC
        note {text}, -- What the caller noted with that mark
        actor {text}, -- Who set that mark
        times_marked {integer} NOT NULL, -- How often the entry had been marked
        version {number} NOT NULL, -- Version of the entry that the system had been sent
        reference_id {text}, -- Name of the system's own document for the entry
        reference_url {text}, -- Address of that document
        set_aside_at {integer} NOT NULL, -- When the mark was taken back, in microseconds since 1970-01-01 00:00 UTC
        set_aside_by {text}, -- Who took it back. NULL when another program deleted the mark, with SQL
        reason {text}, -- Why. NULL when another program deleted the mark
        replay_id {integer} -- The replay that took it back, by its id; NULL when none did
    ){strict}",
    "CREATE INDEX set_aside_marks_entry ON set_aside_marks (entry_id, system_key, marked_at)",
    "CREATE INDEX set_aside_marks_replay ON set_aside_marks (replay_id, id) WHERE replay_id IS NOT NULL",
];

pub(super) async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    run(manager, TABLES).await
}

pub(super) async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    run(manager, &["DROP TABLE set_aside_marks"]).await
}
