//! How far the export of an entry to a system is: the states, why an attempt failed, and when it is tried again.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use super::entry_id::EntryId;
use super::error::{Code, Fault};
use super::text::quoted;
use super::time::Timestamp;

/// The state of an entry for a system. It is in exactly one at every moment.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ExportState {
    /// Nobody has tried, or it is free again.
    #[default]
    Pending,
    /// A worker has it until its lease ends.
    Claimed,
    /// The system refused it; it is tried again later.
    Failed,
    /// Given up after too many attempts, or by a person.
    Parked,
    /// Marked.
    Exported,
    /// Marked for an older version than the entry's, or withdrawn after it was marked.
    Changed,
    /// Its source took it back before it was sent.
    Withdrawn,
}

impl ExportState {
    /// Every state.
    pub const ALL: &'static [ExportState] = ExportState::VARIANTS;

    /// The wire form, such as `PENDING`.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Whether an entry in this state is unexported.
    pub fn is_unexported(self) -> bool {
        matches!(self, Self::Pending | Self::Claimed | Self::Failed | Self::Parked)
    }

    /// The states to which a list of unexported entries is narrowed, each once; else a fault of the argument `states`.
    pub fn narrowing(states: &[ExportState]) -> Result<Vec<ExportState>, Fault> {
        let refuse = |message: String| Err(Fault::new(Code::InvalidState, message).under("states"));
        if let Some(state) = states.iter().find(|state| !state.is_unexported()) {
            return refuse(format!(
                "no unexported entry is {}; the states of unexported entries are PENDING, CLAIMED, FAILED and PARKED",
                state.as_str()
            ));
        }
        let mut states = states.to_vec();
        states.sort_unstable();
        states.dedup();
        if states.is_empty() {
            return refuse("the list of states is empty: leave it out to have all of them".to_owned());
        }
        Ok(states)
    }

    /// The state with this name; else a fault of the argument `states`.
    pub fn read(text: &str) -> Result<Self, Fault> {
        text.parse().map_err(|_| {
            let message = format!(
                "{} is no state; the states of unexported entries are PENDING, CLAIMED, FAILED and PARKED",
                quoted(text)
            );
            Fault::new(Code::InvalidState, message).under("states")
        })
    }
}

/// How far the export of an unexported entry is, as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Progress {
    /// Nobody has it.
    Free,
    /// A claim has it, whose lease may have ended.
    Claimed,
    /// The system refused it.
    Failed,
    /// Too many attempts failed: it waits for a person, or for a correction.
    GivenUp,
    /// A person parked it.
    Parked,
}

impl Progress {
    /// All of them.
    pub const ALL: [Progress; 5] = [Self::Free, Self::Claimed, Self::Failed, Self::GivenUp, Self::Parked];
}

/// What is claimed, fails and is parked as one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Unit {
    /// All unexported entries of a voucher.
    #[default]
    Voucher,
    /// One entry.
    Entry,
}

impl Unit {
    /// The wire form.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// Why an attempt to send something failed.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
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

impl FailureType {
    /// Every type.
    pub const ALL: &'static [FailureType] = FailureType::VARIANTS;

    /// The wire form, such as `UNKNOWN_ACCOUNT`.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The type with this name; else a fault of the field `type`.
    pub fn read(text: &str) -> Result<Self, Fault> {
        text.parse().map_err(|_| {
            let known: Vec<&str> = Self::ALL.iter().map(|kind| kind.as_str()).collect();
            let message =
                format!("{} is no type of failure; the types are {}", quoted(text), known.join(", "));
            Fault::new(Code::InvalidFailureType, message).under("type")
        })
    }

    /// The number that is kept of it, from 1 on. Numbers never change: new types come at the end.
    pub fn number(self) -> i32 {
        Self::ALL.iter().zip(1..).find(|(kind, _)| **kind == self).map_or(0, |(_, number)| number)
    }

    /// Whether too many failures of this type park a unit. A system that is away or busy parks nothing.
    pub fn can_park(self) -> bool {
        !matches!(self, Self::Unavailable | Self::RateLimited)
    }
}

/// The last attempt that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The entry that was refused; of a voucher, one of its entries.
    pub entry_id: EntryId,
    /// Why.
    #[serde(rename = "type")]
    pub kind: FailureType,
    /// The same in words: 1 to 2,000 characters.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// An unexported entry, and how far its export to a system is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingEntry {
    /// The entry.
    pub entry_id: EntryId,
    /// How far it is.
    pub progress: Progress,
    /// How many attempts failed since it was last requeued.
    pub attempts: i32,
    /// Of what failed: when it is tried again.
    pub due_at: Timestamp,
    /// The key of the claim that has it.
    pub claim_key: Option<i64>,
    /// The number of the type of its last failure; 0 when none did.
    pub failure_type: i32,
}

impl PendingEntry {
    /// Whether the claim with this key has it, whose lease may have ended.
    pub fn is_of(&self, claim_key: i64) -> bool {
        self.progress == Progress::Claimed && self.claim_key == Some(claim_key)
    }
}

/// Who parked something, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parked {
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
}
