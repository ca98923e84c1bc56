//! The log of events: what happened to exports, in the order in which it became true. Triggers write it, so that what other
//! programs do is in it too.
//!
//! On PostgreSQL ids are given before transactions commit, so an order by id would show events behind a reader's cursor.
//! Triggers write to `unsequenced_events`; a sequencer (`store/events/sequencer.rs`) moves what is committed to `export_events`, and
//! gives it the next positions. For one entry the order of the ids is the true order: an event is inserted while its
//! transaction holds the lock on what it speaks of. SQLite has one writer at a time: there triggers write to `export_events`.

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

fn sqlite() -> Vec<String> {
    let table = format!(
        "CREATE TABLE export_events ( -- The log of events: one row for each thing that happened to an export. Triggers write it
        position {{identity}}, -- Its place in the log{EVENT}
    ){{strict}}"
    );
    let log = |columns: &str, select: &str| format!("INSERT INTO export_events ({columns}) {select};");
    let of_entry = "kind, at, system_id, entry_id";
    let trigger =
        |name: &str, event: &str, body: &str| format!("CREATE TRIGGER {name} {event} BEGIN {body} END");
    let system = |key: &str| format!("(SELECT name FROM export_systems WHERE key = {key})");
    let mut statements = vec![table];
    statements.extend(INDEXES.map(str::to_owned));
    let timeline = "actor, timeline_event_id";
    statements.push(trigger(
        "export_events_of_timeline",
        &format!("AFTER INSERT ON timeline_events WHEN NEW.system_id IS NOT NULL AND NEW.kind IN ({LOGGED})"),
        &[
            log(
                &format!("{of_entry}, {timeline}"),
                "VALUES (NEW.kind, NEW.at, NEW.system_id, NEW.entry_id, NEW.actor, NEW.id)",
            ),
            log(
                &format!("{of_entry}, {timeline}"),
                "SELECT 'PARKED', NEW.at, NEW.system_id, NEW.entry_id, NEW.actor, NEW.id
                 WHERE NEW.kind = 'FAILED' AND json_extract(NEW.payload, '$.attempts') IS NOT NULL
                 AND json_extract(NEW.payload, '$.retry_at') IS NULL",
            ),
            // It was marked for an older version, or is withdrawn.
            log(
                of_entry,
                "SELECT CASE WHEN e.withdrawn_at IS NULL THEN 'CHANGED' ELSE 'WITHDRAWN' END, NEW.at, s.name, e.id
                 FROM export_systems s
                 JOIN changed_exports c ON c.system_key = s.key AND c.entry_id = NEW.entry_id
                 JOIN export_marks m ON m.entry_id = c.entry_id AND m.system_key = c.system_key
                 JOIN accounting_entries e ON e.id = c.entry_id
                 WHERE NEW.kind = 'EXPORTED' AND s.name = NEW.system_id
                 AND (m.version < e.version OR e.withdrawn_at IS NOT NULL)",
            ),
        ]
        .concat(),
    ));
    statements.push(trigger(
        "export_events_of_changes",
        &format!("AFTER UPDATE OF version, withdrawn_at ON accounting_entries WHEN {IS_NEWS}"),
        &log(
            of_entry,
            "SELECT CASE WHEN NEW.withdrawn_at IS NULL THEN 'CHANGED' ELSE 'WITHDRAWN' END, {now}, s.name, NEW.id
             FROM export_marks m JOIN export_systems s ON s.key = m.system_key WHERE m.entry_id = NEW.id",
        ),
    ));
    statements.push(trigger(
        "export_events_of_conflicts",
        "AFTER INSERT ON export_conflicts",
        &log(
            &format!("{of_entry}, actor, subject"),
            &format!(
                "VALUES ('CONFLICT', NEW.found_at, {}, NEW.entry_id, NEW.actor, CAST(NEW.id AS TEXT))",
                system("NEW.system_key")
            ),
        ),
    ));
    statements.push(trigger(
        "export_events_of_claims",
        "AFTER INSERT ON export_claims",
        &log(
            "kind, at, system_id, actor, subject",
            &format!("VALUES ('CLAIMED', NEW.claimed_at, {}, NEW.actor, NEW.id)", system("NEW.system_key")),
        ),
    ));
    statements.push(trigger(
        "export_events_of_replays",
        "AFTER INSERT ON export_replays",
        &log(
            "kind, at, system_id, actor, subject",
            &format!(
                "VALUES ('REPLAYED', NEW.started_at, {}, NEW.actor, CAST(NEW.id AS TEXT))",
                system("NEW.system_key")
            ),
        ),
    ));
    statements.push(trigger(
        "export_events_of_cancelled_replays",
        "AFTER UPDATE OF state ON export_replays WHEN NEW.state = 'CANCELLING' AND OLD.state <> 'CANCELLING'",
        &log(
            "kind, at, system_id, actor, subject",
            &format!(
                "VALUES ('REPLAY_CANCELLED', NEW.cancelled_at, {}, NEW.cancelled_by, CAST(NEW.id AS TEXT))",
                system("NEW.system_key")
            ),
        ),
    ));
    statements
}

/// The kinds of the timeline that are in the log. That an entry was recorded or updated is not; a claim and a replay are one
/// event each.
const LOGGED: &str = "'EXPORTED', 'UNMARKED', 'FAILED', 'PARKED', 'REQUEUED'";
/// A change that a system which was sent the entry has to be told.
const IS_NEWS: &str =
    "NEW.version > OLD.version OR (OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL)";

fn postgres() -> Vec<String> {
    let tables = [
        format!(
            "CREATE TABLE export_events ( -- The log of events: one row for each thing that happened to an export
        position {{integer}} PRIMARY KEY, -- Its place in the log, given after the commit{EVENT}
    )"
        ),
        format!(
            "CREATE TABLE unsequenced_events ( -- Events that have no place in the log yet. Triggers write them; a gateway moves them to export_events
        id {{identity}}, -- Of one entry's events, a later one has a higher id{EVENT}
    )"
        ),
        "CREATE TABLE event_log_head ( -- One row. The gateway that gives events their places locks it
        only_row BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (only_row), -- Always true
        last_position {integer} NOT NULL DEFAULT 0 -- The highest place that was given
    )"
        .to_owned(),
        "INSERT INTO event_log_head DEFAULT VALUES".to_owned(),
    ];
    let mut statements = tables.to_vec();
    statements.extend(INDEXES.map(str::to_owned));
    let function = |name: &str, body: &str, then: &str| {
        format!(
            "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
             DECLARE
                marked RECORD;
                entry RECORD;
             BEGIN
                INSERT INTO unsequenced_events {body};{then}
                RETURN NULL;
             END $$"
        )
    };
    let trigger = |name: &str, when: &str| format!("CREATE TRIGGER {name} {when} EXECUTE FUNCTION {name}()");
    let each_new = "REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT";
    let of_subject = |kind: &str, at: &str, actor: &str, entry: &str, subject: &str| {
        format!(
            "(kind, at, system_id, actor, entry_id, subject)
             SELECT '{kind}', i.{at}, s.name, i.{actor}, {entry}, i.{subject}::text
             FROM inserted i JOIN export_systems s ON s.key = i.system_key ORDER BY i.{subject}"
        )
    };
    let logged = [
        (
            TIMELINE,
            format!("AFTER INSERT ON timeline_events {each_new}"),
            format!(
                "(kind, at, system_id, entry_id, actor, timeline_event_id)
                 SELECT logged.kind, i.at, i.system_id, i.entry_id, i.actor, i.id
                 FROM inserted i CROSS JOIN LATERAL (
                    SELECT i.kind AS kind, 1 AS place UNION ALL SELECT 'PARKED', 2
                    WHERE i.kind = 'FAILED' AND i.payload -> 'attempts' IS NOT NULL AND i.payload -> 'retry_at' IS NULL
                 ) AS logged
                 WHERE i.system_id IS NOT NULL AND i.kind IN ({LOGGED})
                 ORDER BY i.id, logged.place"
            ),
        ),
        (
            "export_events_of_changes",
            format!("AFTER UPDATE ON accounting_entries FOR EACH ROW WHEN ({IS_NEWS})"),
            // Above READ COMMITTED it does not see marks that are newer than its snapshot: every system is told.
            "(kind, at, system_id, entry_id)
             SELECT CASE WHEN NEW.withdrawn_at IS NULL THEN 'CHANGED' ELSE 'WITHDRAWN' END, {now}, s.name, NEW.id
             FROM export_systems s
             WHERE current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted')
             OR s.key IN (SELECT m.system_key FROM export_marks m WHERE m.entry_id = NEW.id)"
                .to_owned(),
        ),
        (
            "export_events_of_conflicts",
            format!("AFTER INSERT ON export_conflicts {each_new}"),
            of_subject("CONFLICT", "found_at", "actor", "i.entry_id", "id"),
        ),
        (
            "export_events_of_claims",
            format!("AFTER INSERT ON export_claims {each_new}"),
            of_subject("CLAIMED", "claimed_at", "actor", "NULL", "id"),
        ),
        (
            "export_events_of_replays",
            format!("AFTER INSERT ON export_replays {each_new}"),
            of_subject("REPLAYED", "started_at", "actor", "NULL", "id"),
        ),
        (
            "export_events_of_cancelled_replays",
            "AFTER UPDATE OF state ON export_replays FOR EACH ROW
             WHEN (NEW.state = 'CANCELLING' AND OLD.state <> 'CANCELLING')"
                .to_owned(),
            "(kind, at, system_id, actor, subject)
             SELECT 'REPLAY_CANCELLED', NEW.cancelled_at, name, NEW.cancelled_by, NEW.id::text
             FROM export_systems WHERE key = NEW.system_key"
                .to_owned(),
        ),
    ];
    for (name, when, body) in logged {
        let then = if name == TIMELINE { OUTDATED } else { "" };
        statements.push(function(name, &body, then));
        statements.push(trigger(name, &when));
        // Whatever the search path of the program that writes: a table of the same name elsewhere is not meant.
        statements.push(format!(
            "DO $$ BEGIN
                EXECUTE format('ALTER FUNCTION {name}() SET search_path = %I, pg_temp', current_schema());
             END $$"
        ));
    }
    statements
}

const TIMELINE: &str = "export_events_of_timeline";

/// What was marked for an older version, or is withdrawn, has changed at once. Who marks lists such entries, and those that
/// another transaction is changing: that one does not see the mark, so it is told here that the entry may have changed. The look
/// for a listed entry has the form of `store/probe.rs`.
const OUTDATED: &str = "
                FOR marked IN
                    SELECT i.entry_id, i.system_id, i.at, s.key FROM inserted i JOIN export_systems s ON s.name = i.system_id
                    WHERE i.kind = 'EXPORTED' AND EXISTS (
                        SELECT 1 FROM changed_exports c
                        WHERE (c.system_key, c.entry_id) >= (s.key, i.entry_id)
                        AND (c.system_key, c.entry_id) <= (s.key, i.entry_id)
                        ORDER BY c.system_key, c.entry_id OFFSET 0)
                    ORDER BY i.id
                LOOP
                    SELECT e.version, e.withdrawn_at INTO entry FROM accounting_entries e
                    WHERE e.id = marked.entry_id FOR SHARE SKIP LOCKED;
                    IF NOT FOUND THEN
                        INSERT INTO unsequenced_events (kind, at, system_id, entry_id)
                        VALUES ('CHANGED', marked.at, marked.system_id, marked.entry_id);
                    ELSIF entry.withdrawn_at IS NOT NULL OR EXISTS (
                        SELECT 1 FROM export_marks m WHERE m.entry_id = marked.entry_id AND m.system_key = marked.key
                        AND m.version < entry.version)
                    THEN
                        INSERT INTO unsequenced_events (kind, at, system_id, entry_id)
                        VALUES (CASE WHEN entry.withdrawn_at IS NULL THEN 'CHANGED' ELSE 'WITHDRAWN' END,
                            marked.at, marked.system_id, marked.entry_id);
                    END IF;
                END LOOP;";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statements = match manager.get_connection().get_database_backend() {
            DbBackend::Postgres => postgres(),
            _ => sqlite(),
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
