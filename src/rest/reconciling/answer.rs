//! What a reconciliation tells, as REST writes it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::Money;
use crate::service::{BothSides, Difference, DifferenceKind, Reconciled, ReconciliationSummary};

/// A line of the answer to a reconciliation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[allow(clippy::large_enum_variant, reason = "nearly all of them are differences")]
pub enum ReconciliationLine {
    /// Every line but the last.
    Difference(ReconciliationDifference),
    /// The last line of a complete answer.
    End(ReconciliationEnd),
}

/// Something in which a system's list and what it was sent differ.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReconciliationDifference {
    /// MISSING_THERE: marked for the system, and not in its list. NOT_MARKED: in the list, and not marked. UNKNOWN_ENTRY: in
    /// the list, and the ledger has no such entry. TWICE: an earlier line names the same entry. AMOUNT_DIFFERS: the list has another debit or
    /// credit than the entry. CHANGED_SINCE: the system was sent an older version of the entry, or the entry is withdrawn.
    #[schema(example = "AMOUNT_DIFFERS")]
    kind: &'static str,
    /// The line of the list, from 1. Null for what is missing there.
    #[schema(example = 7)]
    line: Option<u64>,
    /// Of TWICE: the first line with the same entry.
    first_line: Option<u64>,
    /// The ledger's own id of the entry.
    #[schema(example = 42)]
    accounting_entry_id: Option<i64>,
    /// The source's own name for the entry. Null for TWICE.
    #[schema(example = "VE-2024-118-1")]
    external_id: Option<String>,
    /// The system's own document: as the list has it; of what is missing there, as the mark has it.
    #[schema(example = "GL-2024-118")]
    reference: Option<String>,
    /// The debit of the entry as it is now.
    #[schema(example = "1200.00")]
    debit: Option<String>,
    /// The credit of the entry as it is now.
    #[schema(example = "0.00")]
    credit: Option<String>,
    /// The debit that the list has.
    #[schema(example = "1250.00")]
    their_debit: Option<String>,
    /// The credit that the list has.
    #[schema(example = "0.00")]
    their_credit: Option<String>,
    /// The book currency of the entry.
    #[schema(example = "EUR")]
    currency: Option<String>,
    /// The version that the system was sent; null when the entry is not marked for it.
    #[schema(example = 1)]
    sent_version: Option<i32>,
    /// The version of the entry now.
    #[schema(example = 2)]
    version: Option<i32>,
    /// Whether the entry is withdrawn.
    withdrawn: Option<bool>,
}

/// The last line of a complete answer. Where it is missing, differences are missing.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReconciliationEnd {
    /// What the reconciliation came to.
    end: Reconciliation,
}

/// What a reconciliation came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reconciliation {
    /// How many differences there are: the number of lines before this one.
    #[schema(example = 3)]
    differences: u64,
    /// How many there are of each kind.
    kinds: ReconciliationKinds,
    /// How many lines the list has, without its header.
    #[schema(example = 118)]
    lines: u64,
    /// How many of them tell neither a debit nor a credit. They count in no total.
    lines_without_amounts: u64,
    /// How many entries are marked for the system.
    #[schema(example = 120)]
    marked: u64,
    /// Both sides, by currency.
    totals: Vec<ReconciliationTotals>,
    /// When the ledger was first looked at (RFC 3339, UTC). What changed later may be told or not.
    #[schema(example = "2024-01-31T12:00:00.000000Z", format = DateTime)]
    as_of: String,
}

/// How many differences there are of each kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReconciliationKinds {
    /// Marked for the system, and not in its list.
    missing_there: u64,
    /// In the list, and not marked.
    not_marked: u64,
    /// In the list, and the ledger has no such entry.
    unknown_entry: u64,
    /// Named by an earlier line, too.
    twice: u64,
    /// The list has another debit or credit than the entry.
    amount_differs: u64,
    /// Sent in an older version, or withdrawn.
    changed_since: u64,
}

/// The totals of both sides in one currency.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReconciliationTotals {
    /// The book currency. Null for the lines of entries that are unknown: the list does not tell theirs.
    #[schema(example = "EUR")]
    currency: Option<String>,
    /// Sum of the debits of the entries that are marked for the system, as they are now.
    #[schema(example = "63084.80")]
    debit: String,
    /// Sum of the credits of the entries that are marked for the system, as they are now.
    #[schema(example = "63084.80")]
    credit: String,
    /// Sum of the debits that the list has; a line that comes twice counts twice.
    #[schema(example = "63134.80")]
    their_debit: String,
    /// Sum of the credits that the list has; a line that comes twice counts twice.
    #[schema(example = "63084.80")]
    their_credit: String,
}

impl From<Reconciled> for ReconciliationLine {
    fn from(reconciled: Reconciled) -> Self {
        match reconciled {
            Reconciled::Difference(difference) => ReconciliationLine::Difference(difference.into()),
            Reconciled::End(summary) => ReconciliationLine::End(ReconciliationEnd { end: summary.into() }),
        }
    }
}

impl From<Difference> for ReconciliationDifference {
    fn from(difference: Difference) -> Self {
        let Difference {
            kind,
            line,
            first_line,
            entry_id,
            external_id,
            reference,
            entry,
            their_debit,
            their_credit,
            sent_version,
        } = difference;
        let entry = entry.as_ref();
        let text = |amount: Money| amount.to_string();
        Self {
            kind: kind.as_str(),
            line,
            first_line,
            accounting_entry_id: entry_id,
            external_id,
            reference,
            debit: entry.map(|entry| text(entry.debit)),
            credit: entry.map(|entry| text(entry.credit)),
            their_debit: their_debit.map(text),
            their_credit: their_credit.map(text),
            currency: entry.map(|entry| entry.currency.to_string()),
            sent_version,
            version: entry.map(|entry| entry.version),
            withdrawn: entry.map(|entry| entry.is_withdrawn),
        }
    }
}

impl From<ReconciliationSummary> for Reconciliation {
    fn from(summary: ReconciliationSummary) -> Self {
        let ReconciliationSummary { as_of, lines, lines_without_amounts, marked, counts, totals } = summary;
        let kinds = ReconciliationKinds {
            missing_there: counts.of(DifferenceKind::MissingThere),
            not_marked: counts.of(DifferenceKind::NotMarked),
            unknown_entry: counts.of(DifferenceKind::UnknownEntry),
            twice: counts.of(DifferenceKind::Twice),
            amount_differs: counts.of(DifferenceKind::AmountDiffers),
            changed_since: counts.of(DifferenceKind::ChangedSince),
        };
        let totals = totals.into_iter().map(|(currency, sides)| ReconciliationTotals::new(currency, sides));
        Self {
            differences: counts.all(),
            kinds,
            lines,
            lines_without_amounts,
            marked,
            totals: totals.collect(),
            as_of: as_of.to_string(),
        }
    }
}

impl ReconciliationTotals {
    fn new(currency: Option<String>, sides: BothSides) -> Self {
        Self {
            currency,
            debit: sides.our_debit.to_string(),
            credit: sides.our_credit.to_string(),
            their_debit: sides.their_debit.to_string(),
            their_credit: sides.their_credit.to_string(),
        }
    }
}
