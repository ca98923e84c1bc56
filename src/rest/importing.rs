//! Imports: carrying one out, and reading those that were.

mod answer;
mod form;
mod kept;

use std::io;
use std::sync::{Arc, OnceLock};

use axum::body::Bytes;
use axum::extract::{RawQuery, Request};
use axum::http::StatusCode;
use axum::{Extension, Json};
use tokio::sync::mpsc::Sender;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use form::hand_on as hand_on_form;

use answer::{ImportAnswer, answer};
use form::{ImportForm, is_form, wrong_name};

use super::arriving::{self, Files, Piece};
use super::parameters::Parameters;
use super::problem::{Problem, in_rest_spelling};
use crate::domain::{Code, CurrencyCode, Error, Fault, Result};
use crate::request::ImportPlaces;
use crate::service::{ImportError, ImportEvent, ImportOrder, Ledger, ReadingOptions, Told};

/// The calls about imports.
pub fn calls() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(import, kept::list)).routes(routes!(kept::one))
}

/// Most messages of an answer.
const MOST_MESSAGES: usize = 1_000;

/// Import ledger files: a FEC, CSV or NDJSON as it is, or a form with several.
///
/// The lines are compared with the ledger voucher by voucher: what is there already stays, with what was sent. A voucher is
/// loaded whole or not at all. Nothing is written before the whole body has arrived and was read; each voucher is then
/// written in one transaction. An import that broke off can be sent again. All files of a form are one set of lines, whatever
/// their order. Pages of other sites may not send files, unless `http.allowed_origins` names them.
#[utoipa::path(
    post,
    path = "/v10/imports",
    tag = "core",
    operation_id = "importLedgerFile",
    params(
        ("name" = Option<String>, Query, description = "The name of the file where the body is the file itself, for messages. The SIREN in the name of a FEC is that of the company. A form has the names in its parts.", example = "123456789FEC20251231.txt", max_length = 500),
        ("format" = Option<String>, Query, description = "fec, csv or ndjson; found out from the first line when left out", example = "fec"),
        ("currency" = Option<String>, Query, description = "The book currency of entries that do not name theirs; EUR when left out", example = "EUR"),
        ("dry_run" = Option<bool>, Query, description = "true: tell what would happen, and write nothing"),
        ("strict" = Option<bool>, Query, description = "true: write nothing unless everything is in order"),
        ("withdraw_missing" = Option<bool>, Query, description = "true: withdraw the entries that are no longer in the file"),
        ("same_company" = Option<bool>, Query, description = "true: the company has a new number; take the file although another one is in its name"),
    ),
    request_body(
        description = "The file as it is; or a form with one or more",
        content((String = "application/octet-stream"), (ImportForm = "multipart/form-data"))
    ),
    responses(
        (status = 200, description = "What the import came to", body = ImportAnswer),
        (status = 400, description = "A parameter is wrong, or the body is no whole form", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Another import into this ledger is at work", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A file cannot be read to its end or is of another company, or a part of the form is no file; nothing was written", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn import(
    Extension(ledger): Extension<Ledger>,
    Extension(places): Extension<ImportPlaces>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Json<ImportAnswer>, Problem> {
    let is_form = is_form(request.headers());
    let (pieces, files) = arriving::pieces();
    let (name, order) = order(query.as_deref(), is_form, files).map_err(Problem::of_read)?;
    let _place = places.take().await?;
    let fault = Arc::new(OnceLock::new());
    let sending = tokio::spawn(send(request, is_form, name, pieces, Arc::clone(&fault)));
    let mut told = Told::default();
    let mut messages = Vec::new();
    let imported = ledger.import(order, super::ACTOR, |event| match event {
        ImportEvent::Begins(name) => told.begins(&name),
        ImportEvent::Found(finding) if told.is_shown(&finding) && messages.len() < MOST_MESSAGES => {
            messages.push(told.sentence(&finding));
        }
        ImportEvent::Found(_) | ImportEvent::Waits => {}
    });
    let imported = imported.await;
    sending.abort();
    let report = imported.map_err(|error| match (error, fault.get()) {
        (ImportError::File { .. }, Some(fault)) => fault.clone(),
        (error, _) => problem(error, is_form),
    })?;
    messages.extend(told.rest(&report.summary));
    Ok(Json(answer(report, messages)))
}

/// Hands the body on to the import as it comes in. What is wrong with a form is left in `fault`.
async fn send(
    request: Request,
    is_form: bool,
    name: String,
    pieces: Sender<Piece>,
    fault: Arc<OnceLock<Problem>>,
) {
    if is_form {
        if let Err(problem) = form::hand_on(request, &pieces).await {
            let _ = fault.set(problem);
            let _ = pieces.send(Piece::Broken(io::ErrorKind::InvalidData.into())).await;
        }
        return;
    }
    if pieces.send(Piece::File(name)).await.is_ok() {
        arriving::hand_on(request.into_body(), &pieces).await;
    }
}

/// How to import, and the name of the file where the body is one.
fn order(query: Option<&str>, is_form: bool, files: Files) -> Result<(String, ImportOrder)> {
    let known = ["name", "format", "currency", "dry_run", "strict", "withdraw_missing", "same_company"];
    let parameters = Parameters::read(query, &known, false, &Bytes::new())?;
    let name = parameters.get("name").unwrap_or("the body");
    let mut faults = Vec::new();
    if is_form && parameters.get("name").is_some() {
        faults
            .push(bad("name", "the files of a form have the names that stand in its parts: leave this out"));
    }
    faults.extend(wrong_name(name).map(|message| bad("name", message)));
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
    let order = ImportOrder {
        is_strict,
        is_dry_run,
        withdraws_missing,
        is_same_company,
        patience: ImportPlaces::PATIENCE,
        ..ImportOrder::new(files, options, uuid::Uuid::now_v7().simple().to_string())
    };
    Ok((name.to_owned(), order))
}

fn bad(name: &str, message: &str) -> Fault {
    Fault::new(Code::BadUserInput, message).under(name)
}

fn problem(error: ImportError, is_form: bool) -> Problem {
    match error {
        ImportError::File { name, error } => {
            let name = if is_form && !name.is_empty() { format!("{name}: ") } else { String::new() };
            let detail = format!("{name}{error}; nothing was written");
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, Code::InvalidFile, detail)
        }
        ImportError::Ledger(Error::Refused(faults)) if faults[0].code == Code::ImportRunning => {
            Problem::new(StatusCode::CONFLICT, Code::ImportRunning, &faults[0].message)
        }
        ImportError::Ledger(error) => Problem::of_write(in_rest_spelling(error)),
    }
}
