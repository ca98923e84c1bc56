//! The lines that a command writes, none of them longer than this program keeps.

use std::io;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};

/// Longest line that is kept whole, in bytes. A result with the longest texts has less.
pub const MAX_LINE: usize = 64 << 10;

/// A line, without its end.
pub struct Line {
    /// Its bytes; of one that is too long, the first.
    pub bytes: Vec<u8>,
    /// How long it was, in bytes.
    pub length: usize,
}

impl Line {
    /// Whether only its beginning was kept.
    pub fn is_cut(&self) -> bool {
        self.length > self.bytes.len()
    }

    /// Its text; what is no UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

/// What is read line by line.
pub struct Lines<R>(BufReader<R>);

impl<R: AsyncRead + Unpin> Lines<R> {
    /// The lines of this.
    pub fn new(reader: R) -> Self {
        Self(BufReader::new(reader))
    }

    /// The next line; `None` at the end.
    pub async fn line(&mut self) -> io::Result<Option<Line>> {
        let mut line = Line { bytes: Vec::new(), length: 0 };
        let mut is_there = false;
        loop {
            let available = self.0.fill_buf().await?;
            if available.is_empty() {
                return Ok(is_there.then_some(line));
            }
            is_there = true;
            let end = available.iter().position(|byte| *byte == b'\n');
            let part = &available[..end.unwrap_or(available.len())];
            let room = MAX_LINE - line.bytes.len();
            line.bytes.extend_from_slice(&part[..part.len().min(room)]);
            line.length += part.len();
            let used = end.map_or(available.len(), |end| end + 1);
            self.0.consume(used);
            if end.is_some() {
                return Ok(Some(line));
            }
        }
    }
}
