//! `settleClaim`: a worker says what became of what it claimed.

mod call;

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::Ledger;
use super::failing::{Failed, FailedExport};
use super::leasing::locked;
use super::marking::{Pair, write};
use super::operation::{Operation, Work};
use crate::domain::batch::fault_in;
use crate::domain::claim::Claim;
use crate::domain::conflict::ConflictKind;
use crate::domain::export::EntryExport;
use crate::domain::progress::{PendingEntry, Unit};
use crate::domain::voucher::MAX_LINES;
use crate::domain::{Call, Code, EntryId, Error, Fault, Result, Right, Target};
use crate::store;
use crate::store::claims::{self, ClaimKeys};
use crate::store::conflicts::NewConflict;
use crate::telemetry::{self, ClaimOutcome};
use call::{EXPORTED, FAILED, Refused, Sent};

pub use call::{RefusedDraft, SentDraft, SettleCall};

/// What a call settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// The claim.
    pub claim_id: String,
    /// The marks that were made, item by item.
    pub exports: Vec<EntryExport>,
    /// What followed from each failure.
    pub failures: Vec<FailedExport>,
    /// What the claim still has.
    pub remaining: u64,
    /// One for each item that could not be carried out.
    pub faults: Vec<Fault>,
}

/// The system of a claim is known only to the database: [`Ledger::settle`] and its like ask for the right before.
impl Call for SettleCall {
    fn idempotency_key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }

    fn size(&self) -> usize {
        self.exported.len() + self.failed.len()
    }
}

impl Operation for SettleCall {
    const NAME: &'static str = "settle_claim";
    const RIGHT: Right = Right::Mark;
    type Answer = Settled;

    /// Marks what was sent, whether or not the claim still has it: that it was sent is a fact. A failure changes the state
    /// only of what the claim still has.
    async fn carry_out(&self, work: &mut Work<'_>) -> Result<Settled> {
        let (claim, keys) = locked(work, &self.claim_id).await?;
        // The system is locked before the pending rows, as in every operation: one that parks holds the system, and waits for
        // these rows.
        store::systems::make_known(work.transaction, &[&claim.system_id], work.now).await?;
        let mut settling =
            Settling { claim, keys, held: HashMap::new(), faults: Vec::new(), done: BTreeSet::new() };
        let exports = settling.mark(work, &self.exported).await?;
        // Pending rows are locked after the marks, as marking does it.
        let held = claims::lock_held(work.transaction, keys.claim, keys.system).await?;
        settling.held = held.into_iter().map(|line| (line.entry_id, line)).collect();
        let failures = settling.fail(work, &self.failed).await?;
        let Settling { claim, keys, held, faults, done } = settling;
        let remaining = held.keys().filter(|id| !done.contains(id)).count() as u64;
        if remaining == 0 {
            claims::end(work.transaction, keys.claim, work.now).await?;
        }
        Ok(Settled { claim_id: claim.id, exports, failures, remaining, faults })
    }

    fn count(&self, ledger: &str, answer: &Settled) {
        telemetry::entries_marked(ledger, answer.exports.len() as u64);
        for refused in &self.failed {
            if answer.failures.iter().any(|failed| failed.target == refused.target) {
                refused.failure.count(ledger);
            }
        }
        // A call that did nothing found the claim settled.
        let did_something = !answer.exports.is_empty() || !answer.failures.is_empty();
        telemetry::claims_counted(
            ledger,
            ClaimOutcome::Settled,
            u64::from(answer.remaining == 0 && did_something),
        );
    }
}

struct Settling {
    claim: Claim,
    keys: ClaimKeys,
    /// What the claim still has after the marks, locked.
    held: HashMap<EntryId, PendingEntry>,
    faults: Vec<Fault>,
    /// Entries that this call has settled.
    done: BTreeSet<EntryId>,
}

impl Settling {
    /// The entries of the claim that the item names, each with the version that was handed out.
    async fn named(&self, work: &Work<'_>, target: &Target) -> Result<Result<Vec<(EntryId, i32)>, Fault>> {
        let ids = match target {
            Target::Entry(id) => vec![*id],
            Target::Voucher(id) => store::vouchers::ids_of(work.transaction, id, MAX_LINES).await?,
        };
        let versions = claims::versions(work.transaction, self.keys.claim, &ids).await?;
        if versions.is_empty() {
            let message = format!("{target} is no part of this claim; nothing was recorded for this item");
            return Ok(Err(Fault::new(Code::InvalidTarget, message)));
        }
        Ok(Ok(versions))
    }

    async fn mark(&mut self, work: &mut Work<'_>, exported: &[Sent]) -> Result<Vec<EntryExport>> {
        let mut named = Vec::with_capacity(exported.len());
        for (index, sent) in exported.iter().enumerate() {
            match self.named(work, &sent.target).await? {
                Ok(versions) => named.push((index, sent, versions)),
                Err(fault) => self.faults.push(fault_in(EXPORTED, index, sent.target.field(), fault)),
            }
        }
        let ids: Vec<EntryId> = named.iter().flat_map(|(.., of)| of.iter().map(|(id, _)| *id)).collect();
        let current = store::changes::current(work.transaction, &ids).await?;
        let mut pairs = Vec::with_capacity(ids.len());
        for (index, sent, versions) in &named {
            let newest = versions.iter().filter_map(|(id, _)| Some(current.get(id)?.version)).max();
            if sent.version.is_some_and(|version| newest.is_none_or(|newest| version > newest)) {
                let message = format!(
                    "{} has no such version: its newest is {}; nothing was marked for this item",
                    sent.target,
                    newest.unwrap_or_default()
                );
                self.faults.push(fault_in(
                    EXPORTED,
                    *index,
                    "version",
                    Fault::new(Code::InvalidVersion, message),
                ));
                continue;
            }
            for (entry_id, handed_out) in versions {
                let Some(current) = current.get(entry_id).copied() else { continue };
                // An entry may be named by itself and by its voucher: the first item counts.
                if self.done.insert(*entry_id) {
                    let version = sent.version.unwrap_or(*handed_out).min(current.version);
                    pairs.push(Pair {
                        entry_id: *entry_id,
                        system_id: &self.claim.system_id,
                        note: sent.note.as_deref(),
                        current,
                        version: Some(version),
                        reference: sent.reference.as_ref(),
                    });
                }
            }
        }
        let made = write(work, &pairs).await?;
        let lost = made.iter().filter(|made| made.claim_key != Some(self.keys.claim));
        let lost: Vec<EntryId> = lost.map(|made| made.export.entry_id).collect();
        let mut exports: Vec<EntryExport> = made.into_iter().map(|made| made.export).collect();
        self.tell_conflicts(work, &lost, &mut exports).await?;
        Ok(exports)
    }

    /// Records a conflict for each of the lost entries that another worker had claimed meanwhile: it may have sent the entry
    /// as well.
    async fn tell_conflicts(
        &self,
        work: &Work<'_>,
        lost: &[EntryId],
        exports: &mut [EntryExport],
    ) -> Result<()> {
        if lost.is_empty() {
            return Ok(());
        }
        let ClaimKeys { claim, system } = self.keys;
        let later = store::conflicts::claimed_later(work.transaction, claim, system, lost).await?;
        let mut conflicts = Vec::new();
        for export in exports.iter_mut().filter(|export| later.contains(&export.entry_id)) {
            // That it was posted twice says more.
            if export.conflict.is_none() {
                export.conflict = Some(ConflictKind::ClaimLost);
                conflicts.push(NewConflict {
                    kind: ConflictKind::ClaimLost,
                    system_key: system,
                    entry_id: export.entry_id,
                    first_reference: None,
                    second_reference: export
                        .reference
                        .as_ref()
                        .map(|reference| reference.document_id.clone()),
                    claim_id: Some(self.claim.id.clone()),
                });
            }
        }
        store::conflicts::record(work.transaction, conflicts, work.actor, work.now).await
    }

    async fn fail(&mut self, work: &mut Work<'_>, refused: &[Refused]) -> Result<Vec<FailedExport>> {
        let system = store::systems::by_names(work.transaction, &[&self.claim.system_id]).await?;
        let system = system.into_iter().next().ok_or_else(|| Error::internal("a claim without a system"))?;
        let (mut failed, mut failures) = (Failed::default(), Vec::with_capacity(refused.len()));
        for (index, Refused { target, failure }) in refused.iter().enumerate() {
            let named = match self.named(work, target).await? {
                Ok(named) => named,
                Err(fault) => {
                    self.faults.push(fault_in(FAILED, index, target.field(), fault));
                    continue;
                }
            };
            let mut ids: Vec<EntryId> = named.into_iter().map(|(id, _)| id).collect();
            if system.settings.unit == Unit::Voucher && target.entry_id().is_some() {
                // The rest of its voucher has failed with it.
                let lines = store::units::lines_of(work.transaction, &ids, MAX_LINES).await?;
                ids = lines.into_iter().map(|(_, line)| line).collect();
            }
            let lines =
                ids.iter().filter(|id| !self.done.contains(id)).filter_map(|id| self.held.get(id).cloned());
            let mut lines: Vec<PendingEntry> = lines.collect();
            lines.sort_unstable_by_key(|line| line.entry_id);
            if lines.is_empty() {
                failed.tell(work, &ids, &self.claim.system_id, failure, None);
                let message = format!(
                    "the claim does not have {target} any more; only its timeline tells of the failure"
                );
                self.faults.push(fault_in(
                    FAILED,
                    index,
                    target.field(),
                    Fault::new(Code::ClaimLost, message),
                ));
                continue;
            }
            let (target, system_id) = (target.clone(), self.claim.system_id.clone());
            failures.push(failed.record(work, target, system_id, &system, &lines, failure).await?);
            self.done.extend(lines.iter().map(|line| line.entry_id));
        }
        Ok(failures)
    }
}

impl Ledger {
    /// Settles a claim, or a part of it.
    pub async fn settle(&self, call: Result<SettleCall>, door: &str) -> Result<Settled> {
        if let Ok(call) = &call {
            self.may_settle(&call.claim_id).await?;
        }
        self.perform(call, door).await
    }
}
