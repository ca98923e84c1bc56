//! Recording entries through GraphQL.

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::operation::perform;
use crate::domain::{Batch, CurrencyCode, EntryContent, Money};
use crate::graphql::entry::EntryNode;
use crate::graphql::error::{Fallible, UserError};
use crate::graphql::scalars::{Date, JsonObject};
use crate::graphql::siblings::Siblings;

/// An entry to record. What is left out is empty afterwards, also when the entry had it before.
#[derive(Clone, Debug, InputObject)]
pub struct AccountingEntryInput {
    /// The source's own name for the entry, unique, 1 to 200 characters. Example: "VE:20240131:17:1"
    external_id: String,
    /// Journal code, 1 to 500 characters. Example: "VE"
    journal_code: String,
    /// Journal name, at most 500 characters. Example: "Sales"
    journal_name: Option<String>,
    /// The voucher this line belongs to, at most 500 characters. Example: "17"
    entry_number: String,
    /// The day the entry counts for. Example: "2024-01-31"
    posting_date: Date,
    /// General ledger account, 1 to 500 characters. Example: "707000"
    account_number: String,
    /// Its name, at most 500 characters. Example: "Sales of goods"
    account_name: Option<String>,
    /// Customer or supplier account, at most 500 characters. Example: "C0042"
    subledger_account_number: Option<String>,
    /// Its name, at most 500 characters. Example: "Dupont SARL"
    subledger_account_name: Option<String>,
    /// The document behind the entry, at most 500 characters. Example: "FA-2024-0117"
    document_reference: Option<String>,
    /// The document's date. Example: "2024-01-30"
    document_date: Option<Date>,
    /// What happened, in words, at most 2,000 characters. Example: "Invoice FA-2024-0117"
    description: String,
    /// Debit in the book currency. Example: "1200.00"
    #[graphql(default_with = "Money::ZERO")]
    debit: Money,
    /// Credit in the book currency. Example: "0.00"
    #[graphql(default_with = "Money::ZERO")]
    credit: Money,
    /// The book currency. Example: "EUR"
    currency: CurrencyCode,
    /// The amount in the document's own currency. Example: "1310.40"
    foreign_amount: Option<Money>,
    /// The document's own currency. Example: "USD"
    foreign_currency: Option<CurrencyCode>,
    /// Entries of one account with the same code settle each other, at most 500 characters. Example: "AB"
    reconciliation_code: Option<String>,
    /// The day they were found to. Example: "2024-02-15"
    reconciled_on: Option<Date>,
    /// The day the entry became final. Example: "2024-02-28"
    validated_on: Option<Date>,
    /// Whatever else the source knows, at most 65,536 bytes of JSON. A number in it is a 64-bit float: write exact
    /// decimals as strings. Example: {CostCentre: "410"}
    attributes: Option<JsonObject>,
}

impl From<AccountingEntryInput> for EntryContent {
    fn from(input: AccountingEntryInput) -> Self {
        EntryContent {
            external_id: input.external_id,
            journal_code: input.journal_code,
            journal_name: input.journal_name,
            entry_number: input.entry_number,
            posting_date: input.posting_date.0,
            account_number: input.account_number,
            account_name: input.account_name,
            subledger_account_number: input.subledger_account_number,
            subledger_account_name: input.subledger_account_name,
            document_reference: input.document_reference,
            document_date: input.document_date.map(|date| date.0),
            description: input.description,
            debit: input.debit,
            credit: input.credit,
            currency: input.currency,
            foreign_amount: input.foreign_amount,
            foreign_currency: input.foreign_currency,
            reconciliation_code: input.reconciliation_code,
            reconciled_on: input.reconciled_on.map(|date| date.0),
            validated_on: input.validated_on.map(|date| date.0),
            attributes: input.attributes.unwrap_or_default().0,
        }
    }
}

/// Entries to record.
#[derive(Clone, Debug, InputObject)]
pub struct RecordAccountingEntriesInput {
    /// 1 to 500 entries, each `externalId` once.
    entries: Vec<AccountingEntryInput>,
    /// The same key with the same entries gives the first answer again, with the entries as they are by then, and writes
    /// nothing; with others it is refused. A key belongs to the caller's token and to this mutation. At most 200
    /// characters, kept for 24 hours at least. Send one, and a call can be repeated when its answer was lost.
    /// Example: "import-118/page-3"
    idempotency_key: Option<String>,
}

/// What was recorded.
#[derive(Debug, Default, SimpleObject)]
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

impl From<Vec<UserError>> for RecordAccountingEntriesPayload {
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }
}

/// The mutations that record.
#[derive(Default)]
pub struct Recording;

#[Object]
impl Recording {
    /// Records entries in one transaction: new ones are inserted, known ones, by `externalId`, replaced where
    /// they differ. A malformed call is refused whole, with every fault in `userErrors`.
    async fn record_accounting_entries(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The entries.")] input: RecordAccountingEntriesInput,
    ) -> Fallible<RecordAccountingEntriesPayload> {
        let drafts = input.entries.into_iter().map(|entry| Ok(entry.into())).collect();
        let call = Batch::<EntryContent>::parse(drafts, input.idempotency_key);
        // At most 500 of each.
        let number = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
        perform(context, call, |ledger, recorded| RecordAccountingEntriesPayload {
            recorded: number(recorded.recorded),
            updated: number(recorded.updated),
            unchanged: number(recorded.unchanged),
            entries: EntryNode::all(&Siblings::new(ledger.clone(), recorded.entries)),
            user_errors: Vec::new(),
        })
        .await
    }
}
