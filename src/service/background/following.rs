//! Events are given their places in the log, and those who follow it are told.

use std::time::Duration;

use super::lease::Run;
use crate::domain::Result;

/// What is committed within this time goes out together.
const TOGETHER: Duration = Duration::from_millis(10);

/// A run starts after each commit of this gateway, whenever another one is heard, and once a second, because other programs
/// commit too. Where nothing has happened it asks the database one question. Other jobs wait for what it sees.
pub async fn run(run: &Run<'_>) -> Result<()> {
    run.rest(TOGETHER).await;
    run.ledger.signals.look(&run.ledger.database).await
}
