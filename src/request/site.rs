//! Requests that a browser sends for a page of another site, without a preflight request.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::config::{Names, Origin};

/// Whether a browser sends this request for a page of another site that is not in `allowed`. Clients that are no browsers
/// send no `Sec-Fetch-Site`.
pub fn is_foreign(headers: &HeaderMap, allowed: &Names<Origin>) -> bool {
    let is_of_another_site =
        headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none");
    let origin = headers.get(header::ORIGIN);
    is_of_another_site && !allowed.iter().any(|known| origin.is_some_and(|origin| origin == known.as_str()))
}

/// Whether a browser opens a WebSocket for a page of another site that is not in `allowed`. No preflight request comes before
/// one, and CORS says nothing about it. All browsers send `Origin` with it, and some `Sec-Fetch-Site` as well.
pub fn is_foreign_socket(headers: &HeaderMap, allowed: &Names<Origin>) -> bool {
    if headers.contains_key("sec-fetch-site") {
        return is_foreign(headers, allowed);
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return false };
    !is_own(origin, headers.get(header::HOST)) && !allowed.iter().any(|known| origin == known.as_str())
}

/// Whether a page of this origin came from the host that it calls. A proxy in front may speak TLS, so the scheme may differ.
fn is_own(origin: &HeaderValue, host: Option<&HeaderValue>) -> bool {
    let text = |value: &HeaderValue| value.to_str().ok().map(str::to_ascii_lowercase);
    let (Some(origin), Some(host)) = (text(origin), host.and_then(text)) else { return false };
    ["http://", "https://"].iter().any(|scheme| origin.strip_prefix(scheme) == Some(host.as_str()))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::no_browser(&[("host", "localhost:1")], false)]
    #[case::its_own_page(&[("host", "localhost:1"), ("origin", "http://localhost:1")], false)]
    #[case::its_own_page_behind_tls(&[("host", "Ledger.lan"), ("origin", "https://ledger.lan")], false)]
    #[case::another_port(&[("host", "localhost:1"), ("origin", "http://localhost:2")], true)]
    #[case::another_name(&[("host", "localhost:1"), ("origin", "http://evil.example")], true)]
    #[case::a_longer_name(&[("host", "ledger.lan"), ("origin", "https://ledger.lan.evil.example")], true)]
    #[case::a_file(&[("host", "localhost:1"), ("origin", "null")], true)]
    #[case::another_scheme(&[("host", "localhost:1"), ("origin", "ftp://localhost:1")], true)]
    #[case::one_that_is_named(&[("host", "localhost:1"), ("origin", "https://app.example.com")], false)]
    #[case::its_own_page_says_the_browser(
        &[("host", "10.0.0.1:8080"), ("origin", "https://ledger.lan"), ("sec-fetch-site", "same-origin")],
        false
    )]
    #[case::another_page_says_the_browser(
        &[("host", "localhost:1"), ("origin", "http://localhost:1"), ("sec-fetch-site", "cross-site")],
        true
    )]
    fn a_socket_is_foreign_to_all_but_its_own_pages_and_those_that_are_named(
        #[case] headers: &[(&'static str, &'static str)],
        #[case] foreign: bool,
    ) {
        let allowed: Names<Origin> = serde_json::from_str(r#"["https://app.example.com"]"#).unwrap();
        let headers = headers
            .iter()
            .map(|&(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        assert_eq!(is_foreign_socket(&headers.collect(), &allowed), foreign);
    }
}
