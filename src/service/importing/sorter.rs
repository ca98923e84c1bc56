//! Sorts any number of records in steady memory: what no longer fits is sorted and staged in the database as a run, and
//! all runs are merged in the end. A small import never leaves the memory.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::bytes::damaged;
use super::stage::Stage;
use crate::domain::Result;

/// Bytes that are kept in memory before a run is staged.
const RUN: usize = 8 << 20;
/// Bytes that a chunk has, about: one row of the staging table. One chunk of each run is in memory while they are merged.
const CHUNK: usize = 64 << 10;
/// What a record takes in memory beside its bytes.
const OVERHEAD: usize = 48;

/// Records of one kind.
#[derive(Debug)]
pub(super) struct Sorter {
    /// Which of the import's sorters this is.
    kind: Kind,
    /// How many chunks each of the staged runs has.
    runs: Vec<i64>,
    rows: Vec<Row>,
    size: usize,
    is_sorted: bool,
}

/// The sorters of an import. The numbers stand in the database while an import runs.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// The lines, by voucher.
    Lines = 0,
    /// The external ids that the files give, with the places of their lines.
    Names = 1,
    /// Lines of the ledger that may be missing, by external id.
    Missing = 2,
    /// The vouchers that the files name.
    Vouchers = 3,
}

/// A record: the key by which it is sorted, and what it says.
#[derive(Clone, Debug)]
struct Row {
    bytes: Box<[u8]>,
    key: u32,
}

impl Row {
    fn new(key: &[u8], value: &[u8]) -> Self {
        let bytes = [key, value].concat().into_boxed_slice();
        Row { bytes, key: u32::try_from(key.len()).unwrap_or(u32::MAX) }
    }

    fn key(&self) -> &[u8] {
        &self.bytes[..self.key as usize]
    }

    fn value(&self) -> &[u8] {
        &self.bytes[self.key as usize..]
    }
}

impl Sorter {
    pub(super) fn new(kind: Kind) -> Self {
        Sorter { kind, runs: Vec::new(), rows: Vec::new(), size: 0, is_sorted: true }
    }

    /// Whether there is no record.
    pub(super) fn is_empty(&self) -> bool {
        self.runs.is_empty() && self.rows.is_empty()
    }

    /// Adds a record; stages a run when there are too many for the memory.
    pub(super) async fn push(&mut self, key: &[u8], value: &[u8], stage: &Stage<'_>) -> Result<()> {
        self.size += key.len() + value.len() + OVERHEAD;
        self.rows.push(Row::new(key, value));
        self.is_sorted = false;
        if self.size >= RUN {
            self.sort();
            let rows = std::mem::take(&mut self.rows);
            self.size = 0;
            let run = i64::try_from(self.runs.len()).unwrap_or(i64::MAX);
            let count = stage.write(self.kind as i64, run, chunks(&rows)).await?;
            self.runs.push(count);
        }
        Ok(())
    }

    /// To be called before the records are merged.
    pub(super) fn sort(&mut self) {
        if !self.is_sorted {
            self.rows.sort_by(|one, other| one.key().cmp(other.key()));
            self.is_sorted = true;
        }
    }

    /// All records in their order.
    pub(super) async fn merge<'a>(&'a self, stage: &'a Stage<'a>) -> Result<Merge<'a>> {
        let mut merge = Merge {
            kind: self.kind,
            stage,
            runs: self
                .runs
                .iter()
                .map(|chunks| Run { next: 0, chunks: *chunks, rows: Vec::new().into_iter() })
                .collect(),
            memory: self.rows.iter(),
            heads: BinaryHeap::with_capacity(self.runs.len() + 1),
        };
        for run in 0..=merge.runs.len() {
            merge.refill(run).await?;
        }
        Ok(merge)
    }
}

/// The chunks of a run, each made when it is asked for: a run is not in memory twice.
fn chunks(rows: &[Row]) -> impl Iterator<Item = Vec<u8>> {
    let mut rows = rows.iter();
    std::iter::from_fn(move || {
        let mut chunk: Vec<u8> = Vec::new();
        while chunk.len() < CHUNK
            && let Some(row) = rows.next()
        {
            let value = u32::try_from(row.value().len()).unwrap_or(u32::MAX);
            chunk.extend_from_slice(&row.key.to_be_bytes());
            chunk.extend_from_slice(&value.to_be_bytes());
            chunk.extend_from_slice(&row.bytes);
        }
        (!chunk.is_empty()).then_some(chunk)
    })
}

fn rows(mut chunk: &[u8]) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    while !chunk.is_empty() {
        let (key, rest) = chunk.split_first_chunk::<4>().ok_or_else(damaged)?;
        let (value, rest) = rest.split_first_chunk::<4>().ok_or_else(damaged)?;
        let key = u32::from_be_bytes(*key);
        let length = key as usize + u32::from_be_bytes(*value) as usize;
        let (bytes, rest) = rest.split_at_checked(length).ok_or_else(damaged)?;
        rows.push(Row { bytes: bytes.into(), key });
        chunk = rest;
    }
    Ok(rows)
}

/// All records, sorted by key. The order of records with the same key is not defined.
pub(super) struct Merge<'a> {
    kind: Kind,
    stage: &'a Stage<'a>,
    runs: Vec<Run>,
    /// The run that was not staged.
    memory: std::slice::Iter<'a, Row>,
    heads: BinaryHeap<Head>,
}

struct Run {
    next: i64,
    chunks: i64,
    rows: std::vec::IntoIter<Row>,
}

struct Head {
    row: Row,
    run: usize,
}

impl Merge<'_> {
    /// The next key with all its values.
    pub(super) async fn group(&mut self) -> Result<Option<(Vec<u8>, Vec<Box<[u8]>>)>> {
        let Some(first) = self.next().await? else { return Ok(None) };
        let mut values = vec![first.value().into()];
        while self.heads.peek().is_some_and(|head| head.row.key() == first.key()) {
            let Some(row) = self.next().await? else { break };
            values.push(row.value().into());
        }
        Ok(Some((first.key().to_vec(), values)))
    }

    async fn next(&mut self) -> Result<Option<Row>> {
        let Some(Head { row, run }) = self.heads.pop() else { return Ok(None) };
        self.refill(run).await?;
        Ok(Some(row))
    }

    /// Puts the next record of the run among the heads.
    async fn refill(&mut self, number: usize) -> Result<()> {
        let row = match self.runs.get_mut(number) {
            None => self.memory.next().cloned(),
            Some(run) => {
                if run.rows.len() == 0 && run.next < run.chunks {
                    let staged = i64::try_from(number).unwrap_or(i64::MAX);
                    let chunk = self.stage.read(self.kind as i64, staged, run.next).await?;
                    run.rows = rows(&chunk)?.into_iter();
                    run.next += 1;
                }
                run.rows.next()
            }
        };
        if let Some(row) = row {
            self.heads.push(Head { row, run: number });
        }
        Ok(())
    }
}

impl Ord for Head {
    /// The heap gives the largest first.
    fn cmp(&self, other: &Self) -> Ordering {
        other.row.key().cmp(self.row.key()).then_with(|| other.run.cmp(&self.run))
    }
}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Head {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Head {}
