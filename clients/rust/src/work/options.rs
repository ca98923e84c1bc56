//! How a worker works, and what it tells meanwhile.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::waiting::Waiting;
use crate::Error;

/// How a worker works.
#[derive(Clone, Debug)]
pub struct Options {
    /// The external system, such as `erp`.
    pub system_id: String,
    /// What the worker calls itself: 1 to 100 characters. Two that are at work at the same time have different names.
    pub worker: String,
    /// Entries that a claim asks for: 1 to 500. The last voucher may exceed it.
    pub batch: u16,
    /// Vouchers that are at work at a time, at least 1. It means nothing to [`work_claims`](crate::work_claims).
    pub concurrency: usize,
    /// How long a claim lasts unless it is extended, in seconds: 10 to 3,600. It is extended each third of that.
    pub lease_seconds: u32,
    /// Whether the worker ends when there is nothing to claim, instead of waiting.
    pub once: bool,
    /// How it waits while there is nothing to claim. [`Waiting::Poll`] opens no subscription.
    pub waiting: Waiting,
    /// Cancel it to stop: nothing new is begun, what is begun ends and is settled, the rest is given back.
    pub stop: CancellationToken,
    /// Who is told what happens.
    pub observer: Observer,
}

impl Options {
    /// A worker of this name for this system: claims of 100 entries for 300 seconds, one voucher at a time, for ever.
    pub fn new(system_id: impl Into<String>, worker: impl Into<String>) -> Self {
        Self {
            system_id: system_id.into(),
            worker: worker.into(),
            batch: 100,
            concurrency: 1,
            lease_seconds: 300,
            once: false,
            waiting: Waiting::default(),
            stop: CancellationToken::new(),
            observer: Observer::default(),
        }
    }
}

/// What happens while a worker works.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A claim was taken.
    Claimed {
        /// Its vouchers.
        vouchers: usize,
        /// Their lines.
        entries: usize,
    },
    /// The server knows what became of some vouchers.
    Settled {
        /// Vouchers that the system has.
        exported: u64,
        /// Vouchers that it refused.
        failed: u64,
    },
    /// The server did not take one result, and never will.
    NotSettled {
        /// The voucher.
        voucher_id: &'a str,
        /// Why.
        reason: &'a str,
    },
    /// There is nothing to do.
    Waiting {
        /// For how long the worker waits, if it is not woken up.
        pause: Duration,
    },
    /// The subscription that wakes workers up was lost, or refused. Until there is one, they ask by themselves. Of the workers
    /// that share a client, one is told.
    NotWoken {
        /// Why.
        error: &'a Error,
        /// In how long it is begun again.
        pause: Duration,
    },
    /// A call was not answered, or the server was too busy. It is made again.
    Retrying {
        /// Why.
        error: &'a Error,
        /// In how long.
        pause: Duration,
    },
    /// The lease of the claim may have ended: nothing more of it is sent.
    Lost {
        /// Why.
        error: &'a Error,
    },
    /// What was not begun could not be given back. It comes back when the lease ends.
    NotReleased {
        /// Why.
        error: &'a Error,
    },
}

/// A function that is told what happens. It must not wait.
#[derive(Clone)]
pub struct Observer(Arc<dyn Fn(&Event<'_>) + Send + Sync>);

impl Observer {
    /// Tells this function.
    pub fn new(tell: impl Fn(&Event<'_>) + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    pub(crate) fn tell(&self, event: &Event<'_>) {
        (self.0)(event);
    }
}

impl Default for Observer {
    /// Tells nobody.
    fn default() -> Self {
        Self::new(|_| {})
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}
