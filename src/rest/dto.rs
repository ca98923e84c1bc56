//! What goes over the wire, and nothing else.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::entry::AccountingEntry;
use super::reference::ExportReference;
use crate::domain::event::{EventPayload, TimelineEvent};
use crate::domain::progress::FailureType;

/// Entries, all of them or a page.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountingEntries {
    /// In the order asked for.
    pub accounting_entries: Vec<AccountingEntry>,
    /// With `limit`: give it as `after` for the next page; null on the last one.
    pub next_after: Option<String>,
}

/// Something that happened to an entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct Event {
    /// Unique among the events of its entry, ascending.
    #[schema(example = 0)]
    id: i64,
    /// RECORDED, UPDATED, WITHDRAWN, REINSTATED, JOINED_SENT_VOUCHER, CLAIMED, RELEASED, CLAIM_EXPIRED, FAILED, PARKED,
    /// REQUEUED, EXPORTED, UNMARKED, REPLAYED or MARK_RESTORED; later versions may know more kinds, and write them to the same ledger.
    /// JOINED_SENT_VOUCHER: the entry was recorded into a voucher of which the system had been sent other entries.
    #[schema(example = "EXPORTED")]
    kind: String,
    /// When (RFC 3339, UTC).
    #[schema(example = "2024-01-31T12:00:00.000000Z", format = DateTime)]
    at: String,
    /// The system that the event concerns.
    system_id: Option<String>,
    /// The note of the mark.
    note: Option<String>,
    /// Why the entry was withdrawn or parked, its mark taken back, or its export refused.
    reason: Option<String>,
    /// The version of the entry that was sent. Only of EXPORTED.
    #[schema(example = 1)]
    version: Option<i32>,
    /// The system's own document for the entry. Only of EXPORTED.
    reference: Option<ExportReference>,
    /// The values that the fields which changed had before, by their names; null where the entry had none. Only of
    /// UPDATED.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = json!({ "debit": "1200.00" }))]
    replaced: Option<Map<String, Value>>,
    /// Why the system refused the entry. Only of FAILED.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "UNKNOWN_ACCOUNT")]
    failure_type: Option<&'static str>,
    /// How many attempts had failed. Only of FAILED, and not where the entry was exported already.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 2)]
    attempts: Option<i32>,
    /// From when on workers are given the entry again (RFC 3339, UTC). Only of FAILED, and not where that parked the
    /// entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2024-01-31T12:01:00.000000Z", format = DateTime)]
    next_attempt_at: Option<String>,
    /// The replay. Only of REPLAYED and MARK_RESTORED.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 3)]
    replay_id: Option<i64>,
    /// The claim. Only of CLAIMED, RELEASED and CLAIM_EXPIRED.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "019703a2-7c1e-7b52-9d5e-2f6f6d9c1a10")]
    claim_id: Option<String>,
    /// What the worker calls itself. Only of CLAIMED.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "worker-3")]
    worker: Option<String>,
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
        // What a newer gateway wrote under the same names may mean something else.
        if !matches!(event.payload, EventPayload::Other { .. }) {
            for told in ["type", "attempts", "retry_at", "claim_id", "worker"] {
                more.remove(told);
            }
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
            failure_type: event.payload.failure_type().map(FailureType::as_str),
            attempts: event.payload.attempts(),
            next_attempt_at: event.payload.next_attempt_at().map(|at| at.to_string()),
            replay_id: event.payload.replay_id(),
            claim_id: event.payload.claim_id().map(str::to_owned),
            worker: event.payload.worker().map(str::to_owned),
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
