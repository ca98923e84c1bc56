//! Bodies are read before anything else happens to a request, up to a size and within a time, so that a slow sender holds
//! no place among the running requests. Compressed bodies are refused: a small one could unpack to a huge one.

use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::StreamExt;

use super::refusal::Refuser;
use crate::config::{Names, Origin};
use crate::domain::Code;
use crate::request::{is_foreign, is_import};

/// How many bytes of a body that is too large are thrown away before the refusal, which keeps the connection: most
/// clients read no answer before they have sent everything. After more than that the connection is closed
/// (`serve/unread.rs`).
const THROWN_AWAY: usize = 16 << 20;

/// How large a body may be, and how long a client may take to send it.
#[derive(Clone, Debug)]
pub struct Bodies {
    /// In bytes.
    pub limit: usize,
    /// The same for an import.
    pub import_limit: u64,
    /// For the whole body; of an import, for each part of it.
    pub patience: Duration,
    /// The origins of pages that may send a body which a browser sends without asking: a file to import.
    pub origins: Names<Origin>,
}

/// Reads the body, then hands the request on.
pub async fn taken_in(State(bodies): State<Bodies>, request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let refuser = Refuser::of(&request);
    let (parts, body) = request.into_parts();
    if is_encoded(&parts.headers) {
        let message =
            "the body is compressed, and this server takes none that is: leave content-encoding out";
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        let mut response = refuser.refuse(status, Code::CompressedBody, message);
        response.headers_mut().insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        return response;
    }
    let too_large = |size: &str| {
        let message = format!("the body has {size} bytes; at most {}: make several calls", bodies.limit);
        refuser.refuse(StatusCode::PAYLOAD_TOO_LARGE, Code::PayloadTooLarge, &message)
    };
    if is_import(&parts.method, parts.uri.path()) {
        return import(bodies, refuser, Request::from_parts(parts, body), next).await;
    }
    let declared = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    // A client that asks first (Expect: 100-continue) has not sent anything yet.
    if declared > bodies.limit && parts.headers.contains_key(header::EXPECT) {
        return too_large(&declared.to_string());
    }
    match tokio::time::timeout(bodies.patience, read(body, bodies.limit)).await {
        Ok(Ok(Some(body))) => next.run(Request::from_parts(parts, Body::from(body))).await,
        Ok(Ok(None)) if declared > bodies.limit => too_large(&declared.to_string()),
        Ok(Ok(None)) => too_large(&format!("more than {}", bodies.limit)),
        Ok(Err(error)) => {
            tracing::debug!(%error, "a body broke off");
            refuser.refuse(
                StatusCode::BAD_REQUEST,
                Code::InvalidBody,
                "the connection ended before the whole body had arrived",
            )
        }
        Err(_) => {
            let message = format!("the body had not arrived within {} s", bodies.patience.as_secs());
            refuser.refuse(StatusCode::REQUEST_TIMEOUT, Code::BodyTimeout, &message)
        }
    }
}

/// Hands the body of an import on as it comes in: up to a size of its own, and each part of it within the time. What is
/// too much or too slow ends the body with an error, which the import tells.
async fn import(bodies: Bodies, refuser: Refuser, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if is_foreign(&parts.headers, &bodies.origins) {
        let message = "pages of other sites may not import: http.allowed_origins names those that may";
        return refuser.refuse(StatusCode::FORBIDDEN, Code::Forbidden, message);
    }
    let declared = body.size_hint().lower();
    if declared > bodies.import_limit {
        let message = format!("the file has {declared} bytes; at most {}", bodies.import_limit);
        return refuser.refuse(StatusCode::PAYLOAD_TOO_LARGE, Code::PayloadTooLarge, &message);
    }
    let mut frames = body.into_data_stream();
    let body = async_stream::stream! {
        let mut taken = 0u64;
        loop {
            let frame = match tokio::time::timeout(bodies.patience, frames.next()).await {
                Ok(None) => break,
                Ok(Some(frame)) => frame.map_err(std::io::Error::other),
                Err(_) => Err(too_much(format!("no more of the body came within {} s", bodies.patience.as_secs()))),
            };
            taken += frame.as_ref().map_or(0, |frame| frame.len() as u64);
            let frame = match frame {
                Ok(_) if taken > bodies.import_limit => {
                    Err(too_much(format!("the file has more than {} bytes", bodies.import_limit)))
                }
                frame => frame,
            };
            let is_over = frame.is_err();
            yield frame;
            if is_over {
                break;
            }
        }
    };
    next.run(Request::from_parts(parts, Body::from_stream(body))).await
}

fn too_much(message: String) -> std::io::Error {
    std::io::Error::other(message)
}

fn is_encoded(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(header::CONTENT_ENCODING).iter();
    codings.any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

/// The whole body; `None` when it is too large.
async fn read(body: Body, limit: usize) -> Result<Option<Vec<u8>>, axum::Error> {
    let mut frames = body.into_data_stream();
    let (mut taken, mut thrown_away) = (Vec::new(), 0);
    while let Some(frame) = frames.next().await {
        let frame = frame?;
        if thrown_away == 0 && taken.len() + frame.len() <= limit {
            taken.extend_from_slice(&frame);
            continue;
        }
        taken = Vec::new();
        thrown_away += frame.len();
        if thrown_away > THROWN_AWAY {
            break;
        }
    }
    Ok((thrown_away == 0).then_some(taken))
}
