//! The history of new systems is taken over, in small steps. Gateways share the work: each takes the next step of a system
//! that no other gateway is at.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use super::lease::Run;
use crate::domain::Result;
use crate::service::Ledger;
use crate::service::turns::Turn;
use crate::store::takeover::{self, SMALL_CHUNK, Step};

/// How long to leave the locks alone when others hold them.
const PAUSE: Duration = Duration::from_millis(200);

/// The systems take turns, a step each, so that one with a long history keeps no other waiting. After each step comes a
/// rest of twice its time: those who ask and mark meanwhile have the database to themselves for most of the time. One
/// system whose step fails does not keep the others from theirs.
pub async fn run(run: &Run<'_>) -> Result<()> {
    let database = &run.ledger.database;
    let mut failed = HashSet::new();
    let mut failure = Ok(());
    loop {
        let mut keys = takeover::unfinished(database.reader()).await?;
        keys.retain(|key| !failed.contains(key));
        if keys.is_empty() {
            return failure;
        }
        let mut is_busy = true;
        for key in keys {
            if !run.goes_on().await? {
                return failure;
            }
            let begun = Instant::now();
            match takeover::step_of(database, key, SMALL_CHUNK).await {
                Ok(Step::Busy) => continue,
                Ok(Step::Finished | Step::Advanced) => run.rest(2 * begun.elapsed()).await,
                Err(error) => {
                    failed.insert(key);
                    failure = Err(error);
                }
            }
            is_busy = false;
        }
        if is_busy {
            run.rest(PAUSE).await;
        }
    }
}

impl Ledger {
    /// Takes over all history now, for programs that end before a background round comes.
    pub async fn finish_takeovers(&self) -> Result<()> {
        let mut turn = Turn::begin(self);
        for key in takeover::unfinished(self.database.reader()).await? {
            loop {
                match takeover::step(&self.database, key).await? {
                    Step::Finished => break,
                    Step::Advanced => turn.share().await,
                    Step::Busy => tokio::time::sleep(PAUSE).await,
                }
            }
        }
        Ok(())
    }
}
