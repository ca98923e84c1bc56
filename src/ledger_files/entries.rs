//! The entries of a table, row by row, under the header that each stands under.
//!
//! Some rows can only be judged when all of the file was seen: an amount such as `25,000`, one empty cell more than the
//! header has, characters that may belong to another encoding. They wait, and come at the end.

use std::collections::VecDeque;
use std::sync::Arc;

use super::amounts::Signs;
use super::cells::Cells;
use super::error::{FileError, LineFault, Problem};
use super::item::{FileItem, FileLine, Note};
use super::lines::Lines;
use super::quotes;
use super::section::{Fit, RowReader, Section, shape};
use super::spool::{Spool, Waiting};
use super::table::{Row, RowFault, Table};
use super::{Options, detect};
use crate::domain::{CurrencyCode, Field, Step};

/// Most different headers in one file.
const MAX_HEADERS: usize = 100;

/// The entries of a table.
pub(super) struct Entries<R> {
    table: Table,
    currency: CurrencyCode,
    /// The different headers of the file so far, and which of them holds.
    sections: Vec<Section<R>>,
    section: usize,
    signs: Signs,
    waiting: Spool,
    /// All of the file was seen.
    last: bool,
    /// What is to be told before the next row.
    notes: VecDeque<Note>,
    encoding_told: bool,
}

/// Reads the header of a table, which begins with the line `first`.
pub(super) fn open<R: RowReader>(
    lines: Lines,
    first: &str,
    options: &Options,
) -> Result<Entries<R>, FileError> {
    let shape = shape::<R>(first);
    let mut table = Table::new(lines, shape, options.encoding);
    match table.advance() {
        Some(Ok(_)) => {}
        Some(Err(RowFault::File(error))) => return Err(error),
        Some(Err(RowFault::Line { line, reason })) => return Err(FileError::Header { line, reason }),
        None => return Err(FileError::Empty),
    }
    let section = Section::new(table.record(), first, shape, options.currency)?;
    let mut entries = Entries {
        table,
        currency: options.currency,
        sections: Vec::new(),
        section: 0,
        signs: Signs::new(options.decimal_sign),
        waiting: Spool::Empty,
        last: false,
        notes: VecDeque::new(),
        encoding_told: false,
    };
    entries.enter(section);
    Ok(entries)
}

impl<R: RowReader> Entries<R> {
    /// From here on this header holds.
    fn enter(&mut self, section: Section<R>) {
        let not_taken = section.header.not_taken();
        if !not_taken.is_empty() {
            self.notes.push_back(Note::NotTaken { columns: not_taken });
        }
        self.section = self.sections.len();
        self.sections.push(section);
    }

    /// Whether the present row is the header once more, in whatever order: then it holds from here on.
    fn enter_header(&mut self, line: u64) -> Result<bool, FileError> {
        // A date has no letters, and a header has nothing else: most rows are told by that.
        let date =
            self.sections.get(self.section).and_then(|section| section.header.place(Field::PostingDate));
        let date = date.and_then(|place| self.table.record().get(place));
        if date.is_some_and(|date| !date.bytes().any(|byte| byte.is_ascii_alphabetic())) {
            return Ok(false);
        }
        let text = self.table.text();
        if detect::table(text) != Some(R::FORMAT) {
            return Ok(false);
        }
        let text = text.to_owned();
        let shape = shape::<R>(&text);
        let again = |source| FileError::LaterHeader { line, source: Box::new(source) };
        self.table.set_shape(shape);
        if self.table.split(&text).is_err() {
            return Err(FileError::Header { line, reason: "cannot be taken apart".to_owned() });
        }
        let names = self.table.record();
        let same = |section: &Section<R>| section.names == *names && section.shape == shape;
        if let Some(known) = self.sections.iter().position(same) {
            self.section = known;
            return Ok(true);
        }
        if self.sections.len() == MAX_HEADERS {
            return Err(FileError::Headers { line, most: MAX_HEADERS });
        }
        let section = Section::new(names, &text, shape, self.currency).map_err(again)?;
        self.enter(section);
        Ok(true)
    }

    /// What the present row gives; `None` while it has to wait.
    fn judge(&mut self, row: &Row) -> Option<FileItem> {
        let section = self.sections.get_mut(self.section)?;
        let record = self.table.record();
        let empty_texts = if section.tells_empty_texts {
            quotes::empty_cells(self.table.text(), section.shape.delimiter)
        } else {
            Vec::new()
        };
        let fit = section.fit(record, row.unfinished, self.last);
        let mut cells = Cells::new(&section.header, record, &mut self.signs, self.last, empty_texts);
        if let Fit::Bad(reason) = fit {
            return Some(bad(row.line, vec![Problem::of_line(reason)], &cells));
        }
        let content = section.reader.content(&mut cells);
        let shown = std::mem::take(&mut cells.shown);
        self.notes.extend(shown.into_iter().map(|sign| Note::DecimalSign { sign, line: row.line }));
        if !self.last && (cells.waits || row.is_strange || matches!(fit, Fit::Open)) {
            return None;
        }
        for fault in content.faults() {
            let field = match fault.path.first() {
                Some(Step::Field(name)) => Field::from_name(name),
                _ => None,
            };
            if field == Some(Field::ExternalId) && !section.columns.has(Field::ExternalId) {
                continue;
            }
            let column = field.and_then(|field| section.header.name_of(field));
            // A value that could not be read was reported as such.
            if column.is_none_or(|column| !cells.has_problem_with(column)) {
                cells.note(Problem { column: column.map(str::to_owned), reason: fault.message });
            }
        }
        let damage = row.damage.iter().map(Problem::of_line);
        if !cells.is_loadable() {
            let voucher = cells.voucher();
            let problems = damage.chain(cells.into_problems()).collect();
            return Some(FileItem::Fault(LineFault { line: row.line, problems, voucher }));
        }
        let columns = Arc::clone(&section.columns);
        let warnings = damage.chain(cells.into_warnings()).collect();
        Some(FileItem::Line(FileLine { line: row.line, content, columns, warnings }))
    }

    /// The next row of the file, or the next one that had to wait.
    fn next_row(&mut self) -> Option<Result<Row, RowFault>> {
        if !self.last {
            if let Some(row) = self.table.advance() {
                return Some(row);
            }
            self.last = true;
        }
        let waiting = match self.waiting.take() {
            Ok(waiting) => waiting?,
            Err(source) => return Some(Err(FileError::Waiting { source }.into())),
        };
        let Waiting { line, section, text, damage } = waiting;
        self.section = section;
        if let Some(section) = self.sections.get(section) {
            self.table.set_shape(section.shape);
        }
        if let Err(error) = self.table.split(&text) {
            return Some(Err(RowFault::Line { line, reason: format!("cannot be taken apart: {error}") }));
        }
        Some(Ok(Row { line, unfinished: false, damage, is_strange: false }))
    }

    fn wait(&mut self, row: Row) -> Result<(), FileError> {
        let text = self.table.text().to_owned();
        let waiting = Waiting { line: row.line, section: self.section, text, damage: row.damage };
        self.waiting.put(&waiting).map_err(|source| FileError::Waiting { source })
    }

    fn step(&mut self) -> Option<Result<FileItem, RowFault>> {
        loop {
            if let Some(note) = self.notes.pop_front() {
                return Some(Ok(FileItem::Note(note)));
            }
            let row = match self.next_row()? {
                Ok(row) => row,
                Err(fault) => return Some(Err(fault)),
            };
            if let Some(name) = self.table.western()
                && !std::mem::replace(&mut self.encoding_told, true)
            {
                self.notes.push_back(Note::Encoding { name, line: row.line });
            }
            if !self.last {
                match self.enter_header(row.line) {
                    Ok(true) => continue,
                    Ok(false) => {}
                    Err(error) => return Some(Err(error.into())),
                }
            }
            match self.judge(&row) {
                Some(item) => return Some(Ok(item)),
                None => {
                    if let Err(error) = self.wait(row) {
                        return Some(Err(error.into()));
                    }
                }
            }
        }
    }
}

/// The line as one that makes no entry.
fn bad(line: u64, problems: Vec<Problem>, cells: &Cells<'_>) -> FileItem {
    FileItem::Fault(LineFault { line, problems, voucher: cells.voucher() })
}

impl<R: RowReader> Iterator for Entries<R> {
    type Item = Result<FileItem, FileError>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(match self.step()? {
            Ok(item) => Ok(item),
            Err(RowFault::File(error)) => Err(error),
            Err(RowFault::Line { line, reason }) => {
                let problems = vec![Problem::of_line(reason)];
                let section = self.sections.get(self.section)?;
                let record = self.table.record();
                let cells = Cells::new(&section.header, record, &mut self.signs, true, Vec::new());
                Ok(bad(line, problems, &cells))
            }
        })
    }
}
