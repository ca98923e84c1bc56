//! Lists of entries, and of edges to them: written as text where that can be, resolved by the engine otherwise.

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{ContextSelectionSet, OutputType, Positioned, ServerResult, SimpleObject, Value};

use super::entry::EntryNode;
use super::object_text::{ObjectText, Write, json};
use super::siblings::Siblings;
use crate::domain::Entry;
use crate::domain::page::{Binding, Order};

/// The entries of one list.
pub struct EntryList(pub Arc<Siblings>);

/// The same with their cursors.
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

/// An entry and its cursor.
#[derive(SimpleObject)]
pub struct AccountingEntryEdge {
    /// Marks this place; bound to the arguments of the list it came from.
    cursor: String,
    /// The entry.
    node: EntryNode,
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
        let text = ObjectText::new::<EntryNode>(context, context.item, write_field);
        match text.and_then(|text| text.list(self.0.entries()).ok()) {
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
        let cursors = self.cursors;
        let text = ObjectText::new::<AccountingEntryEdge>(context, context.item, |field| {
            match field.node.name.node.as_str() {
                "cursor" => Some(Box::new(move |entry, out| json(&cursors.of(entry), out))),
                "node" => {
                    let node = ObjectText::new::<EntryNode>(context, &field.node.selection_set, write_field)?;
                    Some(Box::new(move |entry, out| node.write(entry, out)))
                }
                _ => None,
            }
        });
        if let Some(list) = text.and_then(|text| text.list(self.siblings.entries()).ok()) {
            return Ok(list);
        }
        let edge = |node: EntryNode| AccountingEntryEdge { cursor: cursors.of(node.entry()), node };
        let edges: Vec<_> = EntryNode::all(&self.siblings).into_iter().map(edge).collect();
        edges.resolve(context, field).await
    }
}

/// How to write a field of an entry that is a scalar and has no arguments, as the resolver of that name gives it.
fn write_field(field: &Positioned<Field>) -> Option<Write> {
    let write: fn(&Entry, &mut Vec<u8>) -> serde_json::Result<()> = match field.node.name.node.as_str() {
        "id" => |entry, out| json(&entry.id.to_string(), out),
        "externalId" => |entry, out| json(&entry.content.external_id, out),
        "journalCode" => |entry, out| json(&entry.content.journal_code, out),
        "journalName" => |entry, out| json(&entry.content.journal_name, out),
        "entryNumber" => |entry, out| json(&entry.content.entry_number, out),
        "postingDate" => |entry, out| json(&entry.content.posting_date, out),
        "accountNumber" => |entry, out| json(&entry.content.account_number, out),
        "accountName" => |entry, out| json(&entry.content.account_name, out),
        "subledgerAccountNumber" => |entry, out| json(&entry.content.subledger_account_number, out),
        "subledgerAccountName" => |entry, out| json(&entry.content.subledger_account_name, out),
        "documentReference" => |entry, out| json(&entry.content.document_reference, out),
        "documentDate" => |entry, out| json(&entry.content.document_date, out),
        "description" => |entry, out| json(&entry.content.description, out),
        "debit" => |entry, out| json(&entry.content.debit, out),
        "credit" => |entry, out| json(&entry.content.credit, out),
        "amount" => |entry, out| json(&entry.amount(), out),
        "currency" => |entry, out| json(&entry.content.currency, out),
        "foreignAmount" => |entry, out| json(&entry.content.foreign_amount, out),
        "foreignCurrency" => |entry, out| json(&entry.content.foreign_currency, out),
        "reconciliationCode" => |entry, out| json(&entry.content.reconciliation_code, out),
        "reconciledOn" => |entry, out| json(&entry.content.reconciled_on, out),
        "validatedOn" => |entry, out| json(&entry.content.validated_on, out),
        "attributes" => |entry, out| json(&entry.content.attributes, out),
        "createdAt" => |entry, out| json(&entry.created_at, out),
        "updatedAt" => |entry, out| json(&entry.updated_at, out),
        _ => return None,
    };
    Some(Box::new(write))
}
