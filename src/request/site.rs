//! Requests that a browser sends for a page of another site, without a preflight request.

use axum::http::{HeaderMap, header};

use crate::config::{Names, Origin};

/// Whether a browser sends this request for a page of another site that is not in `allowed`. Clients that are no browsers
/// send no `Sec-Fetch-Site`.
pub fn is_foreign(headers: &HeaderMap, allowed: &Names<Origin>) -> bool {
    let is_of_another_site =
        headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none");
    let origin = headers.get(header::ORIGIN);
    is_of_another_site && !allowed.iter().any(|known| origin.is_some_and(|origin| origin == known.as_str()))
}
