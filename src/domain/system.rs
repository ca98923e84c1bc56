//! The external systems that entries are exported to.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::entry_id::EntryId;
use super::error::{Code, Fault};
use super::progress::{Failure, Unit};
use super::retry::RetryRules;
use super::time::Timestamp;

/// Longest system id, in characters.
pub const MAX_SYSTEM_ID: usize = 64;

/// The name of an external system: 1 to 64 characters of `A–Z a–z 0–9 . _ : -`, case-sensitive.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct SystemId(String);

impl SystemId {
    /// The name that a caller gives as `system_id`; else a fault of that field.
    pub fn read(text: String) -> Result<Self, Fault> {
        Self::try_from(text).map_err(|fault| fault.under("system_id"))
    }

    /// The name itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for SystemId {
    type Error = Fault;

    fn try_from(text: String) -> Result<Self, Fault> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b".:_-".contains(&b);
        if (1..=MAX_SYSTEM_ID).contains(&text.len()) && text.bytes().all(allowed) {
            return Ok(SystemId(text));
        }
        let message = "a system id has 1 to 64 characters of A–Z a–z 0–9 . _ : -, for example \"erp\"";
        Err(Fault::new(Code::InvalidSystemId, message))
    }
}

impl From<SystemId> for String {
    fn from(id: SystemId) -> String {
        id.0
    }
}

impl std::str::FromStr for SystemId {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        text.to_owned().try_into()
    }
}

impl fmt::Display for SystemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A system, known or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct System {
    /// Its name.
    pub id: SystemId,
    /// Since when it is known; `None` while it is not.
    pub known_since: Option<Timestamp>,
    /// Since when it is retired; `None`: it is not.
    pub retired_at: Option<Timestamp>,
    /// How it is to be treated.
    pub settings: SystemSettings,
}

impl System {
    /// A system that is not known.
    pub fn unknown(id: SystemId) -> Self {
        Self { id, known_since: None, retired_at: None, settings: SystemSettings::default() }
    }
}

/// What a person has set for a system.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SystemSettings {
    /// What people call it: 1 to 200 characters.
    pub display_name: Option<String>,
    /// What there is to know about it: at most 2,000 characters.
    pub description: Option<String>,
    /// What is claimed, fails and is parked as one.
    pub unit: Unit,
    /// When what failed is tried again.
    pub retry: RetryRules,
}

/// A system and how far behind it is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SystemStatus {
    /// Its name.
    pub id: SystemId,
    /// When it was first marked for; `None` while it never was.
    pub known_since: Option<Timestamp>,
    /// Its newest mark.
    pub last_marked_at: Option<Timestamp>,
    /// How many entries it has not been sent.
    pub backlog: Count,
    /// The oldest of them.
    pub oldest_unexported: Option<EntryId>,
    /// The newest failure that was reported for it, whatever has become of the entry since.
    pub last_failure: Option<Failure>,
}

/// How many there are, without ever reading past [`Count::LIMIT`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Count {
    /// The number found.
    pub count: u64,
    /// Whether there may be more.
    pub precision: Precision,
}

/// Whether a count is the whole truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Precision {
    /// Exactly so many.
    Exact,
    /// So many, and perhaps more: counting stopped.
    AtLeast,
}

impl Count {
    /// The most rows a count reads.
    pub const LIMIT: u64 = 10_000;
}
