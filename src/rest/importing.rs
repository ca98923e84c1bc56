//! Imports: carrying one out, and reading those that were.

mod answer;
mod kept;

use std::io::{self, Read};

use axum::body::{Body, Bytes};
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::{Extension, Json};
use futures_util::StreamExt;
use tokio::sync::mpsc::{self, Receiver};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use answer::{ImportAnswer, answer};

use super::parameters::Parameters;
use super::problem::{Problem, in_rest_spelling};
use crate::domain::{Code, CurrencyCode, Error, Fault, Result};
use crate::request::ImportPlaces;
use crate::service::{ImportError, ImportEvent, ImportOrder, Ledger, ReadingOptions, Source, Told};

/// The calls about imports.
pub fn calls() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(import, kept::list)).routes(routes!(kept::one))
}

/// Most messages of an answer.
const MOST_MESSAGES: usize = 1_000;

/// Import a ledger file: a FEC, CSV or NDJSON as it is.
///
/// The lines are compared with the ledger voucher by voucher: what is there already stays, with what was sent. A voucher is
/// loaded whole or not at all. Nothing is written before the whole body has arrived and was read; each voucher is then
/// written in one transaction. An import that broke off can be sent again.
#[utoipa::path(
    post,
    path = "/v10/imports",
    tag = "core",
    operation_id = "importLedgerFile",
    params(
        ("name" = Option<String>, Query, description = "The name of the file, for messages. The SIREN in the name of a FEC is that of the company.", example = "123456789FEC20251231.txt", max_length = 500),
        ("format" = Option<String>, Query, description = "fec, csv or ndjson; found out from the first line when left out", example = "fec"),
        ("currency" = Option<String>, Query, description = "The book currency of entries that do not name theirs; EUR when left out", example = "EUR"),
        ("dry_run" = Option<bool>, Query, description = "true: tell what would happen, and write nothing"),
        ("strict" = Option<bool>, Query, description = "true: write nothing unless everything is in order"),
        ("withdraw_missing" = Option<bool>, Query, description = "true: withdraw the entries that are no longer in the file"),
        ("same_company" = Option<bool>, Query, description = "true: the company has a new number; take the file although another one is in its name"),
    ),
    request_body(content = String, content_type = "application/octet-stream", description = "The file"),
    responses(
        (status = 200, description = "What the import came to", body = ImportAnswer),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Another import into this ledger is at work", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The file cannot be read to its end, or is of another company; nothing was written", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn import(
    Extension(ledger): Extension<Ledger>,
    Extension(places): Extension<ImportPlaces>,
    RawQuery(query): RawQuery,
    body: Body,
) -> Result<Json<ImportAnswer>, Problem> {
    let mut order = order(query.as_deref()).map_err(Problem::of_read)?;
    let _place = places.take().await?;
    let (sender, receiver) = mpsc::channel(4);
    let mut frames = body.into_data_stream();
    let sending = tokio::spawn(async move {
        while let Some(frame) = frames.next().await {
            let frame = frame.map_err(io::Error::other);
            let is_over = frame.is_err();
            if sender.send(frame).await.is_err() || is_over {
                break;
            }
        }
    });
    let name = order.name;
    order.import.files =
        vec![Source { name: name.clone(), input: Box::new(BodyReader { receiver, rest: Bytes::new() }) }];
    let mut told = Told::new(vec![name]);
    let mut messages = Vec::new();
    let imported = ledger.import(order.import, super::ACTOR, |event| {
        if let ImportEvent::Found(finding) = event
            && told.is_shown(&finding)
            && messages.len() < MOST_MESSAGES
        {
            messages.push(told.sentence(&finding));
        }
    });
    let imported = imported.await;
    sending.abort();
    let report = imported.map_err(problem)?;
    messages.extend(told.rest(&report.summary));
    Ok(Json(answer(report, messages)))
}

/// An order whose file is still to come.
struct Order {
    name: String,
    import: ImportOrder,
}

fn order(query: Option<&str>) -> Result<Order> {
    let known = ["name", "format", "currency", "dry_run", "strict", "withdraw_missing", "same_company"];
    let parameters = Parameters::read(query, &known, false, &Bytes::new())?;
    let name = parameters.get("name").unwrap_or("the body");
    let mut faults = Vec::new();
    if name.chars().count() > 500 || name.chars().any(char::is_control) {
        faults.push(bad("name", "the name of a file has at most 500 characters, and no control characters"));
    }
    let format = parameters.get("format").map(str::parse).transpose();
    let currency = parameters.get("currency").map_or(Ok(CurrencyCode::EUR), str::parse);
    let mut is_set = |name| {
        parameters.flag(name).unwrap_or_else(|fault| {
            faults.push(fault);
            false
        })
    };
    let (is_dry_run, is_strict) = (is_set("dry_run"), is_set("strict"));
    let (withdraws_missing, is_same_company) = (is_set("withdraw_missing"), is_set("same_company"));
    let format = format.unwrap_or_else(|error| {
        faults.push(bad("format", &format!("it {error}")));
        None
    });
    let currency = currency.unwrap_or_else(|error| {
        faults.push(bad("currency", &format!("it {error}")));
        CurrencyCode::EUR
    });
    if !faults.is_empty() {
        return Err(Error::Refused(faults));
    }
    let options = ReadingOptions { format, currency, ..ReadingOptions::default() };
    let import = ImportOrder {
        is_strict,
        is_dry_run,
        withdraws_missing,
        is_same_company,
        patience: ImportPlaces::PATIENCE,
        ..ImportOrder::new(Vec::new(), options, uuid::Uuid::now_v7().simple().to_string())
    };
    Ok(Order { name: name.to_owned(), import })
}

fn bad(name: &str, message: &str) -> Fault {
    Fault::new(Code::BadUserInput, message).under(name)
}

fn problem(error: ImportError) -> Problem {
    match error {
        ImportError::File { error, .. } => {
            let detail = format!("{error}; nothing was written");
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, Code::InvalidFile, detail)
        }
        ImportError::Ledger(Error::Refused(faults)) if faults[0].code == Code::ImportRunning => {
            Problem::new(StatusCode::CONFLICT, Code::ImportRunning, &faults[0].message)
        }
        ImportError::Ledger(error) => Problem::of_write(in_rest_spelling(error)),
    }
}

/// The body as a file: the reading thread waits for it.
struct BodyReader {
    receiver: Receiver<io::Result<Bytes>>,
    rest: Bytes,
}

impl Read for BodyReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() {
            match self.receiver.blocking_recv() {
                None => return Ok(0),
                Some(frame) => self.rest = frame?,
            }
        }
        let count = self.rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&self.rest.split_to(count));
        Ok(count)
    }
}
