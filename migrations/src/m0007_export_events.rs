//! The log of events: what happened to exports, in the order in which it became true. Triggers write it, so that what other
//! programs do is in it too.
//!
//! On PostgreSQL ids are given before transactions commit, so an order by id would show events behind a reader's cursor.
//! Triggers write to `unsequenced_events`; a sequencer (`store/events/sequencer.rs`) moves what is committed to `export_events`, and
//! gives it the next positions. For one entry the order of the ids is the true order: an event is inserted while its
//! transaction holds the lock on what it speaks of. SQLite has one writer at a time: there triggers write to `export_events`.

mod postgres;
mod sqlite;

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::dialect::{run, run_own};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// What both tables have beside their key.
const EVENT: &str = "
        tag {integer} NOT NULL DEFAULT {random_number}, -- A number that no other event of any database has: the cursor of the event holds it
        kind {text} NOT NULL CHECK (length(kind) BETWEEN 1 AND 64), -- What happened, such as EXPORTED or CHANGED
        at {integer} NOT NULL, -- When it happened, in microseconds since 1970-01-01 00:00 UTC
        system_id {text} NOT NULL, -- Name of the system
        entry_id {integer}, -- The entry, by its id. NULL for a claim and for a replay, which are about many
        actor {text}, -- Who did it. NULL when another program did, with SQL
        timeline_event_id {integer}, -- The same event in the timeline of the entry. NULL where there is none
        subject {text} -- Of a claim its id, of a replay and of a conflict its number";

const INDEXES: [&str; 2] = [
    "CREATE INDEX export_events_of_system ON export_events (system_id, position)",
    "CREATE INDEX export_events_of_kind ON export_events (system_id, kind, position)",
];

/// The kinds of the timeline that are in the log. That an entry was recorded or updated is not; a claim and a replay are one
/// event each.
const LOGGED: &str = "'EXPORTED', 'UNMARKED', 'FAILED', 'PARKED', 'REQUEUED'";
/// A change that a system which was sent the entry has to be told.
const IS_NEWS: &str =
    "NEW.version > OLD.version OR (OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL)";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statements = match manager.get_connection().get_database_backend() {
            DbBackend::Postgres => postgres::statements(),
            _ => sqlite::statements(),
        };
        run(manager, &texts(&statements)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let triggers = ["timeline", "changes", "conflicts", "claims", "replays", "cancelled_replays"]
            .map(|of| format!("export_events_of_{of}"));
        let sqlite: Vec<String> = triggers
            .iter()
            .map(|name| format!("DROP TRIGGER {name}"))
            .chain(["DROP TABLE export_events".to_owned()])
            .collect();
        let postgres: Vec<String> = triggers
            .iter()
            .map(|name| format!("DROP FUNCTION {name} CASCADE"))
            .chain(
                ["event_log_head", "unsequenced_events", "export_events"]
                    .map(|table| format!("DROP TABLE {table}")),
            )
            .collect();
        run_own(manager, &texts(&sqlite), &texts(&postgres)).await
    }
}

fn texts(statements: &[String]) -> Vec<&str> {
    statements.iter().map(String::as_str).collect()
}
