//! How far the export of a pending entry is: nobody has it, a worker has claimed it, the system refused it, or it is parked.
//! The columns are in `pending_exports`, so that a mark, which deletes the row, ends all of it in one statement.
//!
//! A claim is one row with one lease, and a row for each entry, which keeps the version that the worker was given.
//!
//! A new version of an entry that the system refused, or that was parked after too many attempts, makes it and the rest of
//! its unit free again: somebody has mended it. What a person parked stays parked.

use sea_orm_migration::prelude::*;

use crate::dialect::{run, run_own};

const TABLES: &[&str] = &[
    // Only a query that writes `system_key + 0` uses it. Otherwise PostgreSQL would take it for pages of all that is
    // pending, which the primary key gives in their order, and sort.
    "CREATE INDEX pending_exports_by_progress ON pending_exports ((system_key + 0), progress, entry_id)",
    "CREATE INDEX pending_exports_due ON pending_exports (system_key, due_at, entry_id) WHERE progress = 2",
    "CREATE TABLE export_claims ( -- One row for each claim: entries that one worker is sending to a system
        key {identity}, -- Number of the claim in the other tables
        id {text} NOT NULL UNIQUE, -- Id of the claim, as clients write it
        system_key {integer} NOT NULL, -- The system, by its key
        worker {text} NOT NULL, -- What the worker calls itself
        actor {text} NOT NULL, -- Who claimed
        claimed_at {integer} NOT NULL, -- When, in microseconds since 1970-01-01 00:00 UTC
        expires_at {integer} NOT NULL, -- End of the lease, in microseconds since 1970-01-01 00:00 UTC. On PostgreSQL by the clock of its server
        ended_at {integer} -- When the claim was seen to hold nothing any more
    ){strict}",
    "CREATE INDEX export_claims_open ON export_claims (system_key, ended_at, key)",
    "CREATE TABLE export_claim_entries ( -- One row for each entry of a claim
        claim_key {integer} NOT NULL, -- The claim, by its key
        entry_id {integer} NOT NULL, -- The entry, by its id
        version {number} NOT NULL, -- Version of the entry when it was claimed
        PRIMARY KEY (claim_key, entry_id)
    ){strict_keyed}",
    "CREATE TABLE export_turns ( -- One row for each system that something was claimed for. Who claims locks it, so that claims take turns
        system_key {integer} PRIMARY KEY, -- The system, by its key
        begin_after {integer} NOT NULL DEFAULT 0, -- The next claim looks for free entries after this id
        began_at {integer} NOT NULL DEFAULT 0 -- When a claim last looked from the lowest id on, in microseconds since 1970-01-01 00:00 UTC
    ){strict}",
];

const MENDABLE: &str = "p.progress IN (2, 3)";

const FREE: &str = "progress = 0, attempts = 0, failure_type = 0, due_at = 0, claim_key = NULL";

/// The entry itself, and the other lines of its voucher.
const UNIT: &str = "SELECT NEW.id AS id UNION ALL SELECT l.id FROM accounting_entries l
     WHERE l.journal_code = NEW.journal_code AND l.posting_date = NEW.posting_date
     AND l.entry_number = NEW.entry_number AND trim(NEW.entry_number) <> '' AND l.withdrawn_at IS NULL";

/// SQLite takes no other name for the table that a trigger updates.
fn sqlite() -> String {
    let mendable = |row: &str| MENDABLE.replace("p.", row);
    format!(
        "CREATE TRIGGER accounting_entries_mended AFTER UPDATE OF version ON accounting_entries
         WHEN NEW.version > OLD.version AND EXISTS (
            SELECT 1 FROM export_systems s CROSS JOIN pending_exports p
            WHERE p.system_key = s.key AND p.entry_id = NEW.id AND {MENDABLE}) BEGIN
            UPDATE pending_exports SET {FREE}
            WHERE system_key IN (
                SELECT q.system_key FROM export_systems s CROSS JOIN pending_exports q
                WHERE q.system_key = s.key AND q.entry_id = NEW.id AND {})
            AND entry_id IN ({UNIT}) AND {}
            AND (entry_id = NEW.id OR (SELECT unit FROM export_systems WHERE key = system_key) = 'VOUCHER');
         END",
        mendable("q."),
        mendable("")
    )
}

/// The look for the row has the form of `store/probe.rs`.
fn postgres() -> Vec<String> {
    vec![
        format!(
            "CREATE FUNCTION accounting_entries_mended() RETURNS trigger LANGUAGE plpgsql AS $$
             DECLARE
                mended RECORD;
             BEGIN
                FOR mended IN
                    SELECT s.key, s.unit FROM export_systems s WHERE EXISTS (
                        SELECT 1 FROM pending_exports p
                        WHERE p.system_key = s.key AND p.entry_id >= NEW.id AND p.entry_id <= NEW.id AND {MENDABLE}
                        ORDER BY p.entry_id OFFSET 0)
                LOOP
                    UPDATE pending_exports p SET {FREE}
                    WHERE p.system_key = mended.key AND {MENDABLE}
                    AND p.entry_id = ANY (ARRAY(SELECT u.id FROM ({UNIT}) u
                        WHERE u.id = NEW.id OR mended.unit = 'VOUCHER'));
                END LOOP;
                RETURN NULL;
             END $$"
        ),
        "CREATE TRIGGER accounting_entries_mended AFTER UPDATE ON accounting_entries
         FOR EACH ROW WHEN (NEW.version > OLD.version) EXECUTE FUNCTION accounting_entries_mended()"
            .to_owned(),
        // Whatever the search path of the program that writes: a table of the same name elsewhere is not meant.
        "DO $$ BEGIN
            EXECUTE format('ALTER FUNCTION accounting_entries_mended() SET search_path = %I, pg_temp', current_schema());
         END $$"
            .to_owned(),
    ]
}

pub(super) async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    run(manager, TABLES).await?;
    let (sqlite, postgres) = (sqlite(), postgres());
    run_own(manager, &[&sqlite], &postgres.iter().map(String::as_str).collect::<Vec<_>>()).await
}

pub(super) async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let postgres = ["DROP FUNCTION accounting_entries_mended CASCADE"];
    run_own(manager, &["DROP TRIGGER accounting_entries_mended"], &postgres).await?;
    let tables = ["export_turns", "export_claim_entries", "export_claims"];
    let drops = tables.map(|table| format!("DROP TABLE {table}"));
    run(manager, &drops.each_ref().map(String::as_str)).await
}
