//! What goes back: the answer as text, its errors complete, and refusals in the same form.

use async_graphql::{Response, ServerError, Value};
use axum::Extension;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;

use super::document_fault::DocumentFault;
use super::error::clip;
use super::media_type::{JSON, RESPONSE_JSON, content_type, media_type};
use super::schema_description::describe_schema;
use super::text::{json, write_tree};
use crate::config::GraphqlSettings;
use crate::domain::Code;
use crate::request::{self, CostReport, ErrorCodes, RequestId, Throttled};

/// What came of a request.
pub struct Ran {
    /// What the engine said.
    pub response: Response,
    /// Whether it was refused before any field ran.
    pub refused: bool,
    /// What it did cost, where the caller has a budget.
    pub cost: Option<CostReport>,
}

impl Ran {
    /// A request that was refused, for these reasons.
    pub fn refused(refusals: Vec<DocumentFault>) -> Self {
        let errors = refusals.into_iter().map(error).collect();
        Self { response: Response::from_errors(errors), refused: true, cost: None }
    }
}

fn error(refusal: DocumentFault) -> ServerError {
    let mut error = ServerError::new(refusal.message, refusal.position);
    let extensions = error.extensions.get_or_insert_default();
    extensions.set("code", refusal.code.as_str());
    if !refusal.argument.is_empty() {
        extensions.set("argument", Value::from_iter(refusal.argument));
    }
    error
}

/// Gives an error of the engine its code, takes away the path of one that no field caused, and tells the
/// request id with those that are ours.
fn complete(error: &mut ServerError, refused: bool, request_id: Option<&RequestId>) {
    if error.extensions.as_ref().is_none_or(|extensions| extensions.get("code").is_none()) {
        explain(error);
    }
    let extensions = error.extensions.get_or_insert_default();
    let ours = extensions.get("code") == Some(&Value::from(Code::InternalServerError.as_str()));
    if let (true, Some(RequestId(id))) = (ours, request_id) {
        extensions.set("requestId", id.as_str());
    }
    if refused {
        error.path.clear();
    }
}

/// An error of the engine has no code. Before anything runs it is about the document; values have been checked before the
/// engine saw them (`arguments`), so one that it refuses while it runs is told as a value, without the Rust of it.
fn explain(error: &mut ServerError) {
    let code = if error.path.is_empty() { Code::GraphqlValidationFailed } else { Code::BadUserInput };
    error.extensions.get_or_insert_default().set("code", code.as_str());
    if let Some(end) = error.message.find(" (occurred while parsing") {
        error.message.truncate(end);
    }
    clip(&mut error.message);
}

/// What goes back of an answer: the description of the schema is put in, and errors are completed, each told once and so many
/// at most.
fn complete_all(
    response: &mut Response,
    refused: bool,
    limits: &GraphqlSettings,
    request_id: Option<&RequestId>,
) -> Vec<ServerError> {
    describe_schema(&mut response.data);
    let mut errors: Vec<ServerError> = Vec::new();
    for mut error in std::mem::take(&mut response.errors) {
        complete(&mut error, refused, request_id);
        add(error, &mut errors, limits.max_errors);
    }
    errors
}

/// The answer for a transport that writes values by itself. Its data is null where nothing ran.
pub fn whole(ran: Ran, limits: &GraphqlSettings, request_id: Option<&RequestId>) -> Response {
    let Ran { mut response, refused, cost } = ran;
    response.errors = complete_all(&mut response, refused, limits, request_id);
    if refused {
        response.data = Value::Null;
    }
    if let Some(cost) = cost.and_then(|cost| async_graphql::to_value(cost).ok()) {
        response.extensions.insert("cost".to_owned(), cost);
    }
    response
}

/// The answer to a request that the engine was asked.
pub fn answer(
    ran: Ran,
    media_type: &'static str,
    limits: &GraphqlSettings,
    request_id: Option<&RequestId>,
) -> axum::response::Response {
    let Ran { mut response, refused, cost } = ran;
    let errors = complete_all(&mut response, refused, limits, request_id);
    let mut body = Vec::new();
    let written = write_answer((!refused).then_some(&response.data), &errors, cost, &mut body);
    if let Err(error) = written {
        tracing::error!(%error, "an answer could not be written");
        let (status, code) = (StatusCode::INTERNAL_SERVER_ERROR, Code::InternalServerError);
        return refuse(status, code.as_str(), "the answer could not be written", media_type);
    }
    let bad_request = refused && media_type == RESPONSE_JSON;
    let status = if bad_request { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let mut answer = (status, [(header::CONTENT_TYPE, content_type(media_type))], body).into_response();
    let codes = codes(&errors);
    // The status stays: fields were carried out, each with a result of its own.
    if codes.iter().any(|code| code == Code::Unavailable) {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    answer.extensions_mut().insert(codes);
    answer
}

/// The codes of these errors, each once.
pub fn codes(errors: &[ServerError]) -> ErrorCodes {
    ErrorCodes::named(errors.iter().filter_map(|error| match error.extensions.as_ref()?.get("code")? {
        Value::String(name) => Some(name.as_str()),
        _ => None,
    }))
}

/// The engine says some things once for each of its rounds, and others once for each place where they are so: they
/// are one error, with all its places.
fn add(error: ServerError, errors: &mut Vec<ServerError>, most: usize) {
    let is_same = |known: &&mut ServerError| {
        (&known.message, &known.path, &known.extensions) == (&error.message, &error.path, &error.extensions)
    };
    if let Some(known) = errors.iter_mut().find(is_same) {
        let new = error.locations.iter().filter(|place| !known.locations.contains(place));
        let new: Vec<_> = new.take(most.saturating_sub(known.locations.len())).copied().collect();
        known.locations.extend(new);
    } else if errors.len() < most {
        errors.push(error);
    }
}

/// `{"data": …, "errors": […], "extensions": {"cost": …}}`, without data where nothing ran, and without errors or
/// cost where there are none.
fn write_answer(
    data: Option<&Value>,
    errors: &[ServerError],
    cost: Option<CostReport>,
    out: &mut Vec<u8>,
) -> serde_json::Result<()> {
    out.push(b'{');
    if let Some(data) = data {
        out.extend_from_slice(b"\"data\":");
        write_tree(data, out)?;
    }
    if !errors.is_empty() {
        out.extend_from_slice(if data.is_some() { b",\"errors\":" } else { b"\"errors\":" });
        json(errors, out)?;
    }
    if let Some(cost) = cost {
        let separator: &[u8] = if out.len() > 1 { b"," } else { b"" };
        out.extend_from_slice(separator);
        out.extend_from_slice(b"\"extensions\":{\"cost\":");
        json(&cost, out)?;
        out.push(b'}');
    }
    out.push(b'}');
    Ok(())
}

/// The answer to a request that was refused before it reached this module.
pub fn failure(accept: Option<&HeaderValue>, refusal: &request::Refusal) -> axum::response::Response {
    let media_type = media_type(accept).unwrap_or(JSON);
    let mut response = refuse(refusal.status, refusal.code.as_str(), &refusal.message, media_type);
    if let Some(seconds) = refusal.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

/// The answer to one that has to wait.
pub fn throttle(throttled: &Throttled, media_type: &'static str) -> axum::response::Response {
    let (code, cost) = (Code::Throttled.as_str(), throttled.cost);
    let error = serde_json::json!({ "message": throttled.message(), "extensions": { "code": code } });
    let body = serde_json::json!({ "errors": [error], "extensions": { "cost": cost } });
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type(media_type))),
        (header::RETRY_AFTER, throttled.retry_after().into()),
    ];
    let codes = Extension(ErrorCodes::from(Code::Throttled));
    (StatusCode::TOO_MANY_REQUESTS, headers, codes, body.to_string()).into_response()
}

/// The answer to one that came to nothing.
pub fn refuse(
    status: StatusCode,
    code: &str,
    message: &str,
    media_type: &'static str,
) -> axum::response::Response {
    let body = serde_json::json!({ "errors": [{ "message": message, "extensions": { "code": code } }] });
    let codes = Extension(ErrorCodes::named([code]));
    (status, [(header::CONTENT_TYPE, content_type(media_type))], codes, body.to_string()).into_response()
}
