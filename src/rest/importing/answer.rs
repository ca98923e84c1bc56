//! What an import came to, as REST tells it.

use serde::Serialize;
use utoipa::ToSchema;

use super::kept::ImportFile;
use crate::service::{ImportReport, ImportSummary, VoucherCounts};

/// What an import came to, or would come to.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportAnswer {
    /// The number of the import in the ledger; null when nothing was to be written.
    #[schema(example = 7)]
    import_id: Option<i64>,
    /// Whether it was written: not with dry_run, and not when strict found something that is not in order.
    is_written: bool,
    /// Whether everything is in and agrees. Vouchers that do not balance are only a warning.
    is_in_order: bool,
    /// The SHA-256 of the file, in hexadecimal digits; null where a form had several.
    sha256: Option<String>,
    /// The files that were read, in their order.
    files: Vec<ImportFile>,
    /// Lines read: the sum of the next five numbers.
    #[schema(example = 57)]
    read: u64,
    /// Lines that are new entries.
    inserted: u64,
    /// Lines whose entries were changed, or stand again after they had been withdrawn.
    updated: u64,
    /// Lines whose entries were there already, just so.
    unchanged: u64,
    /// Lines that cannot be loaded.
    rejected: u64,
    /// Lines that are good themselves and were not loaded because of another line of their voucher.
    held_back: u64,
    /// Entries that are no longer in the file, withdrawn by this import or not.
    missing: u64,
    /// Of the missing entries those that this import withdrew.
    withdrawn: u64,
    /// Of the updated entries those that changed after they had been sent to some system, in something that a system has
    /// to learn.
    already_sent: u64,
    /// How many of these were sent to which system.
    sent_to: Vec<SentTo>,
    /// Sum of the debits of the lines that are loaded.
    #[schema(example = "63084.80")]
    debit: String,
    /// Sum of the credits of the lines that are loaded.
    #[schema(example = "63084.80")]
    credit: String,
    /// Sum of the debits that the ledger now has in the vouchers of these lines.
    #[schema(example = "63084.80")]
    ledger_debit: String,
    /// Sum of the credits that the ledger now has in the vouchers of these lines.
    #[schema(example = "63084.80")]
    ledger_credit: String,
    /// The same by vouchers.
    vouchers: ImportedVouchers,
    /// What a person should look at: some of each kind in full, and how many more there are.
    messages: Vec<String>,
}

/// Changed entries that a system was already sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct SentTo {
    /// The system.
    #[schema(example = "erp")]
    system_id: String,
    /// How many of the changed entries it was already sent, as they were before.
    entries: u64,
}

/// How many vouchers an import had to do with.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportedVouchers {
    /// In the file.
    read: u64,
    /// Of which the ledger had no line.
    new: u64,
    /// Of which something changed or is missing.
    changed: u64,
    /// That were there already, just so.
    unchanged: u64,
    /// That were held back.
    held_back: u64,
    /// That are in the ledger and not in the file, on days that the file spans. Only for a FEC.
    missing: u64,
    /// Whose lines do not balance.
    unbalanced: u64,
}

/// The answer to an import.
pub fn answer(report: ImportReport, messages: Vec<String>) -> ImportAnswer {
    let ImportReport { import_id, files, summary, is_refused: _ } = report;
    let is_in_order = summary.is_in_order();
    let ImportSummary {
        read,
        inserted,
        updated,
        unchanged,
        rejected,
        held_back,
        missing,
        withdrawn,
        already_sent,
        sent_to,
        debit,
        credit,
        ledger_debit,
        ledger_credit,
        vouchers,
    } = summary;
    let VoucherCounts {
        read: in_file,
        new,
        changed,
        unchanged: same,
        held_back: held,
        missing: gone,
        unbalanced,
    } = vouchers;
    ImportAnswer {
        import_id,
        is_written: import_id.is_some(),
        is_in_order,
        sha256: if let [file] = &files[..] { Some(file.sha256.clone()) } else { None },
        files: files.into_iter().map(ImportFile::from).collect(),
        read,
        inserted,
        updated,
        unchanged,
        rejected,
        held_back,
        missing,
        withdrawn,
        already_sent,
        sent_to: sent_to.into_iter().map(|(system_id, entries)| SentTo { system_id, entries }).collect(),
        debit: debit.to_string(),
        credit: credit.to_string(),
        ledger_debit: ledger_debit.to_string(),
        ledger_credit: ledger_credit.to_string(),
        vouchers: ImportedVouchers {
            read: in_file,
            new,
            changed,
            unchanged: same,
            held_back: held,
            missing: gone,
            unbalanced,
        },
        messages,
    }
}
