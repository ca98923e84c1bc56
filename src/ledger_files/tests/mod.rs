//! Whole files, in and out.

mod amounts;
mod encodings;
mod faults;
mod kinds;
mod ledgers;
mod props;
mod rest_formats;
mod shapes;

use std::io::Cursor;

use super::*;
use crate::domain::{EntryContent, MoneySum};

/// Everything that reading gives.
struct Outcome {
    lines: Vec<FileLine>,
    entries: Vec<EntryContent>,
    notes: Vec<Note>,
    faults: Vec<LineFault>,
    end: Option<FileError>,
}

fn load_with(bytes: impl Into<Vec<u8>>, options: &Options) -> Result<Outcome, FileError> {
    Ok(drain(read(Cursor::new(bytes.into()), options)?))
}

fn load(bytes: impl Into<Vec<u8>>) -> Outcome {
    load_with(bytes, &Options::default()).unwrap()
}

fn refusal(bytes: impl Into<Vec<u8>>) -> FileError {
    load_with(bytes, &Options::default()).err().unwrap()
}

fn drain(reader: LedgerReader) -> Outcome {
    let mut outcome =
        Outcome { lines: Vec::new(), entries: Vec::new(), notes: Vec::new(), faults: Vec::new(), end: None };
    for item in reader {
        assert!(outcome.end.is_none(), "nothing follows a file error");
        match item {
            Ok(FileItem::Line(line)) => {
                outcome.entries.push(line.content.clone());
                outcome.lines.push(line);
            }
            Ok(FileItem::Fault(fault)) => outcome.faults.push(fault),
            Ok(FileItem::Note(note)) => outcome.notes.push(note),
            Err(error) => outcome.end = Some(error),
        }
    }
    outcome
}

impl Outcome {
    /// The entries of a file with nothing wrong in it.
    fn clean(self) -> Vec<EntryContent> {
        assert_eq!(self.faults, Vec::new());
        assert!(self.end.is_none(), "{:?}", self.end);
        self.entries
    }

    /// The one fault as it is printed.
    fn one_fault(&self) -> String {
        assert_eq!(self.faults.len(), 1, "{:?}", self.faults);
        self.faults[0].to_string()
    }
}

fn sums(entries: &[EntryContent]) -> (String, String) {
    let (mut debit, mut credit) = (MoneySum::default(), MoneySum::default());
    for entry in entries {
        debit += entry.debit;
        credit += entry.credit;
    }
    (debit.to_string(), credit.to_string())
}

/// The demo ledger as a table.
fn demo_rows() -> Vec<Vec<String>> {
    DEMO.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

fn render(rows: &[Vec<String>], separator: &str, end: &str) -> String {
    rows.iter().map(|row| row.join(separator) + end).collect()
}

/// A FEC of these lines under the usual header, with `|` for the tab.
fn fec(lines: &[&str]) -> String {
    let header = DEMO.lines().next().unwrap();
    std::iter::once(header.to_owned())
        .chain(lines.iter().map(|l| l.replace('|', "\t")))
        .collect::<Vec<_>>()
        .join("\n")
        + "\n"
}

const GOOD: &str = "VE|Ventes|7|20260131|411000|Clients|||F7|20260131|Vente|12,00|0,00|||||";
