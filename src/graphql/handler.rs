//! GraphQL over HTTP: a handler of our own, after the GraphQL-over-HTTP specification. The ready-made one runs
//! mutations over GET, takes any content type (so that a foreign page can post), and answers 200 to everything.

use std::sync::Arc;

use async_graphql::{Response, ServerError, Value, Variables};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::any;
use axum::{Extension, Router};
use serde::Deserialize;

use super::Schema;
use super::error::clip;
use super::guard::{self, Refusal};
use super::media_type::{JSON, RESPONSE_JSON, content_type, is_json, media_type};
use super::object_text::{NothingToMerge, json, write_tree};
use super::order::{self, Shape};
use super::scalars::how_to_write;
use super::trusted::{self, TrustedDocuments};
use crate::config::GraphqlSettings;
use crate::domain::Code;
use crate::http::{Allowance, CostReport, RequestId, Reservation, Throttled};
use crate::service::Ledger;

type Shared = (Schema, Arc<GraphqlSettings>, TrustedDocuments);

/// `/graphql`, answering with this schema.
pub fn router(schema: Schema, limits: GraphqlSettings, trusted: TrustedDocuments) -> Router {
    Router::new().route("/graphql", any(handle)).with_state((schema, Arc::new(limits), trusted))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object with the text `query`")]
struct Body {
    #[serde(default)]
    query: Option<String>,
    #[serde(default)]
    document_id: Option<String>,
    #[serde(default)]
    operation_name: Option<String>,
    #[serde(default)]
    variables: Option<serde_json::Map<String, serde_json::Value>>,
    #[serde(default)]
    extensions: Option<serde_json::Map<String, serde_json::Value>>,
}

async fn handle(
    State((schema, limits, trusted)): State<Shared>,
    Extension(ledger): Extension<Ledger>,
    Extension(allowance): Extension<Allowance>,
    request_id: Option<Extension<RequestId>>,
    method: Method,
    headers: HeaderMap,
    body: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> axum::response::Response {
    let request_id = request_id.map(|Extension(id)| id);
    let accepted = media_type(headers.get_all(header::ACCEPT));
    if method != Method::POST {
        let message = "send GraphQL with POST and a JSON body: {\"query\": \"…\", \"variables\": {…}}";
        let code = Code::MethodNotAllowed.as_str();
        let mut response = refuse(StatusCode::METHOD_NOT_ALLOWED, code, message, accepted.unwrap_or(JSON));
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
        return response;
    }
    let Some(media_type) = accepted else {
        let message = format!("this address answers in {RESPONSE_JSON} or {JSON}: accept one of them");
        return refuse(StatusCode::NOT_ACCEPTABLE, Code::NotAcceptable.as_str(), &message, JSON);
    };
    if !is_json(&headers) {
        let message = "send the body as content-type application/json, in UTF-8";
        return refuse(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Code::UnsupportedMediaType.as_str(),
            message,
            media_type,
        );
    }
    let body = match body {
        Ok(body) => body,
        Err(rejection) => {
            let (code, message) = crate::http::body_fault(rejection.status());
            return refuse(rejection.status(), code.as_str(), message, media_type);
        }
    };
    let body = match read_body(&body) {
        Ok(body) => body,
        Err(mut message) => {
            clip(&mut message);
            return refuse(StatusCode::BAD_REQUEST, Code::InvalidBody.as_str(), &message, media_type);
        }
    };
    let ran = match run(&schema, ledger, &allowance, &limits, &trusted, body).await {
        Ok(ran) => ran,
        Err(NotRun::Refused(refusal)) => Ran::refused(refusal),
        Err(NotRun::Throttled(throttled)) => return throttle(&throttled, media_type),
    };
    answer(ran, media_type, &limits, request_id.as_ref())
}

/// What came of a request.
struct Ran {
    response: Response,
    /// Whether it was refused before any field ran.
    refused: bool,
    /// What it did cost, where the caller has a budget.
    cost: Option<CostReport>,
}

impl Ran {
    fn refused(refusal: Refusal) -> Self {
        Self { response: Response::from_errors(vec![error(refusal)]), refused: true, cost: None }
    }
}

/// Why a request was not given to the engine.
enum NotRun {
    Refused(Refusal),
    Throttled(Throttled),
}

impl From<Refusal> for NotRun {
    fn from(refusal: Refusal) -> Self {
        NotRun::Refused(refusal)
    }
}

impl From<Throttled> for NotRun {
    fn from(throttled: Throttled) -> Self {
        NotRun::Throttled(throttled)
    }
}

/// In two steps, since a list would pass for the object with its fields in order, and a batch is a list.
fn read_body(bytes: &[u8]) -> Result<Body, String> {
    let form = "{\"query\": \"…\", \"variables\": {…}}";
    let value = serde_json::from_slice(bytes).map_err(|error| format!("the body is not JSON: {error}"))?;
    if let serde_json::Value::Array(_) = value {
        return Err(format!("batches are not taken: send each operation by itself, as {form}"));
    }
    let another_form = |why: String| format!("the body is not of the form {form}: {why}");
    let mut body: Body =
        serde_path_to_error::deserialize(value).map_err(|error| another_form(error.to_string()))?;
    if body.query.is_none() {
        body.document_id =
            trusted::named(body.document_id, body.extensions.as_ref()).map_err(another_form)?;
        if body.document_id.is_none() {
            return Err(another_form("query: there is none, and no documentId in its place".to_owned()));
        }
    }
    Ok(body)
}

async fn run(
    schema: &Schema,
    ledger: Ledger,
    allowance: &Allowance,
    limits: &GraphqlSettings,
    trusted: &TrustedDocuments,
    body: Body,
) -> Result<Ran, NotRun> {
    let variables = Variables::from_json(serde_json::Value::Object(body.variables.unwrap_or_default()));
    let name = body.operation_name.as_deref();
    let (query, mut document) = trusted.document(body.query, body.document_id.as_deref(), limits)?;
    let cost = guard::admit(&document, name, &variables, limits)?;
    let reservation = allowance.reserve(cost)?;
    let shape = order::operation(&document, name).map(|operation| Shape::of(&document, operation));
    order::add_placeholders(&mut document);
    let mut request = async_graphql::Request::new(query).variables(variables).data(ledger);
    request.operation_name = body.operation_name;
    request.set_parsed_query(document);
    if shape.as_ref().is_some_and(|shape| !shape.merges()) {
        request = request.data(NothingToMerge);
    }
    let mut response = schema.execute(request).await;
    // Every field that can fail is nullable and leaves its null, so an empty answer means that nothing ran.
    let refused = order::is_empty(&response.data) && !response.errors.is_empty();
    if let (false, Some(shape)) = (refused, shape) {
        for error in &response.errors {
            order::put_null(&mut response.data, &error.path);
        }
        shape.arrange(&mut response.data);
    }
    Ok(Ran { response, refused, cost: reservation.and_then(Reservation::settle) })
}

fn error((code, message, position): Refusal) -> ServerError {
    let mut error = ServerError::new(message, position);
    error.extensions.get_or_insert_default().set("code", code.as_str());
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

/// An error of the engine is about the document, or about a value that does not have the form of its type.
fn explain(error: &mut ServerError) {
    let extensions = error.extensions.get_or_insert_default();
    let invalid_value = error.message.strip_prefix("Invalid value for argument \"");
    let code = match invalid_value {
        None if error.path.is_empty() => Code::GraphqlValidationFailed,
        _ => Code::BadUserInput,
    };
    extensions.set("code", code.as_str());
    if let Some((argument, reason)) = invalid_value.and_then(|rest| rest.split_once('"')) {
        let path = argument.split('.').map(|step| Value::String(step.to_owned()));
        extensions.set("argument", Value::List(path.collect()));
        let scalar = reason.rsplit_once("expected type \"").and_then(|(_, name)| name.strip_suffix('"'));
        if let Some(how) = scalar.and_then(how_to_write) {
            error.message = format!("{}: {how}", error.message);
        }
    }
    clip(&mut error.message);
}

fn answer(
    ran: Ran,
    media_type: &'static str,
    limits: &GraphqlSettings,
    request_id: Option<&RequestId>,
) -> axum::response::Response {
    let Ran { mut response, refused, cost } = ran;
    let mut errors: Vec<ServerError> = Vec::new();
    for mut error in std::mem::take(&mut response.errors) {
        complete(&mut error, refused, request_id);
        add(error, &mut errors, limits.max_errors);
    }
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
    let unavailable = Value::from(Code::Unavailable.as_str());
    let codes = errors.iter().filter_map(|error| error.extensions.as_ref()?.get("code"));
    // The status stays: fields were carried out, each with a result of its own.
    if codes.into_iter().any(|code| *code == unavailable) {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    answer
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

/// An answer to a request that came to nothing outside of this handler.
pub fn failure(
    accept: Option<&HeaderValue>,
    status: StatusCode,
    code: &str,
    message: &str,
) -> axum::response::Response {
    refuse(status, code, message, media_type(accept).unwrap_or(JSON))
}

fn throttle(throttled: &Throttled, media_type: &'static str) -> axum::response::Response {
    let (code, cost) = (Code::Throttled.as_str(), throttled.cost);
    let error = serde_json::json!({ "message": throttled.message(), "extensions": { "code": code } });
    let body = serde_json::json!({ "errors": [error], "extensions": { "cost": cost } });
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type(media_type))),
        (header::RETRY_AFTER, throttled.retry_after().into()),
    ];
    (StatusCode::TOO_MANY_REQUESTS, headers, body.to_string()).into_response()
}

fn refuse(
    status: StatusCode,
    code: &str,
    message: &str,
    media_type: &'static str,
) -> axum::response::Response {
    let body = serde_json::json!({ "errors": [{ "message": message, "extensions": { "code": code } }] });
    (status, [(header::CONTENT_TYPE, content_type(media_type))], body.to_string()).into_response()
}
