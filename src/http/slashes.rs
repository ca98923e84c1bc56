//! Addresses with a slash too many: `/graphql/` and `//v10/accounting-entries` are answered as without it. Programs
//! put an address together from a base and a path, and either may bring the slash.

use std::borrow::Cow;

use axum::extract::Request;
use axum::http::Uri;
use axum::http::uri::PathAndQuery;

/// The request with every run of slashes in its path made one, and without one at the end. Has to happen before the
/// request is given to the router, which looks at the path.
pub fn without_extra_slashes(mut request: Request) -> Request {
    let Cow::Owned(path) = cleaned(request.uri().path()) else { return request };
    let with_query = match request.uri().query() {
        Some(query) => format!("{path}?{query}"),
        None => path,
    };
    let mut parts = request.uri().clone().into_parts();
    if let Ok(cleaned) = PathAndQuery::try_from(with_query) {
        parts.path_and_query = Some(cleaned);
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
    request
}

/// The pages are left alone: they name their scripts relative to their own address, which has to be the right one.
fn cleaned(path: &str) -> Cow<'_, str> {
    let is_page = path.starts_with("/page") || path.starts_with("/assets");
    if is_page || path == "/" || !(path.contains("//") || path.ends_with('/')) {
        return Cow::Borrowed(path);
    }
    let steps = path.split('/').filter(|step| !step.is_empty());
    let cleaned: String = steps.flat_map(|step| ["/", step]).collect();
    Cow::Owned(if cleaned.is_empty() { "/".to_owned() } else { cleaned })
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::the_root("/", "/")]
    #[case::the_root_with_a_query("/?a=/", "/?a=/")]
    #[case::nothing_but_slashes("//", "/")]
    #[case::none_too_many("/graphql", "/graphql")]
    #[case::at_the_end("/graphql/", "/graphql")]
    #[case::at_the_beginning("//graphql", "/graphql")]
    #[case::within_but_not_in_the_query(
        "/v10//accounting-entries///7/?a=1//2",
        "/v10/accounting-entries/7?a=1//2"
    )]
    #[case::behind_one_that_is_escaped("/v10/%2F/", "/v10/%2F")]
    #[case::of_a_page("/page/", "/page/")]
    #[case::behind_a_host("http://localhost//livez/", "http://localhost/livez")]
    fn slashes_too_many_are_left_out_and_the_rest_stays(#[case] given: &str, #[case] expected: &str) {
        let request = Request::get(given).body(Body::empty()).unwrap();
        let cleaned = without_extra_slashes(request).uri().to_string();
        assert_eq!(cleaned.replace("localhost/?", "localhost?"), expected);
    }
}
