//! `unmarkExported`: entries were not sent to systems after all. Their marks are set aside, and the entries are unexported
//! again at once. The timeline keeps the mark, and who took it back and why.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::{Deserialize, Serialize};

use super::operation::{Operation, Work};
use super::withdrawing::read_reason;
use crate::domain::batch::{entry_not_found, fault_in};
use crate::domain::event::EventPayload;
use crate::domain::voucher::MAX_LINES;
use crate::domain::{
    Batch, Code, EntryId, Fault, Item, Outcome, Result, Right, SystemId, Target, TargetDraft, Timestamp,
};
use crate::store::{self, systems::KnownSystem};

/// Most items of a call that concerns exports, beside the ten that the original marks.
pub const MAX_ITEMS: usize = 500;

/// A mark to take back as it came in, nothing checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnmarkDraft {
    /// The entry, or the voucher.
    pub target: TargetDraft,
    /// The system that it was marked for.
    pub system_id: String,
    /// Why; shows in the entry's timeline.
    pub reason: String,
}

/// A mark that may be taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unmark {
    target: Target,
    system_id: SystemId,
    reason: String,
}

/// What is unexported again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unmarked {
    /// The entry, or the voucher.
    pub target: Target,
    /// The system.
    pub system_id: SystemId,
    /// How many entries had a mark.
    pub entries: u64,
    /// When their marks were taken back.
    pub at: Timestamp,
}

impl Item for Unmark {
    type Draft = UnmarkDraft;
    type Identity = (Target, SystemId);
    const MAX: usize = MAX_ITEMS;
    const VERB: &'static str = "takes back";
    const LIST: &'static str = "items";

    fn identity(draft: &UnmarkDraft) -> Option<Self::Identity> {
        draft.target.for_system(&draft.system_id)
    }

    fn repeated((target, system_id): &Self::Identity) -> Fault {
        let message = format!("the mark of {target} for \"{system_id}\" is taken back twice in this call");
        Fault::new(Code::DuplicateItem, message)
    }

    fn parse(draft: UnmarkDraft) -> Result<Self, Vec<Fault>> {
        let system_id = SystemId::read(draft.system_id);
        match (draft.target.target(), system_id, read_reason("reason", draft.reason)) {
            (Ok(target), Ok(system_id), Ok(reason)) => Ok(Unmark { target, system_id, reason }),
            (target, system_id, reason) => {
                Err([target.err(), system_id.err(), reason.err()].into_iter().flatten().collect())
            }
        }
    }

    fn system(&self) -> Option<&SystemId> {
        Some(&self.system_id)
    }
}

impl Operation for Batch<Unmark> {
    const NAME: &'static str = "unmark_exported";
    const RIGHT: Right = Right::Unmark;
    type Answer = Outcome<Unmarked>;

    /// Takes back the marks that there are, and reports the items that have none.
    async fn carry_out(&self, work: &mut Work<'_>) -> Result<Outcome<Unmarked>> {
        let names: BTreeSet<&SystemId> = self.items.iter().map(|unmark| &unmark.system_id).collect();
        let names: Vec<&SystemId> = names.into_iter().collect();
        let systems = store::systems::by_names(work.transaction, &names).await?;
        let key = |id: &SystemId| systems.iter().find(|system| system.id == *id).map(|system| system.key);
        let entries = self.entries(work).await?;
        let mut taken_back = self.set_aside(work, &systems, &entries).await?;
        let mut outcome = Outcome::default();
        for (index, Unmark { target, system_id, reason }) in self.items.iter().enumerate() {
            let ids = match &entries[index] {
                Ok(ids) => ids,
                Err(fault) => {
                    outcome.faults.push(fault.clone());
                    continue;
                }
            };
            // An entry may be named by itself and by its voucher: the first item takes its mark back.
            let key = key(system_id);
            let marked = ids.iter().filter(|id| key.is_some_and(|key| taken_back.remove(&(key, **id))));
            let marked: Vec<EntryId> = marked.copied().collect();
            if marked.is_empty() {
                let message = format!("{target} is not marked for \"{system_id}\"; nothing was taken back");
                let fault = Fault::new(Code::NotExported, message);
                outcome.faults.push(fault_in(Unmark::LIST, index, target.field(), fault));
                continue;
            }
            work.tell_each(&marked, system_id, &EventPayload::Unmarked { reason: Some(reason.clone()) });
            let (target, system_id, entries) = (target.clone(), system_id.clone(), marked.len() as u64);
            outcome.done.push(Unmarked { target, system_id, entries, at: work.now });
        }
        Ok(outcome)
    }
}

impl Batch<Unmark> {
    /// The entries of each item, or why there are none.
    async fn entries(&self, work: &Work<'_>) -> Result<Vec<Result<Vec<EntryId>, Fault>>> {
        let ids = self.items.iter().filter_map(|unmark| unmark.target.entry_id());
        let existing = store::changes::current(work.transaction, &ids.collect::<Vec<_>>()).await?;
        let (mut entries, mut lines) = (Vec::with_capacity(self.items.len()), 0);
        for (index, Unmark { target, .. }) in self.items.iter().enumerate() {
            let refuse = |fault| Err(fault_in(Unmark::LIST, index, target.field(), fault));
            let found = match target {
                Target::Entry(id) if existing.contains_key(id) => Ok(vec![*id]),
                Target::Entry(id) => refuse(entry_not_found(*id, "nothing was taken back for this item")),
                Target::Voucher(id) => {
                    let ids = store::vouchers::ids_of(work.transaction, id, MAX_LINES - lines + 1).await?;
                    let message = match ids.len() as u64 {
                        0 => Some((Code::VoucherNotFound, format!("there is no {target}"))),
                        count if lines + count > MAX_LINES => Some((
                            Code::TooManyItems,
                            format!("with {target} the call would take back more than {MAX_LINES} marks"),
                        )),
                        _ => None,
                    };
                    match message {
                        None => Ok(ids),
                        Some((code, message)) => refuse(Fault::new(
                            code,
                            format!("{message}; nothing was taken back for this item"),
                        )),
                    }
                }
            };
            lines += found.as_ref().map_or(0, |ids| ids.len() as u64);
            entries.push(found);
        }
        Ok(entries)
    }

    /// Sets the marks of the entries of all items aside, system by system, and gives those that there were.
    async fn set_aside(
        &self,
        work: &Work<'_>,
        systems: &[KnownSystem],
        entries: &[Result<Vec<EntryId>, Fault>],
    ) -> Result<HashSet<(i64, EntryId)>> {
        let mut taken_back = HashSet::new();
        for system in systems {
            let mut reasons: BTreeMap<EntryId, &str> = BTreeMap::new();
            let of_system =
                self.items.iter().zip(entries).filter(|(unmark, _)| unmark.system_id == system.id);
            for (unmark, ids) in of_system {
                for id in ids.iter().flatten() {
                    reasons.entry(*id).or_insert(&unmark.reason);
                }
            }
            let Work { transaction, actor, now, .. } = *work;
            let found = store::marks::set_aside(transaction, system.key, &reasons, actor, now).await?;
            taken_back.extend(found.into_iter().map(|id| (system.key, id)));
        }
        Ok(taken_back)
    }
}
