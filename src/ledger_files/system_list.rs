//! A system's own list of the entries that it has, in CSV or NDJSON, to be compared with what it was sent. Other columns
//! than those that are known are passed over: a system lists what it likes.

use std::io::Read;

use serde::{Deserialize, Serialize};

use super::amounts::{self, Amount, DecimalSign, Signs};
use super::end_line::EndLine;
use super::error::{FileError, LineFault, Problem, VoucherOfFault};
use super::lines::{Line, Lines};
use super::table::{Row, RowFault, Shape, Table};
use super::{MAX_LINE, detect, text};
use crate::domain::exact::read_object;
use crate::domain::money::MoneyError;
use crate::domain::text::{quoted, text_fault};
use crate::domain::{EntryId, ExactJson, Field, Money};

/// Longest name of a document, in characters: what a mark may hold.
const MAX_REFERENCE: usize = 200;

/// The names that are known, in the order of [`Values`].
const NAMES: [&str; 5] = ["accounting_entry_id", "external_id", "reference", "debit", "credit"];

/// Where [`NAMES`] has what an entry is found by.
const ENTRY_ID: usize = 0;
const EXTERNAL_ID: usize = 1;

/// What a line says under each of [`NAMES`]; `None` where it says nothing.
type Values = [Option<String>; NAMES.len()];

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedLine {
    /// The physical line, from 1; of a record with line breaks, its first.
    pub line: u64,
    /// The entry that it is about. Where a line has both names of it, the id counts.
    pub entry: ListedEntry,
    /// The system's own document for the entry.
    pub reference: Option<String>,
    /// The debit that the system has; `None` when the line does not tell it.
    pub debit: Option<Money>,
    /// The credit that the system has; `None` when the line does not tell it.
    pub credit: Option<Money>,
}

/// How a line names its entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ListedEntry {
    /// By the ledger's id.
    Id(EntryId),
    /// By the source's own name.
    ExternalId(String),
}

/// Why a list cannot be read, or one line of it.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// The file cannot be read, or not any further.
    #[error(transparent)]
    File(#[from] FileError),
    /// The first line belongs to neither format.
    #[error(
        "line {line} is neither a JSON object nor a header with the column accounting_entry_id or external_id: it \
         begins {found:?}"
    )]
    Header {
        /// Where it is.
        line: u64,
        /// The beginning of it.
        found: String,
    },
    /// This line says nothing that can be compared. Others may.
    #[error(transparent)]
    Line(#[from] LineFault),
}

/// The lines of a list, in their order. After an error other than [`ListError::Line`] nothing of use follows.
pub type ListedLines = Box<dyn Iterator<Item = Result<ListedLine, ListError>> + Send>;

/// Reads the header. What follows is read as the lines are asked for, in steady memory. The first line tells the format:
/// NDJSON begins with `{`, anything else is a CSV with a header.
pub fn read_list(input: impl Read + Send + 'static) -> Result<ListedLines, ListError> {
    let mut lines = Lines::new(text::decoded(input, None));
    let first = detect::first_line(&mut lines)?;
    match first.trim_start().bytes().next() {
        Some(b'{') => Ok(Box::new(Objects { lines, bytes: Vec::new(), end: EndLine::default() })),
        Some(b'[') => {
            let found = "a JSON array (NDJSON has one object a line and no brackets around them)".to_owned();
            Err(FileError::Foreign { found }.into())
        }
        _ => Ok(Box::new(Rows::open(lines, &first)?)),
    }
}

/// The rows of a CSV.
struct Rows {
    table: Table,
    /// Where in a row the values of [`NAMES`] are.
    places: [Option<usize>; NAMES.len()],
    /// How many columns the header has.
    width: usize,
    signs: Signs,
}

impl Rows {
    fn open(lines: Lines, first: &str) -> Result<Self, ListError> {
        let shape = Shape { delimiter: detect::separator(first), quoting: true };
        let mut table = Table::new(lines, shape, None);
        let line = match table.advance() {
            Some(Ok(row)) => row.line,
            Some(Err(RowFault::File(error))) => return Err(error.into()),
            Some(Err(RowFault::Line { line, reason })) => {
                return Err(FileError::Header { line, reason }.into());
            }
            None => return Err(FileError::Empty.into()),
        };
        let mut places: [Option<usize>; NAMES.len()] = [None; NAMES.len()];
        let mut width = 0;
        for (place, cell) in table.record().iter().enumerate() {
            let cell = cell.trim();
            width = if cell.is_empty() { width } else { place + 1 };
            let Some(known) = NAMES.iter().position(|name| name.eq_ignore_ascii_case(cell)) else { continue };
            if places[known].replace(place).is_some() {
                return Err(FileError::DuplicateColumn { name: cell.to_owned() }.into());
            }
        }
        if places[ENTRY_ID].is_none() && places[EXTERNAL_ID].is_none() {
            return Err(ListError::Header { line, found: first.chars().take(60).collect() });
        }
        Ok(Rows { table, places, width, signs: Signs::new(None) })
    }

    fn line(&mut self, row: &Row) -> Result<ListedLine, Vec<Problem>> {
        let record = self.table.record();
        let (found, expected) = (record.len(), self.width);
        let misfit = |hint: &str| {
            let reason = format!("has {found} columns where the header has {expected}; {hint}");
            Err(vec![Problem::of_line(reason)])
        };
        if found < expected && row.unfinished {
            return misfit("the file seems to be cut off here");
        }
        if record.iter().skip(expected).any(|cell| !cell.trim().is_empty()) {
            return misfit("a value with a separator in it wants quotes");
        }
        let values: Values = self.places.map(|place| {
            let cell = place.and_then(|place| record.get(place));
            cell.filter(|cell| !cell.trim().is_empty()).map(str::to_owned)
        });
        let signs = &mut self.signs;
        listed(row.line, values, |text| amount_of_cell(text, signs))
    }
}

impl Iterator for Rows {
    type Item = Result<ListedLine, ListError>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(match self.table.advance()? {
            Ok(row) => self.line(&row).map_err(|problems| bad(row.line, problems)),
            Err(RowFault::File(error)) => Err(error.into()),
            Err(RowFault::Line { line, reason }) => Err(bad(line, vec![Problem::of_line(reason)])),
        })
    }
}

/// The lines of an NDJSON.
struct Objects {
    lines: Lines,
    bytes: Vec<u8>,
    end: EndLine,
}

impl Objects {
    fn line(&self, line: Line) -> Result<ListedLine, Vec<Problem>> {
        let of_line = |reason: String| vec![Problem::of_line(reason)];
        if line.too_long {
            return Err(of_line(format!("is longer than {MAX_LINE} bytes")));
        }
        let text =
            std::str::from_utf8(&self.bytes).map_err(|_| of_line("is not UTF-8, as JSON is".to_owned()))?;
        let object = read_object(text)
            .map_err(|error| of_line(error.to_string().replace("at line 1 column", "at character")))?;
        let mut problems = Vec::new();
        let values: Values = NAMES.map(|name| match scalar(object.get(name)?) {
            Ok(value) => value,
            Err(reason) => {
                problems.push(Problem::of_column(name, reason));
                None
            }
        });
        if !problems.is_empty() {
            return Err(problems);
        }
        listed(line.number, values, |text| text.parse().map_err(|error: MoneyError| error.to_string()))
    }
}

impl Iterator for Objects {
    type Item = Result<ListedLine, ListError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            self.bytes.clear();
            let number = self.lines.next_number();
            let line = match self.lines.append_to(&mut self.bytes) {
                Ok(line) => line?,
                Err(source) => return Some(Err(FileError::Read { line: number, source }.into())),
            };
            text::take_bom(&mut self.bytes);
            if text::is_blank(&self.bytes) {
                continue;
            }
            match self.end.is_this(&self.bytes, line.number) {
                Ok(true) => {}
                Ok(false) => return Some(self.line(line).map_err(|problems| bad(line.number, problems))),
                Err(error) => return Some(Err(error.into())),
            }
        }
    }
}

/// A text or a number with all its digits; nothing for null.
fn scalar(json: &ExactJson) -> Result<Option<String>, String> {
    let text = json.text();
    match text.bytes().next() {
        Some(b'n') => Ok(None),
        Some(b'"') => serde_json::from_str(text).map(Some).map_err(|error| error.to_string()),
        Some(b'-' | b'0'..=b'9') => Ok(Some(text.to_owned())),
        _ => Err("is neither a text nor a number".to_owned()),
    }
}

/// An amount as a CSV has it: as REST writes amounts, or with the decimal comma and the groups of a spreadsheet.
fn amount_of_cell(text: &str, signs: &mut Signs) -> Result<Money, String> {
    match amounts::read(text, signs, true) {
        Ok(Amount::Is(amount, _)) => Ok(amount),
        // `25.000`: REST groups no digits, so the point is decimal, unless the file has shown the comma to be.
        Ok(Amount::Either(DecimalSign::Point)) if signs.settled() != Some(DecimalSign::Comma) => {
            text.parse().map_err(|error: MoneyError| error.to_string())
        }
        Ok(Amount::Either(_)) => {
            Err("can be read in two ways: write it with two decimals, and thousands without marks".to_owned())
        }
        Err(error) => Err(error.to_string()),
    }
}

/// The line with these values, or everything wrong with it.
fn listed(
    line: u64,
    values: Values,
    mut amount: impl FnMut(&str) -> Result<Money, String>,
) -> Result<ListedLine, Vec<Problem>> {
    let [entry_id, external_id, reference, debit, credit] = values;
    let mut problems = Vec::new();
    let entry = match (entry_id, external_id) {
        (Some(id), _) => match id.trim().parse() {
            Ok(number) => Some(ListedEntry::Id(number)),
            Err(_) => {
                let reason = format!("{} is not a 64-bit integer", quoted(&id));
                problems.push(Problem::of_column(NAMES[ENTRY_ID], reason));
                None
            }
        },
        (None, Some(name)) => {
            let longest = Field::ExternalId.length().map_or(usize::MAX, |length| *length.end());
            let fault = text_fault("it", &name, 1, longest);
            problems.extend(fault.map(|reason| Problem::of_column(NAMES[EXTERNAL_ID], reason)));
            Some(ListedEntry::ExternalId(name))
        }
        (None, None) => {
            problems.push(Problem::of_line("names no entry: it needs accounting_entry_id or external_id"));
            None
        }
    };
    let fault = reference.as_deref().and_then(|text| text_fault("it", text, 1, MAX_REFERENCE));
    problems.extend(fault.map(|reason| Problem::of_column("reference", reason)));
    let mut money = |name: &str, text: Option<String>| {
        let text = text?;
        match amount(text.trim()) {
            Ok(amount) => Some(amount),
            Err(reason) => {
                problems.push(Problem::of_column(name, format!("{} {reason}", quoted(&text))));
                None
            }
        }
    };
    let (debit, credit) = (money("debit", debit), money("credit", credit));
    match entry {
        Some(entry) if problems.is_empty() => Ok(ListedLine { line, entry, reference, debit, credit }),
        _ => Err(problems),
    }
}

fn bad(line: u64, problems: Vec<Problem>) -> ListError {
    LineFault { line, problems, voucher: VoucherOfFault::default() }.into()
}
