//! Where an import keeps what does not fit into memory: chunks of sorted records, under the number of the import.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::OnceCell;

use super::summary::ImportSummary;
use crate::domain::import::ImportFile;
use crate::domain::{Error, Result};
use crate::service::Ledger;
use crate::service::turns::Turn;
use crate::store::imports::{self, ChunkPlace};

/// Chunks that one transaction writes: about a megabyte.
const SOME: usize = 16;

/// The place of one import in the database. There is none until something has to be written.
#[derive(Debug)]
pub(super) struct Stage<'a> {
    ledger: &'a Ledger,
    actor: &'a str,
    import_id: OnceCell<i64>,
    has_chunks: AtomicBool,
}

impl<'a> Stage<'a> {
    pub(super) fn new(ledger: &'a Ledger, actor: &'a str) -> Self {
        Stage { ledger, actor, import_id: OnceCell::new(), has_chunks: AtomicBool::new(false) }
    }

    /// The ledger that is imported into.
    pub(super) fn ledger(&self) -> &'a Ledger {
        self.ledger
    }

    /// The number of the import, which from now on is in the database.
    pub(super) async fn import_id(&self) -> Result<i64> {
        let begin = async || {
            let transaction = self.ledger.database.begin().await?;
            let id = imports::begin(&transaction, self.actor, self.ledger.clock.now()).await?;
            transaction.commit().await?;
            Ok::<_, Error>(id)
        };
        self.import_id.get_or_try_init(begin).await.copied()
    }

    /// Notes that the import is at work. Without a note for a day, what it staged is deleted.
    pub(super) async fn is_alive(&self) -> Result<()> {
        let id = self.import_id().await?;
        let transaction = self.ledger.database.begin().await?;
        imports::is_alive(&transaction, id, self.ledger.clock.now()).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Writes which files there are.
    pub(super) async fn name_files(&self, files: &[ImportFile]) -> Result<i64> {
        let id = self.import_id().await?;
        let transaction = self.ledger.database.begin().await?;
        imports::name_files(&transaction, id, files).await?;
        transaction.commit().await?;
        Ok(id)
    }

    /// Writes what the import came to.
    pub(super) async fn finish(&self, summary: &ImportSummary) -> Result<()> {
        let id = self.import_id().await?;
        let summary = serde_json::to_value(summary).map_err(Error::internal)?;
        let transaction = self.ledger.database.begin().await?;
        imports::finish(&transaction, id, summary).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Stages the chunks of a run, and gives how many there were.
    pub(super) async fn write(
        &self,
        sorter: i64,
        run: i64,
        chunks: impl Iterator<Item = Vec<u8>> + Send,
    ) -> Result<i64> {
        let import_id = self.import_id().await?;
        self.is_alive().await?;
        self.has_chunks.store(true, Ordering::Relaxed);
        let mut turn = Turn::begin(self.ledger);
        let places = (0..).map(|number| ChunkPlace { import_id, sorter, run, number });
        let mut chunks = places.zip(chunks);
        let mut count = 0;
        loop {
            let some: Vec<_> = chunks.by_ref().take(SOME).collect();
            let Some((last, _)) = some.last() else { return Ok(count) };
            count = last.number + 1;
            let transaction = self.ledger.database.begin().await?;
            imports::stage(&transaction, some).await?;
            transaction.commit().await?;
            turn.share().await;
        }
    }

    /// A chunk that was staged.
    pub(super) async fn read(&self, sorter: i64, run: i64, number: i64) -> Result<Vec<u8>> {
        let import_id = self.import_id.get().copied().unwrap_or_default();
        let place = ChunkPlace { import_id, sorter, run, number };
        let chunk = imports::staged(self.ledger.database.reader(), place).await?;
        chunk.ok_or_else(|| Error::internal("what an import had staged was deleted while it ran"))
    }

    /// Deletes what was staged, and the import itself unless it has to be remembered.
    pub(super) async fn clear(&self, is_kept: bool) -> Result<()> {
        let Some(&id) = self.import_id.get() else { return Ok(()) };
        let mut turn = Turn::begin(self.ledger);
        let mut goes_on = self.has_chunks.load(Ordering::Relaxed);
        while goes_on {
            let transaction = self.ledger.database.begin().await?;
            goes_on = imports::clear(&transaction, id).await?;
            transaction.commit().await?;
            turn.share().await;
        }
        if !is_kept {
            let transaction = self.ledger.database.begin().await?;
            imports::forget(&transaction, id).await?;
            transaction.commit().await?;
        }
        Ok(())
    }
}
