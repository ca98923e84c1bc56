//! The original's filter syntax, `filter_groups`, from a query string or a JSON body, read into the domain's
//! [`Filter`].
//!
//! ```text
//! filter_groups[0][or]=true
//! filter_groups[0][filters][0][key]=created_at      filter_groups[0][filters][0][]=created_at
//! filter_groups[0][filters][0][operator]=gte        filter_groups[0][filters][0][]=gte
//! filter_groups[0][filters][0][value]=2026-01-31    filter_groups[0][filters][0][]=2026-01-31
//! filter_groups[0][filters][0][not]=false           filter_groups[0][filters][0][]=false
//! ```
//!
//! What the original leaves open is decided so that a slip is refused, and never read as "everything":
//!
//! - Only parameters whose name begins with `filter_groups` are read here (see [`owns`]); one that is there
//!   has to be a whole filter. Nothing may be given twice.
//! - The indices of a list are labels: they may have gaps, and elements stand in the order they first appear.
//!   Each `[]` begins a new element, as in PHP. A JSON object with numbers for keys is a list in the order of
//!   those numbers. In the short form the index is the place: 0 key, 1 operator, 2 value, 3 not.
//! - `in` takes a list; a value alone is a list of one (a comma has no meaning). `bt` takes a list of two.
//! - `null`, the string `null` and the empty string mean IS NULL. They go with `eq` and inside the list of
//!   `in` ("one of these, or missing"); with any other operator they are refused.
//! - The path of a fault holds the caller's own labels: `filter_groups[7]` is `["filter_groups", 7]`.

mod brackets;
mod condition;
mod groups;
mod join;
mod report;
mod tree;
mod value;

#[cfg(test)]
mod tests;

pub use value::restore_lost_plus;

use crate::domain::{Error, Filter, Result};

use report::{Report, Trail};
use tree::{Node, Source};

/// The name that every parameter of the filter begins with.
const NAME: &str = "filter_groups";

/// Whether the parameter of this (decoded) name is read by [`from_query`]. Whoever reads the query string
/// has to refuse the names that nobody owns: a misspelt filter must not go unnoticed.
pub fn owns(name: &str) -> bool {
    name.starts_with(NAME)
}

/// Reads the filter of a query string as it came, percent-encoded and without the `?`. `None`: it has none.
///
/// Refused with `INVALID_FILTER`, every fault with the path of the parameter.
pub fn from_query(query: &str) -> Result<Option<Filter>> {
    let mut report = Report::default();
    let tree = brackets::read(query, &mut report);
    tree.map(|tree| finish(&tree, Source::Query, report)).transpose()
}

/// Reads the filter of a JSON body: the value of its `filter_groups`. A `null` or empty one is refused.
///
/// Refused with `INVALID_FILTER`, every fault with the path of the value.
pub fn from_json(value: &serde_json::Value) -> Result<Filter> {
    let mut report = Report::default();
    let tree = tree::from_json(value, &Trail::root(), &mut report);
    finish(&tree, Source::Json, report)
}

fn finish(tree: &Node, source: Source, mut report: Report) -> Result<Filter> {
    let filter = groups::read(tree, source, &mut report);
    // A list with a null in it makes two conditions of one, so the whole is counted again.
    if let (Some(filter), true) = (&filter, report.is_empty()) {
        report.adopt(filter.check(), &Trail::root());
    }
    match filter {
        Some(filter) if report.is_empty() => Ok(filter),
        _ => Err(Error::Refused(report.into_faults())),
    }
}
