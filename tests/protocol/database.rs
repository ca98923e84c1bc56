//! The tables as the protocol knows them: one system, three entries, two claims. An entry is named by its place, which is
//! its id less one, so "up to the id n" means the places below n.

use crate::rows::{Ids, Row};

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

/// How far a replay is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum ReplayState {
    /// Marks are being taken back.
    #[default]
    Running,
    Done,
    /// Marks are being put back.
    Cancelling,
    Cancelled,
}

/// The row of `export_replays`. Its range of time holds every mark: what is marked while it runs has a time of the range, as
/// by a gateway whose clock is late.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Replay {
    pub state: ReplayState,
    /// Entries up to this id have been looked at: their marks, or since it is cancelled the marks that it set aside.
    pub passed: u8,
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
    pub replay: Option<Replay>,
    /// Marks that were made since the replay was started, by the numbers of their events.
    pub newer: Ids,
    /// `set_aside_marks`: the version of the mark that the replay took back.
    pub aside: [Option<u8>; ENTRIES],
    /// The same: entries of which a person took a mark back after the replay had.
    pub unmarked: Ids,
}

impl Tables {
    /// Takes this row as it is in other tables.
    pub fn copy(&mut self, row: Row, from: &Tables) {
        match row {
            Row::Entry(at) => self.entries[at] = from.entries[at],
            Row::System => self.system = from.system,
            Row::Mark(at) => {
                self.marks[at] = from.marks[at];
                self.newer.copy(at, from.newer);
            }
            Row::Pending(at) => self.pending[at] = from.pending[at],
            Row::Changed(at) => self.changed[at] = from.changed[at],
            Row::Turn => self.turn = from.turn,
            Row::Claim(at) => self.claims[at] = from.claims[at],
            Row::Replay => self.replay = from.replay,
            Row::Aside(at) => self.aside[at] = from.aside[at],
            Row::Unmarked(at) => self.unmarked.copy(at, from.unmarked),
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
            Row::Replay => self.replay.is_some(),
            Row::Aside(at) => self.aside[at].is_some(),
            Row::Unmarked(at) => self.unmarked.has(at),
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
