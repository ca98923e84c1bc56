//! Every request has an id: the caller's `x-request-id` when it looks like one, else a new one. The log, the
//! answer's header and errors of the server's own carry it.

use axum::extract::Request;
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use crate::request::RequestId;

const HEADER: &str = "x-request-id";
/// Longest id taken from a caller, in characters.
const MAX_LENGTH: usize = 64;

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
    RequestId(id.clone()).scope(answer.instrument(span)).await
}

fn usable(value: &HeaderValue) -> Option<String> {
    let text = value.to_str().ok()?;
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"._:-".contains(&b);
    ((1..=MAX_LENGTH).contains(&text.len()) && text.bytes().all(allowed)).then(|| text.to_owned())
}
