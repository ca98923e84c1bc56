//! What a gateway does while nobody asks: take over the history of new systems, forget old idempotency keys, keep
//! SQLite's log short. Any number of gateways may do it at once; each step is a transaction that leaves a whole state.

use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use super::Ledger;
use super::turns::Turn;
use crate::domain::Result;
use crate::store::takeover::{self, SMALL_CHUNK, Step};
use crate::store::{idempotency, journal};

/// How often to look for history that another gateway left, and for old keys.
const ROUND: Duration = Duration::from_secs(5);
/// How long to leave the lock alone when others hold it.
const PAUSE: Duration = Duration::from_millis(200);
/// Idempotency keys are kept twice as long as promised.
const KEY_LIFETIME_MICROS: i64 = 48 * 3_600 * 1_000_000;

impl Ledger {
    /// Works until stopped; between two steps at the latest it listens.
    pub async fn work_in_background(&self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            if let Err(error) = self.round(&stop).await {
                tracing::warn!(%error, "background work will be tried again");
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.history_to_take_over.notified() => {}
                () = tokio::time::sleep(ROUND) => {}
            }
        }
    }

    async fn round(&self, stop: &CancellationToken) -> Result<()> {
        for key in takeover::unfinished(self.database.reader()).await? {
            self.take_over_gently(key, stop).await?;
        }
        let old = self.clock.now().plus_micros(-KEY_LIFETIME_MICROS);
        let transaction = self.database.begin().await?;
        idempotency::forget_before(&transaction, old).await?;
        transaction.commit().await?;
        Ok(journal::keep_short(&self.database).await?)
    }

    /// Rests after each step twice as long as the step took, so that those who ask meanwhile have the database to
    /// themselves for most of the time.
    async fn take_over_gently(&self, key: i64, stop: &CancellationToken) -> Result<()> {
        while !stop.is_cancelled() {
            let begun = Instant::now();
            let rest = match takeover::step_of(&self.database, key, SMALL_CHUNK).await? {
                Step::Finished => break,
                Step::Advanced => 2 * begun.elapsed(),
                Step::Busy => PAUSE,
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(rest) => {}
            }
        }
        Ok(())
    }

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
