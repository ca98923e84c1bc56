//! Marking entries as exported.

use axum::Json;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::item::ItemFields;
use super::operation::{IdempotencyKey, Refusals, WritingCall};
use super::problem::{Problem, ProblemError};
use super::reference::ExportReference;
use crate::domain::conflict::ConflictKind;
use crate::domain::export::EntryExport;
use crate::domain::{Fault, Outcome};
use crate::service::{Mark, MarkDraft};

/// Calls that say what happened to entries elsewhere.
pub fn calls() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(mark_as_exported))
}

/// What was sent.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: items are read one by one, so that each fault gets its path")]
pub struct MarkAsExported {
    /// 1 to 10 entries.
    #[schema(min_items = 1, max_items = 10)]
    accounting_entries: Vec<EntryToMark>,
}

/// One entry to mark.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described")]
pub struct EntryToMark {
    /// The entry.
    #[schema(example = 42)]
    accounting_entry_id: i64,
    /// The system it was sent to.
    #[schema(example = "erp", pattern = "^[A-Za-z0-9._:-]{1,64}$")]
    system_id: String,
    /// Shows in the entry's timeline.
    #[schema(example = "posted as GL-2024-118", max_length = 2000)]
    note: Option<String>,
    /// The version of the entry that was sent; without it, the one that the entry has at this moment.
    #[schema(example = 1, minimum = 1)]
    version: Option<i32>,
    /// The system's own document for the entry.
    reference: Option<ExportReference>,
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
    /// Whether it had been marked before, since its mark was last taken back.
    remarked: bool,
    /// The version of the entry that the system was sent; of several, the newest.
    #[schema(example = 1)]
    version: i32,
    /// The system's own document for the entry.
    reference: Option<ExportReference>,
    /// What of this marking does not fit to what was known before: POSTED_TWICE or CLAIM_LOST, as the list of conflicts
    /// has it; null where nothing is wrong. Only the call that marks tells it; null elsewhere.
    #[schema(example = "POSTED_TWICE")]
    conflict: Option<&'static str>,
}

impl From<EntryExport> for MarkedEntry {
    fn from(export: EntryExport) -> Self {
        Self {
            accounting_entry_id: export.entry_id,
            system_id: export.system_id.to_string(),
            exported_at: export.exported_at.to_string(),
            note: export.note,
            remarked: export.remarked,
            version: export.version,
            reference: export.reference.map(ExportReference::from),
            conflict: export.conflict.map(ConflictKind::as_str),
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

impl From<Outcome<EntryExport>> for MarkedEntries {
    fn from(outcome: Outcome<EntryExport>) -> Self {
        Self {
            accounting_entries: outcome.done.into_iter().map(MarkedEntry::from).collect(),
            errors: outcome.faults.iter().map(ProblemError::from).collect(),
        }
    }
}

/// Mark accounting entries as exported.
///
/// A call is one transaction. A malformed call marks nothing. In a well-formed call the entries that exist are marked, and
/// those that do not exist are reported. An entry may be marked again.
#[utoipa::path(
    post,
    path = "/v10/accounting-entries/mark-as-exported",
    tag = "export",
    operation_id = "markAccountingEntriesAsExported",
    params(IdempotencyKey),
    request_body(content = MarkAsExported, description = "1 to 10 entries"),
    responses(
        (status = 200, description = "What was marked, and what could not be", body = MarkedEntries),
        (status = 422, description = "The call is malformed, or nothing could be marked", body = Problem, content_type = "application/problem+json"),
        Refusals,
    )
)]
pub async fn mark_as_exported(call: WritingCall) -> Result<Json<MarkedEntries>, Problem> {
    call.perform_each::<Mark, _, _>(draft).await
}

/// One item; what has the wrong JSON type is refused here, every other rule is the use case's.
fn draft(item: &Value) -> Result<MarkDraft, Vec<Fault>> {
    let mut fields =
        ItemFields::of(item, &["accounting_entry_id", "system_id", "note", "version", "reference"]);
    let draft = MarkDraft {
        entry_id: fields.id("accounting_entry_id"),
        system_id: fields.text("system_id"),
        note: fields.optional_text("note"),
        version: fields.optional_number("version"),
        reference: fields.reference(),
    };
    fields.finish(draft)
}
