//! The original's two endpoints: what has not been exported, and marking it.

use axum::body::{Body, Bytes};
use axum::extract::RawQuery;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use futures_util::{Stream, StreamExt};
use serde_json::Value;

use super::body::{JsonBody, RawBody};
use super::dto::{AccountingEntries, MarkedEntries};
use super::entry::AccountingEntry;
use super::parameters::Parameters;
use super::problem::{Problem, in_rest_spelling, spell};
use crate::domain::export::{MarkCall, MarkDraft};
use crate::domain::page::{Listing, Order, PageArguments, Scope};
use crate::domain::{Code, Entry, Error, Fault, Fields, Result, SystemId};
use crate::request::ExportPlaces;
use crate::service::Ledger;

const NDJSON: &str = "application/x-ndjson";

/// Accounting entries that a system has not been sent.
///
/// All of them, streamed as of one moment; with `limit`, a page. Nothing is marked by reading.
#[utoipa::path(
    get,
    path = "/v10/accounting-entries/export",
    tag = "export",
    params(
        ("system_id" = String, Query, description = "The external system: 1 to 64 characters of A–Z a–z 0–9 . _ : -", example = "erp"),
        ("not_exported_since" = Option<String>, Query, description = "Also what was marked later than this moment (RFC 3339; UTC without an offset), to send again. `not_export_since` is taken too.", example = "2026-01-31T12:00:00Z"),
        ("limit" = Option<i64>, Query, description = "Entries a page, 1 to 500. All are streamed when left out.", minimum = 1, maximum = 500),
        ("after" = Option<String>, Query, description = "Begin behind this cursor: `next_after` of the page before."),
        ("filter_groups" = Option<Vec<Value>>, Query, style = DeepObject, description = "Filters in brackets, e.g. filter_groups[0][filters][0][key]=created_at&filter_groups[0][filters][0][operator]=gte&filter_groups[0][filters][0][value]=2024-01-01"),
    ),
    responses(
        (status = 200, description = "The entries, by id; as application/x-ndjson one a line when that is accepted", content(
            (AccountingEntries = "application/json"),
            (AccountingEntry = "application/x-ndjson"),
        )),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is away", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn unexported(
    Extension(ledger): Extension<Ledger>,
    RawQuery(query): RawQuery,
    Extension(places): Extension<ExportPlaces>,
    headers: HeaderMap,
    RawBody(body): RawBody,
) -> Result<Response, Problem> {
    let known = ["system_id", "not_exported_since", "not_export_since", "limit", "after"];
    let parameters = Parameters::read(query.as_deref(), &known, true, &body).map_err(Problem::of_read)?;
    let listing = unexported_listing(&parameters).map_err(Problem::of_read)?;
    let as_lines = accepts_lines(&headers);
    let after = parameters.get("after").map(str::to_owned);
    match parameters.number("limit").map_err(Problem::of_read)? {
        Some(limit) => {
            let arguments = PageArguments { first: Some(limit), after, ..Default::default() };
            let page = ledger.list(&listing, &arguments, &Fields::All).await.map_err(in_rest_spelling);
            let page = page.map_err(Problem::of_read)?;
            let page = AccountingEntries::new(page, &listing);
            if !as_lines {
                return Ok(Json(page).into_response());
            }
            let lines = page.accounting_entries.iter().map(|entry| line(entry).map(|line| line + "\n"));
            let lines = lines.collect::<Result<String>>().map_err(Problem::of_read)?;
            Ok(([(header::CONTENT_TYPE, NDJSON)], lines).into_response())
        }
        None => {
            let place = places.take().await?;
            let entries = ledger.stream(listing, after).await.map_err(in_rest_spelling);
            let entries = entries.map_err(Problem::of_read)?;
            let mut entries = Box::pin(entries);
            // What is wrong with the question or the database is told before the first byte: later there is no
            // status any more, only a stream that breaks off.
            let first = entries.next().await.transpose().map_err(Problem::of_read)?;
            let entries = futures_util::stream::iter(first.map(Ok)).chain(entries);
            // Held to the end of the answer.
            let entries = entries.map(move |entry| {
                let _ = &place;
                entry
            });
            let (content_type, body) = match as_lines {
                true => (NDJSON, Body::from_stream(as_ndjson(entries))),
                false => ("application/json", Body::from_stream(as_json(entries))),
            };
            Ok(([(header::CONTENT_TYPE, content_type)], body).into_response())
        }
    }
}

fn unexported_listing(parameters: &Parameters) -> Result<Listing> {
    let system_id = parameters.get("system_id").ok_or_else(|| {
        let message = "system_id is missing: name the system the entries are for, e.g. system_id=erp";
        Fault::new(Code::InvalidSystemId, message).under("system_id")
    })?;
    let system_id: SystemId = system_id.parse().map_err(|fault: Fault| fault.under("system_id"))?;
    let documented = parameters.moment("not_exported_since")?;
    let other_spelling = parameters.moment("not_export_since")?;
    if documented.is_some() && other_spelling.is_some() {
        let message = "not_exported_since and not_export_since are the same parameter: give one of them";
        return Err(Fault::new(Code::BadUserInput, message).under("not_export_since").into());
    }
    let scope = Scope::Unexported { system_id, not_exported_since: documented.or(other_spelling) };
    Ok(Listing { scope, filter: parameters.filter.clone(), order: Order::default() })
}

fn accepts_lines(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.split(',').any(|range| range.split(';').next().is_some_and(|name| name.trim() == NDJSON))
}

fn line(entry: &AccountingEntry) -> Result<String> {
    serde_json::to_string(entry).map_err(Error::internal)
}

fn as_ndjson(
    entries: impl Stream<Item = Result<Entry>> + Send + 'static,
) -> impl Stream<Item = Result<Bytes>> + Send + 'static {
    chunked(entries.map(|entry| Ok(line(&AccountingEntry::from(entry?))? + "\n")))
}

/// `{"accounting_entries":[…]}`. An error ends the connection in the middle, so that nobody takes a part for
/// the whole.
fn as_json(
    entries: impl Stream<Item = Result<Entry>> + Send + 'static,
) -> impl Stream<Item = Result<Bytes>> + Send + 'static {
    let edge = |text: &str| futures_util::stream::iter([Ok(text.to_owned())]);
    let items = entries.enumerate().map(|(index, entry)| {
        let separator = if index == 0 { "" } else { "," };
        Ok(format!("{separator}{}", line(&AccountingEntry::from(entry?))?))
    });
    chunked(edge("{\"accounting_entries\":[").chain(items).chain(edge("]}")))
}

/// Several entries a chunk: one by one they would cost more in frames than in content. An error comes by
/// itself, behind everything that was right.
fn chunked(
    texts: impl Stream<Item = Result<String>> + Send + 'static,
) -> impl Stream<Item = Result<Bytes>> + Send + 'static {
    texts.ready_chunks(64).flat_map(|texts| {
        let mut chunk = String::new();
        let mut failure = None;
        for text in texts {
            match text {
                Ok(text) => chunk.push_str(&text),
                Err(error) => {
                    tracing::error!(%error, "an export broke off");
                    failure = Some(error);
                    break;
                }
            }
        }
        futures_util::stream::iter([Ok(Bytes::from(chunk))].into_iter().chain(failure.map(Err)))
    })
}

/// Mark accounting entries as exported.
///
/// One transaction. A malformed call is refused whole; of a well-formed one the entries that exist are marked
/// and the others reported. Marking again is allowed.
#[utoipa::path(
    post,
    path = "/v10/accounting-entries/mark-as-exported",
    tag = "export",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key with the same entries gives the first answer again; at most 200 characters", max_length = 200)),
    request_body(content = super::requests::MarkAsExported, description = "1 to 10 entries"),
    responses(
        (status = 200, description = "What was marked, and what could not be", body = MarkedEntries),
        (status = 400, description = "The body is not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "The body is not application/json", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The call is malformed, or nothing could be marked", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is away; nothing was marked", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn mark_as_exported(
    Extension(ledger): Extension<Ledger>,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Json<MarkedEntries>, Problem> {
    let key = match headers.get("idempotency-key").map(|value| value.to_str()) {
        None => None,
        Some(Ok(key)) => Some(key.to_owned()),
        Some(Err(_)) => {
            let fault = Fault::new(Code::InvalidIdempotencyKey, "the key is not visible ASCII");
            return Err(Problem::of_write(fault.under("Idempotency-Key").into()));
        }
    };
    let drafts = body.items().map_err(Problem::of_write)?.iter().map(draft).collect();
    let marked = match MarkCall::parse(drafts, key) {
        Ok(call) => ledger.mark_exported(call, super::ACTOR).await,
        Err(error) => Err(error),
    };
    let mut outcome = marked.map_err(in_rest_spelling).map_err(Problem::of_write)?;
    outcome.faults.iter_mut().for_each(spell);
    if outcome.exports.is_empty() {
        return Err(Problem::refused(StatusCode::UNPROCESSABLE_ENTITY, outcome.faults));
    }
    Ok(Json(outcome.into()))
}

/// One item; what has the wrong JSON type is refused here, every other rule is the use case's.
fn draft(item: &Value) -> Result<MarkDraft, Vec<Fault>> {
    let Some(object) = item.as_object() else {
        return Err(vec![Fault::new(Code::InvalidBody, "an item is a JSON object")]);
    };
    let known = ["accounting_entry_id", "system_id", "note"];
    let unknown = object.keys().filter(|name| !known.contains(&name.as_str())).take(1);
    let unknown = unknown.map(|name| {
        let message = format!("an item has no field {name:?}; it has: {}", known.join(", "));
        Fault::new(Code::InvalidBody, message).under(name.as_str())
    });
    let mut faults: Vec<Fault> = unknown.collect();
    let note = object.get("note").filter(|note| !note.is_null());
    if note.is_some_and(|note| !note.is_string()) {
        faults.push(Fault::new(Code::InvalidBody, "a note is a string").under("note"));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(MarkDraft {
        entry_id: object.get("accounting_entry_id").and_then(Value::as_i64),
        system_id: object.get("system_id").and_then(Value::as_str).unwrap_or_default().to_owned(),
        note: note.and_then(Value::as_str).map(str::to_owned),
    })
}
