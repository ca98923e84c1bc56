//! Ledger files: bytes in, entries out. FEC, CSV and NDJSON are read as a stream, in steady memory, and a bad
//! line is told by its number while the rest of the file still loads. Nothing in here knows of a database.
//!
//! The way of a byte: `text` decodes, `lines` splits and counts, `table` makes rows of lines (FEC, CSV),
//! `header` knows which column is which field, `entries` judges whether a row fits, and one reader a format makes the
//! content of its `cells`.

mod alike;
mod amounts;
mod cells;
mod column;
mod csv_rows;
mod detect;
mod end_line;
mod entries;
mod error;
mod fec;
mod header;
mod item;
mod lines;
mod ndjson;
mod quotes;
mod section;
mod spool;
mod system_list;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod values;

use std::fmt;
use std::io::Read;
use std::str::FromStr;

use encoding_rs::Encoding;

use crate::domain::CurrencyCode;

use csv_rows::CsvRows;
use fec::Fec;

pub use alike::Alike;
pub use amounts::{DecimalSign, DecimalSignError};
pub use error::{FileError, LineFault, Problem, VoucherOfFault};
pub use item::{AttributeNames, Columns, FileItem, FileLine, Note};
pub use lines::MAX_LINE;
pub use system_list::{ListError, ListedEntry, ListedLine, ListedLines, read_list};

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
    /// Its encoding; `None` tells UTF-8, UTF-16 and the Western encodings apart by itself.
    pub encoding: Option<&'static Encoding>,
    /// The decimal sign of its amounts; `None` takes what they show. NDJSON always has the point.
    pub decimal_sign: Option<DecimalSign>,
}

/// The encoding of this name or label in the Encoding Standard of the WHATWG, such as `macintosh`.
pub fn encoding(label: &str) -> Option<&'static Encoding> {
    Encoding::for_label_no_replacement(label.as_bytes())
}

impl Default for Options {
    fn default() -> Self {
        Options { format: None, currency: CurrencyCode::EUR, encoding: None, decimal_sign: None }
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
    let mut lines = lines::Lines::new(text::decoded(input, options.encoding));
    let first = detect::first_line(&mut lines)?;
    let format = match options.format {
        Some(format) => format,
        None => detect::format(&first)?,
    };
    let items: Items = match format {
        Format::Fec => Box::new(entries::open::<Fec>(lines, &first, options)?),
        Format::Csv => Box::new(entries::open::<CsvRows>(lines, &first, options)?),
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
