//! The accounting entry: one line of a journal, in the field's own terms (the FEC's columns).

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize};

use super::currency::CurrencyCode;
use super::error::{Code, Fault};
use super::money::Money;
use super::time::{Timestamp, day};

/// A database id: ascending, never reused.
pub type EntryId = i64;

/// An entry's further columns, by their names in the source.
pub type Attributes = serde_json::Map<String, serde_json::Value>;

/// Longest external id, in characters.
pub const MAX_EXTERNAL_ID: usize = 200;
/// Longest code, number or name, in characters.
pub const MAX_NAME: usize = 500;
/// Longest description, in characters.
pub const MAX_DESCRIPTION: usize = 2_000;
/// Largest attributes object, in bytes of JSON.
pub const MAX_ATTRIBUTES: usize = 65_536;

/// What the books say: everything about an entry that its source decides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryContent {
    /// The source's own name for the entry; unique. Recording it again updates the entry.
    pub external_id: String,
    /// Journal code, e.g. `VE`.
    pub journal_code: String,
    /// Journal name, e.g. `Sales`.
    #[serde(default)]
    pub journal_name: Option<String>,
    /// The voucher this line belongs to; a voucher's lines balance.
    pub entry_number: String,
    /// The day it counts for.
    #[serde(deserialize_with = "day::required")]
    pub posting_date: NaiveDate,
    /// General ledger account.
    pub account_number: String,
    /// Its name.
    #[serde(default)]
    pub account_name: Option<String>,
    /// Customer or supplier account.
    #[serde(default)]
    pub subledger_account_number: Option<String>,
    /// Its name.
    #[serde(default)]
    pub subledger_account_name: Option<String>,
    /// The document behind the entry, e.g. an invoice number.
    #[serde(default)]
    pub document_reference: Option<String>,
    /// The document's date.
    #[serde(default, deserialize_with = "day::optional")]
    pub document_date: Option<NaiveDate>,
    /// What happened, in words.
    pub description: String,
    /// Debit in the book currency; a reversal may be negative.
    pub debit: Money,
    /// Credit in the book currency; a reversal may be negative.
    pub credit: Money,
    /// The book currency.
    pub currency: CurrencyCode,
    /// The amount in the document's own currency.
    #[serde(default)]
    pub foreign_amount: Option<Money>,
    /// The document's own currency.
    #[serde(default)]
    pub foreign_currency: Option<CurrencyCode>,
    /// Entries with the same code on one account settle each other (FEC: lettrage).
    #[serde(default)]
    pub reconciliation_code: Option<String>,
    /// When they were found to.
    #[serde(default, deserialize_with = "day::optional")]
    pub reconciled_on: Option<NaiveDate>,
    /// When the entry became final.
    #[serde(default, deserialize_with = "day::optional")]
    pub validated_on: Option<NaiveDate>,
    /// Every further column of the source: nothing is dropped.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub attributes: Attributes,
}

/// Null says of attributes what it says of any other field that may be left out.
fn null_is_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Attributes, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// An entry as the ledger holds it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Entry {
    /// The ledger's own id.
    pub id: EntryId,
    /// What the books say.
    #[serde(flatten)]
    pub content: EntryContent,
    /// When it was first recorded.
    pub created_at: Timestamp,
    /// When its content last changed.
    pub updated_at: Timestamp,
    /// Who recorded it; `None` when another program wrote the row.
    #[serde(skip)]
    pub recorded_by: Option<String>,
}

impl Entry {
    /// Debit − credit. The ledger refuses an entry for which this does not fit.
    pub fn amount(&self) -> Money {
        self.content.amount().unwrap_or_default()
    }
}

impl EntryContent {
    /// Debit − credit, or `None` when that is out of range.
    pub fn amount(&self) -> Option<Money> {
        self.debit.checked_sub(self.credit)
    }

    /// Every rule that this content breaks, each with the path of the value. Empty: it may be recorded.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut check = |name: &str, text: Option<&str>, min: usize, max: usize| {
            let Some(text) = text else { return };
            if let Some(message) = text_fault(name, text, min, max) {
                faults.push(Fault::new(Code::InvalidEntry, message).under(name));
            }
        };
        check("external_id", Some(&self.external_id), 1, MAX_EXTERNAL_ID);
        check("journal_code", Some(&self.journal_code), 1, MAX_NAME);
        check("journal_name", self.journal_name.as_deref(), 0, MAX_NAME);
        check("entry_number", Some(&self.entry_number), 0, MAX_NAME);
        check("account_number", Some(&self.account_number), 1, MAX_NAME);
        check("account_name", self.account_name.as_deref(), 0, MAX_NAME);
        check("subledger_account_number", self.subledger_account_number.as_deref(), 0, MAX_NAME);
        check("subledger_account_name", self.subledger_account_name.as_deref(), 0, MAX_NAME);
        check("document_reference", self.document_reference.as_deref(), 0, MAX_NAME);
        check("description", Some(&self.description), 0, MAX_DESCRIPTION);
        check("reconciliation_code", self.reconciliation_code.as_deref(), 0, MAX_NAME);
        for (name, date) in [
            ("posting_date", Some(self.posting_date)),
            ("document_date", self.document_date),
            ("reconciled_on", self.reconciled_on),
            ("validated_on", self.validated_on),
        ] {
            if date.is_some_and(|d| !is_storable(d)) {
                let message = format!("{name} is out of range: the years 1 to 9999");
                faults.push(Fault::new(Code::InvalidEntry, message).under(name));
            }
        }
        if self.amount().is_none() {
            let message = "debit − credit is out of range: at most 922337203685477.5807 either way";
            faults.push(Fault::new(Code::InvalidEntry, message).under("debit"));
        }
        faults.extend(self.attributes_fault().map(|m| Fault::new(Code::InvalidEntry, m).under("attributes")));
        faults
    }

    fn attributes_fault(&self) -> Option<String> {
        if self.attributes.is_empty() {
            return None;
        }
        let attributes = serde_json::Value::Object(self.attributes.clone());
        let length = attributes.to_string().len();
        if length > MAX_ATTRIBUTES {
            return Some(format!("attributes are {length} bytes of JSON; at most {MAX_ATTRIBUTES}"));
        }
        let nul = "attributes hold a NUL character, which no database keeps";
        holds_nul(&attributes).then(|| nul.to_owned())
    }
}

/// What is wrong with a text, if anything: its length in characters, or a NUL, which PostgreSQL cannot keep.
pub fn text_fault(name: &str, text: &str, min: usize, max: usize) -> Option<String> {
    let length = text.chars().count();
    if length < min {
        Some(format!("{name} is empty"))
    } else if length > max {
        Some(format!("{name} has {length} characters; at most {max}"))
    } else if text.contains('\0') {
        Some(format!("{name} holds a NUL character, which no database keeps"))
    } else {
        None
    }
}

/// Both databases and ISO 8601 agree on these years only.
pub fn is_storable(date: NaiveDate) -> bool {
    use chrono::Datelike;
    (1..=9999).contains(&date.year())
}

fn holds_nul(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::String(text) => text.contains('\0'),
        serde_json::Value::Array(items) => items.iter().any(holds_nul),
        serde_json::Value::Object(map) => map.iter().any(|(k, v)| k.contains('\0') || holds_nul(v)),
        _ => false,
    }
}
