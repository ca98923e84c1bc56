//! The first line: whether this is a ledger at all, in which format, and what separates its columns.

use super::error::FileError;
use super::lines::Lines;
use super::{Format, MAX_LINE, text};

/// What may separate columns.
const SEPARATORS: [u8; 4] = [b'\t', b'|', b';', b','];

/// The first line that is not blank. It stays in `lines`.
pub(super) fn first_line(lines: &mut Lines) -> Result<String, FileError> {
    let mut bytes = Vec::new();
    loop {
        let number = lines.next_number();
        let read = lines.append_to(&mut bytes).map_err(|source| FileError::Read { line: number, source })?;
        let Some(line) = read else { return Err(FileError::Empty) };
        if text::is_blank(&bytes) {
            bytes.clear();
            continue;
        }
        if let Some(found) = text::foreign(&bytes) {
            return Err(FileError::Foreign { found });
        }
        if line.too_long {
            let reason = format!("is longer than {MAX_LINE} bytes");
            return Err(FileError::Header { line: line.number, reason });
        }
        let first = text::decode(&bytes).into_owned();
        bytes.extend_from_slice(line.end);
        lines.give_back(&bytes, line.number);
        return Ok(first);
    }
}

/// The format that a file with this first line has.
pub(super) fn format(first: &str) -> Result<Format, FileError> {
    let has = |name: &str| {
        first
            .split(|c: char| c.is_ascii() && SEPARATORS.contains(&(c as u8)))
            .any(|cell| cell.trim().trim_matches('"').trim().eq_ignore_ascii_case(name))
    };
    if first.trim_start().starts_with('{') {
        Ok(Format::Ndjson)
    } else if has("JournalCode") {
        Ok(Format::Fec)
    } else if has("external_id") {
        Ok(Format::Csv)
    } else if first.trim_start().starts_with('[') {
        let found = "a JSON array (NDJSON has one object a line and no brackets around them)".to_owned();
        Err(FileError::Foreign { found })
    } else {
        Err(FileError::Unrecognised { found: first.chars().take(60).collect() })
    }
}

/// The separator of this header: the one that occurs most often.
pub(super) fn separator(header: &str) -> u8 {
    let count = |separator: &u8| header.bytes().filter(|byte| byte == separator).count();
    let mut best = SEPARATORS[0];
    for separator in SEPARATORS {
        if count(&separator) > count(&best) {
            best = separator;
        }
    }
    best
}
