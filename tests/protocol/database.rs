//! The tables as the protocol knows them: one system, three entries, two claims. An entry is named by its place, which is
//! its id less one, so "up to the id n" means the places below n.

/// The most entries of a world.
pub const ENTRIES: usize = 3;
/// The most claims of a world.
pub const CLAIMS: usize = 2;

/// A row of `accounting_entries`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Entry {
    /// Counts material changes.
    pub version: u8,
    /// Whether the source took it back.
    pub withdrawn: bool,
}

/// The row of `export_systems`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct System {
    /// Whether `settled_after` is set. Which transactions have lower numbers is noted in each of them.
    pub is_numbered: bool,
    /// `history_end`.
    pub end: Option<u8>,
    /// `taken_over_to`.
    pub taken_over_to: u8,
}

impl System {
    /// Whether its history is not all taken over.
    pub fn is_open(&self) -> bool {
        self.end.is_none_or(|end| self.taken_over_to < end)
    }
}

/// How far the export of a pending entry is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Progress {
    /// Nobody has it.
    #[default]
    Free,
    /// A claim has it.
    Claimed,
    /// The system refused it. It is due at once.
    Failed,
    /// A person parked it.
    Parked,
}

/// A row of `pending_exports`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Pending {
    /// How far it is.
    pub progress: Progress,
    /// The claim that has it.
    pub claim: Option<u8>,
    /// Whether it has a failure: a claim that gives it back makes it failed again.
    pub has_failure: bool,
}

impl Pending {
    /// Whether a claim may take it.
    pub fn is_free(&self) -> bool {
        matches!(self.progress, Progress::Free | Progress::Failed)
    }

    /// Whether this claim has it.
    pub fn is_held_by(&self, claim: usize) -> bool {
        self.progress == Progress::Claimed && self.claim == Some(claim as u8)
    }

    /// The row when a claim no longer has it.
    pub fn given_back(self) -> Self {
        let progress = if self.has_failure { Progress::Failed } else { Progress::Free };
        Self { progress, claim: None, ..self }
    }
}

/// A row of `export_claims` with its rows of `export_claim_entries`, which are written with it and never changed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Claim {
    /// Which lease it has: the first, or one that it was extended to.
    pub lease: u8,
    /// Whether it was seen to hold nothing any more.
    pub ended: bool,
    /// The versions that were handed out.
    pub handed_out: [Option<u8>; ENTRIES],
}

/// All rows, as somebody sees them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Tables {
    pub entries: [Option<Entry>; ENTRIES],
    pub system: Option<System>,
    /// `export_marks`: the version that was sent.
    pub marks: [Option<u8>; ENTRIES],
    pub pending: [Option<Pending>; ENTRIES],
    /// Whether there is a row in `changed_exports`.
    pub changed: [bool; ENTRIES],
    /// Whether there is a row in `export_turns`.
    pub turn: bool,
    pub claims: [Option<Claim>; CLAIMS],
}

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
}

/// Every row, in the order in which a statement comes to them: by table, and by id.
const ALL: [Row; 18] = [
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
        }
    }

    /// The place of the entry, or of the claim, that the row is about.
    pub fn at(self) -> usize {
        match self {
            Row::System | Row::Gate | Row::Turn | Row::Reinstating => 0,
            Row::Entry(at) | Row::Mark(at) | Row::Pending(at) | Row::Changed(at) | Row::Claim(at) => at,
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

impl Tables {
    /// Takes this row as it is in other tables.
    pub fn copy(&mut self, row: Row, from: &Tables) {
        match row {
            Row::Entry(at) => self.entries[at] = from.entries[at],
            Row::System => self.system = from.system,
            Row::Mark(at) => self.marks[at] = from.marks[at],
            Row::Pending(at) => self.pending[at] = from.pending[at],
            Row::Changed(at) => self.changed[at] = from.changed[at],
            Row::Turn => self.turn = from.turn,
            Row::Claim(at) => self.claims[at] = from.claims[at],
            Row::Gate | Row::Reinstating => {}
        }
    }

    /// Whether there is this row.
    pub fn has(&self, row: Row) -> bool {
        match row {
            Row::Entry(at) => self.entries[at].is_some(),
            Row::System => self.system.is_some(),
            Row::Mark(at) => self.marks[at].is_some(),
            Row::Pending(at) => self.pending[at].is_some(),
            Row::Changed(at) => self.changed[at],
            Row::Turn => self.turn,
            Row::Claim(at) => self.claims[at].is_some(),
            Row::Gate | Row::Reinstating => true,
        }
    }

    /// Whether the entry exists and is not withdrawn.
    pub fn stands(&self, at: usize) -> bool {
        self.entries[at].is_some_and(|entry| !entry.withdrawn)
    }

    /// Whether the entry stands and has no mark: this is what the system has not been sent.
    pub fn is_unsent(&self, at: usize) -> bool {
        self.stands(at) && self.marks[at].is_none()
    }
}
