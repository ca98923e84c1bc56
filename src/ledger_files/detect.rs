//! The first line: whether this is a ledger at all, in which format, and what separates its columns.

use super::error::FileError;
use super::lines::Lines;
use super::{Format, MAX_LINE, text};

/// What may separate columns.
const SEPARATORS: [u8; 4] = [b'\t', b'|', b';', b','];

/// How far the name of an XML document's root is looked for, in bytes.
const MAX_PROLOGUE: usize = 1 << 14;

/// The first line that says something: neither blank nor `sep=;`. It stays in `lines`.
pub(super) fn first_line(lines: &mut Lines) -> Result<String, FileError> {
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        let number = lines.next_number();
        let read = lines.append_to(&mut bytes).map_err(|source| FileError::Read { line: number, source })?;
        let Some(line) = read else { return Err(FileError::Empty) };
        text::take_bom(&mut bytes);
        if text::is_blank(&bytes) || is_separator_line(&bytes) {
            continue;
        }
        if bytes.starts_with(b"<") && is_xml_fec(lines, &bytes) {
            return Err(FileError::XmlFec);
        }
        if let Some(found) = text::foreign(&bytes) {
            return Err(FileError::Foreign { found });
        }
        if line.too_long {
            let reason = format!("is longer than {MAX_LINE} bytes");
            return Err(FileError::Header { line: line.number, reason });
        }
        let first = String::from_utf8_lossy(&bytes).into_owned();
        bytes.extend_from_slice(line.end);
        lines.give_back(&bytes, line.number);
        return Ok(first);
    }
}

/// Whether a line is `sep=;`, by which a spreadsheet tells itself what separates the columns. The header shows it too.
pub(super) fn is_separator_line(line: &[u8]) -> bool {
    match line.trim_ascii_end() {
        // A tab as the separator was trimmed with the blanks.
        [s, e, p, b'='] | [s, e, p, b'=', _] => [*s, *e, *p].eq_ignore_ascii_case(b"sep"),
        _ => false,
    }
}

/// Whether an XML document that begins with this line is the XML form of the FEC.
fn is_xml_fec(lines: &mut Lines, first: &[u8]) -> bool {
    let mut prologue = first.to_vec();
    while prologue.len() < MAX_PROLOGUE {
        prologue.push(b'\n');
        match lines.append_to(&mut prologue) {
            Ok(Some(_)) => {}
            _ => break,
        }
    }
    let prologue = String::from_utf8_lossy(&prologue).to_ascii_lowercase();
    prologue.contains("<comptabilite") || prologue.contains("formata47a")
}

/// The cells of a line, whatever separates them, without blanks and quotation marks.
fn cells(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| c.is_ascii() && SEPARATORS.contains(&(c as u8)))
        .map(|cell| cell.trim().trim_matches('"').trim())
}

/// The format of a table with this header, if it is the header of a table.
pub(super) fn table(header: &str) -> Option<Format> {
    let has = |name: &str| cells(header).any(|cell| cell.eq_ignore_ascii_case(name));
    if has("JournalCode") {
        Some(Format::Fec)
    } else if has("external_id") || has("journal_code") {
        Some(Format::Csv)
    } else {
        None
    }
}

/// The format that a file with this first line has.
pub(super) fn format(first: &str) -> Result<Format, FileError> {
    if first.trim_start().starts_with('{') {
        Ok(Format::Ndjson)
    } else if let Some(table) = table(first) {
        Ok(table)
    } else if first.trim_start().starts_with('[') {
        let found = "a JSON array (NDJSON has one object a line and no brackets around them)".to_owned();
        Err(FileError::Foreign { found })
    } else {
        Err(FileError::Unrecognised { found: first.chars().take(60).collect() })
    }
}

/// Whether a header has its names in quotation marks, as some spreadsheets write every cell.
pub(super) fn is_quoted(header: &str) -> bool {
    header.trim_start().starts_with('"')
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
