//! Which marked entries have changed since they were sent: `changed_exports` lists those that may have, and a reader
//! compares the version of the mark with the entry's. An extra row costs one look-up; where a row is missing, the system is
//! never told of the correction.
//!
//! - A material change and a withdrawal list the entry for each system that has a mark of it.
//! - On PostgreSQL a mark and a change in transactions that overlap do not see each other. So ledgate locks the entries that
//!   it marks against changes. It writes the row itself for an entry that another transaction is changing, and for a system
//!   that older transactions may not know (`store/marks.rs`).
//! - Above READ COMMITTED the change does not see marks that are newer than its snapshot: it lists the entry for every
//!   system.
//!
//! A mark that another program inserts without a version gets that of its entry, in the same way.

use sea_orm_migration::prelude::*;

use crate::dialect::{run, run_own};

const TABLES: &[&str] = &[
    "CREATE TABLE changed_exports ( -- One row for each system and each marked entry that may have changed since it was sent. Written by triggers: programs do not write here
        system_key {integer} NOT NULL, -- The system, by its key
        entry_id {integer} NOT NULL, -- The entry, by its id
        PRIMARY KEY (system_key, entry_id)
    ){strict_keyed}",
];

const SQLITE: &[&str] = &[
    "CREATE TRIGGER accounting_entries_changed AFTER UPDATE OF version, withdrawn_at ON accounting_entries
     WHEN NEW.version > OLD.version OR (OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL) BEGIN
        INSERT OR IGNORE INTO changed_exports (system_key, entry_id)
        SELECT system_key, entry_id FROM export_marks WHERE entry_id = NEW.id;
     END",
    "CREATE TRIGGER export_marks_versioned AFTER INSERT ON export_marks WHEN NEW.version = 0 BEGIN
        UPDATE export_marks
        SET version = coalesce((SELECT version FROM accounting_entries WHERE id = NEW.entry_id), 0)
        WHERE entry_id = NEW.entry_id AND system_key = NEW.system_key;
        INSERT OR IGNORE INTO changed_exports (system_key, entry_id)
        SELECT NEW.system_key, id FROM accounting_entries WHERE id = NEW.entry_id AND withdrawn_at IS NOT NULL;
     END",
];

const POSTGRES: &[&str] = &[
    "CREATE FUNCTION accounting_entries_changed() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
        IF current_setting('transaction_isolation') IN ('read committed', 'read uncommitted') THEN
            INSERT INTO changed_exports (system_key, entry_id)
            SELECT m.system_key, m.entry_id FROM export_marks m WHERE m.entry_id = NEW.id
            ON CONFLICT DO NOTHING;
        ELSE
            INSERT INTO changed_exports (system_key, entry_id)
            SELECT s.key, NEW.id FROM export_systems s
            ON CONFLICT DO NOTHING;
        END IF;
        RETURN NULL;
     END $$",
    "CREATE TRIGGER accounting_entries_changed AFTER UPDATE ON accounting_entries
     FOR EACH ROW WHEN (NEW.version > OLD.version OR (OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL))
     EXECUTE FUNCTION accounting_entries_changed()",
    "CREATE FUNCTION export_marks_versioned() RETURNS trigger LANGUAGE plpgsql AS $$
     DECLARE
        withdrawn BOOLEAN;
        locked BOOLEAN;
     BEGIN
        SELECT e.version, e.withdrawn_at IS NOT NULL INTO NEW.version, withdrawn
        FROM accounting_entries e WHERE e.id = NEW.entry_id FOR SHARE SKIP LOCKED;
        locked := FOUND;
        IF NOT locked THEN
            SELECT e.version INTO NEW.version FROM accounting_entries e WHERE e.id = NEW.entry_id;
            NEW.version := coalesce(NEW.version, 0);
        END IF;
        IF NOT locked OR withdrawn THEN
            INSERT INTO changed_exports (system_key, entry_id) VALUES (NEW.system_key, NEW.entry_id)
            ON CONFLICT DO NOTHING;
        END IF;
        RETURN NEW;
     END $$",
    "CREATE TRIGGER export_marks_versioned BEFORE INSERT ON export_marks
     FOR EACH ROW WHEN (NEW.version = 0) EXECUTE FUNCTION export_marks_versioned()",
    // Whatever the search path of the program that writes: a table of the same name elsewhere is not meant.
    "DO $$ BEGIN
        EXECUTE format('ALTER FUNCTION accounting_entries_changed() SET search_path = %I, pg_temp', current_schema());
        EXECUTE format('ALTER FUNCTION export_marks_versioned() SET search_path = %I, pg_temp', current_schema());
     END $$",
];

pub(super) async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    run(manager, TABLES).await?;
    run_own(manager, SQLITE, POSTGRES).await
}

pub(super) async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let sqlite = ["DROP TRIGGER accounting_entries_changed", "DROP TRIGGER export_marks_versioned"];
    let postgres =
        ["DROP FUNCTION accounting_entries_changed CASCADE", "DROP FUNCTION export_marks_versioned CASCADE"];
    run_own(manager, &sqlite, &postgres).await?;
    run(manager, &["DROP TABLE changed_exports"]).await
}
