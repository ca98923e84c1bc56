//! Filters joined by AND and by OR.

use crate::domain::Filter;

/// All of these hold. One part stays itself, and no part is no filter. An "all" within is taken apart, so
/// that every condition that has to hold stands where the store looks for those an index can answer.
pub(super) fn all(parts: Vec<Filter>) -> Option<Filter> {
    let mut flat = Vec::new();
    for part in parts {
        match part {
            Filter::All(inner) => flat.extend(inner),
            other => flat.push(other),
        }
    }
    if flat.len() > 1 { Some(Filter::All(flat)) } else { flat.pop() }
}

/// At least one of these holds, taken apart likewise.
pub(super) fn any(parts: Vec<Filter>) -> Option<Filter> {
    let mut flat = Vec::new();
    for part in parts {
        match part {
            Filter::Any(inner) => flat.extend(inner),
            other => flat.push(other),
        }
    }
    if flat.len() > 1 { Some(Filter::Any(flat)) } else { flat.pop() }
}
