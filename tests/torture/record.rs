//! What happened in a run: requests counted by kind and result, faults, checks, and an event for each that a failure
//! may have to be explained by.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The most events that one failure is explained by.
const EXPLAINED_BY: usize = 60;
/// The most failures that are told; of each kind the first is told, the others are counted.
const TOLD: usize = 12;
/// How long after a fault a refusal may still be its consequence.
const AFTERMATH: Duration = Duration::from_secs(10);

/// What an event or a failure is about; nothing at all when it is about everything.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// External ids of entries.
    pub entries: Vec<String>,
    /// A system, when it is about one.
    pub system: Option<String>,
    /// The number of a marking call.
    pub call: Option<usize>,
}

impl About {
    /// An entry as one system sees it.
    pub fn entry(entry: &str, system: &str) -> Self {
        Self { entries: vec![entry.to_owned()], system: Some(system.to_owned()), call: None }
    }

    /// A marking call.
    pub fn call(call: usize) -> Self {
        Self { call: Some(call), ..Self::default() }
    }

    fn explains(&self, failure: &About) -> bool {
        let same_system = self.system.is_none() || failure.system.is_none() || self.system == failure.system;
        let same_entry = self.entries.iter().any(|entry| failure.entries.contains(entry));
        let same_call = self.call.is_some() && self.call == failure.call;
        same_call || (same_entry && same_system)
    }
}

struct Event {
    at: Duration,
    who: String,
    text: String,
    about: About,
    fault: bool,
}

/// Something that the product promises and that did not hold.
struct Failure {
    text: String,
    history: String,
    more: usize,
}

#[derive(Default)]
struct Notes {
    events: Vec<Event>,
    failures: BTreeMap<String, Failure>,
    requests: BTreeMap<(String, String), u64>,
    outside: BTreeMap<(String, String), u64>,
    checks: BTreeMap<&'static str, u64>,
    faults: BTreeMap<&'static str, u64>,
    not_tried: BTreeMap<&'static str, (u64, String)>,
    running_faults: usize,
    last_fault: Option<Instant>,
}

/// The record of one run. Shared by all actors.
pub struct Record {
    begun: Instant,
    notes: Mutex<Notes>,
}

impl Record {
    /// An empty one, whose time begins now.
    pub fn new() -> Self {
        Self { begun: Instant::now(), notes: Mutex::default() }
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something that may explain a failure later.
    pub fn event(&self, who: &str, about: About, text: impl Into<String>) {
        let at = self.begun.elapsed();
        self.notes().events.push(Event { at, who: who.to_owned(), text: text.into(), about, fault: false });
    }

    /// A request of this kind came to this.
    pub fn request(&self, kind: &str, result: &str, asked: Instant) {
        let mut notes = self.notes();
        *notes.requests.entry((kind.to_owned(), result.to_owned())).or_default() += 1;
        let excused = notes.running_faults > 0 || notes.last_fault.is_some_and(|end| end + AFTERMATH > asked);
        if !["answered", "IDEMPOTENCY_KEY_REUSED"].contains(&result) && !excused {
            *notes.outside.entry((kind.to_owned(), result.to_owned())).or_default() += 1;
        }
    }

    /// So many checks of this kind were made.
    pub fn checked(&self, what: &'static str, times: usize) {
        *self.notes().checks.entry(what).or_default() += times as u64;
    }

    /// A fault begins.
    pub fn fault_begins(&self, name: &'static str) {
        let at = self.begun.elapsed();
        let mut notes = self.notes();
        println!("{} {name}", moment(at));
        notes.running_faults += 1;
        *notes.faults.entry(name).or_default() += 1;
        let text = format!("begins: {name}");
        notes.events.push(Event { at, who: "fault".to_owned(), text, about: About::default(), fault: true });
    }

    /// A fault is over.
    pub fn fault_ends(&self, name: &'static str) {
        let at = self.begun.elapsed();
        let mut notes = self.notes();
        notes.running_faults -= 1;
        notes.last_fault = Some(Instant::now());
        let text = format!("over: {name}");
        notes.events.push(Event { at, who: "fault".to_owned(), text, about: About::default(), fault: true });
    }

    /// A fault that cannot be made here, and why.
    pub fn not_tried(&self, name: &'static str, why: impl Into<String>) {
        let mut notes = self.notes();
        notes.not_tried.entry(name).or_insert_with(|| (0, why.into())).0 += 1;
    }

    /// The same of a fault that had begun.
    pub fn not_made(&self, name: &'static str, why: impl Into<String>) {
        self.not_tried(name, why);
        if let Some(times) = self.notes().faults.get_mut(name) {
            *times -= 1;
        }
    }

    /// A promise did not hold. `kind` says which; of each kind the first is told with its history.
    pub fn failure(&self, kind: &str, about: About, text: impl Into<String>) {
        let at = self.begun.elapsed();
        let mut notes = self.notes();
        if let Some(known) = notes.failures.get_mut(kind) {
            known.more += 1;
            return;
        }
        let history = history(&notes.events, &about);
        let text = format!("{} {}", moment(at), text.into());
        eprintln!("FAILURE {kind}: {text}");
        notes.failures.insert(kind.to_owned(), Failure { text, history, more: 0 });
    }

    /// Whether every promise held so far.
    pub fn all_held(&self) -> bool {
        self.notes().failures.is_empty()
    }

    /// Every event, a line each.
    pub fn events(&self) -> String {
        let mut text = String::new();
        for event in &self.notes().events {
            let entries = event.about.entries.join(" ");
            writeln!(text, "{} {:<18} {} [{entries}]", moment(event.at), event.who, event.text).ok();
        }
        text
    }

    /// Everything, for people.
    pub fn report(&self, heading: &str) -> String {
        let notes = self.notes();
        let mut text = format!("{heading}, {} s\n", self.begun.elapsed().as_secs());
        line(
            &mut text,
            "requests",
            notes.requests.iter().map(|((kind, result), n)| format!("{kind} {result}: {n}")),
        );
        line(
            &mut text,
            "refused or cut, no fault near",
            notes.outside.iter().map(|((kind, result), n)| format!("{kind} {result}: {n}")),
        );
        line(&mut text, "faults", notes.faults.iter().map(|(name, n)| format!("{name}: {n}")));
        for (name, (times, why)) in &notes.not_tried {
            writeln!(text, "  NOT TRIED: {name}, {times} times: {}", why.lines().next().unwrap_or_default())
                .ok();
        }
        line(&mut text, "checks", notes.checks.iter().map(|(what, n)| format!("{what}: {n}")));
        if notes.failures.is_empty() {
            text.push_str("  every promise held\n");
        }
        for (kind, failure) in notes.failures.iter().take(TOLD) {
            writeln!(text, "\nFAILURE: {kind} ({} times)\n  {}", failure.more + 1, failure.text).ok();
            text.push_str(&failure.history);
        }
        text
    }
}

fn line(text: &mut String, name: &str, items: impl Iterator<Item = String>) {
    let items: Vec<String> = items.collect();
    if !items.is_empty() {
        writeln!(text, "  {name}: {}", items.join(", ")).ok();
    }
}

fn moment(at: Duration) -> String {
    format!("{:>9.3} s", at.as_secs_f64())
}

/// The events that concern it, and the faults between them, in order.
fn history(events: &[Event], about: &About) -> String {
    let concerns = |event: &Event| !event.fault && event.about.explains(about);
    let first = events.iter().position(concerns).unwrap_or(events.len());
    let told: Vec<&Event> = events[first..].iter().filter(|event| event.fault || concerns(event)).collect();
    let mut text = String::new();
    let left_out = told.len().saturating_sub(EXPLAINED_BY);
    if left_out > 0 {
        writeln!(text, "    … {left_out} earlier events").ok();
    }
    for event in &told[left_out..] {
        writeln!(text, "    {} {:<18} {}", moment(event.at), event.who, event.text).ok();
    }
    text
}
