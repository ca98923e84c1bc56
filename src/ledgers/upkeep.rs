//! What a gateway does for its ledgers while nobody asks: each has its background work done, whether it is open or not, and
//! those that nobody needs are closed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use super::Ledgers;
use super::slot::Slot;
use crate::config::LedgerName;

/// The longest time between two looks for ledgers that nobody uses.
const TIDY_EVERY: Duration = Duration::from_secs(30);

impl Ledgers {
    /// Works in the background for all ledgers until stopped, and ends after the steps it is at. Does not close them.
    pub async fn work_in_background(&self, stop: CancellationToken) {
        tokio::join!(self.main().work_in_background(stop.clone()), self.tidy(&stop), self.look(&stop));
        self.slots().values().for_each(|slot| slot.stop_working());
    }

    /// Closes those that were unused for long and have no open work, again and again.
    async fn tidy(&self, stop: &CancellationToken) {
        let idle = Duration::from_secs(self.0.settings.close_idle_after_seconds);
        let every = (idle / 4).clamp(Duration::from_millis(100), TIDY_EVERY);
        while rested(every, stop).await {
            let slots: Vec<(LedgerName, Arc<Slot>)> =
                self.slots().iter().map(|(name, slot)| (name.clone(), Arc::clone(slot))).collect();
            for (name, slot) in slots {
                // One whose file was taken away is of no more use to anybody.
                let is_gone = self.0.catalogue.find(&name).is_none();
                let Some(ledger) = slot.unused_for(if is_gone { Duration::ZERO } else { idle }) else {
                    continue;
                };
                // A database that does not answer has no work that could be done.
                let works = !is_gone && ledger.has_open_work().await.unwrap_or(false);
                drop(ledger);
                slot.note_work(works);
                if !works {
                    slot.close_if_unused(if is_gone { Duration::ZERO } else { idle }).await;
                }
                if is_gone && !slot.is_open() {
                    self.slots().remove(&name);
                }
            }
            self.tell_how_many();
        }
    }

    /// Looks at every ledger that is closed, at the start and then every hour.
    async fn look(&self, stop: &CancellationToken) {
        loop {
            match self.0.catalogue.names() {
                Ok(names) => self.look_at(&names, stop).await,
                Err(error) => tracing::warn!(%error, "the ledgers could not be looked at"),
            }
            if !rested(Duration::from_secs(self.0.settings.look_every_seconds), stop).await {
                return;
            }
        }
    }

    /// One after the other, with a rest after each that is as long as the look: those who ask meanwhile hardly notice.
    async fn look_at(&self, names: &[LedgerName], stop: &CancellationToken) {
        let started = Instant::now();
        for name in names {
            if stop.is_cancelled() {
                return;
            }
            if self.slot(name).is_none_or(|slot| slot.is_open()) {
                continue;
            }
            let begun = Instant::now();
            if self.look_into(name, stop).await
                && let Err(error) = self.get(name).await
            {
                tracing::warn!(ledger = %name, %error, "a ledger with open work could not be kept open");
            }
            rested(begun.elapsed(), stop).await;
        }
        if !names.is_empty() {
            tracing::info!(seconds = started.elapsed().as_secs_f64(), "looked at every closed ledger");
        }
    }

    /// Does the short work of a closed ledger; `true` when it has work that takes its time.
    async fn look_into(&self, name: &LedgerName, stop: &CancellationToken) -> bool {
        let ledger = match self.open_in_place(name).await {
            Ok(ledger) => ledger,
            Err(error) => {
                tracing::warn!(ledger = %name, %error, "a ledger could not be looked at");
                return false;
            }
        };
        let works = ledger.has_open_work().await.unwrap_or(false);
        if !works {
            ledger.work_once(stop).await;
        }
        if let Err(error) = ledger.database().clone().close().await {
            tracing::warn!(ledger = %name, %error, "a ledger could not be closed in order");
        }
        works
    }
}

/// Rests; `false` when stopped meanwhile.
async fn rested(rest: Duration, stop: &CancellationToken) -> bool {
    tokio::select! {
        () = stop.cancelled() => false,
        () = tokio::time::sleep(rest) => true,
    }
}
