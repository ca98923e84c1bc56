//! What an answer is written in.

use axum::http::HeaderValue;

/// The specification's own type.
pub const RESPONSE_JSON: &str = "application/graphql-response+json";
/// What clients older than it take.
pub const JSON: &str = "application/json";

/// The header's value for one of the two.
pub fn content_type(media_type: &'static str) -> &'static str {
    if media_type == JSON {
        "application/json; charset=utf-8"
    } else {
        "application/graphql-response+json; charset=utf-8"
    }
}

/// What to answer in: what the client likes best, and of equals what it names first; `application/json` for
/// those who name nothing or anything (the specification's word for clients older than it); `None` when it
/// takes neither.
pub fn media_type<'a>(accept: impl IntoIterator<Item = &'a HeaderValue>) -> Option<&'static str> {
    let mut named = accept.into_iter().peekable();
    if named.peek().is_none() {
        return Some(JSON);
    }
    let mut best: Option<(f32, &'static str)> = None;
    for range in named.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')) {
        let Ok(mime) = range.trim().parse::<mime::Mime>() else { continue };
        let offer = match mime.essence_str() {
            RESPONSE_JSON => RESPONSE_JSON,
            JSON | "application/*" | "*/*" => JSON,
            _ => continue,
        };
        let liking = mime.get_param("q").map_or(1.0, |q| q.as_str().parse().unwrap_or(0.0));
        if liking > best.map_or(0.0, |(liking, _)| liking) {
            best = Some((liking, offer));
        }
    }
    best.map(|(_, offer)| offer)
}
