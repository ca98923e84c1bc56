//! What may be changed. An operation carries one of these fields at most, see `guard`.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::connection::ledger;
use super::entry::entry_id;
use super::error::{Fallible, UserError, fallible, user_error, user_errors};
use super::export::{EntryExportNode, EntryOf};
use super::record::{RecordAccountingEntriesInput, RecordAccountingEntriesPayload};
use super::scalars::SystemIdText;
use super::siblings::ToLoad;
use crate::domain::Result;
use crate::domain::export::{MarkCall, MarkDraft, MarkOutcome};

/// The root of all changes.
pub struct Mutation;

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
    /// The same key with the same entries gives the first answer again and writes nothing; with others it is
    /// refused. At most 200 characters, kept for 24 hours at least. Send one, and a call can be repeated when
    /// its answer was lost. Example: "run-118/page-3"
    idempotency_key: Option<String>,
}

/// What was marked, and what could not be.
#[derive(Debug, SimpleObject)]
pub struct MarkExportedPayload {
    /// The marks that were made, in the order of the input. Empty when the call was refused.
    exports: Vec<EntryExportNode>,
    /// Why the call was refused, or which of its entries do not exist.
    user_errors: Vec<UserError>,
}

/// What may be changed. An operation carries at most one of these fields.
#[Object]
impl Mutation {
    /// Records that entries have been sent, in one transaction. A malformed call is refused whole, with every
    /// fault in `userErrors`. Of a well-formed one, entries that exist are marked and the others reported.
    /// Marking again is allowed: time and note become the new ones.
    async fn mark_exported(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What was sent.")] input: MarkExportedInput,
    ) -> Fallible<MarkExportedPayload> {
        fallible(mark_exported(context, input).await)
    }

    /// Records entries in one transaction: new ones are inserted, known ones, by `externalId`, replaced where
    /// they differ. A malformed call is refused whole, with every fault in `userErrors`.
    async fn record_accounting_entries(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The entries.")] input: RecordAccountingEntriesInput,
    ) -> Fallible<RecordAccountingEntriesPayload> {
        fallible(super::record::record(context, input).await)
    }
}

async fn mark_exported(context: &Context<'_>, input: MarkExportedInput) -> Result<MarkExportedPayload> {
    let ledger = ledger(context)?;
    let drafts = input.entries.into_iter().map(|item| {
        Ok(MarkDraft { entry_id: entry_id(&item.entry_id), system_id: item.system_id.0, note: item.note })
    });
    let outcome = match MarkCall::parse(drafts.collect(), input.idempotency_key) {
        Ok(call) => ledger.mark_exported(call, super::ACTOR).await,
        Err(error) => Err(error),
    };
    match outcome {
        Ok(MarkOutcome { exports, faults }) => {
            let entries = ToLoad::new(ledger.clone(), exports.iter().map(|export| export.entry_id).collect());
            let node = |export| EntryExportNode::new(export, EntryOf::ToLoad(entries.clone()));
            Ok(MarkExportedPayload {
                exports: exports.into_iter().map(node).collect(),
                user_errors: faults.iter().filter_map(user_error).collect(),
            })
        }
        Err(error) => Ok(MarkExportedPayload { exports: Vec::new(), user_errors: user_errors(error)? }),
    }
}
