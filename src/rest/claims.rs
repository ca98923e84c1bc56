//! Claims: taken, shown, settled, extended, given back.

mod leasing;
mod settling;

use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery};
use axum::{Extension, Json};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::entry::AccountingEntry;
use super::filter_groups;
use super::include::{INCLUDE, Include};
use super::item::ItemFields;
use super::operation::{IdempotencyKey, Refusals, WritingCall};
use super::parameters::Parameters;
use super::problem::{Problem, in_rest_spelling};
use super::requests::FilterGroup;
use crate::domain::claim::Claim;
use crate::domain::page::{MAX_PAGE, PageArguments};
use crate::domain::{Code, Entry, Error, Result};
use crate::service::{ClaimCall, ClaimDraft, ClaimedLine, Ledger, claim_cursor, claimed_cursor};

/// The calls of workers.
pub fn calls() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(claim, list))
        .routes(routes!(one))
        .routes(routes!(settling::settle))
        .routes(routes!(leasing::extend))
        .routes(routes!(leasing::release))
}

/// What a worker wants to claim.
#[derive(ToSchema)]
#[allow(
    dead_code,
    reason = "only described: the fields are read one by one, so that each fault gets its path"
)]
pub struct ClaimExports {
    /// The system that the entries are sent to.
    #[schema(example = "erp", pattern = "^[A-Za-z0-9._:-]{1,64}$")]
    system_id: String,
    /// How many entries; without it 100. The last voucher may exceed it.
    #[schema(example = 100, minimum = 1, maximum = 500)]
    first: Option<i64>,
    /// How long the worker has them, in seconds; without it 300.
    #[schema(example = 300, minimum = 10, maximum = 3600)]
    lease_seconds: Option<i64>,
    /// What the worker calls itself.
    #[schema(example = "worker-3", min_length = 1, max_length = 100)]
    worker: String,
    /// Only vouchers with an entry that passes. Left out: all.
    filter_groups: Option<Vec<FilterGroup>>,
}

/// Entries that one worker has claimed, to send them to a system. No entry is in two claims that are live.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportClaim {
    /// The id of the claim, by which it is settled, extended and released.
    #[schema(example = "019703a2-7c1e-7b52-9d5e-2f6f6d9c1a10")]
    claim_id: String,
    /// The system that the entries are sent to.
    #[schema(example = "erp")]
    system_id: String,
    /// What the worker calls itself.
    #[schema(example = "worker-3")]
    worker: String,
    /// When the entries were claimed (RFC 3339, UTC).
    #[schema(example = "2024-01-31T12:00:00.000000Z", format = DateTime)]
    claimed_at: String,
    /// When the lease ends (RFC 3339, UTC). From then on other workers are given what the claim still has, and that
    /// counts as an attempt that failed.
    #[schema(example = "2024-01-31T12:05:00.000000Z", format = DateTime)]
    expires_at: String,
    /// When all of the claim was settled, released, or given to others (RFC 3339, UTC); null before.
    #[schema(example = "2024-01-31T12:04:00.000000Z", format = DateTime)]
    ended_at: Option<String>,
    /// Whether the claim has not ended and its lease neither.
    live: bool,
}

impl From<Claim> for ExportClaim {
    fn from(claim: Claim) -> Self {
        Self {
            claim_id: claim.id,
            system_id: claim.system_id.to_string(),
            worker: claim.worker,
            claimed_at: claim.claimed_at.to_string(),
            expires_at: claim.expires_at.to_string(),
            ended_at: claim.ended_at.map(|at| at.to_string()),
            live: claim.is_live,
        }
    }
}

/// An accounting entry of a claim.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClaimedEntry {
    /// The entry, as it is now.
    accounting_entry: AccountingEntry,
    /// The version of the entry when it was claimed. When it is settled without another one, this version is marked.
    #[schema(example = 1)]
    version: i32,
    /// A text that stays the same over all attempts to send this to the system, and over all workers: give it to the
    /// system as its idempotency key or document number. The entries of a voucher have it in common.
    #[schema(example = "q1cM6vJ5b0Zl2cQm0bq5Kw")]
    dispatch_key: String,
    /// Whether the claim still has the entry: it is neither settled nor given to others.
    held: bool,
}

impl From<(AccountingEntry, ClaimedLine)> for ClaimedEntry {
    fn from((accounting_entry, claimed): (AccountingEntry, ClaimedLine)) -> Self {
        Self {
            accounting_entry,
            version: claimed.line.version,
            dispatch_key: claimed.dispatch_key,
            held: claimed.line.is_held,
        }
    }
}

/// A claim with a page of its entries.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct ClaimedEntries {
    /// The claim; null when there was nothing to claim.
    claim: Option<ExportClaim>,
    /// Its entries, by id; also those that are settled.
    entries: Vec<ClaimedEntry>,
    /// Give it as `after` to the call for this claim for the next page; null on the last one.
    next_after: Option<String>,
}

impl ClaimedEntries {
    async fn read(
        ledger: &Ledger,
        claim_id: &str,
        arguments: &PageArguments,
        include: Include,
    ) -> Result<Self> {
        let claim = ledger.export_claim(claim_id).await?;
        let page = ledger.claimed_entries(&claim, arguments).await?;
        let last = page.items.last().filter(|_| page.has_next);
        let next_after = last.map(|(entry, _)| claimed_cursor(&claim.id, entry.id));
        let (entries, claimed): (Vec<Entry>, Vec<ClaimedLine>) = page.items.into_iter().unzip();
        let entries = include.shown(ledger, entries).await?.into_iter().zip(claimed);
        Ok(Self { claim: Some(claim.into()), entries: entries.map(ClaimedEntry::from).collect(), next_after })
    }
}

/// A page of claims.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportClaims {
    /// Oldest first.
    claims: Vec<ExportClaim>,
    /// Give it as `after` for the next page; null on the last one.
    next_after: Option<String>,
}

/// Claim accounting entries that nobody has, to send them to a system.
///
/// Whole vouchers, in the order of the ids; what failed and is due gets up to half. No other worker is given them until
/// the lease ends. The same idempotency key gives the same claim again, as it stands then. The answer has the first 500
/// entries of the claim.
#[utoipa::path(
    post,
    path = "/v10/accounting-entries/claims",
    tag = "export",
    operation_id = "claimExports",
    params(IdempotencyKey),
    request_body(content = ClaimExports, description = "What to claim"),
    responses(
        (status = 200, description = "The claim with its entries; without a claim when there was nothing to claim", body = ClaimedEntries),
        (status = 422, description = "The call is malformed; nothing was claimed", body = Problem, content_type = "application/problem+json"),
        Refusals,
    )
)]
pub async fn claim(call: WritingCall) -> Result<Json<ClaimedEntries>, Problem> {
    let known = ["system_id", "first", "lease_seconds", "worker", "filter_groups"];
    let (ledger, call) = call.object(&known, claim_call);
    let claimed = async {
        let Some(claim_id) = ledger.perform(call, super::ACTOR).await? else {
            return Ok(ClaimedEntries::default());
        };
        let most = PageArguments { first: Some(MAX_PAGE.cast_signed()), ..PageArguments::default() };
        ClaimedEntries::read(&ledger, &claim_id, &most, Include::default()).await
    };
    claimed.await.map(Json).map_err(|error| Problem::of_write(in_rest_spelling(error)))
}

fn claim_call(mut fields: ItemFields<'_>, key: Option<String>) -> Result<ClaimCall> {
    // A filter that is null is refused: it may be meant to be one.
    let filter = fields.value("filter_groups").map(filter_groups::from_json).transpose();
    let draft = ClaimDraft {
        system_id: fields.text("system_id"),
        first: fields.optional_number("first"),
        lease_seconds: fields.optional_number("lease_seconds"),
        worker: fields.text("worker"),
        filter: None,
    };
    let draft = fields.finish(draft).map_err(Error::Refused)?;
    ClaimCall::parse(ClaimDraft { filter: filter?, ..draft }, key)
}

/// The claims for a system that have not ended, oldest first. One whose lease has ended is among them until another
/// worker claims what it had.
#[utoipa::path(
    get,
    path = "/v10/accounting-entries/claims",
    tag = "export",
    operation_id = "listExportClaims",
    params(
        ("system_id" = String, Query, description = "The system that the entries are sent to", example = "erp"),
        ("limit" = Option<i64>, Query, description = "How many claims a page has at most. Without it 20.", minimum = 1, maximum = 100),
        ("after" = Option<String>, Query, description = "Continue after this cursor, which is `next_after` of the page before."),
    ),
    responses(
        (status = 200, description = "A page", body = ExportClaims),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn list(
    Extension(ledger): Extension<Ledger>,
    RawQuery(query): RawQuery,
) -> Result<Json<ExportClaims>, Problem> {
    let list = async {
        let known = ["system_id", "limit", "after"];
        let parameters = Parameters::read(query.as_deref(), &known, false, &Bytes::new())?;
        let page = ledger.export_claims(&parameters.system_id()?, &parameters.page()?).await;
        let page = page.map_err(in_rest_spelling)?;
        let next_after = page.items.last().filter(|_| page.has_next).map(claim_cursor);
        Ok(ExportClaims { claims: page.items.into_iter().map(ExportClaim::from).collect(), next_after })
    };
    list.await.map(Json).map_err(Problem::of_read)
}

/// One claim, whether it has ended or not, with its entries.
#[utoipa::path(
    get,
    path = "/v10/accounting-entries/claims/{id}",
    tag = "export",
    operation_id = "getExportClaim",
    params(
        ("id" = String, Path, description = "The id of the claim", example = "019703a2-7c1e-7b52-9d5e-2f6f6d9c1a10"),
        ("limit" = Option<i64>, Query, description = "How many entries a page has at most. Without it 50.", minimum = 1, maximum = 500),
        ("after" = Option<String>, Query, description = "Continue after this cursor, which is `next_after` of the page before."),
        ("include" = Option<String>, Query, description = "What is shown of each entry beside its fields: exports, its marks for the systems that it was sent to. This takes the right to read.", example = "exports"),
    ),
    responses(
        (status = 200, description = "The claim with a page of its entries", body = ClaimedEntries),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is none", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn one(
    Extension(ledger): Extension<Ledger>,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Result<Json<ClaimedEntries>, Problem> {
    let found = async {
        let known = ["limit", "after", INCLUDE];
        let parameters = Parameters::read(query.as_deref(), &known, false, &Bytes::new())?;
        let include = Include::read(&parameters)?;
        ClaimedEntries::read(&ledger, &claim_id(id), &parameters.page()?, include).await
    };
    found.await.map(Json).map_err(|error| of_claim(error, Problem::of_read))
}

/// The id of the claim of a path. What is not UTF-8, or holds a NUL, which no database takes, is the id of none.
fn claim_id(id: Result<Path<String>, PathRejection>) -> String {
    id.ok().map(|Path(id)| id).filter(|id| !id.contains('\0')).unwrap_or_default()
}

/// What went wrong with a call for the claim of a path: 404 where there is no such claim.
fn of_claim(error: Error, otherwise: fn(Error) -> Problem) -> Problem {
    Problem::of_named(error, "claim_id", Code::ClaimNotFound, otherwise)
}
