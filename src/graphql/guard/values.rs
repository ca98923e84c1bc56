//! What is measured of the values in a document and of its variables.

use async_graphql::{Name, Value};

/// The attributes of an entry are bounded by their size, whatever is in them.
const ATTRIBUTES: &str = "attributes";

/// How deep and, or and not nest.
pub fn filter_levels(value: &Value) -> usize {
    match value {
        Value::List(items) => items.iter().map(filter_levels).max().unwrap_or_default(),
        Value::Object(fields) => {
            let is_level = |name: &Name| ["and", "or", "not"].contains(&name.as_str());
            let levels =
                fields.iter().map(|(name, value)| usize::from(is_level(name)) + filter_levels(value));
            levels.max().unwrap_or_default()
        }
        _ => 0,
    }
}

/// The length of the longest list.
pub fn longest_list(value: &Value) -> usize {
    match value {
        Value::List(items) => items.iter().map(longest_list).fold(items.len(), usize::max),
        Value::Object(fields) => {
            let others = fields.iter().filter(|(name, _)| name.as_str() != ATTRIBUTES);
            others.map(|(_, value)| longest_list(value)).max().unwrap_or_default()
        }
        _ => 0,
    }
}
