//! Events are given their places in the log, and those who follow it are told.

use std::time::Duration;

use super::lease::Run;
use crate::domain::Result;

/// What is committed within this time goes out together.
const TOGETHER: Duration = Duration::from_millis(10);

/// A run starts after each commit of this gateway, after each NOTIFY of another gateway, and once a second, because other
/// programs commit too.
pub async fn run(run: &Run<'_>) -> Result<()> {
    let (signals, database) = (&run.ledger.signals, &run.ledger.database);
    run.rest(TOGETHER).await;
    signals.sequence(database).await?;
    signals.look(database).await
}
