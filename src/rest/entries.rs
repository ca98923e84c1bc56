//! The core: list, one entry, its timeline, upsert.

use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::{Extension, Json};

use super::body::{JsonBody, RawBody};
use super::dto::{AccountingEntries, Event, RecordedEntries, Timeline};
use super::entry::{self, AccountingEntry};
use super::parameters::Parameters;
use super::problem::{Problem, in_rest_spelling};
use crate::domain::page::{Listing, PageArguments, Scope};
use crate::domain::{Code, Entry, Error, Fault, Fields, Result};
use crate::service::{Ledger, timeline_cursor};

/// Accounting entries, page by page.
#[utoipa::path(
    get,
    path = "/v10/accounting-entries",
    tag = "core",
    params(
        ("limit" = Option<i64>, Query, description = "Entries a page; 50 when left out.", minimum = 1, maximum = 500),
        ("after" = Option<String>, Query, description = "Begin behind this cursor: `next_after` of the page before."),
        ("sort" = Option<String>, Query, description = "id, created_at, updated_at or posting_date; with - in front downwards. By id when left out.", example = "-posting_date"),
        ("filter_groups" = Option<Vec<Value>>, Query, style = DeepObject, description = "Filters in brackets, e.g. filter_groups[0][filters][0][key]=description&filter_groups[0][filters][0][operator]=ct&filter_groups[0][filters][0][value]=invoice"),
    ),
    responses(
        (status = 200, description = "A page", body = AccountingEntries),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is away", body = Problem, content_type = "application/problem+json"),
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
        (status = 400, description = "The id is no integer", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is none", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is away", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn one(
    Extension(ledger): Extension<Ledger>,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Result<Json<AccountingEntry>, Problem> {
    Parameters::read(query.as_deref(), &[], false, &Bytes::new()).map_err(Problem::of_read)?;
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
        ("limit" = Option<i64>, Query, description = "Events a page; 50 when left out.", minimum = 1, maximum = 100),
        ("after" = Option<String>, Query, description = "Begin behind this cursor: `next_after` of the page before."),
    ),
    responses(
        (status = 200, description = "A page of the timeline", body = Timeline),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such entry", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is away", body = Problem, content_type = "application/problem+json"),
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

/// Record accounting entries: new ones are inserted, known ones, by external id, replaced where they differ.
///
/// One transaction. A malformed call is refused whole, with every fault.
#[utoipa::path(
    post,
    path = "/v10/accounting-entries",
    tag = "core",
    request_body(content = super::requests::RecordEntries, description = "1 to 500 entries"),
    responses(
        (status = 200, description = "The entries as they are now", body = RecordedEntries),
        (status = 400, description = "The body is not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "The body is not application/json", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The call is malformed; nothing was recorded", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is away; nothing was recorded", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn record(
    Extension(ledger): Extension<Ledger>,
    body: JsonBody,
) -> Result<Json<RecordedEntries>, Problem> {
    let record = async {
        let mut contents = Vec::new();
        let mut faults = Vec::new();
        let mut is_readable = true;
        for (index, item) in body.items()?.iter().enumerate() {
            let found = match entry::content(item) {
                Ok(content) => {
                    let found = content.faults();
                    contents.push(content);
                    found
                }
                Err(found) => {
                    is_readable = false;
                    found
                }
            };
            faults.extend(found.into_iter().map(|fault| fault.under(index).under("accounting_entries")));
        }
        // What the use case cannot be given it cannot judge: its faults are told here, beside those of the others.
        if !is_readable {
            return Err(Error::Refused(faults));
        }
        ledger.record(contents, super::ACTOR).await.map_err(in_rest_spelling)
    };
    record.await.map(|recorded| Json(recorded.into())).map_err(Problem::of_write)
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
