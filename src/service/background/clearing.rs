//! What nobody needs any more is deleted, some at a time: what imports that died had staged, and the pending rows of systems
//! that are retired.

use std::time::{Duration, Instant};

use super::lease::Run;
use crate::domain::{EntryId, Result};
use crate::store::{imports, retiring};

/// How long what an import has staged is kept after it last did something: a reader on the other side of a pipe may rest
/// for long.
const LIFETIME_MICROS: i64 = 24 * 3_600 * 1_000_000;
/// The shortest rest between two transactions.
const REST: Duration = Duration::from_millis(5);

/// Pending rows that one transaction deletes.
const SOME: u64 = 500;

pub async fn dead_imports(run: &Run<'_>) -> Result<()> {
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

pub async fn retired_systems(run: &Run<'_>) -> Result<()> {
    for key in retiring::retired(run.ledger.database.reader()).await? {
        let mut after = EntryId::MIN;
        while run.goes_on().await? {
            let begun = Instant::now();
            let cleared = retiring::clear_some(&run.ledger.database, key, after, SOME).await?;
            let Some(last) = cleared else { break };
            after = last;
            run.rest(REST.max(begun.elapsed())).await;
        }
    }
    Ok(())
}
