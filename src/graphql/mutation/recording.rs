//! Recording entries through GraphQL.

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::operation::{of_user_errors, perform};
use crate::domain::field::entry_fields;
use crate::domain::{Batch, CurrencyCode, Day, EntryContent, Money};
use crate::graphql::batch::EntryBatch;
use crate::graphql::entry::EntryNode;
use crate::graphql::error::{Fallible, UserError};
use crate::graphql::query::Query;
use crate::graphql::scalars::JsonObject;

macro_rules! input {
    ($($(#[doc = $doc:literal])+ $Field:ident $name:ident: $type:ty $(= $default:literal)? { $($row:tt)* })+) => {
        /// An entry to record. What is left out is empty afterwards, also when the entry had it before.
        #[derive(Clone, Debug, InputObject)]
        pub struct AccountingEntryInput {
            $(
                $(#[doc = $doc])+
                $(
                    #[doc = concat!("When left out: \"", $default, "\".")]
                    #[graphql(default)]
                )?
                $name: $type,
            )+
            /// Whatever else the source knows of the entry, at most 65,536 bytes of JSON. A number in it is a 64-bit
            /// float: write exact decimals as strings. Example: {CostCentre: "410"}
            attributes: Option<JsonObject>,
        }

        impl From<AccountingEntryInput> for EntryContent {
            fn from(input: AccountingEntryInput) -> Self {
                EntryContent {
                    $($name: input.$name,)+
                    attributes: input.attributes.unwrap_or_default().0,
                }
            }
        }
    };
}

entry_fields!(content => input);

/// The accounting entries that a call records, and the key of this call.
#[derive(Clone, Debug, InputObject)]
pub struct RecordAccountingEntriesInput {
    /// The entries to record: 1 to 500, no `externalId` twice.
    entries: Vec<AccountingEntryInput>,
    /// A text of your choice that makes this call safe to repeat when its answer was lost: the same key with the same
    /// entries gives the first answer again, with the entries as they are by then, and writes nothing; with other entries
    /// it is refused. A key belongs to the caller's token and to this mutation. At most 200 characters; kept for at least
    /// 24 hours.
    /// Example: "import-118/page-3"
    idempotency_key: Option<String>,
}

/// What a call of `recordAccountingEntries` recorded.
#[derive(Debug, Default, SimpleObject)]
pub struct RecordAccountingEntriesPayload {
    /// The entries as the ledger has them now, in the order of the input. Empty when the call was refused.
    entries: Vec<EntryNode>,
    /// How many of the entries are new in the ledger.
    recorded: i32,
    /// How many of the entries were known and have changed.
    updated: i32,
    /// How many of the entries were known with the same content, and were left as they are.
    unchanged: i32,
    /// Why the call was refused. Empty when the entries were recorded.
    user_errors: Vec<UserError>,
    /// The root of all queries, to read in the same request what has changed.
    query: Query,
}

of_user_errors!(RecordAccountingEntriesPayload);

/// The mutations that record.
#[derive(Default)]
pub struct Recording;

#[Object]
impl Recording {
    /// Records accounting entries, all in one transaction. An entry whose `externalId` the ledger does not have is
    /// inserted; one that it has is replaced where its content differs. A malformed call is refused as a whole, and
    /// `userErrors` lists every fault.
    async fn record_accounting_entries(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The entries to record.")] input: RecordAccountingEntriesInput,
    ) -> Fallible<RecordAccountingEntriesPayload> {
        let drafts = input.entries.into_iter().map(|entry| Ok(entry.into())).collect();
        let call = Batch::<EntryContent>::parse(drafts, input.idempotency_key);
        // At most 500 of each.
        let number = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
        perform(context, call, |ledger, recorded| RecordAccountingEntriesPayload {
            recorded: number(recorded.recorded),
            updated: number(recorded.updated),
            unchanged: number(recorded.unchanged),
            entries: EntryNode::all(&EntryBatch::new(ledger.clone(), recorded.entries)),
            user_errors: Vec::new(),
            query: Query::default(),
        })
        .await
    }
}
