//! Where a record with quoted line breaks ends.
//!
//! The csv crate forgives every misplaced quotation mark, and then makes one record of two: an entry would be
//! lost without a word. So records are put together here, strictly by RFC 4180, before the csv crate takes
//! them apart.

/// Walks through a record.
pub(super) struct Quotes {
    delimiter: u8,
    place: Place,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    FieldStart,
    Plain,
    Quoted,
    /// Behind a quotation mark that ends the field, unless another one follows.
    Closing,
}

/// What a line leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum After {
    /// The record may end here.
    Closed,
    /// A quoted field goes on in the next line.
    Open,
    /// Something follows a closing quotation mark.
    Stray,
}

impl Quotes {
    pub(super) fn new(delimiter: u8) -> Self {
        Quotes { delimiter, place: Place::FieldStart }
    }

    /// Walks on through one line of the record, without its end.
    pub(super) fn line(&mut self, line: &[u8]) -> After {
        for &byte in line {
            self.place = match self.place {
                Place::Quoted if byte == b'"' => Place::Closing,
                Place::Quoted => Place::Quoted,
                Place::FieldStart | Place::Closing if byte == b'"' => Place::Quoted,
                _ if byte == self.delimiter => Place::FieldStart,
                Place::Closing => return After::Stray,
                Place::FieldStart | Place::Plain => Place::Plain,
            };
        }
        if self.place == Place::Quoted { After::Open } else { After::Closed }
    }
}

/// Where cells of a record are that hold nothing but a pair of quotation marks, counted from 0.
pub(super) fn empty_cells(record: &str, delimiter: u8) -> Vec<usize> {
    let mut found = Vec::new();
    if !record.contains("\"\"") {
        return found;
    }
    let (mut cell, mut start, mut quoted) = (0, 0, false);
    for (place, byte) in record.bytes().chain([delimiter]).enumerate() {
        if byte == b'"' {
            quoted = !quoted;
        } else if byte == delimiter && !quoted {
            if record.get(start..place) == Some("\"\"") {
                found.push(cell);
            }
            cell += 1;
            start = place + 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_of_quotation_marks_alone_is_an_empty_text() {
        for (record, cells) in [
            ("a,\"\",b,,\"\"", &[1, 4][..]),
            ("\"\"", &[0]),
            ("\"a\"\"b\",\"\",\"\"\"\"", &[1]),
            ("\",\"\",\",\"\"", &[1]),
            ("a\"\",x", &[]),
            ("é,\"\"", &[1]),
        ] {
            assert_eq!(empty_cells(record, b','), cells, "{record}");
        }
    }
}
