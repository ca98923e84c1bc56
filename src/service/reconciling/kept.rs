//! A system's list, taken in whole before it is compared: what is wrong with it is told before anything else, and a client
//! that reads nothing before it has sent everything is not kept waiting.

use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, Write};

use tempfile::SpooledTempFile;
use tokio::sync::mpsc::Receiver;

use super::{SOME, in_batches};
use crate::domain::{Code, Error, Fault, Result};
use crate::ledger_files::{LineFault, ListError, ListedLine, read_list};

/// How much of a list is kept in memory before there is a temporary file, in bytes.
const IN_MEMORY: usize = 1 << 20;
/// Most lines with faults that are told.
const MOST_FAULTY_LINES: usize = 100;

/// The lines of a list, all of which can be compared.
#[derive(Debug)]
pub(super) struct Kept(SpooledTempFile);

impl Kept {
    /// Reads a list to its end. Refuses one that cannot be read, or that has lines which cannot be compared.
    pub(super) fn take_in(list: Box<dyn Read + Send>) -> Result<Self> {
        let mut kept = BufWriter::new(SpooledTempFile::new(IN_MEMORY));
        let mut faulty = Vec::new();
        for line in read_list(list).map_err(refused)? {
            match line {
                Ok(line) if faulty.is_empty() => write(&mut kept, &line).map_err(Error::internal)?,
                Ok(_) => {}
                Err(ListError::Line(fault)) => faulty.push(fault),
                Err(error) => return Err(refused(error)),
            }
            if faulty.len() == MOST_FAULTY_LINES {
                break;
            }
        }
        if !faulty.is_empty() {
            return Err(Error::Refused(faulty.iter().flat_map(faults).collect()));
        }
        let kept = kept.into_inner().map_err(io::IntoInnerError::into_error);
        let rewound = kept.and_then(|mut kept| kept.rewind().map(|()| kept));
        rewound.map(Kept).map_err(Error::internal)
    }

    /// The lines in their order, some at a time.
    pub(super) fn lines(self) -> Receiver<Result<Vec<ListedLine>>> {
        let lines = BufReader::new(self.0).lines().map(|line| {
            let line = line.map_err(Error::internal)?;
            serde_json::from_str::<ListedLine>(&line).map_err(Error::internal)
        });
        in_batches(lines, SOME)
    }
}

fn write(kept: &mut impl Write, line: &ListedLine) -> io::Result<()> {
    serde_json::to_writer(&mut *kept, line)?;
    kept.write_all(b"\n")
}

/// A list that cannot be read. What is wrong with its header has the header's place.
fn refused(error: ListError) -> Error {
    let fault = Fault::new(Code::InvalidFile, error.to_string());
    let fault = if let ListError::Header { line, .. } = error { at(line, fault) } else { fault };
    fault.into()
}

/// What is wrong with a line.
fn faults(faulty: &LineFault) -> Vec<Fault> {
    let fault = |problem: &crate::ledger_files::Problem| {
        let fault = Fault::new(Code::InvalidFile, format!("line {}: {problem}", faulty.line));
        let fault = match &problem.column {
            Some(column) => fault.under(column.as_str()),
            None => fault,
        };
        at(faulty.line, fault)
    };
    faulty.problems.iter().map(fault).collect()
}

/// The fault with the place of the line, counted from 0 as everywhere in paths.
fn at(line: u64, fault: Fault) -> Fault {
    fault.under(usize::try_from(line.saturating_sub(1)).unwrap_or(usize::MAX)).under("lines")
}
