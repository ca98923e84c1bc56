//! What a worker does with the lease of its claim: extends it, or gives the claim back.

use serde::{Deserialize, Serialize};

use super::Ledger;
use super::claiming::lease_seconds;
use super::operation::{Operation, Work};
use crate::domain::batch::key_fault;
use crate::domain::claim::Claim;
use crate::domain::event::EventPayload;
use crate::domain::text::quoted;
use crate::domain::{Call, Code, EntryId, Error, Fault, Result, Right, Timestamp};
use crate::store;
use crate::store::claims::{self, ClaimKeys};
use crate::telemetry::{self, ClaimOutcome};

/// A call to make the lease of a claim last longer, or to give the claim back.
#[derive(Clone, Debug, Serialize)]
pub struct LeaseCall {
    claim_id: String,
    /// How long from now on, in seconds; `None`: give it back.
    lease_seconds: Option<i64>,
    #[serde(skip)]
    idempotency_key: Option<String>,
}

/// What became of the lease.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leased {
    /// The claim.
    pub claim_id: String,
    /// When its lease ends; `None` when it was given back.
    pub expires_at: Option<Timestamp>,
    /// How many entries it has, or had when it was given back.
    pub entries: u64,
}

impl LeaseCall {
    /// A call to extend the lease; by 300 seconds where nothing is said.
    pub fn extend(claim_id: String, seconds: Option<i64>, idempotency_key: Option<String>) -> Result<Self> {
        Self::parse(claim_id, Some(lease_seconds(seconds)), idempotency_key)
    }

    /// A call to give the claim back.
    pub fn release(claim_id: String, idempotency_key: Option<String>) -> Result<Self> {
        Self::parse(claim_id, None, idempotency_key)
    }

    fn parse(
        claim_id: String,
        seconds: Option<Result<i64, Fault>>,
        idempotency_key: Option<String>,
    ) -> Result<Self> {
        let key = idempotency_key.as_deref().and_then(key_fault);
        match (seconds.transpose(), key) {
            (Ok(lease_seconds), None) => Ok(Self { claim_id, lease_seconds, idempotency_key }),
            (seconds, key) => Err(Error::Refused(key.into_iter().chain(seconds.err()).collect())),
        }
    }
}

impl Call for LeaseCall {
    fn idempotency_key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}

impl Operation for LeaseCall {
    const NAME: &'static str = "lease_claim";
    const RIGHT: Right = Right::Mark;
    type Answer = Leased;

    async fn carry_out(&self, work: &mut Work<'_>) -> Result<Leased> {
        let (claim, keys) = locked(work, &self.claim_id).await?;
        let held = claims::lock_held(work.transaction, keys.claim, keys.system).await?;
        if !claim.is_live || held.is_empty() {
            let message = "the claim has nothing any more: its lease has ended, or all of it is settled";
            return Err(Fault::new(Code::ClaimLost, message).under("claim_id").into());
        }
        let expires_at = match self.lease_seconds {
            Some(seconds) => Some(claims::extend(work.transaction, keys.claim, seconds).await?),
            None => {
                store::progress::give_back(work.transaction, keys.system, &held, 0, i32::MAX).await?;
                claims::end(work.transaction, keys.claim, work.now).await?;
                let ids: Vec<EntryId> = held.iter().map(|line| line.entry_id).collect();
                let payload = EventPayload::Released { claim_id: claim.id.clone() };
                work.tell_each(&ids, &claim.system_id, &payload);
                None
            }
        };
        Ok(Leased { claim_id: claim.id, expires_at, entries: held.len() as u64 })
    }

    fn count(&self, ledger: &str, answer: &Leased) {
        telemetry::claims_counted(ledger, ClaimOutcome::Released, u64::from(answer.expires_at.is_none()));
    }
}

/// The claim, locked until the transaction ends.
pub(super) async fn locked(work: &Work<'_>, id: &str) -> Result<(Claim, ClaimKeys)> {
    let found = claims::find(work.transaction, id, true).await?;
    found.ok_or_else(|| no_claim(id).into())
}

/// That there is no such claim.
pub(super) fn no_claim(id: &str) -> Fault {
    Fault::new(Code::ClaimNotFound, format!("there is no claim {}", quoted(id))).under("claim_id")
}

impl Ledger {
    /// Extends the lease of a claim, or gives the claim back.
    pub async fn lease(&self, call: Result<LeaseCall>, door: &str) -> Result<Leased> {
        if let Ok(call) = &call {
            self.may_settle(&call.claim_id).await?;
        }
        self.perform(call, door).await
    }

    /// A claim for a system that the caller may not know of is as one that is not there.
    pub(super) async fn may_settle(&self, claim_id: &str) -> Result<()> {
        self.caller.require(Right::Mark)?;
        match claims::find(self.database.reader(), claim_id, false).await? {
            Some((claim, _)) if self.caller.knows(&claim.system_id) => Ok(()),
            _ => Err(no_claim(claim_id).into()),
        }
    }
}
