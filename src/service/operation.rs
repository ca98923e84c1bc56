//! The pipeline of operations: the one way in which a caller changes the ledger.
//!
//! An operation says what is its own: its name, the right it takes, what it does inside of the transaction, what it
//! answers. Everything else is done here and alike for all of them, in this order: the caller's rights, the cost, one
//! transaction in which the idempotency key is claimed, the operation carried out, its events written and its answer
//! kept; the whole transaction again when the database rolled it back because of another one; the metrics.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_orm::DatabaseTransaction;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::Ledger;
use crate::domain::event::EventPayload;
use crate::domain::{Call, Code, EntryId, Error, Fault, Result, Right, SystemId, Timestamp};
use crate::store::events::sequencer;
use crate::store::failure::is_rolled_back;
use crate::store::idempotency::{self, Claim};
use crate::store::timeline::{self, NewEvent};
use crate::telemetry::{self, ClaimOutcome, Outcome};

/// A transaction that the database rolled back because of another one is carried out again, four times at most, after a
/// random delay of some milliseconds, so that they do not collide again: of eight calls that record the same in other orders one
/// may be rolled back three times.
const AGAIN: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_millis(5))
    .with_factor(2.0)
    .with_max_times(4)
    .with_jitter();

/// What can be done to the ledger, for the type of its calls.
pub trait Operation: Call {
    /// Its name in the metrics; idempotency keys belong to it, so it never changes.
    const NAME: &'static str;
    /// The right that the caller needs, for each system that the call is for.
    const RIGHT: Right;
    /// What the caller is told. It is kept as JSON when the call brings an idempotency key.
    type Answer: Serialize + DeserializeOwned + Send + Sync;

    /// Does it, inside of the transaction of `work`. An error rolls back everything. It may be called again after the
    /// database rolled an attempt back, so it changes nothing but the database.
    fn carry_out(&self, work: &mut Work<'_>) -> impl Future<Output = Result<Self::Answer>> + Send;

    /// Completes an answer that was kept and is given again: adds what was not kept with it.
    fn reload(
        answer: Self::Answer,
        _transaction: &DatabaseTransaction,
    ) -> impl Future<Output = Result<Self::Answer>> + Send {
        async { Ok(answer) }
    }

    /// Counts what was committed to this ledger, for the metrics. Not called when an earlier answer is given again.
    fn count(&self, _ledger: &str, _answer: &Self::Answer) {}
}

/// One attempt at a call: what it is carried out with, and what it leaves to be done by the pipeline.
#[derive(Debug)]
pub struct Work<'a> {
    /// The transaction of the call.
    pub transaction: &'a DatabaseTransaction,
    /// The moment of the call.
    pub now: Timestamp,
    /// Who the timeline says it was.
    pub actor: &'a str,
    events: Vec<NewEvent>,
    left: Left,
}

/// What a call leaves to be done, or to be counted, after the commit.
#[derive(Clone, Copy, Debug, Default)]
struct Left {
    history: bool,
    replay: bool,
    /// Claims from which entries were taken because their leases had ended.
    lapsed: u64,
}

impl Work<'_> {
    /// Writes an event to the timeline. The rows are inserted at the end of the transaction, when it holds the locks on
    /// everything it changed, so the events of one entry are numbered in the order in which the changes happened.
    pub fn tell(&mut self, event: NewEvent) {
        self.events.push(event);
    }

    /// Writes the same event of a system, at the moment of the call, to the timeline of each of these entries.
    pub fn tell_each(&mut self, ids: &[EntryId], system_id: &SystemId, payload: &EventPayload) {
        for entry_id in ids.iter().copied() {
            let (system_id, payload) = (Some(system_id.clone()), payload.clone());
            self.tell(NewEvent { entry_id, at: self.now, system_id, payload });
        }
    }

    /// Wakes the background work after the commit: some system has history to be taken over.
    pub fn leave_history(&mut self) {
        self.left.history = true;
    }

    /// Wakes the background work after the commit: there is a replay to be carried on.
    pub fn leave_replay(&mut self) {
        self.left.replay = true;
    }

    /// Wakes the background work of all gateways after the commit, for what is not in the log of events: the program may be
    /// one that does no background work.
    pub async fn wake_gateways(&self) -> Result<()> {
        sequencer::tell(self.transaction).await
    }

    /// Counts, after the commit, so many claims from which entries were taken because their leases had ended.
    pub fn count_lapsed(&mut self, claims: usize) {
        self.left.lapsed += claims as u64;
    }
}

/// The key of a call, as it is kept.
#[derive(Debug)]
struct Key {
    /// Stands for the operation, the caller and the caller's own key.
    name: String,
    /// Stands for what the call asks.
    request: String,
}

/// What an attempt came to.
struct Attempted<A> {
    answer: A,
    /// Whether an earlier call with the same key had this answer; then nothing was written.
    is_repeated: bool,
    left: Left,
}

impl Ledger {
    /// Carries out a call that could be parsed. With an idempotency key that this caller used before for the same call,
    /// gives the first answer again and writes nothing.
    ///
    /// When it returns an answer, all of it is committed. When it returns an error, nothing was written, with one
    /// exception: when the connection to the database broke during the commit, all of it may be there. Repeating the
    /// call with the same key tells which.
    pub async fn perform<O: Operation>(&self, call: Result<O>, door: &str) -> Result<O::Answer> {
        let performed = async {
            self.caller.require(O::RIGHT)?;
            let call = call?;
            call.check_systems(|system| self.caller.require_for(O::RIGHT, system))?;
            self.costs(1 + call.size());
            self.carry_out(&call, &self.caller.actor(door)).await
        };
        let performed = performed.await;
        telemetry::operation_ended(self.name(), O::NAME, outcome(&performed));
        Ok(performed?.answer)
    }

    /// The same without checking rights or counting the cost, for what the program does itself.
    pub(super) async fn perform_unasked<O: Operation>(&self, call: &O, actor: &str) -> Result<O::Answer> {
        Ok(self.carry_out(call, actor).await?.answer)
    }

    async fn carry_out<O: Operation>(&self, call: &O, actor: &str) -> Result<Attempted<O::Answer>> {
        let key = call.idempotency_key().map(|key| self.key(call, key)).transpose()?;
        let attempted = (|| self.attempt(call, key.as_ref(), actor))
            .retry(AGAIN)
            .when(is_rolled_back)
            .notify(
                |error, _| tracing::info!(%error, "rolled back because of another transaction: trying again"),
            )
            .await?;
        if !attempted.is_repeated {
            call.count(self.name(), &attempted.answer);
            telemetry::claims_counted(self.name(), ClaimOutcome::Expired, attempted.left.lapsed);
            self.signals.committed();
        }
        if attempted.left.history {
            self.history_to_take_over.notify_one();
        }
        if attempted.left.replay {
            self.replay_to_carry_on.notify_one();
        }
        Ok(attempted)
    }

    async fn attempt<O: Operation>(
        &self,
        call: &O,
        key: Option<&Key>,
        actor: &str,
    ) -> Result<Attempted<O::Answer>> {
        let now = self.clock.now();
        let transaction = self.database.begin().await?;
        if let Some(key) = key {
            match idempotency::claim(&transaction, &key.name, &key.request, now).await? {
                Claim::Ours => {}
                Claim::Answered(answer) => {
                    let answer = O::reload(read_again(&answer)?, &transaction).await?;
                    return Ok(Attempted { answer, is_repeated: true, left: Left::default() });
                }
                Claim::Reused => return Err(reused().into()),
            }
        }
        let (events, left) = (Vec::new(), Left::default());
        let mut work = Work { transaction: &transaction, now, actor, events, left };
        let answer = call.carry_out(&mut work).await?;
        let Work { events, left, .. } = work;
        timeline::append(&transaction, events, actor).await?;
        if let Some(key) = key {
            let answer = serde_json::to_string(&answer).map_err(Error::internal)?;
            idempotency::keep_answer(&transaction, &key.name, answer).await?;
        }
        transaction.commit().await?;
        Ok(Attempted { answer, is_repeated: false, left })
    }

    /// Two callers may use the same key, and so may one caller for two operations: neither learns of the other.
    fn key<O: Operation>(&self, call: &O, key: &str) -> Result<Key> {
        Ok(Key { name: digest(&(O::NAME, self.caller.handle(), key))?, request: digest(call)? })
    }
}

fn outcome<A>(performed: &Result<Attempted<A>>) -> Outcome {
    match performed {
        Ok(attempted) if attempted.is_repeated => Outcome::Repeated,
        Ok(_) => Outcome::Done,
        Err(Error::Refused(_)) => Outcome::Refused,
        Err(Error::Unavailable(_)) => Outcome::Unavailable,
        Err(Error::Internal(_)) => Outcome::Failed,
    }
}

fn reused() -> Fault {
    let message = "the idempotency key was used before, with other items: use a new key for a new call, and the same \
                   items to repeat one";
    Fault::new(Code::IdempotencyKeyReused, message).under("idempotency_key")
}

/// A short text that stands for the value.
fn digest(value: &impl Serialize) -> Result<String> {
    let json = serde_json::to_vec(value).map_err(Error::internal)?;
    Ok(URL_SAFE_NO_PAD.encode(Sha256::digest(json)))
}

/// The answer to an earlier call. When it cannot be read, the error names the place and shows nothing of the content.
fn read_again<A: DeserializeOwned>(answer: &str) -> Result<A> {
    serde_json::from_str(answer).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Error::internal(format!("a kept answer cannot be read, at line {line}, column {column}"))
    })
}
