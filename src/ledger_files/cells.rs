//! The cells of one row under its header, and what is found wrong with them.

use csv::StringRecord;

use super::amounts::{self, Amount, DecimalSign, Signs};
use super::column::Column;
use super::error::{Problem, VoucherOfFault};
use super::header::Header;
use super::values::{self, DateError};
use crate::domain::entry::MAX_ATTRIBUTES;
use crate::domain::text::quoted;
use crate::domain::{Attributes, Day, Field, Kind, Money, Value};

/// A row.
pub(super) struct Cells<'a> {
    header: &'a Header,
    record: &'a StringRecord,
    signs: &'a mut Signs,
    /// All of the file was seen: what cannot be judged now never can.
    last: bool,
    /// Where cells are that say with a pair of quotation marks that their text is empty and not missing.
    empty_texts: Vec<usize>,
    /// Decimal signs that the file shows here for the first time.
    pub(super) shown: Vec<DecimalSign>,
    /// An amount can only be judged when all of the file was seen.
    pub(super) waits: bool,
    found: Vec<Found>,
}

/// Whether what cannot be read in its column is kept among the attributes: an entry can do without the value.
pub(super) fn may_be_kept(field: Field) -> bool {
    field.is_nullable() && field.kind() != Kind::Text
}

/// Something wrong with a row.
struct Found {
    problem: Problem,
    /// The value was kept among the attributes, so nothing is lost.
    is_kept: bool,
}

impl<'a> Cells<'a> {
    pub(super) fn new(
        header: &'a Header,
        record: &'a StringRecord,
        signs: &'a mut Signs,
        last: bool,
        empty_texts: Vec<usize>,
    ) -> Self {
        let (shown, found) = (Vec::new(), Vec::new());
        Cells { header, record, signs, last, empty_texts, shown, waits: false, found }
    }

    /// The value in a column as it is; empty when there is no such column.
    pub(super) fn raw(&self, column: impl Into<Column>) -> &'a str {
        self.header.place(column).and_then(|place| self.record.get(place)).unwrap_or_default()
    }

    /// The value in a column without the blanks around it.
    pub(super) fn trimmed(&self, column: impl Into<Column>) -> &'a str {
        self.raw(column).trim()
    }

    /// Whether the value in a column is said to be an empty text, and not to be missing.
    pub(super) fn is_empty_text(&self, column: impl Into<Column>) -> bool {
        self.header.place(column).is_some_and(|place| self.empty_texts.contains(&place))
    }

    /// What this column is called in the file.
    pub(super) fn name_of(&self, column: impl Into<Column>) -> Option<&'a str> {
        self.header.name_of(column)
    }

    /// What the row tells of its voucher. What no entry can have is left out.
    pub(super) fn voucher(&self) -> VoucherOfFault {
        let bounded = |field: Field| {
            let text = self.trimmed(field);
            let longest = field.length().map_or(0, |length| *length.end());
            (!text.contains('\0') && text.chars().count() <= longest).then(|| text.to_owned())
        };
        let filled = |field| bounded(field).filter(|text| !text.is_empty());
        let has_number = self.header.place(Field::EntryNumber).is_none_or(|place| place < self.record.len());
        let date = values::date(self.trimmed(Field::PostingDate)).ok().flatten();
        VoucherOfFault {
            journal_code: filled(Field::JournalCode),
            entry_number: if has_number { bounded(Field::EntryNumber) } else { None },
            posting_date: date.map(Day::from),
            document_reference: filled(Field::DocumentReference),
        }
    }

    /// Notes a problem with a column.
    pub(super) fn problem(&mut self, column: impl Into<Column>, reason: impl Into<String>) {
        let column = self.header.name_of(column).map(str::to_owned);
        self.note(Problem { column, reason: reason.into() });
    }

    /// Notes a problem.
    pub(super) fn note(&mut self, problem: Problem) {
        self.found.push(Found { problem, is_kept: false });
    }

    /// Whether there is a problem with the column of this name.
    pub(super) fn has_problem_with(&self, column: &str) -> bool {
        self.found.iter().any(|found| found.problem.column.as_deref() == Some(column))
    }

    /// Reads a column; what cannot be read is noted, with the value, and `T`'s default stands in for it.
    pub(super) fn read<T: Default>(
        &mut self,
        column: impl Into<Column>,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> T {
        let column = column.into();
        let text = self.trimmed(column);
        read(text).unwrap_or_else(|reason| {
            self.problem(column, format!("{} {reason}", quoted(text)));
            T::default()
        })
    }

    /// Reads a column that an entry may lack, as it does when the column is empty: what cannot be read goes to the attributes as it stands, under the name of
    /// the column, and is noted.
    pub(super) fn read_or_keep<T>(
        &mut self,
        column: impl Into<Column>,
        attributes: &mut Attributes,
        read: impl FnOnce(&mut Self, &str) -> Result<Option<T>, String>,
    ) -> Option<T> {
        let column = column.into();
        let text = self.trimmed(column);
        if text.is_empty() {
            return None;
        }
        let reason = match read(self, text) {
            Ok(value) => return value,
            Err(reason) => reason,
        };
        let problem = Problem {
            column: self.name_of(column).map(str::to_owned),
            reason: format!("{} {reason}", quoted(text)),
        };
        let is_kept = self.keep(column, attributes);
        self.found.push(Found { problem, is_kept });
        None
    }

    /// Puts the value of a column among the attributes, under the column's own name. Not if there is one already.
    pub(super) fn keep(&mut self, column: impl Into<Column>, attributes: &mut Attributes) -> bool {
        let column = column.into();
        let Some(name) = self.name_of(column) else { return false };
        let is_free = !attributes.contains_key(name);
        if is_free {
            attributes.insert(name.to_owned(), self.trimmed(column).into());
        }
        is_free
    }

    /// Reads an amount. While it cannot be judged, the row waits.
    fn amount(&mut self, text: &str) -> Result<Money, String> {
        match amounts::read(text, self.signs, self.last).map_err(|error| error.to_string())? {
            Amount::Is(amount, shown) => {
                self.shown.extend(shown);
                Ok(amount)
            }
            Amount::Either(_) if !self.last => {
                self.waits = true;
                Ok(Money::ZERO)
            }
            Amount::Either(sign) => Err(format!(
                "can be read in two ways, and no other amount of the file settles whether the {sign} is its decimal \
                 sign or stands between thousands: say it with --decimal-sign"
            )),
        }
    }

    /// The amount in a column; empty is missing, or zero where an entry needs one.
    pub(super) fn money(&mut self, field: Field, attributes: &mut Attributes) -> Option<Value> {
        if may_be_kept(field) {
            let read = |cells: &mut Self, text: &str| cells.amount(text).map(Value::Money).map(Some);
            return self.read_or_keep(field, attributes, read);
        }
        Some(Value::Money(self.money_in(field)))
    }

    /// The amount in a column; empty is zero.
    pub(super) fn money_in(&mut self, column: impl Into<Column>) -> Money {
        let column = column.into();
        let amount = self.amount(self.trimmed(column));
        self.read(column, |_| amount)
    }

    /// The day in a column; empty is missing. `example` is a date as this kind of file has it.
    pub(super) fn date(&mut self, field: Field, attributes: &mut Attributes, example: &str) -> Option<Value> {
        let read = |text: &str| match values::date(text) {
            Ok(None) if !field.is_nullable() => Err(DateError::Malformed.reason(example)),
            Ok(date) => Ok(date.map(|date| Value::Date(Day::from(date)))),
            Err(error) => Err(error.reason(example)),
        };
        if may_be_kept(field) {
            self.read_or_keep(field, attributes, |_, text| read(text))
        } else {
            self.read(field, read)
        }
    }

    /// Adds the value of every column that is not known to the attributes. Blank ones say nothing.
    pub(super) fn add_further(&mut self, attributes: &mut Attributes) {
        let mut size = 0;
        for (column, value) in self.record.iter().enumerate() {
            let Some(name) = self.header.attribute(column) else { continue };
            let value = value.trim();
            if value.is_empty() {
                continue;
            }
            size += name.len() + value.len();
            if attributes.insert(name.to_owned(), value.into()).is_some() {
                self.note(Problem::of_column(name, "is in the attributes too"));
            }
            if size > MAX_ATTRIBUTES {
                // The entry will be refused for it; no need to gather more.
                return;
            }
        }
    }

    /// Whether nothing that was found keeps the row out.
    pub(super) fn is_loadable(&self) -> bool {
        self.found.iter().all(|found| found.is_kept)
    }

    /// Everything that is wrong with a row that is kept out.
    pub(super) fn into_problems(self) -> impl Iterator<Item = Problem> {
        self.found.into_iter().map(|found| found.problem)
    }

    /// What is odd about a row that is loadable.
    pub(super) fn into_warnings(self) -> impl Iterator<Item = Problem> {
        self.into_problems().map(|problem| {
            let reason = format!("{}; it is kept among the attributes", problem.reason);
            Problem { reason, ..problem }
        })
    }
}
