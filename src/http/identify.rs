//! Every request has an id: the caller's `x-request-id` when it looks like one, else a new one. The log, the
//! answer's header and errors of the server's own carry it. Every line of the log that is written for a request also
//! carries the client's address, the trace that the request belongs to, and, once it is known, the token's name.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use super::ledger_paths::Asked;
use crate::request::RequestId;

const HEADER: &str = "x-request-id";
/// Longest id taken from a caller, in characters.
const MAX_LENGTH: usize = 64;
/// Longest `X-Forwarded-For` that is logged, in characters.
const MAX_FORWARDED: usize = 200;

/// Gives the request its id and its place in the log.
pub async fn identify(mut request: Request, next: Next) -> Response {
    let id =
        request.headers().get(HEADER).and_then(usable).unwrap_or_else(|| uuid::Uuid::now_v7().to_string());
    let client = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| *peer);
    let span = tracing::info_span!(
        "request",
        id = %id,
        method = %request.method(),
        path = %request.uri().path(),
        ledger = ledger(&request),
        client = client.map(tracing::field::display),
        forwarded_for = forwarded_for(request.headers()),
        trace_id = trace_id(request.headers()),
        token = tracing::field::Empty,
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

/// The name of a ledger other than `main`, which the path does not have any more.
fn ledger(request: &Request) -> Option<&str> {
    match request.extensions().get::<Asked>()? {
        Asked::Ledger(name) => Some(name.as_str()),
        Asked::Nobody => Some("none"),
    }
}

fn usable(value: &HeaderValue) -> Option<String> {
    let text = value.to_str().ok()?;
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"._:-".contains(&b);
    ((1..=MAX_LENGTH).contains(&text.len()) && text.bytes().all(allowed)).then(|| text.to_owned())
}

/// The addresses that a proxy says it was called from. Logged as they are told and used for nothing: anybody can send
/// this header.
fn forwarded_for(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get("x-forwarded-for")?.to_str().ok()?;
    let allowed = |b: u8| b.is_ascii_hexdigit() || b".:, []".contains(&b);
    (text.len() <= MAX_FORWARDED && text.bytes().all(allowed)).then_some(text)
}

/// The trace that a request belongs to, from the W3C header `traceparent`: `00-TRACE-SPAN-FLAGS`, where the trace's id
/// is 32 hexadecimal digits and not only zeros.
fn trace_id(headers: &HeaderMap) -> Option<&str> {
    let mut parts = headers.get("traceparent")?.to_str().ok()?.split('-');
    let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |text: &str, length: usize| {
        text.len() == length && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    let is_whole = is_hex(version, 2) && version != "ff" && is_hex(span, 16) && is_hex(flags, 2);
    (is_whole && is_hex(trace, 32) && trace.bytes().any(|b| b != b'0')).then_some(trace)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name.parse().unwrap(), HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn the_trace_is_taken_from_a_whole_traceparent_only() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(trace_id(&headers("traceparent", good)), Some("4bf92f3577b34da6a3ce929d0e0e4736"));
        for bad in [
            "",
            "4bf92f3577b34da6a3ce929d0e0e4736",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-x-00f067aa0ba902b7-01",
        ] {
            assert_eq!(trace_id(&headers("traceparent", bad)), None, "{bad}");
        }
    }

    #[test]
    fn only_addresses_are_logged_as_forwarded() {
        let told = |text: &str| forwarded_for(&headers("x-forwarded-for", text)).map(str::to_owned);
        assert_eq!(told("10.0.0.1, [::1]:80").as_deref(), Some("10.0.0.1, [::1]:80"));
        assert_eq!(told("secret=1"), None);
        assert_eq!(told(&"1".repeat(MAX_FORWARDED + 1)), None);
    }
}
