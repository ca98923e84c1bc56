//! Marks: what a caller asks, what is refused before anything is written, and what comes out.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::entry::EntryId;
use super::error::{Code, Error, Fault, Result};
use super::system::SystemId;
use super::text::text_fault;
use super::time::Timestamp;

/// Most items a call may mark (the original API's number).
pub const MAX_MARKS: usize = 10;
/// Longest note, in characters.
pub const MAX_NOTE: usize = 2_000;
/// Longest idempotency key, in characters.
pub const MAX_IDEMPOTENCY_KEY: usize = 200;

/// One item of a call as it came in, nothing checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkDraft {
    /// The entry; `None` when what came in was no 64-bit integer.
    pub entry_id: Option<EntryId>,
    /// The system it was sent to.
    pub system_id: String,
    /// Shows in the entry's timeline.
    pub note: Option<String>,
}

/// One item that may be marked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// The entry.
    pub entry_id: EntryId,
    /// The system it was sent to.
    pub system_id: SystemId,
    /// Shows in the entry's timeline.
    pub note: Option<String>,
}

/// A whole call that may be carried out: 1 to 10 different items, and a key if one was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkCall {
    /// In the caller's order.
    pub marks: Vec<Mark>,
    /// The same key with the same marks gives the first answer again and writes nothing.
    pub idempotency_key: Option<String>,
}

impl MarkCall {
    /// Checks a call as it came in, item by item; one that could not even be read comes as its faults. A
    /// malformed call is refused whole, with every fault and its path.
    pub fn parse(
        drafts: Vec<Result<MarkDraft, Vec<Fault>>>,
        idempotency_key: Option<String>,
    ) -> Result<Self> {
        let mut faults = Vec::new();
        if let Some(key) = &idempotency_key
            && let Some(message) = text_fault("the idempotency key", key, 1, MAX_IDEMPOTENCY_KEY)
        {
            faults.push(Fault::new(Code::InvalidIdempotencyKey, message).under("idempotency_key"));
        }
        if drafts.is_empty() {
            faults.push(
                Fault::new(Code::NoItems, "the call marks nothing: give 1 to 10 entries").under("entries"),
            );
        }
        if drafts.len() > MAX_MARKS {
            let message = format!("the call marks {} entries; at most {MAX_MARKS} a call", drafts.len());
            faults.push(Fault::new(Code::TooManyItems, message).under("entries"));
            return Err(Error::Refused(faults));
        }
        let mut marks = Vec::with_capacity(drafts.len());
        let mut seen = HashSet::new();
        for (index, draft) in drafts.into_iter().enumerate() {
            match draft.and_then(|draft| draft.parse(&mut seen)) {
                Ok(mark) => marks.push(mark),
                Err(found) => faults.extend(found.into_iter().map(|f| f.under(index).under("entries"))),
            }
        }
        if faults.is_empty() { Ok(Self { marks, idempotency_key }) } else { Err(Error::Refused(faults)) }
    }
}

impl MarkDraft {
    fn parse(self, seen: &mut HashSet<(EntryId, SystemId)>) -> Result<Mark, Vec<Fault>> {
        let mut faults = Vec::new();
        if self.entry_id.is_none() {
            let message = "an entry id is a 64-bit integer";
            faults.push(Fault::new(Code::InvalidEntryId, message).under("entry_id"));
        }
        let system_id = SystemId::try_from(self.system_id).map_err(|fault| fault.under("system_id"));
        if let Some(note) = &self.note
            && let Some(message) = text_fault("the note", note, 0, MAX_NOTE)
        {
            faults.push(Fault::new(Code::NoteTooLong, message).under("note"));
        }
        match (self.entry_id, system_id) {
            (Some(entry_id), Ok(system_id)) => {
                if !seen.insert((entry_id, system_id.clone())) {
                    let message =
                        format!("entry {entry_id} is marked for \"{system_id}\" twice in this call");
                    faults.push(Fault::new(Code::DuplicateItem, message).about(entry_id));
                }
                if faults.is_empty() {
                    return Ok(Mark { entry_id, system_id, note: self.note });
                }
            }
            (_, Err(fault)) => faults.push(fault),
            (None, Ok(_)) => {}
        }
        Err(faults)
    }
}

/// An entry as it is marked for one system now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryExport {
    /// The entry.
    pub entry_id: EntryId,
    /// The system it was sent to.
    pub system_id: SystemId,
    /// The time of the newest mark.
    pub exported_at: Timestamp,
    /// The note of the newest mark.
    pub note: Option<String>,
    /// Whether it had been marked before.
    pub remarked: bool,
}

/// What a well-formed call did. The marks that took, and the items that could not be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkOutcome {
    /// In the caller's order.
    pub exports: Vec<EntryExport>,
    /// One fault an item whose entry does not exist.
    pub faults: Vec<Fault>,
}

/// What happened to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EventKind {
    /// The entry came into the ledger.
    Recorded,
    /// Its content changed.
    Updated,
    /// It was marked as exported.
    Exported,
}

impl EventKind {
    /// The wire form, e.g. `EXPORTED`.
    pub fn as_str(self) -> &'static str {
        match self {
            EventKind::Recorded => "RECORDED",
            EventKind::Updated => "UPDATED",
            EventKind::Exported => "EXPORTED",
        }
    }
}

/// One line of an entry's timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TimelineEvent {
    /// Ascending within an entry's timeline; 0 is the recording itself.
    pub id: i64,
    /// The entry.
    pub entry_id: EntryId,
    /// What happened.
    pub kind: EventKind,
    /// When.
    pub at: Timestamp,
    /// The system, when it was exported.
    pub system_id: Option<SystemId>,
    /// The note of the mark.
    pub note: Option<String>,
    /// Who did it; `None` when another program did, straight in the database.
    pub actor: Option<String>,
}
