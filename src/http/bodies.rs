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
use crate::domain::Code;

/// How many bytes of a body that is too large are thrown away before the refusal, which keeps the connection: most
/// clients read no answer before they have sent everything. After more than that the connection is closed
/// (`serve/unread.rs`).
const THROWN_AWAY: usize = 16 << 20;

/// How large a body may be, and how long a client may take to send it.
#[derive(Clone, Copy, Debug)]
pub struct Bodies {
    /// In bytes.
    pub limit: usize,
    /// For the whole body.
    pub patience: Duration,
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
