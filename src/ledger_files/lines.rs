//! Physical lines, counted, of bounded length, whatever ends them.

use std::io::{self, BufRead, BufReader, ErrorKind, Read};

/// The longest line, and the longest record of several lines, in bytes.
pub const MAX_LINE: usize = 1 << 20;

/// Splits the input at LF, CR LF, CR CR LF and lone CR, in any mixture.
pub(super) struct Lines {
    input: BufReader<Box<dyn Read + Send>>,
    /// Read before and given back; comes before the input.
    replay: Vec<u8>,
    replayed: usize,
    /// Of the line read last.
    number: u64,
    /// A CR was taken to look behind it and turned out to end the next, empty line.
    held_cr: bool,
}

/// What is known of a line beside its bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    /// From 1.
    pub(super) number: u64,
    /// What ended it; empty at the end of a file that does not end with a line end.
    pub(super) end: &'static [u8],
    /// Longer than [`MAX_LINE`]: its rest was skipped.
    pub(super) too_long: bool,
}

impl Lines {
    pub(super) fn new(input: Box<dyn Read + Send>) -> Self {
        let input = BufReader::with_capacity(1 << 16, input);
        Lines { input, replay: Vec::new(), replayed: 0, number: 0, held_cr: false }
    }

    /// The number of the line that comes next.
    pub(super) fn next_number(&self) -> u64 {
        self.number + 1
    }

    /// Appends the next line, without its end, to `text`. `None` at the end of the input.
    pub(super) fn append_to(&mut self, text: &mut Vec<u8>) -> io::Result<Option<Line>> {
        let limit = text.len() + MAX_LINE;
        let end = if self.held_cr {
            self.held_cr = false;
            self.after_cr()?
        } else {
            match self.up_to_end(text, limit)? {
                Some(b'\n') => b"\n".as_slice(),
                Some(_) => self.after_cr()?,
                None if text.len() + MAX_LINE == limit => return Ok(None),
                None => b"",
            }
        };
        self.number += 1;
        Ok(Some(Line { number: self.number, end, too_long: text.len() > limit }))
    }

    /// Gives lines back: `bytes` are what was read from line `number` on, with the line ends.
    pub(super) fn give_back(&mut self, bytes: &[u8], number: u64) {
        if bytes.is_empty() {
            return;
        }
        let mut back = bytes.to_vec();
        if std::mem::take(&mut self.held_cr) {
            back.push(b'\r');
        }
        back.extend_from_slice(&self.replay[self.replayed..]);
        self.number = number - 1;
        self.replay = back;
        self.replayed = 0;
    }

    /// Appends bytes up to a CR or LF, which is taken too and told; at most one byte more than `limit` are
    /// kept. `None` at the end of the input.
    fn up_to_end(&mut self, text: &mut Vec<u8>, limit: usize) -> io::Result<Option<u8>> {
        loop {
            let bytes = self.peek()?;
            if bytes.is_empty() {
                return Ok(None);
            }
            let stop = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let length = stop.unwrap_or(bytes.len());
            let room = (limit + 1).saturating_sub(text.len());
            text.extend_from_slice(&bytes[..length.min(room)]);
            let end = stop.map(|at| bytes[at]);
            self.consume(length + usize::from(end.is_some()));
            if end.is_some() {
                return Ok(end);
            }
        }
    }

    /// The whole line end of which a CR was taken.
    fn after_cr(&mut self) -> io::Result<&'static [u8]> {
        match self.peek()?.first() {
            Some(b'\n') => {
                self.consume(1);
                Ok(b"\r\n")
            }
            Some(b'\r') => {
                self.consume(1);
                if self.peek()?.first() == Some(&b'\n') {
                    self.consume(1);
                    return Ok(b"\r\r\n");
                }
                self.held_cr = true;
                Ok(b"\r")
            }
            _ => Ok(b"\r"),
        }
    }

    /// The bytes at hand; none at the end of the input only.
    fn peek(&mut self) -> io::Result<&[u8]> {
        if self.replayed < self.replay.len() {
            return Ok(&self.replay[self.replayed..]);
        }
        while let Err(error) = self.input.fill_buf() {
            if error.kind() != ErrorKind::Interrupted {
                return Err(error);
            }
        }
        Ok(self.input.buffer())
    }

    fn consume(&mut self, count: usize) {
        if self.replayed < self.replay.len() {
            self.replayed += count;
            if self.replayed == self.replay.len() {
                self.replay = Vec::new();
                self.replayed = 0;
            }
        } else {
            self.input.consume(count);
        }
    }
}
