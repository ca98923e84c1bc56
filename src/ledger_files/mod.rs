//! Ledger files: bytes in, entries out. FEC, CSV and NDJSON are read as a stream, in steady memory, and a bad
//! line is told by its number while the rest of the file still loads. Nothing in here knows of a database.
//!
//! The way of a byte: `text` decodes, `lines` splits and counts, `table` makes rows of lines (FEC, CSV),
//! `header` knows which column is which field, and one reader a format makes the entry.

mod cells;
mod column;
mod csv_rows;
mod detect;
mod end_line;
mod error;
mod fec;
mod fec_values;
mod header;
mod item;
mod lines;
mod ndjson;
mod quotes;
mod table;
#[cfg(test)]
mod tests;
mod text;

use std::fmt;
use std::io::Read;
use std::str::FromStr;

use crate::domain::CurrencyCode;

pub use error::{FileError, LineFault, Problem, VoucherOfFault};
pub use item::{AttributeNames, Columns, FileItem, FileLine, Note};
pub use lines::MAX_LINE;

/// A small balanced ledger in the FEC format, for a first look and for tests.
pub const DEMO: &str = include_str!("demo.fec.txt");

/// What a ledger file can look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Fichier des écritures comptables: what every French accounting package writes.
    Fec,
    /// Comma-separated values (RFC 4180) under the names of the REST fields.
    Csv,
    /// One JSON object a line, with the names of the REST fields.
    Ndjson,
}

/// The text names no format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is no format of a ledger file: fec, csv or ndjson")]
pub struct FormatError;

impl FromStr for Format {
    type Err = FormatError;

    fn from_str(text: &str) -> Result<Self, FormatError> {
        match text {
            "fec" => Ok(Format::Fec),
            "csv" => Ok(Format::Csv),
            "ndjson" => Ok(Format::Ndjson),
            _ => Err(FormatError),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Format::Fec => "fec",
            Format::Csv => "csv",
            Format::Ndjson => "ndjson",
        })
    }
}

/// How to read a file.
#[derive(Clone, Debug)]
pub struct Options {
    /// Its format; `None` looks at the first line, which tells in every file that can be read.
    pub format: Option<Format>,
    /// The book currency, for entries that do not name theirs.
    pub currency: CurrencyCode,
}

impl Default for Options {
    fn default() -> Self {
        Options { format: None, currency: CurrencyCode::EUR }
    }
}

type Items = Box<dyn Iterator<Item = Result<FileItem, FileError>> + Send>;

/// What a file gives. A fault takes one line; after a file error nothing follows.
pub struct LedgerReader {
    format: Format,
    items: Option<Items>,
}

/// Reads the header. What follows is read as the entries are asked for.
pub fn read(input: impl Read + Send + 'static, options: &Options) -> Result<LedgerReader, FileError> {
    let mut lines = lines::Lines::new(text::decoded(input));
    let first = detect::first_line(&mut lines)?;
    let format = match options.format {
        Some(format) => format,
        None => detect::format(&first)?,
    };
    let items: Items = match format {
        Format::Fec => Box::new(fec::open(lines, &first, options.currency)?),
        Format::Csv => Box::new(csv_rows::open(lines, &first, options.currency)?),
        Format::Ndjson => Box::new(ndjson::open(lines, options.currency)),
    };
    Ok(LedgerReader { format, items: Some(items) })
}

impl LedgerReader {
    /// The format, as given or as found.
    pub fn format(&self) -> Format {
        self.format
    }
}

impl Iterator for LedgerReader {
    type Item = Result<FileItem, FileError>;

    fn next(&mut self) -> Option<Self::Item> {
        let item = self.items.as_mut()?.next();
        if !matches!(item, Some(Ok(_))) {
            self.items = None;
        }
        item
    }
}

impl fmt::Debug for LedgerReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LedgerReader").field("format", &self.format).finish_non_exhaustive()
    }
}
