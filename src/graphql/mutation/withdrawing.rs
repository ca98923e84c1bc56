//! Withdrawing entries through GraphQL.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::operation::{of_user_errors, perform};
use crate::domain::{Batch, Timestamp};
use crate::graphql::batch::ToLoad;
use crate::graphql::entry::{EntryNode, entry_id};
use crate::graphql::error::{Fallible, UserError, fallible, user_error};
use crate::graphql::query::Query;
use crate::service::{Withdrawal, WithdrawalDraft, Withdrawn};

/// An entry to withdraw.
#[derive(Clone, Debug, InputObject)]
pub struct WithdrawAccountingEntryInput {
    /// The entry that the source took back, by its id or by its number. Example: "entry/42" or "42"
    entry_id: ID,
    /// Why, for the entry's timeline: 1 to 2,000 characters. Example: "booked twice"
    reason: String,
}

/// The entries that the source took back, and the key of this call.
#[derive(Clone, Debug, InputObject)]
pub struct WithdrawAccountingEntriesInput {
    /// The entries to withdraw: 1 to 500, no entry twice.
    entries: Vec<WithdrawAccountingEntryInput>,
    /// A text of your choice that makes this call safe to repeat when its answer was lost: the same key with the same
    /// entries gives the first answer again and writes nothing, and with other entries it is refused. A key belongs to
    /// the caller's token and to this mutation. At most 200 characters; kept for at least 24 hours.
    /// Example: "corrections-118"
    idempotency_key: Option<String>,
}

/// An accounting entry that is withdrawn.
#[derive(Debug)]
pub struct EntryWithdrawalNode {
    withdrawn: Withdrawn,
    entries: Arc<ToLoad>,
}

/// An accounting entry that its source took back.
#[Object(name = "EntryWithdrawal")]
impl EntryWithdrawalNode {
    /// The number of the entry. Example: "42"
    async fn entry_id(&self) -> ID {
        self.withdrawn.entry_id.into()
    }

    /// The entry, as it is now.
    async fn entry(&self) -> Fallible<EntryNode> {
        fallible(EntryNode::of(&self.entries, self.withdrawn.entry_id).await)
    }

    /// When the entry was withdrawn: earlier than this call if it had been withdrawn before.
    async fn withdrawn_at(&self) -> Timestamp {
        self.withdrawn.withdrawn_at
    }
}

/// What a call of `withdrawAccountingEntries` withdrew, and what it could not.
#[derive(Debug, Default, SimpleObject)]
pub struct WithdrawAccountingEntriesPayload {
    /// The entries that are withdrawn now, in the order of the input. Empty when the call was refused.
    withdrawals: Vec<EntryWithdrawalNode>,
    /// Why the call was refused, or which of its entries do not exist. Empty when all entries are withdrawn.
    user_errors: Vec<UserError>,
    /// The root of all queries, to read in the same request what has changed.
    query: Query,
}

of_user_errors!(WithdrawAccountingEntriesPayload);

/// The mutations that withdraw.
#[derive(Default)]
pub struct Withdrawing;

#[Object]
impl Withdrawing {
    /// Withdraws accounting entries that their source took back, all in one transaction. A withdrawn entry is unexported
    /// for no system. Where it was exported before, its mark stays. Recording or importing the entry again reinstates it.
    /// A malformed call is refused as a whole, and `userErrors` lists every fault; entries that do not exist are listed
    /// there too, and the others are withdrawn.
    async fn withdraw_accounting_entries(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The entries to withdraw.")] input: WithdrawAccountingEntriesInput,
    ) -> Fallible<WithdrawAccountingEntriesPayload> {
        let draft = |item: WithdrawAccountingEntryInput| {
            Ok(WithdrawalDraft { entry_id: entry_id(&item.entry_id), reason: item.reason })
        };
        let drafts = input.entries.into_iter().map(draft).collect();
        let call = Batch::<Withdrawal>::parse(drafts, input.idempotency_key);
        perform(context, call, |ledger, outcome| {
            let ids = outcome.done.iter().map(|withdrawn| withdrawn.entry_id).collect();
            let entries = ToLoad::new(ledger.clone(), ids);
            let node = |withdrawn| EntryWithdrawalNode { withdrawn, entries: Arc::clone(&entries) };
            WithdrawAccountingEntriesPayload {
                withdrawals: outcome.done.into_iter().map(node).collect(),
                user_errors: outcome.faults.iter().filter_map(user_error).collect(),
                query: Query::default(),
            }
        })
        .await
    }
}
