//! What a gateway does without being asked: a list of jobs. Each runs again and again in its own rhythm, independent of
//! the others: one that fails or takes long keeps no other waiting. Any number of gateways may work on the same ledger;
//! a job that needs only one of them is done under a lease. Each step of a job is one transaction, after which it can
//! stop.

mod clearing;
mod forgetting;
mod lease;
mod shortening;
mod taking_over;

use std::time::Duration;

use futures_util::future::{BoxFuture, join_all};
use tokio_util::sync::CancellationToken;

use super::Ledger;
use crate::domain::Result;
use crate::store::takeover;
use lease::Run;

/// Everything there is to do. The name of a job with a lease is its key in the database and never changes.
const JOBS: [Job; 4] = [
    Job {
        name: "take_over_histories",
        every: Duration::from_secs(5),
        gateways: Gateways::All,
        is_woken: true,
        run: |run| Box::pin(taking_over::run(run)),
    },
    Job {
        name: "forget_idempotency_keys",
        every: Duration::from_secs(60),
        gateways: Gateways::One,
        is_woken: false,
        run: |run| Box::pin(forgetting::run(run)),
    },
    Job {
        name: "clear_dead_imports",
        every: Duration::from_secs(600),
        gateways: Gateways::One,
        is_woken: false,
        run: |run| Box::pin(clearing::run(run)),
    },
    Job {
        name: "keep_sqlite_log_short",
        every: Duration::from_secs(5),
        gateways: Gateways::All,
        is_woken: false,
        run: |run| Box::pin(shortening::run(run)),
    },
];

/// Something to be done again and again.
struct Job {
    /// Its name in the log and, if it has a lease, in the database.
    name: &'static str,
    /// How long to rest between two runs.
    every: Duration,
    /// Who does it.
    gateways: Gateways,
    /// Whether a call that left history to be taken over starts the next run at once.
    is_woken: bool,
    /// One run. It asks between two steps whether to go on.
    run: for<'a> fn(&'a Run<'a>) -> BoxFuture<'a, Result<()>>,
}

/// How many gateways do a job at the same time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gateways {
    /// Each of them: they share the work, or each has its own.
    All,
    /// One of them, about once in the job's period; when it dies, another one in the next.
    One,
}

impl Ledger {
    /// Does every job until stopped; each ends after the step it is at.
    pub async fn work_in_background(&self, stop: CancellationToken) {
        join_all(JOBS.iter().map(|job| job.repeat(self, &stop))).await;
    }

    /// Does every job once; each ends early when stopped.
    pub async fn work_once(&self, stop: &CancellationToken) {
        join_all(JOBS.iter().map(|job| job.run_and_tell(self, stop))).await;
    }

    /// Whether there is work that takes its time and has to go on: histories that are being taken over. A ledger that has
    /// none may be closed and looked at now and then.
    pub async fn has_open_work(&self) -> Result<bool> {
        Ok(!takeover::unfinished(self.database.reader()).await?.is_empty())
    }
}

impl Job {
    async fn repeat(&self, ledger: &Ledger, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            self.run_and_tell(ledger, stop).await;
            tokio::select! {
                () = stop.cancelled() => {}
                () = ledger.history_to_take_over.notified(), if self.is_woken => {}
                () = tokio::time::sleep(self.every) => {}
            }
        }
    }

    async fn run_and_tell(&self, ledger: &Ledger, stop: &CancellationToken) {
        if let Err(error) = self.run_once(ledger, stop).await {
            let ledger = ledger.name();
            tracing::warn!(job = self.name, ledger, %error, "background work failed and will be tried again");
        }
    }

    async fn run_once(&self, ledger: &Ledger, stop: &CancellationToken) -> Result<()> {
        let run = match self.gateways {
            Gateways::All => Run::without_lease(ledger, stop),
            Gateways::One => match Run::with_lease(ledger, stop, self.name, self.every).await? {
                Some(run) => run,
                // Another gateway does it.
                None => return Ok(()),
            },
        };
        (self.run)(&run).await
    }
}
