//! What goes over the wire, and nothing else.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::entry::AccountingEntry;
use super::reference::ExportReference;
use crate::domain::event::TimelineEvent;
use crate::domain::page::Listing;
use crate::service::EntryPage;

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
        let page = page.entries;
        let last = page.items.last().filter(|_| page.has_next);
        let next_after = last.map(|entry| listing.cursor(entry));
        let accounting_entries = page.items.into_iter().map(AccountingEntry::from).collect();
        Self { accounting_entries, next_after }
    }
}

/// Something that happened to an entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct Event {
    /// Unique among the events of its entry, ascending.
    #[schema(example = 0)]
    id: i64,
    /// RECORDED, UPDATED, WITHDRAWN, REINSTATED, JOINED_SENT_VOUCHER, EXPORTED or UNMARKED; later versions may know more kinds, and
    /// write them to the same ledger. JOINED_SENT_VOUCHER: the entry was recorded into a voucher of which the system had
    /// been sent other entries.
    #[schema(example = "EXPORTED")]
    kind: String,
    /// When (RFC 3339, UTC).
    #[schema(example = "2024-01-31T12:00:00.000000Z", format = DateTime)]
    at: String,
    /// The system that the event concerns.
    system_id: Option<String>,
    /// The note of the mark.
    note: Option<String>,
    /// Why the entry was withdrawn, or its mark taken back.
    reason: Option<String>,
    /// The version of the entry that was sent. Only of EXPORTED.
    #[schema(example = 1)]
    version: Option<i32>,
    /// The system's own document for the entry. Only of EXPORTED.
    reference: Option<ExportReference>,
    /// The values that the fields which changed had before, by their names; null where the entry had none. Only of UPDATED.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = json!({ "debit": "1200.00" }))]
    replaced: Option<Map<String, Value>>,
    /// Who did it; null when another program wrote to the database itself.
    actor: Option<String>,
    /// What else is known of an event of its kind, by name.
    #[serde(flatten)]
    #[schema(ignore)]
    more: Map<String, Value>,
}

impl From<TimelineEvent> for Event {
    fn from(event: TimelineEvent) -> Self {
        let mut more = event.payload.fields();
        for told in ["note", "reason", "version", "reference"] {
            more.remove(told);
        }
        let replaced = event.payload.replaced().filter(|replaced| !replaced.is_empty());
        if replaced.is_some() {
            more.remove("replaced");
        }
        let replaced =
            replaced.map(|all| all.values().map(|one| (one.name().to_owned(), one.value)).collect());
        Self {
            id: event.id,
            kind: event.payload.name().to_owned(),
            at: event.at.to_string(),
            system_id: event.system_id.map(|id| id.to_string()),
            note: event.payload.note().map(str::to_owned),
            reason: event.payload.reason().map(str::to_owned),
            version: event.payload.version(),
            reference: event.payload.reference().cloned().map(ExportReference::from),
            replaced,
            actor: event.actor,
            more,
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
