//! CSV under the names of the REST fields.

use chrono::NaiveDate;
use serde_json::Value;

use super::Format;
use super::cells::{self, Cells, Entries, RowReader};
use super::error::{FileError, shown};
use super::field::{Field, REST};
use super::lines::Lines;
use crate::domain::money::MoneyError;
use crate::domain::{Attributes, CurrencyCode, EntryContent, Money};

/// The fields without which there is no entry.
pub(super) const REQUIRED: [&str; 8] = [
    "external_id",
    "journal_code",
    "entry_number",
    "posting_date",
    "account_number",
    "description",
    "debit",
    "credit",
];

/// Makes entries of CSV rows. Texts are taken to the letter, so that what was exported comes back the same.
pub(super) struct CsvRows {
    currency: CurrencyCode,
}

/// Reads the header, which begins with the line `first`.
pub(super) fn open(lines: Lines, first: &str, currency: CurrencyCode) -> Result<Entries<CsvRows>, FileError> {
    let (table, header) = cells::header(lines, first, true, &REST)?;
    let lacks = |name: &&str| REST.iter().any(|(field, rest)| rest == name && !header.has(*field));
    let missing: Vec<String> = REQUIRED.iter().copied().filter(lacks).map(str::to_owned).collect();
    if !missing.is_empty() {
        return Err(header.lacks(Format::Csv, missing));
    }
    Ok(Entries::new(table, header, CsvRows { currency }))
}

impl RowReader for CsvRows {
    fn entry(&mut self, cells: &mut Cells<'_>) -> EntryContent {
        let mut attributes = cells.read(Field::Attributes, attributes);
        cells.add_further(&mut attributes);
        EntryContent {
            external_id: cells.raw(Field::ExternalId).to_owned(),
            journal_code: cells.raw(Field::JournalCode).to_owned(),
            journal_name: optional(cells, Field::JournalName),
            entry_number: cells.raw(Field::EntryNumber).to_owned(),
            posting_date: cells.read(Field::PostingDate, |text| iso_date(text)?.ok_or(NO_DATE)),
            account_number: cells.raw(Field::AccountNumber).to_owned(),
            account_name: optional(cells, Field::AccountName),
            subledger_account_number: optional(cells, Field::SubledgerAccountNumber),
            subledger_account_name: optional(cells, Field::SubledgerAccountName),
            document_reference: optional(cells, Field::DocumentReference),
            document_date: cells.read(Field::DocumentDate, iso_date),
            description: cells.raw(Field::Description).to_owned(),
            debit: cells.read(Field::Debit, money).unwrap_or_default(),
            credit: cells.read(Field::Credit, money).unwrap_or_default(),
            currency: cells.read(Field::Currency, currency).unwrap_or(self.currency),
            foreign_amount: cells.read(Field::ForeignAmount, money),
            foreign_currency: cells.read(Field::ForeignCurrency, currency),
            reconciliation_code: optional(cells, Field::ReconciliationCode),
            reconciled_on: cells.read(Field::ReconciledOn, iso_date),
            validated_on: cells.read(Field::ValidatedOn, iso_date),
            attributes,
        }
    }

    /// An unquoted separator in a value moves every value behind it: better refused than guessed.
    fn takes_further_columns(&self) -> bool {
        false
    }
}

fn optional(cells: &Cells<'_>, field: Field) -> Option<String> {
    Some(cells.raw(field)).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn money(text: &str) -> Result<Option<Money>, MoneyError> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some) }
}

fn currency(text: &str) -> Result<Option<CurrencyCode>, crate::domain::currency::CurrencyError> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some) }
}

fn attributes(text: &str) -> Result<Attributes, String> {
    if text.is_empty() {
        return Ok(Attributes::new());
    }
    match serde_json::from_str(text) {
        Ok(Value::Object(attributes)) => Ok(attributes),
        Ok(_) => Err("is not a JSON object such as {\"project\": \"A7\"}".to_owned()),
        Err(error) => Err(format!("is not a JSON object: {error}")),
    }
}

const NO_DATE: &str = "is not a date such as \"2026-01-31\"";

/// A date in the one spelling of ISO 8601 that the REST interface speaks; none when empty.
pub(super) fn iso_date(text: &str) -> Result<Option<NaiveDate>, &'static str> {
    match text.as_bytes() {
        [] => Ok(None),
        [_, _, _, _, b'-', _, _, b'-', _, _] => super::fec_values::date(text).map_err(|_| NO_DATE),
        _ => Err(NO_DATE),
    }
}

/// The same for a date that is there. For other readers of REST values.
pub(super) fn iso_date_text(text: &str) -> Result<NaiveDate, String> {
    match iso_date(text) {
        Ok(Some(date)) => Ok(date),
        _ => Err(format!("{} {NO_DATE}", shown(text))),
    }
}
