//! How far the export of an entry to a system is.

use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery};
use axum::{Extension, Json};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::claims::ExportClaim;
use super::entries::{entry_id, no_entry};
use super::marking::MarkedEntry;
use super::parameters::Parameters;
use super::problem::Problem;
use crate::domain::progress::Failure;
use crate::domain::status;
use crate::domain::{Result, SystemId};
use crate::service::Ledger;

/// Calls that tell how far an export is.
pub fn calls() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(export_status))
}

/// How far the export of an entry to a system is.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportStatus {
    /// The state. PENDING: nobody has tried, or it is free again. CLAIMED: a worker has it until its lease ends.
    /// FAILED: the system refused it. PARKED: given up after too many attempts, or by a person. EXPORTED: marked.
    /// CHANGED: marked in an older version, or withdrawn after it was marked. WITHDRAWN: taken back before it was sent.
    #[schema(example = "FAILED")]
    state: &'static str,
    /// How many attempts to send it failed since it was last requeued; 0 once it is exported.
    #[schema(example = 2)]
    attempts: i32,
    /// The last attempt that failed; null when none did since it was last requeued, and once it is exported.
    last_failure: Option<ExportFailure>,
    /// From when on workers are given it again (RFC 3339, UTC); null unless it is FAILED.
    #[schema(example = "2024-01-31T12:02:00.000000Z", format = DateTime)]
    next_attempt_at: Option<String>,
    /// The claim that has it; null unless it is CLAIMED.
    claim: Option<ExportClaim>,
    /// Who parked it; null unless it is PARKED, and where it was parked after too many attempts.
    #[schema(example = "token:console")]
    parked_by: Option<String>,
    /// Why that person parked it.
    #[schema(example = "the supplier will send a corrected invoice")]
    parked_reason: Option<String>,
    /// The mark; null while it is not exported.
    export: Option<MarkedEntry>,
    /// The version of the entry that the system was sent; null while it is not exported.
    #[schema(example = 1)]
    sent_version: Option<i32>,
    /// A text that stays the same over all attempts to send this to the system, and over all workers: give it to the
    /// system as its idempotency key or document number. The entries of a voucher have it in common. It is another one
    /// after the mark was taken back. Null while the system is not known.
    #[schema(example = "q1cM6vJ5b0Zl2cQm0bq5Kw")]
    dispatch_key: Option<String>,
}

/// An attempt to send something to a system that failed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportFailure {
    /// Why.
    #[serde(rename = "type")]
    #[schema(example = "UNKNOWN_ACCOUNT")]
    kind: &'static str,
    /// The same in words.
    #[schema(example = "account 411000 is not in the chart of accounts")]
    reason: String,
    /// When the failure was reported (RFC 3339, UTC).
    #[schema(example = "2024-01-31T12:00:00.000000Z", format = DateTime)]
    failed_at: String,
    /// The entry that was refused; where a voucher was refused, one of its entries.
    #[schema(example = 42)]
    accounting_entry_id: i64,
}

impl From<Failure> for ExportFailure {
    fn from(failure: Failure) -> Self {
        Self {
            kind: failure.kind.as_str(),
            reason: failure.reason,
            failed_at: failure.at.to_string(),
            accounting_entry_id: failure.entry_id,
        }
    }
}

impl ExportStatus {
    /// The status, with the key under which the entry is sent.
    pub fn new(status: status::ExportStatus, dispatch_key: Option<String>) -> Self {
        let (parked_by, parked_reason) = status.parked.map(|parked| (parked.by, parked.reason)).unzip();
        Self {
            state: status.state.as_str(),
            attempts: status.attempts,
            last_failure: status.last_failure.map(ExportFailure::from),
            next_attempt_at: status.next_attempt_at.map(|at| at.to_string()),
            claim: status.claim.map(ExportClaim::from),
            parked_by,
            parked_reason,
            sent_version: status.export.as_ref().map(|export| export.version),
            export: status.export.map(MarkedEntry::from),
            dispatch_key,
        }
    }
}

/// How far the export of an accounting entry to a system is.
#[utoipa::path(
    get,
    path = "/v10/accounting-entries/{id}/export-status",
    tag = "export",
    operation_id = "getAccountingEntryExportStatus",
    params(
        ("id" = i64, Path, description = "The ledger's own id", example = 42),
        ("system_id" = String, Query, description = "The system that the entry is sent to", example = "erp"),
    ),
    responses(
        (status = 200, description = "The state of the entry for the system, and what is known of it", body = ExportStatus),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such entry", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn export_status(
    Extension(ledger): Extension<Ledger>,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Result<Json<ExportStatus>, Problem> {
    let system_id = system_id(query.as_deref()).map_err(Problem::of_read)?;
    let id = entry_id(id).map_err(Problem::of_read)?;
    let found = ledger.export_status(id, &system_id).await.map_err(Problem::of_read)?;
    let (status, dispatch_key) = found.ok_or_else(|| no_entry(id))?;
    Ok(Json(ExportStatus::new(status, dispatch_key)))
}

fn system_id(query: Option<&str>) -> Result<SystemId> {
    let parameters = Parameters::read(query, &["system_id"], false, &Bytes::new())?;
    Ok(parameters.system_id()?)
}
