//! `reportExportFailures`: a system refused entries. They are tried again later, or parked after too many attempts.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::MAX_ITEMS;
use super::operation::{Operation, Work};
use super::units::{self, FoundUnit, OfUnit, already_exported};
use super::withdrawing::read_reason;
use crate::domain::batch::fault_in;
use crate::domain::event::EventPayload;
use crate::domain::progress::{ExportState, FailureType, PendingEntry, Progress};
use crate::domain::retry::Verdict;
use crate::domain::{
    Batch, Code, EntryId, Fault, Item, Outcome, Result, Right, SystemId, Target, TargetDraft, Timestamp,
};
use crate::store::progress;
use crate::store::systems::KnownSystem;
use crate::telemetry;

/// Why an attempt failed, as it came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailureDraft {
    /// The name of a type of failure.
    pub kind: String,
    /// The same in words.
    pub reason: String,
    /// When the worker wants it tried again.
    pub retry_at: Option<Timestamp>,
}

/// Why an attempt failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct ReportedFailure {
    kind: FailureType,
    reason: String,
    retry_at: Option<Timestamp>,
}

impl ReportedFailure {
    /// Counts it for the metrics, once it is committed to this ledger.
    pub(super) fn count(&self, ledger: &str) {
        telemetry::failure_reported(ledger, self.kind.as_str());
    }
}

impl FailureDraft {
    pub(super) fn read(self) -> Result<ReportedFailure, Vec<Fault>> {
        let kind = FailureType::read(&self.kind);
        match (kind, read_reason("reason", self.reason)) {
            (Ok(kind), Ok(reason)) => Ok(ReportedFailure { kind, reason, retry_at: self.retry_at }),
            (kind, reason) => Err(kind.err().into_iter().chain(reason.err()).collect()),
        }
    }
}

/// A failure to report as it came in, nothing checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportFailureDraft {
    /// The entry, or the voucher.
    pub target: TargetDraft,
    /// The system that refused it.
    pub system_id: String,
    /// Why.
    pub failure: FailureDraft,
}

/// A failure that may be reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExportFailure {
    target: Target,
    system_id: SystemId,
    failure: ReportedFailure,
}

/// What followed from a failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedExport {
    /// The entry, or the voucher.
    pub target: Target,
    /// The system.
    pub system_id: SystemId,
    /// `FAILED` or `PARKED`.
    pub state: ExportState,
    /// How many attempts have failed.
    pub attempts: i32,
    /// When it is tried again; `None` when it is parked.
    pub next_attempt_at: Option<Timestamp>,
    /// How many entries that concerns.
    pub entries: u64,
}

impl Item for ExportFailure {
    type Draft = ExportFailureDraft;
    type Identity = (Target, SystemId);
    const MAX: usize = MAX_ITEMS;
    const VERB: &'static str = "reports";
    const LIST: &'static str = "items";

    fn identity(draft: &ExportFailureDraft) -> Option<Self::Identity> {
        draft.target.for_system(&draft.system_id)
    }

    fn repeated((target, system_id): &Self::Identity) -> Fault {
        let message = format!("the failure of {target} for \"{system_id}\" is reported twice in this call");
        Fault::new(Code::DuplicateItem, message)
    }

    fn parse(draft: ExportFailureDraft) -> Result<Self, Vec<Fault>> {
        let system_id = SystemId::read(draft.system_id);
        match (draft.target.target(), system_id, draft.failure.read()) {
            (Ok(target), Ok(system_id), Ok(failure)) => Ok(ExportFailure { target, system_id, failure }),
            (target, system_id, failure) => {
                let one = [target.err(), system_id.err()].into_iter().flatten();
                Err(one.chain(failure.err().unwrap_or_default()).collect())
            }
        }
    }

    fn system(&self) -> Option<&SystemId> {
        Some(&self.system_id)
    }
}

impl OfUnit for ExportFailure {
    fn target(&self) -> &Target {
        &self.target
    }

    fn system_id(&self) -> &SystemId {
        &self.system_id
    }
}

impl Operation for Batch<ExportFailure> {
    const NAME: &'static str = "report_export_failures";
    const RIGHT: Right = Right::Mark;
    type Answer = Outcome<FailedExport>;

    /// Records every failure of what exists. Where the system has the entry already, only the timeline changes.
    async fn carry_out(&self, work: &mut Work<'_>) -> Result<Outcome<FailedExport>> {
        let consequence = "nothing was recorded for this item";
        let found = units::find(work, &self.items, consequence).await?;
        let (mut outcome, mut failed) = (Outcome::default(), Failed::default());
        for (index, (item, unit)) in self.items.iter().zip(found).enumerate() {
            let ExportFailure { target, system_id, failure } = item;
            match unit {
                Err(fault) => outcome.faults.push(fault),
                Ok(FoundUnit { system, named, pending }) if pending.is_empty() => {
                    failed.tell(work, &named, &system.id, failure, None);
                    let consequence = "only its timeline tells of the failure";
                    let fault = already_exported(target, system_id, consequence);
                    outcome.faults.push(fault_in(ExportFailure::LIST, index, target.field(), fault));
                }
                Ok(FoundUnit { system, pending, .. }) => {
                    let (target, system_id) = (target.clone(), system_id.clone());
                    outcome
                        .done
                        .push(failed.record(work, target, system_id, &system, &pending, failure).await?);
                }
            }
        }
        Ok(outcome)
    }

    fn count(&self, ledger: &str, answer: &Outcome<FailedExport>) {
        for item in &self.items {
            let is_of = |done: &FailedExport| done.target == item.target && done.system_id == item.system_id;
            if answer.done.iter().any(is_of) {
                item.failure.count(ledger);
            }
        }
    }
}

/// The lines whose failure a call has recorded: several of its items may be of one unit, which is one attempt.
#[derive(Default)]
pub(super) struct Failed {
    recorded: HashMap<(i64, EntryId), (i32, Option<Timestamp>)>,
}

impl Failed {
    /// Records that an attempt to send these lines of one unit failed.
    pub(super) async fn record(
        &mut self,
        work: &mut Work<'_>,
        target: Target,
        system_id: SystemId,
        system: &KnownSystem,
        lines: &[PendingEntry],
        failure: &ReportedFailure,
    ) -> Result<FailedExport> {
        let ids: Vec<EntryId> = lines.iter().map(|line| line.entry_id).collect();
        let before = ids.iter().find_map(|id| self.recorded.get(&(system.key, *id)).copied());
        let (attempts, retry_at) = match before {
            Some(recorded) => recorded,
            None => {
                let attempts =
                    lines.iter().map(|line| line.attempts).max().unwrap_or_default().saturating_add(1);
                let seed = ids.first().copied().unwrap_or_default();
                // What a person parked stays parked until a person requeues it.
                let is_parked = lines.iter().any(|line| line.progress == Progress::Parked);
                let verdict =
                    system.settings.retry.verdict(failure.kind, attempts, work.now, failure.retry_at, seed);
                let retry_at = match verdict {
                    Verdict::Retry(at) if !is_parked => Some(at),
                    Verdict::Retry(_) | Verdict::Park => None,
                };
                let (transaction, kind) = (work.transaction, failure.kind);
                if is_parked {
                    progress::fail_parked(transaction, system.key, &ids, attempts, kind).await?;
                } else {
                    progress::fail(transaction, system.key, &ids, attempts, kind, retry_at).await?;
                }
                self.tell(work, &ids, &system.id, failure, Some((attempts, retry_at)));
                self.recorded.extend(ids.iter().map(|id| ((system.key, *id), (attempts, retry_at))));
                (attempts, retry_at)
            }
        };
        let state = if retry_at.is_some() { ExportState::Failed } else { ExportState::Parked };
        let (next_attempt_at, entries) = (retry_at, ids.len() as u64);
        Ok(FailedExport { target, system_id, state, attempts, next_attempt_at, entries })
    }

    /// Tells the timelines of these entries of the failure, and what followed from it, if anything did.
    pub(super) fn tell(
        &self,
        work: &mut Work<'_>,
        ids: &[EntryId],
        system_id: &SystemId,
        failure: &ReportedFailure,
        verdict: Option<(i32, Option<Timestamp>)>,
    ) {
        let payload = EventPayload::Failed {
            kind: failure.kind,
            reason: failure.reason.clone(),
            attempts: verdict.map(|(attempts, _)| attempts),
            retry_at: verdict.and_then(|(_, retry_at)| retry_at),
        };
        work.tell_each(ids, system_id, &payload);
    }
}
