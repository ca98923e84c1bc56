//! The last line of an export in NDJSON, `{"end": {"entries": N, …}}`, by which a file that lost lines is told from a
//! whole one. Files of other programs have none, and are taken as they are.

use serde_json::Value;

use super::error::FileError;

/// What was seen of a file so far: its lines with entries, and its end line.
#[derive(Debug, Default)]
pub(super) struct EndLine {
    entries: u64,
    found_at: Option<u64>,
}

impl EndLine {
    /// How many entries the end line tells of.
    pub(super) fn entries(&self) -> u64 {
        self.entries
    }

    /// Whether this line is the end line. Every other line counts as an entry, also one that cannot be read.
    pub(super) fn is_this(&mut self, text: &[u8], line: u64) -> Result<bool, FileError> {
        if let Some(end) = self.found_at {
            return Err(FileError::BehindEnd { line, end });
        }
        let Some(end) = end_of(text) else {
            self.entries += 1;
            return Ok(false);
        };
        let told = end.get("entries").and_then(Value::as_u64);
        if told != Some(self.entries) {
            let told = told.map_or_else(|| "no number of".to_owned(), |number| number.to_string());
            return Err(FileError::NotWhole { line, told, found: self.entries });
        }
        self.found_at = Some(line);
        Ok(true)
    }
}

/// What the end line tells; `None` for any other line.
fn end_of(text: &[u8]) -> Option<Value> {
    // Looked at before it is parsed: entries are parsed elsewhere, and once is enough.
    let name = text.trim_ascii_start().strip_prefix(b"{")?.trim_ascii_start();
    if !name.starts_with(br#""end""#) {
        return None;
    }
    match serde_json::from_slice(text).ok()? {
        Value::Object(mut object) if object.len() == 1 => object.remove("end").filter(Value::is_object),
        _ => None,
    }
}
