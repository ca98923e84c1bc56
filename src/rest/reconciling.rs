//! Comparing a system's own list of what it has with what it was sent.

mod answer;

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, Request};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt, TryStreamExt};
use tokio::sync::OwnedSemaphorePermit;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use answer::ReconciliationLine;

use super::arriving;
use super::parameters::Parameters;
use super::problem::Problem;
use crate::domain::{Error, Result, SystemId};
use crate::request::ImportPlaces;
use crate::service::{Ledger, Reconciled};

const NDJSON: &str = "application/x-ndjson";

/// Lines that go into the answer at once: one by one they would cost more in frames than in content.
const TOGETHER: usize = 64;

/// The calls that compare.
pub fn calls() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(reconcile))
}

/// Compare a system's own list of what it has with what it was sent.
///
/// The list is CSV with a header, or NDJSON; its first line tells which. Each line names an entry by `accounting_entry_id`
/// or `external_id`, and may tell `reference`, `debit` and `credit`; other columns are passed over. Amounts are compared
/// where a line has them. Nothing is changed, and the list may have any number of lines.
///
/// The list is taken in whole before the answer begins. Then every difference is a line of the answer, and its last line
/// is `{"end": {…}}` with the totals of both sides: where it is missing, the answer is not complete. What changes while the
/// list is compared may be told or not.
#[utoipa::path(
    post,
    path = "/v10/accounting-entries/reconcile",
    tag = "export",
    operation_id = "reconcileAccountingEntries",
    params(
        ("system_id" = String, Query, description = "The system whose list it is", example = "erp"),
    ),
    request_body(
        description = "The list, in CSV or NDJSON",
        content((String = "text/csv"), (String = "application/x-ndjson"))
    ),
    responses(
        (status = 200, description = "A line for each difference, and the end line", body = ReconciliationLine, content_type = "application/x-ndjson"),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The list cannot be read to its end, or has lines that cannot be compared: up to 100 of them are told, with their places", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is not available, or too many imports and reconciliations are running", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn reconcile(
    Extension(ledger): Extension<Ledger>,
    Extension(places): Extension<ImportPlaces>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Response, Problem> {
    let system_id = system_id(query.as_deref()).map_err(Problem::of_read)?;
    let place = places.take().await?;
    let (pieces, files) = arriving::pieces();
    let handing_on = tokio::spawn(async move { arriving::hand_on(request.into_body(), &pieces).await });
    let told = ledger.reconcile(&system_id, Box::new(files.whole())).await;
    handing_on.abort();
    answer(told.map_err(Problem::of_write)?, place).await.map_err(Problem::of_read)
}

fn system_id(query: Option<&str>) -> Result<SystemId> {
    let parameters = Parameters::read(query, &["system_id"], false, &Bytes::new())?;
    Ok(parameters.system_id()?)
}

/// The answer, written while it is read; it holds its place to its end. What is wrong with the database is an error before
/// the first byte: later there is no status any more, only a stream that breaks off.
async fn answer(
    told: impl Stream<Item = Result<Reconciled>> + Send + 'static,
    place: OwnedSemaphorePermit,
) -> Result<Response> {
    let mut told = Box::pin(told);
    let first = told.next().await.transpose()?;
    let told = futures_util::stream::iter(first.map(Ok)).chain(told).inspect_err(move |error| {
        tracing::error!(%error, "a reconciliation broke off");
    });
    let chunks = told.ready_chunks(TOGETHER).map(move |told| {
        let _ = &place;
        let mut lines = String::new();
        for told in told {
            let line = serde_json::to_string(&ReconciliationLine::from(told?)).map_err(Error::internal)?;
            lines.push_str(&line);
            lines.push('\n');
        }
        Ok::<_, Error>(Bytes::from(lines))
    });
    Ok(([(header::CONTENT_TYPE, NDJSON)], Body::from_stream(chunks)).into_response())
}
