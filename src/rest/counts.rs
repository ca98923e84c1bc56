//! Bounded counts, as REST shows them.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::progress::ExportState;
use crate::domain::{Count, Precision};

/// How many entries there are. Counting stops at 10,000.
#[derive(Debug, Serialize, ToSchema)]
pub struct Backlog {
    /// The number of entries found.
    #[schema(example = 29)]
    count: u64,
    /// EXACT: there are so many. AT_LEAST: so many, and perhaps more.
    #[schema(example = "EXACT")]
    precision: &'static str,
}

impl From<Count> for Backlog {
    fn from(Count { count, precision }: Count) -> Self {
        let precision = match precision {
            Precision::Exact => "EXACT",
            Precision::AtLeast => "AT_LEAST",
        };
        Self { count, precision }
    }
}

/// How many of the entries that a system has not been sent are in one state.
#[derive(Debug, Serialize, ToSchema)]
pub struct StateCount {
    /// PENDING, CLAIMED, FAILED or PARKED. What a worker has claimed is PENDING again when its lease has ended.
    #[schema(example = "PENDING")]
    state: &'static str,
    /// How many entries are in it.
    count: Backlog,
}

impl From<(ExportState, Count)> for StateCount {
    fn from((state, count): (ExportState, Count)) -> Self {
        Self { state: state.as_str(), count: count.into() }
    }
}
