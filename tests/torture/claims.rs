//! What is known of claims, and of what workers and persons did to entries: the model's part for the one system that
//! workers claim for. Moments are microseconds by the clock of this machine, since leases are told as moments.

use std::collections::BTreeMap;

use crate::listing::{LINES, voucher};
use crate::world::now;

/// The system. Nobody else has to do with it, so that what is promised to the others is judged without it.
pub const SYSTEM: &str = "warehouse-claims";

/// An entry as a claim handed it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its id.
    pub id: i64,
    /// The id of its voucher.
    pub voucher: String,
    /// The version that was handed out.
    pub version: i32,
    /// The key to send it under.
    pub key: String,
}

/// A lease, as an answer told it.
#[derive(Clone, Copy, Debug)]
pub struct Lease {
    /// When the answer came.
    pub told: i64,
    /// When it ends, by the clock of the database.
    pub ends: i64,
}

/// A call that claims, with all its repetitions.
#[derive(Clone, Debug, Default)]
pub struct Claim {
    /// What the worker called itself in this call and in no other, so that the timeline tells of a claim that was never
    /// answered whose it is.
    pub worker: String,
    /// When it was first sent.
    pub begun: i64,
    /// When it was answered; `None` when the worker died before that.
    pub ended: Option<i64>,
    /// Its id; empty when there was nothing to claim, and while it is not answered.
    pub id: String,
    /// What it has.
    pub lines: Vec<Line>,
    /// Its lease, and what it was extended to.
    pub leases: Vec<Lease>,
}

/// What can be done to an entry, beside claiming it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Settled as sent.
    Exported,
    /// Refused by the system.
    Failed,
    /// Parked by a person.
    Parked,
    /// Requeued by a person.
    Requeued,
    /// Its mark taken back by a person.
    Unmarked,
    /// Given back by its worker.
    Released,
}

impl Kind {
    /// The kind of its events in the timeline.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exported => "EXPORTED",
            Self::Failed => "FAILED",
            Self::Parked => "PARKED",
            Self::Requeued => "REQUEUED",
            Self::Unmarked => "UNMARKED",
            Self::Released => "RELEASED",
        }
    }
}

/// One item of a call, with all its repetitions. Without an answer it happened or not.
#[derive(Clone, Debug)]
pub struct Act {
    /// What it does.
    pub kind: Kind,
    /// What the timeline knows it by: its note or its reason, which no other act has; of a release the id of the
    /// claim; of a requeuing, which has no words, the moment that its answer told.
    pub text: String,
    /// The claim that it is about, by its number.
    pub claim: Option<usize>,
    /// The ids of the entries that it names; of those of a claim all that it can concern.
    pub named: Vec<i64>,
    /// Whether it concerns the rest of their voucher too.
    pub rest: bool,
    /// When it was first sent.
    pub begun: i64,
    /// When it was answered.
    pub ended: Option<i64>,
    /// How many events it has written, as its answer tells.
    pub count: Option<usize>,
}

impl Act {
    /// One that is about to be sent.
    pub fn new(kind: Kind, text: String, named: Vec<i64>) -> Self {
        Self { kind, text, claim: None, named, rest: false, begun: now(), ended: None, count: None }
    }
}

/// A replay, with all repetitions of the calls that start and cancel it. A call without an answer was carried out or not.
#[derive(Clone, Debug, Default)]
pub struct Replay {
    /// Its reason, which no other replay has.
    pub reason: String,
    /// When it was first asked for.
    pub begun: i64,
    /// Whether that was answered.
    pub is_answered: bool,
    /// Its number; `None` when it was refused, and while it is not answered.
    pub id: Option<i64>,
    /// When it was seen that everything is taken back.
    pub done: Option<i64>,
    /// When its cancellation was first asked for.
    pub cancelling: Option<i64>,
    /// Whether that was acknowledged.
    pub is_cancelled: bool,
    /// When it was seen that everything is put back.
    pub put_back: Option<i64>,
}

/// Everything known of claims.
#[derive(Default)]
pub struct Claims {
    /// In the order in which they began.
    pub calls: Vec<Claim>,
    /// In the order in which they began.
    pub acts: Vec<Act>,
    /// In the order in which they began.
    pub replays: Vec<Replay>,
    /// Vouchers whose lines were all recorded in one transaction, as external ids.
    pub vouchers: Vec<Vec<String>>,
    texts: usize,
}

impl Claims {
    /// A text that nothing else is known by.
    pub fn fresh(&mut self, word: &str) -> String {
        self.texts += 1;
        format!("{word} {}", self.texts)
    }

    /// A recorder is about to record these new entries in one call.
    pub fn recorded(&mut self, new: &[String]) {
        let mut vouchers: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for entry in new {
            vouchers.entry(voucher(entry)).or_default().push(entry.clone());
        }
        self.vouchers.extend(vouchers.into_values().filter(|lines| lines.len() == LINES));
    }

    /// A claim is about to be asked for. Gives its number.
    pub fn begin_claim(&mut self, worker: &str) -> usize {
        self.calls.push(Claim { worker: worker.to_owned(), begun: now(), ..Claim::default() });
        self.calls.len() - 1
    }

    /// Something is about to be done. Gives its number.
    pub fn begin(&mut self, act: Act) -> usize {
        self.acts.push(act);
        self.acts.len() - 1
    }

    /// It was answered, and has written so many events.
    pub fn end(&mut self, act: usize, count: usize) {
        let act = &mut self.acts[act];
        (act.ended, act.count) = (Some(now()), Some(count));
    }

    /// A replay is about to be asked for. Gives its place, and its reason.
    pub fn begin_replay(&mut self) -> (usize, String) {
        let reason = self.fresh("replay");
        self.replays.push(Replay { reason: reason.clone(), begun: now(), ..Replay::default() });
        (self.replays.len() - 1, reason)
    }

    /// How much of each there was, for the report.
    pub fn summary(&self) -> String {
        let made = self.calls.iter().filter(|claim| !claim.id.is_empty());
        let lines: usize = made.clone().map(|claim| claim.lines.len()).sum();
        let silent = self.calls.iter().filter(|claim| claim.ended.is_none()).count();
        let unanswered = self.acts.iter().filter(|act| act.ended.is_none()).count();
        let count = |kind: Kind| -> usize {
            self.acts.iter().filter(|act| act.kind == kind).filter_map(|act| act.count).sum()
        };
        let started = self.replays.iter().filter(|replay| replay.id.is_some());
        let cancelled = started.clone().filter(|replay| replay.is_cancelled).count();
        format!(
            "{} claims of {lines} entries, {silent} never answered; of entries {} marked, {} failed, {} un-marked, \
             {} parked, {} requeued, {} released, {unanswered} items never answered; {} replays, {cancelled} of them \
             cancelled",
            made.count(),
            count(Kind::Exported),
            count(Kind::Failed),
            count(Kind::Unmarked),
            count(Kind::Parked),
            count(Kind::Requeued),
            count(Kind::Released),
            started.count(),
        )
    }
}
