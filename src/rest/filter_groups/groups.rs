//! The tree into a filter: groups, the filters in them, and the parts of each.

use crate::domain::filter::MAX_CONDITIONS;
use crate::domain::{Field, Filter, Step};

use super::condition::{Operator, condition};
use super::join::{all, any};
use super::report::{Report, Trail};
use super::tree::{Node, Source, elements};

/// The parts of a filter, in the order of the short form.
const PARTS: [&str; 4] = ["key", "operator", "value", "not"];

/// Reads the groups. `None` when something is wrong, which the report then tells.
pub(super) fn read(tree: &Node, source: Source, report: &mut Report) -> Option<Filter> {
    let mut reader = Reader { source, report, filters: 0 };
    let groups = elements(tree, &Trail::root(), "the groups", reader.report)
        .into_iter()
        .filter_map(|(at, node)| reader.group(&at, node))
        .collect();
    if reader.filters > MAX_CONDITIONS {
        reader.report.add(&Trail::root(), format!("there are more than {MAX_CONDITIONS} filters"));
    }
    all(groups)
}

/// `true`, `false`, 1 or 0, whichever way the spelling writes them.
fn boolean(node: &Node) -> Option<bool> {
    match node {
        Node::Bool(value) => Some(*value),
        Node::Text(text) if text == "true" || text == "1" => Some(true),
        Node::Text(text) if text == "false" || text == "0" => Some(false),
        Node::Number(number) => match number.as_u64() {
            Some(0) => Some(false),
            Some(1) => Some(true),
            _ => None,
        },
        _ => None,
    }
}

struct Reader<'r> {
    source: Source,
    report: &'r mut Report,
    /// How many filters were met so far: it bounds the work, whatever the number of groups.
    filters: usize,
}

impl Reader<'_> {
    fn group(&mut self, at: &Trail, node: &Node) -> Option<Filter> {
        let [or, filters] = self.parts(at, node, "a group", &["or", "filters"], false)?;
        let is_any = or.is_some_and(|(at, node)| self.boolean(&at, node));
        let Some((at, node)) = filters else {
            self.missing(at, "a group", &"filters".into(), "filters");
            return None;
        };
        let mut joined = Vec::new();
        for (at, node) in elements(node, &at, "the filters of a group", self.report) {
            self.filters += 1;
            if self.filters > MAX_CONDITIONS {
                break;
            }
            joined.extend(self.filter(&at, node));
        }
        if is_any { any(joined) } else { all(joined) }
    }

    fn filter(&mut self, at: &Trail, node: &Node) -> Option<Filter> {
        let parts = self.parts(at, node, "a filter", &PARTS, true)?;
        let is_short = matches!(node, Node::Branch(entries) if is_short(entries));
        for (position, (name, part)) in PARTS.into_iter().zip(&parts).enumerate() {
            if part.is_none() && name != "not" {
                let step = if is_short { Step::Index(position) } else { Step::from(name) };
                self.missing(at, "a filter", &step, name);
            }
        }
        let [key, operator, value, not] = parts;
        // Each part is looked at whatever is wrong with the others: one answer tells all of it.
        let field = key.and_then(|(at, node)| self.field(&at, node));
        let operator = operator.and_then(|(at, node)| Some((self.operator(&at, node)?, at)));
        let not = not.is_some_and(|(at, node)| self.boolean(&at, node));
        let (field, (operator, operator_at), (value_at, value)) = (field?, operator?, value?);
        if operator.is_for_text() && !field.kind().is_text() {
            let message = format!("{} searches in text, which {} is not", operator.name(), field.name());
            self.report.add(&operator_at, message);
            return None;
        }
        let filter = condition(field, operator, not, (&value_at, value), self.source, self.report)?;
        // The bounds are the domain's; checked here, they come with the path of the value.
        self.report.adopt(filter.check(), &value_at);
        Some(filter)
    }

    /// The named parts of a group or filter, each where its name stands in `names`.
    fn parts<'n, const N: usize>(
        &mut self,
        at: &Trail,
        node: &'n Node,
        what: &str,
        names: &[&str; N],
        has_short_form: bool,
    ) -> Option<[Option<(Trail, &'n Node)>; N]> {
        let entries = match node {
            Node::Hole => return None,
            Node::Branch(entries) => entries,
            other => {
                let message =
                    format!("{what} has the parts {}; this is {}", names.join(", "), other.describe());
                self.report.add(at, message);
                return None;
            }
        };
        let by_index = has_short_form && is_short(entries);
        let mut parts = [const { None }; N];
        for (step, node) in entries {
            let position = match step {
                Step::Index(index) => Some(*index).filter(|_| by_index),
                Step::Field(name) => names.iter().position(|known| known == name),
            };
            let inner = at.then(super::tree::short(step));
            match position.and_then(|position| parts.get_mut(position)) {
                Some(part) => *part = Some((inner, node)),
                None => {
                    let message = format!("{what} has the parts {}, and not this one", names.join(", "));
                    self.report.add(&inner, message);
                }
            }
        }
        Some(parts)
    }

    fn missing(&mut self, at: &Trail, what: &str, step: &Step, name: &str) {
        let mut message = format!("{what} needs its {name}");
        if name == "value" {
            message.push_str("; an empty one means IS NULL");
        }
        if self.source == Source::Query {
            // What `qs` and others write for lists of objects, and PHP never understood.
            message.push_str(". Every [] begins a new element: number the groups and filters");
        }
        self.report.add(&at.then(step.clone()), message);
    }

    fn boolean(&mut self, at: &Trail, node: &Node) -> bool {
        boolean(node).unwrap_or_else(|| {
            if !matches!(node, Node::Hole) {
                self.report.add(at, format!("write true, false, 1 or 0; this is {}", node.describe()));
            }
            false
        })
    }

    fn field(&mut self, at: &Trail, node: &Node) -> Option<Field> {
        let known = |text: &String| Field::from_name(text);
        self.named(at, node, "key", known, || Field::ALL.map(Field::name).join(", "))
    }

    fn operator(&mut self, at: &Trail, node: &Node) -> Option<Operator> {
        let known = |text: &String| Operator::from_name(text);
        self.named(at, node, "operator", known, || Operator::ALL.map(Operator::name).join(", "))
    }

    fn named<T>(
        &mut self,
        at: &Trail,
        node: &Node,
        what: &str,
        known: impl Fn(&String) -> Option<T>,
        all: impl Fn() -> String,
    ) -> Option<T> {
        let found = match node {
            Node::Hole => return None,
            Node::Text(text) => known(text),
            _ => None,
        };
        if found.is_none() {
            let message = format!("the {what} is one of {}; this is {}", all(), node.describe());
            self.report.add(at, message);
        }
        found
    }
}

/// Whether a filter is written as `[key, operator, value, not]`.
fn is_short(entries: &[(Step, Node)]) -> bool {
    entries.iter().all(|(step, _)| matches!(step, Step::Index(_)))
}
