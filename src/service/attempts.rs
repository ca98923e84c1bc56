//! A transaction that the database undid because of others is carried out again.

use std::time::Duration;

use crate::domain::{Error, Result};
use crate::store::failure::is_rolled_back;

/// How often a transaction is carried out before its failure is told.
const ATTEMPTS: u32 = 3;
/// The longest rest before the second attempt; twice as long before the third.
const REST: Duration = Duration::from_millis(20);

/// Carries out one whole transaction, and again when the database says that it rolled it back. No other failure is
/// repeated: after it, what was to be committed may be there.
pub(super) async fn attempted<T, F: Future<Output = Result<T>>>(transaction: impl Fn() -> F) -> Result<T> {
    let mut attempt = 1;
    loop {
        match transaction().await {
            Err(error) if attempt < ATTEMPTS && is_rolled_back(&error) => {
                tracing::info!(%error, attempt, "the database rolled it back for others: once more");
                tokio::time::sleep(rest(attempt)?).await;
                attempt += 1;
            }
            outcome => return outcome,
        }
    }
}

/// By chance, so that those who met do not meet again.
fn rest(attempt: u32) -> Result<Duration> {
    let chance = getrandom::u32().map_err(|error| Error::internal(error.to_string()))?;
    let longest = u32::try_from((REST * attempt).as_micros()).unwrap_or(u32::MAX);
    Ok(Duration::from_micros(u64::from(chance % longest)))
}
