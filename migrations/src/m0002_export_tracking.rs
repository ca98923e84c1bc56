//! Who has been sent what: systems, pending rows, marks, and the triggers that keep the no-loss promise
//! whoever inserts an entry.
//!
//! For every known system there is a pending row for each entry it has not marked. The inserting transaction
//! puts it there and the marking one takes it away, so the two can never disagree after a crash, and no
//! watermark can run ahead of a late commit. `docs/decisions/0003-pending-rows.md` tells the whole story.

mod changes;
mod conflicts;
mod nothing_vanishes;
mod progress;
mod replays;
mod set_aside;
mod withdrawal;

use sea_orm_migration::prelude::*;

use crate::dialect::{run, run_own};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &[&str] = &[
    // A system becomes known at its first mark. What the ledger held before is its history, which is taken over into
    // pending rows in the background.
    "CREATE TABLE export_systems ( -- One row for each system that somebody has marked an entry for
        key {identity}, -- Number of the system in the other tables
        name {text} NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 64), -- Name of the system, as clients write it
        known_since {integer} NOT NULL, -- When it was first marked for, in microseconds since 1970-01-01 00:00 UTC
        settled_after {integer}, -- PostgreSQL: transactions with a lower number may not know of the system; its history is settled when they have ended
        history_end {integer}, -- Id of the last entry that was there before the system was known. NULL until that is settled: then everything counts as history
        taken_over_to {integer} NOT NULL DEFAULT 0, -- Of the history, entries up to this id have a pending row or a mark; the rest is looked at entry by entry
        retired_at {integer}, -- When the system was retired, in microseconds since 1970-01-01 00:00 UTC: it gets no pending rows, and all of its history counts as not taken over. NULL: it is not
        display_name {text} CHECK (length(display_name) BETWEEN 1 AND 200), -- What people call the system
        description {text} CHECK (length(description) <= 2000), -- What there is to know about it
        unit {text} NOT NULL DEFAULT 'VOUCHER' CHECK (unit IN ('VOUCHER', 'ENTRY')), -- What is claimed, fails and is parked as one: VOUCHER or ENTRY
        max_attempts {number} NOT NULL DEFAULT 8 CHECK (max_attempts BETWEEN 1 AND 1000), -- After so many attempts that failed, a unit is parked
        first_retry_seconds {number} NOT NULL DEFAULT 60 CHECK (first_retry_seconds BETWEEN 1 AND 86400), -- The wait after the first attempt that failed; it doubles with each further one
        longest_retry_seconds {number} NOT NULL DEFAULT 21600 CHECK (longest_retry_seconds BETWEEN 1 AND 604800), -- The longest wait
        dispatch_salt {text} NOT NULL DEFAULT {random} -- A text that no other system of any ledger has: part of the keys under which units are sent
    ){strict}",
    "CREATE TABLE pending_exports ( -- One row for each system and each entry that it has not been sent. Written by triggers: programs do not write here
        system_key {integer} NOT NULL, -- The system, by its key
        entry_id {integer} NOT NULL, -- The entry, by its id
        progress {number} NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 4), -- 0: nobody has it; 1: a worker has claimed it; 2: the system refused it; 3: parked after too many attempts; 4: parked by a person
        attempts {number} NOT NULL DEFAULT 0, -- How many attempts failed since it was last requeued
        failure_type {number} NOT NULL DEFAULT 0, -- Why the last attempt failed, as a number from 1; 0: none did. The timeline has the words
        due_at {integer} NOT NULL DEFAULT 0, -- Of what the system refused: when it is tried again, in microseconds since 1970-01-01 00:00 UTC
        claim_key {integer}, -- The claim that has it, by its key
        PRIMARY KEY (system_key, entry_id)
    ){strict_keyed}",
    // times_marked tells a first mark from a later one in the same statement that writes it.
    "CREATE TABLE export_marks ( -- One row for each entry and each system that it was sent to
        entry_id {integer} NOT NULL, -- The entry, by its id
        system_key {integer} NOT NULL, -- The system, by its key
        marked_at {integer} NOT NULL, -- When the entry was last marked, in microseconds since 1970-01-01 00:00 UTC
        note {text}, -- What the caller noted with the last mark
        actor {text}, -- Who set the last mark
        times_marked {integer} NOT NULL DEFAULT 1, -- How often the entry was marked for the system since it was last unmarked
        version {number} NOT NULL DEFAULT 0 CHECK (version >= 0), -- Version of the entry that the system was sent; of several, the newest. Leave it out: it is the entry's
        reference_id {text} CHECK (length(reference_id) BETWEEN 1 AND 200), -- Name of the system's own document for the entry
        reference_url {text} CHECK (length(reference_url) BETWEEN 1 AND 2000), -- Address of that document
        PRIMARY KEY (entry_id, system_key)
    ){strict_keyed}",
    "CREATE INDEX export_marks_by_time ON export_marks (system_key, marked_at, entry_id)",
    // For answers as of a moment long ago (`docs/decisions/0025-marks-by-block.md`). Only a query that writes `system_key + 0`
    // uses it: otherwise a planner without statistics might take it in place of the others.
    "CREATE INDEX export_marks_by_block ON export_marks ((system_key + 0), (entry_id / 10000), marked_at)",
];

/// SQLite has one writer at a time: the trigger sees every known system.
const SQLITE_TRIGGERS: &[&str] =
    &["CREATE TRIGGER accounting_entries_become_pending AFTER INSERT ON accounting_entries BEGIN
        INSERT OR IGNORE INTO pending_exports (system_key, entry_id)
        SELECT key, NEW.id FROM export_systems WHERE NEW.withdrawn_at IS NULL AND retired_at IS NULL;
     END"];

/// One statement a batch, not one a row. Under READ COMMITTED the inner INSERT sees every system committed
/// before it. A transaction of a higher isolation level sees the systems of its snapshot only: for it the row
/// of export_registry, which changes whenever a system's history is settled or a part of it is taken over before, turns a
/// stale snapshot into a serialization failure instead of a lost entry.
const POSTGRES_TRIGGERS: &[&str] = &[
    "CREATE TABLE export_registry ( -- One row, which transactions above READ COMMITTED hold while they insert entries, withdraw or reinstate them
        only_row BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (only_row), -- Always true
        times_closed BIGINT NOT NULL DEFAULT 0 -- Counts the updates of this row: each makes transactions with an older snapshot fail when they lock the row
    )",
    "INSERT INTO export_registry DEFAULT VALUES",
    "CREATE FUNCTION accounting_entries_become_pending() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
        IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
            PERFORM 1 FROM export_registry FOR SHARE;
        END IF;
        INSERT INTO pending_exports (system_key, entry_id)
        SELECT s.key, e.id FROM export_systems s CROSS JOIN inserted e
        WHERE e.withdrawn_at IS NULL AND s.retired_at IS NULL
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
        run_own(manager, SQLITE_TRIGGERS, POSTGRES_TRIGGERS).await?;
        set_aside::up(manager).await?;
        changes::up(manager).await?;
        progress::up(manager).await?;
        conflicts::up(manager).await?;
        replays::up(manager).await?;
        nothing_vanishes::up(manager).await?;
        withdrawal::up(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        withdrawal::down(manager).await?;
        nothing_vanishes::down(manager).await?;
        replays::down(manager).await?;
        conflicts::down(manager).await?;
        progress::down(manager).await?;
        changes::down(manager).await?;
        set_aside::down(manager).await?;
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
