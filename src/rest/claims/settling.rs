//! Settling a claim: what a worker says of what it claimed.

use axum::Json;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{claim_id, of_claim};
use crate::domain::{Error, Fault, Result};
use crate::rest::failures::{FailedItem, failure};
use crate::rest::item::ItemFields;
use crate::rest::marking::MarkedEntry;
use crate::rest::operation::{IdempotencyKey, Refusals, WritingCall};
use crate::rest::problem::{Problem, ProblemError, spell};
use crate::rest::reference::ExportReference;
use crate::service::{RefusedDraft, SentDraft, SettleCall, Settled};

/// What became of a claim, or of a part of it: 1 to 500 items in both lists together.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: items are read one by one, so that each fault gets its path")]
pub struct SettleClaim {
    /// What the system took.
    #[schema(max_items = 500)]
    exported: Option<Vec<SettledExport>>,
    /// What the system refused.
    #[schema(max_items = 500)]
    failed: Option<Vec<RefusedExport>>,
}

/// Something of a claim that the system took: an entry, or all entries of the claim in a voucher. An item names one of
/// the two.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described")]
pub struct SettledExport {
    /// The entry.
    #[schema(example = 42)]
    accounting_entry_id: Option<i64>,
    /// The voucher.
    #[schema(example = "voucher/2024-01-31/VE/17")]
    voucher_id: Option<String>,
    /// The version that was sent; without it, the one that the claim handed out.
    #[schema(example = 1, minimum = 1)]
    version: Option<i32>,
    /// The system's own document.
    reference: Option<ExportReference>,
    /// Shows in the timeline of each entry.
    #[schema(example = "posted as GL-2024-118", max_length = 2000)]
    note: Option<String>,
}

/// Something of a claim that the system refused: an entry, or all entries of the claim in a voucher. An item names one
/// of the two.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described")]
pub struct RefusedExport {
    /// The entry.
    #[schema(example = 42)]
    accounting_entry_id: Option<i64>,
    /// The voucher.
    #[schema(example = "voucher/2024-01-31/VE/17")]
    voucher_id: Option<String>,
    /// Why. However often UNAVAILABLE and RATE_LIMITED come, they never park what failed.
    #[schema(rename = "type", example = "UNKNOWN_ACCOUNT")]
    kind: String,
    /// The same in words, best those of the system.
    #[schema(example = "account 411000 is not in the chart of accounts", min_length = 1, max_length = 2000)]
    reason: String,
    /// When it is to be tried again (RFC 3339); without it, after a wait that doubles with each attempt.
    #[schema(example = "2024-02-01T08:30:00Z", format = DateTime)]
    retry_at: Option<String>,
}

/// What was recorded of a claim, and what could not be.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettledClaim {
    /// The claim.
    #[schema(example = "019703a2-7c1e-7b52-9d5e-2f6f6d9c1a10")]
    claim_id: String,
    /// The marks that were made, one for each entry.
    exported: Vec<MarkedEntry>,
    /// What followed from each failure, in the order of the call.
    failed: Vec<FailedItem>,
    /// How many entries the claim still has.
    #[schema(example = 0)]
    remaining_count: u64,
    /// One an item that the claim never had, or, of what failed, has no more: then only its timeline tells of the
    /// failure.
    errors: Vec<ProblemError>,
}

impl From<Settled> for SettledClaim {
    fn from(settled: Settled) -> Self {
        Self {
            claim_id: settled.claim_id,
            exported: settled.exports.into_iter().map(MarkedEntry::from).collect(),
            failed: settled.failures.into_iter().map(FailedItem::from).collect(),
            remaining_count: settled.remaining,
            errors: settled.faults.iter().map(ProblemError::from).collect(),
        }
    }
}

/// Settle a claim, or a part of it: what the system took is marked, what it refused has failed.
///
/// That something was sent is a fact: it is marked also when the lease has ended. A failure changes only what the claim
/// still has. A call is one transaction. A malformed call records nothing.
#[utoipa::path(
    post,
    path = "/v10/accounting-entries/claims/{id}/settle",
    tag = "export",
    operation_id = "settleExportClaim",
    params(
        ("id" = String, Path, description = "The id of the claim", example = "019703a2-7c1e-7b52-9d5e-2f6f6d9c1a10"),
        IdempotencyKey,
    ),
    request_body(content = SettleClaim, description = "1 to 500 items in both lists together"),
    responses(
        (status = 200, description = "What was recorded, and what could not be", body = SettledClaim),
        (status = 404, description = "There is no such claim", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The call is malformed, or nothing could be recorded", body = Problem, content_type = "application/problem+json"),
        Refusals,
    )
)]
pub async fn settle(
    id: Result<Path<String>, PathRejection>,
    call: WritingCall,
) -> Result<Json<SettledClaim>, Problem> {
    let claim_id = claim_id(id);
    let (ledger, lists) = call.object(&["exported", "failed"], read);
    let call =
        lists.and_then(|Lists { exported, failed, key }| SettleCall::parse(claim_id, exported, failed, key));
    let settled = ledger.settle(call, crate::rest::ACTOR).await;
    let mut settled = settled.map_err(|error| of_claim(error, Problem::of_write))?;
    settled.faults.iter_mut().for_each(spell);
    if settled.exports.is_empty() && settled.failures.is_empty() && !settled.faults.is_empty() {
        return Err(Problem::refused(StatusCode::UNPROCESSABLE_ENTITY, settled.faults));
    }
    Ok(Json(settled.into()))
}

/// The items of a call, each read or not, and its key.
struct Lists {
    exported: Vec<Result<SentDraft, Vec<Fault>>>,
    failed: Vec<Result<RefusedDraft, Vec<Fault>>>,
    key: Option<String>,
}

fn read(mut fields: ItemFields<'_>, key: Option<String>) -> Result<Lists> {
    let lists =
        Lists { exported: fields.list("exported", sent), failed: fields.list("failed", refused), key };
    fields.finish(lists).map_err(Error::Refused)
}

/// One item; what has the wrong JSON type is refused here, every other rule is the use case's.
fn sent(item: &Value) -> Result<SentDraft, Vec<Fault>> {
    let mut fields =
        ItemFields::of(item, &["accounting_entry_id", "voucher_id", "version", "reference", "note"]);
    let draft = SentDraft {
        target: fields.target(),
        version: fields.optional_number("version"),
        reference: fields.reference(),
        note: fields.optional_text("note"),
    };
    fields.finish(draft)
}

fn refused(item: &Value) -> Result<RefusedDraft, Vec<Fault>> {
    let mut fields =
        ItemFields::of(item, &["accounting_entry_id", "voucher_id", "type", "reason", "retry_at"]);
    let draft = RefusedDraft { target: fields.target(), failure: failure(&mut fields) };
    fields.finish(draft)
}
