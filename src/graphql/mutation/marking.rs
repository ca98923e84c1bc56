//! Marking entries as exported through GraphQL.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::operation::perform;
use crate::domain::Batch;
use crate::graphql::entry::entry_id;
use crate::graphql::error::{Fallible, UserError, user_error};
use crate::graphql::export::{EntryExportNode, EntryOf};
use crate::graphql::scalars::SystemIdText;
use crate::graphql::siblings::ToLoad;
use crate::service::{Mark, MarkDraft};

/// One entry to mark.
#[derive(Clone, Debug, InputObject)]
pub struct MarkExportedEntryInput {
    /// The entry. Example: "42"
    entry_id: ID,
    /// The system it was sent to. Example: "erp"
    system_id: SystemIdText,
    /// Shows in the entry's timeline; at most 2,000 characters. Example: "posted as GL-2024-118"
    note: Option<String>,
}

/// What was sent.
#[derive(Clone, Debug, InputObject)]
pub struct MarkExportedInput {
    /// 1 to 10 entries; they may name different systems, but none the same entry and system twice.
    entries: Vec<MarkExportedEntryInput>,
    /// The same key with the same entries gives the first answer again and writes nothing; with others it is refused. A
    /// key belongs to the caller's token and to this mutation. At most 200 characters, kept for 24 hours at least. Send
    /// one, and a call can be repeated when its answer was lost. Example: "run-118/page-3"
    idempotency_key: Option<String>,
}

/// What was marked, and what could not be.
#[derive(Debug, Default, SimpleObject)]
pub struct MarkExportedPayload {
    /// The marks that were made, in the order of the input. Empty when the call was refused.
    exports: Vec<EntryExportNode>,
    /// Why the call was refused, or which of its entries do not exist.
    user_errors: Vec<UserError>,
}

impl From<Vec<UserError>> for MarkExportedPayload {
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }
}

/// The mutations that mark.
#[derive(Default)]
pub struct Marking;

#[Object]
impl Marking {
    /// Records that entries have been sent, in one transaction. A malformed call is refused whole, with every
    /// fault in `userErrors`. Of a well-formed one, entries that exist are marked and the others reported.
    /// Marking again is allowed: time and note become the new ones.
    async fn mark_exported(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What was sent.")] input: MarkExportedInput,
    ) -> Fallible<MarkExportedPayload> {
        let draft = |item: MarkExportedEntryInput| {
            Ok(MarkDraft { entry_id: entry_id(&item.entry_id), system_id: item.system_id.0, note: item.note })
        };
        let drafts = input.entries.into_iter().map(draft).collect();
        let call = Batch::<Mark>::parse(drafts, input.idempotency_key);
        perform(context, call, |ledger, outcome| {
            let ids = outcome.done.iter().map(|export| export.entry_id).collect();
            let entries = ToLoad::new(ledger.clone(), ids);
            let node = |export| EntryExportNode::new(export, EntryOf::ToLoad(entries.clone()));
            MarkExportedPayload {
                exports: outcome.done.into_iter().map(node).collect(),
                user_errors: outcome.faults.iter().filter_map(user_error).collect(),
            }
        })
        .await
    }
}
