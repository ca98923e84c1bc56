//! Import by comparison: what is in the files is in the ledger, once and whole.
//!
//! An import is one call, whatever files it reads. Its lines are read to the end (`gather`), sorted by voucher in steady
//! memory (`sorter`, `stage`), and compared with the ledger voucher by voucher (`run`, `pass`, `compare`) by the rules of
//! `domain/comparison`; each voucher is written in one transaction, and transactions are short. What is no longer in the
//! files is told (`missing`). An import that was stopped half-way is simply run again.

mod balance;
mod bytes;
mod compare;
mod doubted;
mod gather;
mod missing;
mod names;
mod pass;
mod planned;
mod record;
mod run;
mod sorter;
mod stage;
mod summary;
mod told;
mod turn;

use std::fmt;
use std::io::Read;
use std::time::Duration;

use super::Ledger;
use super::origins::may_know;
use crate::domain::import::ImportFile;
use crate::domain::{Error, Result, Right};
use crate::ledger_files::{FileError, Options};
use gather::{Gathered, gather};
use pass::Pass;
use planned::Rules;
use run::run;
use stage::Stage;
use turn::ImportTurn;

pub use crate::ledger_files::Options as ReadingOptions;
pub use record::Place;
pub use summary::{ImportFinding, ImportSummary, VoucherCounts};
pub use told::Told;

/// How long an import waits for another one, unless it says otherwise.
const PATIENCE: Duration = Duration::from_secs(24 * 3_600);

/// A file to import.
pub struct Source {
    /// Its name as messages show it.
    pub name: String,
    /// Its bytes.
    pub input: Box<dyn Read + Send>,
}

/// The files of an import, each asked for when the one before has been read.
pub struct Files(Box<dyn Iterator<Item = Source> + Send>);

/// An import to be carried out.
#[derive(Debug)]
pub struct ImportOrder {
    /// All its files: together they are one set of lines.
    pub files: Files,
    /// How to read them.
    pub options: Options,
    /// Write nothing unless everything is in order.
    pub is_strict: bool,
    /// Tell what would happen, and write nothing.
    pub is_dry_run: bool,
    /// Withdraw what is no longer in the files.
    pub withdraws_missing: bool,
    /// The company has a new number: take files with another number in their names.
    pub is_same_company: bool,
    /// What the external ids begin with that the ledger gives: unlike that of any other import.
    pub stem: String,
    /// How long to wait for another import into the same ledger.
    pub patience: Duration,
}

impl ImportOrder {
    /// Loads these files as far as they can be, and takes nothing away. `stem` is what the external ids begin with that
    /// the ledger gives.
    pub fn new<I>(files: I, options: Options, stem: impl Into<String>) -> Self
    where
        I: IntoIterator<Item = Source, IntoIter: Send + 'static>,
    {
        ImportOrder {
            files: Files(Box::new(files.into_iter())),
            options,
            is_strict: false,
            is_dry_run: false,
            withdraws_missing: false,
            is_same_company: false,
            stem: stem.into(),
            patience: PATIENCE,
        }
    }
}

/// What an import came to.
#[derive(Clone, Debug)]
pub struct ImportReport {
    /// Its number in the ledger, if it was to be written.
    pub import_id: Option<i64>,
    /// The files that were read.
    pub files: Vec<ImportFile>,
    /// The numbers.
    pub summary: ImportSummary,
    /// Whether a strict import was given up because something was not in order.
    pub is_refused: bool,
}

/// What an import tells while it runs.
#[derive(Clone, Debug, PartialEq)]
pub enum ImportEvent {
    /// A file of this name is read from now on. Findings count files in this order, from 0.
    Begins(String),
    /// Something that a person should look at.
    Found(ImportFinding),
    /// Another import is at work, and this one waits for it.
    Waits,
}

/// Why an import was not carried out, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file cannot be read to its end. Nothing was written.
    #[error("{name}: {error}")]
    File {
        /// The name of the file.
        name: String,
        /// Why.
        error: FileError,
    },
    /// The ledger refused or failed. What was written before stays, in whole vouchers.
    #[error(transparent)]
    Ledger(#[from] Error),
}

impl Ledger {
    /// Brings the ledger to what the files say. Returns an error only when it did not come to its end.
    pub async fn import(
        &self,
        order: ImportOrder,
        door: &str,
        mut tell: impl FnMut(ImportEvent) + Send,
    ) -> Result<ImportReport, ImportError> {
        self.caller.require(Right::Record).map_err(Error::from)?;
        let actor = self.caller.actor(door);
        let stage = Stage::new(self, &actor);
        let carried_out = self.carry_out_import(order, &stage, &actor, &mut tell).await;
        let is_kept = match &carried_out {
            Ok(report) => report.import_id.is_some(),
            Err(failed) => failed.has_written,
        };
        let cleared = stage.clear(is_kept).await;
        let mut report = carried_out.map_err(|failed| failed.error)?;
        cleared?;
        // What is kept of it is whole.
        report.summary.sent_to.retain(|system, _| may_know(&self.caller, system));
        Ok(report)
    }

    async fn carry_out_import(
        &self,
        order: ImportOrder,
        stage: &Stage<'_>,
        actor: &str,
        tell: &mut (dyn FnMut(ImportEvent) + Send),
    ) -> Result<ImportReport, Failed> {
        let ImportOrder {
            files,
            options,
            is_strict,
            is_dry_run,
            withdraws_missing,
            is_same_company,
            stem,
            patience,
        } = order;
        let mut read = ImportSummary::default();
        let mut gathered = gather(files, &options, is_same_company, stage, &mut read, tell).await?;
        let mut found = |finding| tell(ImportEvent::Found(finding));
        names::settle(&mut gathered, stage, &mut read, &mut found).await?;
        gathered.lines.sort();
        // A line that cannot be read so far as to tell its voucher may be one of those that seem to be missing.
        let withdraws = withdraws_missing && !gathered.has_strays;
        let rules = Rules { withdraws, doubts: !gathered.names.is_empty(), stem };
        let report = |import_id, summary, is_refused| ImportReport {
            import_id,
            files: gathered.files.clone(),
            summary,
            is_refused,
        };
        if is_dry_run {
            let pass = Pass::new(stage, &rules, actor, None, read, &mut found);
            return Ok(report(None, run(pass, &gathered).await?, false));
        }
        let turn = ImportTurn::take(self, patience, || tell(ImportEvent::Waits)).await?;
        let settled = async {
            if is_strict {
                let mut found = |finding| tell(ImportEvent::Found(finding));
                let pass = Pass::new(stage, &rules, actor, None, read.clone(), &mut found);
                let summary = run(pass, &gathered).await?;
                if !summary.is_in_order() || summary.vouchers.unbalanced > 0 {
                    return Ok(report(None, summary, true));
                }
                turn.renew(self).await?;
            }
            self.claim_company(&gathered.sirens, is_same_company).await?;
            let mut found = |finding| {
                // The pass before found the same.
                if !is_strict {
                    tell(ImportEvent::Found(finding));
                }
            };
            let written = self.write(&gathered, stage, &rules, actor, &turn, read, &mut found).await;
            let has_written = |error: Error| Failed { error: error.into(), has_written: true };
            let (import_id, summary) = written.map_err(has_written)?;
            Ok(report(Some(import_id), summary, false))
        };
        let settled: Result<ImportReport, Failed> = settled.await;
        // When that fails, the turn ends by itself.
        let given_back = turn.give_back(self).await;
        let report = settled?;
        given_back?;
        Ok(report)
    }

    #[expect(clippy::too_many_arguments, reason = "it is one step of the function above")]
    async fn write(
        &self,
        gathered: &Gathered,
        stage: &Stage<'_>,
        rules: &Rules,
        actor: &str,
        turn: &ImportTurn,
        read: ImportSummary,
        found: &mut (dyn FnMut(ImportFinding) + Send),
    ) -> Result<(i64, ImportSummary)> {
        let import_id = stage.name_files(&gathered.files).await?;
        let pass = Pass::new(stage, rules, actor, Some(turn), read, found);
        let summary = run(pass, gathered).await?;
        stage.finish(&summary).await?;
        Ok((import_id, summary))
    }
}

/// An import that did not come to its end.
struct Failed {
    error: ImportError,
    /// Whether entries may have been written, so that the import has to be remembered.
    has_written: bool,
}

impl From<ImportError> for Failed {
    fn from(error: ImportError) -> Self {
        Failed { error, has_written: false }
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        ImportError::from(error).into()
    }
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Files").finish_non_exhaustive()
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("name", &self.name).finish_non_exhaustive()
    }
}
