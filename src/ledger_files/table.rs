//! Rows of a table: one line each (FEC), or one record each that may have line breaks in quotes (CSV).

use std::io::{self, Read};

use csv::StringRecord;

use super::MAX_LINE;
use super::detect;
use super::error::FileError;
use super::lines::{Line, Lines};
use super::quotes::{After, Quotes};
use super::text;

/// Reads rows. Blank lines are no rows.
pub(super) struct Table {
    lines: Lines,
    delimiter: u8,
    quoting: bool,
    /// The bytes of the present row, with the line ends in it.
    bytes: Vec<u8>,
    fields: csv::Reader<Feed>,
    record: StringRecord,
    /// Bytes given back so far.
    read_twice: usize,
}

/// Looking for the end of a quoted field may cost [`MAX_LINE`] bytes a line: in all no more than this, a
/// moment's work, or a small file could keep the reader busy for hours.
const MAX_READ_TWICE: usize = 1 << 27;

/// Where a row is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Its first line.
    pub(super) line: u64,
    /// The file ends with it, and not with a line end.
    pub(super) unfinished: bool,
}

/// What comes in place of a row.
pub(super) enum RowFault {
    /// This line is no row, for this reason; the next one may be.
    Line {
        line: u64,
        reason: String,
    },
    File(FileError),
}

impl From<FileError> for RowFault {
    fn from(error: FileError) -> Self {
        RowFault::File(error)
    }
}

impl Table {
    /// `header` tells what separates the columns.
    pub(super) fn new(lines: Lines, header: &str, quoting: bool) -> Self {
        let delimiter = detect::separator(header);
        let fields = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .quoting(quoting)
            .delimiter(delimiter)
            .from_reader(Feed::default());
        Table {
            lines,
            delimiter,
            quoting,
            bytes: Vec::new(),
            fields,
            record: StringRecord::new(),
            read_twice: 0,
        }
    }

    /// The columns of the present row.
    pub(super) fn record(&self) -> &StringRecord {
        &self.record
    }

    /// Goes to the next row.
    pub(super) fn advance(&mut self) -> Option<Result<Place, RowFault>> {
        loop {
            match self.read_row() {
                Ok(Some(_)) if self.record.iter().all(|cell| cell.trim().is_empty()) => {}
                other => return other.transpose(),
            }
        }
    }

    fn read_row(&mut self) -> Result<Option<Place>, RowFault> {
        let Some(first) = self.first_line()? else { return Ok(None) };
        let fault = |reason: String| RowFault::Line { line: first.number, reason };
        let mut unfinished = first.end.is_empty();
        if first.too_long {
            return Err(fault(format!("is longer than {MAX_LINE} bytes")));
        }
        if self.quoting && self.bytes.contains(&b'"') {
            let first_length = self.bytes.len() + first.end.len();
            match self.rest_of_record(first)? {
                Ok(last) => unfinished = last.end.is_empty(),
                Err(reason) => {
                    // Only the line with the quotation mark is given up; those behind it are read anew.
                    let rest = self.bytes.get(first_length..).unwrap_or_default();
                    self.read_twice += rest.len();
                    if self.read_twice > MAX_READ_TWICE {
                        return Err(FileError::Quotes { line: first.number }.into());
                    }
                    self.lines.give_back(rest, first.number + 1);
                    return Err(fault(reason));
                }
            }
        }
        if self.bytes.contains(&0) {
            return Err(fault("holds a NUL byte, so it is damaged or no text".to_owned()));
        }
        let text = text::decode(&self.bytes);
        self.fields.get_mut().load(&text);
        match self.fields.read_record(&mut self.record) {
            Ok(_) => Ok(Some(Place { line: first.number, unfinished })),
            Err(error) => Err(fault(format!("cannot be taken apart: {error}"))),
        }
    }

    fn first_line(&mut self) -> Result<Option<Line>, FileError> {
        loop {
            self.bytes.clear();
            match self.append_line()? {
                Some(_) if text::is_blank(&self.bytes) => {}
                other => return Ok(other),
            }
        }
    }

    /// Appends the lines of a record behind its first, if there are any; or tells why it has no end. The
    /// bytes then still hold everything that was read, with every line end.
    fn rest_of_record(&mut self, first: Line) -> Result<Result<Line, String>, FileError> {
        let mut quotes = Quotes::new(self.delimiter);
        let mut last = first;
        let mut start = 0;
        loop {
            let after = quotes.line(&self.bytes[start..]);
            if after == After::Closed {
                return Ok(Ok(last));
            }
            self.bytes.extend_from_slice(last.end);
            if after == After::Stray {
                let lines = if last.number == first.number {
                    String::new()
                } else {
                    format!(" (the field goes on to line {})", last.number)
                };
                let reason = "has a quotation mark inside a quoted field; write it twice there";
                return Ok(Err(format!("{reason}{lines}")));
            }
            start = self.bytes.len();
            match self.append_line()? {
                None => {
                    let reason = "opens a quotation mark that is never closed: the file seems to be cut off";
                    return Ok(Err(reason.to_owned()));
                }
                Some(line) if line.too_long || self.bytes.len() > MAX_LINE => {
                    self.bytes.extend_from_slice(line.end);
                    let reason = format!("opens a quotation mark that is not closed within {MAX_LINE} bytes");
                    return Ok(Err(reason));
                }
                Some(line) => last = line,
            }
        }
    }

    fn append_line(&mut self) -> Result<Option<Line>, FileError> {
        let line = self.lines.next_number();
        self.lines.append_to(&mut self.bytes).map_err(|source| FileError::Read { line, source })
    }
}

/// Hands one whole record at a time to the csv reader, which stops at its end and asks for nothing more.
#[derive(Default)]
struct Feed {
    bytes: Vec<u8>,
    taken: usize,
}

impl Feed {
    fn load(&mut self, record: &str) {
        self.bytes.clear();
        self.bytes.extend_from_slice(record.as_bytes());
        self.bytes.push(b'\n');
        self.taken = 0;
    }
}

impl Read for Feed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut rest = &self.bytes[self.taken..];
        let count = rest.read(buffer)?;
        self.taken += count;
        Ok(count)
    }
}
