//! What can be wrong with a file, and with a line of it, in sentences a person can act on.

use std::fmt;
use std::io;

use super::Format;
use super::text::Unreadable;
use crate::domain::Day;
use crate::domain::text::quoted;

/// Why a file cannot be read, or not any further.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// No byte, or nothing but blank lines.
    #[error("the file is empty: there is no header and no entry in it")]
    Empty,
    /// Not a text, or a text of another kind.
    #[error("the file is no ledger file but looks like {found}; export it as FEC, CSV or NDJSON text")]
    Foreign {
        /// What it looks like.
        found: String,
    },
    /// Text, but the first line belongs to none of the formats.
    #[error(
        "the first line is not the header of a ledger file: it begins {found:?}. A FEC has the column \
         JournalCode, a CSV the column journal_code, and every line of an NDJSON begins with {{"
    )]
    Unrecognised {
        /// The beginning of the line.
        found: String,
    },
    /// The header has not every column that an entry needs.
    #[error(
        "the header is not that of a {format} ledger: {} missing; it has {}",
        listed(.missing, "is", "are"),
        columns(.found)
    )]
    MissingColumns {
        /// The format it was read as.
        format: Format,
        /// The columns it should have.
        missing: Vec<String>,
        /// The columns it has.
        found: Vec<String>,
    },
    /// The header names a column twice, and an entry can hold one of them only.
    #[error("the header has the column {name} twice: remove or rename one of them")]
    DuplicateColumn {
        /// Its name as the second one writes it.
        name: String,
    },
    /// The header itself cannot be taken apart.
    #[error("the header (line {line}) cannot be read: it {reason}")]
    Header {
        /// Where it is.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// The header stands in the file once more, and cannot be read.
    #[error("line {line} is a header once more: {source}")]
    LaterHeader {
        /// Where it is.
        line: u64,
        /// What is wrong with it.
        source: Box<FileError>,
    },
    /// Headers that differ from each other, again and again.
    #[error("reading stopped at line {line}: the file has more than {most} different headers")]
    Headers {
        /// The header that is one too many.
        line: u64,
        /// How many there may be.
        most: usize,
    },
    /// The FEC has an XML form too, which is not read.
    #[error(
        "the file is a FEC in its XML form (format A47 A-1 VII), which is not read: export the FEC as a flat file, a \
         line an entry; every package that writes the one writes the other"
    )]
    XmlFec,
    /// Bytes that make no sense in any of the encodings that are told apart.
    #[error(
        "line {line}: byte {place} of it (0x{byte:02X}) and others make no sense in the encodings that are told apart \
         (UTF-8, UTF-16, Windows-1252, ISO-8859-15): say the file's encoding, for example --encoding macintosh, or \
         save the file as UTF-8, as one from a DOS program has to be"
    )]
    Encoding {
        /// The first line that has such a byte.
        line: u64,
        /// Where the byte is in it, from 1.
        place: usize,
        /// The byte.
        byte: u8,
    },
    /// Lines that can only be judged at the end of the file could not be kept until then.
    #[error("a temporary file cannot be written or read: {source}")]
    Waiting {
        /// The system's own words.
        source: io::Error,
    },
    /// A CSV whose quotation marks do not pair up over and over.
    #[error(
        "reading stopped at line {line}: too many quotation marks before it are never closed; mend the lines \
         reported, or write the file with its quotation marks doubled (RFC 4180)"
    )]
    Quotes {
        /// The line at which it was enough.
        line: u64,
    },
    /// The end line of an NDJSON export tells another number of entries than the file has.
    #[error(
        "the file is not whole: its end line (line {line}) tells of {told} entries, and before it there are {found}; \
         export it again"
    )]
    NotWhole {
        /// The end line's number.
        line: u64,
        /// How many it tells of.
        told: String,
        /// How many there are.
        found: u64,
    },
    /// An NDJSON export goes on behind the line that ends it.
    #[error(
        "reading stopped at line {line}: line {end} says that the export ends there. If these are several exports, \
         give each as a file of its own"
    )]
    BehindEnd {
        /// The first line behind it.
        line: u64,
        /// The end line's number.
        end: u64,
    },
    /// The input failed. Entries given out before are good.
    #[error("reading failed at line {line}: {source}")]
    Read {
        /// The line that was to be read.
        line: u64,
        /// The system's own words.
        source: io::Error,
    },
}

impl From<Unreadable> for FileError {
    fn from(Unreadable { line, place, byte }: Unreadable) -> Self {
        FileError::Encoding { line, place, byte }
    }
}

/// One thing wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The column by its name in the file; `None` when the line as a whole is at fault.
    pub column: Option<String>,
    /// A phrase a person can act on.
    pub reason: String,
}

/// A line that makes no entry, with everything wrong with it. Never without a problem.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {}", .problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct LineFault {
    /// The physical line, from 1 (the header's, as a rule); of a record with line breaks, its first.
    pub line: u64,
    /// Everything wrong with it.
    pub problems: Vec<Problem>,
    /// What could be read of the voucher that the line belongs to.
    pub voucher: VoucherOfFault,
}

/// What a line that makes no entry still tells of its voucher. Each part may be missing, or wrong where columns are
/// shifted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VoucherOfFault {
    /// The journal's code, not empty.
    pub journal_code: Option<String>,
    /// The entry number; an empty one is a voucher's name too.
    pub entry_number: Option<String>,
    /// The posting date.
    pub posting_date: Option<Day>,
    /// The document reference, not empty: it tells vouchers without a number apart.
    pub document_reference: Option<String>,
}

impl Problem {
    /// Of the line as a whole.
    pub(super) fn of_line(reason: impl Into<String>) -> Self {
        Problem { column: None, reason: reason.into() }
    }

    /// Of one column.
    pub(super) fn of_column(column: impl Into<String>, reason: impl Into<String>) -> Self {
        Problem { column: Some(column.into()), reason: reason.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.column {
            Some(column) => write!(f, "{column}: {}", self.reason),
            None => f.write_str(&self.reason),
        }
    }
}

fn listed(names: &[String], one: &str, many: &str) -> String {
    format!("{} {}", names.join(", "), if names.len() == 1 { one } else { many })
}

/// A header may have any number of columns; a message has not.
fn columns(names: &[String]) -> String {
    const MOST: usize = 30;
    let rest = names.len().saturating_sub(MOST);
    let shown: Vec<String> = names.iter().take(MOST).map(|name| quoted(name)).collect();
    match (shown.is_empty(), rest) {
        (true, _) => "no column with a name".to_owned(),
        (false, 0) => shown.join(", "),
        (false, _) => format!("{} and {rest} more", shown.join(", ")),
    }
}
