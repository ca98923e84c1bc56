//! Headers for browsers. Unless a route sets them itself, an answer may not be stored, its type not guessed, and pages of
//! others may neither frame nor load it. Which pages may call is set here, too (CORS).

use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::response::Response;
use std::time::Duration;
use tower_http::cors::CorsLayer;

use crate::config::HttpSettings;

const DEFAULTS: [(HeaderName, HeaderValue); 6] = [
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
    ),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

/// Adds the headers that the route has not set.
pub async fn secure(mut response: Response) -> Response {
    for (name, value) in DEFAULTS {
        response.headers_mut().entry(name).or_insert(value);
    }
    response
}

/// Lets pages of the configured origins call. `None` when there are none: no page of another origin may.
pub fn cors(http: &HttpSettings) -> Option<CorsLayer> {
    let origins: Vec<HeaderValue> = http
        .allowed_origins
        .iter()
        .filter_map(|origin| HeaderValue::from_str(origin.as_str()).ok())
        .collect();
    let ours = [
        header::AUTHORIZATION,
        header::CONTENT_TYPE,
        HeaderName::from_static("idempotency-key"),
        HeaderName::from_static("x-request-id"),
    ];
    let others = http.allowed_headers.iter().filter_map(|name| HeaderName::try_from(name.as_str()).ok());
    let layer = CorsLayer::new()
        .allow_methods([Method::GET, Method::POST, Method::PATCH])
        .allow_headers(ours.into_iter().chain(others).collect::<Vec<_>>())
        .expose_headers([
            header::RETRY_AFTER,
            HeaderName::from_static("x-request-id"),
            HeaderName::from_static("x-as-of"),
        ])
        .max_age(Duration::from_secs(600));
    (!origins.is_empty()).then(|| layer.allow_origin(origins))
}
