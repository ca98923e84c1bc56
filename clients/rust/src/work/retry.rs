//! Calls that are repeated until they are answered.

use std::time::Duration;

use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::options::{Event, Observer};
use crate::Error;

/// The first wait after a call that was not answered.
const FIRST: Duration = Duration::from_millis(250);
/// The longest.
const LONGEST: Duration = Duration::from_secs(30);

/// Waits that double, each shortened by chance up to a half, so that many workers do not ask at the same moment.
#[derive(Clone, Debug)]
pub struct Backoff {
    next: Duration,
    longest: Duration,
}

impl Backoff {
    pub fn new(first: Duration, longest: Duration) -> Self {
        Self { next: first.min(longest), longest }
    }

    /// The next wait.
    pub fn pause(&mut self) -> Duration {
        let pause = self.next;
        self.next = (pause * 2).min(self.longest);
        pause.mul_f64(0.5 + fastrand::f64() / 2.0)
    }
}

/// How long a call is repeated.
pub struct Retry<'a> {
    /// Whether the worker is to stop.
    pub stop: &'a CancellationToken,
    /// How long a call is repeated from then on.
    pub grace: Duration,
    /// How long it is repeated before; `None`: for ever.
    pub patience: Option<Duration>,
    /// Who is told of each repetition.
    pub observer: &'a Observer,
}

impl Retry<'_> {
    /// Makes the call until it is answered, or refused in a way that lasts. The error may be a temporary one only when the
    /// time for repeating is over.
    pub async fn until_answered<T, F>(&self, mut call: impl FnMut() -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let mut backoff = Backoff::new(FIRST, LONGEST);
        let mut ends = self.patience.map(|patience| Instant::now() + patience);
        let mut is_stopping = false;
        loop {
            let error = match call().await {
                Err(error) if error.is_temporary() => error,
                answered => return answered,
            };
            if self.stop.is_cancelled() && !is_stopping {
                is_stopping = true;
                let grace = Instant::now() + self.grace;
                ends = Some(ends.map_or(grace, |ends| ends.min(grace)));
            }
            let asked = error.retry_after().map(|asked| asked.mul_f64(1.0 + fastrand::f64() / 10.0));
            let pause = asked.unwrap_or_else(|| backoff.pause());
            if ends.is_some_and(|ends| Instant::now() + pause > ends) {
                return Err(error);
            }
            self.observer.tell(&Event::Retrying { error: &error, pause });
            if is_stopping {
                sleep(pause).await;
            } else {
                // Asked to stop, the call is made at once.
                self.stop.run_until_cancelled(sleep(pause)).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(5));
        for most in [1, 2, 4, 5, 5] {
            let (pause, most) = (backoff.pause(), Duration::from_secs(most));
            assert!(pause >= most / 2 && pause <= most, "{pause:?} for {most:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_is_repeated_until_it_is_answered_and_not_for_ever_after_a_stop() {
        let (stop, observer, calls) = (CancellationToken::new(), Observer::default(), Cell::new(0));
        let retry =
            Retry { stop: &stop, grace: Duration::from_secs(30), patience: None, observer: &observer };
        let third = retry.until_answered(|| async {
            calls.set(calls.get() + 1);
            if calls.get() == 3 { Ok(calls.get()) } else { Err(Error::unanswered("away")) }
        });
        assert_eq!(third.await, Ok(3));

        let refused = retry.until_answered(|| async { Err::<(), Error>(Error::lasting("never")) });
        assert_eq!(refused.await, Err(Error::lasting("never")));

        stop.cancel();
        let began = Instant::now();
        let given_up = retry.until_answered(|| async { Err::<(), Error>(Error::unanswered("away")) });
        assert!(given_up.await.is_err());
        assert!(began.elapsed() <= Duration::from_secs(30));
    }
}
