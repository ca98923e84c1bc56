//! What a system was sent: its marks, by their time.

use axum::body::Bytes;
use axum::extract::RawQuery;
use axum::{Extension, Json};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::marking::MarkedEntry;
use super::parameters::Parameters;
use super::problem::{Problem, in_rest_spelling};
use crate::domain::export::{ExportFilter, ExportListing};
use crate::domain::{Result, Test, Value};
use crate::service::Ledger;

/// Calls that tell what was sent.
pub fn calls() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list))
}

/// A page of the marks of a system.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryExports {
    /// By the time of the mark, oldest first; marks of the same time by the entry.
    exports: Vec<MarkedEntry>,
    /// Give it as `after` for the next page; null on the last one.
    next_after: Option<String>,
}

/// What a system was sent: the marks of entries for it, by the time of the mark, oldest first.
///
/// Each entry has its last mark here; one that was taken back is not among them. With `actor`, `note` or `reference`,
/// which are compared as a whole, a page looks at 10,000 marks at most: it may then have fewer marks than `limit`, or
/// none, while `next_after` leads on.
#[utoipa::path(
    get,
    path = "/v10/accounting-entries/exports",
    tag = "export",
    operation_id = "listAccountingEntryExports",
    params(
        ("system_id" = String, Query, description = "The system that the entries were sent to", example = "erp"),
        ("marked_from" = Option<String>, Query, description = "Only what was marked at this moment or later (RFC 3339; UTC without an offset)", example = "2026-01-31T00:00:00Z"),
        ("marked_before" = Option<String>, Query, description = "Only what was marked before this moment (RFC 3339; UTC without an offset)", example = "2026-02-01T00:00:00Z"),
        ("actor" = Option<String>, Query, description = "Only what was marked by this actor, as the timeline names it", max_length = 256, example = "token:ERP sync"),
        ("note" = Option<String>, Query, description = "Only marks with this note", max_length = 2000, example = "run 118"),
        ("reference" = Option<String>, Query, description = "Only marks with this document of the system, by its id", max_length = 200, example = "GL-2024-118"),
        ("limit" = Option<i64>, Query, description = "How many marks a page has at most. Without it 50.", minimum = 1, maximum = 500),
        ("after" = Option<String>, Query, description = "Continue after this cursor, which is `next_after` of the page before."),
    ),
    responses(
        (status = 200, description = "A page", body = EntryExports),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn list(
    Extension(ledger): Extension<Ledger>,
    RawQuery(query): RawQuery,
) -> Result<Json<EntryExports>, Problem> {
    let list = async {
        let known =
            ["system_id", "marked_from", "marked_before", "actor", "note", "reference", "limit", "after"];
        let parameters = Parameters::read(query.as_deref(), &known, false, &Bytes::new())?;
        let page = ledger.list_exports(&listing(&parameters)?, &parameters.page()?).await;
        let page = page.map_err(in_rest_spelling)?;
        let next_after = page.end.filter(|_| page.exports.has_next);
        let exports = page.exports.items.into_iter().map(MarkedEntry::from).collect();
        Ok(EntryExports { exports, next_after })
    };
    list.await.map(Json).map_err(Problem::of_read)
}

fn listing(parameters: &Parameters) -> Result<ExportListing> {
    let text = |name: &str| parameters.get(name).map(str::to_owned);
    let since = parameters.moment("marked_from")?.map(|moment| Test::Gte(Value::Timestamp(moment)));
    let before = parameters.moment("marked_before")?.map(|moment| Test::Lt(Value::Timestamp(moment)));
    let filter = ExportFilter {
        marked_at: since.into_iter().chain(before).collect(),
        actor: text("actor"),
        note: text("note"),
        reference: text("reference"),
    };
    Ok(ExportListing { system_id: parameters.system_id()?, filter, descending: false })
}
