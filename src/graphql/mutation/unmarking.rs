//! Taking marks back through GraphQL.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::operation::{of_user_errors, perform};
use super::targets::{named, named_entry, target};
use crate::domain::{Batch, Timestamp};
use crate::graphql::batch::ToLoad;
use crate::graphql::count::int;
use crate::graphql::entry::EntryNode;
use crate::graphql::error::{Fallible, UserError, user_error};
use crate::graphql::query::Query;
use crate::graphql::scalars::SystemIdText;
use crate::service::{Unmark, UnmarkDraft, Unmarked};

/// A mark to take back: of one entry, or of all entries of a voucher. Name one of the two.
#[derive(Clone, Debug, InputObject)]
pub struct UnmarkExportedItemInput {
    /// The entry that was not exported after all, by its id or by its number. Example: "entry/42" or "42"
    entry_id: Option<ID>,
    /// The `id` of the voucher whose entries were not exported after all. Example: "voucher/2024-01-31/VE/17"
    voucher_id: Option<ID>,
    /// The name of the system that was marked for. Example: "erp"
    system_id: SystemIdText,
    /// Why, for the entry's timeline: 1 to 2,000 characters. Example: "the ERP took the posting back"
    reason: String,
}

/// The marks to take back, and the key of this call.
#[derive(Clone, Debug, InputObject)]
pub struct UnmarkExportedInput {
    /// The marks to take back: 1 to 500 items, of at most 10,000 entries together.
    items: Vec<UnmarkExportedItemInput>,
    /// A text of your choice that makes this call safe to repeat when its answer was lost: the same key with the same
    /// items gives the first answer again and writes nothing, and with other items it is refused. A key belongs to the
    /// caller's token and to this mutation. At most 200 characters; kept for at least 24 hours.
    /// Example: "undo-118"
    idempotency_key: Option<String>,
}

/// An item whose marks were taken back.
#[derive(Debug)]
pub struct ExportUnmarkingNode {
    unmarked: Unmarked,
    entries: Arc<ToLoad>,
}

/// Something that a system counts as unexported again.
#[Object(name = "ExportUnmarking")]
impl ExportUnmarkingNode {
    /// The number of the entry; null where the item named a voucher. Example: "42"
    async fn entry_id(&self) -> Option<ID> {
        self.unmarked.target.entry_id().map(ID::from)
    }

    /// The entry, as it is now; null where the item named a voucher.
    async fn entry(&self) -> Fallible<EntryNode> {
        named_entry(&self.entries, &self.unmarked.target).await
    }

    /// The `id` of the voucher; null where the item named an entry. Example: "voucher/2024-01-31/VE/17"
    async fn voucher_id(&self) -> Option<ID> {
        self.unmarked.target.global_voucher_id().map(ID::from)
    }

    /// The name of the system. Example: "erp"
    async fn system_id(&self) -> SystemIdText {
        (&self.unmarked.system_id).into()
    }

    /// How many entries had a mark.
    async fn entry_count(&self) -> i32 {
        int(self.unmarked.entries)
    }

    /// When their marks were taken back.
    async fn unmarked_at(&self) -> Timestamp {
        self.unmarked.at
    }
}

/// What a call of `unmarkExported` took back, and what it could not.
#[derive(Debug, Default, SimpleObject)]
pub struct UnmarkExportedPayload {
    /// The items whose marks were taken back, in the order of the input. Empty when the call was refused.
    unmarkings: Vec<ExportUnmarkingNode>,
    /// Why the call was refused, or which of its items have no mark. Empty when all marks were taken back.
    user_errors: Vec<UserError>,
    /// The root of all queries, to read in the same request what has changed.
    query: Query,
}

of_user_errors!(UnmarkExportedPayload);

/// The mutations that take marks back.
#[derive(Default)]
pub struct Unmarking;

#[Object]
impl Unmarking {
    /// Takes marks back, all in one transaction: the entries are unexported again at once, whatever `notExportedSince`
    /// says. Their timelines keep the marks, and who took them back and why. A malformed call is refused as a whole, and
    /// `userErrors` lists every fault; items without a mark are listed there too, and the others are taken back.
    async fn unmark_exported(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The marks to take back.")] input: UnmarkExportedInput,
    ) -> Fallible<UnmarkExportedPayload> {
        let draft = |item: UnmarkExportedItemInput| {
            let target = target(item.entry_id.as_ref(), item.voucher_id.as_ref());
            Ok(UnmarkDraft { target, system_id: item.system_id.0, reason: item.reason })
        };
        let drafts = input.items.into_iter().map(draft).collect();
        let call = Batch::<Unmark>::parse(drafts, input.idempotency_key);
        perform(context, call, |ledger, outcome| {
            let entries = named(ledger, outcome.done.iter().map(|unmarked| &unmarked.target));
            let node = |unmarked| ExportUnmarkingNode { unmarked, entries: Arc::clone(&entries) };
            UnmarkExportedPayload {
                unmarkings: outcome.done.into_iter().map(node).collect(),
                user_errors: outcome.faults.iter().filter_map(user_error).collect(),
                query: Query::default(),
            }
        })
        .await
    }
}
