//! Replays: each has taken back the marks of its range that were there when it was started, and no others; one that was
//! cancelled has put back what nobody touched since, and nothing that a worker has.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use sea_orm::{DatabaseConnection, DbErr};

use super::leases::MARGIN;
use super::{Event, Told, Wrong};
use crate::checks::tables::all;
use crate::claims::{Act, Claim, Claims, Kind, Replay, SYSTEM};
use crate::record::About;
use crate::world::World;

/// How long gateways may take to carry replays to their ends.
const ENDED: Duration = Duration::from_secs(120);

/// A replay as the tables tell it.
#[derive(Clone, Debug)]
pub struct Row {
    id: i64,
    since: i64,
    until: i64,
    /// The highest id of an event when it was started.
    last_event: i64,
    reason: String,
    state: String,
    set_aside: i64,
    put_back: i64,
}

/// The replays of the system.
pub async fn read(connection: &DatabaseConnection) -> Result<Vec<Row>, DbErr> {
    let sql = format!(
        "SELECT r.id AS replay, r.marked_since AS since, r.marked_until AS until, r.last_event_id AS last_event,
            r.reason AS reason, r.state AS state, r.set_aside_count AS set_aside, r.put_back_count AS put_back
         FROM export_replays r JOIN export_systems s ON s.key = r.system_key WHERE s.name = '{SYSTEM}' ORDER BY r.id"
    );
    let mut rows = Vec::new();
    for row in all(connection, &sql).await? {
        rows.push(Row {
            id: row.try_get("", "replay")?,
            since: row.try_get("", "since")?,
            until: row.try_get("", "until")?,
            last_event: row.try_get("", "last_event")?,
            reason: row.try_get("", "reason")?,
            state: row.try_get("", "state")?,
            set_aside: row.try_get("", "set_aside")?,
            put_back: row.try_get("", "put_back")?,
        });
    }
    Ok(rows)
}

/// Waits until gateways have carried all replays to their ends, also those whose start was never answered.
pub async fn all_ended(world: &World, connection: &DatabaseConnection) {
    let begun = Instant::now();
    loop {
        let open = all(connection, "SELECT id FROM export_replays WHERE state IN ('RUNNING', 'CANCELLING')");
        if open.await.unwrap().is_empty() {
            return;
        }
        if begun.elapsed() > ENDED {
            let text = format!("some go on after {} s", ENDED.as_secs());
            return world.record.failure("a replay comes to no end", About::default(), text);
        }
        world.breathe().await;
    }
}

/// Everything wrong about replays.
pub fn judge(claims: &Claims, told: &Told) -> Vec<Wrong> {
    let known: HashMap<&str, &Replay> =
        claims.replays.iter().map(|replay| (replay.reason.as_str(), replay)).collect();
    let mut wrong = acknowledged(claims, &told.replays);
    if told.replays.is_empty() {
        wrong.push(("no replay was ever started", 0, format!("{} calls", claims.replays.len())));
    }
    let scene = Scene::new(claims, told);
    for row in &told.replays {
        let Some(replay) = known.get(row.reason.as_str()) else {
            wrong.push(("a replay was started that nobody asked for", 0, format!("{row:?}")));
            continue;
        };
        wrong.extend(scene.counts(row));
        for course in scene.courses.values() {
            let faults = [
                scene.left(row, replay, course),
                scene.too_much(row, course),
                scene.not_put_back(row, replay, course),
                scene.taken_from_a_worker(row, replay, course),
            ];
            let entry = course.first().map_or(0, |event| event.entry);
            let told = |promise| (promise, entry, format!("{row:?}, {replay:?}: {course:?}"));
            wrong.extend(faults.into_iter().flatten().map(told));
        }
    }
    wrong
}

/// Each acknowledged replay is there, once, and in the state that it was brought to; one that was refused is not.
fn acknowledged(claims: &Claims, rows: &[Row]) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    for replay in &claims.replays {
        let of: Vec<&Row> = rows.iter().filter(|row| row.reason == replay.reason).collect();
        let is_there = match (replay.is_answered, replay.id) {
            (true, None) => of.is_empty(),
            (true, Some(id)) => of.len() == 1 && of[0].id == id,
            (false, _) => of.len() <= 1,
        };
        let states: &[&str] = match (replay.cancelling, replay.is_cancelled) {
            (None, _) => &["DONE"],
            (Some(_), true) => &["CANCELLED"],
            (Some(_), false) => &["DONE", "CANCELLED"],
        };
        let is_state = |row: &&Row| states.contains(&row.state.as_str());
        if !is_there || !of.iter().all(is_state) {
            wrong.push(("a replay is not what was acknowledged", 0, format!("{replay:?}: {of:?}")));
        }
    }
    wrong
}

struct Scene<'a> {
    courses: BTreeMap<i64, Vec<&'a Event>>,
    /// Items that mark or un-mark, by their text.
    acts: HashMap<&'a str, &'a Act>,
    /// By their ids.
    claims: HashMap<&'a str, &'a Claim>,
}

impl<'a> Scene<'a> {
    fn new(claims: &'a Claims, told: &'a Told) -> Self {
        let of_marks = |act: &&Act| matches!(act.kind, Kind::Exported | Kind::Unmarked);
        let acts = claims.acts.iter().filter(of_marks).map(|act| (act.text.as_str(), act));
        let made = claims.calls.iter().filter(|claim| !claim.id.is_empty());
        Self {
            courses: told.courses(),
            acts: acts.collect(),
            claims: made.map(|claim| (claim.id.as_str(), claim)).collect(),
        }
    }

    /// When the call was first sent that wrote the event, if that is known.
    fn begun(&self, event: &Event) -> Option<i64> {
        let said = event.said.as_str();
        match event.kind.as_str() {
            "CLAIMED" => self.claims.get(said).map(|claim| claim.begun),
            _ => self.acts.get(said).map(|act| act.begun),
        }
    }

    /// The replay has counted what the timelines tell.
    fn counts(&self, row: &Row) -> Option<Wrong> {
        let count = |kind: &str| {
            let events = self.courses.values().flatten();
            events.filter(|event| event.replay == Some(row.id) && event.kind == kind).count()
        };
        let (taken_back, put_back) = (count("REPLAYED"), count("MARK_RESTORED"));
        let is_right = row.set_aside == taken_back as i64 && row.put_back == put_back as i64;
        let text = format!("{row:?}: the timelines tell {taken_back} and {put_back}");
        (!is_right).then_some(("a replay has another count than the timelines", 0, text))
    }

    /// A mark of the range was surely there when the replay was started, and is still there when it is done.
    fn left(&self, row: &Row, replay: &Replay, course: &[&Event]) -> Option<&'static str> {
        if row.state != "DONE" && replay.done.is_none() {
            return None;
        }
        let marks: Vec<&Event> = course.iter().copied().filter(|event| is_of_mark(event)).collect();
        let last = marks.iter().rposition(|event| event.id <= row.last_event)?;
        let is_marked = match marks[last].kind.as_str() {
            "EXPORTED" => {
                let act = self.acts.get(marks[last].said.as_str());
                act.and_then(|act| act.ended).is_some_and(|ended| ended < replay.begun)
            }
            // Another replay that is being cancelled would have been in the way.
            kind => kind == "MARK_RESTORED",
        };
        if !is_marked || !is_in_range(row, newest_mark(&marks[..=last])?) {
            return None;
        }
        // It may have been marked again or un-marked before the replay came to it.
        let is_moved = marks.get(last + 1).is_some_and(|next| match next.kind.as_str() {
            "REPLAYED" => next.replay == Some(row.id),
            _ => self.begun(next).is_none_or(|begun| replay.done.is_none_or(|done| begun < done)),
        });
        (!is_moved).then_some("a replay has left a mark of its range")
    }

    /// What the replay took back was of its range, and marked before it was started.
    fn too_much(&self, row: &Row, course: &[&Event]) -> Option<&'static str> {
        let taken_back = course.iter().position(|event| is_by(row, event, "REPLAYED"))?;
        let is_right = newest_mark(&course[..taken_back])
            .is_some_and(|mark| is_in_range(row, mark) && mark.id <= row.last_event);
        (!is_right).then_some("a replay took back what is not of its range, or was marked since")
    }

    /// A mark that nobody touched before everything was put back is not put back.
    fn not_put_back(&self, row: &Row, replay: &Replay, course: &[&Event]) -> Option<&'static str> {
        let ended = replay.put_back.filter(|_| row.state == "CANCELLED")?;
        let taken_back = course.iter().position(|event| is_by(row, event, "REPLAYED"))?;
        let next = course[taken_back + 1..].iter().find(|event| is_of_mark(event) || event.kind == "CLAIMED");
        let is_right = next.is_some_and(|next| {
            is_by(row, next, "MARK_RESTORED") || self.begun(next).is_none_or(|begun| begun < ended)
        });
        (!is_right).then_some("a replay that was cancelled has not put a mark back")
    }

    /// The mark came back while a worker surely had the entry.
    fn taken_from_a_worker(&self, row: &Row, replay: &Replay, course: &[&Event]) -> Option<&'static str> {
        let (cancelling, ended) = replay.cancelling.zip(replay.put_back)?;
        let put_back = course.iter().position(|event| is_by(row, event, "MARK_RESTORED"))?;
        let before = course[..put_back].last().filter(|event| event.kind == "CLAIMED")?;
        let mut leases = self.claims.get(before.said.as_str())?.leases.iter().enumerate();
        let is_live =
            leases.any(|(nth, lease)| (nth == 0 || lease.told < cancelling) && lease.ends > ended + MARGIN);
        is_live.then_some("a mark was put back of an entry that a worker had")
    }
}

fn is_of_mark(event: &Event) -> bool {
    ["EXPORTED", "UNMARKED", "REPLAYED", "MARK_RESTORED"].contains(&event.kind.as_str())
}

fn is_by(row: &Row, event: &Event, kind: &str) -> bool {
    event.replay == Some(row.id) && event.kind == kind
}

/// The mark that the entry has after these events, if it has one: a mark that is put back has its old time.
fn newest_mark<'a>(events: &[&'a Event]) -> Option<&'a Event> {
    events.iter().copied().rfind(|event| event.kind == "EXPORTED")
}

fn is_in_range(row: &Row, mark: &Event) -> bool {
    row.since < mark.at && mark.at <= row.until
}
