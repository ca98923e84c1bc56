//! What a filter may ask, and the bounds it has to keep. The two surfaces read their own spelling into this
//! one form; the store turns it into SQL; [`Filter::matches`] says in plain Rust what it means.
//!
//! Missing values follow two-valued logic: a test on a missing value is false, except `IsNull(true)`; `Ne`
//! and `NotIn` are the exact opposites of `Eq` and `In`, and `Not` is an exact complement. So a filter and its
//! `Not` always split the ledger in two, and no entry falls between them.

use chrono::NaiveDate;
use serde::Serialize;

use super::entry::{Entry, text_fault};
use super::error::{Code, Error, Fault, Result};
use super::money::Money;
use super::time::Timestamp;

/// Most values in one list.
pub const MAX_LIST: usize = 100;
/// Deepest nesting of and / or / not.
pub const MAX_DEPTH: usize = 5;
/// Most conditions in one filter.
pub const MAX_CONDITIONS: usize = 50;
/// Longest text to compare with, in characters.
pub const MAX_TEXT: usize = 256;

/// A condition on entries.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Filter {
    /// Every part holds.
    All(Vec<Filter>),
    /// At least one part holds.
    Any(Vec<Filter>),
    /// The part does not hold.
    Not(Box<Filter>),
    /// One field passes one test.
    Field(Field, Test),
}

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
    fn of(self, entry: &Entry) -> Option<Value> {
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

/// What is asked of a field.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the operators of the contract")]
pub enum Test {
    Eq(Value),
    Ne(Value),
    Gt(Value),
    Gte(Value),
    Lt(Value),
    Lte(Value),
    In(Vec<Value>),
    NotIn(Vec<Value>),
    /// Both ends belong to it.
    Between(Value, Value),
    IsNull(bool),
    /// Ignores case, for every letter of Unicode.
    Contains(String),
    StartsWith(String),
    EndsWith(String),
}

impl Filter {
    /// Checks the bounds. A filter that passes costs a bounded amount of work to run.
    pub fn check(&self) -> Result<()> {
        let refuse = |message: String| Err(Error::refused(Code::InvalidFilter, message));
        let conditions = self.conditions();
        if conditions > MAX_CONDITIONS {
            return refuse(format!("the filter has {conditions} conditions; at most {MAX_CONDITIONS}"));
        }
        let depth = self.depth();
        if depth > MAX_DEPTH {
            return refuse(format!("the filter nests and / or / not {depth} deep; at most {MAX_DEPTH}"));
        }
        let mut faults = Vec::new();
        self.check_values(&mut faults);
        if faults.is_empty() { Ok(()) } else { Err(Error::Refused(faults)) }
    }

    fn conditions(&self) -> usize {
        match self {
            Filter::All(parts) | Filter::Any(parts) => parts.iter().map(Filter::conditions).sum(),
            Filter::Not(part) => part.conditions(),
            Filter::Field(..) => 1,
        }
    }

    fn depth(&self) -> usize {
        match self {
            Filter::All(parts) | Filter::Any(parts) => 1 + parts.iter().map(Filter::depth).max().unwrap_or(0),
            Filter::Not(part) => 1 + part.depth(),
            Filter::Field(..) => 0,
        }
    }

    fn check_values(&self, faults: &mut Vec<Fault>) {
        match self {
            Filter::All(parts) | Filter::Any(parts) => {
                parts.iter().for_each(|part| part.check_values(faults))
            }
            Filter::Not(part) => part.check_values(faults),
            Filter::Field(field, test) => {
                let messages = test.faults().into_iter();
                faults.extend(
                    messages.map(|m| Fault::new(Code::InvalidFilter, format!("{}: {m}", field.name()))),
                );
            }
        }
    }

    /// Whether this entry passes: the meaning of the filter, and the model the tests hold the databases to.
    pub fn matches(&self, entry: &Entry) -> bool {
        match self {
            Filter::All(parts) => parts.iter().all(|part| part.matches(entry)),
            Filter::Any(parts) => parts.iter().any(|part| part.matches(entry)),
            Filter::Not(part) => !part.matches(entry),
            Filter::Field(field, test) => test.passes(field.of(entry).as_ref()),
        }
    }
}

impl Test {
    fn faults(&self) -> Vec<String> {
        match self {
            Test::In(values) | Test::NotIn(values) if values.is_empty() => {
                vec!["the list is empty; leave the condition out, or give it values".to_owned()]
            }
            Test::In(values) | Test::NotIn(values) if values.len() > MAX_LIST => {
                vec![format!("the list has {} values; at most {MAX_LIST}", values.len())]
            }
            Test::In(values) | Test::NotIn(values) => values.iter().filter_map(Value::fault).collect(),
            Test::Between(low, high) => [low, high].into_iter().filter_map(Value::fault).collect(),
            Test::Eq(value) | Test::Ne(value) | Test::Gt(value) | Test::Gte(value) => {
                value.fault().into_iter().collect()
            }
            Test::Lt(value) | Test::Lte(value) => value.fault().into_iter().collect(),
            Test::Contains(text) | Test::StartsWith(text) | Test::EndsWith(text) => {
                text_fault("the text", text, 1, MAX_TEXT).into_iter().collect()
            }
            Test::IsNull(_) => Vec::new(),
        }
    }

    fn passes(&self, value: Option<&Value>) -> bool {
        let is =
            |compare: fn(&Value, &Value) -> bool, operand: &Value| value.is_some_and(|v| compare(v, operand));
        match self {
            Test::Eq(operand) => is(Value::eq, operand),
            Test::Ne(operand) => !is(Value::eq, operand),
            Test::Gt(operand) => is(Value::gt, operand),
            Test::Gte(operand) => is(Value::ge, operand),
            Test::Lt(operand) => is(Value::lt, operand),
            Test::Lte(operand) => is(Value::le, operand),
            Test::In(operands) => value.is_some_and(|v| operands.contains(v)),
            Test::NotIn(operands) => !value.is_some_and(|v| operands.contains(v)),
            Test::Between(low, high) => value.is_some_and(|v| v >= low && v <= high),
            Test::IsNull(wanted) => value.is_none() == *wanted,
            Test::Contains(text) | Test::StartsWith(text) | Test::EndsWith(text) => {
                let Some(Value::Text(value)) = value else { return false };
                let (value, text) = (super::fold::fold(value), super::fold::fold(text));
                match self {
                    Test::StartsWith(_) => value.starts_with(&text),
                    Test::EndsWith(_) => value.ends_with(&text),
                    _ => value.contains(&text),
                }
            }
        }
    }
}

impl Value {
    fn fault(&self) -> Option<String> {
        match self {
            Value::Text(text) => text_fault("the text", text, 0, MAX_TEXT),
            Value::Date(date) if !super::entry::is_storable(*date) => {
                Some("the date is out of range: the years 1 to 9999".to_owned())
            }
            _ => None,
        }
    }
}

impl Filter {
    /// The filter in two parts, both of which must hold: conditions that an index can answer, and the rest.
    pub fn split_indexed(self) -> (Option<Filter>, Option<Filter>) {
        let parts = match self {
            Filter::All(parts) => parts,
            other => vec![other],
        };
        let (indexed, rest): (Vec<_>, Vec<_>) = parts.into_iter().partition(Filter::is_indexed);
        let all = |parts: Vec<Filter>| (!parts.is_empty()).then_some(Filter::All(parts));
        (all(indexed), all(rest))
    }

    fn is_indexed(&self) -> bool {
        let Filter::Field(field, test) = self else { return false };
        let range = matches!(
            test,
            Test::Eq(_)
                | Test::Gt(_)
                | Test::Gte(_)
                | Test::Lt(_)
                | Test::Lte(_)
                | Test::In(_)
                | Test::Between(..)
        );
        let in_index = matches!(
            field,
            Field::Id | Field::ExternalId | Field::PostingDate | Field::CreatedAt | Field::UpdatedAt
        );
        range && in_index
    }
}
