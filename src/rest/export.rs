//! What has not been exported: a page, or all of it as a stream.

pub mod form;

use axum::Extension;
use axum::extract::{FromRequest, Request};
use axum::response::Response;
use futures_util::StreamExt;

use super::body::RawBody;
use super::dto::AccountingEntries;
use super::entry::AccountingEntry;
use super::include::{INCLUDE, Include};
use super::parameters::Parameters;
use super::problem::{Problem, in_rest_spelling};
use crate::domain::page::{Listing, Order, PageArguments, Scope};
use crate::domain::progress::ExportState;
use crate::domain::{Code, Fault, Fields};
use crate::request::ExportPlaces;
use crate::service::Ledger;
use form::{Form, Line};

/// Accounting entries that a system has not been sent.
///
/// All of them, streamed from one snapshot of the database; with `limit`, a page. Nothing is marked by reading.
///
/// The answer is complete when, as JSON, it can be parsed, and when, as NDJSON, its last line is
/// `{"end": {"entries": N, "as_of": "…", "next": null}}`. Check that also where the status is 200 and the client reports
/// no error: a stream can break after its head was sent, and over HTTP/1.0, which some proxies speak to the servers
/// behind them, the transport does not show it.
#[utoipa::path(
    get,
    path = "/v10/accounting-entries/export",
    tag = "export",
    operation_id = "listUnexportedAccountingEntries",
    params(
        ("system_id" = String, Query, description = "The external system: 1 to 64 characters of A–Z a–z 0–9 . _ : -", example = "erp"),
        ("not_exported_since" = Option<String>, Query, description = "Also what was marked later than this moment (RFC 3339; UTC without an offset), to send again. `not_export_since` is taken too.", example = "2026-01-31T12:00:00Z"),
        ("limit" = Option<i64>, Query, description = "How many entries a page has at most. Without it all entries are streamed.", minimum = 1, maximum = 500),
        ("after" = Option<String>, Query, description = "Continue after this cursor, which is `next_after` of the page before."),
        ("states" = Option<String>, Query, description = "Only the entries in one of these states now, separated by commas: PENDING, CLAIMED, FAILED, PARKED. Without it all of them. Those marked later than `not_exported_since` are in none of these states.", example = "FAILED,PARKED"),
        ("include" = Option<String>, Query, description = "What is shown of each entry beside its fields: exports, its marks for the systems that it was sent to. This takes the right to read.", example = "exports"),
        ("filter_groups" = Option<Vec<Value>>, Query, style = DeepObject, description = "Filters in brackets, e.g. filter_groups[0][filters][0][key]=created_at&filter_groups[0][filters][0][operator]=gte&filter_groups[0][filters][0][value]=2024-01-01"),
    ),
    responses(
        (
            status = 200,
            description = "The entries, by id. As application/x-ndjson, when that is accepted: one a line, and the end line",
            content((AccountingEntries = "application/json"), (Line = "application/x-ndjson")),
        ),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn unexported(
    Extension(ledger): Extension<Ledger>,
    Extension(places): Extension<ExportPlaces>,
    question: ExportQuestion,
) -> Result<Response, Problem> {
    let ExportQuestion { listing, form, limit, after, include } = question;
    match limit {
        Some(limit) => {
            let arguments = PageArguments { first: Some(limit), after, ..Default::default() };
            let page = ledger.list(&listing, &arguments, &Fields::All).await.map_err(in_rest_spelling);
            let page = page.map_err(Problem::of_read)?;
            let as_of = page.as_of;
            let page = include.page(&ledger, page, &listing).await.map_err(Problem::of_read)?;
            let next = page.next_after.clone();
            form.page(&page, &page.accounting_entries, next, as_of).map_err(Problem::of_read)
        }
        None if include.exports => {
            let place = places.take().await?;
            let stream = ledger.stream_with_exports(listing, after).await.map_err(in_rest_spelling);
            let stream = stream.map_err(Problem::of_read)?;
            let shown = |(entry, exports)| AccountingEntry::with_exports(entry, exports);
            let entries = stream.entries.map(move |entry| entry.map(shown));
            form.stream(entries, stream.as_of, place).await.map_err(Problem::of_read)
        }
        None => {
            let place = places.take().await?;
            let stream = ledger.stream(listing, after).await.map_err(in_rest_spelling);
            let stream = stream.map_err(Problem::of_read)?;
            let entries = stream.entries.map(|entry| entry.map(AccountingEntry::from));
            form.stream(entries, stream.as_of, place).await.map_err(Problem::of_read)
        }
    }
}

/// The parameters that a question for entries and one for vouchers may have.
const PARAMETERS: &[&str] = &["system_id", "not_exported_since", "not_export_since", "limit", "after"];

/// A question for the entries that a system has not been sent, as it came in.
pub struct ExportQuestion {
    /// The entries that are meant.
    pub listing: Listing,
    /// The form of the answer.
    pub form: Form,
    /// The size of a page; all of them when it is left out.
    pub limit: Option<i64>,
    /// The cursor to continue after.
    pub after: Option<String>,
    /// What is shown of the entries.
    pub include: Include,
}

impl<S: Send + Sync> FromRequest<S> for ExportQuestion {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        Self::read(request, state, &[PARAMETERS, &["states", INCLUDE][..]].concat()).await
    }
}

/// The same question for vouchers.
pub struct VoucherQuestion(pub ExportQuestion);

impl<S: Send + Sync> FromRequest<S> for VoucherQuestion {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        ExportQuestion::read(request, state, &[PARAMETERS, &[INCLUDE][..]].concat())
            .await
            .map(VoucherQuestion)
    }
}

impl ExportQuestion {
    async fn read<S: Send + Sync>(request: Request, state: &S, known: &[&str]) -> Result<Self, Problem> {
        let query = request.uri().query().map(str::to_owned);
        let form = Form::accepted(request.headers());
        let RawBody(body) = RawBody::from_request(request, state).await?;
        let read = || -> crate::domain::Result<Self> {
            let parameters = Parameters::read(query.as_deref(), known, true, &body)?;
            let listing = unexported_listing(&parameters)?;
            let after = parameters.get("after").map(str::to_owned);
            let include = Include::read(&parameters)?;
            Ok(Self { listing, form, limit: parameters.limit()?, after, include })
        };
        read().map_err(Problem::of_read)
    }
}

fn unexported_listing(parameters: &Parameters) -> crate::domain::Result<Listing> {
    let system_id = parameters.system_id()?;
    let documented = parameters.moment("not_exported_since")?;
    let other_spelling = parameters.moment("not_export_since")?;
    if documented.is_some() && other_spelling.is_some() {
        let message = "not_exported_since and not_export_since are the same parameter: give one of them";
        return Err(Fault::new(Code::BadUserInput, message).under("not_export_since").into());
    }
    let states = parameters.get("states").map(read_states).transpose()?;
    let scope = Scope::Unexported { system_id, not_exported_since: documented.or(other_spelling), states };
    Ok(Listing { scope, filter: parameters.filter.clone(), order: Order::default() })
}

/// States that are separated by commas.
fn read_states(text: &str) -> Result<Vec<ExportState>, Fault> {
    let states: Result<Vec<ExportState>, Fault> =
        text.split(',').map(|name| ExportState::read(name.trim())).collect();
    ExportState::narrowing(&states?)
}
