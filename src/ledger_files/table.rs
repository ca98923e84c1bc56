//! Rows of a table: one line each (FEC), or one record each that may have line breaks in quotes (CSV, and a FEC that a
//! spreadsheet has saved).

use std::io::{self, Read};

use csv::StringRecord;
use encoding_rs::Encoding;

use super::error::FileError;
use super::lines::{Line, Lines};
use super::quotes::{After, Quotes};
use super::text::{self, Decoder};
use super::{MAX_LINE, detect};

/// Reads rows. Blank lines are no rows, nor is `sep=;`.
pub(super) struct Table {
    lines: Lines,
    decoder: Decoder,
    shape: Shape,
    /// The bytes of the present row, with the line ends in it.
    bytes: Vec<u8>,
    fields: csv::Reader<Feed>,
    record: StringRecord,
    /// Bytes given back so far.
    read_twice: usize,
}

/// How rows are cut into cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) delimiter: u8,
    /// Whether cells may stand in quotation marks.
    pub(super) quoting: bool,
}

/// Looking for the end of a quoted field may cost [`MAX_LINE`] bytes a line: in all no more than this, a
/// moment's work, or a small file could keep the reader busy for hours.
const MAX_READ_TWICE: usize = 1 << 27;

/// A row that was read.
#[derive(Debug)]
pub(super) struct Row {
    /// Its first line.
    pub(super) line: u64,
    /// The file ends with it, and not with a line end.
    pub(super) unfinished: bool,
    /// What is wrong with some of its characters.
    pub(super) damage: Option<String>,
    /// Some of its characters make no sense in the encoding it was read in.
    pub(super) is_strange: bool,
}

/// What comes in place of a row.
pub(super) enum RowFault {
    /// This line is no row, for this reason; the next one may be. Its cells are what could be made of it.
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
    pub(super) fn new(lines: Lines, shape: Shape, encoding: Option<&'static Encoding>) -> Self {
        Table {
            lines,
            decoder: Decoder::new(encoding),
            shape,
            bytes: Vec::new(),
            fields: reader(shape),
            record: StringRecord::new(),
            read_twice: 0,
        }
    }

    /// The cells of the present row.
    pub(super) fn record(&self) -> &StringRecord {
        &self.record
    }

    /// The characters of the present row.
    pub(super) fn text(&self) -> &str {
        self.fields.get_ref().text()
    }

    /// The Western encoding of the file, once a line has shown it.
    pub(super) fn western(&self) -> Option<&'static str> {
        self.decoder.western()
    }

    /// From the next row on rows have this shape.
    pub(super) fn set_shape(&mut self, shape: Shape) {
        if self.shape != shape {
            self.shape = shape;
            self.fields = reader(shape);
        }
    }

    /// Makes this text the present row.
    pub(super) fn split(&mut self, text: &str) -> Result<(), csv::Error> {
        self.fields.get_mut().load(text);
        self.fields.read_record(&mut self.record).map(|_| ())
    }

    /// Goes to the next row.
    pub(super) fn advance(&mut self) -> Option<Result<Row, RowFault>> {
        loop {
            match self.read_row() {
                Ok(Some(_)) if self.record.iter().all(|cell| cell.trim().is_empty()) => {}
                other => return other.transpose(),
            }
        }
    }

    fn read_row(&mut self) -> Result<Option<Row>, RowFault> {
        let Some(first) = self.first_line()? else { return Ok(None) };
        let mut unfinished = first.end.is_empty();
        if first.too_long {
            self.record.clear();
            let reason = format!("is longer than {MAX_LINE} bytes");
            return Err(RowFault::Line { line: first.number, reason });
        }
        if self.shape.quoting && self.bytes.contains(&b'"') {
            let length = self.bytes.len();
            match self.rest_of_record(first)? {
                Ok(last) => unfinished = last.end.is_empty(),
                Err(reason) => return Err(self.give_up(first, length, reason)),
            }
        }
        let decoded = self.decoder.decode(&self.bytes, first.number).map_err(FileError::from)?;
        let row =
            Row { line: first.number, unfinished, damage: decoded.damage, is_strange: decoded.is_strange };
        self.fields.get_mut().load(&decoded.text);
        let split = self.fields.read_record(&mut self.record);
        let fault = |reason: String| Err(RowFault::Line { line: first.number, reason });
        if self.bytes.contains(&0) {
            return fault("holds a NUL byte, so it is damaged or no text".to_owned());
        }
        match split {
            Ok(_) => Ok(Some(row)),
            Err(error) => fault(format!("cannot be taken apart: {error}")),
        }
    }

    /// Gives up the line with the quotation mark, which has this length, and no other: those behind it are read anew.
    fn give_up(&mut self, first: Line, length: usize, reason: String) -> RowFault {
        let rest = self.bytes.get(length + first.end.len()..).unwrap_or_default();
        self.read_twice += rest.len();
        if self.read_twice > MAX_READ_TWICE {
            return FileError::Quotes { line: first.number }.into();
        }
        self.lines.give_back(rest, first.number + 1);
        // What stands before the quotation mark still tells which voucher the line belongs to.
        let text = String::from_utf8_lossy(&self.bytes[..length]).into_owned();
        if self.split(&text).is_err() {
            self.record.clear();
        }
        // The reader may be within the quotes: it begins anew.
        self.fields = reader(self.shape);
        RowFault::Line { line: first.number, reason }
    }

    fn first_line(&mut self) -> Result<Option<Line>, FileError> {
        loop {
            self.bytes.clear();
            let Some(line) = self.append_line()? else { return Ok(None) };
            text::take_bom(&mut self.bytes);
            if !text::is_blank(&self.bytes) && !detect::is_separator_line(&self.bytes) {
                return Ok(Some(line));
            }
        }
    }

    /// Appends the lines of a record behind its first, if there are any; or tells why it has no end. The
    /// bytes then still hold everything that was read, with every line end.
    fn rest_of_record(&mut self, first: Line) -> Result<Result<Line, String>, FileError> {
        let mut quotes = Quotes::new(self.shape.delimiter);
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

fn reader(shape: Shape) -> csv::Reader<Feed> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .quoting(shape.quoting)
        .delimiter(shape.delimiter)
        .from_reader(Feed::default())
}

/// Hands one whole record at a time to the csv reader, which stops at its end and asks for nothing more.
#[derive(Default)]
struct Feed {
    /// The record, and the line end behind it.
    bytes: String,
    taken: usize,
}

impl Feed {
    fn load(&mut self, record: &str) {
        self.bytes.clear();
        self.bytes.push_str(record);
        self.bytes.push('\n');
        self.taken = 0;
    }

    /// The record.
    fn text(&self) -> &str {
        self.bytes.strip_suffix('\n').unwrap_or_default()
    }
}

impl Read for Feed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut rest = &self.bytes.as_bytes()[self.taken..];
        let count = rest.read(buffer)?;
        self.taken += count;
        Ok(count)
    }
}
