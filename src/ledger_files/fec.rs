//! FEC: the French tax administration's flat file, as real packages write it.

use super::Format;
use super::cells::{Cells, may_be_kept};
use super::column::Column;
use super::error::FileError;
use super::header::Header;
use super::item::{AttributeNames, Columns};
use super::section::RowReader;
use super::values::{self, Side};
use crate::domain::text::quoted;
use crate::domain::{Attributes, CurrencyCode, EntryContent, Field, Kind, Money, Value};

/// A date as a FEC has it.
const DATE: &str = "20260131";

/// Makes entries of FEC rows.
pub(super) struct Fec {
    currency: CurrencyCode,
    /// Amounts come as Montant and Sens.
    sided: bool,
}

impl RowReader for Fec {
    const FORMAT: Format = Format::Fec;

    fn known(name: &str) -> Option<Column> {
        Column::in_fec(name)
    }

    fn under(header: &mut Header, currency: CurrencyCode) -> Result<Self, FileError> {
        let sided = !(header.has(Field::Debit) && header.has(Field::Credit))
            && header.has(Column::Unsided)
            && header.has(Column::Side);
        // The pair that is not read is kept among the attributes.
        let needed: &[(Field, &str)] = if sided {
            header.release(Field::Debit);
            header.release(Field::Credit);
            &[]
        } else {
            header.release(Column::Unsided);
            header.release(Column::Side);
            &[(Field::Debit, "Debit (or Montant and Sens)"), (Field::Credit, "Credit (or Montant and Sens)")]
        };
        let missing: Vec<String> = [Field::JournalCode, Field::PostingDate, Field::AccountNumber]
            .map(|field| (field, field.fec_name().unwrap_or_default()))
            .iter()
            .chain(needed)
            .filter(|(field, _)| !header.has(*field))
            .map(|(_, name)| (*name).to_owned())
            .collect();
        if missing.is_empty() { Ok(Fec { currency, sided }) } else { Err(header.lacks(Format::Fec, missing)) }
    }

    fn columns(&self, header: &Header) -> Columns {
        let sides = [Field::Debit, Field::Credit].into_iter().filter(|_| self.sided);
        let fields = header.known().filter_map(Column::field).chain(sides);
        let kept = Field::CONTENT.iter().filter(|field| may_be_kept(**field));
        let kept = kept.filter_map(|field| header.name_of(*field));
        let names = header.further().chain(kept).map(str::to_owned).collect();
        Columns::new(fields, AttributeNames::These(names))
    }

    fn is_needed(&self, column: Column) -> bool {
        match column {
            Column::Field(field) => !field.is_nullable() && field.kind() != Kind::Text || is_name(field),
            Column::Unsided | Column::Side => true,
            Column::Attributes => false,
        }
    }

    fn content(&self, cells: &mut Cells<'_>) -> EntryContent {
        let mut sides = None;
        let mut attributes = Attributes::new();
        let mut content = EntryContent::from_values(|field| match field {
            Field::Debit | Field::Credit => {
                let (debit, credit) = *sides.get_or_insert_with(|| self.amounts(cells));
                Some(Value::Money(if field == Field::Debit { debit } else { credit }))
            }
            Field::Currency => Some(Value::Text(self.currency.to_string())),
            Field::ForeignCurrency => {
                foreign_currency(cells, &mut attributes).map(|code| Value::Text(code.to_string()))
            }
            other => value(cells, other, &mut attributes),
        });
        cells.add_further(&mut attributes);
        content.attributes = attributes;
        content
    }
}

impl Fec {
    /// Debit and credit.
    fn amounts(&self, cells: &mut Cells<'_>) -> (Money, Money) {
        if !self.sided {
            return (cells.money_in(Field::Debit), cells.money_in(Field::Credit));
        }
        let amount = cells.money_in(Column::Unsided);
        let text = cells.trimmed(Column::Side);
        match values::side(text) {
            Some(Side::Debit) => (amount, Money::ZERO),
            Some(Side::Credit) => (Money::ZERO, amount),
            None if text.is_empty() && amount == Money::ZERO => (Money::ZERO, Money::ZERO),
            None => {
                cells.problem(Column::Side, format!("{} is neither D nor C, +1 nor -1", quoted(text)));
                (Money::ZERO, Money::ZERO)
            }
        }
    }
}

/// Whether a field names something and may not be empty.
fn is_name(field: Field) -> bool {
    field.length().is_some_and(|length| *length.start() > 0)
}

/// The value of a field, as the FEC writes values of its kind. Fields that a FEC has no column for are missing.
fn value(cells: &mut Cells<'_>, field: Field, attributes: &mut Attributes) -> Option<Value> {
    match field.kind() {
        Kind::Text => {
            let text = cells.trimmed(field);
            (!text.is_empty() || !field.is_nullable()).then(|| Value::Text(text.to_owned()))
        }
        Kind::Money => cells.money(field, attributes),
        Kind::Date => cells.date(field, attributes, DATE),
        Kind::Id | Kind::Integer | Kind::Currency | Kind::Timestamp => None,
    }
}

/// The foreign currency. Packages write all kinds of things there: what is no currency of today is kept as it
/// is among the attributes, without a word.
fn foreign_currency(cells: &mut Cells<'_>, attributes: &mut Attributes) -> Option<CurrencyCode> {
    let text = cells.trimmed(Field::ForeignCurrency);
    let currency = text.to_ascii_uppercase().parse().ok();
    if currency.is_none() && !text.is_empty() {
        cells.keep(Field::ForeignCurrency, attributes);
    }
    currency
}
