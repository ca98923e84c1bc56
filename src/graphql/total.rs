//! What entries add up to, as GraphQL shows it.

use async_graphql::SimpleObject;

use super::count::int;
use crate::domain::{CurrencyCode, CurrencyTotal, Money};

/// What accounting entries in one currency add up to.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "CurrencyTotal")]
pub struct CurrencyTotalNode {
    /// The currency of these entries. Example: "EUR"
    currency: CurrencyCode,
    /// The sum of their debits. Example: "1234.50"
    debit: Money,
    /// The sum of their credits. Example: "1234.50"
    credit: Money,
    /// How many entries they are.
    entry_count: i32,
}

impl From<CurrencyTotal> for CurrencyTotalNode {
    fn from(total: CurrencyTotal) -> Self {
        let CurrencyTotal { currency, debit, credit, entries } = total;
        Self { currency, debit, credit, entry_count: int(entries) }
    }
}

/// The totals of each currency, where they could be told.
pub fn nodes(totals: Option<Vec<CurrencyTotal>>) -> Option<Vec<CurrencyTotalNode>> {
    totals.map(|totals| totals.into_iter().map(CurrencyTotalNode::from).collect())
}
