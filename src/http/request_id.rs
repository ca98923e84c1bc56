//! Every request has an id: the caller's `x-request-id` when it looks like one, else a new one. The log, the
//! answer's header and errors that are ours carry it.

use axum::extract::Request;
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

const HEADER: &str = "x-request-id";
/// Longest id taken from a caller.
const MAX_LENGTH: usize = 64;

/// The id of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(pub String);

tokio::task_local! {
    static CURRENT: RequestId;
}

/// The id of the request this task answers, if it answers one.
pub fn current_request_id() -> Option<String> {
    CURRENT.try_with(|id| id.0.clone()).ok()
}

/// Gives the request its id and its place in the log.
pub async fn identify(mut request: Request, next: Next) -> Response {
    let id =
        request.headers().get(HEADER).and_then(usable).unwrap_or_else(|| uuid::Uuid::now_v7().to_string());
    let span = tracing::info_span!(
        "request",
        id = %id,
        method = %request.method(),
        path = %request.uri().path(),
    );
    request.extensions_mut().insert(RequestId(id.clone()));
    let answer = async {
        let mut response = next.run(request).await;
        if let Ok(value) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(HEADER, value);
        }
        response
    };
    CURRENT.scope(RequestId(id.clone()), answer.instrument(span)).await
}

fn usable(value: &HeaderValue) -> Option<String> {
    let text = value.to_str().ok()?;
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"._:-".contains(&b);
    ((1..=MAX_LENGTH).contains(&text.len()) && text.bytes().all(allowed)).then(|| text.to_owned())
}
