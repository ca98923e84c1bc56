//! One value, by the kind of its field.

use std::borrow::Cow;

use crate::domain::text::quoted;
use crate::domain::{Field, Kind, Timestamp, Value};

use super::tree::{Node, Source};

/// Whether it stands for IS NULL.
pub(super) fn is_null(node: &Node) -> bool {
    match node {
        Node::Null => true,
        Node::Text(text) => text.is_empty() || text == "null",
        _ => false,
    }
}

/// Reads the value, or says why it is none of the field.
pub(super) fn read(field: Field, node: &Node, source: Source) -> Result<Value, String> {
    let name = field.name();
    match (field.kind(), node) {
        (Kind::Id, Node::Number(number)) => number
            .as_i64()
            .map(Value::Id)
            .ok_or_else(|| format!("{name} is a whole number; this is {number}")),
        (Kind::Integer, Node::Number(number)) => number
            .as_i64()
            .and_then(|number| i32::try_from(number).ok())
            .map(Value::Integer)
            .ok_or_else(|| format!("{name} is a whole number up to 2147483647; this is {number}")),
        (kind, Node::Number(number)) => Err(format!("{name}: {}", kind.number_fault(number))),
        (kind, Node::Text(text)) => {
            read_text(kind, text, source).map_err(|reason| format!("{name}: {} {reason}", quoted(text)))
        }
        (Kind::Id | Kind::Integer, node) => {
            Err(format!("{name} is a whole number; this is {}", node.describe()))
        }
        (_, node) => Err(format!("{name} is compared with a string; this is {}", node.describe())),
    }
}

fn read_text(kind: Kind, text: &str, source: Source) -> Result<Value, String> {
    match kind {
        // Any text, currency or not: what the books have may be no currency of today.
        Kind::Text | Kind::Currency => Ok(Value::Text(text.to_owned())),
        Kind::Id => whole_number(text).map(Value::Id).ok_or_else(|| "is not a whole number".to_owned()),
        Kind::Integer | Kind::Money | Kind::Date => kind.parse(text),
        Kind::Timestamp => {
            let text = match source {
                Source::Query => restore_lost_plus(text),
                Source::Json => Cow::Borrowed(text),
            };
            Timestamp::parse_lenient(&text).map(Value::Timestamp).map_err(|e| e.to_string())
        }
    }
}

fn whole_number(text: &str) -> Option<i64> {
    text.parse().ok().filter(|_| !text.starts_with('+'))
}

/// Puts back the `+` of an offset that a query string turned into a space: `2026-01-31T12:00:00 01:00`. Any
/// other text stays as it is, `2026-01-31 12:00:00` and `2026-01-31 12:00` among them.
pub fn restore_lost_plus(text: &str) -> Cow<'_, str> {
    let Some((moment, offset)) = text.rsplit_once(' ') else { return Cow::Borrowed(text) };
    let is_offset = offset.len() == 5
        && offset.bytes().enumerate().all(|(i, b)| if i == 2 { b == b':' } else { b.is_ascii_digit() });
    // An offset follows a time of day; a time of day follows a date.
    if is_offset && moment.contains(':') {
        Cow::Owned(format!("{moment}+{offset}"))
    } else {
        Cow::Borrowed(text)
    }
}
