//! What has to be true, told from what was acknowledged, what may have happened and what was refused.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::claims::Claims;

/// What is known of an entry's writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It was asked for; whether it happened is not known.
    Unknown,
    /// It was acknowledged, or seen, at this moment.
    Committed(Instant),
    /// It was taken back, and must never be seen.
    RolledBack,
}

/// An entry.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its id, once somebody told it.
    pub id: Option<i64>,
    /// Whether it is there.
    pub fate: Fate,
    /// The newest version of its content that was asked for, and the newest that was acknowledged.
    pub asked_version: u32,
    /// See above.
    pub version: u32,
}

/// One item of a marking call.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Item {
    /// The entry's external id.
    pub entry: String,
    /// Its id.
    pub id: i64,
    /// The system.
    pub system: String,
}

/// A mark as an answer tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked {
    /// The entry's id.
    pub id: i64,
    /// The system.
    pub system: String,
    /// Microseconds of UTC.
    pub at: i64,
    /// The note.
    pub note: Option<String>,
    /// Whether there was a mark before.
    pub remarked: bool,
}

/// What became of a marking call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Result {
    /// Not answered: there whole, or not at all.
    Unknown,
    /// Answered so, at that moment.
    Acknowledged(Instant, Vec<Marked>),
    /// Found not to have happened.
    Nothing,
}

/// A marking call, with all its repetitions.
#[derive(Clone, Debug)]
pub struct Call {
    /// The idempotency key, if it has one.
    pub key: Option<String>,
    /// What it marks.
    pub items: Vec<Item>,
    /// When it was first sent.
    pub begun: Instant,
    /// What became of it.
    pub result: Result,
}

/// The note of a call's marks; no other call has it.
pub fn note(call: usize) -> String {
    format!("call {call}")
}

/// Everything known.
#[derive(Default)]
pub struct State {
    /// By external id.
    pub entries: HashMap<String, Entry>,
    /// External ids by id.
    pub by_id: BTreeMap<i64, String>,
    /// In the order in which they began.
    pub calls: Vec<Call>,
    /// By system and entry, the calls that concern both.
    pub calls_of: HashMap<String, HashMap<String, Vec<usize>>>,
    /// Systems that somebody began to mark for.
    pub systems: Vec<String>,
    /// The system that workers claim for, apart from all others.
    pub claims: Claims,
}

/// The state, shared by all actors.
#[derive(Default)]
pub struct Model(Mutex<State>);

/// What is known of the marks of an entry for a system.
#[derive(Clone, Copy, Debug, Default)]
pub struct Marks {
    /// The time of the newest acknowledged mark that was acknowledged before the moment asked for.
    pub newest: Option<i64>,
    /// The time of the oldest such.
    pub oldest: Option<i64>,
    /// Whether other calls may have marked by then.
    pub maybe_more: bool,
}

impl Model {
    /// The state.
    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Somebody is about to write these.
    pub fn begin_entries<'a>(&mut self, entries: impl IntoIterator<Item = &'a String>) {
        for entry in entries {
            let new = Entry { id: None, fate: Fate::Unknown, asked_version: 0, version: 0 };
            self.entries.entry(entry.clone()).or_insert(new);
        }
    }

    /// These were committed.
    pub fn committed<'a>(&mut self, entries: impl IntoIterator<Item = &'a String>) {
        for entry in entries {
            if let Some(known) = self.entries.get_mut(entry) {
                if known.fate == Fate::Unknown {
                    known.fate = Fate::Committed(Instant::now());
                }
                known.version = known.version.max(known.asked_version);
            }
        }
    }

    /// These were taken back.
    pub fn rolled_back<'a>(&mut self, entries: impl IntoIterator<Item = &'a String>) {
        for entry in entries {
            if let Some(known) = self.entries.get_mut(entry) {
                known.fate = Fate::RolledBack;
            }
        }
    }

    /// Somebody told an entry's id. Gives what contradicts what was told before.
    pub fn learn_id(&mut self, entry: &str, id: i64) -> Option<String> {
        let Some(known) = self.entries.get_mut(entry) else {
            return Some(format!("entry {id} is {entry:?}, which nobody wrote"));
        };
        let before = self.by_id.insert(id, entry.to_owned());
        match (known.id.replace(id), before) {
            (Some(old), _) if old != id => Some(format!("entry {entry:?} was {old} and is now {id}")),
            (_, Some(old)) if old != entry => Some(format!("entry {id} was {old:?} and is now {entry:?}")),
            _ => None,
        }
    }

    /// A marking call is about to be sent. Gives its number.
    pub fn begin_call(&mut self, items: Vec<Item>, keyed: bool, run: &str) -> usize {
        let number = self.calls.len();
        for item in &items {
            if !self.systems.contains(&item.system) {
                self.systems.push(item.system.clone());
            }
            let of_system = self.calls_of.entry(item.system.clone()).or_default();
            of_system.entry(item.entry.clone()).or_default().push(number);
        }
        let key = keyed.then(|| format!("{run}/{number}"));
        self.calls.push(Call { key, items, begun: Instant::now(), result: Result::Unknown });
        number
    }

    /// A marking call was answered. Gives what is wrong about the answer.
    pub fn acknowledge(&mut self, number: usize, marked: Vec<Marked>) -> Vec<String> {
        let now = Instant::now();
        let call = self.calls[number].clone();
        if let Result::Acknowledged(_, first) = &call.result {
            let same = *first == marked;
            return if same {
                vec![]
            } else {
                vec![format!("the first answer was {first:?}, now it is {marked:?}")]
            };
        }
        let mut wrong = Vec::new();
        let told: Vec<(i64, &str)> = marked.iter().map(|mark| (mark.id, mark.system.as_str())).collect();
        let asked: Vec<(i64, &str)> = call.items.iter().map(|item| (item.id, item.system.as_str())).collect();
        if told != asked {
            wrong.push(format!("asked to mark {asked:?}, it marked {told:?}"));
        }
        for (item, mark) in call.items.iter().zip(&marked) {
            let others = self.others(item, number);
            let newest = others.iter().filter(|(_, acknowledged)| *acknowledged < Some(call.begun));
            let newest = newest.filter_map(|(at, acknowledged)| acknowledged.and(*at)).max();
            if newest.is_some_and(|newest| mark.at < newest) {
                wrong.push(format!("{mark:?} is older than the mark before it, {newest:?}"));
            }
            if mark.remarked && others.is_empty() {
                wrong.push(format!("{mark:?} is told to be a re-mark, and nobody marked before"));
            }
            if !mark.remarked && newest.is_some() {
                wrong.push(format!("{mark:?} is told to be the first, and there was one"));
            }
            if mark.note != Some(note(number)) {
                wrong.push(format!("{mark:?} has not the note {:?}", note(number)));
            }
        }
        self.calls[number].result = Result::Acknowledged(now, marked);
        wrong
    }

    /// The other calls that may have marked the same: their mark's time and when it was acknowledged.
    fn others(&self, item: &Item, number: usize) -> Vec<(Option<i64>, Option<Instant>)> {
        let calls = self.calls_of(&item.system, &item.entry);
        let others = calls.iter().filter(|other| **other != number);
        let told = others.filter_map(|other| match &self.calls[*other].result {
            Result::Unknown => Some((None, None)),
            Result::Nothing => None,
            Result::Acknowledged(when, marked) => {
                let mark = marked.iter().find(|mark| mark.id == item.id && mark.system == item.system)?;
                Some((Some(mark.at), Some(*when)))
            }
        });
        told.collect()
    }

    /// The calls that concern an entry and a system.
    pub fn calls_of(&self, system: &str, entry: &str) -> &[usize] {
        self.calls_of.get(system).and_then(|of| of.get(entry)).map_or(&[], Vec::as_slice)
    }

    /// What is known of an entry's marks for a system by an answer that was asked for at `begun` and came at `ended`.
    pub fn marks(&self, system: &str, entry: &str, begun: Instant, ended: Instant) -> Marks {
        let mut marks = Marks::default();
        for call in self
            .calls_of(system, entry)
            .iter()
            .map(|number| &self.calls[*number])
            .filter(|call| call.begun < ended)
        {
            match &call.result {
                Result::Acknowledged(when, marked) if *when < begun => {
                    let this = |mark: &&Marked| {
                        mark.system == system
                            && call.items.iter().any(|item| item.entry == entry && item.id == mark.id)
                    };
                    if let Some(mark) = marked.iter().find(this) {
                        marks.newest = marks.newest.max(Some(mark.at));
                        marks.oldest = Some(marks.oldest.map_or(mark.at, |oldest| oldest.min(mark.at)));
                    }
                }
                Result::Nothing => {}
                _ => marks.maybe_more = true,
            }
        }
        marks
    }

    /// How many entries are committed and not marked for the system.
    pub fn backlog(&self, system: &str) -> usize {
        let committed =
            self.entries.values().filter(|entry| matches!(entry.fate, Fate::Committed(_))).count();
        committed.saturating_sub(self.calls_of.get(system).map_or(0, HashMap::len))
    }

    /// The systems that have an acknowledged mark.
    pub fn marked_systems(&self) -> HashSet<String> {
        let acknowledged = self.calls.iter().filter(|call| matches!(call.result, Result::Acknowledged(..)));
        acknowledged.flat_map(|call| call.items.iter().map(|item| item.system.clone())).collect()
    }
}
