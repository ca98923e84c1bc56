//! Recording entries through GraphQL.

use async_graphql::{Context, InputObject, SimpleObject};

use super::connection::ledger;
use super::entry::EntryNode;
use super::error::{UserError, user_errors};
use super::scalars::JsonObject;
use super::siblings::Siblings;
use crate::domain::field::entry_fields;
use crate::domain::{CurrencyCode, Day, EntryContent, Money, Result};

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

/// Entries to record.
#[derive(Clone, Debug, InputObject)]
pub struct RecordAccountingEntriesInput {
    /// 1 to 500 entries, each `externalId` once.
    entries: Vec<AccountingEntryInput>,
}

/// What was recorded.
#[derive(Debug, SimpleObject)]
pub struct RecordAccountingEntriesPayload {
    /// The entries as they are now, in the order of the input. Empty when the call was refused.
    entries: Vec<EntryNode>,
    /// How many are new.
    recorded: i32,
    /// How many were changed.
    updated: i32,
    /// How many were there already, just so.
    unchanged: i32,
    /// Why the call was refused.
    user_errors: Vec<UserError>,
}

/// Records the entries of the input.
pub async fn record(
    context: &Context<'_>,
    input: RecordAccountingEntriesInput,
) -> Result<RecordAccountingEntriesPayload> {
    let ledger = ledger(context)?;
    let contents = input.entries.into_iter().map(EntryContent::from).collect();
    // At most 500 of each.
    let number = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    Ok(match ledger.record(contents, super::ACTOR).await {
        Ok(recorded) => RecordAccountingEntriesPayload {
            recorded: number(recorded.recorded),
            updated: number(recorded.updated),
            unchanged: number(recorded.unchanged),
            entries: EntryNode::all(&Siblings::new(ledger.clone(), recorded.entries)),
            user_errors: Vec::new(),
        },
        Err(error) => RecordAccountingEntriesPayload {
            entries: Vec::new(),
            recorded: 0,
            updated: 0,
            unchanged: 0,
            user_errors: user_errors(error)?,
        },
    })
}
