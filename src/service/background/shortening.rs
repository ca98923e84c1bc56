//! Keeps SQLite's write-ahead log short. Every gateway does it: where the log is short already, it costs nothing.

use super::lease::Run;
use crate::domain::Result;
use crate::store::journal;

pub async fn run(run: &Run<'_>) -> Result<()> {
    Ok(journal::keep_short(&run.ledger.database).await?)
}
