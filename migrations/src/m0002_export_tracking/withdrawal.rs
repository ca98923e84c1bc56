//! Triggers that keep withdrawn entries out of what is unexported, whoever withdraws them.
//!
//! - An entry that is withdrawn has no pending rows: it leaves every system's backlog in the same transaction.
//! - One that is reinstated gets a pending row for every system that has no mark of it.
//!
//! On PostgreSQL a step of a take-over could read an entry as unmarked, and write its pending row when the withdrawal has
//! deleted those that it saw. So both hold the systems whose history is not all taken over: the step for update, the
//! withdrawal for share. Above READ COMMITTED the row of `export_registry` turns a stale snapshot into a serialization
//! failure, as it does for inserts.
//!
//! A transaction that marks an entry while another one reinstates it sees no pending row to delete, and the other sees no
//! mark. So transactions that reinstate share an advisory lock, which such a mark asks for alone (`store/gate.rs`).

use sea_orm_migration::prelude::*;

use crate::dialect::run_own;

const SQLITE: &[&str] = &[
    "CREATE TRIGGER accounting_entries_withdrawn AFTER UPDATE OF withdrawn_at ON accounting_entries
     WHEN NEW.withdrawn_at IS NOT NULL AND OLD.withdrawn_at IS NULL BEGIN
        DELETE FROM pending_exports
        WHERE system_key IN (SELECT key FROM export_systems) AND entry_id = NEW.id;
     END",
    "CREATE TRIGGER accounting_entries_reinstated AFTER UPDATE OF withdrawn_at ON accounting_entries
     WHEN NEW.withdrawn_at IS NULL AND OLD.withdrawn_at IS NOT NULL BEGIN
        INSERT OR IGNORE INTO pending_exports (system_key, entry_id)
        SELECT s.key, NEW.id FROM export_systems s
        WHERE NOT EXISTS (SELECT 1 FROM export_marks m WHERE m.entry_id = NEW.id AND m.system_key = s.key);
     END",
];

const POSTGRES: &[&str] = &[
    "CREATE FUNCTION accounting_entries_withdrawn() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
        IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
            PERFORM 1 FROM export_registry FOR SHARE;
        END IF;
        PERFORM 1 FROM export_systems WHERE history_end IS NULL OR taken_over_to < history_end
        ORDER BY key FOR SHARE;
        IF NEW.withdrawn_at IS NOT NULL THEN
            DELETE FROM pending_exports WHERE system_key IN (SELECT key FROM export_systems) AND entry_id = NEW.id;
        ELSE
            PERFORM pg_advisory_xact_lock_shared(7103542, 0);
            INSERT INTO pending_exports (system_key, entry_id)
            SELECT s.key, NEW.id FROM export_systems s
            WHERE NOT EXISTS (
                SELECT 1 FROM export_marks m
                WHERE (m.entry_id, m.system_key) >= (NEW.id, s.key) AND (m.entry_id, m.system_key) <= (NEW.id, s.key)
                ORDER BY m.entry_id, m.system_key OFFSET 0)
            ON CONFLICT DO NOTHING;
        END IF;
        RETURN NULL;
     END $$",
    "CREATE TRIGGER accounting_entries_withdrawn AFTER UPDATE OF withdrawn_at ON accounting_entries
     FOR EACH ROW WHEN ((OLD.withdrawn_at IS NULL) <> (NEW.withdrawn_at IS NULL))
     EXECUTE FUNCTION accounting_entries_withdrawn()",
    // Whatever the search path of the program that writes: a table of the same name elsewhere is not meant.
    "DO $$ BEGIN
        EXECUTE format('ALTER FUNCTION accounting_entries_withdrawn() SET search_path = %I, pg_temp', current_schema());
     END $$",
];

pub(super) async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    run_own(manager, SQLITE, POSTGRES).await
}

pub(super) async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let sqlite = ["DROP TRIGGER accounting_entries_withdrawn", "DROP TRIGGER accounting_entries_reinstated"];
    run_own(manager, &sqlite, &["DROP FUNCTION accounting_entries_withdrawn CASCADE"]).await
}
