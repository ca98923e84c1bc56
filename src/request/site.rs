//! Pages of other sites, in whose name a browser sends what they want without asking first.

use axum::http::{HeaderMap, header};

use crate::config::{Names, Origin};

/// Whether a browser sends this for a page of another site that may not call. What is no browser sends no
/// `Sec-Fetch-Site`.
pub fn is_foreign(headers: &HeaderMap, allowed: &Names<Origin>) -> bool {
    let is_of_another_site =
        headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none");
    let origin = headers.get(header::ORIGIN);
    is_of_another_site && !allowed.iter().any(|known| origin.is_some_and(|origin| origin == known.as_str()))
}
