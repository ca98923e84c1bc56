//! One item of a call that settles.

use chrono::SecondsFormat;

use crate::documents::settle_claim::{ExportReferenceInput, RefusedExportInput, SettledExportInput};
use crate::outcome::{Exported, Failed, Outcome, Reference};
use crate::summary::Unsettled;
use crate::voucher::Voucher;

use super::MAX_LINES;

/// What an item names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// All entries of the claim in this voucher.
    Voucher(String),
    /// One entry.
    Entry(i64),
}

/// One item of a call that settles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The voucher, by its place in the claim.
    pub voucher: usize,
    pub target: Target,
    pub outcome: Outcome,
    /// How many entries it stands for.
    pub lines: usize,
    /// Whether it is the first item of its voucher.
    pub is_first: bool,
}

/// What says that this became of a voucher: one item, or one for each line where the voucher's id would name other lines too,
/// or more lines than one call takes. A line that failed fails the others of its document with it.
pub fn items(place: usize, voucher: &Voucher, outcome: Outcome) -> Vec<Item> {
    let item =
        |target, lines, is_first| Item { voucher: place, target, outcome: outcome.clone(), lines, is_first };
    if !voucher.is_part && voucher.lines.len() <= MAX_LINES {
        return vec![item(Target::Voucher(voucher.voucher_id.clone()), voucher.lines.len(), true)];
    }
    let count = match outcome {
        Outcome::Exported(_) => voucher.lines.len(),
        Outcome::Failed(_) => 1,
    };
    let lines = voucher.lines.iter().take(count).enumerate();
    lines.map(|(index, line)| item(Target::Entry(line.id), 1, index == 0)).collect()
}

impl Item {
    /// The length of its texts, in bytes.
    pub fn text(&self) -> usize {
        let target = match &self.target {
            Target::Voucher(id) => id.len(),
            Target::Entry(_) => 0,
        };
        let reference = |reference: &Reference| {
            reference.document_id.len() + reference.url.as_ref().map_or(0, String::len)
        };
        target
            + match &self.outcome {
                Outcome::Exported(Exported { reference: document, note }) => {
                    document.as_ref().map_or(0, reference) + note.as_ref().map_or(0, String::len)
                }
                Outcome::Failed(failed) => failed.reason.len(),
            }
    }

    fn named(&self) -> (Option<String>, Option<String>) {
        match &self.target {
            Target::Voucher(id) => (None, Some(id.clone())),
            Target::Entry(id) => (Some(id.to_string()), None),
        }
    }

    /// As the schema has it.
    pub fn exported(&self, outcome: &Exported) -> SettledExportInput {
        let (entry_id, voucher_id) = self.named();
        let reference = outcome
            .reference
            .clone()
            .map(|Reference { document_id, url }| ExportReferenceInput { document_id, url });
        // Without a version the one is marked that the claim handed out.
        SettledExportInput { entry_id, voucher_id, version: None, reference, note: outcome.note.clone() }
    }

    /// As the schema has it.
    pub fn failed(&self, outcome: &Failed) -> RefusedExportInput {
        let (entry_id, voucher_id) = self.named();
        let retry_at = outcome.retry_at.map(|at| at.to_rfc3339_opts(SecondsFormat::Micros, true));
        RefusedExportInput {
            entry_id,
            voucher_id,
            type_: outcome.kind,
            reason: outcome.reason.clone(),
            retry_at,
        }
    }

    /// The voucher, for a person who has to say what became of it.
    pub fn unsettled(&self, voucher: &Voucher, reason: String) -> Unsettled {
        let document_id = match &self.outcome {
            Outcome::Exported(Exported { reference, .. }) => reference.as_ref(),
            Outcome::Failed(_) => None,
        };
        Unsettled {
            voucher_id: voucher.voucher_id.clone(),
            dispatch_key: voucher.dispatch_key.clone(),
            exported: matches!(self.outcome, Outcome::Exported(_)),
            document_id: document_id.map(|reference| reference.document_id.clone()),
            reason,
        }
    }
}
