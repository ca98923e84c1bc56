//! What a filter may ask, and the bounds it has to keep. The two surfaces read their own spelling into this
//! one form; the store turns it into SQL; [`Filter::matches`] says in plain Rust what it means.
//!
//! Missing values follow two-valued logic: a test on a missing value is false, except `IsNull(true)`; `Ne`
//! and `NotIn` are the exact opposites of `Eq` and `In`, and `Not` is an exact complement. So a filter and its
//! `Not` always split the ledger in two, and no entry falls between them.

use serde::Serialize;

use super::entry::Entry;
use super::error::{Code, Error, Fault, Result};
use super::field::{Field, MAX_TEXT, Value, ValueRef};
use super::text::text_fault;

/// Most values in one list.
pub const MAX_LIST: usize = 100;
/// Deepest nesting of and / or / not.
pub const MAX_DEPTH: usize = 5;
/// Most conditions in one filter.
pub const MAX_CONDITIONS: usize = 50;

/// A condition on entries. Cursors are bound to its JSON, whose names are therefore written out: see
/// [`Binding::new`](super::page::Binding::new).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Filter {
    /// Every part holds.
    #[serde(rename = "and")]
    All(Vec<Filter>),
    /// At least one part holds.
    #[serde(rename = "or")]
    Any(Vec<Filter>),
    /// The part does not hold.
    #[serde(rename = "not")]
    Not(Box<Filter>),
    /// One field passes one test.
    #[serde(rename = "field")]
    Field(Field, Test),
}

/// What is asked of a field. In JSON by REST's name of the operator, where REST has one.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the operators of the contract")]
pub enum Test {
    #[serde(rename = "eq")]
    Eq(Value),
    #[serde(rename = "ne")]
    Ne(Value),
    #[serde(rename = "gt")]
    Gt(Value),
    #[serde(rename = "gte")]
    Gte(Value),
    #[serde(rename = "lt")]
    Lt(Value),
    #[serde(rename = "lte")]
    Lte(Value),
    #[serde(rename = "in")]
    In(Vec<Value>),
    #[serde(rename = "not_in")]
    NotIn(Vec<Value>),
    /// Both ends belong to it.
    #[serde(rename = "bt")]
    Between(Value, Value),
    #[serde(rename = "is_null")]
    IsNull(bool),
    /// Ignores case, for every letter of Unicode.
    #[serde(rename = "ct")]
    Contains(String),
    #[serde(rename = "sw")]
    StartsWith(String),
    #[serde(rename = "ew")]
    EndsWith(String),
}

impl Filter {
    /// Checks the bounds. A filter that passes costs a bounded amount of work to run.
    pub fn check(&self) -> Result<()> {
        let refuse = |message: String| Err(Error::refused(Code::InvalidFilter, message));
        let conditions = self.conditions();
        if conditions > MAX_CONDITIONS {
            return refuse(format!("the filter has {conditions} conditions; at most {MAX_CONDITIONS}"));
        }
        let depth = self.depth();
        if depth > MAX_DEPTH {
            return refuse(format!("the filter nests and / or / not {depth} deep; at most {MAX_DEPTH}"));
        }
        let mut faults = Vec::new();
        self.check_values(&mut faults);
        if faults.is_empty() { Ok(()) } else { Err(Error::Refused(faults)) }
    }

    fn conditions(&self) -> usize {
        match self {
            Filter::All(parts) | Filter::Any(parts) => parts.iter().map(Filter::conditions).sum(),
            Filter::Not(part) => part.conditions(),
            Filter::Field(..) => 1,
        }
    }

    fn depth(&self) -> usize {
        match self {
            Filter::All(parts) | Filter::Any(parts) => 1 + parts.iter().map(Filter::depth).max().unwrap_or(0),
            Filter::Not(part) => 1 + part.depth(),
            Filter::Field(..) => 0,
        }
    }

    fn check_values(&self, faults: &mut Vec<Fault>) {
        match self {
            Filter::All(parts) | Filter::Any(parts) => {
                parts.iter().for_each(|part| part.check_values(faults))
            }
            Filter::Not(part) => part.check_values(faults),
            Filter::Field(field, test) => {
                let messages = test.faults().into_iter();
                faults.extend(
                    messages.map(|m| Fault::new(Code::InvalidFilter, format!("{}: {m}", field.name()))),
                );
            }
        }
    }

    /// Whether this entry passes: the meaning of the filter, and the model the tests hold the databases to.
    pub fn matches(&self, entry: &Entry) -> bool {
        match self {
            Filter::All(parts) => parts.iter().all(|part| part.matches(entry)),
            Filter::Any(parts) => parts.iter().any(|part| part.matches(entry)),
            Filter::Not(part) => !part.matches(entry),
            Filter::Field(field, test) => test.passes(entry.value(*field).map(ValueRef::to_value).as_ref()),
        }
    }
}

impl Test {
    /// What is wrong with the values it compares with, for each of them. Empty: the bounds are kept.
    pub fn faults(&self) -> Vec<String> {
        match self {
            Test::In(values) | Test::NotIn(values) if values.is_empty() => {
                vec!["the list is empty; leave the condition out, or give it values".to_owned()]
            }
            Test::In(values) | Test::NotIn(values) if values.len() > MAX_LIST => {
                vec![format!("the list has {} values; at most {MAX_LIST}", values.len())]
            }
            Test::In(values) | Test::NotIn(values) => values.iter().filter_map(Value::fault).collect(),
            Test::Between(low, high) => [low, high].into_iter().filter_map(Value::fault).collect(),
            Test::Eq(value) | Test::Ne(value) | Test::Gt(value) | Test::Gte(value) => {
                value.fault().into_iter().collect()
            }
            Test::Lt(value) | Test::Lte(value) => value.fault().into_iter().collect(),
            Test::Contains(text) | Test::StartsWith(text) | Test::EndsWith(text) => {
                text_fault("the text", text, 1, MAX_TEXT).into_iter().collect()
            }
            Test::IsNull(_) => Vec::new(),
        }
    }

    fn passes(&self, value: Option<&Value>) -> bool {
        let is =
            |compare: fn(&Value, &Value) -> bool, operand: &Value| value.is_some_and(|v| compare(v, operand));
        match self {
            Test::Eq(operand) => is(Value::eq, operand),
            Test::Ne(operand) => !is(Value::eq, operand),
            Test::Gt(operand) => is(Value::gt, operand),
            Test::Gte(operand) => is(Value::ge, operand),
            Test::Lt(operand) => is(Value::lt, operand),
            Test::Lte(operand) => is(Value::le, operand),
            Test::In(operands) => value.is_some_and(|v| operands.contains(v)),
            Test::NotIn(operands) => !value.is_some_and(|v| operands.contains(v)),
            Test::Between(low, high) => value.is_some_and(|v| v >= low && v <= high),
            Test::IsNull(wanted) => value.is_none() == *wanted,
            Test::Contains(text) | Test::StartsWith(text) | Test::EndsWith(text) => {
                let Some(Value::Text(value)) = value else { return false };
                let (value, text) = (super::fold::fold(value), super::fold::fold(text));
                match self {
                    Test::StartsWith(_) => value.starts_with(&text),
                    Test::EndsWith(_) => value.ends_with(&text),
                    _ => value.contains(&text),
                }
            }
        }
    }
}

impl Filter {
    /// The filter in two parts, both of which must hold: conditions that an index can answer, and the rest.
    pub fn split_indexed(self) -> (Option<Filter>, Option<Filter>) {
        let parts = match self {
            Filter::All(parts) => parts,
            other => vec![other],
        };
        let (indexed, rest): (Vec<_>, Vec<_>) = parts.into_iter().partition(Filter::is_indexed);
        let all = |parts: Vec<Filter>| (!parts.is_empty()).then_some(Filter::All(parts));
        (all(indexed), all(rest))
    }

    /// The conditions that must hold and that an index other than that of the ids can answer.
    pub fn selective_part(self) -> Option<Filter> {
        let (Some(Filter::All(mut parts)), _) = self.split_indexed() else { return None };
        parts.retain(|part| !matches!(part, Filter::Field(Field::Id, _)));
        (!parts.is_empty()).then_some(Filter::All(parts))
    }

    fn is_indexed(&self) -> bool {
        let Filter::Field(field, test) = self else { return false };
        let range = matches!(
            test,
            Test::Eq(_)
                | Test::Gt(_)
                | Test::Gte(_)
                | Test::Lt(_)
                | Test::Lte(_)
                | Test::In(_)
                | Test::Between(..)
        );
        range && field.is_indexed()
    }
}
