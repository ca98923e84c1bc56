//! What the log tells, against what the tables and the model know: of each entry and each system the same things in the
//! same order.

use std::collections::{BTreeSet, HashMap};

use ledgate::domain::export_event::ExportEventKind::{
    self, Changed, Claimed, Exported, Failed, Parked, ReplayCancelled, Replayed, Requeued, Unmarked,
    Withdrawn,
};
use sea_orm::{DatabaseConnection, DbErr};

use super::about;
use crate::checks::tables::all;
use crate::claims::SYSTEM;
use crate::listeners::Event;
use crate::model::{Fate, Result as CallResult, State};
use crate::world::World;

/// An entry, by its id, and a system.
type Export = (i64, String);

/// What is wrong: the promise, of which export, and a sentence.
type Wrong = (&'static str, Export, String);

/// What happened to an export, and when.
type Course = Vec<(ExportEventKind, i64)>;

/// What the tables tell.
struct Told {
    timelines: HashMap<Export, Course>,
    /// The marks, each with whether its entry has a newer version than it.
    marks: HashMap<Export, bool>,
    /// Exports whose mark a replay took back or put back last. Of these the log has no events of their own.
    replayed: HashMap<Export, bool>,
    /// How many there were of each kind that the log tells by one event for many entries.
    of_many: [(ExportEventKind, usize); 3],
}

impl Told {
    async fn read(connection: &DatabaseConnection) -> Result<Self, DbErr> {
        // A failure that is not tried again parks the entry.
        let sql = "SELECT entry_id AS entry, system_id AS system, kind, at AS moment,
                CASE WHEN kind = 'FAILED' AND payload ->> 'attempts' IS NOT NULL AND payload ->> 'retry_at' IS NULL
                    THEN 1 ELSE 0 END AS parks
             FROM timeline_events WHERE system_id IS NOT NULL
             AND kind IN ('EXPORTED', 'UNMARKED', 'FAILED', 'PARKED', 'REQUEUED') ORDER BY id";
        let mut timelines: HashMap<Export, Course> = HashMap::new();
        for row in all(connection, sql).await? {
            let export = (row.try_get("", "entry")?, row.try_get("", "system")?);
            let (kind, at, parks): (String, i64, i32) =
                (row.try_get("", "kind")?, row.try_get("", "moment")?, row.try_get("", "parks")?);
            let course = timelines.entry(export).or_default();
            course.push((kind.parse().expect("a kind that was asked for"), at));
            if parks == 1 {
                course.push((Parked, at));
            }
        }
        let sql = "SELECT m.entry_id AS entry, s.name AS system,
                CASE WHEN m.version < e.version THEN 1 ELSE 0 END AS outdated
             FROM export_marks m JOIN export_systems s ON s.key = m.system_key
             JOIN accounting_entries e ON e.id = m.entry_id";
        let mut marks = HashMap::new();
        for row in all(connection, sql).await? {
            let outdated: i32 = row.try_get("", "outdated")?;
            marks.insert((row.try_get("", "entry")?, row.try_get("", "system")?), outdated == 1);
        }
        let sql = "SELECT entry_id AS entry, system_id AS system, kind FROM timeline_events
             WHERE kind IN ('EXPORTED', 'UNMARKED', 'REPLAYED', 'MARK_RESTORED') ORDER BY id";
        let mut replayed = HashMap::new();
        for row in all(connection, sql).await? {
            let export: Export = (row.try_get("", "entry")?, row.try_get("", "system")?);
            let kind: String = row.try_get("", "kind")?;
            match kind.as_str() {
                "REPLAYED" => replayed.insert(export, false),
                "MARK_RESTORED" => replayed.insert(export, true),
                _ => replayed.remove(&export),
            };
        }
        let of_many = [
            (
                Claimed,
                "SELECT count(DISTINCT payload ->> 'claim_id') AS n FROM timeline_events WHERE kind = 'CLAIMED'",
            ),
            (Replayed, "SELECT count(*) AS n FROM export_replays"),
            (ReplayCancelled, "SELECT count(cancelled_at) AS n FROM export_replays"),
        ];
        let mut counted = [(Claimed, 0); 3];
        for (place, (kind, sql)) in of_many.into_iter().enumerate() {
            for row in all(connection, sql).await? {
                let n: i64 = row.try_get("", "n")?;
                counted[place] = (kind, usize::try_from(n).unwrap_or_default());
            }
        }
        Ok(Self { timelines, marks, replayed, of_many: counted })
    }
}

/// What the log tells of an export.
#[derive(Default)]
struct Logged {
    course: Course,
    /// Whether it was marked, or un-marked, last; and where.
    mark: Option<(bool, i64)>,
    /// Where a change was told last.
    change: Option<i64>,
}

/// Checks all events of the log.
pub(super) async fn check(world: &World, connection: &DatabaseConnection, log: &[Event]) {
    let told = Told::read(connection).await.unwrap();
    let mut logged: HashMap<Export, Logged> = HashMap::new();
    for event in log {
        let Some(entry) = event.entry else { continue };
        let export = logged.entry((entry, event.system.clone())).or_default();
        let position = event.place.position;
        match event.kind {
            Exported | Unmarked => export.mark = Some((event.kind == Exported, position)),
            Changed => export.change = Some(position),
            _ => {}
        }
        if matches!(event.kind, Exported | Unmarked | Failed | Parked | Requeued) {
            export.course.push((event.kind, event.at));
        }
    }
    let mut wrong = courses(&logged, &told.timelines);
    wrong.extend(marks(&logged, &told));
    wrong.extend(made_up(&world.model.lock(), log));
    wrong.extend(acknowledged(&world.model.lock(), &logged));
    for (kind, times) in told.of_many {
        let logged = log.iter().filter(|event| event.kind == kind).count();
        if logged != times {
            let text = format!("{logged} times {kind:?} in the log, {times} in the tables");
            let promise = "a claim, a replay or a cancellation is not in the log, or twice";
            wrong.push((promise, (0, SYSTEM.to_owned()), text));
        }
    }
    world.record.checked("exports in the log", logged.len());
    for (promise, (id, system), text) in wrong {
        let text = format!("entry {id} for {system}: {text}");
        world.record.failure(promise, about(world, Some(id), &system), text);
    }
}

/// Of each export the log tells what its timeline tells, in the same order. That what is marked was refused once more only
/// the timeline tells, without a lock on anything: failures are counted.
fn courses(logged: &HashMap<Export, Logged>, timelines: &HashMap<Export, Course>) -> Vec<Wrong> {
    let parts = |course: &Course| -> (Course, Vec<i64>) {
        let (failed, others): (Course, Course) = course.iter().partition(|(kind, _)| *kind == Failed);
        let mut failed: Vec<i64> = failed.into_iter().map(|(_, at)| at).collect();
        failed.sort_unstable();
        (others, failed)
    };
    let mut wrong = Vec::new();
    let (nothing, never) = (Logged::default(), Course::new());
    let exports: BTreeSet<&Export> = logged.keys().chain(timelines.keys()).collect();
    for export in exports {
        let log = &logged.get(export).unwrap_or(&nothing).course;
        let timeline = timelines.get(export).unwrap_or(&never);
        if parts(log) != parts(timeline) {
            let text = format!("the log tells {log:?}, the timeline {timeline:?}");
            wrong.push(("the log does not tell what the timeline tells", export.clone(), text));
        }
    }
    wrong
}

/// What was marked last is marked, and a change since then was told behind the mark. What a replay took back is not, and what
/// it put back is; what changed between is not told.
fn marks(logged: &HashMap<Export, Logged>, Told { marks, replayed, .. }: &Told) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    let exports: BTreeSet<&Export> = logged.keys().chain(marks.keys()).collect();
    for export in exports {
        let (mark, change) = logged.get(export).map_or((None, None), |logged| (logged.mark, logged.change));
        let replayed = replayed.get(export).copied();
        let is_marked = replayed.unwrap_or(mark.is_some_and(|(is_marked, _)| is_marked));
        if is_marked != marks.contains_key(export) {
            let text = format!("marked: {}; the log told last {mark:?}", !is_marked);
            wrong.push(("the log ends with another state than the marks", export.clone(), text));
        }
        let position = mark.map(|(_, position)| position);
        if marks.get(export) == Some(&true) && replayed.is_none() && change <= position {
            let text = format!("it was marked at {position:?}, and a change was told at {change:?}");
            wrong.push((
                "an entry changed after it was sent, and the log does not tell",
                export.clone(),
                text,
            ));
        }
    }
    wrong
}

/// Events that speak of nothing.
fn made_up(state: &State, log: &[Event]) -> Vec<Wrong> {
    let is_committed = |id: &i64| {
        let entry = state.by_id.get(id).and_then(|name| state.entries.get(name));
        entry.is_some_and(|entry| matches!(entry.fate, Fate::Committed(_)))
    };
    let promise = |event: &&Event| match (event.kind, event.entry) {
        // Nobody does that here.
        (Withdrawn, _) => Some("the log has an event that nobody made"),
        (Claimed | Replayed | ReplayCancelled, None) => None,
        (Claimed | Replayed | ReplayCancelled, Some(_)) | (_, None) => {
            Some("an event of the log has an entry, or none, against its kind")
        }
        (_, Some(id)) => {
            (!is_committed(&id)).then_some("the log has an event of an entry that does not exist")
        }
    };
    let wrong = log.iter().filter_map(|event| {
        let export = (event.entry.unwrap_or_default(), event.system.clone());
        Some((promise(&event)?, export, format!("{event:?}")))
    });
    wrong.collect()
}

/// Each acknowledged mark is in the log.
fn acknowledged(state: &State, logged: &HashMap<Export, Logged>) -> Vec<Wrong> {
    let mut marks: HashMap<Export, usize> = HashMap::new();
    for call in &state.calls {
        let CallResult::Acknowledged(_, marked) = &call.result else { continue };
        for mark in marked {
            *marks.entry((mark.id, mark.system.clone())).or_default() += 1;
        }
    }
    let mut wrong = Vec::new();
    for (export, times) in marks {
        let course = logged.get(&export).map(|logged| logged.course.as_slice()).unwrap_or_default();
        let told = course.iter().filter(|(kind, _)| *kind == Exported).count();
        if told < times {
            let text = format!("acknowledged {times} times, told {told} times: {course:?}");
            wrong.push(("an acknowledged mark is not in the log", export, text));
        }
    }
    wrong
}
