//! GraphQL over HTTP: a handler of our own, after the GraphQL-over-HTTP specification. The ready-made one runs
//! mutations over GET, takes any content type (so that a foreign page can post), and answers 200 to everything.

use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{PathSegment, Response, ServerError, Value, Variables};
use async_graphql_axum::GraphQLResponse;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::any;
use axum::{Extension, Router};
use serde::Deserialize;

use super::Schema;
use super::guard::{Limits, Refusal, check};
use super::order;
use crate::domain::Code;
use crate::http::RequestId;

const RESPONSE_JSON: &str = "application/graphql-response+json";
const JSON: &str = "application/json";

/// `/graphql`, answering with this schema.
pub fn router(schema: Schema, limits: Limits) -> Router {
    Router::new().route("/graphql", any(handle)).with_state((schema, limits))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    query: String,
    #[serde(default)]
    operation_name: Option<String>,
    #[serde(default)]
    variables: Option<serde_json::Map<String, serde_json::Value>>,
    #[serde(default)]
    #[allow(
        dead_code,
        reason = "read so that a value of another shape is refused, as the specification asks"
    )]
    extensions: Option<serde_json::Map<String, serde_json::Value>>,
}

async fn handle(
    State((schema, limits)): State<(Schema, Limits)>,
    request_id: Option<Extension<RequestId>>,
    method: Method,
    headers: HeaderMap,
    body: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> axum::response::Response {
    let request_id = request_id.map(|Extension(id)| id);
    let Some(media_type) = media_type(&headers) else {
        let message = format!("this address answers in {RESPONSE_JSON} or {JSON}: accept one of them");
        return refuse(StatusCode::NOT_ACCEPTABLE, Code::NotAcceptable, &message, JSON);
    };
    if method != Method::POST {
        let message = "send GraphQL with POST and a JSON body: {\"query\": \"…\", \"variables\": {…}}";
        let mut response =
            refuse(StatusCode::METHOD_NOT_ALLOWED, Code::MethodNotAllowed, message, media_type);
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
        return response;
    }
    if !is_json(&headers) {
        let message = "send the body as content-type application/json";
        return refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::UnsupportedMediaType, message, media_type);
    }
    let body = match body {
        Ok(body) => body,
        Err(rejection) => {
            let message = "the body is too large, or broke off";
            let code = if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                Code::PayloadTooLarge
            } else {
                Code::InvalidBody
            };
            return refuse(rejection.status(), code, message, media_type);
        }
    };
    let body: Body = match serde_json::from_slice(&body) {
        Ok(body) => body,
        Err(error) => {
            let message = format!(
                "the body is not JSON of the form {{\"query\": \"…\", \"variables\": {{…}}}}: {error}"
            );
            return refuse(StatusCode::BAD_REQUEST, Code::InvalidBody, &message, media_type);
        }
    };
    let document = match read_document(&body.query, &limits) {
        Ok(document) => document,
        Err(refusal) => {
            return answer(Response::from_errors(vec![error(refusal)]), true, media_type, &limits);
        }
    };
    let mut request = async_graphql::Request::new(body.query);
    request.operation_name = body.operation_name.clone();
    request.variables = Variables::from_json(serde_json::Value::Object(body.variables.unwrap_or_default()));
    request.set_parsed_query(document.clone());
    let mut response = schema.execute(request).await;
    if let Some(operation) = order::operation(&document, body.operation_name.as_deref()) {
        order::arrange(&document, operation, &mut response.data);
    }
    // Every root field is nullable and catches its own failures, so a null answer means that the request was
    // refused before any field ran.
    let refused = response.data == Value::Null && !response.errors.is_empty();
    if response.data == Value::Null && response.errors.is_empty() {
        // Everything was skipped: the engine calls that null, the specification an empty object.
        response.data = Value::Object(Default::default());
    }
    for error in &mut response.errors {
        complete(error, refused, request_id.as_ref());
    }
    answer(response, refused, media_type, &limits)
}

fn read_document(query: &str, limits: &Limits) -> Result<ExecutableDocument, Refusal> {
    let characters = query.chars().count();
    if characters > limits.query_characters {
        let message =
            format!("the document has {characters} characters; at most {}", limits.query_characters);
        return Err((Code::OperationTooLarge, message, None));
    }
    let document = async_graphql::parser::parse_query(query)
        .map_err(|error| (Code::GraphqlParseFailed, error.to_string(), error.positions().next()))?;
    check(&document, limits)?;
    Ok(document)
}

fn error((code, message, position): Refusal) -> ServerError {
    let mut error = ServerError::new(message, position);
    error.extensions.get_or_insert_default().set("code", code.as_str());
    error
}

/// Gives an error of the engine its code, takes away the path of one that no field caused, and tells the
/// request id with those that are ours.
fn complete(error: &mut ServerError, refused: bool, request_id: Option<&RequestId>) {
    let extensions = error.extensions.get_or_insert_default();
    if extensions.get("code").is_none() {
        let in_field = !error.path.is_empty();
        let code = if in_field { Code::BadUserInput } else { Code::GraphqlValidationFailed };
        extensions.set("code", code.as_str());
        if in_field {
            let path = error.path.iter().map(|segment| match segment {
                PathSegment::Field(name) => Value::String(name.clone()),
                PathSegment::Index(index) => Value::from(*index),
            });
            extensions.set("field", Value::List(path.collect()));
        }
    }
    let ours = extensions.get("code") == Some(&Value::from(Code::InternalServerError.as_str()));
    if let (true, Some(RequestId(id))) = (ours, request_id) {
        extensions.set("requestId", id.as_str());
    }
    if refused {
        error.path.clear();
    }
}

fn answer(
    mut response: Response,
    refused: bool,
    media_type: &'static str,
    limits: &Limits,
) -> axum::response::Response {
    response.errors.truncate(limits.errors);
    if !refused {
        let mut answer = GraphQLResponse::from(response).into_response();
        answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(media_type)));
        return answer;
    }
    let status = if media_type == RESPONSE_JSON { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let body = serde_json::json!({ "errors": response.errors }).to_string();
    (status, [(header::CONTENT_TYPE, content_type(media_type))], body).into_response()
}

fn refuse(
    status: StatusCode,
    code: Code,
    message: &str,
    media_type: &'static str,
) -> axum::response::Response {
    let body =
        serde_json::json!({ "errors": [{ "message": message, "extensions": { "code": code.as_str() } }] });
    (status, [(header::CONTENT_TYPE, content_type(media_type))], body.to_string()).into_response()
}

fn content_type(media_type: &'static str) -> &'static str {
    if media_type == JSON {
        "application/json; charset=utf-8"
    } else {
        "application/graphql-response+json; charset=utf-8"
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.and_then(|text| text.parse::<mime::Mime>().ok()).is_some_and(|mime| {
        let charset = mime.get_param("charset").is_none_or(|charset| charset == "utf-8");
        mime.essence_str() == JSON && charset
    })
}

/// What to answer in: what the client names first, `application/json` for those who name nothing or anything
/// (the specification's word for clients older than it), `None` when it takes neither.
fn media_type(headers: &HeaderMap) -> Option<&'static str> {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut named = accepted.flat_map(|value| value.split(',')).peekable();
    if named.peek().is_none() {
        return Some(JSON);
    }
    named.find_map(|range| {
        let mime = range.trim().parse::<mime::Mime>().ok()?;
        match mime.essence_str() {
            RESPONSE_JSON => Some(RESPONSE_JSON),
            JSON | "application/*" | "*/*" => Some(JSON),
            _ => None,
        }
    })
}
