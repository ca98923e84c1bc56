//! CSV under the names of the REST fields.

use serde_json::Value as Json;

use super::Format;
use super::cells::{self, Cells, Entries, RowReader};
use super::column::Column;
use super::error::FileError;
use super::header::Header;
use super::item::{AttributeNames, Columns};
use super::lines::Lines;
use crate::domain::{Attributes, CurrencyCode, EntryContent, Field, Kind, Value};

/// Makes entries of CSV rows. Texts are taken to the letter, so that what was exported comes back the same.
pub(super) struct CsvRows {
    currency: CurrencyCode,
}

/// Whether every line of a file has to say it. An external id the ledger gives where there is none. Debit and credit too: a call that records entries may leave them out,
/// but a file without such a column has it under a name that is not known here, and would be read as all zeros.
pub(super) fn is_required(field: Field) -> bool {
    !field.is_nullable() && !matches!(field, Field::Currency | Field::ExternalId)
}

/// Reads the header, which begins with the line `first`.
pub(super) fn open(lines: Lines, first: &str, currency: CurrencyCode) -> Result<Entries<CsvRows>, FileError> {
    let (table, header) = cells::header(lines, first, true, Column::in_rest)?;
    let missing: Vec<String> = Field::CONTENT
        .iter()
        .filter(|field| is_required(**field) && !header.has(**field))
        .map(|field| field.name().to_owned())
        .collect();
    if !missing.is_empty() {
        return Err(header.lacks(Format::Csv, missing));
    }
    Ok(Entries::new(table, header, CsvRows { currency }))
}

impl RowReader for CsvRows {
    fn columns(&self, header: &Header) -> Columns {
        let fields = header.known().filter_map(Column::field);
        let attributes = if header.has(Column::Attributes) {
            AttributeNames::All
        } else {
            AttributeNames::These(header.further().map(str::to_owned).collect())
        };
        Columns::new(fields, attributes)
    }

    fn content(&self, cells: &mut Cells<'_>) -> EntryContent {
        let mut attributes = cells.read(Column::Attributes, attributes);
        cells.add_further(&mut attributes);
        let content = EntryContent::from_values(|field| match value(cells, field) {
            None if field == Field::Currency => Some(Value::Text(self.currency.to_string())),
            value => value,
        });
        EntryContent { attributes, ..content }
    }

    /// An unquoted separator in a value moves every value behind it: better refused than guessed.
    fn takes_further_columns(&self) -> bool {
        false
    }
}

/// The value of a field. An empty cell is a missing value, an amount of zero, or the currency of the file.
fn value(cells: &mut Cells<'_>, field: Field) -> Option<Value> {
    if field.kind() == Kind::Text {
        let text = cells.raw(field);
        return (!text.is_empty() || !field.is_nullable()).then(|| Value::Text(text.to_owned()));
    }
    let may_be_empty = !is_required(field) || field.default_value().is_some();
    cells.read(field, |text| match text {
        "" if may_be_empty => Ok(None),
        // As some programs write a date that is missing.
        "0000-00-00" if may_be_empty && field.kind() == Kind::Date => Ok(None),
        text => field.kind().parse(text).map(Some),
    })
}

fn attributes(text: &str) -> Result<Attributes, String> {
    if text.is_empty() {
        return Ok(Attributes::new());
    }
    match serde_json::from_str(text) {
        Ok(Json::Object(attributes)) => Ok(attributes),
        Ok(_) => Err("is not a JSON object such as {\"project\": \"A7\"}".to_owned()),
        Err(error) => Err(format!("is not a JSON object: {error}")),
    }
}
