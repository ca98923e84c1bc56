//! Lists of entries, and of edges to them: written as text where that can be, resolved by the engine otherwise.

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::parser::types::{Field, SelectionSet};
use async_graphql::registry::Registry;
use async_graphql::{Context, ContextBase, ContextSelectionSet, OutputType, Positioned, ServerResult, Value};

use super::connection::{Edge, edge};
use super::entry::EntryNode;
use super::error::Failure;
use super::object_text::{ObjectText, Write, flatten, json};
use super::siblings::Siblings;
use crate::domain::page::{Binding, Order};
use crate::domain::{Entry, Error, Field as EntryField, Fields, GlobalId};

/// The entries of one list.
pub struct EntryList(pub Arc<Siblings>);

/// The same with their cursors.
#[derive(Clone)]
pub struct EdgeList {
    /// The entries.
    pub siblings: Arc<Siblings>,
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

/// What a page has to have of its entries to show what is selected of a connection; `None` when nothing of the page
/// is shown.
pub fn shown(context: &Context<'_>, cursors: Cursors) -> Option<Fields> {
    let set = &context.item.node.selection_set;
    let Some(selected) = flatten(context, set, "AccountingEntryConnection") else { return Some(Fields::All) };
    let shown = selected.into_iter().filter_map(|field| {
        let set = &field.node.selection_set;
        let text = match field.node.name.node.as_str() {
            "nodes" => entry_text(context, set),
            "edges" => edge_text(context, set, cursors),
            "pageInfo" => return Some(Fields::NONE),
            _ => return None,
        };
        Some(text.map_or(Fields::All, |text| text.fields))
    });
    shown.reduce(Fields::and)
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
        match write(&self.0, entry_text(context, context.item), field)? {
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
        if let Some(list) = write(&self.siblings, edge_text(context, context.item, self.cursors), field)? {
            return Ok(list);
        }
        let edge = |node: EntryNode| AccountingEntryEdge::new(self.cursors.of(node.entry()), node);
        let edges: Vec<_> = EntryNode::all(&self.siblings).into_iter().map(edge).collect();
        edges.resolve(context, field).await
    }
}

/// The list as text; `None` when it is for the engine to resolve. A list of which too little was read for either is
/// an error, so that what was left out is never shown as empty.
fn write(
    siblings: &Siblings,
    text: Option<ObjectText>,
    field: &Positioned<Field>,
) -> ServerResult<Option<Value>> {
    let needed = text.as_ref().map_or(&Fields::All, |text| &text.fields);
    if !siblings.fields().include(needed) {
        let error = Failure::from(Error::internal("a list shows more of its entries than was read"));
        return Err(async_graphql::Error::from(error).into_server_error(field.pos));
    }
    Ok(text.and_then(|text| text.list(siblings.entries()).ok()))
}

fn edge_text<C>(
    context: &ContextBase<'_, C>,
    set: &Positioned<SelectionSet>,
    cursors: Cursors,
) -> Option<ObjectText> {
    ObjectText::new::<AccountingEntryEdge, C>(context, set, |field| match field.node.name.node.as_str() {
        "cursor" => Some((Fields::NONE, Box::new(move |entry, out| json(&cursors.of(entry), out)))),
        "node" => {
            let node = entry_text(context, &field.node.selection_set)?;
            Some((node.fields.clone(), Box::new(move |entry, out| node.write(entry, out))))
        }
        _ => None,
    })
}

fn entry_text<C>(context: &ContextBase<'_, C>, set: &Positioned<SelectionSet>) -> Option<ObjectText> {
    ObjectText::new::<EntryNode, C>(context, set, |field| write_field(field.node.name.node.as_str()))
}

/// How to write a field of an entry that is a scalar and has no arguments, as the resolver of that name gives it; and
/// what it reads.
fn write_field(name: &str) -> Option<(Fields, Write)> {
    match name {
        "id" => {
            let id = |entry: &Entry, out: &mut Vec<u8>| json(&GlobalId::Entry(entry.id).to_string(), out);
            Some((Fields::NONE, Box::new(id)))
        }
        // An integer in the table, a text in GraphQL.
        "entryId" => Some((Fields::NONE, Box::new(|entry, out| json(&entry.id.to_string(), out)))),
        "attributes" => Some((Fields::All, Box::new(|entry, out| json(&entry.content.attributes, out)))),
        name => {
            let field = EntryField::from_graphql_name(name)?;
            Some((Fields::Only(vec![field]), Box::new(move |entry, out| json(&entry.value(field), out))))
        }
    }
}
