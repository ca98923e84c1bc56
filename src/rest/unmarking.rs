//! Taking marks back.

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
use crate::service::{Unmark, UnmarkDraft, Unmarked};

/// Calls that take marks back.
pub fn calls() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(unmark_as_exported))
}

/// What was not sent after all.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: items are read one by one, so that each fault gets its path")]
pub struct UnmarkAsExported {
    /// 1 to 500 items, of at most 10,000 entries together.
    #[schema(min_items = 1, max_items = 500)]
    items: Vec<MarkToTakeBack>,
}

/// One mark to take back: of an entry, or of all entries of a voucher. An item names one of the two.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described")]
pub struct MarkToTakeBack {
    /// The entry.
    #[schema(example = 42)]
    accounting_entry_id: Option<i64>,
    /// The voucher.
    #[schema(example = "voucher/2024-01-31/VE/17")]
    voucher_id: Option<String>,
    /// The system that was marked for.
    #[schema(example = "erp", pattern = "^[A-Za-z0-9._:-]{1,64}$")]
    system_id: String,
    /// Why; shows in the timeline of each entry.
    #[schema(example = "the ERP took the posting back", min_length = 1, max_length = 2000)]
    reason: String,
}

/// Something that a system counts as unexported again.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnmarkedItem {
    /// The entry; null where the item named a voucher.
    #[schema(example = 42)]
    accounting_entry_id: Option<i64>,
    /// The voucher; null where the item named an entry.
    #[schema(example = "voucher/2024-01-31/VE/17")]
    voucher_id: Option<String>,
    /// The system.
    #[schema(example = "erp")]
    system_id: String,
    /// How many entries had a mark.
    #[schema(example = 1)]
    entry_count: u64,
    /// When their marks were taken back (RFC 3339, UTC).
    #[schema(example = "2024-02-01T08:30:00.000000Z", format = DateTime)]
    unmarked_at: String,
}

impl From<Unmarked> for UnmarkedItem {
    fn from(unmarked: Unmarked) -> Self {
        Self {
            accounting_entry_id: unmarked.target.entry_id(),
            voucher_id: unmarked.target.global_voucher_id(),
            system_id: unmarked.system_id.to_string(),
            entry_count: unmarked.entries,
            unmarked_at: unmarked.at.to_string(),
        }
    }
}

/// What was taken back, and what could not be.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnmarkedItems {
    /// In the order of the call.
    items: Vec<UnmarkedItem>,
    /// One an item that has no mark.
    errors: Vec<ProblemError>,
}

impl From<Outcome<Unmarked>> for UnmarkedItems {
    fn from(outcome: Outcome<Unmarked>) -> Self {
        Self {
            items: outcome.done.into_iter().map(UnmarkedItem::from).collect(),
            errors: outcome.faults.iter().map(ProblemError::from).collect(),
        }
    }
}

/// Take back that entries or vouchers were exported.
///
/// The entries are unexported again at once, whatever `not_exported_since` says. Their timelines keep the marks, and who took
/// them back and why. A call is one transaction. A malformed call takes nothing back. In a well-formed call the marks that
/// there are are taken back, and the items without one are reported.
#[utoipa::path(
    post,
    path = "/v10/accounting-entries/unmark-as-exported",
    tag = "export",
    operation_id = "unmarkAccountingEntriesAsExported",
    params(IdempotencyKey),
    request_body(content = UnmarkAsExported, description = "1 to 500 items"),
    responses(
        (status = 200, description = "What was taken back, and what could not be", body = UnmarkedItems),
        (status = 422, description = "The call is malformed, or nothing could be taken back", body = Problem, content_type = "application/problem+json"),
        Refusals,
    )
)]
pub async fn unmark_as_exported(call: WritingCall) -> Result<Json<UnmarkedItems>, Problem> {
    call.perform_each::<Unmark, _, _>(draft).await
}

/// One item; what has the wrong JSON type is refused here, every other rule is the use case's.
fn draft(item: &Value) -> Result<UnmarkDraft, Vec<Fault>> {
    let mut fields = ItemFields::of(item, &["accounting_entry_id", "voucher_id", "system_id", "reason"]);
    let draft = UnmarkDraft {
        target: fields.target(),
        system_id: fields.text("system_id"),
        reason: fields.text("reason"),
    };
    fields.finish(draft)
}
