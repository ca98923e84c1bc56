//! Marking entries as exported through GraphQL.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::operation::{of_user_errors, perform};
use crate::domain::Batch;
use crate::graphql::entry::entry_id;
use crate::graphql::error::{Fallible, UserError, user_error};
use crate::graphql::export::{EntryExportNode, ExportReferenceInput};
use crate::graphql::query::Query;
use crate::graphql::scalars::SystemIdText;
use crate::service::{Mark, MarkDraft};

/// An entry to mark as exported to a system.
#[derive(Clone, Debug, InputObject)]
pub struct MarkExportedEntryInput {
    /// The entry that was exported, by its id or by its number. Example: "entry/42" or "42"
    entry_id: ID,
    /// The name of the system that the entry was exported to. Example: "erp"
    system_id: SystemIdText,
    /// A note about this export, which the entry's timeline keeps; at most 2,000 characters.
    /// Example: "posted as GL-2024-118"
    note: Option<String>,
    /// The version of the entry that was exported, from `AccountingEntry.version`; left out, the one that it has at this
    /// moment. An entry that has changed since that version is marked, and listed in `changedEntries`. Example: 1
    version: Option<i32>,
    /// The system's own document for the entry.
    reference: Option<ExportReferenceInput>,
}

/// The entries that were exported, and the key of this call.
#[derive(Clone, Debug, InputObject)]
pub struct MarkExportedInput {
    /// The entries that were exported: 1 to 10. They may name different systems, but no entry and system twice.
    entries: Vec<MarkExportedEntryInput>,
    /// A text of your choice that makes this call safe to repeat when its answer was lost: the same key with the same
    /// entries gives the first answer again and writes nothing, and with other entries it is refused. A key belongs to
    /// the caller's token and to this mutation. At most 200 characters; kept for at least 24 hours.
    /// Example: "run-118/page-3"
    idempotency_key: Option<String>,
}

/// The marks that a call of `markExported` made, and what it could not mark.
#[derive(Debug, Default, SimpleObject)]
pub struct MarkExportedPayload {
    /// The marks that this call made, in the order of its entries. Empty when the call was refused.
    exports: Vec<EntryExportNode>,
    /// Why the call was refused, or which of its entries do not exist. Empty when all entries were marked.
    user_errors: Vec<UserError>,
    /// The root of all queries, to read in the same request what has changed.
    query: Query,
}

of_user_errors!(MarkExportedPayload);

/// The mutations that mark.
#[derive(Default)]
pub struct Marking;

#[Object]
impl Marking {
    /// Marks entries as exported to a system, all in one transaction. A malformed call is refused as a whole, and
    /// `userErrors` lists every fault. In a well-formed call the entries that exist are marked, and those that do not
    /// exist are listed in `userErrors`. An entry may be marked again: the time and the note of the mark are replaced.
    async fn mark_exported(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The entries that were exported.")] input: MarkExportedInput,
    ) -> Fallible<MarkExportedPayload> {
        let draft = |item: MarkExportedEntryInput| {
            Ok(MarkDraft {
                entry_id: entry_id(&item.entry_id),
                system_id: item.system_id.0,
                note: item.note,
                version: item.version.map(i64::from),
                reference: item.reference.map(Into::into),
            })
        };
        let drafts = input.entries.into_iter().map(draft).collect();
        let call = Batch::<Mark>::parse(drafts, input.idempotency_key);
        perform(context, call, |ledger, outcome| MarkExportedPayload {
            exports: EntryExportNode::all(ledger, outcome.done),
            user_errors: outcome.faults.iter().filter_map(user_error).collect(),
            query: Query::default(),
        })
        .await
    }
}
