//! Events of the log: what happened to exports, in the order in which it became true.

use serde::Serialize;
use strum::{EnumString, IntoStaticStr, VariantArray};

use super::entry_id::EntryId;
use super::event::TimelineEvent;
use super::system::SystemId;
use super::time::Timestamp;

/// What happened to an export. The names are kept in the database: they never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, EnumString, IntoStaticStr, VariantArray)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ExportEventKind {
    /// The entry was marked.
    Exported,
    /// Its mark was taken back.
    Unmarked,
    /// The system refused it.
    Failed,
    /// It was parked, by a person or after too many attempts.
    Parked,
    /// A person had it tried again.
    Requeued,
    /// It has changed since the system was sent it, or may have.
    Changed,
    /// Its source took it back after the system was sent it.
    Withdrawn,
    /// Two facts about its export do not fit together.
    Conflict,
    /// A worker claimed entries.
    Claimed,
    /// A replay was started, which takes marks back.
    Replayed,
    /// A replay was cancelled, which puts them back.
    ReplayCancelled,
}

impl ExportEventKind {
    /// Every kind that this version knows.
    pub const ALL: &'static [ExportEventKind] = ExportEventKind::VARIANTS;

    /// The name.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// The place of an event in the log. The tag tells the event from the one that another database has at this place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LogPlace {
    /// Its number in the log, from 1.
    pub position: i64,
    /// A number that no other event has.
    pub tag: i64,
}

impl LogPlace {
    /// Before the first event.
    pub const BEGINNING: LogPlace = LogPlace { position: 0, tag: 0 };
}

/// Something that happened to an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportEvent {
    /// Where it stands.
    pub place: LogPlace,
    /// What happened; `None` when a newer gateway wrote a kind that this version does not know.
    pub kind: Option<ExportEventKind>,
    /// When.
    pub at: Timestamp,
    /// The system.
    pub system_id: SystemId,
    /// The entry; `None` for a claim and for a replay, which are about many.
    pub entry_id: Option<EntryId>,
    /// Who did it; `None` when another program did, straight in the database.
    pub actor: Option<String>,
    /// The same event in the timeline of the entry, if it has one.
    pub timeline_event: Option<TimelineEvent>,
    /// Of a claim its id, of a replay and of a conflict its number.
    pub subject: Option<String>,
}

/// Which events of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventListing {
    /// Of this system.
    pub system_id: SystemId,
    /// Of these kinds; `None`: of all.
    pub kinds: Option<Vec<ExportEventKind>>,
}
