//! The entries that a list names, sorted in steady memory: what no longer fits is sorted and put into a temporary file as
//! a run, and all runs are merged in the end.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};

use tokio::sync::mpsc::Receiver;

use super::{SOME, away, in_batches};
use crate::domain::{EntryId, Error, Result};

/// Pairs that are kept in memory before a run is written: 8 MiB.
const RUN: usize = 1 << 19;
/// Bytes that a pair has in the file.
const PAIR: u64 = 16;
/// Bytes of a run that are in memory while all are merged.
const BLOCK: u64 = 2_048 * PAIR;

/// Entries, each with the line that names it.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pairs: Vec<(EntryId, u64)>,
    /// Nobody else can open it, and it is gone when it is closed.
    file: Option<File>,
    /// Where in the file each run ends; it begins where the one before ends.
    ends: Vec<u64>,
}

/// An entry that a line names.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) entry_id: EntryId,
    pub(super) line: u64,
    /// The first line that names it, if that is another one.
    pub(super) first_line: Option<u64>,
}

impl Seen {
    /// Adds an entry.
    pub(super) async fn push(&mut self, entry_id: EntryId, line: u64) -> Result<()> {
        self.pairs.push((entry_id, line));
        if self.pairs.len() < RUN {
            return Ok(());
        }
        let mut seen = std::mem::take(self);
        *self = away(move || seen.spill().map(|()| seen).map_err(Error::internal)).await?;
        Ok(())
    }

    /// Writes what is in memory as a run.
    fn spill(&mut self) -> io::Result<()> {
        self.pairs.sort_unstable();
        if self.file.is_none() {
            self.file = Some(tempfile::tempfile()?);
        }
        let Some(file) = &mut self.file else { return Ok(()) };
        let mut out = BufWriter::new(file);
        for (entry_id, line) in &self.pairs {
            out.write_all(&entry_id.to_le_bytes())?;
            out.write_all(&line.to_le_bytes())?;
        }
        out.flush()?;
        let end = self.ends.last().copied().unwrap_or_default();
        self.ends.push(end + PAIR * self.pairs.len() as u64);
        self.pairs.clear();
        Ok(())
    }

    /// All of them by entry and line, some at a time.
    pub(super) async fn sorted(self) -> Result<Receiver<Result<Vec<Named>>>> {
        let merge = away(move || Merge::of(self).map_err(Error::internal)).await?;
        Ok(in_batches(merge, SOME))
    }
}

/// A run that is merged.
#[derive(Debug)]
struct Run {
    /// What of it is still in the file.
    next: u64,
    end: u64,
    block: std::vec::IntoIter<(EntryId, u64)>,
}

#[derive(Debug)]
struct Merge {
    file: Option<File>,
    runs: Vec<Run>,
    /// The smallest pair of each run, with the number of the run.
    heads: BinaryHeap<Reverse<(EntryId, u64, usize)>>,
    /// The last entry, with the first line that names it.
    last: Option<(EntryId, u64)>,
}

impl Merge {
    fn of(mut seen: Seen) -> io::Result<Self> {
        seen.pairs.sort_unstable();
        let mut runs = Vec::with_capacity(seen.ends.len() + 1);
        let mut next = 0;
        for end in seen.ends {
            runs.push(Run { next, end, block: Vec::new().into_iter() });
            next = end;
        }
        // The run that was not written.
        runs.push(Run { next: 0, end: 0, block: seen.pairs.into_iter() });
        let heads = BinaryHeap::with_capacity(runs.len());
        let mut merge = Merge { file: seen.file, runs, heads, last: None };
        for number in 0..merge.runs.len() {
            merge.refill(number)?;
        }
        Ok(merge)
    }

    /// Puts the next pair of the run among the heads.
    fn refill(&mut self, number: usize) -> io::Result<()> {
        let Some(run) = self.runs.get_mut(number) else { return Ok(()) };
        if run.block.len() == 0
            && run.next < run.end
            && let Some(file) = &mut self.file
        {
            let length = BLOCK.min(run.end - run.next);
            file.seek(SeekFrom::Start(run.next))?;
            let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
            file.read_exact(&mut bytes)?;
            run.block = pairs(&bytes).collect::<Vec<_>>().into_iter();
            run.next += length;
        }
        if let Some((entry_id, line)) = run.block.next() {
            self.heads.push(Reverse((entry_id, line, number)));
        }
        Ok(())
    }

    fn take(&mut self) -> io::Result<Option<(EntryId, u64)>> {
        let Some(Reverse((entry_id, line, number))) = self.heads.pop() else { return Ok(None) };
        self.refill(number)?;
        Ok(Some((entry_id, line)))
    }
}

fn pairs(bytes: &[u8]) -> impl Iterator<Item = (EntryId, u64)> {
    let pair = |bytes: &[u8]| {
        let (entry_id, line) = (bytes.first_chunk()?, bytes.last_chunk()?);
        Some((EntryId::from_le_bytes(*entry_id), u64::from_le_bytes(*line)))
    };
    bytes.chunks_exact(PAIR as usize).filter_map(pair)
}

impl Iterator for Merge {
    type Item = Result<Named>;

    fn next(&mut self) -> Option<Self::Item> {
        let (entry_id, line) = match self.take() {
            Ok(pair) => pair?,
            Err(error) => return Some(Err(Error::internal(error))),
        };
        let first_line = self.last.filter(|(last, _)| *last == entry_id).map(|(_, first_line)| first_line);
        if first_line.is_none() {
            self.last = Some((entry_id, line));
        }
        Some(Ok(Named { entry_id, line, first_line }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(seen: Seen) -> Vec<(EntryId, u64, Option<u64>)> {
        let named = Merge::of(seen).unwrap().map(|named| named.unwrap());
        named.map(|named| (named.entry_id, named.line, named.first_line)).collect()
    }

    #[test]
    fn all_come_back_in_order_from_memory_and_from_runs() {
        let given = [(7, 1), (-3, 2), (7, 3), (5, 4), (7, 5)];
        let expected: [(EntryId, u64, Option<u64>); 5] =
            [(-3, 2, None), (5, 4, None), (7, 1, None), (7, 3, Some(1)), (7, 5, Some(1))];
        assert_eq!(all(Seen { pairs: given.to_vec(), ..Seen::default() }), expected);
        for length in 1..4 {
            let mut seen = Seen::default();
            for run in given.chunks(length) {
                seen.pairs.extend_from_slice(run);
                seen.spill().unwrap();
            }
            assert_eq!(all(seen), expected, "runs of {length}");
        }
        assert!(all(Seen::default()).is_empty());
    }

    #[test]
    fn runs_longer_than_a_block_are_merged() {
        let mut seen = Seen::default();
        for run in 0..3 {
            seen.pairs.extend((0..10_000).rev().map(|number| (number * 3 + run, 1)));
            seen.spill().unwrap();
        }
        let merged: Vec<EntryId> = all(seen).into_iter().map(|(entry_id, _, _)| entry_id).collect();
        assert_eq!(merged, (0..30_000).collect::<Vec<_>>());
    }
}
