//! SQLite's write-ahead log is kept short. Each gateway looks after it: it costs nothing where the log is short.

use super::lease::Run;
use crate::domain::Result;
use crate::store::journal;

pub async fn run(run: &Run<'_>) -> Result<()> {
    Ok(journal::keep_short(&run.ledger.database).await?)
}
