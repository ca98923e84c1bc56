//! `startReplay` and `cancelReplay`: a system has lost what it was sent, and is to be sent it again. The steps are done in
//! the background.

use serde::{Deserialize, Serialize};

use super::operation::{Operation, Work};
use super::retiring::refuse_retired;
use super::withdrawing::read_reason;
use super::{DEFAULT_SYSTEMS, Ledger, MAX_SYSTEMS};
use crate::domain::batch::key_fault;
use crate::domain::page::{Binding, PageArguments, PageBounds, Paged};
use crate::domain::replay::Replay;
use crate::domain::{Call, Code, Error, Fault, Result, Right, SystemId, Timestamp};
use crate::store;
use crate::store::replays::NewReplay;

/// What the cursors of the list of replays of a system begin with.
const REPLAYS: &str = "replays";

/// A replay to start as it came in, nothing checked yet.
#[derive(Clone, Debug)]
pub struct ReplayDraft {
    /// The system.
    pub system_id: String,
    /// Marks after this moment are taken back.
    pub marked_since: Timestamp,
    /// Marks up to this moment are; `None`: up to the start.
    pub marked_until: Option<Timestamp>,
    /// Why.
    pub reason: String,
}

/// A call to start a replay.
#[derive(Clone, Debug, Serialize)]
pub struct StartReplay {
    system_id: SystemId,
    marked_since: Timestamp,
    marked_until: Option<Timestamp>,
    reason: String,
    #[serde(skip)]
    idempotency_key: Option<String>,
}

/// A call to cancel a replay.
#[derive(Clone, Debug, Serialize)]
pub struct CancelReplay {
    id: i64,
    #[serde(skip)]
    idempotency_key: Option<String>,
}

/// The replay that was started or cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedReplay {
    /// Its number.
    pub id: i64,
}

impl StartReplay {
    /// Checks a call as it came in.
    pub fn parse(draft: ReplayDraft, idempotency_key: Option<String>) -> Result<Self> {
        let key = idempotency_key.as_deref().and_then(key_fault);
        let ReplayDraft { system_id, marked_since, marked_until, reason } = draft;
        match (SystemId::read(system_id), read_reason("reason", reason), key) {
            (Ok(system_id), Ok(reason), None) => {
                Ok(Self { system_id, marked_since, marked_until, reason, idempotency_key })
            }
            (system_id, reason, key) => {
                Err(Error::Refused([key, system_id.err(), reason.err()].into_iter().flatten().collect()))
            }
        }
    }
}

impl Call for StartReplay {
    fn idempotency_key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }

    fn system(&self) -> Option<&SystemId> {
        Some(&self.system_id)
    }
}

impl Operation for StartReplay {
    const NAME: &'static str = "start_replay";
    const RIGHT: Right = Right::Manage;
    type Answer = MovedReplay;

    async fn carry_out(&self, work: &mut Work<'_>) -> Result<MovedReplay> {
        // A range that ends later would take marks back that are made while it runs.
        let marked_until = self.marked_until.map_or(work.now, |until| until.min(work.now));
        if marked_until <= self.marked_since {
            let message = "the range of time is empty: its end, or now, is not after `marked_since`";
            return Err(Fault::new(Code::InvalidReplay, message).under("marked_since").into());
        }
        let systems = store::systems::make_known(work.transaction, &[&self.system_id], work.now).await?;
        let system = systems.into_iter().next();
        let system = system.ok_or_else(|| Error::internal("a system that is not known"))?;
        refuse_retired(&system)?;
        let replay = NewReplay {
            system_key: system.key,
            marked_since: self.marked_since,
            marked_until,
            reason: &self.reason,
            actor: work.actor,
        };
        let started = store::replays::start(work.transaction, &replay, work.now).await?;
        let id = started.ok_or_else(|| replay_open("system_id"))?;
        work.leave_replay();
        Ok(MovedReplay { id })
    }
}

impl CancelReplay {
    /// Checks a call as it came in. `id`: `None` when what came in was no number.
    pub fn parse(id: Option<i64>, idempotency_key: Option<String>) -> Result<Self> {
        let key = idempotency_key.as_deref().and_then(key_fault);
        match (id.ok_or_else(no_replay), key) {
            (Ok(id), None) => Ok(Self { id, idempotency_key }),
            (id, key) => Err(Error::Refused([key, id.err()].into_iter().flatten().collect())),
        }
    }
}

/// The system of a replay is known only to the database: [`Ledger::cancel_replay`] asks for the right before.
impl Call for CancelReplay {
    fn idempotency_key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}

impl Operation for CancelReplay {
    const NAME: &'static str = "cancel_replay";
    const RIGHT: Right = Right::Manage;
    type Answer = MovedReplay;

    /// One that was cancelled before stays as it is.
    async fn carry_out(&self, work: &mut Work<'_>) -> Result<MovedReplay> {
        if !store::replays::cancel(work.transaction, self.id, work.actor, work.now).await? {
            return Err(replay_open("replay_id").into());
        }
        work.leave_replay();
        Ok(MovedReplay { id: self.id })
    }
}

fn replay_open(field: &str) -> Fault {
    let message = "another replay of the system is at work: wait until it has ended, or cancel it";
    Fault::new(Code::ReplayOpen, message).under(field)
}

fn no_replay() -> Fault {
    Fault::new(Code::ReplayNotFound, "there is no such replay").under("replay_id")
}

impl Ledger {
    /// A page of the replays of a system, oldest first.
    pub async fn replays(&self, system_id: &SystemId, arguments: &PageArguments) -> Result<Paged<Replay>> {
        self.caller.require_for(Right::Export, system_id)?;
        let binding = binding(system_id);
        let bounds = PageBounds { default: DEFAULT_SYSTEMS, max: MAX_SYSTEMS };
        let page = arguments.page(bounds, |cursor| binding.id(cursor))?;
        let page = page.of(store::replays::page(self.database.reader(), system_id, &page).await?);
        self.costs(1 + page.items.len());
        Ok(page)
    }

    /// One replay. Who may start one may see it.
    pub async fn replay(&self, id: i64) -> Result<Option<Replay>> {
        self.caller.require_either(Right::Export, Right::Manage)?;
        self.costs(1);
        let replay = store::replays::find(self.database.reader(), id).await?;
        Ok(replay.filter(|replay| self.caller.knows(&replay.system_id)))
    }

    /// Cancels a replay. One of a system that the caller may not know of is as one that is not there.
    pub async fn cancel_replay(&self, call: Result<CancelReplay>, door: &str) -> Result<MovedReplay> {
        self.caller.require(Right::Manage)?;
        if let Ok(call) = &call {
            let replay = store::replays::find(self.database.reader(), call.id).await?;
            replay.filter(|replay| self.caller.knows(&replay.system_id)).ok_or_else(no_replay)?;
        }
        self.perform(call, door).await
    }
}

fn binding(system_id: &SystemId) -> Binding {
    Binding::new(&(REPLAYS, system_id))
}

/// The cursor of a replay in the list of those of its system.
pub fn replay_cursor(replay: &Replay) -> String {
    binding(&replay.system_id).id_cursor(replay.id)
}
