//! What both spellings, query brackets and JSON, are first read into: a small tree that keeps the caller's
//! own labels and order. It is never wider than the longest list nor deeper than a filter goes.

use serde_json::Value;

use crate::domain::Step;
use crate::domain::filter::MAX_LIST;
use crate::domain::text::quoted;

use super::report::{Report, Trail};

/// Labels on the way to the innermost value: group, `filters`, filter, `value`, element.
pub(super) const MAX_LEVELS: usize = 5;

/// Which spelling a tree was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// Query brackets: every value is text, and `+` may have become a space.
    Query,
    /// JSON: values have types.
    Json,
}

/// A part of the filter as the caller wrote it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    /// Nothing that could be read, and the report says so: there is no more to say about it.
    Hole,
    Null,
    Bool(bool),
    Number(serde_json::Number),
    Text(String),
    /// A list or an object: in a query string the two look alike.
    Branch(Vec<(Step, Node)>),
}

impl Node {
    /// Itself in a few words, to be told from what was expected.
    pub(super) fn describe(&self) -> String {
        match self {
            Node::Hole => "nothing".to_owned(),
            Node::Null => "null".to_owned(),
            Node::Bool(value) => value.to_string(),
            Node::Number(number) => format!("the number {number}"),
            Node::Text(text) => quoted(text),
            Node::Branch(_) => "a list or an object".to_owned(),
        }
    }
}

/// A label: a number of at most nine digits as one would count, or else a name.
pub(super) fn label(text: &str) -> Step {
    let is_count = match text.as_bytes() {
        [b'0'] => true,
        [b'1'..=b'9', rest @ ..] => rest.len() < 9 && rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    match text.parse() {
        Ok(index) if is_count => Step::Index(index),
        _ => Step::Field(text.to_owned()),
    }
}

/// The message for a list that is too long.
pub(super) fn too_many() -> String {
    format!("there are more than {MAX_LIST} elements here")
}

/// The message for a label below the innermost value.
pub(super) const TOO_DEEP: &str = "this is nested deeper than a filter goes: group, filters, filter, value, \
                                   element of its list";

/// Reads JSON. It stops at the depth where a filter ends, however deep the JSON goes on.
pub(super) fn from_json(value: &Value, at: &Trail, report: &mut Report) -> Node {
    from_json_level(value, at, report, MAX_LEVELS)
}

fn from_json_level(value: &Value, at: &Trail, report: &mut Report, levels: usize) -> Node {
    let children: Vec<(Step, &Value)> = match value {
        Value::Null => return Node::Null,
        Value::Bool(value) => return Node::Bool(*value),
        Value::Number(number) => return Node::Number(number.clone()),
        Value::String(text) => return Node::Text(text.clone()),
        // One too many is enough to see that there are too many.
        Value::Array(items) => {
            items.iter().take(MAX_LIST + 1).enumerate().map(|(i, v)| (i.into(), v)).collect()
        }
        Value::Object(map) => map.iter().take(MAX_LIST + 1).map(|(k, v)| (label(k), v)).collect(),
    };
    let Some(levels) = levels.checked_sub(1) else {
        report.add(at, TOO_DEEP);
        return Node::Hole;
    };
    if children.len() > MAX_LIST {
        report.add(at, too_many());
        return Node::Hole;
    }
    let mut entries: Vec<(Step, Node)> = children
        .into_iter()
        .map(|(step, child)| {
            let node = from_json_level(child, &at.then(short(&step)), report, levels);
            (step, node)
        })
        .collect();
    // Whether a JSON object keeps the order it was written in depends on how serde_json was built; numbers
    // can be put in an order that does not.
    entries.sort_by_key(|(step, _)| match step {
        Step::Index(index) => Some(*index),
        Step::Field(_) => None,
    });
    Node::Branch(entries)
}

/// A label that fits a path.
pub(super) fn short(step: &Step) -> Step {
    match step {
        Step::Index(index) => Step::Index(*index),
        Step::Field(name) => Step::Field(name.chars().take(MAX_LABEL).collect()),
    }
}

/// Longest label, in characters; the longest that means anything has eight.
pub(super) const MAX_LABEL: usize = 40;

/// The elements of a list. What is no list, or has no elements, goes into the report.
pub(super) fn elements<'n>(
    node: &'n Node,
    at: &Trail,
    what: &str,
    report: &mut Report,
) -> Vec<(Trail, &'n Node)> {
    let entries = match node {
        Node::Hole => return Vec::new(),
        Node::Branch(entries) => entries,
        other => {
            report.add(at, format!("{what} are a list, {at}[0] and so on; this is {}", other.describe()));
            return Vec::new();
        }
    };
    if entries.is_empty() {
        report.add(at, format!("{what} are an empty list: leave it out, or put something in"));
    }
    let mut elements = Vec::new();
    for (step, node) in entries {
        let inner = at.then(short(step));
        match step {
            Step::Index(_) => elements.push((inner, node)),
            Step::Field(name) => {
                let message = format!("{what} are a list: number them, {at}[0], instead of {}", quoted(name));
                report.add(&inner, message);
            }
        }
    }
    elements
}
