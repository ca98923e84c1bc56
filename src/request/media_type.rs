//! What a request's body is written in.

use axum::http::{HeaderMap, header};

/// Whether the body says that it is JSON in UTF-8.
pub fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.and_then(|text| text.parse::<mime::Mime>().ok()).is_some_and(|mime| {
        let charset = mime.get_param("charset").is_none_or(|charset| charset == "utf-8");
        mime.essence_str() == "application/json" && charset
    })
}
