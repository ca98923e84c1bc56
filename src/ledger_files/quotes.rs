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
