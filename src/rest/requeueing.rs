//! What a person does with exports that fail: has them tried again at once, or parks them.

use axum::Json;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::item::ItemFields;
use super::operation::{IdempotencyKey, Refusals, WritingCall};
use super::problem::{Problem, ProblemError};
use crate::domain::{Error, Fault, Outcome};
use crate::service::{self, MovedExport, Park, ParkDraft, Requeue, RequeueDraft};

/// Calls by which a person decides about what failed.
pub fn calls() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(requeue)).routes(routes!(park)).routes(routes!(requeue_failures))
}

/// What to requeue.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: items are read one by one, so that each fault gets its path")]
pub struct RequeueExports {
    /// 1 to 500 items, whose vouchers have at most 10,000 entries together.
    #[schema(min_items = 1, max_items = 500)]
    items: Vec<ExportToRequeue>,
}

/// Something to requeue: an entry, or all entries of a voucher. An item names one of the two.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described")]
pub struct ExportToRequeue {
    /// The entry; the rest of its voucher is requeued with it.
    #[schema(example = 42)]
    accounting_entry_id: Option<i64>,
    /// The voucher.
    #[schema(example = "voucher/2024-01-31/VE/17")]
    voucher_id: Option<String>,
    /// The system that refused it.
    #[schema(example = "erp", pattern = "^[A-Za-z0-9._:-]{1,64}$")]
    system_id: String,
}

/// What to park.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: items are read one by one, so that each fault gets its path")]
pub struct ParkExports {
    /// 1 to 500 items, whose vouchers have at most 10,000 entries together.
    #[schema(min_items = 1, max_items = 500)]
    items: Vec<ExportToPark>,
}

/// Something to park: an entry, or all entries of a voucher. An item names one of the two.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described")]
pub struct ExportToPark {
    /// The entry; the rest of its voucher is parked with it.
    #[schema(example = 42)]
    accounting_entry_id: Option<i64>,
    /// The voucher.
    #[schema(example = "voucher/2024-01-31/VE/17")]
    voucher_id: Option<String>,
    /// The system that is not to be sent it.
    #[schema(example = "erp", pattern = "^[A-Za-z0-9._:-]{1,64}$")]
    system_id: String,
    /// Why; shows in the timeline of each entry.
    #[schema(example = "the supplier will send a corrected invoice", min_length = 1, max_length = 2000)]
    reason: String,
}

/// Which failures to requeue.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described")]
pub struct RequeueFailures {
    /// The system.
    #[schema(example = "erp", pattern = "^[A-Za-z0-9._:-]{1,64}$")]
    system_id: String,
    /// The type of the failures.
    #[schema(rename = "type", example = "UNKNOWN_ACCOUNT")]
    kind: String,
}

/// Something that a person requeued or parked.
#[derive(Debug, Serialize, ToSchema)]
pub struct MovedItem {
    /// The entry; null where the item named a voucher.
    #[schema(example = 42)]
    accounting_entry_id: Option<i64>,
    /// The voucher; null where the item named an entry.
    #[schema(example = "voucher/2024-01-31/VE/17")]
    voucher_id: Option<String>,
    /// The system.
    #[schema(example = "erp")]
    system_id: String,
    /// How many entries that concerns: with an entry the rest of its voucher.
    #[schema(example = 3)]
    entry_count: u64,
    /// When it was done (RFC 3339, UTC).
    #[schema(example = "2024-02-01T08:30:00.000000Z", format = DateTime)]
    at: String,
}

impl From<MovedExport> for MovedItem {
    fn from(moved: MovedExport) -> Self {
        Self {
            accounting_entry_id: moved.target.entry_id(),
            voucher_id: moved.target.global_voucher_id(),
            system_id: moved.system_id.to_string(),
            entry_count: moved.entries,
            at: moved.at.to_string(),
        }
    }
}

/// What was requeued or parked, and what could not be.
#[derive(Debug, Serialize, ToSchema)]
pub struct MovedItems {
    /// In the order of the call.
    items: Vec<MovedItem>,
    /// One an item with which nothing was done.
    errors: Vec<ProblemError>,
}

impl From<Outcome<MovedExport>> for MovedItems {
    fn from(outcome: Outcome<MovedExport>) -> Self {
        Self {
            items: outcome.done.into_iter().map(MovedItem::from).collect(),
            errors: outcome.faults.iter().map(ProblemError::from).collect(),
        }
    }
}

/// How many failures of a type were requeued.
#[derive(Debug, Serialize, ToSchema)]
pub struct RequeuedFailures {
    /// How many entries are free again.
    #[schema(example = 118)]
    entry_count: u64,
    /// Whether there may be more: call again, with another idempotency key.
    has_more: bool,
}

/// Requeue entries or vouchers that failed or are parked.
///
/// Workers are given them again at once, and their attempts are counted anew. A call is one transaction. A malformed
/// call requeues nothing. In a well-formed call what failed or is parked is requeued, and the other items are reported.
#[utoipa::path(
    post,
    path = "/v10/accounting-entries/requeue",
    tag = "export",
    operation_id = "requeueExports",
    params(IdempotencyKey),
    request_body(content = RequeueExports, description = "1 to 500 items"),
    responses(
        (status = 200, description = "What was requeued, and what could not be", body = MovedItems),
        (status = 422, description = "The call is malformed, or nothing could be requeued", body = Problem, content_type = "application/problem+json"),
        Refusals,
    )
)]
pub async fn requeue(call: WritingCall) -> Result<Json<MovedItems>, Problem> {
    call.perform_each::<Requeue, _, _>(requeue_draft).await
}

/// Park entries or vouchers: no worker is given them until a person requeues them.
///
/// They stay unexported. A call is one transaction. A malformed call parks nothing. In a well-formed call what the
/// system has not been sent is parked, and the other items are reported.
#[utoipa::path(
    post,
    path = "/v10/accounting-entries/park",
    tag = "export",
    operation_id = "parkExports",
    params(IdempotencyKey),
    request_body(content = ParkExports, description = "1 to 500 items"),
    responses(
        (status = 200, description = "What was parked, and what could not be", body = MovedItems),
        (status = 422, description = "The call is malformed, or nothing could be parked", body = Problem, content_type = "application/problem+json"),
        Refusals,
    )
)]
pub async fn park(call: WritingCall) -> Result<Json<MovedItems>, Problem> {
    call.perform_each::<Park, _, _>(park_draft).await
}

/// Requeue what failed for one reason, at most 1,000 entries a call.
///
/// That is what failed or was parked after too many attempts, the last of which failed for this reason, in the order of
/// the ids. What a person parked stays parked. A call is one transaction.
#[utoipa::path(
    post,
    path = "/v10/accounting-entries/requeue-failures",
    tag = "export",
    operation_id = "requeueExportFailures",
    params(IdempotencyKey),
    request_body(content = RequeueFailures, description = "The system and the type"),
    responses(
        (status = 200, description = "How many entries were requeued", body = RequeuedFailures),
        (status = 422, description = "The call is malformed; nothing was requeued", body = Problem, content_type = "application/problem+json"),
        Refusals,
    )
)]
pub async fn requeue_failures(call: WritingCall) -> Result<Json<RequeuedFailures>, Problem> {
    let requeued = call.perform_object(&["system_id", "type"], requeue_failures_call).await?;
    Ok(Json(RequeuedFailures { entry_count: requeued.entries, has_more: requeued.has_more }))
}

/// One item; what has the wrong JSON type is refused here, every other rule is the use case's.
fn requeue_draft(item: &Value) -> Result<RequeueDraft, Vec<Fault>> {
    let mut fields = ItemFields::of(item, &["accounting_entry_id", "voucher_id", "system_id"]);
    let draft = RequeueDraft { target: fields.target(), system_id: fields.text("system_id") };
    fields.finish(draft)
}

fn park_draft(item: &Value) -> Result<ParkDraft, Vec<Fault>> {
    let mut fields = ItemFields::of(item, &["accounting_entry_id", "voucher_id", "system_id", "reason"]);
    let draft = ParkDraft {
        target: fields.target(),
        system_id: fields.text("system_id"),
        reason: fields.text("reason"),
    };
    fields.finish(draft)
}

fn requeue_failures_call(
    fields: ItemFields<'_>,
    key: Option<String>,
) -> Result<service::RequeueFailures, Error> {
    let draft = (fields.text("system_id"), fields.text("type"));
    let (system_id, kind) = fields.finish(draft).map_err(Error::Refused)?;
    service::RequeueFailures::parse(system_id, &kind, key)
}
