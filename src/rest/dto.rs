//! What goes over the wire, and nothing else.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::domain::event::TimelineEvent;
use crate::domain::page::Listing;
use crate::domain::{Attributes, Entry};
use crate::service::EntryPage;

/// One line of a journal. Money is a decimal in a string: JSON numbers lose digits.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AccountingEntry {
    /// The ledger's own id: ascending, never reused.
    #[schema(example = 42)]
    id: i64,
    /// The source's own name for the entry, unique.
    #[schema(example = "VE:20240131:17:1", max_length = 200)]
    external_id: String,
    /// Journal code.
    #[schema(example = "VE")]
    journal_code: String,
    /// Journal name.
    #[schema(example = "Sales")]
    journal_name: Option<String>,
    /// The voucher this line belongs to; its lines balance.
    #[schema(example = "17")]
    entry_number: String,
    /// The day it counts for.
    #[schema(example = "2024-01-31")]
    posting_date: NaiveDate,
    /// General ledger account.
    #[schema(example = "707000")]
    account_number: String,
    /// Its name.
    #[schema(example = "Sales of goods")]
    account_name: Option<String>,
    /// Customer or supplier account.
    #[schema(example = "C0042")]
    subledger_account_number: Option<String>,
    /// Its name.
    #[schema(example = "Dupont SARL")]
    subledger_account_name: Option<String>,
    /// The document behind the entry.
    #[schema(example = "FA-2024-0117")]
    document_reference: Option<String>,
    /// The document's date.
    document_date: Option<NaiveDate>,
    /// What happened, in words.
    #[schema(example = "Invoice FA-2024-0117")]
    description: String,
    /// Debit in the book currency.
    #[schema(example = "1200.00")]
    debit: String,
    /// Credit in the book currency.
    #[schema(example = "0.00")]
    credit: String,
    /// Debit − credit.
    #[schema(example = "1200.00")]
    amount: String,
    /// The book currency (ISO 4217).
    #[schema(example = "EUR", min_length = 3, max_length = 3)]
    currency: String,
    /// The amount in the document's own currency.
    foreign_amount: Option<String>,
    /// The document's own currency.
    foreign_currency: Option<String>,
    /// Entries of one account with the same code settle each other.
    reconciliation_code: Option<String>,
    /// The day they were found to.
    reconciled_on: Option<NaiveDate>,
    /// The day the entry became final.
    validated_on: Option<NaiveDate>,
    /// Every further column of the source, by its name.
    #[schema(value_type = Object)]
    attributes: Attributes,
    /// When it was first recorded (RFC 3339, UTC).
    #[schema(example = "2024-01-31T12:00:00.000000Z", format = DateTime)]
    created_at: String,
    /// When its content last changed (RFC 3339, UTC).
    #[schema(example = "2024-01-31T12:00:00.000000Z", format = DateTime)]
    updated_at: String,
}

impl From<Entry> for AccountingEntry {
    fn from(entry: Entry) -> Self {
        let amount = entry.amount().to_string();
        let content = entry.content;
        Self {
            id: entry.id,
            external_id: content.external_id,
            journal_code: content.journal_code,
            journal_name: content.journal_name,
            entry_number: content.entry_number,
            posting_date: content.posting_date,
            account_number: content.account_number,
            account_name: content.account_name,
            subledger_account_number: content.subledger_account_number,
            subledger_account_name: content.subledger_account_name,
            document_reference: content.document_reference,
            document_date: content.document_date,
            description: content.description,
            debit: content.debit.to_string(),
            credit: content.credit.to_string(),
            amount,
            currency: content.currency.to_string(),
            foreign_amount: content.foreign_amount.map(|amount| amount.to_string()),
            foreign_currency: content.foreign_currency.map(|currency| currency.to_string()),
            reconciliation_code: content.reconciliation_code,
            reconciled_on: content.reconciled_on,
            validated_on: content.validated_on,
            attributes: content.attributes,
            created_at: entry.created_at.to_string(),
            updated_at: entry.updated_at.to_string(),
        }
    }
}

/// Entries, all of them or a page.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountingEntries {
    /// In the order asked for.
    pub accounting_entries: Vec<AccountingEntry>,
    /// With `limit`: give it as `after` for the next page; null on the last one.
    pub next_after: Option<String>,
}

impl AccountingEntries {
    /// A page of this list.
    pub fn new(page: EntryPage, listing: &Listing) -> Self {
        let last = page.entries.last().filter(|_| page.has_next);
        let next_after = last.map(|entry| listing.cursor(entry));
        let accounting_entries = page.entries.into_iter().map(AccountingEntry::from).collect();
        Self { accounting_entries, next_after }
    }
}

/// Something that happened to an entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct Event {
    /// Unique among the events of its entry, ascending.
    #[schema(example = 0)]
    id: i64,
    /// RECORDED, UPDATED or EXPORTED; later versions may know more kinds, and write them to the same ledger.
    #[schema(example = "EXPORTED")]
    kind: String,
    /// When (RFC 3339, UTC).
    #[schema(example = "2024-01-31T12:00:00.000000Z", format = DateTime)]
    at: String,
    /// The system, when it was exported.
    system_id: Option<String>,
    /// The note of the mark.
    note: Option<String>,
    /// Who did it; null when another program wrote to the database itself.
    actor: Option<String>,
    /// What else is known of an event of its kind, by name.
    #[serde(flatten)]
    #[schema(ignore)]
    more: Map<String, Value>,
}

impl From<TimelineEvent> for Event {
    fn from(event: TimelineEvent) -> Self {
        let mut more = event.payload.fields();
        more.remove("note");
        Self {
            id: event.id,
            kind: event.payload.name().to_owned(),
            at: event.at.to_string(),
            system_id: event.system_id.map(|id| id.to_string()),
            note: event.payload.note().map(str::to_owned),
            actor: event.actor,
            more,
        }
    }
}

/// A page of an entry's timeline, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Timeline {
    /// Oldest first.
    pub timeline: Vec<Event>,
    /// Give it as `after` for the next page; null on the last one.
    pub next_after: Option<String>,
}
