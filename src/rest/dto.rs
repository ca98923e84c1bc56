//! What goes over the wire, and nothing else.

use serde::Serialize;
use utoipa::ToSchema;

use super::entry::AccountingEntry;
use super::problem::ProblemError;
use crate::domain::export::{EntryExport, MarkOutcome, TimelineEvent};
use crate::domain::page::Listing;
use crate::service::{EntryPage, Recorded};

/// Entries, all of them or a page.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountingEntries {
    /// In the order asked for.
    pub accounting_entries: Vec<AccountingEntry>,
    /// With `limit`: give it as `after` for the next page; null on the last one.
    pub next_after: Option<String>,
}

impl AccountingEntries {
    /// A page of this list.
    pub fn new(page: EntryPage, listing: &Listing) -> Self {
        let last = page.entries.last().filter(|_| page.has_next);
        let next_after = last.map(|entry| listing.cursor(entry));
        let accounting_entries = page.entries.into_iter().map(AccountingEntry::from).collect();
        Self { accounting_entries, next_after }
    }
}

/// An entry as it is marked for a system now.
#[derive(Debug, Serialize, ToSchema)]
pub struct MarkedEntry {
    /// The entry.
    #[schema(example = 42)]
    accounting_entry_id: i64,
    /// The system it was sent to.
    #[schema(example = "erp")]
    system_id: String,
    /// When it was marked (RFC 3339, UTC).
    #[schema(example = "2024-01-31T12:00:00.000000Z", format = DateTime)]
    exported_at: String,
    /// The note of the mark.
    note: Option<String>,
    /// Whether it had been marked before.
    remarked: bool,
}

impl From<EntryExport> for MarkedEntry {
    fn from(export: EntryExport) -> Self {
        Self {
            accounting_entry_id: export.entry_id,
            system_id: export.system_id.to_string(),
            exported_at: export.exported_at.to_string(),
            note: export.note,
            remarked: export.remarked,
        }
    }
}

/// What was marked, and what could not be.
#[derive(Debug, Serialize, ToSchema)]
pub struct MarkedEntries {
    /// In the order of the call.
    accounting_entries: Vec<MarkedEntry>,
    /// One an item whose entry does not exist.
    errors: Vec<ProblemError>,
}

impl From<MarkOutcome> for MarkedEntries {
    fn from(outcome: MarkOutcome) -> Self {
        Self {
            accounting_entries: outcome.exports.into_iter().map(MarkedEntry::from).collect(),
            errors: outcome.faults.iter().map(ProblemError::from).collect(),
        }
    }
}

/// What was recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordedEntries {
    /// The entries as they are now, in the order of the call.
    accounting_entries: Vec<AccountingEntry>,
    /// How many are new.
    recorded: usize,
    /// How many were changed.
    updated: usize,
    /// How many were there already, just so.
    unchanged: usize,
}

impl From<Recorded> for RecordedEntries {
    fn from(recorded: Recorded) -> Self {
        Self {
            accounting_entries: recorded.entries.into_iter().map(AccountingEntry::from).collect(),
            recorded: recorded.recorded,
            updated: recorded.updated,
            unchanged: recorded.unchanged,
        }
    }
}

/// Something that happened to an entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct Event {
    /// Unique among the events of its entry, ascending.
    #[schema(example = 0)]
    id: i64,
    /// RECORDED, UPDATED or EXPORTED; later kinds may come.
    #[schema(example = "EXPORTED")]
    kind: String,
    /// When (RFC 3339, UTC).
    #[schema(example = "2024-01-31T12:00:00.000000Z", format = DateTime)]
    at: String,
    /// The system, when it was exported.
    system_id: Option<String>,
    /// The note of the mark.
    note: Option<String>,
    /// Who did it; null when another program wrote to the database itself.
    actor: Option<String>,
}

impl From<TimelineEvent> for Event {
    fn from(event: TimelineEvent) -> Self {
        Self {
            id: event.id,
            kind: event.kind.as_str().to_owned(),
            at: event.at.to_string(),
            system_id: event.system_id.map(|id| id.to_string()),
            note: event.note,
            actor: event.actor,
        }
    }
}

/// A page of an entry's timeline, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Timeline {
    /// Oldest first.
    pub timeline: Vec<Event>,
    /// Give it as `after` for the next page; null on the last one.
    pub next_after: Option<String>,
}
