//! What a worker does while there is nothing to claim.

use std::future::pending;
use std::time::Duration;

use tokio::time::sleep;

use super::following::WakeUps;
use super::options::{Event, Options};
use super::retry::Backoff;
use crate::client::Client;

/// How a worker waits while there is nothing to claim.
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
    /// The server wakes it up, by a subscription, when something of the system has changed. It asks by itself after the
    /// longest wait all the same, since a signal may be lost. While there is no subscription, because the
    /// connection was lost or the server has none, it asks again after waits that double.
    WakeUp {
        /// The first wait while there is no subscription.
        from: Duration,
        /// The longest wait.
        to: Duration,
    },
}

impl Waiting {
    /// The first wait and the longest.
    fn bounds(&self) -> (Duration, Duration) {
        match self {
            Self::Poll { from, to } | Self::WakeUp { from, to } => (*from, *to),
        }
    }
}

impl Default for Waiting {
    /// It is woken up. While it cannot be, it asks again after a second, and then more and more seldom; in any case it asks
    /// every 30 seconds.
    fn default() -> Self {
        Self::WakeUp { from: Duration::from_secs(1), to: Duration::from_secs(30) }
    }
}

/// The waits of one worker.
pub struct Waits<'a> {
    options: &'a Options,
    backoff: Backoff,
    wake_ups: Option<WakeUps>,
}

impl<'a> Waits<'a> {
    /// From now on the server is listened to, if it is to wake the worker up.
    pub fn new(client: &Client, options: &'a Options) -> Self {
        let Options { system_id, waiting, once, observer, .. } = options;
        let is_woken = matches!(waiting, Waiting::WakeUp { .. }) && !once;
        let wake_ups = is_woken.then(|| client.followed.wake_ups(client, system_id, observer));
        Self { options, backoff: backoff(waiting), wake_ups }
    }

    /// The server is about to be asked: what changes from now on ends the next wait.
    pub fn begin(&self) {
        if let Some(wake_ups) = &self.wake_ups {
            wake_ups.forget();
        }
    }

    /// Waits until it is worth asking again, or until the worker is to stop.
    pub async fn wait(&mut self) {
        let is_told = self.wake_ups.as_ref().is_some_and(WakeUps::is_told);
        let pause = if is_told { self.options.waiting.bounds().1 } else { self.backoff.pause() };
        let changed = async {
            match &self.wake_ups {
                Some(wake_ups) => wake_ups.changed().await,
                None => pending().await,
            }
        };
        self.pause(pause, changed).await;
    }

    /// The same, whatever changes: for a worker that can do nothing.
    pub async fn rest(&mut self) {
        let pause = self.backoff.pause();
        self.pause(pause, pending()).await;
    }

    /// There was something to claim: another worker may find more.
    pub fn pass_on(&self) {
        if let Some(wake_ups) = &self.wake_ups {
            wake_ups.pass_on();
        }
    }

    /// Something was done: the next wait is a first one.
    pub fn reset(&mut self) {
        self.backoff = backoff(&self.options.waiting);
    }

    async fn pause(&self, pause: Duration, changed: impl Future<Output = ()>) {
        let Options { stop, observer, .. } = self.options;
        observer.tell(&Event::Waiting { pause });
        tokio::select! {
            () = stop.cancelled() => {}
            () = sleep(pause) => {}
            () = changed => {}
        }
    }
}

fn backoff(waiting: &Waiting) -> Backoff {
    let (from, to) = waiting.bounds();
    Backoff::new(from, to)
}
