//! Bodies that could not be read to their end.

use axum::http::StatusCode;

use crate::domain::Code;

/// What to call it, by the status that the extractor gave it.
pub fn body_fault(status: StatusCode) -> (Code, &'static str) {
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        (Code::PayloadTooLarge, "the body is larger than this server takes: make several calls")
    } else {
        (Code::InvalidBody, "the body broke off")
    }
}
