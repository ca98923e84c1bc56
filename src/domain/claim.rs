//! Claims: what a worker is sending to a system.

use super::entry_id::EntryId;
use super::system::SystemId;
use super::time::Timestamp;

/// Entries that one worker is sending to a system, until its lease ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Its id.
    pub id: String,
    /// Its number, which orders claims by their time.
    pub number: i64,
    /// The system.
    pub system_id: SystemId,
    /// What the worker calls itself.
    pub worker: String,
    /// Who claimed.
    pub actor: String,
    /// When.
    pub claimed_at: Timestamp,
    /// When its lease ends.
    pub expires_at: Timestamp,
    /// When it was seen to have nothing any more.
    pub ended_at: Option<Timestamp>,
    /// Whether its lease has not ended and it has something.
    pub is_live: bool,
}

/// An entry of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimedEntry {
    /// The entry.
    pub entry_id: EntryId,
    /// Its version when it was claimed.
    pub version: i32,
    /// Whether the claim still has it.
    pub is_held: bool,
}
