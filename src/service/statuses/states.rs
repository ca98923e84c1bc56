//! The status of an entry, made of what the database has of it.

use crate::domain::Entry;
use crate::domain::claim::Claim;
use crate::domain::event::{EventPayload, TimelineEvent};
use crate::domain::export::EntryExport;
use crate::domain::progress::{ExportState, Parked, PendingEntry, Progress};
use crate::domain::status::ExportStatus;

/// Of an entry with a mark.
pub(super) fn exported(entry: &Entry, mark: EntryExport) -> ExportStatus {
    let has_changed = mark.version < entry.version || entry.withdrawn_at.is_some();
    let state = if has_changed { ExportState::Changed } else { ExportState::Exported };
    ExportStatus { state, export: Some(mark), ..ExportStatus::default() }
}

/// Of an entry with a pending row: with the claim that has it, and what the timelines of failures and parking tell.
pub(super) fn unexported(line: &PendingEntry, lease: Option<&Claim>, told: &[TimelineEvent]) -> ExportStatus {
    let lease = lease.filter(|claim| claim.is_live);
    let state = match line.progress {
        Progress::Claimed if lease.is_some() => ExportState::Claimed,
        Progress::Free | Progress::Claimed => ExportState::Pending,
        Progress::Failed => ExportState::Failed,
        Progress::GivenUp | Progress::Parked => ExportState::Parked,
    };
    let of_entry = || told.iter().filter(|event| event.entry_id == line.entry_id);
    let parked = |event: &TimelineEvent| match &event.payload {
        EventPayload::Parked { reason } => {
            Some(Parked { by: event.actor.clone().unwrap_or_default(), reason: reason.clone() })
        }
        _ => None,
    };
    ExportStatus {
        state,
        attempts: line.attempts,
        last_failure: of_entry().find_map(TimelineEvent::failure).filter(|_| line.failure_type > 0),
        next_attempt_at: (state == ExportState::Failed).then_some(line.due_at),
        claim: lease.cloned().filter(|_| state == ExportState::Claimed),
        parked: of_entry().find_map(parked).filter(|_| line.progress == Progress::Parked),
        export: None,
    }
}
