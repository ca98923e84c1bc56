//! The name of a voucher, by which the lines of a file and those of the ledger are brought together.

use std::fmt;

use crate::domain::{Day, EntryContent};

/// A voucher: its journal, its day and its number. Lines without a number are told apart by their document reference.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VoucherKey {
    /// The code of the journal.
    pub journal_code: String,
    /// The posting date.
    pub posting_date: Day,
    /// The number; may be blank.
    pub entry_number: String,
    /// The document reference where the number is blank; else, and where there is none, empty.
    pub document_reference: String,
}

impl VoucherKey {
    /// The voucher that a line belongs to.
    pub fn of(content: &EntryContent) -> Self {
        let reference = content.document_reference.as_deref();
        Self::new(&content.journal_code, content.posting_date, &content.entry_number, reference)
    }

    /// The voucher of this name. The reference counts only where the number is blank.
    pub fn new(journal_code: &str, posting_date: Day, entry_number: &str, reference: Option<&str>) -> Self {
        let reference = if is_blank(entry_number) { reference.unwrap_or_default() } else { "" };
        VoucherKey {
            journal_code: journal_code.to_owned(),
            posting_date,
            entry_number: entry_number.to_owned(),
            document_reference: reference.to_owned(),
        }
    }

    /// Whether it has no number of its own.
    pub fn is_unnumbered(&self) -> bool {
        is_blank(&self.entry_number)
    }
}

fn is_blank(number: &str) -> bool {
    number.trim().is_empty()
}

impl fmt::Display for VoucherKey {
    /// As messages name it: `VE 17 of 2024-01-31`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { journal_code, posting_date, entry_number, document_reference } = self;
        if !self.is_unnumbered() {
            return write!(f, "{journal_code} {entry_number} of {posting_date}");
        }
        match document_reference.as_str() {
            "" => write!(f, "{journal_code} without a number of {posting_date}"),
            reference => write!(f, "{journal_code} without a number of {posting_date}, document {reference}"),
        }
    }
}
