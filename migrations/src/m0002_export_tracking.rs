//! Who has been sent what: systems, pending rows, marks, and the triggers that keep the no-loss promise
//! whoever inserts an entry.
//!
//! For every known system there is a pending row for each entry it has not marked. The inserting transaction
//! puts it there and the marking one takes it away, so the two can never disagree after a crash, and no
//! watermark can run ahead of a late commit. `docs/decisions/0003-pending-rows.md` tells the whole story.

use sea_orm_migration::prelude::*;

use crate::dialect::{run, run_own};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &[&str] = &[
    // A system becomes known at its first mark. What the ledger held before is its history, ids up to
    // history_end (NULL: not settled yet, so everything is). History is taken over into pending rows in the
    // background; up to taken_over_to that is done.
    "CREATE TABLE export_systems (
        key {identity},
        name {text} NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 64),
        known_since {integer} NOT NULL,
        history_end {integer},
        taken_over_to {integer} NOT NULL DEFAULT 0
    ){strict}",
    "CREATE TABLE pending_exports (
        system_key {integer} NOT NULL,
        entry_id {integer} NOT NULL,
        PRIMARY KEY (system_key, entry_id)
    ){strict_keyed}",
    // times_marked tells a first mark from a later one in the same statement that writes it.
    "CREATE TABLE export_marks (
        entry_id {integer} NOT NULL,
        system_key {integer} NOT NULL,
        marked_at {integer} NOT NULL,
        note {text},
        actor {text},
        times_marked {integer} NOT NULL DEFAULT 1,
        PRIMARY KEY (entry_id, system_key)
    ){strict_keyed}",
    "CREATE INDEX export_marks_by_time ON export_marks (system_key, marked_at, entry_id)",
];

/// SQLite has one writer at a time: the trigger sees every known system.
const SQLITE_TRIGGERS: &[&str] =
    &["CREATE TRIGGER accounting_entries_become_pending AFTER INSERT ON accounting_entries BEGIN
        INSERT OR IGNORE INTO pending_exports (system_key, entry_id) SELECT key, NEW.id FROM export_systems;
     END"];

/// One statement a batch, not one a row. Under READ COMMITTED the inner INSERT sees every system committed
/// before it. A transaction of a higher isolation level sees the systems of its snapshot only: for it the row
/// of export_registry, which changes whenever a system's history is settled, turns a stale snapshot into a
/// serialization failure instead of a lost entry.
const POSTGRES_TRIGGERS: &[&str] = &[
    "CREATE TABLE export_registry (
        only_row BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (only_row),
        histories_settled BIGINT NOT NULL DEFAULT 0
    )",
    "INSERT INTO export_registry DEFAULT VALUES",
    "CREATE FUNCTION accounting_entries_become_pending() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
        IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
            PERFORM 1 FROM export_registry FOR SHARE;
        END IF;
        INSERT INTO pending_exports (system_key, entry_id)
        SELECT s.key, e.id FROM export_systems s CROSS JOIN inserted e
        ON CONFLICT DO NOTHING;
        RETURN NULL;
     END $$",
    "CREATE TRIGGER accounting_entries_become_pending AFTER INSERT ON accounting_entries
     REFERENCING NEW TABLE AS inserted
     FOR EACH STATEMENT EXECUTE FUNCTION accounting_entries_become_pending()",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, TABLES).await?;
        run_own(manager, SQLITE_TRIGGERS, POSTGRES_TRIGGERS).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sqlite = ["DROP TRIGGER accounting_entries_become_pending"];
        let postgres = [
            "DROP TRIGGER accounting_entries_become_pending ON accounting_entries",
            "DROP FUNCTION accounting_entries_become_pending",
            "DROP TABLE export_registry",
        ];
        run_own(manager, &sqlite, &postgres).await?;
        run(manager, &["DROP TABLE export_marks", "DROP TABLE pending_exports", "DROP TABLE export_systems"])
            .await
    }
}
