//! Why systems refuse what they are sent, as GraphQL shows it.

use async_graphql::{Enum, ID, Object};

use super::entry::{EntryNode, EntryOf};
use super::error::{Fallible, fallible};
use crate::domain::Timestamp;
use crate::domain::progress::{self, Failure};

/// Why a system refused something. UNAVAILABLE and RATE_LIMITED park nothing, however often they are reported: the system
/// is away or busy, and it is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
#[graphql(remote = "progress::FailureType")]
pub enum FailureType {
    /// The system found a mistake in the content.
    Validation,
    /// The system does not have an account that is used.
    UnknownAccount,
    /// The system takes nothing for that period any more.
    PeriodClosed,
    /// The system has it already.
    Duplicate,
    /// Something is not set up as it has to be.
    Configuration,
    /// The worker may not do this in the system.
    Permission,
    /// The system did not answer.
    Unavailable,
    /// The system was asked too often.
    RateLimited,
    /// Anything else.
    Other,
}

/// A failure, and what loads its entry.
#[derive(Clone, Debug)]
pub struct FailureNode {
    failure: Failure,
    entry: EntryOf,
}

impl FailureNode {
    /// The failure of that entry.
    pub fn new(failure: Failure, entry: EntryOf) -> Self {
        Self { failure, entry }
    }
}

/// An attempt to send something to a system that failed.
#[Object(name = "ExportFailure")]
impl FailureNode {
    /// Why.
    #[graphql(name = "type")]
    async fn kind(&self) -> FailureType {
        self.failure.kind.into()
    }

    /// The same in words. Example: "account 411000 is not in the chart of accounts"
    async fn reason(&self) -> &str {
        &self.failure.reason
    }

    /// When the failure was reported.
    async fn failed_at(&self) -> Timestamp {
        self.failure.at
    }

    /// The number of the entry that was refused; where a voucher was refused, of one of its entries. Example: "42"
    async fn entry_id(&self) -> ID {
        self.failure.entry_id.into()
    }

    /// This entry, as it is now. It takes the right to read.
    async fn entry(&self) -> Fallible<EntryNode> {
        fallible(self.entry.node(self.failure.entry_id).await)
    }
}
