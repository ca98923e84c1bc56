//! Triggers against statements of other programs that would make an entry vanish: leave it neither exported nor
//! unexported for a system. What ledgate itself does passes them.
//!
//! - A mark that is deleted leaves a pending row, in the same statement: the entry is unexported again, unless it is
//!   withdrawn. Unless ledgate has set the mark aside before, it is set aside here, and the timeline tells of it. On
//!   PostgreSQL the entry is locked before, against a change or a withdrawal in the same moment.
//! - A pending row is deleted only where there is a mark, or where the entry is withdrawn. Ledgate writes these first.
//! - Ids and systems of rows never change, the timeline keeps what it holds, no table is truncated.
//! - SQLite's `OR REPLACE` deletes rows without running a trigger for DELETE: the entry whose external id is about to be
//!   inserted again is noted before, and must be there after.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::dialect::run;

const PENDING_KEPT: &str = "a pending row is deleted only when its entry is marked for the system or withdrawn: mark the entry through ledgate, or insert its row into export_marks first";
const KEY_KEPT: &str = "the entry and the system of this row never change: delete the mark, which makes the entry unexported again, or mark the other entry through ledgate";
const ID_KEPT: &str = "the id of an entry never changes";
const TIMELINE_KEPT: &str = "the timeline keeps what happened: its rows are never changed or deleted";
const NOT_REPLACED: &str =
    "another entry would be deleted: in place of OR REPLACE use ON CONFLICT (external_id) DO UPDATE";
const NOT_TRUNCATED: &str =
    "this table is never truncated: entries would vanish for the systems that have not been sent them";

/// What `set_aside_marks` keeps of a mark.
const MARK: &str =
    "entry_id, system_key, marked_at, note, actor, times_marked, version, reference_id, reference_url";

/// These columns of the mark that is called so.
fn of_row(row: &str) -> String {
    MARK.split(", ").map(|column| format!("{row}.{column}")).collect::<Vec<_>>().join(", ")
}

fn sqlite() -> Vec<String> {
    let refuse = |name: &str, event: &str, when: &str, message: &str| {
        format!("CREATE TRIGGER {name} BEFORE {event} {when} BEGIN SELECT raise(ABORT, '{message}'); END")
    };
    vec![
        "CREATE TRIGGER export_marks_unmarked AFTER DELETE ON export_marks BEGIN
            INSERT OR IGNORE INTO pending_exports (system_key, entry_id)
            SELECT s.key, e.id FROM export_systems s CROSS JOIN accounting_entries e
            WHERE s.key = OLD.system_key AND e.id = OLD.entry_id AND e.withdrawn_at IS NULL;
            DELETE FROM changed_exports WHERE system_key = OLD.system_key AND entry_id = OLD.entry_id;
         END"
        .to_owned(),
        format!(
            "CREATE TRIGGER export_marks_set_aside AFTER DELETE ON export_marks
             WHEN NOT EXISTS (SELECT 1 FROM set_aside_marks WHERE entry_id = OLD.entry_id
                AND system_key = OLD.system_key AND marked_at = OLD.marked_at) BEGIN
                INSERT INTO set_aside_marks ({MARK}, set_aside_at) VALUES ({}, {{now}});
                INSERT INTO timeline_events (entry_id, kind, at, system_id)
                SELECT OLD.entry_id, 'UNMARKED', {{now}}, name FROM export_systems WHERE key = OLD.system_key;
             END",
            of_row("OLD")
        ),
        refuse(
            "pending_exports_kept",
            "DELETE ON pending_exports",
            "WHEN NOT EXISTS (SELECT 1 FROM export_marks WHERE entry_id = OLD.entry_id AND system_key = OLD.system_key)
             AND EXISTS (SELECT 1 FROM accounting_entries WHERE id = OLD.entry_id AND withdrawn_at IS NULL)
             AND EXISTS (SELECT 1 FROM export_systems WHERE key = OLD.system_key AND retired_at IS NULL)",
            PENDING_KEPT,
        ),
        refuse("export_marks_key_kept", "UPDATE OF entry_id, system_key ON export_marks", "", KEY_KEPT),
        refuse("pending_exports_key_kept", "UPDATE OF entry_id, system_key ON pending_exports", "", KEY_KEPT),
        refuse("accounting_entries_id_kept", "UPDATE OF id ON accounting_entries", "WHEN NEW.id IS NOT OLD.id", ID_KEPT),
        refuse("timeline_events_not_changed", "UPDATE ON timeline_events", "", TIMELINE_KEPT),
        refuse("timeline_events_not_deleted", "DELETE ON timeline_events", "", TIMELINE_KEPT),
        refuse(
            "timeline_events_not_replaced",
            "INSERT ON timeline_events",
            "WHEN EXISTS (SELECT 1 FROM timeline_events WHERE id = NEW.id)",
            TIMELINE_KEPT,
        ),
        "CREATE TABLE replaceable_entry ( -- One row at most: the entry that the insert at work could replace. Written by triggers
            only_row INTEGER PRIMARY KEY CHECK (only_row = 1), -- Always 1
            entry_id INTEGER NOT NULL -- The entry, by its id
         ) STRICT"
            .to_owned(),
        "CREATE TRIGGER accounting_entries_replaceable BEFORE INSERT ON accounting_entries
         WHEN EXISTS (SELECT 1 FROM accounting_entries WHERE external_id = NEW.external_id) BEGIN
            DELETE FROM replaceable_entry;
            INSERT INTO replaceable_entry (only_row, entry_id)
            SELECT 1, id FROM accounting_entries WHERE external_id = NEW.external_id;
         END"
        .to_owned(),
        format!(
            "CREATE TRIGGER accounting_entries_not_replaced AFTER INSERT ON accounting_entries
             WHEN (SELECT entry_id FROM replaceable_entry) NOT IN (SELECT id FROM accounting_entries) BEGIN
                SELECT raise(ABORT, '{NOT_REPLACED}');
             END"
        ),
        refuse(
            "accounting_entries_id_not_replaced",
            "INSERT ON accounting_entries",
            "WHEN EXISTS (SELECT 1 FROM accounting_entries WHERE id = NEW.id)",
            NOT_REPLACED,
        ),
        refuse(
            "accounting_entries_not_replaced_by_update",
            "UPDATE OF external_id ON accounting_entries",
            "WHEN NEW.external_id IS NOT OLD.external_id
             AND EXISTS (SELECT 1 FROM accounting_entries WHERE external_id = NEW.external_id)",
            NOT_REPLACED,
        ),
    ]
}

/// The look for a mark has the form of `store/probe.rs`: whatever the planner knows of the marks, each is found by its key.
fn postgres() -> Vec<String> {
    let mut statements = vec![
        "CREATE FUNCTION ledgate_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN
            RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'integrity_constraint_violation';
         END $$"
            .to_owned(),
        format!(
            "CREATE FUNCTION export_marks_unmarked() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN
            PERFORM 1 FROM accounting_entries e WHERE e.id IN (SELECT gone.entry_id FROM gone) ORDER BY e.id FOR SHARE;
            INSERT INTO pending_exports (system_key, entry_id)
            SELECT gone.system_key, gone.entry_id FROM gone
            WHERE EXISTS (SELECT 1 FROM export_systems s WHERE s.key = gone.system_key OFFSET 0)
            AND EXISTS (SELECT 1 FROM accounting_entries e WHERE e.id = gone.entry_id AND e.withdrawn_at IS NULL OFFSET 0)
            ON CONFLICT DO NOTHING;
            DELETE FROM changed_exports c USING gone
            WHERE c.system_key = gone.system_key AND c.entry_id = gone.entry_id;
            WITH foreign_deletes AS (
                INSERT INTO set_aside_marks ({MARK}, set_aside_at)
                SELECT {}, {{now}} FROM gone
                WHERE NOT EXISTS (SELECT 1 FROM set_aside_marks a WHERE a.entry_id = gone.entry_id
                    AND a.system_key = gone.system_key AND a.marked_at = gone.marked_at OFFSET 0)
                RETURNING entry_id, system_key, set_aside_at)
            INSERT INTO timeline_events (entry_id, kind, at, system_id)
            SELECT d.entry_id, 'UNMARKED', d.set_aside_at, s.name
            FROM foreign_deletes d JOIN export_systems s ON s.key = d.system_key;
            RETURN NULL;
         END $$",
            of_row("gone")
        ),
        "CREATE TRIGGER export_marks_unmarked AFTER DELETE ON export_marks REFERENCING OLD TABLE AS gone
         FOR EACH STATEMENT EXECUTE FUNCTION export_marks_unmarked()"
            .to_owned(),
        format!(
            "CREATE FUNCTION pending_exports_kept() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN
                PERFORM 1 FROM gone
                WHERE NOT EXISTS (
                    SELECT 1 FROM export_marks m
                    WHERE (m.entry_id, m.system_key) >= (gone.entry_id, gone.system_key)
                    AND (m.entry_id, m.system_key) <= (gone.entry_id, gone.system_key)
                    ORDER BY m.entry_id, m.system_key OFFSET 0)
                AND EXISTS (SELECT 1 FROM accounting_entries e WHERE e.id = gone.entry_id AND e.withdrawn_at IS NULL OFFSET 0)
                AND EXISTS (SELECT 1 FROM export_systems s
                    WHERE s.key = gone.system_key AND s.retired_at IS NULL OFFSET 0);
                IF FOUND THEN
                    RAISE EXCEPTION '{PENDING_KEPT}' USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NULL;
             END $$"
        ),
        "CREATE TRIGGER pending_exports_kept AFTER DELETE ON pending_exports REFERENCING OLD TABLE AS gone
         FOR EACH STATEMENT EXECUTE FUNCTION pending_exports_kept()"
            .to_owned(),
    ];
    let refuse = |name: &str, event: &str, each: &str, message: &str| {
        format!(
            "CREATE TRIGGER {name} BEFORE {event} FOR EACH {each} EXECUTE FUNCTION ledgate_refuse('{message}')"
        )
    };
    statements.extend([
        refuse(
            "export_marks_key_kept",
            "UPDATE OF entry_id, system_key ON export_marks",
            "STATEMENT",
            KEY_KEPT,
        ),
        refuse(
            "pending_exports_key_kept",
            "UPDATE OF entry_id, system_key ON pending_exports",
            "STATEMENT",
            KEY_KEPT,
        ),
        refuse("accounting_entries_id_kept", "UPDATE OF id ON accounting_entries", "STATEMENT", ID_KEPT),
        refuse("timeline_events_kept", "UPDATE OR DELETE ON timeline_events", "ROW", TIMELINE_KEPT),
    ]);
    for table in
        ["accounting_entries", "timeline_events", "export_systems", "export_marks", "pending_exports"]
    {
        let name = format!("{table}_not_truncated");
        statements.push(refuse(&name, &format!("TRUNCATE ON {table}"), "STATEMENT", NOT_TRUNCATED));
    }
    // Whatever the search path of the program that writes: a table of the same name elsewhere is not meant.
    for function in [
        "accounting_entries_versioned",
        "accounting_entries_updated_elsewhere",
        "accounting_entries_kept",
        "accounting_entries_become_pending",
        "export_marks_unmarked",
        "pending_exports_kept",
        "ledgate_refuse",
    ] {
        statements.push(format!(
            "DO $$ BEGIN
                EXECUTE format('ALTER FUNCTION {function}() SET search_path = %I, pg_temp', current_schema());
             END $$"
        ));
    }
    statements
}

pub(super) async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let statements = match manager.get_connection().get_database_backend() {
        DbBackend::Sqlite => sqlite(),
        _ => postgres(),
    };
    run(manager, &statements.iter().map(String::as_str).collect::<Vec<_>>()).await
}

pub(super) async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let statements: Vec<String> = match manager.get_connection().get_database_backend() {
        DbBackend::Sqlite => [
            "export_marks_unmarked",
            "export_marks_set_aside",
            "pending_exports_kept",
            "export_marks_key_kept",
            "pending_exports_key_kept",
            "accounting_entries_id_kept",
            "timeline_events_not_changed",
            "timeline_events_not_deleted",
            "timeline_events_not_replaced",
            "accounting_entries_replaceable",
            "accounting_entries_not_replaced",
            "accounting_entries_id_not_replaced",
            "accounting_entries_not_replaced_by_update",
        ]
        .iter()
        .map(|name| format!("DROP TRIGGER {name}"))
        .chain(["DROP TABLE replaceable_entry".to_owned()])
        .collect(),
        _ => ["export_marks_unmarked", "pending_exports_kept", "ledgate_refuse"]
            .iter()
            .map(|name| format!("DROP FUNCTION {name} CASCADE"))
            .collect(),
    };
    run(manager, &statements.iter().map(String::as_str).collect::<Vec<_>>()).await
}
