//! Imports into one ledger take turns. A turn is a lease of 20 seconds that the import renews while it works, so an import
//! that died blocks the next one for 20 seconds at most.

use std::time::{Duration, Instant};

use sea_orm::DatabaseTransaction;

use crate::domain::{Code, Error, Result};
use crate::service::Ledger;
use crate::store::jobs::{self, Lease};

/// The name of the lease in the database; it never changes.
const LEASE: &str = "import";
/// How long a turn lasts when it is not renewed. Each transaction of an import renews it.
const LENGTH: Duration = Duration::from_secs(20);
/// How often to look whether the turn is free.
const AGAIN: Duration = Duration::from_millis(200);

/// The lease that this import holds.
#[derive(Debug)]
pub(super) struct ImportTurn(Lease);

impl ImportTurn {
    /// Waits for the turn, so long at most. `waits` is told once that somebody else has it.
    pub(super) async fn take(ledger: &Ledger, patience: Duration, mut waits: impl FnMut()) -> Result<Self> {
        let asked = Instant::now();
        let mut is_told = false;
        loop {
            let transaction = ledger.database.begin().await?;
            let lease = jobs::take_lease(&transaction, LEASE, LENGTH).await?;
            transaction.commit().await?;
            if let Some(lease) = lease {
                return Ok(ImportTurn(lease));
            }
            if asked.elapsed() >= patience {
                let message = "another import into this ledger is at work; try again when it has ended";
                return Err(Error::refused(Code::ImportRunning, message));
            }
            if !std::mem::replace(&mut is_told, true) {
                waits();
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// Renews the turn in the transaction that is to write: when it was lost meanwhile, nothing is written.
    pub(super) async fn is_still_ours(&self, transaction: &DatabaseTransaction) -> Result<()> {
        if jobs::renew(transaction, &self.0, LENGTH).await? {
            return Ok(());
        }
        let message = "this import was at rest for so long that another one began; what it wrote before stays: run it \
                       again";
        Err(Error::refused(Code::ImportRunning, message))
    }

    /// Renews the turn while nothing is written.
    pub(super) async fn renew(&self, ledger: &Ledger) -> Result<()> {
        let transaction = ledger.database.begin().await?;
        self.is_still_ours(&transaction).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Gives the turn to the next.
    pub(super) async fn give_back(self, ledger: &Ledger) -> Result<()> {
        let transaction = ledger.database.begin().await?;
        jobs::renew(&transaction, &self.0, Duration::ZERO).await?;
        transaction.commit().await?;
        Ok(())
    }
}
