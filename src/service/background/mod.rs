//! What a gateway does without being asked: a list of jobs. Each runs again and again in its own rhythm, independent of
//! the others: one that fails or takes long keeps no other waiting. Any number of gateways may work on the same ledger;
//! a job that needs only one of them is done under a lease. Each step of a job is one transaction, after which it can
//! stop. Beside the jobs a gateway listens to the others. While nothing happens in a ledger its jobs rest longer, and one
//! question a second tells whether something has (`following`).

mod clearing;
mod delivering;
mod following;
mod forgetting;
mod lease;
mod listening;
mod measuring;
mod replaying;
mod rhythm;
mod shortening;
mod taking_over;

use std::time::Duration;

use futures_util::future::{BoxFuture, join_all};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::Ledger;
use crate::domain::Result;
use crate::store::{replays, takeover};
use lease::Run;
use rhythm::Rhythm;

/// Everything there is to do. The name of a job with a lease is its key in the database and never changes.
const JOBS: [Job; 11] = [
    Job {
        name: "take_over_histories",
        every: Duration::from_secs(5),
        soon: Some(Duration::from_secs(5)),
        gateways: Gateways::All,
        woken_by: Some(|ledger| &ledger.history_to_take_over),
        run: |run| Box::pin(taking_over::run(run)),
    },
    Job {
        name: "carry_on_replays",
        every: Duration::from_secs(5),
        soon: Some(Duration::from_secs(5)),
        gateways: Gateways::All,
        woken_by: Some(|ledger| &ledger.replay_to_carry_on),
        run: |run| Box::pin(replaying::run(run)),
    },
    Job {
        name: "follow_log",
        every: Duration::from_secs(1),
        soon: None,
        gateways: Gateways::All,
        woken_by: Some(|ledger| &ledger.signals.commits),
        run: |run| Box::pin(following::run(run)),
    },
    Job {
        name: "tell_webhooks",
        every: Duration::from_secs(1),
        soon: Some(Duration::from_millis(100)),
        gateways: Gateways::All,
        woken_by: None,
        run: |run| Box::pin(delivering::run(run)),
    },
    Job {
        name: "forget_idempotency_keys",
        every: Duration::from_secs(60),
        soon: None,
        gateways: Gateways::One,
        woken_by: None,
        run: |run| Box::pin(forgetting::idempotency_keys(run)),
    },
    Job {
        name: "forget_ended_claims",
        every: Duration::from_secs(3_600),
        soon: None,
        gateways: Gateways::One,
        woken_by: None,
        run: |run| Box::pin(forgetting::claims(run)),
    },
    Job {
        name: "forget_webhook_deliveries",
        every: Duration::from_secs(3_600),
        soon: None,
        gateways: Gateways::One,
        woken_by: None,
        run: |run| Box::pin(forgetting::webhook_deliveries(run)),
    },
    Job {
        name: "clear_dead_imports",
        every: Duration::from_secs(600),
        soon: None,
        gateways: Gateways::One,
        woken_by: None,
        run: |run| Box::pin(clearing::dead_imports(run)),
    },
    Job {
        name: "clear_retired_systems",
        every: Duration::from_secs(60),
        soon: None,
        gateways: Gateways::All,
        woken_by: None,
        run: |run| Box::pin(clearing::retired_systems(run)),
    },
    Job {
        name: "keep_sqlite_log_short",
        every: Duration::from_secs(5),
        soon: Some(Duration::from_secs(5)),
        gateways: Gateways::All,
        woken_by: None,
        run: |run| Box::pin(shortening::run(run)),
    },
    Job {
        name: "measure",
        every: Duration::from_secs(1),
        soon: None,
        gateways: Gateways::All,
        woken_by: None,
        run: |run| Box::pin(measuring::run(run)),
    },
];

/// How much later each job begins than the one before it, where they begin apart.
const APART: Duration = Duration::from_millis(500);

/// Something to be done again and again.
struct Job {
    /// Its name in the log and, if it has a lease, in the database.
    name: &'static str,
    /// How long to rest between two runs.
    every: Duration,
    /// How soon it runs after something has happened in the ledger. While nothing does, its rests grow. `None`: they are always
    /// the same.
    soon: Option<Duration>,
    /// Who does it.
    gateways: Gateways,
    /// What starts the next run at once: a call that left something to be done.
    woken_by: Option<fn(&Ledger) -> &Notify>,
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
    /// Does every job until stopped; each ends after the step it is at. Listens to other gateways meanwhile.
    pub async fn work_in_background(&self, stop: CancellationToken) {
        let jobs = join_all(JOBS.iter().map(|job| job.repeat(self, &stop)));
        tokio::join!(jobs, self.listen(&stop));
    }

    /// The same, for one of many ledgers, which is opened for a request: the jobs begin a little later than that and than
    /// each other. At the same moment each would take a connection of its own, and a thread with it on SQLite.
    pub async fn work_apart(&self, stop: CancellationToken) {
        let jobs = JOBS.iter().zip(1..).map(|(job, place)| job.repeat_after(APART * place, self, &stop));
        tokio::join!(join_all(jobs), self.listen(&stop));
    }

    /// Does every job once, one after the other; each ends early when stopped.
    pub async fn work_once(&self, stop: &CancellationToken) {
        for job in &JOBS {
            job.run_and_tell(self, stop).await;
        }
    }

    /// Whether there is work that takes its time and has to go on: histories that are being taken over, and replays. A
    /// ledger that has none may be closed and looked at now and then.
    pub async fn has_open_work(&self) -> Result<bool> {
        let reader = self.database.reader();
        Ok(!takeover::unfinished(reader).await?.is_empty() || !replays::open(reader).await?.is_empty())
    }
}

impl Job {
    async fn repeat_after(&self, rest: Duration, ledger: &Ledger, stop: &CancellationToken) {
        if stop.run_until_cancelled(tokio::time::sleep(rest)).await.is_some() {
            self.repeat(ledger, stop).await;
        }
    }

    async fn repeat(&self, ledger: &Ledger, stop: &CancellationToken) {
        let mut rhythm = Rhythm::new(self.every, self.soon, ledger.signals.news());
        while !stop.is_cancelled() {
            rhythm.begin();
            let is_quiet = self.run_and_tell(ledger, stop).await;
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.woken(ledger) => {}
                () = rhythm.rest(is_quiet) => {}
            }
        }
    }

    /// Returns when a call leaves something for the job to do.
    async fn woken(&self, ledger: &Ledger) {
        match self.woken_by {
            Some(signal) => signal(ledger).notified().await,
            None => std::future::pending().await,
        }
    }

    /// `true` when it went well and left nothing that becomes due by time alone.
    async fn run_and_tell(&self, ledger: &Ledger, stop: &CancellationToken) -> bool {
        match self.run_once(ledger, stop).await {
            Ok(is_quiet) => is_quiet,
            Err(error) => {
                let ledger = ledger.name();
                tracing::warn!(job = self.name, ledger, %error, "background work failed and will be tried again");
                false
            }
        }
    }

    async fn run_once(&self, ledger: &Ledger, stop: &CancellationToken) -> Result<bool> {
        let run = match self.gateways {
            Gateways::All => Run::without_lease(ledger, stop),
            Gateways::One => match Run::with_lease(ledger, stop, self.name, self.every).await? {
                Some(run) => run,
                // Another gateway does it.
                None => return Ok(true),
            },
        };
        (self.run)(&run).await?;
        Ok(!run.is_waiting())
    }
}
