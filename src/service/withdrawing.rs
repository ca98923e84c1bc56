//! `withdrawAccountingEntries`: the source took entries back. They are unexported for no system any more; where one was
//! sent before, its mark stays. Recording or importing a withdrawn entry again reinstates it.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::operation::{Operation, Work};
use crate::domain::batch::{entry_not_found, fault_of_item};
use crate::domain::event::EventPayload;
use crate::domain::text::text_fault;
use crate::domain::{Batch, Code, EntryId, Fault, Item, Outcome, Result, Right, Timestamp};
use crate::store::{self, timeline::NewEvent};

/// Most entries a call may withdraw.
pub const MAX_WITHDRAWN: usize = 500;

/// Longest reason, in characters.
pub const MAX_REASON: usize = 2_000;

/// An entry to withdraw as it came in, nothing checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithdrawalDraft {
    /// The entry; `None` when what came in was no 64-bit integer.
    pub entry_id: Option<EntryId>,
    /// Why; shows in the entry's timeline.
    pub reason: String,
}

/// An entry that may be withdrawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Withdrawal {
    entry_id: EntryId,
    reason: String,
}

/// An entry that is withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    /// The entry.
    pub entry_id: EntryId,
    /// Since when; from before this call, if it was withdrawn already.
    pub withdrawn_at: Timestamp,
}

impl Item for Withdrawal {
    type Draft = WithdrawalDraft;
    type Identity = EntryId;
    const MAX: usize = MAX_WITHDRAWN;
    const VERB: &'static str = "withdraws";

    fn identity(draft: &WithdrawalDraft) -> Option<EntryId> {
        draft.entry_id
    }

    fn repeated(entry_id: &EntryId) -> Fault {
        let message = format!("entry {entry_id} is withdrawn twice in this call");
        Fault::new(Code::DuplicateItem, message).about(*entry_id)
    }

    fn parse(draft: WithdrawalDraft) -> Result<Self, Vec<Fault>> {
        match (draft.entry_id, read_reason("reason", draft.reason)) {
            (Some(entry_id), Ok(reason)) => Ok(Withdrawal { entry_id, reason }),
            (entry_id, reason) => {
                let no_id =
                    || Fault::new(Code::InvalidEntryId, "an entry id is a 64-bit integer").under("entry_id");
                Err(entry_id.is_none().then(no_id).into_iter().chain(reason.err()).collect())
            }
        }
    }
}

/// Why something is done, if it is said in this field and not too long.
pub(super) fn read_reason(field: &str, reason: String) -> Result<String, Fault> {
    match text_fault("the reason", &reason, 1, MAX_REASON) {
        Some(message) => Err(Fault::new(Code::InvalidReason, message).under(field)),
        None => Ok(reason),
    }
}

impl Operation for Batch<Withdrawal> {
    const NAME: &'static str = "withdraw_accounting_entries";
    const RIGHT: Right = Right::Record;
    type Answer = Outcome<Withdrawn>;

    /// Withdraws what stands, and reports what does not exist. What is withdrawn already stays as it is.
    async fn carry_out(&self, work: &mut Work<'_>) -> Result<Outcome<Withdrawn>> {
        let ids: Vec<EntryId> = self.items.iter().map(|withdrawal| withdrawal.entry_id).collect();
        let entries = store::entries::lock_by_ids(work.transaction, &ids).await?;
        let mut withdrawn: HashMap<EntryId, Timestamp> =
            entries.iter().filter_map(|entry| Some((entry.id, entry.withdrawn_at?))).collect();
        let standing: Vec<_> = entries.into_iter().filter(|entry| entry.withdrawn_at.is_none()).collect();
        let new: HashSet<EntryId> = standing.iter().map(|entry| entry.id).collect();
        withdrawn.extend(store::entries::withdraw(work.transaction, &standing, work.now).await?);

        let mut outcome = Outcome::default();
        for (index, Withdrawal { entry_id, reason }) in self.items.iter().enumerate() {
            let Some(at) = withdrawn.get(entry_id).copied() else {
                let fault = entry_not_found(*entry_id, "nothing was withdrawn for this item");
                outcome.faults.push(fault_of_item(index, "entry_id", fault));
                continue;
            };
            if new.contains(entry_id) {
                let payload = EventPayload::Withdrawn { reason: Some(reason.clone()) };
                work.tell(NewEvent { entry_id: *entry_id, at, system_id: None, payload });
            }
            outcome.done.push(Withdrawn { entry_id: *entry_id, withdrawn_at: at });
        }
        Ok(outcome)
    }
}
