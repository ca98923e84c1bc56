//! The fields of an entry that can be asked about, and the values they are compared with.

use chrono::NaiveDate;
use serde::Serialize;

use super::entry::{Entry, is_storable, text_fault};
use super::money::Money;
use super::time::Timestamp;

/// Longest text to compare with, in characters.
pub const MAX_TEXT: usize = 256;

/// The fields that can be asked about. What a field holds is its [`Kind`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[allow(missing_docs, reason = "the names are those of the entry's fields")]
pub enum Field {
    Id,
    ExternalId,
    JournalCode,
    JournalName,
    EntryNumber,
    PostingDate,
    AccountNumber,
    AccountName,
    SubledgerAccountNumber,
    SubledgerAccountName,
    DocumentReference,
    DocumentDate,
    Description,
    Debit,
    Credit,
    Amount,
    Currency,
    ForeignAmount,
    ForeignCurrency,
    ReconciliationCode,
    ReconciledOn,
    ValidatedOn,
    CreatedAt,
    UpdatedAt,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An entry id.
    Id,
    /// Text, compared by code point; only contains, starts and ends ignore case.
    Text,
    /// A decimal.
    Money,
    /// A day.
    Date,
    /// A moment.
    Timestamp,
}

impl Field {
    /// Every field.
    pub const ALL: [Field; 24] = [
        Field::Id,
        Field::ExternalId,
        Field::JournalCode,
        Field::JournalName,
        Field::EntryNumber,
        Field::PostingDate,
        Field::AccountNumber,
        Field::AccountName,
        Field::SubledgerAccountNumber,
        Field::SubledgerAccountName,
        Field::DocumentReference,
        Field::DocumentDate,
        Field::Description,
        Field::Debit,
        Field::Credit,
        Field::Amount,
        Field::Currency,
        Field::ForeignAmount,
        Field::ForeignCurrency,
        Field::ReconciliationCode,
        Field::ReconciledOn,
        Field::ValidatedOn,
        Field::CreatedAt,
        Field::UpdatedAt,
    ];

    /// Its name in REST, in files and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Field::Id => "id",
            Field::ExternalId => "external_id",
            Field::JournalCode => "journal_code",
            Field::JournalName => "journal_name",
            Field::EntryNumber => "entry_number",
            Field::PostingDate => "posting_date",
            Field::AccountNumber => "account_number",
            Field::AccountName => "account_name",
            Field::SubledgerAccountNumber => "subledger_account_number",
            Field::SubledgerAccountName => "subledger_account_name",
            Field::DocumentReference => "document_reference",
            Field::DocumentDate => "document_date",
            Field::Description => "description",
            Field::Debit => "debit",
            Field::Credit => "credit",
            Field::Amount => "amount",
            Field::Currency => "currency",
            Field::ForeignAmount => "foreign_amount",
            Field::ForeignCurrency => "foreign_currency",
            Field::ReconciliationCode => "reconciliation_code",
            Field::ReconciledOn => "reconciled_on",
            Field::ValidatedOn => "validated_on",
            Field::CreatedAt => "created_at",
            Field::UpdatedAt => "updated_at",
        }
    }

    /// The field of that name.
    pub fn from_name(name: &str) -> Option<Field> {
        Field::ALL.into_iter().find(|field| field.name() == name)
    }

    /// What it holds.
    pub fn kind(self) -> Kind {
        match self {
            Field::Id => Kind::Id,
            Field::Debit | Field::Credit | Field::Amount | Field::ForeignAmount => Kind::Money,
            Field::PostingDate | Field::DocumentDate | Field::ReconciledOn | Field::ValidatedOn => Kind::Date,
            Field::CreatedAt | Field::UpdatedAt => Kind::Timestamp,
            _ => Kind::Text,
        }
    }

    /// Whether an entry may lack it.
    pub fn is_nullable(self) -> bool {
        matches!(
            self,
            Field::JournalName
                | Field::AccountName
                | Field::SubledgerAccountNumber
                | Field::SubledgerAccountName
                | Field::DocumentReference
                | Field::DocumentDate
                | Field::ForeignAmount
                | Field::ForeignCurrency
                | Field::ReconciliationCode
                | Field::ReconciledOn
                | Field::ValidatedOn
        )
    }

    /// Its value in this entry.
    pub(super) fn of(self, entry: &Entry) -> Option<Value> {
        let content = &entry.content;
        let text = |text: &str| Some(Value::Text(text.to_owned()));
        match self {
            Field::Id => Some(Value::Id(entry.id)),
            Field::ExternalId => text(&content.external_id),
            Field::JournalCode => text(&content.journal_code),
            Field::JournalName => content.journal_name.as_deref().and_then(text),
            Field::EntryNumber => text(&content.entry_number),
            Field::PostingDate => Some(Value::Date(content.posting_date)),
            Field::AccountNumber => text(&content.account_number),
            Field::AccountName => content.account_name.as_deref().and_then(text),
            Field::SubledgerAccountNumber => content.subledger_account_number.as_deref().and_then(text),
            Field::SubledgerAccountName => content.subledger_account_name.as_deref().and_then(text),
            Field::DocumentReference => content.document_reference.as_deref().and_then(text),
            Field::DocumentDate => content.document_date.map(Value::Date),
            Field::Description => text(&content.description),
            Field::Debit => Some(Value::Money(content.debit)),
            Field::Credit => Some(Value::Money(content.credit)),
            Field::Amount => Some(Value::Money(entry.amount())),
            Field::Currency => text(content.currency.as_str()),
            Field::ForeignAmount => content.foreign_amount.map(Value::Money),
            Field::ForeignCurrency => content.foreign_currency.and_then(|c| text(c.as_str())),
            Field::ReconciliationCode => content.reconciliation_code.as_deref().and_then(text),
            Field::ReconciledOn => content.reconciled_on.map(Value::Date),
            Field::ValidatedOn => content.validated_on.map(Value::Date),
            Field::CreatedAt => Some(Value::Timestamp(entry.created_at)),
            Field::UpdatedAt => Some(Value::Timestamp(entry.updated_at)),
        }
    }
}

/// Which fields of entries are read. What was not read is empty in the entry, so only who chose the fields may look
/// at it. The id, the posting date, the currency and the two moments are always read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fields {
    /// All, attributes included.
    All,
    /// These.
    Only(Vec<Field>),
}

impl Fields {
    /// No more than is always read.
    pub const NONE: Fields = Fields::Only(Vec::new());

    /// Both.
    pub fn and(self, others: Fields) -> Fields {
        match (self, others) {
            (Fields::Only(mut fields), Fields::Only(others)) => {
                fields.extend(others);
                Fields::Only(fields)
            }
            _ => Fields::All,
        }
    }

    /// Whether everything that the others name is among these.
    pub fn include(&self, others: &Fields) -> bool {
        match (self, others) {
            (Fields::All, _) => true,
            (Fields::Only(_), Fields::All) => false,
            (Fields::Only(fields), Fields::Only(others)) => others.iter().all(|field| fields.contains(field)),
        }
    }
}

/// A value to compare with; its kind is the field's. Values of one kind are ordered as the field is.
#[derive(Clone, Debug, PartialEq, PartialOrd, Serialize)]
#[allow(missing_docs, reason = "one variant a kind")]
pub enum Value {
    Id(i64),
    Text(String),
    Money(Money),
    Date(NaiveDate),
    Timestamp(Timestamp),
}

impl Value {
    /// What is wrong with it, if anything.
    pub(super) fn fault(&self) -> Option<String> {
        match self {
            Value::Text(text) => text_fault("the text", text, 0, MAX_TEXT),
            Value::Date(date) if !is_storable(*date) => {
                Some("the date is out of range: the years 1 to 9999".to_owned())
            }
            _ => None,
        }
    }
}
