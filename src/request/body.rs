//! Bodies that could not be read to their end.

use axum::http::StatusCode;

use super::Refusal;
use crate::domain::Code;

/// The refusal of a body that could not be read, by the status that axum's extractor gave it.
pub fn unreadable_body(status: StatusCode) -> Refusal {
    let (code, message) = if status == StatusCode::PAYLOAD_TOO_LARGE {
        (Code::PayloadTooLarge, "the body is larger than this server takes: make several calls")
    } else {
        (Code::InvalidBody, "the connection ended before the whole body had arrived")
    };
    Refusal::new(status, code, message)
}
