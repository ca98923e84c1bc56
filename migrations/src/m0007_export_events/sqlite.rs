//! The log of events on SQLite.

use super::{EVENT, INDEXES, IS_NEWS, LOGGED};

pub(super) fn statements() -> Vec<String> {
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
