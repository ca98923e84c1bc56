//! Marks: that an entry was sent to a system.

use serde::{Deserialize, Serialize};

use super::entry_id::EntryId;
use super::system::SystemId;
use super::time::Timestamp;

/// An entry as it is marked for one system now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryExport {
    /// The entry.
    pub entry_id: EntryId,
    /// The system it was sent to.
    pub system_id: SystemId,
    /// The time of the newest mark.
    pub exported_at: Timestamp,
    /// The note of the newest mark.
    pub note: Option<String>,
    /// Whether it had been marked before.
    pub remarked: bool,
}
