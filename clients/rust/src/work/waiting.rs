//! What a worker does while there is nothing to claim.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::options::{Event, Observer};
use super::retry::Backoff;

/// How a worker waits while there is nothing to claim. A way to be woken up by the server will stand here beside the others.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Waiting {
    /// It asks again, after waits that double.
    Poll {
        /// The first wait.
        from: Duration,
        /// The longest wait.
        to: Duration,
    },
}

impl Default for Waiting {
    /// It asks again after a second, and then more and more seldom, up to every 30 seconds.
    fn default() -> Self {
        Self::Poll { from: Duration::from_secs(1), to: Duration::from_secs(30) }
    }
}

/// The waits of one worker.
pub struct Waits<'a> {
    waiting: &'a Waiting,
    backoff: Backoff,
    stop: &'a CancellationToken,
    observer: &'a Observer,
}

impl<'a> Waits<'a> {
    pub fn new(waiting: &'a Waiting, stop: &'a CancellationToken, observer: &'a Observer) -> Self {
        Self { waiting, backoff: backoff(waiting), stop, observer }
    }

    /// Waits until it is worth asking again, or until the worker is to stop.
    pub async fn wait(&mut self) {
        match self.waiting {
            Waiting::Poll { .. } => {
                let pause = self.backoff.pause();
                self.observer.tell(&Event::Waiting { pause });
                self.stop.run_until_cancelled(tokio::time::sleep(pause)).await;
            }
        }
    }

    /// There was something: the next wait is a first one.
    pub fn reset(&mut self) {
        self.backoff = backoff(self.waiting);
    }
}

fn backoff(waiting: &Waiting) -> Backoff {
    match waiting {
        Waiting::Poll { from, to } => Backoff::new(*from, *to),
    }
}
