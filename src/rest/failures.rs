//! Reporting what systems refused.

use axum::Json;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::item::ItemFields;
use super::operation::{IdempotencyKey, Refusals, WritingCall};
use super::problem::{Problem, ProblemError};
use crate::domain::{Fault, Outcome};
use crate::service::{ExportFailure, ExportFailureDraft, FailedExport, FailureDraft};

/// Calls that report failures.
pub fn calls() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(report_failures))
}

/// What systems refused.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: items are read one by one, so that each fault gets its path")]
pub struct ReportFailures {
    /// 1 to 500 items, whose vouchers have at most 10,000 entries together.
    #[schema(min_items = 1, max_items = 500)]
    items: Vec<ReportedFailure>,
}

/// Something that a system refused: an entry, or all entries of a voucher. An item names one of the two.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described")]
pub struct ReportedFailure {
    /// The entry. The rest of its voucher has failed with it, unless the system takes entries by themselves.
    #[schema(example = 42)]
    accounting_entry_id: Option<i64>,
    /// The voucher.
    #[schema(example = "voucher/2024-01-31/VE/17")]
    voucher_id: Option<String>,
    /// The system that refused it.
    #[schema(example = "erp", pattern = "^[A-Za-z0-9._:-]{1,64}$")]
    system_id: String,
    /// Why. However often UNAVAILABLE and RATE_LIMITED come, they never park what failed.
    #[schema(rename = "type", example = "UNKNOWN_ACCOUNT")]
    kind: String,
    /// The same in words, best those of the system.
    #[schema(example = "account 411000 is not in the chart of accounts", min_length = 1, max_length = 2000)]
    reason: String,
    /// When it is to be tried again (RFC 3339); without it, after a wait that doubles with each attempt. Too many
    /// attempts park it all the same.
    #[schema(example = "2024-02-01T08:30:00Z", format = DateTime)]
    retry_at: Option<String>,
}

/// Something that a system refused, and what followed from it.
#[derive(Debug, Serialize, ToSchema)]
pub struct FailedItem {
    /// The entry; null where the item named a voucher.
    #[schema(example = 42)]
    accounting_entry_id: Option<i64>,
    /// The voucher; null where the item named an entry.
    #[schema(example = "voucher/2024-01-31/VE/17")]
    voucher_id: Option<String>,
    /// The system.
    #[schema(example = "erp")]
    system_id: String,
    /// FAILED, or PARKED after too many attempts.
    #[schema(example = "FAILED")]
    state: &'static str,
    /// How many attempts have failed.
    #[schema(example = 2)]
    attempts: i32,
    /// From when on workers are given it again (RFC 3339, UTC); null when it is parked.
    #[schema(example = "2024-01-31T12:02:00.000000Z", format = DateTime)]
    next_attempt_at: Option<String>,
    /// How many entries failed together: with an entry the rest of its voucher.
    #[schema(example = 3)]
    entry_count: u64,
}

impl From<FailedExport> for FailedItem {
    fn from(failed: FailedExport) -> Self {
        Self {
            accounting_entry_id: failed.target.entry_id(),
            voucher_id: failed.target.global_voucher_id(),
            system_id: failed.system_id.to_string(),
            state: failed.state.as_str(),
            attempts: failed.attempts,
            next_attempt_at: failed.next_attempt_at.map(|at| at.to_string()),
            entry_count: failed.entries,
        }
    }
}

/// What failed, and what could not be recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct FailedItems {
    /// In the order of the call.
    items: Vec<FailedItem>,
    /// One an item that does not exist, is withdrawn, or was exported already: then only its timeline tells of the
    /// failure.
    errors: Vec<ProblemError>,
}

impl From<Outcome<FailedExport>> for FailedItems {
    fn from(outcome: Outcome<FailedExport>) -> Self {
        Self {
            items: outcome.done.into_iter().map(FailedItem::from).collect(),
            errors: outcome.faults.iter().map(ProblemError::from).collect(),
        }
    }
}

/// Report that systems refused entries or vouchers.
///
/// What failed stays unexported. Workers are given it again after a minute, which doubles with each further attempt up
/// to six hours; after eight attempts it is parked, until a person requeues it. Several items of one voucher are one
/// attempt. A call is one transaction. A malformed call records nothing.
#[utoipa::path(
    post,
    path = "/v10/accounting-entries/report-failures",
    tag = "export",
    operation_id = "reportExportFailures",
    params(IdempotencyKey),
    request_body(content = ReportFailures, description = "1 to 500 items"),
    responses(
        (status = 200, description = "What failed, and what could not be recorded", body = FailedItems),
        (status = 422, description = "The call is malformed, or no item has failed", body = Problem, content_type = "application/problem+json"),
        Refusals,
    )
)]
pub async fn report_failures(call: WritingCall) -> Result<Json<FailedItems>, Problem> {
    call.perform_each::<ExportFailure, _, _>(draft).await
}

/// One item; what has the wrong JSON type is refused here, every other rule is the use case's.
fn draft(item: &Value) -> Result<ExportFailureDraft, Vec<Fault>> {
    let known = ["accounting_entry_id", "voucher_id", "system_id", "type", "reason", "retry_at"];
    let mut fields = ItemFields::of(item, &known);
    let draft = ExportFailureDraft {
        target: fields.target(),
        system_id: fields.text("system_id"),
        failure: failure(&mut fields),
    };
    fields.finish(draft)
}

/// Why an attempt failed, by the fields of an item.
pub fn failure(fields: &mut ItemFields<'_>) -> FailureDraft {
    FailureDraft {
        kind: fields.text("type"),
        reason: fields.text("reason"),
        retry_at: fields.optional_moment("retry_at"),
    }
}
