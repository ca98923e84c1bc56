//! Reading the ledger: the list of entries, one entry, its timeline.

use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::{Extension, Json};

use super::body::RawBody;
use super::dto::{AccountingEntries, Event, Timeline};
use super::entry::AccountingEntry;
use super::include::{INCLUDE, Include};
use super::parameters::{Parameters, number_of};
use super::problem::{Problem, in_rest_spelling};
use crate::domain::page::{Listing, Scope};
use crate::domain::{Code, Entry, EntryId, Fields, Result};
use crate::service::{Ledger, timeline_cursor};

/// Accounting entries, page by page.
#[utoipa::path(
    get,
    path = "/v10/accounting-entries",
    tag = "core",
    operation_id = "listAccountingEntries",
    params(
        ("limit" = Option<i64>, Query, description = "How many entries a page has at most. Without it 50.", minimum = 1, maximum = 500),
        ("after" = Option<String>, Query, description = "Continue after this cursor, which is `next_after` of the page before."),
        ("sort" = Option<String>, Query, description = "The order: id, created_at, updated_at or posting_date, with - in front for descending. Without it by id.", example = "-posting_date"),
        ("include" = Option<String>, Query, description = "What is shown of each entry beside its fields: exports, its marks for the systems that it was sent to. This takes the right to read.", example = "exports"),
        ("filter_groups" = Option<Vec<Value>>, Query, style = DeepObject, description = "Filters in brackets, e.g. filter_groups[0][filters][0][key]=description&filter_groups[0][filters][0][operator]=ct&filter_groups[0][filters][0][value]=invoice"),
    ),
    responses(
        (status = 200, description = "A page", body = AccountingEntries),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn list(
    Extension(ledger): Extension<Ledger>,
    RawQuery(query): RawQuery,
    RawBody(body): RawBody,
) -> Result<Json<AccountingEntries>, Problem> {
    let list = async {
        let known = ["limit", "after", "sort", INCLUDE];
        let parameters = Parameters::read(query.as_deref(), &known, true, &body)?;
        let (order, include) = (parameters.order()?, Include::read(&parameters)?);
        let arguments = parameters.page()?;
        let listing = Listing { scope: Scope::Ledger, filter: parameters.filter, order };
        let page = ledger.list(&listing, &arguments, &Fields::All).await.map_err(in_rest_spelling)?;
        include.page(&ledger, page, &listing).await
    };
    list.await.map(Json).map_err(Problem::of_read)
}

/// One accounting entry.
#[utoipa::path(
    get,
    path = "/v10/accounting-entries/{id}",
    tag = "core",
    operation_id = "getAccountingEntry",
    params(
        ("id" = i64, Path, description = "The ledger's own id", example = 42),
        ("include" = Option<String>, Query, description = "What is shown of the entry beside its fields: exports, its marks for the systems that it was sent to. This takes the right to read.", example = "exports"),
    ),
    responses(
        (status = 200, description = "The entry", body = AccountingEntry),
        (status = 400, description = "The id is not a whole number, or a parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is none", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn one(
    Extension(ledger): Extension<Ledger>,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Result<Json<AccountingEntry>, Problem> {
    let include = include(query.as_deref()).map_err(Problem::of_read)?;
    let entry = find(&ledger, id).await?;
    include.shown_alone(&ledger, entry).await.map(Json).map_err(Problem::of_read)
}

/// What is to be shown of one entry.
fn include(query: Option<&str>) -> Result<Include> {
    let parameters = Parameters::read(query, &[INCLUDE], false, &Bytes::new())?;
    Ok(Include::read(&parameters)?)
}

/// What happened to an entry, oldest first.
#[utoipa::path(
    get,
    path = "/v10/accounting-entries/{id}/timeline",
    tag = "core",
    operation_id = "getAccountingEntryTimeline",
    params(
        ("id" = i64, Path, description = "The ledger's own id", example = 42),
        ("limit" = Option<i64>, Query, description = "How many events a page has at most. Without it 50.", minimum = 1, maximum = 100),
        ("after" = Option<String>, Query, description = "Continue after this cursor, which is `next_after` of the page before."),
    ),
    responses(
        (status = 200, description = "A page of the timeline", body = Timeline),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such entry", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn timeline(
    Extension(ledger): Extension<Ledger>,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Result<Json<Timeline>, Problem> {
    let parameters = Parameters::read(query.as_deref(), &["limit", "after"], false, &Bytes::new())
        .map_err(Problem::of_read)?;
    let arguments = parameters.page().map_err(Problem::of_read)?;
    let entry = find(&ledger, id).await?;
    let id = entry.id;
    let pages = ledger.timelines_of(&[entry], &arguments).await;
    let page = pages.map_err(in_rest_spelling).map_err(Problem::of_read)?.remove(&id).unwrap_or_default();
    let next_after = page.items.last().filter(|_| page.has_next).map(timeline_cursor);
    Ok(Json(Timeline { timeline: page.items.into_iter().map(Event::from).collect(), next_after }))
}

/// The entry of a path.
async fn find(ledger: &Ledger, id: Result<Path<String>, PathRejection>) -> Result<Entry, Problem> {
    let id = entry_id(id).map_err(Problem::of_read)?;
    let entry = ledger.entry(id).await.map_err(Problem::of_read)?;
    entry.ok_or_else(|| no_entry(id))
}

/// The id of the entry of a path.
pub fn entry_id(id: Result<Path<String>, PathRejection>) -> Result<EntryId> {
    number_of(id, Code::InvalidEntryId, "an entry id is a 64-bit integer")
}

/// That the entry of a path does not exist.
pub fn no_entry(id: EntryId) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, Code::EntryNotFound, format!("there is no entry {id}"))
}
