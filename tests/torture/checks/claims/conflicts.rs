//! Conflicts: what was posted twice, and what another worker had claimed meanwhile, is told, each once; and nothing else is.
//! What an un-mark or a replay took back may be posted again, unless the replay was cancelled before.

use std::collections::HashMap;

use sea_orm::{DatabaseConnection, DbErr};

use super::{Event, Told, Wrong};
use crate::checks::tables::all;
use crate::claims::{Act, Claims, Kind, Replay, SYSTEM};

/// A conflict as the tables tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// The documents that were named.
    PostedTwice(String, String),
    /// The claim, by its id.
    ClaimLost(String),
}

/// The conflicts of the system, by entry.
pub async fn read(connection: &DatabaseConnection) -> Result<HashMap<i64, Vec<Row>>, DbErr> {
    let sql = format!(
        "SELECT c.entry_id AS entry, c.kind AS kind, c.first_reference_id AS first_document,
            c.second_reference_id AS second_document, c.claim_id AS claim
         FROM export_conflicts c JOIN export_systems s ON s.key = c.system_key WHERE s.name = '{SYSTEM}' ORDER BY c.id"
    );
    let mut found: HashMap<i64, Vec<Row>> = HashMap::new();
    for row in all(connection, &sql).await? {
        let kind: String = row.try_get("", "kind")?;
        let conflict = if kind == "POSTED_TWICE" {
            Row::PostedTwice(row.try_get("", "first_document")?, row.try_get("", "second_document")?)
        } else {
            Row::ClaimLost(row.try_get("", "claim")?)
        };
        found.entry(row.try_get("", "entry")?).or_default().push(conflict);
    }
    Ok(found)
}

/// A mark.
#[derive(Clone, Debug)]
struct Mark {
    version: Option<i32>,
    document: Option<String>,
    /// From when on everybody sees it; `None`: nobody knows.
    seen_from: Option<i64>,
}

/// Everything wrong about conflicts.
pub fn judge(claims: &Claims, told: &Told) -> Vec<Wrong> {
    let marking = claims.acts.iter().filter(|act| act.kind == Kind::Exported);
    let scene = Scene { claims, acts: marking.map(|act| (act.text.as_str(), act)).collect() };
    let mut wrong = Vec::new();
    for (entry, course) in told.courses() {
        let mut rest = told.conflicts.get(&entry).cloned().unwrap_or_default();
        for (promise, event) in scene.follow(&course, &mut rest) {
            let found = told.conflicts.get(&entry);
            wrong.push((promise, entry, format!("{event:?} in {course:?}; {found:?}")));
        }
        if !rest.is_empty() {
            let text = format!("{rest:?}, but {course:?}");
            wrong.push(("a conflict is told where none is", entry, text));
        }
    }
    wrong
}

struct Scene<'a> {
    claims: &'a Claims,
    /// Items that mark, by their text.
    acts: HashMap<&'a str, &'a Act>,
}

impl<'a> Scene<'a> {
    /// Follows the marks of an entry, and takes the conflict of each out of these. Gives the marks that lack theirs.
    fn follow(&self, course: &[&'a Event], told: &mut Vec<Row>) -> Vec<(&'static str, &'a Event)> {
        let (mut wrong, mut now): (Vec<_>, Option<Mark>) = (Vec::new(), None);
        let mut aside: HashMap<Option<i64>, Mark> = HashMap::new();
        for (place, event) in course.iter().copied().enumerate() {
            match event.kind.as_str() {
                "EXPORTED" => {
                    if let Some(promise) = self.mark(course, place, now.as_ref(), told) {
                        wrong.push((promise, event));
                    }
                    let before = now.take().and_then(|mark| mark.version);
                    let seen_from = self.acts.get(event.said.as_str()).and_then(|act| act.ended);
                    let document = event.document.clone();
                    now = Some(Mark { version: event.version.max(before), document, seen_from });
                }
                "UNMARKED" => now = None,
                "REPLAYED" => {
                    if let Some(mark) = now.take() {
                        aside.insert(event.replay, mark);
                    }
                }
                "MARK_RESTORED" => {
                    let of_replay = |replay: &&Replay| replay.id == event.replay;
                    let seen_from = self.claims.replays.iter().find(of_replay).and_then(|of| of.put_back);
                    now = aside.remove(&event.replay).map(|mark| Mark { seen_from, ..mark });
                }
                _ => {}
            }
        }
        wrong
    }

    /// The conflict that the mark in this place of the course has to have is taken out of those told.
    fn mark(
        &self,
        course: &[&Event],
        place: usize,
        before: Option<&Mark>,
        told: &mut Vec<Row>,
    ) -> Option<&'static str> {
        let event = course[place];
        let act = self.acts.get(event.said.as_str())?;
        if let Some((conflict, seen_from)) = twice(event, before) {
            if take(told, &conflict) {
                return None;
            }
            // Two first marks at the same moment do not see each other.
            if seen_from.is_some_and(|seen| seen < act.begun) {
                return Some("what was posted twice is no conflict");
            }
        }
        let claim = self.claims.calls[act.claim?].id.as_str();
        let claimed = course[..place].iter().rposition(|event| event.kind == "CLAIMED")?;
        let is_lost = course[claimed].said != claim;
        let is_told = take(told, &Row::ClaimLost(claim.to_owned()));
        (is_lost && !is_told).then_some("what another worker had claimed meanwhile is no conflict")
    }
}

/// The conflict of a mark that names another document for the same version, and from when on the one before is seen.
fn twice(event: &Event, before: Option<&Mark>) -> Option<(Row, Option<i64>)> {
    let before = before?;
    let (first, second) = (before.document.clone()?, event.document.clone()?);
    let is_twice = before.version == event.version && first != second;
    is_twice.then_some((Row::PostedTwice(first, second), before.seen_from))
}

/// Takes one of them out; `false` when it is not there.
fn take(told: &mut Vec<Row>, conflict: &Row) -> bool {
    let place = told.iter().position(|one| one == conflict);
    place.map(|place| told.remove(place)).is_some()
}
