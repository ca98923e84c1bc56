//! Lines that can only be judged when all of the file was seen wait in a temporary file, so that memory stays steady
//! however many there are.

use std::io::{self, BufReader, BufWriter, Read, Seek, Write};

use tempfile::SpooledTempFile;

/// How much is kept in memory before there is a temporary file, in bytes.
const IN_MEMORY: usize = 1 << 20;

/// Lines that wait. First all are put in, then all are taken out, in the same order.
pub(super) enum Spool {
    Empty,
    Filling(BufWriter<SpooledTempFile>),
    Emptying(BufReader<SpooledTempFile>),
}

/// A line that waits.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    /// Its number, from 1.
    pub(super) line: u64,
    /// Under which header it stands.
    pub(super) section: usize,
    /// Its characters.
    pub(super) text: String,
    /// What is wrong with some of them.
    pub(super) damage: Option<String>,
}

impl Spool {
    /// Puts a line in.
    pub(super) fn put(&mut self, waiting: &Waiting) -> io::Result<()> {
        if let Spool::Empty = self {
            *self = Spool::Filling(BufWriter::new(SpooledTempFile::new(IN_MEMORY)));
        }
        let Spool::Filling(file) = self else { return Ok(()) };
        file.write_all(&waiting.line.to_le_bytes())?;
        file.write_all(&(waiting.section as u64).to_le_bytes())?;
        for text in [waiting.text.as_str(), waiting.damage.as_deref().unwrap_or_default()] {
            file.write_all(&(text.len() as u64).to_le_bytes())?;
            file.write_all(text.as_bytes())?;
        }
        Ok(())
    }

    /// Takes the next line out.
    pub(super) fn take(&mut self) -> io::Result<Option<Waiting>> {
        if let Spool::Filling(_) = self
            && let Spool::Filling(file) = std::mem::replace(self, Spool::Empty)
        {
            let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.rewind()?;
            *self = Spool::Emptying(BufReader::new(file));
        }
        let Spool::Emptying(file) = self else { return Ok(None) };
        let mut number = [0; 8];
        match file.read_exact(&mut number) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            read => read?,
        }
        let line = u64::from_le_bytes(number);
        let section = next_length(file)?;
        let text = next_text(file)?;
        let damage = Some(next_text(file)?).filter(|damage| !damage.is_empty());
        Ok(Some(Waiting { line, section, text, damage }))
    }
}

fn next_length(file: &mut impl Read) -> io::Result<usize> {
    let mut number = [0; 8];
    file.read_exact(&mut number)?;
    usize::try_from(u64::from_le_bytes(number)).map_err(io::Error::other)
}

fn next_text(file: &mut impl Read) -> io::Result<String> {
    let mut bytes = vec![0; next_length(file)?];
    file.read_exact(&mut bytes)?;
    String::from_utf8(bytes).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_comes_out() {
        let line = |number: u64, length: usize| Waiting {
            line: number,
            section: number as usize % 3,
            text: "é".repeat(length),
            damage: number.is_multiple_of(2).then(|| "odd".to_owned()),
        };
        // In memory, and in a file.
        for lengths in [&[0, 3, 7][..], &[400_000, 0, 400_000, 400_000]] {
            let mut spool = Spool::Empty;
            for (number, length) in lengths.iter().enumerate() {
                spool.put(&line(number as u64, *length)).unwrap();
            }
            for (number, length) in lengths.iter().enumerate() {
                assert_eq!(spool.take().unwrap(), Some(line(number as u64, *length)));
            }
            assert_eq!(spool.take().unwrap(), None);
        }
        assert_eq!(Spool::Empty.take().unwrap(), None);
    }
}
