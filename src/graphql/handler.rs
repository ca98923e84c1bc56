//! GraphQL over HTTP: a handler of our own, after the GraphQL-over-HTTP specification. The ready-made one
//! (async-graphql-axum) runs mutations over GET, takes any content type (so that a foreign page can post), and answers
//! 200 to everything.

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::Response;
use axum::routing::any;
use axum::{Extension, Router};

use super::answer::{Ran, answer, refuse, throttle};
use super::engine::{Engine, NotRun};
use super::error::clip;
use super::media_type::{JSON, RESPONSE_JSON, media_type};
use super::question::{Question, of_body, of_query_string};
use crate::config::{Names, Origin};
use crate::domain::Code;
use crate::request::{self, Allowance, Refusal, RequestId};
use crate::service::Ledger;

/// Longest query string taken, in bytes. Proxies often take less; a POST takes more.
const MAX_QUERY_STRING: usize = 32 << 10;

/// What the handler knows of before a request comes.
#[derive(Clone)]
struct Shared {
    engine: Engine,
    /// The origins of pages that may call.
    origins: Names<Origin>,
}

/// `/graphql`, answered by this engine, to pages of these other origins too.
pub fn router(engine: Engine, origins: Names<Origin>) -> Router {
    Router::new().route("/graphql", any(handle)).with_state(Shared { engine, origins })
}

async fn handle(
    State(Shared { engine, origins }): State<Shared>,
    Extension(ledger): Extension<Ledger>,
    Extension(allowance): Extension<Allowance>,
    Parts { method, uri, headers, extensions, .. }: Parts,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let request_id = extensions.get::<RequestId>();
    let accepted = media_type(headers.get_all(header::ACCEPT));
    if method != Method::POST && method != Method::GET {
        let message = "send GraphQL with POST and a JSON body, {\"query\": \"…\", \"variables\": {…}}, or a query \
                       with GET, ?query=…&variables={…}";
        return not_allowed("GET, POST", message, accepted.unwrap_or(JSON));
    }
    let Some(media_type) = accepted else {
        let message = format!("this address answers in {RESPONSE_JSON} or {JSON}: accept one of them");
        return refuse(StatusCode::NOT_ACCEPTABLE, Code::NotAcceptable.as_str(), &message, JSON);
    };
    let is_get = method == Method::GET;
    let question = if is_get { from_get(&uri, &headers, &origins) } else { from_post(&headers, body) };
    let mut response = match question {
        Ok(question) => match engine.answer(ledger, &allowance, question).await {
            Ok(ran) => answer(ran, media_type, engine.limits(), request_id),
            Err(NotRun::Refused(faults)) => {
                answer(Ran::refused(faults), media_type, engine.limits(), request_id)
            }
            Err(NotRun::Throttled(throttled)) => throttle(&throttled, media_type),
            Err(NotRun::OnlyQueries) => {
                not_allowed("POST", "only queries come by GET: send this operation by POST", media_type)
            }
        },
        Err(refusal) => refuse(refusal.status, refusal.code.as_str(), &clipped(refusal.message), media_type),
    };
    if is_get {
        let vary = HeaderValue::from_static("accept, authorization, origin, sec-fetch-site");
        response.headers_mut().append(header::VARY, vary);
    }
    response
}

fn from_post(headers: &HeaderMap, body: Result<Bytes, BytesRejection>) -> Result<Question, Refusal> {
    if !request::is_json(headers) {
        let message = "send the body as content-type application/json, in UTF-8";
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::UnsupportedMediaType, message));
    }
    let body = body.map_err(|rejection| request::unreadable_body(rejection.status()))?;
    of_body(&body).map_err(|message| Refusal::new(StatusCode::BAD_REQUEST, Code::InvalidBody, message))
}

/// A browser sends a GET for any page, without asking first whether it may. The page cannot read the answer, but it
/// could make the server work and measure how long that takes: so only pages of this server and of the origins that
/// were named may ask.
fn from_get(uri: &Uri, headers: &HeaderMap, origins: &Names<Origin>) -> Result<Question, Refusal> {
    if request::is_foreign(headers, origins) {
        let message = "pages of other sites may not ask: http.allowed_origins names those that may";
        return Err(Refusal::new(StatusCode::FORBIDDEN, Code::Forbidden, message));
    }
    let text = uri.query().unwrap_or_default();
    if text.len() > MAX_QUERY_STRING {
        let most = MAX_QUERY_STRING >> 10;
        let message = format!("the query string has more than {most} KiB: send this query by POST");
        return Err(Refusal::new(StatusCode::URI_TOO_LONG, Code::QueryTooLong, message));
    }
    of_query_string(text)
        .map_err(|message| Refusal::new(StatusCode::BAD_REQUEST, Code::BadUserInput, message))
}

/// A message may repeat what was sent.
fn clipped(mut message: String) -> String {
    clip(&mut message);
    message
}

fn not_allowed(methods: &'static str, message: &str, media_type: &'static str) -> Response {
    let code = Code::MethodNotAllowed.as_str();
    let mut response = refuse(StatusCode::METHOD_NOT_ALLOWED, code, message, media_type);
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(methods));
    response
}
