//! `markExported`: entries have been sent to systems.

use std::collections::BTreeSet;

use serde::Serialize;

use super::operation::{Operation, Work};
use crate::domain::batch::{entry_not_found, fault_of_item};
use crate::domain::conflict::ConflictKind;
use crate::domain::event::EventPayload;
use crate::domain::export::{EntryExport, Reference};
use crate::domain::text::text_fault;
use crate::domain::{Batch, Code, EntryId, Error, Fault, Item, Outcome, Result, Right, SystemId};
use crate::store::conflicts::NewConflict;
use crate::store::{self, changes::Current, marks::NewMark, timeline::NewEvent};
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
    /// The version of the entry that was sent; `None`: the one that it has at this moment.
    pub version: Option<i64>,
    /// The system's own document.
    pub reference: Option<Reference>,
}

/// A mark that may be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mark {
    entry_id: EntryId,
    system_id: SystemId,
    note: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<Reference>,
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
        let system_id = SystemId::read(draft.system_id);
        let note = read_note(draft.note);
        let version = draft.version.map(read_version).transpose();
        let reference = read_reference(draft.reference);
        match (entry_id, system_id, note, version, reference) {
            (Ok(entry_id), Ok(system_id), Ok(note), Ok(version), Ok(reference)) => {
                Ok(Mark { entry_id, system_id, note, version, reference })
            }
            (entry_id, system_id, note, version, reference) => {
                let one = [entry_id.err(), system_id.err(), note.err(), version.err()];
                Err(one.into_iter().flatten().chain(reference.err().unwrap_or_default()).collect())
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
        let current = store::changes::current(work.transaction, &ids).await?;
        let (mut pairs, mut faults) = (Vec::with_capacity(ids.len()), Vec::new());
        for (index, mark) in self.items.iter().enumerate() {
            let Mark { entry_id, system_id, note, version, reference } = mark;
            match current.get(entry_id) {
                None => faults.push(not_found(index, *entry_id)),
                Some(current) if version.is_some_and(|version| version > current.version) => {
                    let message = format!(
                        "entry {entry_id} has no such version: its newest is {}; nothing was marked for this item",
                        current.version
                    );
                    let fault = Fault::new(Code::InvalidVersion, message).about(*entry_id);
                    faults.push(fault_of_item(index, "version", fault));
                }
                Some(current) => pairs.push(Pair {
                    entry_id: *entry_id,
                    system_id,
                    note: note.as_deref(),
                    current: *current,
                    version: *version,
                    reference: reference.as_ref(),
                }),
            }
        }
        let made = write(work, &pairs).await?;
        Ok(Outcome { done: made.into_iter().map(|made| made.export).collect(), faults })
    }

    fn count(&self, ledger: &str, answer: &Outcome<EntryExport>) {
        telemetry::entries_marked(ledger, answer.done.len() as u64);
    }
}

/// An entry that exists, and the system it is marked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair<'a> {
    pub(super) entry_id: EntryId,
    pub(super) system_id: &'a SystemId,
    pub(super) note: Option<&'a str>,
    /// The entry at this moment.
    pub(super) current: Current,
    /// The version that was sent, which the entry had; `None`: the current one.
    pub(super) version: Option<i32>,
    pub(super) reference: Option<&'a Reference>,
}

/// A mark that was made.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub(super) export: EntryExport,
    /// The claim that had the entry until then, by its key.
    pub(super) claim_key: Option<i64>,
}

/// Marks these entries, and tells their timelines. Gives the marks in the same order.
pub(super) async fn write(work: &mut Work<'_>, pairs: &[Pair<'_>]) -> Result<Vec<Made>> {
    let names: BTreeSet<&SystemId> = pairs.iter().map(|pair| pair.system_id).collect();
    let names: Vec<&SystemId> = names.into_iter().collect();
    let systems = store::systems::make_known(work.transaction, &names, work.now).await?;
    if systems.iter().any(|system| system.history.is_some()) {
        work.leave_history();
    }
    let mut new = Vec::with_capacity(pairs.len());
    for &Pair { entry_id, system_id, note, current, version, reference } in pairs {
        let system = systems.iter().find(|system| system.id == *system_id);
        let system = system.ok_or_else(|| Error::internal(format!("system {system_id} is not known")))?;
        let version = version.unwrap_or(current.version);
        // A change above READ COMMITTED that began before the system was known lists nothing for it.
        let is_unsettled = system.history.is_some_and(|history| history.to.is_none());
        let may_be_outdated = current.may_change || version < current.version || is_unsettled;
        new.push(NewMark {
            entry_id,
            system_key: system.key,
            system_id,
            note,
            version,
            reference,
            may_be_outdated,
            is_taken_over: system.history.is_none(),
        });
    }
    let written = store::marks::write(work.transaction, &new, work.actor, work.now).await?;
    let (mut done, mut conflicts) = (Vec::with_capacity(new.len()), Vec::new());
    for mark in new {
        let result = written.get(&(mark.entry_id, mark.system_key));
        let result = result.ok_or_else(|| Error::internal("a mark was not written"))?;
        let note = mark.note.map(str::to_owned);
        let reference = mark.reference.cloned();
        work.tell(NewEvent {
            entry_id: mark.entry_id,
            at: result.marked_at,
            system_id: Some(mark.system_id.clone()),
            payload: EventPayload::Exported {
                note: note.clone(),
                version: Some(mark.version),
                reference: reference.clone(),
            },
        });
        let conflict = result.other_reference.as_ref().map(|before| {
            conflicts.push(NewConflict {
                kind: ConflictKind::PostedTwice,
                system_key: mark.system_key,
                entry_id: mark.entry_id,
                first_reference: Some(before.clone()),
                second_reference: mark.reference.map(|reference| reference.document_id.clone()),
                claim_id: None,
            });
            ConflictKind::PostedTwice
        });
        let export = EntryExport {
            entry_id: mark.entry_id,
            system_id: mark.system_id.clone(),
            exported_at: result.marked_at,
            note,
            remarked: result.remarked,
            version: result.version,
            reference,
            conflict,
        };
        done.push(Made { export, claim_key: result.claim_key });
    }
    store::conflicts::record(work.transaction, conflicts, work.actor, work.now).await?;
    Ok(done)
}

/// The note of a mark, if it is not too long.
pub(super) fn read_note(note: Option<String>) -> Result<Option<String>, Fault> {
    match note.as_deref().and_then(|note| text_fault("the note", note, 0, MAX_NOTE)) {
        Some(message) => Err(Fault::new(Code::NoteTooLong, message).under("note")),
        None => Ok(note),
    }
}

/// A version that an entry may have.
pub(super) fn read_version(version: i64) -> Result<i32, Fault> {
    i32::try_from(version).ok().filter(|version| *version >= 1).ok_or_else(|| {
        Fault::new(Code::InvalidVersion, "a version is a whole number from 1 on").under("version")
    })
}

/// A reference, if nothing is wrong with it.
pub(super) fn read_reference(reference: Option<Reference>) -> Result<Option<Reference>, Vec<Fault>> {
    let faults = reference.as_ref().map(Reference::faults).unwrap_or_default();
    if faults.is_empty() {
        return Ok(reference);
    }
    Err(faults.into_iter().map(|fault| fault.under("reference")).collect())
}

fn not_found(index: usize, id: EntryId) -> Fault {
    fault_of_item(index, "entry_id", entry_not_found(id, "nothing was marked for this item"))
}
