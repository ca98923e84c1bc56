//! FEC: the French tax administration's flat file, as real packages write it.

use super::Format;
use super::cells::{self, Cells, Entries, RowReader};
use super::column::Column;
use super::error::FileError;
use super::fec_values::{self as values, DateError, Side};
use super::header::Header;
use super::item::{AttributeNames, Columns};
use super::lines::Lines;
use crate::domain::text::quoted;
use crate::domain::{Attributes, CurrencyCode, Day, EntryContent, Field, Kind, Money, Value};

/// Makes entries of FEC rows.
pub(super) struct Fec {
    currency: CurrencyCode,
    /// Amounts come as Montant and Sens.
    sided: bool,
}

/// Reads the header, which begins with the line `first`. Quotation marks mean nothing in a FEC.
pub(super) fn open(lines: Lines, first: &str, currency: CurrencyCode) -> Result<Entries<Fec>, FileError> {
    let (table, mut header) = cells::header(lines, first, false, Column::in_fec)?;
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
    if !missing.is_empty() {
        return Err(header.lacks(Format::Fec, missing));
    }
    Ok(Entries::new(table, header, Fec { currency, sided }))
}

impl RowReader for Fec {
    fn columns(&self, header: &Header) -> Columns {
        let sides = [Field::Debit, Field::Credit].into_iter().filter(|_| self.sided);
        let fields = header.known().filter_map(Column::field).chain(sides);
        // What is no currency of today becomes an attribute under the column's own name.
        let names = header.further().chain(header.name_of(Field::ForeignCurrency)).map(str::to_owned);
        Columns::new(fields, AttributeNames::These(names.collect()))
    }

    fn content(&self, cells: &mut Cells<'_>) -> EntryContent {
        let mut sides = None;
        let mut attributes = Attributes::new();
        let foreign_currency = foreign_currency(cells, &mut attributes);
        cells.add_further(&mut attributes);
        let content = EntryContent::from_values(|field| match field {
            Field::Debit | Field::Credit => {
                let (debit, credit) = *sides.get_or_insert_with(|| self.amounts(cells));
                Some(Value::Money(if field == Field::Debit { debit } else { credit }))
            }
            Field::Currency => Some(Value::Text(self.currency.to_string())),
            Field::ForeignCurrency => foreign_currency.map(|code| Value::Text(code.to_string())),
            other => value(cells, other),
        });
        EntryContent { attributes, ..content }
    }

    fn takes_further_columns(&self) -> bool {
        true
    }
}

impl Fec {
    /// Debit and credit.
    fn amounts(&self, cells: &mut Cells<'_>) -> (Money, Money) {
        if !self.sided {
            return (cells.read(Field::Debit, values::amount), cells.read(Field::Credit, values::amount));
        }
        let amount = cells.read(Column::Unsided, values::amount);
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

/// The value of a field, as the FEC writes values of its kind. Fields that a FEC has no column for are missing.
fn value(cells: &mut Cells<'_>, field: Field) -> Option<Value> {
    match field.kind() {
        Kind::Text => {
            let text = cells.trimmed(field);
            (!text.is_empty() || !field.is_nullable()).then(|| Value::Text(text.to_owned()))
        }
        Kind::Money => cells.read(field, |text| match text {
            "" => Ok(None),
            text => values::amount(text).map(Value::Money).map(Some),
        }),
        Kind::Date => cells.read(field, |text| match values::date(text)? {
            None if !field.is_nullable() => Err(DateError),
            date => Ok(date.map(|date| Value::Date(Day::from(date)))),
        }),
        Kind::Id | Kind::Integer | Kind::Currency | Kind::Timestamp => None,
    }
}

/// The foreign currency. Packages write all kinds of things there: what is no currency of today is kept as it
/// is among the attributes.
fn foreign_currency(cells: &Cells<'_>, attributes: &mut Attributes) -> Option<CurrencyCode> {
    let text = cells.trimmed(Field::ForeignCurrency);
    let currency = text.to_ascii_uppercase().parse().ok();
    if currency.is_none()
        && !text.is_empty()
        && let Some(name) = cells.name_of(Field::ForeignCurrency)
    {
        attributes.insert(name.to_owned(), text.into());
    }
    currency
}
