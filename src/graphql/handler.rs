//! GraphQL over HTTP: a handler of our own, after the GraphQL-over-HTTP specification. The ready-made one runs
//! mutations over GET, takes any content type (so that a foreign page can post), and answers 200 to everything.

use std::sync::Arc;

use async_graphql::Variables;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::routing::any;
use axum::{Extension, Router};
use serde::Deserialize;

use super::Schema;
use super::answer::{Ran, answer, refuse, throttle};
use super::error::clip;
use super::guard::{self, Refusal};
use super::media_type::{JSON, RESPONSE_JSON, media_type};
use super::object_text::NothingToMerge;
use super::order::{self, Shape};
use super::trusted::{self, TrustedDocuments};
use crate::config::GraphqlSettings;
use crate::domain::Code;
use crate::request::{self, Allowance, RequestId, Reservation, Throttled};
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
    if !request::is_json(&headers) {
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
            let refusal = request::unreadable_body(rejection.status());
            return refuse(refusal.status, refusal.code.as_str(), &refusal.message, media_type);
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
