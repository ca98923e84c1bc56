//! One run of a job, and the lease under which it may be done.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::domain::Result;
use crate::service::Ledger;
use crate::store::jobs::{self, Lease};

/// One run of a job.
pub struct Run<'a> {
    /// The ledger to work on.
    pub ledger: &'a Ledger,
    stop: &'a CancellationToken,
    /// The lease, and for how long it is taken each time.
    lease: Option<(Lease, Duration)>,
    waits: AtomicBool,
}

impl<'a> Run<'a> {
    /// A run of a job that every gateway does.
    pub fn without_lease(ledger: &'a Ledger, stop: &'a CancellationToken) -> Self {
        Self { ledger, stop, lease: None, waits: AtomicBool::new(false) }
    }

    /// A run of a job that one gateway does; `None` when another one has the lease. It is not given back: it ends by
    /// itself, so that a job whose lease is as long as its period is done once a period by all gateways together.
    pub async fn with_lease(
        ledger: &'a Ledger,
        stop: &'a CancellationToken,
        job: &'static str,
        length: Duration,
    ) -> Result<Option<Self>> {
        let transaction = ledger.database.begin().await?;
        let lease = jobs::take_lease(&transaction, job, length).await?;
        transaction.commit().await?;
        let waits = AtomicBool::new(false);
        Ok(lease.map(|lease| Self { ledger, stop, lease: Some((lease, length)), waits }))
    }

    /// Asked between two steps: whether to go on. Not after a stop, and not when the lease has ended and another gateway
    /// took it; as long as it is ours it is renewed.
    pub async fn goes_on(&self) -> Result<bool> {
        if self.stop.is_cancelled() {
            return Ok(false);
        }
        let Some((lease, length)) = &self.lease else { return Ok(true) };
        let transaction = self.ledger.database.begin().await?;
        let is_ours = jobs::renew(&transaction, lease, *length).await?;
        transaction.commit().await?;
        Ok(is_ours)
    }

    /// Tells that something becomes due by time alone, so that the next run is not put off while nothing happens.
    pub fn waits(&self) {
        self.waits.store(true, Ordering::Relaxed);
    }

    /// Whether something does.
    pub fn is_waiting(&self) -> bool {
        self.waits.load(Ordering::Relaxed)
    }

    /// Rests between two steps, not beyond a stop.
    pub async fn rest(&self, rest: Duration) {
        tokio::select! {
            () = self.stop.cancelled() => {}
            () = tokio::time::sleep(rest) => {}
        }
    }
}
