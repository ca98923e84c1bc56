//! The course of events of each entry: which may follow which. Timelines are written in the order in which things
//! happened, so two live claims of one entry show here whatever the clocks say.

use std::collections::HashMap;

use super::{Event, Wrong};

/// How the timeline leaves an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct End {
    /// It is marked.
    pub marked: bool,
    /// A person parked it, and nobody requeued it.
    pub parked: bool,
    /// A claim has it, by its id; its lease may have ended.
    pub claim: Option<String>,
}

/// Follows the events of all entries, in the order of their numbers.
pub fn follow(events: &[Event]) -> (HashMap<i64, End>, Vec<Wrong>) {
    let mut ends: HashMap<i64, End> = HashMap::new();
    let mut wrong: Vec<Wrong> = Vec::new();
    for event in events {
        let end = ends.entry(event.entry).or_default();
        let before = end.clone();
        if let Some(promise) = step(end, event) {
            wrong.push((promise, event.entry, format!("{event:?}, and before it {before:?}")));
        }
    }
    (ends, wrong)
}

/// What one event makes of the entry. Gives the promise that it breaks.
fn step(end: &mut End, event: &Event) -> Option<&'static str> {
    let (broken, next) = match event.kind.as_str() {
        "CLAIMED" => {
            let broken = match end {
                End { claim: Some(_), .. } => Some("an entry is in two live claims"),
                End { marked: true, .. } => Some("what is marked was claimed"),
                End { parked: true, .. } => Some("what a person parked was claimed"),
                _ => None,
            };
            (broken, End { claim: Some(event.said.clone()), ..End::default() })
        }
        "RELEASED" | "CLAIM_EXPIRED" => {
            let is_its = end.claim.as_ref() == Some(&event.said);
            ((!is_its).then_some("a claim gave back what it had not"), End::default())
        }
        // The system had it already, or the claim had lost it: only the timeline tells of it.
        "FAILED" if event.attempts.is_none() => return None,
        // What a person parked stays parked.
        "FAILED" => {
            let broken = end.marked.then_some("what is marked has failed");
            (broken, End { parked: end.parked, ..End::default() })
        }
        "PARKED" => {
            let broken = end.marked.then_some("what is marked was parked");
            (broken, End { parked: true, ..End::default() })
        }
        "REQUEUED" => {
            let is_free = !end.marked && end.claim.is_none();
            ((!is_free).then_some("what neither failed nor is parked was requeued"), End::default())
        }
        "EXPORTED" => (None, End { marked: true, ..End::default() }),
        // What a replay took back is free, and what it puts back is marked, whatever a claim whose lease has ended has of it.
        "REPLAYED" => {
            ((!end.marked).then_some("what is not marked was taken back by a replay"), End::default())
        }
        "MARK_RESTORED" => {
            let broken = end.marked.then_some("what is marked was given its old mark again");
            (broken, End { marked: true, ..End::default() })
        }
        "UNMARKED" => ((!end.marked).then_some("what is not marked was un-marked"), End::default()),
        _ => (Some("a timeline has an event of a kind that nobody made"), end.clone()),
    };
    *end = next;
    broken
}
