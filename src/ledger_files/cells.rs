//! One row of a table under its header, and what is wrong with it.

use csv::StringRecord;
use serde_json::Value;

use super::column::Column;
use super::error::{FileError, LineFault, Problem, ReadFault};
use super::header::Header;
use super::lines::Lines;
use super::table::{Place, Table};
use crate::domain::entry::MAX_ATTRIBUTES;
use crate::domain::text::quoted;
use crate::domain::{Attributes, EntryContent, Field, Step};

/// Makes entries of the rows of one format.
pub(super) trait RowReader {
    /// The entry of a row, or a best guess at it beside the problems found.
    fn entry(&mut self, cells: &mut Cells<'_>) -> EntryContent;

    /// Told of a row that has fewer columns than the header and is given up.
    fn skipped(&mut self, _cells: &Cells<'_>) {}

    /// Whether a row may have more columns than the header.
    fn takes_further_columns(&self) -> bool;
}

/// The entries of a table.
pub(super) struct Entries<R> {
    table: Table,
    header: Header,
    reader: R,
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
        Some(Err(ReadFault::File(error))) => return Err(error),
        Some(Err(ReadFault::Line(fault))) => {
            let reason = fault.problems.into_iter().map(|p| p.reason).collect::<Vec<_>>().join("; ");
            return Err(FileError::Header { line: fault.line, reason });
        }
        None => return Err(FileError::Empty),
    }
    let header = Header::new(table.record(), known)?;
    Ok((table, header))
}

impl<R: RowReader> Entries<R> {
    pub(super) fn new(table: Table, header: Header, reader: R) -> Self {
        Entries { table, header, reader }
    }

    fn entry(&mut self, place: Place) -> Result<EntryContent, ReadFault> {
        let record = self.table.record();
        let mut cells = Cells { header: &self.header, record, problems: Vec::new() };
        let (found, expected) = (record.len(), self.header.width());
        let unfit = |reason| LineFault { line: place.line, problems: vec![Problem::of_line(reason)] };
        if found < expected {
            self.reader.skipped(&cells);
            let mut reason = misfit(record.get(0).unwrap_or_default(), found, expected);
            if place.unfinished {
                reason.push_str("; the file seems to be cut off here");
            }
            return Err(unfit(reason).into());
        }
        if !self.reader.takes_further_columns() && record.iter().skip(expected).any(|cell| !cell.is_empty()) {
            let reason = misfit(record.get(0).unwrap_or_default(), found, expected);
            return Err(unfit(format!("{reason}; a value with a separator in it wants quotes")).into());
        }
        let content = self.reader.entry(&mut cells);
        let mut problems = cells.problems;
        for fault in content.faults() {
            let column = match fault.path.first() {
                Some(Step::Field(name)) => {
                    Field::from_name(name).and_then(|field| self.header.name_of(field)).map(str::to_owned)
                }
                _ => None,
            };
            // A value that could not be read was reported as such.
            if column.is_none() || problems.iter().all(|problem| problem.column != column) {
                problems.push(Problem { column, reason: fault.message });
            }
        }
        if problems.is_empty() { Ok(content) } else { Err(LineFault { line: place.line, problems }.into()) }
    }
}

impl<R: RowReader> Iterator for Entries<R> {
    type Item = Result<EntryContent, ReadFault>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.table.advance()?.and_then(|place| self.entry(place)))
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
