//! What imports that died had staged is deleted, some at a time.

use std::time::{Duration, Instant};

use super::lease::Run;
use crate::domain::Result;
use crate::store::imports;

/// How long what an import has staged is kept after it last did something: a reader on the other side of a pipe may rest
/// for long.
const LIFETIME_MICROS: i64 = 24 * 3_600 * 1_000_000;
/// The shortest rest between two transactions.
const REST: Duration = Duration::from_millis(5);

pub async fn run(run: &Run<'_>) -> Result<()> {
    let since = run.ledger.clock.now().plus_micros(-LIFETIME_MICROS);
    while run.goes_on().await? {
        let begun = Instant::now();
        let Some(import_id) = imports::dead(run.ledger.database.reader(), since).await? else { break };
        let transaction = run.ledger.database.begin().await?;
        imports::clear(&transaction, import_id).await?;
        transaction.commit().await?;
        run.rest(REST.max(begun.elapsed())).await;
    }
    Ok(())
}
