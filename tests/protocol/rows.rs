//! Rows by their names, and sets of rows and of entries.

use crate::database::ENTRIES;

/// A row that can be locked or written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Row {
    Entry(usize),
    System,
    /// The advisory lock of `store/gate.rs`. It has no data.
    Gate,
    Mark(usize),
    Pending(usize),
    Changed(usize),
    Turn,
    Claim(usize),
    /// A further advisory lock, which only a proposed rule uses: somebody reinstates entries.
    Reinstating,
    Replay,
    /// The row that the replay has written to `set_aside_marks`.
    Aside(usize),
    /// The row that an un-mark has written there since.
    Unmarked(usize),
}

/// Every row, in the order in which a statement comes to them: by table, and by id.
const ALL: [Row; 25] = [
    Row::Entry(0),
    Row::Entry(1),
    Row::Entry(2),
    Row::System,
    Row::Gate,
    Row::Mark(0),
    Row::Mark(1),
    Row::Mark(2),
    Row::Pending(0),
    Row::Pending(1),
    Row::Pending(2),
    Row::Changed(0),
    Row::Changed(1),
    Row::Changed(2),
    Row::Turn,
    Row::Claim(0),
    Row::Claim(1),
    Row::Reinstating,
    Row::Replay,
    Row::Aside(0),
    Row::Aside(1),
    Row::Aside(2),
    Row::Unmarked(0),
    Row::Unmarked(1),
    Row::Unmarked(2),
];

impl Row {
    fn bit(self) -> u32 {
        1 << match self {
            Row::Entry(at) => at,
            Row::System => 3,
            Row::Gate => 4,
            Row::Mark(at) => 5 + at,
            Row::Pending(at) => 8 + at,
            Row::Changed(at) => 11 + at,
            Row::Turn => 14,
            Row::Claim(at) => 15 + at,
            Row::Reinstating => 17,
            Row::Replay => 18,
            Row::Aside(at) => 19 + at,
            Row::Unmarked(at) => 22 + at,
        }
    }

    /// The place of the entry, or of the claim, that the row is about.
    pub fn at(self) -> usize {
        match self {
            Row::System | Row::Gate | Row::Turn | Row::Reinstating | Row::Replay => 0,
            Row::Entry(at) | Row::Mark(at) | Row::Pending(at) | Row::Changed(at) | Row::Claim(at) => at,
            Row::Aside(at) | Row::Unmarked(at) => at,
        }
    }
}

/// A set of rows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Rows(u32);

impl Rows {
    pub fn one(row: Row) -> Self {
        Self(row.bit())
    }

    pub fn one_if(row: Row, is_there: bool) -> Self {
        if is_there { Self::one(row) } else { Self::default() }
    }

    pub fn has(self, row: Row) -> bool {
        self.0 & row.bit() != 0
    }

    pub fn add(&mut self, row: Row) {
        self.0 |= row.bit();
    }

    pub fn remove(&mut self, row: Row) {
        self.0 &= !row.bit();
    }

    pub fn len(self) -> u32 {
        self.0.count_ones()
    }

    pub fn iter(self) -> impl Iterator<Item = Row> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let row = ALL.get(left.trailing_zeros() as usize)?;
            left &= left - 1;
            Some(*row)
        })
    }
}

/// A set of entries.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Ids(u8);

impl Ids {
    pub const fn of(mask: u8) -> Self {
        Self(mask)
    }

    pub fn where_(holds: impl Fn(usize) -> bool) -> Self {
        Self((0..ENTRIES).filter(|at| holds(*at)).fold(0, |mask, at| mask | 1 << at))
    }

    pub fn has(self, at: usize) -> bool {
        self.0 & 1 << at != 0
    }

    pub fn add(&mut self, at: usize) {
        self.0 |= 1 << at;
    }

    pub fn remove(&mut self, at: usize) {
        self.0 &= !(1 << at);
    }

    /// Takes over whether it is in another set.
    pub fn copy(&mut self, at: usize, from: Ids) {
        if from.has(at) { self.add(at) } else { self.remove(at) }
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn and(self, holds: impl Fn(usize) -> bool) -> Self {
        Self::where_(|at| self.has(at) && holds(at))
    }

    pub fn iter(self) -> impl Iterator<Item = usize> {
        (0..ENTRIES).filter(move |at| self.has(*at))
    }

    /// The row of each of them in a table.
    pub fn rows(self, table: fn(usize) -> Row) -> Rows {
        Rows(self.iter().fold(0, |rows, at| rows | table(at).bit()))
    }
}

impl std::fmt::Debug for Ids {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter().map(|at| at + 1)).finish()
    }
}
