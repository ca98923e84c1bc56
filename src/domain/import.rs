//! Imports: where entries came from.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::time::Timestamp;

/// One import: one command or call, whatever files it read.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// Its number in the ledger.
    pub id: i64,
    /// When it began.
    pub at: Timestamp,
    /// Who imported.
    pub actor: String,
    /// What it read, in this order.
    pub files: Vec<ImportFile>,
    /// What it came to; `None` while it runs, and when it did not come to its end.
    pub summary: Option<Value>,
}

/// A file of an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportFile {
    /// Its name, without the folders it was in.
    pub name: String,
    /// The SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
}

/// Where an entry was last written from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryOrigin {
    /// The import, by its number.
    pub import_id: i64,
    /// Which of its files, from 0.
    pub file: usize,
    /// Which line of the file, from 1.
    pub line: i64,
}
