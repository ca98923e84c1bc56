//! Lists of entries, written as JSON text at once.
//!
//! The engine makes a future and a value of every field, puts the values into a tree and writes the tree: for a page of a
//! hundred entries that costs more than everything else together. Where all that is asked of the entries is at hand or
//! can be loaded for the whole page (their fields, marks, states and timelines), a [`Plan`] is made of the selection once, what
//! it needs is loaded, and every entry is written by it, to the letter as the engine would have written it. Everything
//! else is left to the engine: selections with directives, documents in which two selections fall onto one key, fields
//! that need a query of their own, arguments that are refused, and loads that fail, of which it tells field by field.
//!
//! What the others see of it: a page's `nodes` and `edges` are an [`EntryList`] and an [`EdgeList`]; [`needed`] tells the
//! page what it has to read; [`MayWrite`] is said of a request by the engine's caller; and an answer may have text in
//! it, which `write_tree` writes.

mod entry;
mod export;
mod plan;
mod status;
mod timeline;
mod voucher;

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::parser::types::{Field, SelectionSet};
use async_graphql::registry::Registry;
use async_graphql::{Context, ContextBase, ContextSelectionSet, OutputType, Positioned, ServerResult, Value};

use super::batch::EntryBatch;
use super::connection::{Edge, edge};
use super::entry::EntryNode;
use super::error::Failure;
use super::text::{json, list};
use crate::domain::page::{Binding, Order};
use crate::domain::{Entry, Error, Fields};

use plan::{Part, Planned, Planner, Row, fields_of};

/// Said, as data of a request, when no two selections of its document fall onto one key of an object and its answer is
/// written as JSON. Where two do, the engine merges what they gave, which cannot be done to text.
pub struct MayWrite;

/// The entries of one list.
pub struct EntryList(pub Arc<EntryBatch>);

/// The same with their cursors.
#[derive(Clone)]
pub struct EdgeList {
    /// The entries.
    pub batch: Arc<EntryBatch>,
    /// What makes their cursors.
    pub cursors: Cursors,
}

/// The cursors of one listing.
#[derive(Clone, Copy)]
pub struct Cursors {
    /// What they are bound to.
    pub binding: Binding,
    /// The order they stand in.
    pub order: Order,
}

impl Cursors {
    /// The cursor of an entry.
    pub fn of(&self, entry: &Entry) -> String {
        self.binding.cursor(self.order.position(entry))
    }
}

edge!(AccountingEntryEdge is "AccountingEntryEdge": EntryNode, "accounting entry");

/// What a page has to have of its entries to show what is selected of its connection; `None` when nothing of the page
/// is shown.
pub fn needed(context: &Context<'_>, cursors: Cursors) -> Option<Fields> {
    let set = &context.item.node.selection_set;
    let Some(selected) = fields_of(context, set, "AccountingEntryConnection") else {
        return Some(Fields::All);
    };
    let needed = selected.into_iter().filter_map(|field| {
        let set = &field.node.selection_set;
        let plan = match field.node.name.node.as_str() {
            "nodes" => plan_nodes(context, set),
            "edges" => plan_edges(context, set, cursors),
            "pageInfo" => return Some(Fields::NONE),
            _ => return None,
        };
        Some(plan.map_or(Fields::All, |planned| planned.needs))
    });
    needed.reduce(Fields::and)
}

fn plan_nodes<'a, C>(context: &'a ContextBase<'a, C>, set: &'a Positioned<SelectionSet>) -> Option<Planned> {
    let mut planner = Planner::new(context)?;
    let plan = entry::plan(&mut planner, set)?;
    Some(planner.finish(plan))
}

fn plan_edges<'a, C>(
    context: &'a ContextBase<'a, C>,
    set: &'a Positioned<SelectionSet>,
    cursors: Cursors,
) -> Option<Planned> {
    let mut planner = Planner::new(context)?;
    let plan =
        planner.object(set, &AccountingEntryEdge::type_name(), |planner, field| -> Option<Part<()>> {
            match field.name.node.as_str() {
                "cursor" => Some(Box::new(move |row, (), out| json(&cursors.of(row.entry), out))),
                "node" => {
                    let node = entry::plan(planner, &field.selection_set)?;
                    Some(Box::new(move |row, (), out| node.write(row, &(), out)))
                }
                _ => None,
            }
        })?;
    Some(planner.finish(plan))
}

/// The list as text; `None` when it is for the engine to resolve. A list of which too little was read for either is an
/// error, so that what was left out is never shown as empty.
async fn write(
    batch: &EntryBatch,
    planned: Option<Planned>,
    field: &Positioned<Field>,
) -> ServerResult<Option<Value>> {
    let needs = planned.as_ref().map_or(&Fields::All, |planned| &planned.needs);
    if !batch.fields().include(needs) {
        let error = Failure::from(Error::internal("a list shows more of its entries than was read"));
        return Err(async_graphql::Error::from(error).into_server_error(field.pos));
    }
    let Some(Planned { plan, loads, .. }) = planned else { return Ok(None) };
    let Some(loaded) = batch.load_all(&loads).await else { return Ok(None) };
    let mut out = Vec::new();
    let written =
        list(batch.entries(), &mut out, |entry, out| plan.write(&Row { entry, loaded: &loaded }, &(), out));
    Ok(written.is_ok().then(|| Value::Binary(out.into())))
}

impl OutputType for EntryList {
    fn type_name() -> Cow<'static, str> {
        Vec::<EntryNode>::type_name()
    }

    fn qualified_type_name() -> String {
        Vec::<EntryNode>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Vec::<EntryNode>::create_type_info(registry)
    }

    async fn resolve(
        &self,
        context: &ContextSelectionSet<'_>,
        field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        match write(&self.0, plan_nodes(context, context.item), field).await? {
            Some(list) => Ok(list),
            None => EntryNode::all(&self.0).resolve(context, field).await,
        }
    }
}

impl OutputType for EdgeList {
    fn type_name() -> Cow<'static, str> {
        Vec::<AccountingEntryEdge>::type_name()
    }

    fn qualified_type_name() -> String {
        Vec::<AccountingEntryEdge>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Vec::<AccountingEntryEdge>::create_type_info(registry)
    }

    async fn resolve(
        &self,
        context: &ContextSelectionSet<'_>,
        field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        let planned = plan_edges(context, context.item, self.cursors);
        if let Some(list) = write(&self.batch, planned, field).await? {
            return Ok(list);
        }
        let edge = |node: EntryNode| AccountingEntryEdge::new(self.cursors.of(node.entry()), node);
        let edges: Vec<_> = EntryNode::all(&self.batch).into_iter().map(edge).collect();
        edges.resolve(context, field).await
    }
}
