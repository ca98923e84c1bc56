//! The tables, looked at with SQL: what the doors show cannot tell why it is right.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, Statement};

use crate::claims::SYSTEM;
use crate::model::{Call, Item, Result as CallResult, note};
use crate::record::About;
use crate::world::World;

/// Statements that count what must not be there, among entries of these ids.
const FORBIDDEN: [(&str, &str); 6] = [
    (
        "an entry is pending and marked",
        "SELECT p.entry_id AS entry, s.name AS system FROM pending_exports p
         JOIN export_marks m ON m.system_key = p.system_key AND m.entry_id = p.entry_id
         JOIN export_systems s ON s.key = p.system_key WHERE p.entry_id BETWEEN {ids}",
    ),
    (
        // The stretch of history that is not taken over yet has no pending rows; while its end is not settled,
        // nothing is known of what has.
        "an entry is neither pending nor marked",
        "SELECT e.id AS entry, s.name AS system FROM accounting_entries e CROSS JOIN export_systems s
         WHERE s.history_end IS NOT NULL AND (e.id <= s.taken_over_to OR e.id > s.history_end)
         AND NOT EXISTS (SELECT 1 FROM pending_exports p WHERE p.system_key = s.key AND p.entry_id = e.id)
         AND NOT EXISTS (SELECT 1 FROM export_marks m WHERE m.system_key = s.key AND m.entry_id = e.id)
         AND e.id BETWEEN {ids}",
    ),
    (
        "a pending row has no entry",
        "SELECT p.entry_id AS entry, s.name AS system FROM pending_exports p
         JOIN export_systems s ON s.key = p.system_key WHERE p.entry_id BETWEEN {ids}
         AND NOT EXISTS (SELECT 1 FROM accounting_entries e WHERE e.id = p.entry_id)",
    ),
    (
        "a mark has no entry",
        "SELECT m.entry_id AS entry, s.name AS system FROM export_marks m
         JOIN export_systems s ON s.key = m.system_key WHERE m.entry_id BETWEEN {ids}
         AND NOT EXISTS (SELECT 1 FROM accounting_entries e WHERE e.id = m.entry_id)",
    ),
    (
        "marks and timeline disagree",
        "SELECT m.entry_id AS entry, s.name AS system FROM export_marks m
         JOIN export_systems s ON s.key = m.system_key WHERE m.entry_id BETWEEN {ids}
         AND m.times_marked <> (SELECT count(*) FROM timeline_events t
            WHERE t.entry_id = m.entry_id AND t.kind = 'EXPORTED' AND t.system_id = s.name
            AND t.id > COALESCE((SELECT max(u.id) FROM timeline_events u
                WHERE u.entry_id = m.entry_id AND u.system_id = s.name
                AND (u.kind = 'UNMARKED' OR u.kind = 'REPLAYED' AND NOT EXISTS (
                    SELECT 1 FROM timeline_events b
                    WHERE b.entry_id = u.entry_id AND b.kind = 'MARK_RESTORED' AND b.system_id = u.system_id
                    AND b.payload ->> 'replay_id' = u.payload ->> 'replay_id'))), 0))",
    ),
    (
        "an idempotency key has no answer",
        "SELECT 0 AS entry, key AS system FROM idempotency_keys WHERE answer IS NULL",
    ),
];

/// Marks in the timeline, but those of workers, which are judged by themselves: by entry, system and note, how often and when.
type Events = HashMap<(i64, String, String), (usize, i64)>;

/// Checks the tables for entries of these ids.
pub async fn check(world: &World, ids: RangeInclusive<i64>) {
    // What was acknowledged before the tables are read has to be in them.
    let calls: Vec<Call> = world.model.lock().calls.clone();
    loop {
        let connection = world.other_program_at_last().await;
        let looked = look(world, &connection, &ids, &calls).await;
        connection.close().await.ok();
        match looked {
            Ok(()) => return,
            Err(error) => world.event("tables", About::default(), format!("could not be read: {error}")),
        }
        world.breathe().await;
    }
}

async fn look(
    world: &World,
    connection: &DatabaseConnection,
    ids: &RangeInclusive<i64>,
    calls: &[Call],
) -> Result<(), DbErr> {
    let between = format!("{} AND {}", ids.start(), ids.end());
    for (what, sql) in FORBIDDEN {
        for row in all(connection, &sql.replace("{ids}", &between)).await? {
            let (id, system): (i64, String) = (row.try_get("", "entry")?, row.try_get("", "system")?);
            let entry = world.model.lock().by_id.get(&id).cloned().unwrap_or_default();
            let text = format!("entry {id} ({entry}), {system}");
            world.record.failure(what, About::entry(&entry, &system), text);
        }
    }
    world.record.checked("tables", FORBIDDEN.len());
    let events = events(connection, &between).await?;
    let sql = format!(
        "SELECT m.entry_id AS entry, s.name AS system, m.marked_at AS moment FROM export_marks m
         JOIN export_systems s ON s.key = m.system_key WHERE m.entry_id BETWEEN {between}"
    );
    let mut marks: HashMap<(i64, String), i64> = HashMap::new();
    for row in all(connection, &sql).await? {
        marks.insert((row.try_get("", "entry")?, row.try_get("", "system")?), row.try_get("", "moment")?);
    }
    for (number, call) in calls.iter().enumerate() {
        let CallResult::Acknowledged(_, marked) = &call.result else { continue };
        for (item, mark) in call.items.iter().zip(marked).filter(|(item, _)| ids.contains(&item.id)) {
            world.record.checked("acknowledged marks in the tables", 1);
            let about = || About {
                entries: vec![item.entry.clone()],
                system: Some(item.system.clone()),
                call: Some(number),
            };
            let told = format!("call {number}, entry {} ({}) for {}", item.id, item.entry, item.system);
            match events.get(&(item.id, item.system.clone(), note(number))) {
                None => {
                    world.record.failure("an acknowledged mark is not in the timeline", about(), told.clone())
                }
                Some((1, at)) if *at == mark.at => {}
                Some(event) => {
                    let text = format!("{told}: {event:?}, acknowledged once at {}", mark.at);
                    world.record.failure("a mark is in the timeline twice or at another time", about(), text);
                }
            }
            let newest = marks.get(&(item.id, item.system.clone()));
            if newest.is_none_or(|newest| *newest < mark.at) {
                let text = format!("{told}: acknowledged at {}, the table has {newest:?}", mark.at);
                world.record.failure("an acknowledged mark is gone from the table", about(), text);
            }
        }
    }
    made_up(world, &events);
    Ok(())
}

/// Events that nobody asked for.
fn made_up(world: &World, events: &Events) {
    let state = world.model.lock();
    for ((id, system, note), (times, _)) in events {
        let number: Option<usize> = note.strip_prefix("call ").and_then(|number| number.parse().ok());
        let asked = |item: &Item| item.id == *id && item.system == *system;
        let call = number.and_then(|number| state.calls.get(number));
        if !call.is_some_and(|call| call.items.iter().any(asked)) || *times > 1 {
            let text = format!("entry {id} for {system}, {note:?}, {times} times");
            let about = About { call: number, ..About::default() };
            world.record.failure("a mark was written that nobody asked for, or twice", about, text);
        }
    }
}

async fn events(connection: &DatabaseConnection, between: &str) -> Result<Events, DbErr> {
    let sql = format!(
        "SELECT entry_id AS entry, system_id AS system, payload ->> 'note' AS note, count(*) AS times, max(at) AS moment
         FROM timeline_events WHERE kind = 'EXPORTED' AND entry_id BETWEEN {between}
         AND system_id <> '{SYSTEM}' GROUP BY 1, 2, 3"
    );
    let mut events = Events::new();
    for row in all(connection, &sql).await? {
        let times: i64 = row.try_get("", "times")?;
        let key = (row.try_get("", "entry")?, row.try_get("", "system")?, row.try_get("", "note")?);
        events.insert(key, (usize::try_from(times).unwrap_or_default(), row.try_get("", "moment")?));
    }
    Ok(events)
}

/// The rows of a statement.
pub async fn all(connection: &DatabaseConnection, sql: &str) -> Result<Vec<sea_orm::QueryResult>, DbErr> {
    connection.query_all_raw(Statement::from_string(connection.get_database_backend(), sql)).await
}

/// For each item of a call, when it was marked; nothing for one that was not.
pub async fn written(
    connection: &DatabaseConnection,
    number: usize,
    call: &Call,
) -> Result<Vec<Option<i64>>, DbErr> {
    let sql = format!(
        "SELECT entry_id AS entry, system_id AS system, at AS moment FROM timeline_events
         WHERE kind = 'EXPORTED' AND payload ->> 'note' = '{}'",
        note(number)
    );
    let mut moments: HashMap<(i64, String), i64> = HashMap::new();
    for row in all(connection, &sql).await? {
        moments.insert((row.try_get("", "entry")?, row.try_get("", "system")?), row.try_get("", "moment")?);
    }
    Ok(call.items.iter().map(|item| moments.get(&(item.id, item.system.clone())).copied()).collect())
}
