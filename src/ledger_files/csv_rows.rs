//! CSV under the names of the REST fields.

use super::Format;
use super::cells::{Cells, may_be_kept};
use super::column::Column;
use super::error::FileError;
use super::header::Header;
use super::item::{AttributeNames, Columns};
use super::section::RowReader;
use crate::domain::exact::read_object;
use crate::domain::{Attributes, CurrencyCode, EntryContent, Field, Kind, Value};

/// A date as a CSV has it.
const DATE: &str = "2026-01-31";

/// Makes entries of CSV rows. Texts are taken to the letter, so that what was exported comes back the same.
pub(super) struct CsvRows {
    currency: CurrencyCode,
}

/// Whether every line of a file has to say it. An external id the ledger gives where there is none. Debit and credit
/// too: a call that records entries may leave them out, but a file without such a column has it under a name that is
/// not known here, and would be read as all zeros.
pub(super) fn is_required(field: Field) -> bool {
    !field.is_nullable() && !matches!(field, Field::Currency | Field::ExternalId)
}

impl RowReader for CsvRows {
    const FORMAT: Format = Format::Csv;

    fn known(name: &str) -> Option<Column> {
        Column::in_rest(name)
    }

    fn under(header: &mut Header, currency: CurrencyCode) -> Result<Self, FileError> {
        let missing: Vec<String> = Field::CONTENT
            .iter()
            .filter(|field| is_required(**field) && !header.has(**field))
            .map(|field| field.name().to_owned())
            .collect();
        if missing.is_empty() { Ok(CsvRows { currency }) } else { Err(header.lacks(Format::Csv, missing)) }
    }

    fn columns(&self, header: &Header) -> Columns {
        let fields = header.known().filter_map(Column::field);
        if header.has(Column::Attributes) {
            return Columns::new(fields, AttributeNames::All);
        }
        let kept = Field::CONTENT.iter().filter(|field| may_be_kept(**field));
        let kept = kept.filter_map(|field| header.name_of(*field));
        let names = header.further().chain(kept).map(str::to_owned).collect();
        Columns::new(fields, AttributeNames::These(names))
    }

    fn is_needed(&self, column: Column) -> bool {
        column.field().is_some_and(|field| is_required(field) || field == Field::ExternalId)
    }

    fn content(&self, cells: &mut Cells<'_>) -> EntryContent {
        let mut attributes = cells.read(Column::Attributes, attributes);
        cells.add_further(&mut attributes);
        let mut content = EntryContent::from_values(|field| match value(cells, field, &mut attributes) {
            None if field == Field::Currency => Some(Value::Text(self.currency.to_string())),
            value => value,
        });
        content.attributes = attributes;
        content
    }
}

/// The value of a field. An empty cell is a missing value, an amount of zero, or the currency of the file.
fn value(cells: &mut Cells<'_>, field: Field, attributes: &mut Attributes) -> Option<Value> {
    match field.kind() {
        Kind::Text => {
            let text = cells.raw(field);
            let is_there = !text.is_empty() || !field.is_nullable() || cells.is_empty_text(field);
            is_there.then(|| Value::Text(text.to_owned()))
        }
        Kind::Money => cells.money(field, attributes),
        Kind::Date => cells.date(field, attributes, DATE),
        Kind::Currency if may_be_kept(field) => {
            cells.read_or_keep(field, attributes, |_, text| field.kind().parse(text).map(Some))
        }
        Kind::Currency | Kind::Id | Kind::Integer | Kind::Timestamp => cells.read(field, |text| match text {
            "" => Ok(None),
            text => field.kind().parse(text).map(Some),
        }),
    }
}

fn attributes(text: &str) -> Result<Attributes, String> {
    if text.is_empty() {
        return Ok(Attributes::new());
    }
    read_object(text).map_err(|error| error.to_string())
}
