//! Withdrawing entries.

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
use crate::service::{Withdrawal, WithdrawalDraft, Withdrawn};

/// Calls that take entries back.
pub fn calls() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(withdraw))
}

/// What the source took back.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: items are read one by one, so that each fault gets its path")]
pub struct WithdrawEntries {
    /// 1 to 500 entries.
    #[schema(min_items = 1, max_items = 500)]
    accounting_entries: Vec<EntryToWithdraw>,
}

/// One entry to withdraw.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described")]
pub struct EntryToWithdraw {
    /// The entry.
    #[schema(example = 42)]
    accounting_entry_id: i64,
    /// Why; shows in the entry's timeline.
    #[schema(example = "booked twice", min_length = 1, max_length = 2000)]
    reason: String,
}

/// An entry that is withdrawn.
#[derive(Debug, Serialize, ToSchema)]
pub struct WithdrawnEntry {
    /// The entry.
    #[schema(example = 42)]
    accounting_entry_id: i64,
    /// When it was withdrawn (RFC 3339, UTC): earlier than this call if it had been withdrawn before.
    #[schema(example = "2024-02-01T08:30:00.000000Z", format = DateTime)]
    withdrawn_at: String,
}

/// What is withdrawn, and what could not be.
#[derive(Debug, Serialize, ToSchema)]
pub struct WithdrawnEntries {
    /// In the order of the call.
    accounting_entries: Vec<WithdrawnEntry>,
    /// One an item whose entry does not exist.
    errors: Vec<ProblemError>,
}

impl From<Outcome<Withdrawn>> for WithdrawnEntries {
    fn from(outcome: Outcome<Withdrawn>) -> Self {
        let entry = |withdrawn: Withdrawn| WithdrawnEntry {
            accounting_entry_id: withdrawn.entry_id,
            withdrawn_at: withdrawn.withdrawn_at.to_string(),
        };
        Self {
            accounting_entries: outcome.done.into_iter().map(entry).collect(),
            errors: outcome.faults.iter().map(ProblemError::from).collect(),
        }
    }
}

/// Withdraw accounting entries that their source took back. A withdrawn entry is unexported for no system; where it was
/// exported before, its mark stays. Recording or importing the entry again reinstates it.
///
/// A call is one transaction. A malformed call withdraws nothing. In a well-formed call the entries that exist are
/// withdrawn, and those that do not exist are reported.
#[utoipa::path(
    post,
    path = "/v10/accounting-entries/withdraw",
    tag = "core",
    operation_id = "withdrawAccountingEntries",
    params(IdempotencyKey),
    request_body(content = WithdrawEntries, description = "1 to 500 entries"),
    responses(
        (status = 200, description = "What is withdrawn, and what could not be", body = WithdrawnEntries),
        (status = 422, description = "The call is malformed, or none of its entries exist", body = Problem, content_type = "application/problem+json"),
        Refusals,
    )
)]
pub async fn withdraw(call: WritingCall) -> Result<Json<WithdrawnEntries>, Problem> {
    call.perform_each::<Withdrawal, _, _>(draft).await
}

/// One item; what has the wrong JSON type is refused here, every other rule is the use case's.
fn draft(item: &Value) -> Result<WithdrawalDraft, Vec<Fault>> {
    let mut fields = ItemFields::of(item, &["accounting_entry_id", "reason"]);
    let draft = WithdrawalDraft { entry_id: fields.id("accounting_entry_id"), reason: fields.text("reason") };
    fields.finish(draft)
}
