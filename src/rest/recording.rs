//! Recording entries.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::entry::{self, AccountingEntry, EntryToRecord};
use super::operation::{IdempotencyKey, Refusals, WritingCall};
use super::problem::Problem;
use crate::domain::EntryContent;
use crate::service::Recorded;

/// Calls that write entries.
pub fn calls() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(record))
}

/// Entries to record.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: items are read one by one, so that each fault gets its path")]
pub struct RecordEntries {
    /// 1 to 500 entries, each external id once.
    #[schema(min_items = 1, max_items = 500)]
    accounting_entries: Vec<EntryToRecord>,
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

/// Record accounting entries. An entry whose external_id is new is inserted; one whose external_id is known is replaced
/// if it differs.
///
/// A call is one transaction. If any entry is wrong, nothing is recorded, and every fault is reported.
#[utoipa::path(
    post,
    path = "/v10/accounting-entries",
    tag = "core",
    operation_id = "recordAccountingEntries",
    params(IdempotencyKey),
    request_body(content = RecordEntries, description = "1 to 500 entries"),
    responses(
        (status = 200, description = "The entries as they are now", body = RecordedEntries),
        (status = 422, description = "The call is malformed; nothing was recorded", body = Problem, content_type = "application/problem+json"),
        Refusals,
    )
)]
pub async fn record(call: WritingCall) -> Result<Json<RecordedEntries>, Problem> {
    Ok(Json(call.perform::<EntryContent>(entry::content).await?.into()))
}
