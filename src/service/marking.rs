//! `markExported`: entries have been sent to systems.

use std::collections::{BTreeSet, HashSet};

use serde::Serialize;

use super::operation::{Operation, Work};
use crate::domain::batch::{entry_not_found, fault_of_item};
use crate::domain::event::EventPayload;
use crate::domain::export::EntryExport;
use crate::domain::text::text_fault;
use crate::domain::{Batch, Code, EntryId, Error, Fault, Item, Outcome, Result, Right, SystemId};
use crate::store::{self, marks::NewMark, timeline::NewEvent};
use crate::telemetry;

/// Longest note, in characters.
pub const MAX_NOTE: usize = 2_000;

/// A mark to make as it came in, nothing checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkDraft {
    /// The entry; `None` when what came in was no 64-bit integer.
    pub entry_id: Option<EntryId>,
    /// The system it was sent to.
    pub system_id: String,
    /// Shows in the entry's timeline.
    pub note: Option<String>,
}

/// A mark that may be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mark {
    entry_id: EntryId,
    system_id: SystemId,
    note: Option<String>,
}

impl Item for Mark {
    type Draft = MarkDraft;
    type Identity = (EntryId, SystemId);
    /// The original API's number.
    const MAX: usize = 10;
    const VERB: &'static str = "marks";

    fn identity(draft: &MarkDraft) -> Option<Self::Identity> {
        Some((draft.entry_id?, draft.system_id.parse().ok()?))
    }

    fn repeated((entry_id, system_id): &Self::Identity) -> Fault {
        let message = format!("entry {entry_id} is marked for \"{system_id}\" twice in this call");
        Fault::new(Code::DuplicateItem, message).about(*entry_id)
    }

    fn parse(draft: MarkDraft) -> Result<Self, Vec<Fault>> {
        let entry_id = draft.entry_id.ok_or_else(|| {
            Fault::new(Code::InvalidEntryId, "an entry id is a 64-bit integer").under("entry_id")
        });
        let system_id = SystemId::try_from(draft.system_id).map_err(|fault| fault.under("system_id"));
        let note = read_note(draft.note);
        match (entry_id, system_id, note) {
            (Ok(entry_id), Ok(system_id), Ok(note)) => Ok(Mark { entry_id, system_id, note }),
            (entry_id, system_id, note) => {
                Err([entry_id.err(), system_id.err(), note.err()].into_iter().flatten().collect())
            }
        }
    }

    fn system(&self) -> Option<&SystemId> {
        Some(&self.system_id)
    }
}

impl Operation for Batch<Mark> {
    const NAME: &'static str = "mark_exported";
    const RIGHT: Right = Right::Mark;
    type Answer = Outcome<EntryExport>;

    /// Marks what exists and reports what does not.
    async fn carry_out(&self, work: &mut Work<'_>) -> Result<Outcome<EntryExport>> {
        let ids: Vec<EntryId> = self.items.iter().map(|mark| mark.entry_id).collect();
        let existing = store::entries::existing_ids(work.transaction, &ids).await?;
        let existing: HashSet<EntryId> = existing.into_iter().collect();
        let (marks, missing): (Vec<_>, Vec<_>) =
            self.items.iter().enumerate().partition(|(_, mark)| existing.contains(&mark.entry_id));

        let pairs: Vec<_> = marks
            .iter()
            .map(|(_, mark)| Pair {
                entry_id: mark.entry_id,
                system_id: &mark.system_id,
                note: mark.note.as_deref(),
            })
            .collect();
        let mut outcome = Outcome { done: write(work, &pairs).await?, ..Outcome::default() };
        outcome.faults.extend(missing.into_iter().map(|(index, mark)| not_found(index, mark.entry_id)));
        Ok(outcome)
    }

    fn count(ledger: &str, answer: &Outcome<EntryExport>) {
        telemetry::entries_marked(ledger, answer.done.len() as u64);
    }
}

/// An entry that exists, and the system it is marked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair<'a> {
    pub(super) entry_id: EntryId,
    pub(super) system_id: &'a SystemId,
    pub(super) note: Option<&'a str>,
}

/// Marks these entries, and tells their timelines. Gives the marks in the same order.
pub(super) async fn write(work: &mut Work<'_>, pairs: &[Pair<'_>]) -> Result<Vec<EntryExport>> {
    let names: BTreeSet<&SystemId> = pairs.iter().map(|pair| pair.system_id).collect();
    let names: Vec<&SystemId> = names.into_iter().collect();
    let systems = store::systems::make_known(work.transaction, &names, work.now).await?;
    if systems.iter().any(|system| system.history.is_some()) {
        work.leave_history();
    }
    let mut new = Vec::with_capacity(pairs.len());
    for &Pair { entry_id, system_id, note } in pairs {
        let system = systems.iter().find(|system| system.id == *system_id);
        let system = system.ok_or_else(|| Error::internal(format!("system {system_id} is not known")))?;
        new.push(NewMark { entry_id, system_key: system.key, system_id, note });
    }
    let written = store::marks::write(work.transaction, &new, work.actor, work.now).await?;
    let mut done = Vec::with_capacity(new.len());
    for mark in new {
        let result = written.get(&(mark.entry_id, mark.system_key));
        let result = result.ok_or_else(|| Error::internal("a mark was not written"))?;
        let note = mark.note.map(str::to_owned);
        work.tell(NewEvent {
            entry_id: mark.entry_id,
            at: result.marked_at,
            system_id: Some(mark.system_id.clone()),
            payload: EventPayload::Exported { note: note.clone() },
        });
        done.push(EntryExport {
            entry_id: mark.entry_id,
            system_id: mark.system_id.clone(),
            exported_at: result.marked_at,
            note,
            remarked: result.remarked,
        });
    }
    Ok(done)
}

/// The note of a mark, if it is not too long.
pub(super) fn read_note(note: Option<String>) -> Result<Option<String>, Fault> {
    match note.as_deref().and_then(|note| text_fault("the note", note, 0, MAX_NOTE)) {
        Some(message) => Err(Fault::new(Code::NoteTooLong, message).under("note")),
        None => Ok(note),
    }
}

fn not_found(index: usize, id: EntryId) -> Fault {
    fault_of_item(index, "entry_id", entry_not_found(id, "nothing was marked for this item"))
}
