//! Deletes old idempotency keys, some at a time.

use std::time::{Duration, Instant};

use super::lease::Run;
use crate::domain::Result;
use crate::store::idempotency;

/// Keys are kept twice as long as promised.
const LIFETIME_MICROS: i64 = 48 * 3_600 * 1_000_000;
/// Keys that one transaction deletes.
const SOME: u64 = 500;
/// The shortest rest between two transactions.
const REST: Duration = Duration::from_millis(5);

pub async fn run(run: &Run<'_>) -> Result<()> {
    let old = run.ledger.clock.now().plus_micros(-LIFETIME_MICROS);
    while run.goes_on().await? {
        let begun = Instant::now();
        let transaction = run.ledger.database.begin().await?;
        let forgotten = idempotency::forget_before(&transaction, old, SOME).await?;
        transaction.commit().await?;
        if forgotten < SOME {
            break;
        }
        run.rest(REST.max(begun.elapsed())).await;
    }
    Ok(())
}
