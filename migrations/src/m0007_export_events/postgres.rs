//! The log of events on PostgreSQL.

use super::{EVENT, INDEXES, IS_NEWS, LOGGED};

pub(super) fn statements() -> Vec<String> {
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
    statements
        .push("CREATE INDEX unsequenced_events_of_entry ON unsequenced_events (entry_id, id)".to_owned());
    let function = |name: &str, body: &str| {
        format!(
            "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN
                INSERT INTO unsequenced_events {body};
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
            "export_events_of_timeline",
            format!("AFTER INSERT ON timeline_events {each_new}"),
            format!(
                "(kind, at, system_id, entry_id, actor, timeline_event_id)
                 SELECT logged.kind, i.at, i.system_id, i.entry_id, i.actor, i.id
                 FROM inserted i CROSS JOIN LATERAL (
                    SELECT i.kind AS kind, 1 AS place UNION ALL SELECT 'PARKED', 2
                    WHERE i.kind = 'FAILED' AND i.payload -> 'attempts' IS NOT NULL AND i.payload -> 'retry_at' IS NULL
                 ) AS logged
                 WHERE i.system_id IS NOT NULL AND i.kind IN ({LOGGED})
                 ORDER BY i.id, logged.place;
                {OUTDATED}"
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
        statements.push(function(name, &body));
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

/// An entry that is marked in an older version, or after its withdrawal, is logged as CHANGED or WITHDRAWN behind its mark. One
/// that another transaction is changing at this moment is logged as CHANGED too, since the trigger of that change does not see the
/// mark. `changed_exports` has both; the look for an entry in it has the form of `store/probe.rs`.
const OUTDATED: &str = "
                DECLARE
                    marked RECORD;
                    entry RECORD;
                BEGIN
                FOR marked IN
                    SELECT i.entry_id, i.system_id, i.at, s.key FROM inserted i JOIN export_systems s ON s.name = i.system_id
                    WHERE i.kind = 'EXPORTED' AND EXISTS (
                        SELECT 1 FROM changed_exports c
                        WHERE c.system_key = s.key AND c.entry_id >= i.entry_id AND c.entry_id <= i.entry_id
                        ORDER BY c.entry_id OFFSET 0)
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
                END LOOP;
                END";
