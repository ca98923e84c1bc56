//! One filter: what an operator asks of a field, and what `not` makes of it.

use crate::domain::{Field, Filter, Test, Value};

use super::join::{all, any};
use super::report::{Report, Trail};
use super::tree::{Node, Source, elements};
use super::value;

/// The operators, by the names the original gives them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Eq,
    Gt,
    Gte,
    Lt,
    Lte,
    In,
    Bt,
    Ct,
    Sw,
    Ew,
}

impl Operator {
    pub(super) const ALL: [Operator; 10] = [
        Operator::Eq,
        Operator::Gt,
        Operator::Gte,
        Operator::Lt,
        Operator::Lte,
        Operator::In,
        Operator::Bt,
        Operator::Ct,
        Operator::Sw,
        Operator::Ew,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Operator::Eq => "eq",
            Operator::Gt => "gt",
            Operator::Gte => "gte",
            Operator::Lt => "lt",
            Operator::Lte => "lte",
            Operator::In => "in",
            Operator::Bt => "bt",
            Operator::Ct => "ct",
            Operator::Sw => "sw",
            Operator::Ew => "ew",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Operator> {
        Operator::ALL.into_iter().find(|operator| operator.name() == name)
    }

    /// Whether its value is a list.
    fn takes_list(self) -> bool {
        matches!(self, Operator::In | Operator::Bt)
    }

    /// Whether it looks inside a text.
    pub(super) fn is_for_text(self) -> bool {
        matches!(self, Operator::Ct | Operator::Sw | Operator::Ew)
    }
}

/// Reads the value and puts it to the field. `None` when something is wrong, which the report then tells.
pub(super) fn condition(
    field: Field,
    operator: Operator,
    not: bool,
    (at, node): (&Trail, &Node),
    source: Source,
    report: &mut Report,
) -> Option<Filter> {
    let mut values = Values { field, operator, source, report };
    let test = match (operator, not) {
        // As the original reads it, null goes before the operator. Not for a field that is never missing: there
        // an empty value is a variable that was not set, and `not` with it would ask for everything.
        (other, _)
            if !other.takes_list()
                && value::is_null(node)
                && (other == Operator::Eq || field.is_nullable()) =>
        {
            Test::IsNull(!not)
        }
        (Operator::In, _) => return values.one_of(at, node, not),
        (Operator::Bt, _) => {
            let (low, high) = values.two(at, node)?;
            let between = Filter::Field(field, Test::Between(low, high));
            return Some(if not { Filter::Not(Box::new(between)) } else { between });
        }
        (Operator::Ct | Operator::Sw | Operator::Ew, _) => {
            let Value::Text(text) = values.one(at, node)? else { return None };
            let test = match operator {
                Operator::Sw => Test::StartsWith(text),
                Operator::Ew => Test::EndsWith(text),
                _ => Test::Contains(text),
            };
            let search = Filter::Field(field, test);
            return Some(if not { Filter::Not(Box::new(search)) } else { search });
        }
        (Operator::Eq, false) => Test::Eq(values.one(at, node)?),
        (Operator::Eq, true) => Test::Ne(values.one(at, node)?),
        (Operator::Gt, false) | (Operator::Lte, true) => Test::Gt(values.one(at, node)?),
        (Operator::Gte, false) | (Operator::Lt, true) => Test::Gte(values.one(at, node)?),
        (Operator::Lt, false) | (Operator::Gte, true) => Test::Lt(values.one(at, node)?),
        (Operator::Lte, false) | (Operator::Gt, true) => Test::Lte(values.one(at, node)?),
    };
    Some(Filter::Field(field, test))
}

struct Values<'r> {
    field: Field,
    operator: Operator,
    source: Source,
    report: &'r mut Report,
}

impl Values<'_> {
    /// A single value that is there.
    fn one(&mut self, at: &Trail, node: &Node) -> Option<Value> {
        let fault = match node {
            Node::Hole => return None,
            Node::Branch(_) => format!("{} takes one value, not a list", self.operator.name()),
            node if value::is_null(node) => format!(
                "{} needs a value: null and the empty string mean IS NULL, and {} is never missing",
                self.operator.name(),
                self.field.name()
            ),
            node => match value::read(self.field, node, self.source) {
                Ok(value) => return Some(value),
                Err(message) => message,
            },
        };
        self.report.add(at, fault);
        None
    }

    fn two(&mut self, at: &Trail, node: &Node) -> Option<(Value, Value)> {
        match node {
            Node::Hole => return None,
            Node::Branch(entries) if entries.len() == 2 => {}
            other => {
                let found = match other {
                    Node::Branch(entries) => format!("a list of {}", entries.len()),
                    other => other.describe(),
                };
                let message = match self.source {
                    Source::Query => {
                        format!("bt takes a list of two values, {at}[]=…&{at}[]=…; this is {found}")
                    }
                    Source::Json => format!("bt takes a list of two values; this is {found}"),
                };
                self.report.add(at, message);
                return None;
            }
        }
        let values: Vec<_> = elements(node, at, "the two values", self.report)
            .into_iter()
            .map(|(at, node)| self.one(&at, node))
            .collect();
        let [low, high] = <[Option<Value>; 2]>::try_from(values).ok()?;
        Some((low?, high?))
    }

    /// `in`. A null among the values asks for the missing ones as well, as `eq` with it would.
    fn one_of(&mut self, at: &Trail, node: &Node, not: bool) -> Option<Filter> {
        let (mut values, mut null, mut faulty) = (Vec::new(), false, false);
        let nodes = match node {
            Node::Branch(_) => elements(node, at, "the values", self.report),
            // It could be a list that was joined with commas, or one text with a comma in it. Taken for either, it would
            // find nothing, or too much, without a word.
            Node::Text(text) if text.contains(',') => {
                let how = match self.source {
                    Source::Query => format!("{at}[]=…&{at}[]=…"),
                    Source::Json => "[…, …]".to_owned(),
                };
                let message = format!(
                    "in takes a list, each value on its own: {how}. A single value with a comma in it is a list of one; \
                     this is {}",
                    node.describe()
                );
                self.report.add(at, message);
                return None;
            }
            single => vec![(at.clone(), single)],
        };
        for (at, node) in nodes {
            if value::is_null(node) {
                null = true;
                continue;
            }
            match self.one(&at, node) {
                Some(value) => values.push(value),
                None => faulty = true,
            }
        }
        if faulty {
            return None;
        }
        let mut parts = Vec::new();
        if !values.is_empty() {
            let test = if not { Test::NotIn(values) } else { Test::In(values) };
            parts.push(Filter::Field(self.field, test));
        }
        if null {
            parts.push(Filter::Field(self.field, Test::IsNull(!not)));
        }
        if not { all(parts) } else { any(parts) }
    }
}
