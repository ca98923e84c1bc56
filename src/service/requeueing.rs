//! What a person does with exports that fail: has them tried again at once, or parks them.

mod by_type;

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::MAX_ITEMS;
use super::operation::{Operation, Work};
use super::units::{self, FoundUnit, OfUnit, already_exported};
use super::withdrawing::read_reason;
use crate::domain::batch::fault_in;
use crate::domain::event::EventPayload;
use crate::domain::progress::Progress;
use crate::domain::{
    Batch, Code, EntryId, Fault, Item, Outcome, Result, Right, SystemId, Target, TargetDraft, Timestamp,
};
use crate::store::progress;

pub use by_type::{RequeueFailures, RequeuedFailures};

/// Something to requeue as it came in, nothing checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequeueDraft {
    /// The entry, or the voucher.
    pub target: TargetDraft,
    /// The system that refused it.
    pub system_id: String,
}

/// Something that may be requeued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Requeue {
    target: Target,
    system_id: SystemId,
}

/// Something to park as it came in, nothing checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParkDraft {
    /// The entry, or the voucher.
    pub target: TargetDraft,
    /// The system that is not to be sent it.
    pub system_id: String,
    /// Why; shows in the entry's timeline.
    pub reason: String,
}

/// Something that may be parked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Park {
    target: Target,
    system_id: SystemId,
    reason: String,
}

/// A unit that a person requeued or parked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedExport {
    /// The entry, or the voucher.
    pub target: Target,
    /// The system.
    pub system_id: SystemId,
    /// How many entries that concerns.
    pub entries: u64,
    /// When.
    pub at: Timestamp,
}

fn twice((target, system_id): &(Target, SystemId)) -> Fault {
    let message = format!("the call names {target} for \"{system_id}\" twice");
    Fault::new(Code::DuplicateItem, message)
}

impl Item for Requeue {
    type Draft = RequeueDraft;
    type Identity = (Target, SystemId);
    const MAX: usize = MAX_ITEMS;
    const VERB: &'static str = "requeues";
    const LIST: &'static str = "items";

    fn identity(draft: &RequeueDraft) -> Option<Self::Identity> {
        draft.target.for_system(&draft.system_id)
    }

    fn repeated(identity: &Self::Identity) -> Fault {
        twice(identity)
    }

    fn parse(draft: RequeueDraft) -> Result<Self, Vec<Fault>> {
        let system_id = SystemId::read(draft.system_id);
        match (draft.target.target(), system_id) {
            (Ok(target), Ok(system_id)) => Ok(Requeue { target, system_id }),
            (target, system_id) => Err([target.err(), system_id.err()].into_iter().flatten().collect()),
        }
    }

    fn system(&self) -> Option<&SystemId> {
        Some(&self.system_id)
    }
}

impl Item for Park {
    type Draft = ParkDraft;
    type Identity = (Target, SystemId);
    const MAX: usize = MAX_ITEMS;
    const VERB: &'static str = "parks";
    const LIST: &'static str = "items";

    fn identity(draft: &ParkDraft) -> Option<Self::Identity> {
        draft.target.for_system(&draft.system_id)
    }

    fn repeated(identity: &Self::Identity) -> Fault {
        twice(identity)
    }

    fn parse(draft: ParkDraft) -> Result<Self, Vec<Fault>> {
        let system_id = SystemId::read(draft.system_id);
        match (draft.target.target(), system_id, read_reason("reason", draft.reason)) {
            (Ok(target), Ok(system_id), Ok(reason)) => Ok(Park { target, system_id, reason }),
            (target, system_id, reason) => {
                Err([target.err(), system_id.err(), reason.err()].into_iter().flatten().collect())
            }
        }
    }

    fn system(&self) -> Option<&SystemId> {
        Some(&self.system_id)
    }
}

impl OfUnit for Requeue {
    fn target(&self) -> &Target {
        &self.target
    }

    fn system_id(&self) -> &SystemId {
        &self.system_id
    }
}

impl Operation for Batch<Requeue> {
    const NAME: &'static str = "requeue_exports";
    const RIGHT: Right = Right::Manage;
    type Answer = Outcome<MovedExport>;

    /// Frees what failed or is parked, and reports the rest.
    async fn carry_out(&self, work: &mut Work<'_>) -> Result<Outcome<MovedExport>> {
        let consequence = "nothing was requeued for this item";
        let found = units::find(work, &self.items, consequence).await?;
        let (mut outcome, mut freed) = (Outcome::default(), HashSet::new());
        for (index, (item, unit)) in self.items.iter().zip(found).enumerate() {
            let Requeue { target, system_id } = item;
            let FoundUnit { system, pending, .. } = match unit {
                Ok(unit) => unit,
                Err(fault) => {
                    outcome.faults.push(fault);
                    continue;
                }
            };
            let refuse = |fault| fault_in(Requeue::LIST, index, target.field(), fault);
            if pending.is_empty() {
                outcome.faults.push(refuse(already_exported(target, system_id, consequence)));
                continue;
            }
            let waiting = pending
                .iter()
                .filter(|line| {
                    matches!(line.progress, Progress::Failed | Progress::GivenUp | Progress::Parked)
                })
                .map(|line| line.entry_id);
            let waiting: Vec<EntryId> = waiting.collect();
            if waiting.is_empty() {
                let message =
                    format!("{target} neither failed nor is parked for \"{system_id}\"; {consequence}");
                outcome.faults.push(refuse(Fault::new(Code::NothingToRequeue, message)));
                continue;
            }
            // Two items may name one unit.
            let new: Vec<EntryId> =
                waiting.iter().copied().filter(|id| freed.insert((system.key, *id))).collect();
            free(work, system.key, system_id, &new).await?;
            let (target, system_id, entries) = (target.clone(), system_id.clone(), waiting.len() as u64);
            outcome.done.push(MovedExport { target, system_id, entries, at: work.now });
        }
        Ok(outcome)
    }
}

async fn free(work: &mut Work<'_>, system_key: i64, system_id: &SystemId, ids: &[EntryId]) -> Result<()> {
    progress::free(work.transaction, system_key, ids, 0).await?;
    work.tell_each(ids, system_id, &EventPayload::Requeued {});
    Ok(())
}

impl OfUnit for Park {
    fn target(&self) -> &Target {
        &self.target
    }

    fn system_id(&self) -> &SystemId {
        &self.system_id
    }
}

impl Operation for Batch<Park> {
    const NAME: &'static str = "park_exports";
    const RIGHT: Right = Right::Manage;
    type Answer = Outcome<MovedExport>;

    /// Parks what the system has not been sent, and reports what it has.
    async fn carry_out(&self, work: &mut Work<'_>) -> Result<Outcome<MovedExport>> {
        let consequence = "nothing was parked for this item";
        let found = units::find(work, &self.items, consequence).await?;
        let (mut outcome, mut parked) = (Outcome::default(), HashSet::new());
        for (index, (item, unit)) in self.items.iter().zip(found).enumerate() {
            let Park { target, system_id, reason } = item;
            let unit = match unit {
                Ok(unit) if unit.pending.is_empty() => {
                    let fault = already_exported(target, system_id, consequence);
                    outcome.faults.push(fault_in(Park::LIST, index, target.field(), fault));
                    continue;
                }
                Ok(unit) => unit,
                Err(fault) => {
                    outcome.faults.push(fault);
                    continue;
                }
            };
            // Two items may name one unit: the first one's reason counts.
            let key = unit.system.key;
            let new: Vec<EntryId> = unit.ids().into_iter().filter(|id| parked.insert((key, *id))).collect();
            progress::park(work.transaction, key, &new).await?;
            work.tell_each(&new, system_id, &EventPayload::Parked { reason: reason.clone() });
            let (target, system_id, entries) = (target.clone(), system_id.clone(), unit.pending.len() as u64);
            outcome.done.push(MovedExport { target, system_id, entries, at: work.now });
        }
        Ok(outcome)
    }
}
