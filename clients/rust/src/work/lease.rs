//! The lease of a claim, kept while it is worked on.

use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};
use tokio_util::sync::CancellationToken;

use super::options::{Event, Observer};
use super::retry::Backoff;
use crate::Error;
use crate::client::Client;
use crate::documents::{ExtendClaim, extend_claim};

/// What says that the claim has nothing any more.
const LOST: [&str; 2] = ["CLAIM_LOST", "CLAIM_NOT_FOUND"];
/// The first wait after a call that was not answered.
const FIRST: Duration = Duration::from_millis(250);
/// The longest.
const LONGEST: Duration = Duration::from_secs(5);

/// The lease of a claim.
pub struct Lease<'a> {
    pub client: &'a Client,
    pub claim_id: &'a str,
    pub seconds: u32,
    /// When the call was sent that it runs from. It is measured by the monotonic clock of this machine: the clocks of server
    /// and worker need not agree.
    pub sent: Instant,
    /// Cancelled here when the lease may have ended.
    pub lost: &'a CancellationToken,
    /// Cancelled when all of the claim is settled, so that there is nothing to keep.
    pub settled: &'a CancellationToken,
    pub observer: &'a Observer,
}

impl Lease<'_> {
    /// Extends the lease each third of it, until it may have ended, or there is nothing to keep.
    pub async fn keep(&self) {
        if let Some(error) = self.settled.run_until_cancelled(self.until_lost()).await {
            self.lost.cancel();
            self.observer.tell(&Event::Lost { error: &error });
        }
    }

    /// Extends it until that fails. Gives why.
    async fn until_lost(&self) -> Error {
        let lease = Duration::from_secs(self.seconds.into());
        let mut sent = self.sent;
        loop {
            sleep_until(sent + lease / 3).await;
            let ends = sent + lease;
            sent = match timeout_at(ends, self.extended(lease)).await {
                Ok(Ok(sent)) => sent,
                Ok(Err(error)) if error.has_code(&LOST) => return error,
                Ok(Err(error)) => {
                    // It lasts as long as it lasts.
                    sleep_until(ends).await;
                    return error;
                }
                Err(_) => return Error::unanswered("the lease ended while the server did not answer"),
            };
        }
    }

    /// Extends it once, however often that has to be tried. Gives when the call was sent that was answered. There is no
    /// idempotency key: with one, a repetition would not extend anything.
    async fn extended(&self, lease: Duration) -> Result<Instant, Error> {
        let mut backoff = Backoff::new(FIRST, LONGEST);
        loop {
            let sent = Instant::now();
            let answer = timeout(lease / 6, self.extend()).await;
            let answer =
                answer.unwrap_or_else(|_| Err(Error::unanswered("the server did not answer in time")));
            let error = match answer {
                Ok(()) => return Ok(sent),
                Err(error) if error.is_temporary() => error,
                Err(error) => return Err(error),
            };
            let pause = error.retry_after().unwrap_or_else(|| backoff.pause());
            self.observer.tell(&Event::Retrying { error: &error, pause });
            sleep(pause).await;
        }
    }

    async fn extend(&self) -> Result<(), Error> {
        let variables = extend_claim::Variables {
            claim_id: self.claim_id.to_owned(),
            lease_seconds: self.seconds.into(),
        };
        let payload = self.client.ask::<ExtendClaim>(variables).await?.extend_claim;
        match payload.into_iter().flat_map(|payload| payload.user_errors).next() {
            Some(error) => Err(Error::of_user(error.code, error.message)),
            None => Ok(()),
        }
    }
}
