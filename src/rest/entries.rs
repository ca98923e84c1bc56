//! The entries themselves: listing them, one entry, its timeline, and recording.

use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::{Extension, Json};
use serde_json::Value;

use super::body::{JsonBody, RawBody};
use super::dto::{AccountingEntries, AccountingEntry, Event, RecordedEntries, Timeline};
use super::parameters::{NoParameters, Parameters};
use super::problem::{Problem, in_rest_spelling};
use crate::domain::page::{Listing, PageArguments, Scope};
use crate::domain::{Code, Entry, EntryContent, Error, Fault, Fields, Result};
use crate::service::{Ledger, timeline_cursor};

/// Accounting entries, page by page.
#[utoipa::path(
    get,
    path = "/v10/accounting-entries",
    tag = "core",
    params(
        ("limit" = Option<i64>, Query, description = "How many entries a page has at most. Without it 50.", minimum = 1, maximum = 500),
        ("after" = Option<String>, Query, description = "Continue after this cursor, which is `next_after` of the page before."),
        ("sort" = Option<String>, Query, description = "The order: id, created_at, updated_at or posting_date, with - in front for descending. Without it by id.", example = "-posting_date"),
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
        let parameters = Parameters::read(query.as_deref(), &["limit", "after", "sort"], true, &body)?;
        let order = parameters.order()?;
        let arguments = PageArguments {
            first: parameters.number("limit")?,
            after: parameters.get("after").map(str::to_owned),
            ..Default::default()
        };
        let listing = Listing { scope: Scope::Ledger, filter: parameters.filter, order };
        Ok(AccountingEntries::new(
            ledger.list(&listing, &arguments, &Fields::All).await.map_err(in_rest_spelling)?,
            &listing,
        ))
    };
    list.await.map(Json).map_err(Problem::of_read)
}

/// One accounting entry.
#[utoipa::path(
    get,
    path = "/v10/accounting-entries/{id}",
    tag = "core",
    params(("id" = i64, Path, description = "The ledger's own id", example = 42)),
    responses(
        (status = 200, description = "The entry", body = AccountingEntry),
        (status = 400, description = "The id is not a whole number, or the call has parameters", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is none", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn one(
    Extension(ledger): Extension<Ledger>,
    _: NoParameters,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<AccountingEntry>, Problem> {
    let entry = find(&ledger, id).await?;
    Ok(Json(entry.into()))
}

/// What happened to an entry, oldest first.
#[utoipa::path(
    get,
    path = "/v10/accounting-entries/{id}/timeline",
    tag = "core",
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
    let limit = parameters.number("limit").map_err(Problem::of_read)?;
    let entry = find(&ledger, id).await?;
    let id = entry.id;
    let pages = ledger.timelines_of(&[entry], limit, parameters.get("after")).await;
    let page = pages.map_err(in_rest_spelling).map_err(Problem::of_read)?.remove(&id).unwrap_or_default();
    let next_after = page.events.last().filter(|_| page.has_next).map(timeline_cursor);
    Ok(Json(Timeline { timeline: page.events.into_iter().map(Event::from).collect(), next_after }))
}

/// Record accounting entries. An entry whose external_id is new is inserted; one whose external_id is known is replaced
/// if it differs.
///
/// A call is one transaction. If any entry is wrong, nothing is recorded, and every fault is reported.
#[utoipa::path(
    post,
    path = "/v10/accounting-entries",
    tag = "core",
    request_body(content = super::requests::RecordEntries, description = "1 to 500 entries"),
    responses(
        (status = 200, description = "The entries as they are now", body = RecordedEntries),
        (status = 400, description = "The body is not JSON, or the address has parameters", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "The body is not application/json", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The call is malformed; nothing was recorded", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available; nothing was recorded", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn record(
    Extension(ledger): Extension<Ledger>,
    _: NoParameters,
    body: JsonBody,
) -> Result<Json<RecordedEntries>, Problem> {
    let record = async {
        let items: Vec<Result<EntryContent, Fault>> = body.items()?.iter().map(content).collect();
        if items.iter().any(Result::is_err) {
            // What the use case cannot be given it cannot judge: its faults are told here, beside those of the others.
            let faults = items.into_iter().enumerate().flat_map(|(index, item)| {
                let faults = item.map_or_else(|fault| vec![fault], |content| content.faults());
                faults.into_iter().map(move |fault| fault.under(index).under("accounting_entries"))
            });
            return Err(Error::Refused(faults.collect()));
        }
        let contents = items.into_iter().filter_map(Result::ok).collect();
        ledger.record(contents, super::ACTOR).await.map_err(in_rest_spelling)
    };
    record.await.map(|recorded| Json(recorded.into())).map_err(Problem::of_write)
}

/// What is read is what is written: the fields an answer has, less those the ledger makes itself.
fn content(item: &Value) -> Result<EntryContent, Fault> {
    let read: Result<EntryContent, _> = serde_path_to_error::deserialize(item);
    read.map_err(|error| {
        let path: Vec<String> =
            error.path().iter().map(ToString::to_string).filter(|step| step != "?").collect();
        let fault = Fault::new(Code::InvalidEntry, error.into_inner().to_string());
        path.into_iter().rev().fold(fault, Fault::under)
    })
}

/// The entry of a path. One that is not UTF-8 is no number either.
async fn find(ledger: &Ledger, id: Result<Path<String>, PathRejection>) -> Result<Entry, Problem> {
    let id = id.ok().and_then(|Path(id)| id.parse().ok()).ok_or_else(|| {
        let fault = Fault::new(Code::InvalidEntryId, "an entry id is a 64-bit integer");
        Problem::of_read(fault.under("id").into())
    })?;
    let entry = ledger.entry(id).await.map_err(Problem::of_read)?;
    entry.ok_or_else(|| {
        Problem::new(StatusCode::NOT_FOUND, Code::EntryNotFound, format!("there is no entry {id}"))
    })
}
