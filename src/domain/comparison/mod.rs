//! Import by comparison: which line of a file is which line of the ledger, within one voucher.
//!
//! A line of a file has no name of its own, and its place in the file is not one. The lines of an import are a multiset:
//! what comes out depends neither on their order nor on how they were cut into files.

mod columns;
#[cfg(test)]
mod model;
mod rules;
#[cfg(test)]
mod tests;
mod voucher;

pub use columns::{AttributeNames, Columns, by_all_columns};
pub use rules::{Change, Pair, Plan, change, plan};
pub use voucher::VoucherKey;

use std::sync::Arc;

use super::entry::EntryContent;
use super::entry_id::EntryId;

/// A line of the ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct LedgerLine {
    /// Its id.
    pub id: EntryId,
    /// What the books say.
    pub content: EntryContent,
    /// Whether its source took it back.
    pub is_withdrawn: bool,
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct ComingLine {
    /// What it says; the external id is only meant when `is_named`.
    pub content: EntryContent,
    /// The columns that it has.
    pub columns: Arc<Columns>,
    /// Whether the file gives it an external id: then that is its identity, over all vouchers.
    pub is_named: bool,
}
