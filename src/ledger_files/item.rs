//! What reading a file gives, piece by piece.

use std::fmt;
use std::sync::Arc;

use super::amounts::DecimalSign;
use super::error::{LineFault, Problem};
use crate::domain::text::quoted;
use crate::domain::{EntryContent, Field};

pub use crate::domain::comparison::{AttributeNames, Columns};

/// A piece of what a file gives. Lines do not always come in the order of the file: what can only be judged when all
/// of it was seen comes at the end.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "nearly all of them are lines")]
pub enum FileItem {
    /// A line that makes an entry.
    Line(FileLine),
    /// A line that makes none.
    Fault(LineFault),
    /// Something about the file as a whole.
    Note(Note),
}

/// A line that makes an entry.
#[derive(Clone, Debug, PartialEq)]
pub struct FileLine {
    /// The physical line, from 1 (the header's, as a rule); of a record with line breaks, its first.
    pub line: u64,
    /// What the line says. Its `external_id` is empty where the file has no such column: then the ledger has to give
    /// one, see [`FileLine::external_id`]. Everything else is within its bounds.
    pub content: EntryContent,
    /// What the line says something about, shared by the lines of one header.
    pub columns: Arc<Columns>,
    /// What is odd about the line and kept no value out of the ledger.
    pub warnings: Vec<Problem>,
}

impl FileLine {
    /// The source's own name for the entry; `None` where the file has no column for it. A FEC never has.
    pub fn external_id(&self) -> Option<&str> {
        self.columns.has(Field::ExternalId).then_some(self.content.external_id.as_str())
    }
}

/// Something about a file as a whole, told where it is found. As text it is the end of a sentence that begins with the
/// name of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// The file is not in UTF-8.
    Encoding {
        /// What it is read as, by the name that the WHATWG gave the encoding.
        name: &'static str,
        /// The first line that showed it.
        line: u64,
    },
    /// Amounts showed which of comma and point is the decimal sign. Told of each when a file has both.
    DecimalSign {
        /// The sign.
        sign: DecimalSign,
        /// The first line that showed it.
        line: u64,
    },
    /// Columns that bear names of the ledger's own and are not taken.
    NotTaken {
        /// Their names in the file.
        columns: Vec<String>,
    },
    /// The end line of an export in NDJSON tells as many entries as came.
    End {
        /// How many.
        entries: u64,
        /// Where it stands.
        line: u64,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Note::Encoding { name, line } => write!(f, "is read as {name}, which line {line} shows"),
            Note::DecimalSign { sign, line } => {
                write!(f, "has the {sign} as its decimal sign, which line {line} shows")
            }
            Note::NotTaken { columns } => {
                let columns: Vec<String> = columns.iter().map(|name| quoted(name)).collect();
                write!(
                    f,
                    "has columns that the ledger makes itself; they are not taken: {}",
                    columns.join(", ")
                )
            }
            Note::End { entries, line } => {
                write!(f, "is whole: its end line (line {line}) tells of {entries} entries, and so many came")
            }
        }
    }
}
