//! Conflicts: two facts about an export that do not fit together. Both are kept, and a person finds out what is true.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

use super::entry_id::EntryId;
use super::system::SystemId;
use super::time::Timestamp;

/// What does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ConflictKind {
    /// The same version was marked again with another document of the system, and no mark was taken back between.
    PostedTwice,
    /// A worker sent the entry after others had claimed it.
    ClaimLost,
}

impl ConflictKind {
    /// The wire form.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// Two facts about the export of an entry that do not fit together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Its number.
    pub id: i64,
    /// What does not fit.
    pub kind: ConflictKind,
    /// The system.
    pub system_id: SystemId,
    /// The entry.
    pub entry_id: EntryId,
    /// When it was found.
    pub found_at: Timestamp,
    /// Who brought the second fact.
    pub actor: String,
    /// The document that was named before.
    pub first_reference: Option<String>,
    /// The document that was named now.
    pub second_reference: Option<String>,
    /// The claim that was settled after others had claimed the entry.
    pub claim_id: Option<String>,
    /// Who resolved it, when, and what that person found; `None` while nobody has.
    pub resolution: Option<Resolution>,
}

/// What a person found about a conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolution {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// What.
    pub note: String,
}
