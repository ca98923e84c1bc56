//! `claimExports`: a worker takes entries to send to a system, so that no other worker sends them meanwhile.

mod search;

use std::collections::HashSet;

use serde::Serialize;
use uuid::Uuid;

use super::operation::{Operation, Work};
use super::retiring::refuse_retired;
use crate::domain::batch::key_fault;
use crate::domain::event::EventPayload;
use crate::domain::text::text_fault;
use crate::domain::{Call, Code, Error, Fault, Filter, Result, Right, SystemId};
use crate::store::claims::{self, NewClaim, Turn};
use crate::store::{self, systems::KnownSystem};
use crate::telemetry::{self, ClaimOutcome};
use search::Search;

/// Entries that a claim asks for, unless the caller says how many.
const DEFAULT_CLAIMED: u64 = 100;
/// Most entries that a claim may ask for. Its last voucher may exceed it.
const MAX_CLAIMED: u64 = 500;
/// Length of a lease in seconds, unless the caller says it.
const DEFAULT_LEASE: i64 = 300;
/// Shortest lease, in seconds.
const MIN_LEASE: i64 = 10;
/// Longest lease, in seconds.
const MAX_LEASE: i64 = 3_600;
/// Longest name of a worker, in characters.
const MAX_WORKER: usize = 100;

/// A claim as it came in, nothing checked yet.
#[derive(Clone, Debug, Default)]
pub struct ClaimDraft {
    /// The system.
    pub system_id: String,
    /// How many entries.
    pub first: Option<i64>,
    /// How long, in seconds.
    pub lease_seconds: Option<i64>,
    /// What the worker calls itself.
    pub worker: String,
    /// Only units with an entry that passes.
    pub filter: Option<Filter>,
}

/// A claim that may be made.
#[derive(Clone, Debug, Serialize)]
pub struct ClaimCall {
    system_id: SystemId,
    first: u64,
    lease_seconds: i64,
    worker: String,
    filter: Option<Filter>,
    /// The id that the claim gets.
    #[serde(skip)]
    id: String,
    #[serde(skip)]
    idempotency_key: Option<String>,
}

impl ClaimCall {
    /// Checks a call as it came in.
    pub fn parse(draft: ClaimDraft, idempotency_key: Option<String>) -> Result<Self> {
        let mut faults: Vec<Fault> = idempotency_key.as_deref().and_then(key_fault).into_iter().collect();
        let system_id = SystemId::read(draft.system_id);
        let first = u64::try_from(draft.first.unwrap_or(DEFAULT_CLAIMED.cast_signed())).unwrap_or(0);
        if !(1..=MAX_CLAIMED).contains(&first) {
            let message = format!("a claim asks for 1 to {MAX_CLAIMED} entries");
            faults.push(Fault::new(Code::InvalidClaim, message).under("first"));
        }
        let lease_seconds = lease_seconds(draft.lease_seconds);
        if let Some(message) = text_fault("the name of the worker", &draft.worker, 1, MAX_WORKER) {
            faults.push(Fault::new(Code::InvalidClaim, message).under("worker"));
        }
        if let Some(Err(Error::Refused(found))) = draft.filter.as_ref().map(Filter::check) {
            faults.extend(found);
        }
        match (system_id, lease_seconds) {
            (Ok(system_id), Ok(lease_seconds)) if faults.is_empty() => Ok(Self {
                system_id,
                first,
                lease_seconds,
                worker: draft.worker,
                filter: draft.filter,
                id: Uuid::now_v7().to_string(),
                idempotency_key,
            }),
            (system_id, lease_seconds) => Err(Error::Refused(
                [system_id.err(), lease_seconds.err()].into_iter().flatten().chain(faults).collect(),
            )),
        }
    }
}

/// The length of a lease, if it is neither too short nor too long.
pub(super) fn lease_seconds(seconds: Option<i64>) -> Result<i64, Fault> {
    let seconds = seconds.unwrap_or(DEFAULT_LEASE);
    if (MIN_LEASE..=MAX_LEASE).contains(&seconds) {
        return Ok(seconds);
    }
    let message = format!("a lease is {MIN_LEASE} to {MAX_LEASE} seconds long");
    Err(Fault::new(Code::InvalidClaim, message).under("lease_seconds"))
}

impl Call for ClaimCall {
    fn idempotency_key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }

    fn size(&self) -> usize {
        usize::try_from(self.first).unwrap_or(usize::MAX)
    }

    fn system(&self) -> Option<&SystemId> {
        Some(&self.system_id)
    }
}

impl Operation for ClaimCall {
    const NAME: &'static str = "claim_exports";
    const RIGHT: Right = Right::Mark;
    /// The id of the claim; `None` when there was nothing to claim.
    type Answer = Option<String>;

    async fn carry_out(&self, work: &mut Work<'_>) -> Result<Option<String>> {
        let systems =
            store::systems::make_known_alone(work.transaction, &[&self.system_id], work.now).await?;
        let system = systems.into_iter().next();
        let system = system.ok_or_else(|| Error::internal("a system that is not known"))?;
        refuse_retired(&system)?;
        if system.history.is_some() {
            work.leave_history();
        }
        let turn = claims::take_turn(work.transaction, system.key).await?;
        self.clear_lapsed(work, &system, &turn).await?;
        let mut search = Search::new(&system, turn, self.filter.as_ref());
        let first = usize::try_from(self.first).unwrap_or(usize::MAX);
        let due = search.due(work, self.first).await?;
        search.take(work, &due, first.div_ceil(2)).await?;
        search.free(work, first).await?;
        search.take(work, &due, first).await?;
        let ids = search.ids;
        if ids.is_empty() {
            return Ok(None);
        }
        let claim = NewClaim {
            id: &self.id,
            system_key: system.key,
            worker: &self.worker,
            actor: work.actor,
            expires_at: turn.now.plus_micros(self.lease_seconds * 1_000_000),
        };
        claims::make(work.transaction, &claim, &ids, work.now).await?;
        let payload = EventPayload::Claimed { claim_id: self.id.clone(), worker: self.worker.clone() };
        work.tell_each(&ids, &self.system_id, &payload);
        Ok(Some(self.id.clone()))
    }

    fn count(&self, ledger: &str, answer: &Option<String>) {
        telemetry::claims_counted(ledger, ClaimOutcome::Made, u64::from(answer.is_some()));
    }
}

impl ClaimCall {
    /// Frees what claims have whose leases have ended.
    async fn clear_lapsed(&self, work: &mut Work<'_>, system: &KnownSystem, turn: &Turn) -> Result<()> {
        let max_attempts = system.settings.retry.max_attempts;
        let freed = claims::clear_lapsed(work.transaction, system.key, turn, max_attempts).await?;
        work.count_lapsed(freed.iter().map(|(_, claim_id)| claim_id).collect::<HashSet<_>>().len());
        for (entry_id, claim_id) in freed {
            work.tell_each(&[entry_id], &self.system_id, &EventPayload::ClaimExpired { claim_id });
        }
        Ok(())
    }
}
