//! Replays: the marks that a system was given in a range of time are taken back, because the system has lost what it was
//! sent; for example, it was restored from yesterday's backup.

use strum::{EnumString, IntoStaticStr, VariantArray};

use super::system::SystemId;
use super::time::Timestamp;

/// How far a replay is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ReplayState {
    /// Marks are being taken back.
    Running,
    /// All marks of the range are taken back.
    Done,
    /// Somebody cancelled it: marks are being put back.
    Cancelling,
    /// It was cancelled, and nothing is left to be put back.
    Cancelled,
}

impl ReplayState {
    /// Every state.
    pub const ALL: &'static [ReplayState] = ReplayState::VARIANTS;

    /// The wire form.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A replay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replay {
    /// Its number.
    pub id: i64,
    /// The system.
    pub system_id: SystemId,
    /// Marks after this moment are taken back.
    pub marked_since: Timestamp,
    /// Marks up to this moment are.
    pub marked_until: Timestamp,
    /// Why.
    pub reason: String,
    /// Who started it.
    pub actor: String,
    /// When it was started.
    pub started_at: Timestamp,
    /// How far it is.
    pub state: ReplayState,
    /// How many marks were taken back.
    pub set_aside: u64,
    /// How many of them were put back.
    pub put_back: u64,
    /// When nothing was left to be taken back, or put back.
    pub ended_at: Option<Timestamp>,
    /// When it was cancelled, and by whom.
    pub cancelled: Option<(Timestamp, String)>,
}
