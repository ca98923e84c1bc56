//! What an answer may cost, told before it runs: one point for each object that it may hold, more for fields that take
//! more. An answer is made as a whole, so this bounds the memory and the time of a request.
//!
//! Each module says beside its fields what they cost (`COSTS`). The engine has a place for that,
//! `#[graphql(complexity = …)]`, and it cannot say this: there a field is told the sum of everything inside of it, so a
//! page cannot multiply its entries without multiplying its `totalCount` as well; and the engine expands every
//! fragment before it adds anything up.

use std::collections::HashMap;
use std::sync::LazyLock;

use async_graphql::parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet};
use async_graphql::registry::{MetaField, MetaType};
use async_graphql_value::Value as Written;

use crate::config::GraphqlSettings;
use crate::domain::Code;
use crate::graphql::costs::{Cost, Costs};
use crate::graphql::document_fault::DocumentFault;
use crate::graphql::types::{item_type, types};
use crate::service::COUNT;

static COSTS: LazyLock<HashMap<(&str, &str), Cost>> = LazyLock::new(|| {
    let modules: [Costs; 14] = [
        crate::graphql::query::COSTS,
        crate::graphql::changed::COSTS,
        crate::graphql::claim::COSTS,
        crate::graphql::status::COSTS,
        crate::graphql::mutation::COSTS,
        crate::graphql::entry::COSTS,
        crate::graphql::entry_connection::COSTS,
        crate::graphql::export_event::COSTS,
        crate::graphql::exports::COSTS,
        crate::graphql::import::COSTS,
        crate::graphql::system::COSTS,
        crate::graphql::timeline::COSTS,
        crate::graphql::voucher::COSTS,
        crate::graphql::webhook::COSTS,
    ];
    modules.into_iter().flatten().map(|(ty, field, cost)| ((*ty, *field), *cost)).collect()
});

/// Checks the cost of an operation that has passed the other checks and has no variables left, and tells it: 1 at
/// least.
pub fn check_cost(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    limits: &GraphqlSettings,
) -> Result<u64, DocumentFault> {
    let root = types().root(operation.ty);
    let cost = Sum { document }.of(&operation.selection_set.node, root, None).max(1);
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

struct Sum<'a> {
    document: &'a ExecutableDocument,
}

impl Sum<'_> {
    /// What a selection from this type costs; `length` is that of the lists in it, if what it stands in says so.
    fn of(&self, set: &SelectionSet, ty: Option<&MetaType>, length: Option<u64>) -> u64 {
        let costs = set.items.iter().map(|selection| match &selection.node {
            Selection::Field(field) => self.field(&field.node, ty, length),
            Selection::InlineFragment(inline) => {
                let condition = inline.node.type_condition.as_ref();
                let ty = match condition {
                    Some(condition) => types().get(condition.node.on.node.as_str()),
                    None => ty,
                };
                self.of(&inline.node.selection_set.node, ty, length)
            }
            Selection::FragmentSpread(spread) => {
                let Some(fragment) = self.document.fragments.get(&spread.node.fragment_name.node) else {
                    return 0;
                };
                let ty = types().get(fragment.node.type_condition.node.on.node.as_str());
                self.of(&fragment.node.selection_set.node, ty, length)
            }
        });
        costs.fold(0, u64::saturating_add)
    }

    fn field(&self, field: &Field, around: Option<&MetaType>, length: Option<u64>) -> u64 {
        let name = field.name.node.as_str();
        let aliased = u64::from(field.alias.is_some());
        let known = around.and_then(|around| around.field_by_name(name));
        let (Some(around), Some(known)) = (around, known) else {
            // The schema about itself, bounded by the rule against circles.
            return aliased;
        };
        let ty = types().inside(known);
        let inner = |length| self.of(&field.selection_set.node, ty, length);
        let objects = |count: u64| count.saturating_mul(inner(None).saturating_add(1));
        match (COSTS.get(&(around.name(), name)), length) {
            (Some(Cost::Page { default, max }), _) => {
                inner(Some(page(field, *default, *max))).saturating_add(1)
            }
            (Some(Cost::Call { max }), _) => inner(Some(items(field, *max))).saturating_add(1),
            (Some(Cost::Summed { length, query }), _) => {
                objects(*length as u64).saturating_add(*query as u64)
            }
            (_, Some(length)) if is_list_of_objects(known) => objects(length),
            (Some(Cost::List(length)), _) => objects(*length as u64),
            (Some(Cost::Named { argument, max }), _) => objects(listed(field, argument, *max)),
            (Some(Cost::Query), _) => inner(None).saturating_add(COUNT as u64),
            (Some(Cost::Value(cost)), _) => *cost as u64,
            // An edge and its node are one.
            (None, _) if name == "node" && around.name().ends_with("Edge") => inner(None),
            (None, _) if field.selection_set.node.items.is_empty() => aliased,
            (None, _) => inner(None).saturating_add(1),
        }
    }
}

fn is_list_of_objects(field: &MetaField) -> bool {
    item_type(&field.ty).is_some() && types().inside(field).is_some_and(|ty| ty.is_composite())
}

/// The size of the page that is asked for. One that is out of range is refused by the use case.
fn page(field: &Field, default: u64, max: u64) -> u64 {
    let number = |name| match &field.get_argument(name)?.node {
        Written::Number(number) => number.as_u64(),
        _ => None,
    };
    let asked = ["first", "last"].into_iter().filter_map(number).max();
    asked.unwrap_or(default).clamp(1, max)
}

/// How many items the input of a mutation names: it has one list.
fn items(field: &Field, max: usize) -> u64 {
    let items = match field.get_argument("input").map(|argument| &argument.node) {
        Some(Written::Object(input)) => input.values().find(|value| matches!(value, Written::List(_))),
        _ => None,
    };
    length(items, max)
}

fn listed(field: &Field, argument: &str, max: usize) -> u64 {
    length(field.get_argument(argument).map(|argument| &argument.node), max)
}

fn length(list: Option<&Written>, max: usize) -> u64 {
    match list {
        Some(Written::List(items)) => (items.len() as u64).clamp(1, max as u64),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphql::types::all;

    #[test]
    fn every_field_that_costs_more_than_an_object_says_so() {
        let mut known = COSTS.keys().copied().collect::<std::collections::HashSet<_>>();
        // A part of the root of questions or of changes is a type for itself to the engine, and no field leads to it.
        let fields = all().flat_map(|ty| ty.fields().into_iter().flat_map(|fields| fields.values()));
        let led_to: Vec<&str> = fields.map(|field| field.ty.trim_matches(['[', ']', '!'])).collect();
        let is_shown = |name: &str| ["Query", "Mutation"].contains(&name) || led_to.contains(&name);
        for ty in all().filter(|ty| is_shown(ty.name())) {
            for field in ty.fields().into_iter().flat_map(|fields| fields.values()) {
                let cost = COSTS.get(&(ty.name(), field.name.as_str()));
                known.remove(&(ty.name(), field.name.as_str()));
                let place = format!("{}.{}", ty.name(), field.name);
                let is_page = matches!(cost, Some(Cost::Page { .. }));
                assert_eq!(field.args.contains_key("first"), is_page, "{place} is a page or is none");
                let is_counted_around = ["Connection", "Payload"].iter().any(|end| ty.name().ends_with(end));
                if is_list_of_objects(field) && !is_counted_around {
                    assert!(cost.is_some(), "{place} is a list, and nothing says how long it may be");
                }
            }
        }
        assert!(known.is_empty(), "costs of fields that do not exist: {known:?}");
    }
}
