//! Deletes what is kept for some time only: old idempotency keys, claims that ended long ago, and what attempts to tell
//! webhooks came to.

use std::time::{Duration, Instant};

use sea_orm::DatabaseTransaction;

use super::lease::Run;
use crate::domain::{Result, Timestamp};
use crate::store::{claims, idempotency, webhooks};

/// Keys are kept twice as long as promised.
const KEY_LIFETIME_MICROS: i64 = 48 * 3_600 * 1_000_000;
/// A claim is kept for 30 days after it ended, with the versions that were handed out: a worker that comes back late can
/// still settle it.
const CLAIM_LIFETIME_MICROS: i64 = 30 * 24 * 3_600 * 1_000_000;
/// What the attempts to tell a webhook came to is kept for 30 days.
const DELIVERY_LIFETIME_MICROS: i64 = 30 * 24 * 3_600 * 1_000_000;
/// Rows that one transaction deletes.
const SOME: u64 = 500;
/// The shortest rest between two transactions.
const REST: Duration = Duration::from_millis(5);

pub async fn idempotency_keys(run: &Run<'_>) -> Result<()> {
    forget(run, KEY_LIFETIME_MICROS, async |transaction, old| {
        idempotency::forget_before(transaction, old, SOME).await
    })
    .await
}

pub async fn claims(run: &Run<'_>) -> Result<()> {
    forget(run, CLAIM_LIFETIME_MICROS, async |transaction, old| {
        claims::forget_ended_before(transaction, old, SOME).await
    })
    .await
}

pub async fn webhook_deliveries(run: &Run<'_>) -> Result<()> {
    forget(run, DELIVERY_LIFETIME_MICROS, async |transaction, old| {
        webhooks::forget_before(transaction, old, SOME).await
    })
    .await
}

/// Deletes what is older than that, some at a time, as long as there is more.
async fn forget(
    run: &Run<'_>,
    lifetime_micros: i64,
    some: impl AsyncFn(&DatabaseTransaction, Timestamp) -> Result<u64>,
) -> Result<()> {
    let old = run.ledger.clock.now().plus_micros(-lifetime_micros);
    while run.goes_on().await? {
        let begun = Instant::now();
        let transaction = run.ledger.database.begin().await?;
        let forgotten = some(&transaction, old).await?;
        transaction.commit().await?;
        if forgotten < SOME {
            break;
        }
        run.rest(REST.max(begun.elapsed())).await;
    }
    Ok(())
}
