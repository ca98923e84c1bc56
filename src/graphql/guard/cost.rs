//! What an answer may cost, told from the sizes of the pages that are asked for: the objects it may hold, and what
//! is dearer than an object. An answer is made as a whole, so this bounds the memory and the time of a request.

use async_graphql::parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet};
use async_graphql_value::Value as Written;

use crate::config::GraphqlSettings;
use crate::domain::Code;
use crate::domain::page::{DEFAULT_PAGE, MAX_PAGE};
use crate::graphql::document_fault::DocumentFault;
use crate::service::{
    COUNT, DEFAULT_EVENTS, DEFAULT_SYSTEMS, MAX_ATTRIBUTES_COST, MAX_EVENTS, MAX_NODES, MAX_RECORDED,
    MAX_SYSTEMS,
};

/// Systems that an entry is taken to have marks for.
const SYSTEMS_AN_ENTRY: u64 = 10;
/// What is counted or looked up for one object apart from the others.
const QUERY: u64 = COUNT as u64;
/// Attributes have up to 64 KiB.
const ATTRIBUTES: u64 = MAX_ATTRIBUTES_COST as u64;

/// Checks the cost of an operation that has passed the other checks and has no variables left, and tells it: 1 at
/// least.
pub fn check_cost(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    limits: &GraphqlSettings,
) -> Result<u64, DocumentFault> {
    let cost = Costs { document }.of(&operation.selection_set.node, Around::Object).max(1);
    if cost <= limits.max_cost as u64 {
        return Ok(cost);
    }
    let message = format!(
        "the answer may cost {cost}, pages within pages multiplied; at most {}: ask for smaller pages, or less of \
         each object",
        limits.max_cost
    );
    Err(DocumentFault::new(Code::QueryTooCostly, message).at(operation.selection_set.pos))
}

/// What a selection stands in.
#[derive(Clone, Copy)]
enum Around {
    /// A page of so many.
    Page(u64),
    /// The payload of a mutation with so many items.
    Payload(u64),
    Object,
}

struct Costs<'a> {
    document: &'a ExecutableDocument,
}

impl Costs<'_> {
    fn of(&self, set: &SelectionSet, around: Around) -> u64 {
        let costs = set.items.iter().map(|selection| match &selection.node {
            Selection::Field(field) => self.field(&field.node, around),
            Selection::InlineFragment(inline) => self.of(&inline.node.selection_set.node, around),
            Selection::FragmentSpread(spread) => {
                let fragment = self.document.fragments.get(&spread.node.fragment_name.node);
                fragment.map_or(0, |fragment| self.of(&fragment.node.selection_set.node, around))
            }
        });
        costs.fold(0, u64::saturating_add)
    }

    fn field(&self, field: &Field, around: Around) -> u64 {
        let inner = |around| self.of(&field.selection_set.node, around);
        let each = |count: u64| count.saturating_mul(inner(Around::Object).saturating_add(1));
        let aliased = u64::from(field.alias.is_some());
        match (field.name.node.as_str(), around) {
            ("unexportedEntries" | "accountingEntries", _) => {
                inner(Around::Page(self.page(field, DEFAULT_PAGE, MAX_PAGE))).saturating_add(1)
            }
            ("exportSystems", _) => {
                inner(Around::Page(self.page(field, DEFAULT_SYSTEMS, MAX_SYSTEMS))).saturating_add(1)
            }
            ("timeline", _) => {
                inner(Around::Page(self.page(field, DEFAULT_EVENTS, MAX_EVENTS))).saturating_add(1)
            }
            ("markExported" | "recordAccountingEntries", _) => {
                inner(Around::Payload(self.items(field))).saturating_add(1)
            }
            ("nodes" | "edges", Around::Page(size)) => each(size),
            ("exports" | "entries" | "userErrors", Around::Payload(items)) => each(items),
            ("exports", _) => each(SYSTEMS_AN_ENTRY),
            ("nodes", _) => each(self.ids(field)),
            // An edge and its node are one; the node of the root, which is named by its id, is an object by itself.
            ("node", _) if field.arguments.is_empty() => inner(Around::Object),
            ("totalCount" | "backlog" | "lastMarkedAt" | "oldestUnexportedEntry", _) => {
                inner(Around::Object).saturating_add(QUERY)
            }
            ("attributes", _) => ATTRIBUTES,
            // Bounded by the rule against circles.
            (name, _) if name.starts_with("__") => aliased,
            _ if field.selection_set.node.items.is_empty() => aliased,
            _ => inner(Around::Object).saturating_add(1),
        }
    }

    /// The size of the page that is asked for. One that is out of range is refused by the use case.
    fn page(&self, field: &Field, default: u64, max: u64) -> u64 {
        let number = |name| match &field.get_argument(name)?.node {
            Written::Number(number) => number.as_u64(),
            _ => None,
        };
        let sizes = ["first", "last"].map(number);
        sizes.into_iter().flatten().max().unwrap_or(default).clamp(1, max)
    }

    /// How many entries the input of a mutation names.
    fn items(&self, field: &Field) -> u64 {
        let items = match field.get_argument("input").map(|argument| &argument.node) {
            Some(Written::Object(input)) => match input.get("entries") {
                Some(Written::List(items)) => items.len(),
                _ => 0,
            },
            _ => 0,
        };
        (items as u64).clamp(1, MAX_RECORDED as u64)
    }

    /// How many things are named by their ids.
    fn ids(&self, field: &Field) -> u64 {
        let ids = match field.get_argument("ids").map(|argument| &argument.node) {
            Some(Written::List(ids)) => ids.len(),
            _ => 1,
        };
        (ids as u64).clamp(1, MAX_NODES as u64)
    }
}
