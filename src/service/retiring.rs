//! `retireExportSystem` and `reviveExportSystem`: a mistyped or a closed system is put aside with its marks, and taken into use
//! again.

use serde::{Deserialize, Serialize};

use super::operation::{Operation, Work};
use crate::domain::batch::key_fault;
use crate::domain::{Call, Code, Error, Fault, Result, Right, SystemId};
use crate::store::{self, systems::KnownSystem};

/// A system to retire.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct RetireSystem(NamedSystem);

/// A system to revive.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct ReviveSystem(NamedSystem);

#[derive(Clone, Debug, Serialize)]
struct NamedSystem {
    system_id: SystemId,
    #[serde(skip)]
    idempotency_key: Option<String>,
}

/// The system that was retired or revived, or was so already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedSystem {
    /// Its name.
    pub system_id: SystemId,
}

impl NamedSystem {
    fn parse(system_id: String, idempotency_key: Option<String>) -> Result<Self> {
        let key = idempotency_key.as_deref().and_then(key_fault);
        match (SystemId::read(system_id), key) {
            (Ok(system_id), None) => Ok(Self { system_id, idempotency_key }),
            (system_id, key) => Err(Error::Refused([key, system_id.err()].into_iter().flatten().collect())),
        }
    }

    async fn find(&self, work: &Work<'_>) -> Result<KnownSystem> {
        let system = store::systems::find(work.transaction, &self.system_id).await?;
        system.ok_or_else(|| {
            let message = format!("no system {} is known", self.system_id);
            Fault::new(Code::SystemNotFound, message).under("system_id").into()
        })
    }

    fn moved(&self) -> MovedSystem {
        MovedSystem { system_id: self.system_id.clone() }
    }
}

impl RetireSystem {
    /// Checks a call as it came in.
    pub fn parse(system_id: String, idempotency_key: Option<String>) -> Result<Self> {
        NamedSystem::parse(system_id, idempotency_key).map(Self)
    }
}

impl ReviveSystem {
    /// Checks a call as it came in.
    pub fn parse(system_id: String, idempotency_key: Option<String>) -> Result<Self> {
        NamedSystem::parse(system_id, idempotency_key).map(Self)
    }
}

impl Call for RetireSystem {
    fn idempotency_key(&self) -> Option<&str> {
        self.0.idempotency_key.as_deref()
    }

    fn system(&self) -> Option<&SystemId> {
        Some(&self.0.system_id)
    }
}

impl Call for ReviveSystem {
    fn idempotency_key(&self) -> Option<&str> {
        self.0.idempotency_key.as_deref()
    }

    fn system(&self) -> Option<&SystemId> {
        Some(&self.0.system_id)
    }
}

impl Operation for RetireSystem {
    const NAME: &'static str = "retire_export_system";
    const RIGHT: Right = Right::Admin;
    type Answer = MovedSystem;

    /// A system that is retired stays as it is. Its pending rows are deleted in the background.
    async fn carry_out(&self, work: &mut Work<'_>) -> Result<MovedSystem> {
        let system = self.0.find(work).await?;
        if system.retired_at.is_none() {
            if store::replays::is_open_for(work.transaction, system.key).await? {
                let message = "a replay of the system is at work: wait until it has ended, or cancel it";
                return Err(Fault::new(Code::ReplayOpen, message).under("system_id").into());
            }
            store::retiring::retire(work.transaction, system.key, work.now).await?;
        }
        Ok(self.0.moved())
    }
}

impl Operation for ReviveSystem {
    const NAME: &'static str = "revive_export_system";
    const RIGHT: Right = Right::Admin;
    type Answer = MovedSystem;

    /// A system that is in use stays as it is. The history of another one is taken over in the background.
    async fn carry_out(&self, work: &mut Work<'_>) -> Result<MovedSystem> {
        let system = self.0.find(work).await?;
        if system.retired_at.is_some() {
            store::retiring::revive(work.transaction, system.key).await?;
            work.leave_history();
        }
        Ok(self.0.moved())
    }
}

/// Refuses what only a system in use can be asked for.
pub(super) fn refuse_retired(system: &KnownSystem) -> Result<(), Fault> {
    if system.retired_at.is_none() {
        return Ok(());
    }
    let message = format!("the system {} is retired: revive it first", system.id);
    Err(Fault::new(Code::SystemRetired, message).under("system_id"))
}
