//! Transactions at READ COMMITTED. Each statement sees what was committed when it began, and what its own transaction has
//! written. Of its snapshot a transaction keeps which rows the statement is to touch: PostgreSQL takes their newest
//! versions when it comes to them, and passes over those that are gone.
//!
//! Locks are held until the end. `FOR SHARE` goes with `FOR SHARE`; whatever else locks or writes a row wants it alone.
//! An insert waits for a transaction that has inserted, changed or deleted the row of the same key, and not for one that
//! has only locked it: so it is in PostgreSQL.

use crate::calls::Call;
use crate::database::{Claim, ENTRIES, Tables};
use crate::model::{GATEWAYS, State, World};
use crate::rows::{Ids, Row, Rows};
use crate::statements::Statement;

/// How a row is locked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hold {
    Shared,
    Alone,
}

/// What a transaction has read of the system.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Known {
    #[default]
    NotRead,
    Missing,
    /// All of its history is taken over.
    Finished,
    /// Its history has an end.
    Open,
    /// Its history has no end yet.
    Unsettled,
}

/// `store/changes.rs: Current`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Current {
    pub version: u8,
    pub may_change: bool,
    /// Whether the transaction holds the entry.
    pub is_locked: bool,
}

/// What a transaction remembers between its statements.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Notes {
    pub known: Known,
    pub current: [Option<Current>; ENTRIES],
    /// Entries that had a mark before.
    pub again: Ids,
    /// Entries that the call has come to: candidates of a claim, lines of a unit.
    pub lines: Ids,
    /// Of these, the entries that have a pending row.
    pub pending: Ids,
    /// Entries whose rows it has locked.
    pub held: Ids,
    /// Entries that somebody else is changing.
    pub busy: Ids,
    /// The claim whose lease has ended.
    pub lapsed: Option<u8>,
    /// Whether the lease of the claim has not ended; whether all of a lapsed claim is held.
    pub is_so: bool,
    /// The end of the chunk.
    pub end: u8,
    /// Whether the chunk got a pending row.
    pub filled: bool,
}

/// An open transaction.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Transaction {
    pub call: Call,
    /// The statement that it is at.
    pub at: u8,
    /// The rows that the statement has still to come to; `None`: it has not begun.
    pub left: Option<Rows>,
    /// The rows that it has written.
    pub own: Tables,
    pub written: Rows,
    pub shared: Rows,
    pub alone: Rows,
    /// Whether its number is lower than the one that was noted as `settled_after`.
    pub is_older: bool,
    pub notes: Notes,
}

impl Transaction {
    pub fn begin(call: Call) -> Self {
        Self {
            call,
            at: 0,
            left: None,
            own: Tables::default(),
            written: Rows::default(),
            shared: Rows::default(),
            alone: Rows::default(),
            is_older: false,
            notes: Notes::default(),
        }
    }

    pub fn statement(&self) -> Statement {
        self.call.statements()[self.at as usize]
    }

    /// PostgreSQL gives a transaction its number when it first locks or writes a row. Advisory locks are no rows.
    fn has_number(&self) -> bool {
        let is_row = |row: Row| !matches!(row, Row::Gate | Row::Reinstating);
        [self.written, self.shared, self.alone].into_iter().any(|rows| rows.iter().any(is_row))
    }

    /// Whether `pg_locks` shows that it has written to `accounting_entries`.
    pub fn has_written_entries(&self) -> bool {
        self.written.iter().any(|row| matches!(row, Row::Entry(_)))
    }
}

/// Others hold what a statement needs: the gateways that do, as bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Blocked(pub u8);

/// A transaction at work, with all that it can reach.
pub struct Run<'a> {
    pub world: &'a World,
    /// What is committed, and the transactions of the others.
    pub state: &'a mut State,
    pub own: &'a mut Transaction,
}

impl Run<'_> {
    /// What the transaction sees at this moment.
    pub fn seen(&self) -> Tables {
        let mut seen = self.state.tables;
        self.own.written.iter().for_each(|row| seen.copy(row, &self.own.own));
        seen
    }

    fn others(&self, holds: impl Fn(&Transaction) -> bool) -> Result<(), Blocked> {
        let mut blocked = 0;
        for at in 0..GATEWAYS {
            if self.state.open[at].as_ref().is_some_and(&holds) {
                blocked |= 1 << at;
            }
        }
        if blocked == 0 { Ok(()) } else { Err(Blocked(blocked)) }
    }

    /// Locks the row until the end.
    pub fn lock(&mut self, row: Row, hold: Hold) -> Result<(), Blocked> {
        self.others(|other| {
            other.written.has(row) || other.alone.has(row) || (hold == Hold::Alone && other.shared.has(row))
        })?;
        match hold {
            Hold::Shared => self.own.shared.add(row),
            Hold::Alone => self.own.alone.add(row),
        }
        Ok(())
    }

    /// Writes the row, which this transaction may have locked.
    pub fn write(&mut self, row: Row, set: impl FnOnce(&mut Tables)) -> Result<(), Blocked> {
        self.lock(row, Hold::Alone)?;
        self.put(row, set);
        Ok(())
    }

    /// `INSERT … ON CONFLICT DO NOTHING`.
    pub fn insert(&mut self, row: Row, set: impl FnOnce(&mut Tables)) -> Result<bool, Blocked> {
        self.others(|other| other.written.has(row))?;
        let is_new = !self.seen().has(row);
        if is_new {
            self.put(row, set);
        }
        Ok(is_new)
    }

    fn put(&mut self, row: Row, set: impl FnOnce(&mut Tables)) {
        let mut seen = self.seen();
        set(&mut seen);
        self.own.own.copy(row, &seen);
        self.own.written.add(row);
    }

    /// What the transaction learns of the system when it reads its row.
    pub fn known(&self) -> Known {
        match self.seen().system {
            None => Known::Missing,
            Some(system) if system.end.is_none() => Known::Unsettled,
            Some(system) if system.is_open() => Known::Open,
            Some(_) => Known::Finished,
        }
    }

    /// Whether the claim's lease has ended, by the clock of the database.
    pub fn has_lapsed(&self, at: usize, claim: &Claim) -> bool {
        claim.lease < self.state.leases_ended[at]
    }

    /// The step that will note its own number: all transactions that have one now have a lower one.
    pub fn take_number(&mut self) {
        if self.state.tables.system.is_some_and(|system| !system.is_numbered) {
            for other in self.state.open.iter_mut().flatten() {
                other.is_older = other.has_number();
            }
        }
    }
}
