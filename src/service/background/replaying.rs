//! Replays are carried on, in small steps. Gateways share the work: each takes the next step of a replay that no other
//! gateway is at.

use std::time::{Duration, Instant};

use super::lease::Run;
use crate::domain::Result;
use crate::domain::event::EventPayload;
use crate::domain::replay::ReplayState;
use crate::service::Ledger;
use crate::service::turns::Turn;
use crate::store::timeline::{self, NewEvent};
use crate::store::{failure, replays};

/// Marks that one step looks at.
const SOME: u64 = 250;
/// How long to leave a replay alone that another gateway is at.
const PAUSE: Duration = Duration::from_millis(200);

/// What came of a step.
enum Step {
    /// There is more to do.
    Advanced,
    /// Another gateway is at it, or another transaction was in the way: try again later.
    Busy,
    /// Nothing is left to do.
    Finished,
}

/// The replays take turns, a step each. After each step comes a rest of its time, for those who ask and mark meanwhile.
pub async fn run(run: &Run<'_>) -> Result<()> {
    loop {
        let open = replays::open(run.ledger.database.reader()).await?;
        if open.is_empty() {
            return Ok(());
        }
        for id in open {
            if !run.goes_on().await? {
                return Ok(());
            }
            let begun = Instant::now();
            match step(run.ledger, id).await? {
                Step::Busy => run.rest(PAUSE).await,
                Step::Advanced | Step::Finished => run.rest(begun.elapsed()).await,
            }
        }
    }
}

/// One step of the replay with this number, in one transaction with the events of its entries.
async fn step(ledger: &Ledger, id: i64) -> Result<Step> {
    match attempt(ledger, id).await {
        Err(error) if failure::is_rolled_back(&error) => Ok(Step::Busy),
        step => step,
    }
}

async fn attempt(ledger: &Ledger, id: i64) -> Result<Step> {
    let now = ledger.clock.now();
    let transaction = ledger.database.begin_unhurried().await?;
    let Some(replay) = replays::lock(&transaction, id).await? else { return Ok(Step::Busy) };
    let puts_back = replay.state == ReplayState::Cancelling;
    let stepped = if puts_back {
        replays::put_back(&transaction, &replay, SOME, now).await?
    } else {
        replays::set_aside(&transaction, &replay, SOME, now).await?
    };
    let payload = if puts_back {
        EventPayload::MarkRestored { replay_id: id }
    } else {
        EventPayload::Replayed { replay_id: id, reason: replay.reason.clone() }
    };
    let event = |entry_id| NewEvent {
        entry_id,
        at: now,
        system_id: Some(stepped.system_id.clone()),
        payload: payload.clone(),
    };
    let actor = replay.cancelled_by.as_deref().filter(|_| puts_back).unwrap_or(&replay.actor);
    timeline::append(&transaction, stepped.entries.iter().copied().map(event).collect(), actor).await?;
    transaction.commit().await?;
    Ok(if stepped.goes_on { Step::Advanced } else { Step::Finished })
}

impl Ledger {
    /// Carries this replay on until nothing is left to be done, for programs that end before a background round comes.
    pub async fn finish_replay(&self, id: i64) -> Result<()> {
        let mut turn = Turn::begin(self);
        while replays::open(self.database.reader()).await?.contains(&id) {
            match step(self, id).await? {
                Step::Busy => tokio::time::sleep(PAUSE).await,
                Step::Advanced | Step::Finished => turn.share().await,
            }
        }
        Ok(())
    }
}
