//! Judging an answer: which entries must be in it, and which must not.

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use serde_json::{Value, json};

use crate::model::{Fate, State};

/// The cents of an entry: made from its name, so that what comes back can be told to be right.
pub fn cents(entry: &str) -> u64 {
    entry.bytes().fold(7, |sum: u64, byte| (sum * 31 + u64::from(byte)) % 99_999_989)
}

/// The debit of an entry as answers show it.
pub fn debit(entry: &str) -> String {
    let cents = cents(entry);
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// The description of a version of an entry.
pub fn description(entry: &str, version: u32) -> String {
    format!("Sale {entry}, version {version}")
}

/// Lines of a voucher of a recorder.
pub const LINES: usize = 4;

/// The number of the voucher of a recorder's entry. Its lines may come in one call or in several.
pub fn voucher(entry: &str) -> String {
    let (name, number) = entry.rsplit_once(':').unwrap_or((entry, "0"));
    format!("{name}-{}", number.parse::<usize>().unwrap_or_default() / LINES)
}

/// An entry as REST and NDJSON files have it.
pub fn rest_entry(entry: &str, version: u32) -> Value {
    json!({ "external_id": entry, "journal_code": "VE", "entry_number": voucher(entry), "posting_date": "2026-01-31",
        "account_number": "707000", "description": description(entry, version), "debit": debit(entry),
        "credit": "0.00", "currency": "EUR" })
}

/// What was asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// For which system.
    pub system: String,
    /// As of when, in microseconds; `None`: now.
    pub since: Option<i64>,
    /// Whether that moment is past for every gateway's clock; else it may mean now.
    pub past: bool,
    /// When it was sent.
    pub begun: Instant,
}

/// An entry in an answer.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The entry's id.
    pub id: i64,
    /// Its external id.
    pub entry: String,
    /// Its description.
    pub description: String,
    /// Its debit.
    pub debit: String,
}

/// An answer in NDJSON in the form that JSON has; nothing when its end line is missing or counts otherwise.
pub fn complete_lines(text: &str) -> Option<Value> {
    let mut lines: Vec<Value> = text.lines().map(serde_json::from_str).collect::<Result<_, _>>().ok()?;
    let end = lines.pop()?;
    (end["end"]["entries"] == lines.len()).then(|| json!({ "accounting_entries": lines }))
}

/// What is wrong about an answer: the kind, the entry, and a sentence.
pub type Wrong = (&'static str, String, String);

/// Everything wrong about an answer that has just come.
pub fn judge(state: &mut State, asked: &Asked, seen: &[Seen]) -> Vec<Wrong> {
    let ended = Instant::now();
    let mut wrong: Vec<Wrong> = Vec::new();
    if !seen.is_sorted_by(|one, next| one.id < next.id) {
        wrong.push((
            "an answer is out of order or tells an entry twice",
            String::new(),
            format!("{asked:?}"),
        ));
    }
    for seen in seen {
        wrong.extend(learn(state, asked, seen, ended));
    }
    let there: HashSet<&str> = seen.iter().map(|seen| seen.entry.as_str()).collect();
    for (entry, known) in &state.entries {
        let is_there = there.contains(entry.as_str());
        let marks = state.marks(&asked.system, entry, asked.begun, ended);
        let unmarked = marks.newest.is_none() && !marks.maybe_more;
        let later = asked.past && asked.since.is_some_and(|since| marks.newest > Some(since));
        let committed = matches!(known.fate, Fate::Committed(when) if when < asked.begun);
        if !is_there && committed && (unmarked || later) {
            let text =
                format!("entry {:?} is committed and missing; its marks: {marks:?}; {asked:?}", known.id);
            wrong.push(("an entry is missing from an unexported answer", entry.clone(), text));
        }
        let earlier = match asked.since {
            None => marks.newest.is_some(),
            Some(since) => !marks.maybe_more && marks.newest.is_some_and(|newest| newest <= since),
        };
        if is_there && earlier {
            let text = format!("entry {:?} is in the answer; its marks: {marks:?}; {asked:?}", known.id);
            wrong.push(("an acknowledged mark is gone from an unexported answer", entry.clone(), text));
        }
    }
    wrong
}

fn learn(state: &mut State, asked: &Asked, seen: &Seen, ended: Instant) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    if let Some(text) = state.learn_id(&seen.entry, seen.id) {
        wrong.push(("an entry is not what it was", seen.entry.clone(), text));
    }
    let Some(known) = state.entries.get_mut(&seen.entry) else { return wrong };
    match known.fate {
        Fate::Unknown => known.fate = Fate::Committed(ended),
        Fate::RolledBack => {
            let text = format!("entry {} was rolled back and is in an answer; {asked:?}", seen.id);
            wrong.push(("an entry that was rolled back is there", seen.entry.clone(), text));
        }
        Fate::Committed(_) => {}
    }
    let versions: HashMap<String, u32> =
        (0..=known.asked_version).map(|version| (description(&seen.entry, version), version)).collect();
    if !versions.contains_key(&seen.description) || seen.debit != debit(&seen.entry) {
        let text = format!("{seen:?} has a content that nobody wrote");
        wrong.push(("an entry has a content that nobody wrote", seen.entry.clone(), text));
    }
    wrong
}
