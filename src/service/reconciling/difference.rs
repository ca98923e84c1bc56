//! What a reconciliation tells.

use std::collections::BTreeMap;

use strum::IntoStaticStr;

use super::Reconciled;
use crate::domain::{EntryId, Money, MoneySum, Timestamp};
use crate::store::reconciling::Compared;

/// In what a system's list and what it was sent differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum DifferenceKind {
    /// The entry is marked for the system, and the system does not list it.
    MissingThere,
    /// The system lists the entry, and it is not marked.
    NotMarked,
    /// A line of the list names an entry that the ledger does not have.
    UnknownEntry,
    /// An earlier line of the list names the same entry.
    Twice,
    /// The system has another debit or credit than the entry.
    AmountDiffers,
    /// The system was sent an older version of the entry, or the entry is withdrawn.
    ChangedSince,
}

impl DifferenceKind {
    /// Every kind.
    pub const ALL: [DifferenceKind; 6] = [
        DifferenceKind::MissingThere,
        DifferenceKind::NotMarked,
        DifferenceKind::UnknownEntry,
        DifferenceKind::Twice,
        DifferenceKind::AmountDiffers,
        DifferenceKind::ChangedSince,
    ];

    /// The wire form, such as `NOT_MARKED`.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// One difference. What it does not tell of is `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// In what they differ.
    pub kind: DifferenceKind,
    /// The line of the list, from 1.
    pub line: Option<u64>,
    /// Of [`DifferenceKind::Twice`]: the first line with the same entry.
    pub first_line: Option<u64>,
    /// The entry.
    pub entry_id: Option<EntryId>,
    /// The source's own name for it.
    pub external_id: Option<String>,
    /// The system's own document: as the list has it; of what the list does not have, as the mark has it.
    pub reference: Option<String>,
    /// The entry as it is now.
    pub entry: Option<Compared>,
    /// The debit that the list has.
    pub their_debit: Option<Money>,
    /// The credit that the list has.
    pub their_credit: Option<Money>,
    /// The version that the system was sent.
    pub sent_version: Option<i32>,
}

impl Difference {
    /// Of this kind, telling nothing else yet.
    pub(super) fn of(kind: DifferenceKind) -> Self {
        Self {
            kind,
            line: None,
            first_line: None,
            entry_id: None,
            external_id: None,
            reference: None,
            entry: None,
            their_debit: None,
            their_credit: None,
            sent_version: None,
        }
    }

    /// The same, about this entry.
    pub(super) fn about(self, entry: &Compared) -> Self {
        Self {
            entry_id: Some(entry.id),
            external_id: Some(entry.external_id.clone()),
            entry: Some(entry.clone()),
            ..self
        }
    }
}

/// How many differences there are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DifferenceCounts([u64; DifferenceKind::ALL.len()]);

impl DifferenceCounts {
    /// How many of this kind.
    pub fn of(&self, kind: DifferenceKind) -> u64 {
        self.0[kind as usize]
    }

    /// How many in all.
    pub fn all(&self) -> u64 {
        self.0.iter().sum()
    }

    fn add(&mut self, kind: DifferenceKind) {
        self.0[kind as usize] += 1;
    }
}

/// Debits and credits of both sides in one currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BothSides {
    /// Of the entries that are marked for the system, as they are now.
    pub our_debit: MoneySum,
    /// The same of their credits.
    pub our_credit: MoneySum,
    /// What the lines of the list tell; one that comes twice counts twice.
    pub their_debit: MoneySum,
    /// The same of their credits.
    pub their_credit: MoneySum,
}

/// What a reconciliation came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReconciliationSummary {
    /// When the ledger was first looked at. What changed later may be told or not.
    pub as_of: Timestamp,
    /// How many lines the list has.
    pub lines: u64,
    /// How many of them tell neither a debit nor a credit, and so count in no total.
    pub lines_without_amounts: u64,
    /// How many entries are marked for the system.
    pub marked: u64,
    /// The differences that were told.
    pub counts: DifferenceCounts,
    /// Both sides by the code of the currency; under `None` the lines of entries that are unknown, whose currency is
    /// too.
    pub totals: BTreeMap<Option<String>, BothSides>,
}

impl ReconciliationSummary {
    pub(super) fn new(as_of: Timestamp) -> Self {
        let (counts, totals) = (DifferenceCounts::default(), BTreeMap::new());
        Self { as_of, lines: 0, lines_without_amounts: 0, marked: 0, counts, totals }
    }

    /// The piece that tells of this difference, which it counts.
    pub(super) fn told(&mut self, difference: Difference) -> Reconciled {
        self.counts.add(difference.kind);
        Reconciled::Difference(difference)
    }

    /// Counts what a line tells of the entry, which may be unknown.
    pub(super) fn add_line(&mut self, entry: Option<&Compared>, debit: Option<Money>, credit: Option<Money>) {
        self.lines += 1;
        if debit.is_none() && credit.is_none() {
            self.lines_without_amounts += 1;
            return;
        }
        let totals = self.totals.entry(entry.map(|entry| entry.currency.to_string())).or_default();
        totals.their_debit += debit.unwrap_or_default();
        totals.their_credit += credit.unwrap_or_default();
    }

    /// Counts an entry that is marked.
    pub(super) fn add_marked(&mut self, entry: &Compared) {
        self.marked += 1;
        let totals = self.totals.entry(Some(entry.currency.to_string())).or_default();
        totals.our_debit += entry.debit;
        totals.our_credit += entry.credit;
    }
}
