//! Bounded counts as GraphQL shows them.

use async_graphql::{Enum, SimpleObject};

use crate::domain::{Count, Precision};

/// Whether a count is exact. Counting stops at 10,000, so that it never reads the whole ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Precision")]
pub enum CountPrecision {
    /// The count is exact.
    Exact,
    /// There are at least as many as the count says, and there may be more: counting stopped.
    AtLeast,
}

/// A number of items that was counted up to 10,000 at most.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Count")]
pub struct CountNode {
    /// The number of items found, at most 10,000.
    count: i32,
    /// Whether the count is exact, or whether counting stopped before the end.
    precision: CountPrecision,
}

impl From<Count> for CountNode {
    fn from(count: Count) -> Self {
        Self { count: int(count.count), precision: count.precision.into() }
    }
}

/// A number as GraphQL's Int; one that is too large is the largest that there is.
pub fn int(number: u64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
