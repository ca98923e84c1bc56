//! A ledger so large that a planner cares: what reads the whole of it is seen in the plan.
//!
//! Entries of ten years, four to a voucher. `erp` has marked all but a few hundred spread over the years and the newest; a few
//! hundred of those that it has marked were corrected afterwards; twenty thousand of its claims have ended, and as many of its
//! conflicts are resolved. `midway` has marked nothing, and its history is not all taken over. For `stuck` the first 100,000
//! are parked, 500 behind them wait, and the others are marked; nobody has marked for `new`.

use sea_orm::{ConnectionTrait, DbBackend, TransactionTrait};

use super::program::Program;

/// Entries in the ledger.
pub const ENTRIES: u64 = 200_000;
/// Entries of `midway`'s history that have no pending row yet: two steps.
const OPEN: u64 = 10_000;

/// Entries that are parked for `stuck`, and the last one that is not marked for it.
const PARKED: u64 = 100_000;
const LAST_WAITING: u64 = 100_500;

/// Claims of `erp` that have ended, and conflicts that are resolved.
const ENDED: u64 = 20_000;

/// The entry that was exported 5,000 times more.
const OFTEN_EXPORTED: u64 = 150_000;

/// A quarter of an hour or so between two entries, the newest at the beginning of March 2026.
const CREATED_AT: &str = "1772323200000000 - (200000 - n) * 1576800000";
/// An hour later.
const MARKED_AT: &str = "e.created_at + 3600000000";
const UNMARKED: &str = "(e.id % 400 = 200 OR e.id > 199500)";

/// Makes the ledger. Nothing is analysed: that is for the test to do.
pub async fn fill(program: &Program) {
    program.ok(&["migrate", "up"]);
    let numbers = match program.is_sqlite() {
        false => format!("generate_series(1, CAST({ENTRIES} AS bigint)) AS numbers(n)"),
        true => format!(
            "(WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {ENTRIES})
              SELECT n FROM numbers) AS numbers"
        ),
    };
    let taken_over = ENTRIES - OPEN;
    let mut statements = vec![
        format!(
            "INSERT INTO accounting_entries (external_id, journal_code, entry_number, posting_date, account_number,
                description, debit_ten_thousandths, credit_ten_thousandths, created_at, updated_at)
             SELECT 'L:' || n, 'VE', CAST((n - 1) / 4 AS text), '2026-01-31', '707000', 'Invoice ' || n, n, 0, {CREATED_AT}, {CREATED_AT}
             FROM {numbers}"
        ),
        format!(
            "INSERT INTO export_systems (name, known_since, history_end, taken_over_to)
             VALUES ('erp', 0, {ENTRIES}, {ENTRIES}), ('midway', 0, {ENTRIES}, {taken_over}), ('stuck', 0, {ENTRIES}, {ENTRIES})"
        ),
        format!(
            "INSERT INTO export_marks (entry_id, system_key, marked_at, actor, version)
             SELECT e.id, s.key, {MARKED_AT}, 'test', e.version FROM accounting_entries e
             JOIN export_systems s ON s.name = 'erp' AND NOT {UNMARKED} OR s.name = 'stuck' AND e.id > {LAST_WAITING}"
        ),
        // Hundreds were corrected since.
        "UPDATE accounting_entries SET description = 'Corrected ' || id WHERE id % 400 = 100".to_owned(),
        format!(
            "INSERT INTO timeline_events (entry_id, kind, at, system_id, actor)
             SELECT e.id, 'EXPORTED', {MARKED_AT}, 'erp', 'test' FROM accounting_entries e WHERE NOT {UNMARKED}"
        ),
        format!(
            "INSERT INTO timeline_events (entry_id, kind, at, system_id, actor)
             SELECT {OFTEN_EXPORTED}, 'EXPORTED', {MARKED_AT}, 'erp', 'test' FROM accounting_entries e
             WHERE e.id <= 5000"
        ),
        format!(
            "INSERT INTO pending_exports (system_key, entry_id)
             SELECT s.key, e.id FROM export_systems s JOIN accounting_entries e
             ON s.name = 'erp' AND {UNMARKED} OR s.name = 'midway' AND e.id <= {taken_over}"
        ),
        format!(
            "INSERT INTO pending_exports (system_key, entry_id, progress, attempts, failure_type)
             SELECT s.key, e.id, CASE WHEN e.id <= {PARKED} THEN 3 ELSE 0 END, CASE WHEN e.id <= {PARKED} THEN 5 ELSE 0 END,
                CASE WHEN e.id <= {PARKED} THEN 1 ELSE 0 END
             FROM export_systems s JOIN accounting_entries e ON s.name = 'stuck' AND e.id <= {LAST_WAITING}"
        ),
        format!(
            "INSERT INTO export_claims (id, system_key, worker, actor, claimed_at, expires_at, ended_at)
             SELECT 'claim-' || e.id, s.key, 'worker', 'test', {MARKED_AT}, {MARKED_AT}, {MARKED_AT}
             FROM export_systems s JOIN accounting_entries e ON s.name = 'erp' AND e.id <= {ENDED}"
        ),
        format!(
            "INSERT INTO export_conflicts (kind, system_key, entry_id, found_at, actor, first_reference_id,
                second_reference_id, resolved_at, resolved_by, note)
             SELECT 'POSTED_TWICE', s.key, e.id, {MARKED_AT}, 'test', 'A', 'B', {MARKED_AT}, 'test', 'It was one document'
             FROM export_systems s JOIN accounting_entries e ON s.name = 'erp' AND e.id <= {ENDED}"
        ),
        "INSERT INTO export_conflicts (kind, system_key, entry_id, found_at, actor, first_reference_id, second_reference_id)
         SELECT kind, system_key, entry_id, found_at, actor, first_reference_id, second_reference_id
         FROM export_conflicts WHERE entry_id <= 200"
            .to_owned(),
    ];
    if !program.is_sqlite() {
        // The statistics are those that the test asks for.
        let tables = [
            "accounting_entries",
            "export_claims",
            "export_conflicts",
            "export_marks",
            "pending_exports",
            "timeline_events",
        ];
        statements
            .splice(0..0, tables.map(|table| format!("ALTER TABLE {table} SET (autovacuum_enabled = off)")));
    }
    let other = program.other_program().await;
    let transaction = other.begin().await.unwrap();
    for statement in statements {
        transaction
            .execute_unprepared(&statement)
            .await
            .unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
    transaction.commit().await.unwrap();
    other.close().await.unwrap();
}

/// Keeps `midway`'s history open, as it is while the work is still to be done.
pub async fn hold(program: &Program) {
    let condition = "NEW.system_key > 1 AND NEW.entry_id <= 200000";
    let trigger = "CREATE TRIGGER hold BEFORE INSERT ON pending_exports FOR EACH ROW WHEN";
    let sql = match program.is_sqlite() {
        true => format!("{trigger} {condition} BEGIN SELECT raise(ABORT, 'held'); END"),
        false => format!(
            "CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'held'; END $$;
             {trigger} ({condition}) EXECUTE FUNCTION hold()"
        ),
    };
    program.execute(&sql).await;
}

/// Lets it go on.
pub async fn release(program: &Program) {
    let table = if program.is_sqlite() { "" } else { "ON pending_exports" };
    program.execute(&format!("DROP TRIGGER hold {table}")).await;
}

/// The statement of another program that inserts so many entries; see `Gateway::insert_elsewhere`.
pub fn inserted_elsewhere(count: u64, backend: DbBackend) -> String {
    let numbers = match backend {
        DbBackend::Postgres => format!("generate_series(1, {count}) AS numbers(n)"),
        _ => format!(
            "(WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count})
              SELECT n FROM numbers) AS numbers"
        ),
    };
    format!(
        "INSERT INTO accounting_entries (external_id, journal_code, entry_number, posting_date, account_number,
            description, debit_ten_thousandths, credit_ten_thousandths)
         SELECT 'elsewhere:' || n, 'VE', '1', '2026-01-31', '707000',
            CASE WHEN n % 100 = 0 THEN 'rare' ELSE 'often' END, 10000, 0 FROM {numbers}"
    )
}

/// Statements that make `fresh` known, with its whole history open, and mark for it all of the 50,000 oldest entries but
/// the first.
pub fn fresh_system() -> [String; 2] {
    [
        format!("INSERT INTO export_systems (name, known_since, history_end) VALUES ('fresh', 0, {ENTRIES})"),
        format!(
            "INSERT INTO export_marks (entry_id, system_key, marked_at, actor, version)
             SELECT e.id, s.key, {MARKED_AT}, 'test', e.version FROM accounting_entries e
             JOIN export_systems s ON s.name = 'fresh' WHERE e.id BETWEEN 2 AND 50001"
        ),
    ]
}
