//! Turns on SQLite, which has one writer at a time. A process that waits for the lock tries again every few
//! milliseconds; if another one takes it again as soon as it has committed, the waiting one never gets it. So who
//! writes for long pauses.

use std::time::{Duration, Instant};

use super::Ledger;

/// How long to write, one transaction after the other, before others get their turn.
const WORK: Duration = Duration::from_millis(500);
/// Long enough for some transactions of those who wait, also on a machine that has much else to do.
const REST: Duration = Duration::from_millis(120);

/// The turn of a program that writes for long.
#[derive(Debug)]
pub(super) struct Turn(Option<Instant>);

impl Turn {
    /// A turn that begins now.
    pub(super) fn begin(ledger: &Ledger) -> Self {
        // On PostgreSQL writers work side by side.
        Self((!ledger.database.is_postgres()).then(Instant::now))
    }

    /// Between two transactions: lets others have theirs when it is time.
    pub(super) async fn share(&mut self) {
        if let Some(begun) = self.0
            && begun.elapsed() >= WORK
        {
            tokio::time::sleep(REST).await;
            self.0 = Some(Instant::now());
        }
    }
}
