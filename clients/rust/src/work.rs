//! The loop of a worker: claim, hand over, settle, extend meanwhile, wait when there is nothing.

mod claim;
mod claiming;
mod each;
mod following;
mod lease;
mod options;
mod retry;
mod settling;
mod waiting;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::Error;
use crate::client::Client;
use crate::documents::{ReleaseClaim, release_claim};
use crate::outcome::Outcome;
use crate::summary::Summary;
use crate::voucher::Voucher;
use claim::Answers;
use claiming::Claimed;
use lease::Lease;
use retry::Retry;
use settling::Settler;
use waiting::Waits;

pub use claim::Claim;
pub(crate) use following::FollowedSystems;
pub use options::{Event, Observer, Options};
pub use waiting::Waiting;

/// How long a call is repeated after the worker was asked to stop, where something was sent that has to be marked.
const SETTLING_AT_STOP: Duration = Duration::from_secs(30);
/// The same for calls of which nothing is lost.
const LEAVING_AT_STOP: Duration = Duration::from_secs(5);
/// How long a claim is tried, when the worker is to end as soon as there is nothing to do.
const CLAIMING_ONCE: Duration = Duration::from_secs(60);
/// Outcomes that wait to be settled. A handler that is faster waits.
const WAITING_OUTCOMES: usize = 500;

/// What comes after a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The next claim, at once.
    Claim,
    /// The next claim after a wait, which nothing that changes cuts short. For a handler that could do nothing.
    Pause,
    /// Nothing: the worker ends.
    Stop,
}

/// The worker could not go on. What it has done until then stays.
#[derive(Clone, Debug)]
pub struct WorkError {
    /// Why.
    pub error: Error,
    /// What it has done, and of what the server could not be told.
    pub summary: Box<Summary>,
}

impl fmt::Display for WorkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for WorkError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

/// Sends what there is for a system, voucher by voucher, until it is asked to stop. The handler sends one voucher and says
/// what became of it; `options.concurrency` of them are at work at a time. When the lease of the claim may be lost, the
/// futures that have not ended are dropped. A handler that panics has failed.
///
/// The error is a refusal of the server that no repeating mends, such as that of a token that was revoked.
pub async fn work<H, F>(client: &Client, options: Options, handler: H) -> Result<Summary, WorkError>
where
    H: Fn(Voucher) -> F + Send + Sync + 'static,
    F: Future<Output = Outcome> + Send + 'static,
{
    let (handler, concurrency) = (Arc::new(handler), options.concurrency.max(1));
    work_claims(client, options, move |claim| each::voucher(claim, Arc::clone(&handler), concurrency)).await
}

/// The same, for a handler that is given a whole claim and answers its vouchers in any order: see [`Claim`]. What it has not
/// answered when it ends is given back.
pub async fn work_claims<H, F>(client: &Client, options: Options, handler: H) -> Result<Summary, WorkError>
where
    H: Fn(Claim) -> F,
    F: Future<Output = Next>,
{
    let worker = Worker { client, options: &options };
    let mut summary = Summary::default();
    match worker.run(&handler, &mut summary).await {
        Ok(()) => Ok(summary),
        // Whoever stops a worker knows that its server may be away.
        Err(error) if error.is_temporary() && options.stop.is_cancelled() && summary.unsettled.is_empty() => {
            Ok(summary)
        }
        Err(error) => Err(WorkError { error, summary: Box::new(summary) }),
    }
}

struct Worker<'a> {
    client: &'a Client,
    options: &'a Options,
}

impl Worker<'_> {
    async fn run<H, F>(&self, handler: &H, summary: &mut Summary) -> Result<(), Error>
    where
        H: Fn(Claim) -> F,
        F: Future<Output = Next>,
    {
        let Options { once, stop, observer, .. } = self.options;
        let mut waits = Waits::new(self.client, self.options);
        while !stop.is_cancelled() {
            waits.begin();
            let patience = once.then_some(CLAIMING_ONCE);
            let retry = Retry { stop, grace: LEAVING_AT_STOP, patience, observer };
            match claiming::claim(self.client, self.options, &retry).await? {
                None if *once => break,
                None => waits.wait().await,
                // Its answer came so late that it has nothing any more.
                Some(claimed) if claimed.vouchers.is_empty() => waits.rest().await,
                Some(claimed) => {
                    waits.pass_on();
                    match self.carry_out(claimed, handler, summary).await? {
                        Next::Claim => waits.reset(),
                        Next::Pause => waits.rest().await,
                        Next::Stop => break,
                    }
                }
            }
        }
        Ok(())
    }

    /// Hands a claim over, settles what comes of it, and gives back the rest.
    async fn carry_out<H, F>(
        &self,
        claimed: Claimed,
        handler: &H,
        summary: &mut Summary,
    ) -> Result<Next, Error>
    where
        H: Fn(Claim) -> F,
        F: Future<Output = Next>,
    {
        let Options { stop, observer, .. } = self.options;
        let vouchers: Arc<[Voucher]> = claimed.vouchers.into();
        let entries = vouchers.iter().map(|voucher| voucher.lines.len()).sum();
        observer.tell(&Event::Claimed { vouchers: vouchers.len(), entries });
        summary.claims += 1;
        summary.vouchers += vouchers.len() as u64;

        let (lost, settled) = (CancellationToken::new(), CancellationToken::new());
        let (sender, outcomes) = mpsc::channel(WAITING_OUTCOMES);
        let answers = Arc::new(Answers::new(vouchers.len()));
        let claim = Claim::new(
            claimed.id.clone(),
            Arc::clone(&vouchers),
            Arc::clone(&answers),
            sender,
            lost.clone(),
            stop.clone(),
        );
        let lease = Lease {
            client: self.client,
            claim_id: &claimed.id,
            seconds: self.options.lease_seconds,
            sent: claimed.sent,
            lost: &lost,
            settled: &settled,
            observer,
        };
        let mut settler = Settler {
            client: self.client,
            claim_id: &claimed.id,
            vouchers: &vouchers,
            retry: Retry { stop, grace: SETTLING_AT_STOP, patience: None, observer },
            lost: &lost,
            settled: &settled,
            summary: &mut *summary,
        };
        let over = CancellationToken::new();
        let work = async {
            let ended = tokio::join!(handler(claim), settler.run(outcomes));
            over.cancel();
            ended
        };
        let ((next, ended), _) = tokio::join!(work, over.run_until_cancelled(lease.keep()));
        ended?;
        let unanswered = answers.missing();
        if unanswered > 0 {
            let is_released = !lost.is_cancelled() && self.release(&claimed.id).await;
            let count = if is_released { &mut summary.released } else { &mut summary.lost };
            *count += unanswered;
        }
        Ok(next)
    }

    /// Gives back what a claim still has. Gives whether that could be done; if not, its lease ends some time.
    async fn release(&self, claim_id: &str) -> bool {
        let Options { stop, observer, .. } = self.options;
        let patience = Some(LEAVING_AT_STOP);
        let retry = Retry { stop, grace: LEAVING_AT_STOP, patience, observer };
        let released = retry.until_answered(|| {
            self.client.ask::<ReleaseClaim>(release_claim::Variables { claim_id: claim_id.to_owned() })
        });
        let payload = released.await.map(|answer| answer.release_claim);
        let refusal =
            payload.map(|payload| payload.into_iter().flat_map(|payload| payload.user_errors).next());
        let error = match refusal {
            Ok(None) => return true,
            Ok(Some(refusal)) => Error::of_user(refusal.code, refusal.message),
            Err(error) => error,
        };
        observer.tell(&Event::NotReleased { error: &error });
        false
    }
}
