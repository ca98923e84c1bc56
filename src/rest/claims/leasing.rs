//! The lease of a claim: extended, or given back with the claim.

use axum::Json;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use serde::Serialize;
use utoipa::ToSchema;

use super::{claim_id, of_claim};
use crate::domain::{Error, Result};
use crate::rest::item::ItemFields;
use crate::rest::operation::{IdempotencyKey, Refusals, WritingCall};
use crate::rest::problem::Problem;
use crate::service::{LeaseCall, Leased};

/// How much longer a worker needs.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: the field is read by itself, so that its fault gets a path")]
pub struct ExtendClaim {
    /// How long from now on, in seconds; without it 300.
    #[schema(example = 300, minimum = 10, maximum = 3600)]
    lease_seconds: Option<i64>,
}

/// What became of the lease of a claim.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClaimLease {
    /// The claim.
    #[schema(example = "019703a2-7c1e-7b52-9d5e-2f6f6d9c1a10")]
    claim_id: String,
    /// When the lease ends (RFC 3339, UTC); null when the claim was given back.
    #[schema(example = "2024-01-31T12:10:00.000000Z", format = DateTime)]
    expires_at: Option<String>,
    /// How many entries the claim has, or had when it was given back.
    #[schema(example = 57)]
    entry_count: u64,
}

impl From<Leased> for ClaimLease {
    fn from(leased: Leased) -> Self {
        Self {
            claim_id: leased.claim_id,
            expires_at: leased.expires_at.map(|at| at.to_string()),
            entry_count: leased.entries,
        }
    }
}

/// Make the lease of a claim last longer, from now on.
///
/// That is for what the claim still has. When it has nothing any more, the call is refused with `CLAIM_LOST`.
#[utoipa::path(
    post,
    path = "/v10/accounting-entries/claims/{id}/extend",
    tag = "export",
    operation_id = "extendExportClaim",
    params(
        ("id" = String, Path, description = "The id of the claim", example = "019703a2-7c1e-7b52-9d5e-2f6f6d9c1a10"),
        IdempotencyKey,
    ),
    request_body(content = ExtendClaim, description = "How much longer"),
    responses(
        (status = 200, description = "The lease as it is now", body = ClaimLease),
        (status = 404, description = "There is no such claim", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The call is malformed, or the claim has nothing any more", body = Problem, content_type = "application/problem+json"),
        Refusals,
    )
)]
pub async fn extend(
    id: Result<Path<String>, PathRejection>,
    call: WritingCall,
) -> Result<Json<ClaimLease>, Problem> {
    lease(claim_id(id), call, &["lease_seconds"], LeaseCall::extend).await
}

/// Give a claim back: what it still has is as it was before, and no attempt is counted.
///
/// When it has nothing any more, the call is refused with `CLAIM_LOST`.
#[utoipa::path(
    post,
    path = "/v10/accounting-entries/claims/{id}/release",
    tag = "export",
    operation_id = "releaseExportClaim",
    params(
        ("id" = String, Path, description = "The id of the claim", example = "019703a2-7c1e-7b52-9d5e-2f6f6d9c1a10"),
        IdempotencyKey,
    ),
    request_body(content = Object, description = "An object without fields: {}"),
    responses(
        (status = 200, description = "What the claim had", body = ClaimLease),
        (status = 404, description = "There is no such claim", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The call is malformed, or the claim has nothing any more", body = Problem, content_type = "application/problem+json"),
        Refusals,
    )
)]
pub async fn release(
    id: Result<Path<String>, PathRejection>,
    call: WritingCall,
) -> Result<Json<ClaimLease>, Problem> {
    lease(claim_id(id), call, &[], |id, _, key| LeaseCall::release(id, key)).await
}

/// Carries a call about the lease of this claim out. Its body may have these fields.
async fn lease(
    claim_id: String,
    call: WritingCall,
    known: &[&str],
    make: fn(String, Option<i64>, Option<String>) -> Result<LeaseCall>,
) -> Result<Json<ClaimLease>, Problem> {
    let (ledger, read) = call.object(known, read);
    let call = read.and_then(|(seconds, key)| make(claim_id, seconds, key));
    let leased = ledger.lease(call, crate::rest::ACTOR).await;
    leased.map(|leased| Json(leased.into())).map_err(|error| of_claim(error, Problem::of_write))
}

fn read(mut fields: ItemFields<'_>, key: Option<String>) -> Result<(Option<i64>, Option<String>)> {
    let seconds = fields.optional_number("lease_seconds");
    fields.finish((seconds, key)).map_err(Error::Refused)
}
