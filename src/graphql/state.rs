//! The states of an entry for a system, as GraphQL shows them.

use async_graphql::Enum;

use crate::domain::progress;

/// The state of an accounting entry for a system. It is in exactly one at every moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
#[graphql(remote = "progress::ExportState")]
pub enum ExportState {
    /// Nobody has tried to send the entry, or it is free again.
    Pending,
    /// A worker has claimed the entry, until its lease ends.
    Claimed,
    /// The system refused the entry. Workers are given it again at `nextAttemptAt`.
    Failed,
    /// Given up after too many attempts, or parked by a person. No worker is given it until a person requeues it.
    Parked,
    /// The entry is marked as exported.
    Exported,
    /// The entry is marked as exported in an older version than it has now, or it was withdrawn after it was exported.
    Changed,
    /// The source took the entry back before it was exported.
    Withdrawn,
}
