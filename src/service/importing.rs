//! Importing a ledger file: a thousand lines a transaction, so that memory stays steady, other writers get
//! their turn, and an import that was stopped half-way can simply be run again.

use std::collections::HashSet;

use serde::Serialize;

use super::Ledger;
use super::turns::Turn;
use crate::domain::{Batch, EntryContent, MoneySum, Result, Right};
use crate::ledger_files::{FileError, LineFault, ReadFault};
use crate::store::entries::BATCH;

/// What an import came to.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ImportSummary {
    /// Lines read, headers and blank lines apart.
    pub read: u64,
    /// New entries.
    pub inserted: u64,
    /// Entries that were changed.
    pub updated: u64,
    /// Entries that were there already, just so.
    pub unchanged: u64,
    /// Lines that were not loaded.
    pub rejected: u64,
    /// Sum of the debits of the lines that were loaded.
    pub debit: MoneySum,
    /// Sum of their credits.
    pub credit: MoneySum,
}

/// What an import tells while it runs.
#[derive(Debug)]
pub enum ImportEvent<'a> {
    /// A line was not loaded.
    Rejected(&'a LineFault),
    /// The file cannot be read any further; what was read before is loaded.
    BrokeOff(&'a FileError),
    /// A batch is committed; this is the sum of all so far.
    Committed(&'a ImportSummary),
}

impl Ledger {
    /// Records everything the reader gives and adds it to the summary. Lines that cannot be read are told and
    /// passed over; a fault of the file or the database ends the import, and what was committed before stays.
    pub async fn import(
        &self,
        mut lines: impl Iterator<Item = Result<EntryContent, ReadFault>> + Send + 'static,
        actor: &str,
        summary: &mut ImportSummary,
        mut tell: impl FnMut(ImportEvent<'_>),
    ) -> Result<()> {
        self.caller.require(Right::Record)?;
        // The reader blocks, so it has a thread of its own; a few lines wait in between.
        let (sender, mut receiver) = tokio::sync::mpsc::channel(2 * BATCH);
        tokio::task::spawn_blocking(move || lines.all(|line| sender.blocking_send(line).is_ok()));

        let mut batch: Vec<EntryContent> = Vec::with_capacity(BATCH);
        let mut turn = Turn::begin(self);
        let mut names: HashSet<String> = HashSet::with_capacity(BATCH);
        while let Some(line) = receiver.recv().await {
            match line {
                Ok(content) => {
                    summary.read += 1;
                    summary.debit += content.debit;
                    summary.credit += content.credit;
                    // An external id that comes again means the newer line, so the older one goes first.
                    if batch.len() == BATCH || names.contains(&content.external_id) {
                        names.clear();
                        self.commit(std::mem::take(&mut batch), actor, summary).await?;
                        tell(ImportEvent::Committed(summary));
                        turn.share().await;
                    }
                    names.insert(content.external_id.clone());
                    batch.push(content);
                }
                Err(ReadFault::Line(fault)) => {
                    summary.read += 1;
                    summary.rejected += 1;
                    tell(ImportEvent::Rejected(&fault));
                }
                Err(ReadFault::File(fault)) => tell(ImportEvent::BrokeOff(&fault)),
            }
        }
        if !batch.is_empty() {
            self.commit(batch, actor, summary).await?;
            tell(ImportEvent::Committed(summary));
        }
        Ok(())
    }

    async fn commit(&self, batch: Vec<EntryContent>, actor: &str, summary: &mut ImportSummary) -> Result<()> {
        let call = Batch { items: batch, idempotency_key: None };
        let recorded = self.perform_unasked(&call, actor).await?;
        summary.inserted += recorded.recorded as u64;
        summary.updated += recorded.updated as u64;
        summary.unchanged += recorded.unchanged as u64;
        Ok(())
    }
}
