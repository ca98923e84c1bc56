//! Marking entries as exported: one transaction a call.

use std::collections::{BTreeSet, HashSet};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::Ledger;
use super::attempts::attempted;
use crate::domain::export::{EntryExport, EventKind, Mark, MarkCall, MarkOutcome};
use crate::domain::{Code, EntryId, Error, Fault, Result, Right, SystemId};
use crate::store::idempotency::{self, Claim};
use crate::store::{self, marks::NewMark, timeline::NewEvent};
use crate::telemetry;

impl Ledger {
    /// Marks what exists and reports what does not. With an idempotency key that was used before for the same
    /// marks, gives the first answer again and writes nothing.
    ///
    /// When it returns an outcome, all of it is committed. When it returns an error, nothing was written; only if the
    /// database went away while it committed, all of it may be there, which the same key tells.
    pub async fn mark_exported(&self, call: MarkCall, door: &str) -> Result<MarkOutcome> {
        for (index, mark) in call.marks.iter().enumerate() {
            let allowed = self.caller.require_for(Right::Mark, &mark.system_id);
            allowed.map_err(|fault| fault.under("system_id").under(index).under("entries"))?;
        }
        self.costs(1 + call.marks.len());
        let actor = self.caller.actor(door);
        let marked = attempted(|| self.mark(&call, &actor)).await?;
        telemetry::entries_marked(marked.new);
        if marked.history {
            self.history_to_take_over.notify_one();
        }
        Ok(marked.outcome)
    }

    async fn mark(&self, call: &MarkCall, actor: &str) -> Result<Marked> {
        let now = self.clock.now();
        let transaction = self.database.begin().await?;
        if let Some(key) = &call.idempotency_key {
            match idempotency::claim(&transaction, key, &digest(&call.marks)?, now).await? {
                Claim::Ours => {}
                Claim::Answered(answer) => {
                    return Ok(Marked { outcome: read_again(&answer)?, new: 0, history: false });
                }
                Claim::Reused => {
                    let message = "the idempotency key was used before, with other items: use a new key for a \
                                   new call, and the same items to repeat one";
                    return Err(Fault::new(Code::IdempotencyKeyReused, message)
                        .under("idempotency_key")
                        .into());
                }
            }
        }
        let ids: Vec<EntryId> = call.marks.iter().map(|mark| mark.entry_id).collect();
        let existing: HashSet<EntryId> =
            store::entries::existing_ids(&transaction, &ids).await?.into_iter().collect();
        let (marks, missing): (Vec<_>, Vec<_>) =
            call.marks.iter().enumerate().partition(|(_, mark)| existing.contains(&mark.entry_id));

        let names: BTreeSet<&SystemId> = marks.iter().map(|(_, mark)| &mark.system_id).collect();
        let names: Vec<&SystemId> = names.into_iter().collect();
        let systems = store::systems::make_known(&transaction, &names, now).await?;
        let key_of = |id: &SystemId| {
            let system = systems.iter().find(|system| system.id == *id);
            system
                .map(|system| system.key)
                .ok_or_else(|| Error::internal(format!("system {id} is not known")))
        };
        let new_marks = marks.iter().map(|(_, mark)| {
            let system_key = key_of(&mark.system_id)?;
            let note = mark.note.as_deref();
            Ok(NewMark { entry_id: mark.entry_id, system_key, system_id: &mark.system_id, note })
        });
        let new_marks = new_marks.collect::<Result<Vec<_>>>()?;
        let written = store::marks::write(&transaction, &new_marks, actor, now).await?;

        let mut outcome = MarkOutcome::default();
        for mark in &new_marks {
            let result = written.get(&(mark.entry_id, mark.system_key));
            let result = result.ok_or_else(|| Error::internal("a mark was not written"))?;
            outcome.exports.push(EntryExport {
                entry_id: mark.entry_id,
                system_id: mark.system_id.clone(),
                exported_at: result.marked_at,
                note: mark.note.map(str::to_owned),
                remarked: result.remarked,
            });
        }
        let events = outcome.exports.iter().map(|export| NewEvent {
            entry_id: export.entry_id,
            kind: EventKind::Exported,
            at: export.exported_at,
            system_id: Some(&export.system_id),
            note: export.note.as_deref(),
        });
        store::timeline::append(&transaction, events, actor).await?;
        outcome.faults.extend(missing.into_iter().map(|(index, mark)| not_found(index, mark)));
        if let Some(key) = &call.idempotency_key {
            let answer = serde_json::to_string(&outcome).map_err(Error::internal)?;
            idempotency::keep_answer(&transaction, key, answer).await?;
        }
        transaction.commit().await?;
        let history = systems.iter().any(|system| system.history.is_some());
        Ok(Marked { new: outcome.exports.len() as u64, history, outcome })
    }
}

/// What a call came to.
struct Marked {
    outcome: MarkOutcome,
    /// Marks written now, and not by an earlier call with the same key.
    new: u64,
    /// Whether some system has history to be taken over.
    history: bool,
}

fn not_found(index: usize, mark: &Mark) -> Fault {
    let message = format!("there is no entry {}; nothing was marked for this item", mark.entry_id);
    Fault::new(Code::EntryNotFound, message)
        .under("entry_id")
        .under(index)
        .under("entries")
        .about(mark.entry_id)
}

/// What the items are, in their order, as a short text.
fn digest(marks: &[Mark]) -> Result<String> {
    let json = serde_json::to_vec(marks).map_err(Error::internal)?;
    Ok(URL_SAFE_NO_PAD.encode(Sha256::digest(json)))
}

/// The answer to an earlier call. What is wrong with one that cannot be read is told without what is in it.
fn read_again(answer: &str) -> Result<MarkOutcome> {
    serde_json::from_str(answer).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Error::internal(format!("a kept answer cannot be read, at line {line}, column {column}"))
    })
}
