//! Requeues all that failed for one reason, some at a time.

use serde::{Deserialize, Serialize};

use super::free;
use crate::domain::batch::key_fault;
use crate::domain::progress::{FailureType, Progress};
use crate::domain::{Call, EntryId, Error, Result, Right, SystemId};
use crate::service::MAX_ITEMS;
use crate::service::operation::{Operation, Work};
use crate::store;
use crate::store::progress::{self, Locked};

/// Most entries that one call requeues by the type of their failure.
const REQUEUED_A_CALL: u64 = 1_000;

/// A call to requeue what failed for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RequeueFailures {
    system_id: SystemId,
    kind: FailureType,
    #[serde(skip)]
    idempotency_key: Option<String>,
}

/// What such a call did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequeuedFailures {
    /// How many entries are free again.
    pub entries: u64,
    /// Whether there may be more: call again.
    pub has_more: bool,
}

impl RequeueFailures {
    /// Checks a call as it came in.
    pub fn parse(system_id: String, kind: &str, idempotency_key: Option<String>) -> Result<Self> {
        let system_id = SystemId::read(system_id);
        let kind = FailureType::read(kind);
        let key = idempotency_key.as_deref().and_then(key_fault);
        match (system_id, kind, key) {
            (Ok(system_id), Ok(kind), None) => Ok(Self { system_id, kind, idempotency_key }),
            (system_id, kind, key) => {
                Err(Error::Refused([key, system_id.err(), kind.err()].into_iter().flatten().collect()))
            }
        }
    }
}

impl Call for RequeueFailures {
    fn idempotency_key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }

    fn size(&self) -> usize {
        MAX_ITEMS
    }

    fn system(&self) -> Option<&SystemId> {
        Some(&self.system_id)
    }
}

impl Operation for RequeueFailures {
    const NAME: &'static str = "requeue_failures";
    const RIGHT: Right = Right::Manage;
    type Answer = RequeuedFailures;

    /// Frees the next of them, in the order of the ids. What a person parked stays parked.
    async fn carry_out(&self, work: &mut Work<'_>) -> Result<RequeuedFailures> {
        let none = RequeuedFailures { entries: 0, has_more: false };
        let Some(system) = store::systems::find(work.transaction, &self.system_id).await? else {
            return Ok(none);
        };
        let (key, limit) = (system.key, REQUEUED_A_CALL);
        let ids = progress::failed_because(work.transaction, key, self.kind, limit).await?;
        let has_more = ids.len() as u64 >= limit;
        let locked = progress::lock(work.transaction, key, &ids, Locked::Awaited).await?;
        let still = locked.into_iter().filter(|line| {
            let waits = matches!(line.progress, Progress::Failed | Progress::GivenUp);
            waits && line.failure_type == self.kind.number()
        });
        let still: Vec<EntryId> = still.map(|line| line.entry_id).collect();
        free(work, key, &self.system_id, &still).await?;
        Ok(RequeuedFailures { entries: still.len() as u64, has_more })
    }
}
