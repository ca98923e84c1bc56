//! All that is known of the export of an entry to a system.

use super::claim::Claim;
use super::export::EntryExport;
use super::progress::{ExportState, Failure, Parked};
use super::time::Timestamp;

/// All that is known of the export of an entry to a system. By default, nobody has tried.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportStatus {
    /// The state.
    pub state: ExportState,
    /// How many attempts failed since it was last requeued; 0 once it is exported.
    pub attempts: i32,
    /// The last attempt that failed, of what is unexported.
    pub last_failure: Option<Failure>,
    /// When it is tried again, of what failed.
    pub next_attempt_at: Option<Timestamp>,
    /// The claim that has it.
    pub claim: Option<Claim>,
    /// Who parked it and why; `None` when it was parked after too many attempts.
    pub parked: Option<Parked>,
    /// The mark.
    pub export: Option<EntryExport>,
}
