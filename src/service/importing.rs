//! Importing a ledger file: a thousand lines a transaction, so that memory stays steady, other writers get
//! their turn, and an import that was stopped half-way can simply be run again.

use std::collections::HashSet;

use serde::Serialize;

use super::Ledger;
use super::positions::Positions;
use super::turns::Turn;
use crate::domain::text::quoted;
use crate::domain::{Batch, Day, EntryContent, Field, MoneySum, Result, Right};
use crate::ledger_files::{FileError, FileItem, FileLine, LineFault, Note, Problem};
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
    /// A line is loaded, and something about it is odd.
    Warned(u64, &'a Problem),
    /// Something about the file as a whole.
    Noted(&'a Note),
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
        mut lines: impl Iterator<Item = Result<FileItem, FileError>> + Send + 'static,
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
        let mut positions = Positions::default();
        while let Some(item) = receiver.recv().await {
            let item = item.map(|item| external_id_by_position(&mut positions, item));
            match item {
                Ok(FileItem::Line(FileLine { line, content, warnings, .. })) => {
                    warnings.iter().for_each(|warning| tell(ImportEvent::Warned(line, warning)));
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
                Ok(FileItem::Fault(fault)) => {
                    summary.read += 1;
                    summary.rejected += 1;
                    tell(ImportEvent::Rejected(&fault));
                }
                Ok(FileItem::Note(note)) => tell(ImportEvent::Noted(&note)),
                Err(fault) => tell(ImportEvent::BrokeOff(&fault)),
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

/// Gives a line of a file without external ids one by its place in its voucher. To be removed: once lines are compared
/// with the ledger, it gives an id when a line is first recorded. A line that cannot be read counts too: then mending
/// it does not shift the ids of its sisters.
fn external_id_by_position(positions: &mut Positions, item: FileItem) -> FileItem {
    let mut next = |journal: &str, day: Day, number: &str| {
        positions.next_id(journal, &day.date().format("%Y%m%d").to_string(), number)
    };
    let mut line = match item {
        FileItem::Line(line) if line.external_id().is_none() => line,
        FileItem::Fault(fault) => {
            let voucher = &fault.voucher;
            if let (Some(journal), Some(day)) = (&voucher.journal_code, voucher.posting_date) {
                next(journal, day, voucher.entry_number.as_deref().unwrap_or_default());
            }
            return FileItem::Fault(fault);
        }
        other => return other,
    };
    let content = &mut line.content;
    content.external_id = next(&content.journal_code, content.posting_date, &content.entry_number);
    let longest = Field::ExternalId.length().map_or(0, |length| *length.end());
    if content.external_id.chars().count() <= longest {
        return FileItem::Line(line);
    }
    let reason = format!(
        "journal, date and entry number together are too long: the entry's external id {} would have more than \
         {longest} characters",
        quoted(&content.external_id)
    );
    let problem = Problem { column: Field::EntryNumber.fec_name().map(str::to_owned), reason };
    FileItem::Fault(LineFault { line: line.line, problems: vec![problem], voucher: Default::default() })
}
