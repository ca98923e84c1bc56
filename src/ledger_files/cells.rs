//! One row of a table under its header, and what is wrong with it.

use std::sync::Arc;

use csv::StringRecord;
use serde_json::Value;

use super::column::Column;
use super::error::{FileError, LineFault, Problem, VoucherOfFault};
use super::fec_values as values;
use super::header::Header;
use super::item::{Columns, FileItem, FileLine, Note};
use super::lines::Lines;
use super::table::{Place, RowFault, Table};
use crate::domain::entry::MAX_ATTRIBUTES;
use crate::domain::text::quoted;
use crate::domain::{Attributes, Day, EntryContent, Field, Step};

/// Makes entries of the rows of one format.
pub(super) trait RowReader {
    /// What lines under this header say something about.
    fn columns(&self, header: &Header) -> Columns;

    /// The content of a row, or a best guess at it beside the problems found.
    fn content(&self, cells: &mut Cells<'_>) -> EntryContent;

    /// Whether a row may have more columns than the header.
    fn takes_further_columns(&self) -> bool;
}

/// The entries of a table.
pub(super) struct Entries<R> {
    table: Table,
    header: Header,
    columns: Arc<Columns>,
    reader: R,
    /// What is to be told before the next row.
    notes: Vec<Note>,
}

/// A row.
pub(super) struct Cells<'a> {
    header: &'a Header,
    record: &'a StringRecord,
    problems: Vec<Problem>,
}

/// Reads the header of a table, the first row of which is `first`. `known` tells what a column of that name holds.
pub(super) fn header(
    lines: Lines,
    first: &str,
    quoting: bool,
    known: fn(&str) -> Option<Column>,
) -> Result<(Table, Header), FileError> {
    let mut table = Table::new(lines, first, quoting);
    match table.advance() {
        Some(Ok(_)) => {}
        Some(Err(RowFault::File(error))) => return Err(error),
        Some(Err(RowFault::Line { line, reason })) => return Err(FileError::Header { line, reason }),
        None => return Err(FileError::Empty),
    }
    let header = Header::new(table.record(), known)?;
    Ok((table, header))
}

impl<R: RowReader> Entries<R> {
    pub(super) fn new(table: Table, header: Header, reader: R) -> Self {
        let columns = Arc::new(reader.columns(&header));
        let not_taken = header.not_taken();
        let notes =
            if not_taken.is_empty() { Vec::new() } else { vec![Note::NotTaken { columns: not_taken }] };
        Entries { table, header, columns, reader, notes }
    }

    fn item(&mut self, place: Place) -> FileItem {
        let record = self.table.record();
        let mut cells = Cells { header: &self.header, record, problems: Vec::new() };
        if let Some(reason) = self.misfit(record, place) {
            return fault(place.line, vec![Problem::of_line(reason)], &cells);
        }
        let content = self.reader.content(&mut cells);
        let mut problems = std::mem::take(&mut cells.problems);
        for fault in content.faults() {
            let field = match fault.path.first() {
                Some(Step::Field(name)) => Field::from_name(name),
                _ => None,
            };
            if field == Some(Field::ExternalId) && !self.header.has(Field::ExternalId) {
                continue;
            }
            let column = field.and_then(|field| self.header.name_of(field)).map(str::to_owned);
            // A value that could not be read was reported as such.
            if column.is_none() || problems.iter().all(|problem| problem.column != column) {
                problems.push(Problem { column, reason: fault.message });
            }
        }
        if !problems.is_empty() {
            return fault(place.line, problems, &cells);
        }
        let columns = Arc::clone(&self.columns);
        FileItem::Line(FileLine { line: place.line, content, columns, warnings: Vec::new() })
    }

    /// Why a row has not the columns of the header, if it has not.
    fn misfit(&self, record: &StringRecord, place: Place) -> Option<String> {
        let (found, expected) = (record.len(), self.header.width());
        if found < expected {
            let mut reason = misfit(record.get(0).unwrap_or_default(), found, expected);
            if place.unfinished {
                reason.push_str("; the file seems to be cut off here");
            }
            return Some(reason);
        }
        let takes_more = self.reader.takes_further_columns();
        if !takes_more && record.iter().skip(expected).any(|cell| !cell.is_empty()) {
            let reason = misfit(record.get(0).unwrap_or_default(), found, expected);
            return Some(format!("{reason}; a value with a separator in it wants quotes"));
        }
        None
    }
}

/// The line as one that makes no entry.
fn fault(line: u64, problems: Vec<Problem>, cells: &Cells<'_>) -> FileItem {
    FileItem::Fault(LineFault { line, problems, voucher: cells.voucher() })
}

impl<R: RowReader> Iterator for Entries<R> {
    type Item = Result<FileItem, FileError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(note) = self.notes.pop() {
            return Some(Ok(FileItem::Note(note)));
        }
        Some(match self.table.advance()? {
            Ok(place) => Ok(self.item(place)),
            Err(RowFault::Line { line, reason }) => {
                let voucher = VoucherOfFault::default();
                Ok(FileItem::Fault(LineFault { line, problems: vec![Problem::of_line(reason)], voucher }))
            }
            Err(RowFault::File(error)) => Err(error),
        })
    }
}

impl<'a> Cells<'a> {
    /// The value in a column as it is; empty when there is no such column.
    pub(super) fn raw(&self, column: impl Into<Column>) -> &'a str {
        self.header.place(column).and_then(|place| self.record.get(place)).unwrap_or_default()
    }

    /// The value in a column without the blanks around it.
    pub(super) fn trimmed(&self, column: impl Into<Column>) -> &'a str {
        self.raw(column).trim()
    }

    /// What the row tells of its voucher.
    fn voucher(&self) -> VoucherOfFault {
        let text = |field| Some(self.trimmed(field)).filter(|text| !text.is_empty()).map(str::to_owned);
        let number = self.header.place(Field::EntryNumber).map_or(Some(""), |place| self.record.get(place));
        let date = values::date(self.trimmed(Field::PostingDate)).ok().flatten();
        VoucherOfFault {
            journal_code: text(Field::JournalCode),
            entry_number: number.map(|number| number.trim().to_owned()),
            posting_date: date.map(Day::from),
            document_reference: text(Field::DocumentReference),
        }
    }

    /// Notes a problem with a column.
    pub(super) fn problem(&mut self, column: impl Into<Column>, reason: impl Into<String>) {
        let column = self.header.name_of(column).map(str::to_owned);
        self.problems.push(Problem { column, reason: reason.into() });
    }

    /// Reads a column; what cannot be read is noted, with the value, and `T`'s default stands in for it.
    pub(super) fn read<T: Default, E: std::fmt::Display>(
        &mut self,
        column: impl Into<Column>,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> T {
        let column = column.into();
        let text = self.trimmed(column);
        match read(text) {
            Ok(value) => value,
            Err(error) => {
                self.problem(column, format!("{} {error}", quoted(text)));
                T::default()
            }
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
            let twice = attributes.insert(name.to_string(), Value::String(value.to_owned())).is_some();
            if twice {
                self.problems.push(Problem::of_column(name, "is in the attributes too"));
            }
            if size > MAX_ATTRIBUTES {
                // The entry will be refused for it; no need to gather more.
                return;
            }
        }
    }

    /// What this column is called in the file.
    pub(super) fn name_of(&self, column: impl Into<Column>) -> Option<&'a str> {
        self.header.name_of(column)
    }
}

/// Why a row of `found` columns does not fit a header of `expected`.
fn misfit(row: &str, found: usize, expected: usize) -> String {
    format!("has {found} columns where the header has {expected}; it begins {}", quoted(row))
}
