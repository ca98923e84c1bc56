//! `/ledgers/NAME/…` is for the ledger NAME what `/…` is for `main`: such a request goes on under the address of `main`,
//! with the name beside it, and whoever answers it finds the right ledger in it.

use axum::extract::Request;
use axum::http::Uri;
use axum::http::uri::PathAndQuery;
use axum::response::Redirect;

use super::slashes::without_extra_slashes;
use crate::config::{LedgerName, MAIN_LEDGER};

/// What all addresses of ledgers begin with.
const BEGIN: &str = "ledgers/";

/// The addresses that keep their form, by what stands behind the name. `main` answers these for the process as a whole, or
/// there is nothing of the kind.
pub const READY: &str = "/ledgers/{ledger}/readyz";
/// The same for the page when the slash behind its name was left out.
pub const PAGE_WITHOUT_SLASH: &str = "/ledgers/{ledger}";

/// Which ledger a request is for, found among its extensions. A request without it is for `main`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The ledger of this name, if there is one.
    Ledger(LedgerName),
    /// A name that no ledger can have.
    Nobody,
}

/// The request under the address of `main`, with the ledger that it is for beside it. Has to happen before the request is
/// given to the router, which looks at the path. It also leaves out slashes too many.
pub fn for_its_ledger(mut request: Request) -> Request {
    let Some((name, rest)) = split(request.uri().path()) else { return without_extra_slashes(request) };
    let (asked, rest) = (asked(name), rest.to_owned());
    let keeps_its_form = rest.is_empty() || asked.is_some() && rest.trim_end_matches('/') == "/readyz";
    if let Some(asked) = asked {
        request.extensions_mut().insert(asked);
    }
    if keeps_its_form {
        return without_extra_slashes(request);
    }
    let with_query = match request.uri().query() {
        Some(query) => format!("{rest}?{query}"),
        None => rest,
    };
    let mut parts = request.uri().clone().into_parts();
    if let Ok(path) = PathAndQuery::try_from(with_query) {
        parts.path_and_query = Some(path);
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
    without_extra_slashes(request)
}

/// The name of the ledger, and what stands behind it.
fn split(path: &str) -> Option<(&str, &str)> {
    let rest = path.trim_start_matches('/').strip_prefix(BEGIN)?.trim_start_matches('/');
    let end = rest.find('/').unwrap_or(rest.len());
    (end > 0).then(|| rest.split_at(end))
}

fn asked(name: &str) -> Option<Asked> {
    match name.parse() {
        _ if name == MAIN_LEDGER => None,
        Ok(name) => Some(Asked::Ledger(name)),
        Err(_) => Some(Asked::Nobody),
    }
}

/// The page names its scripts relative to its own address, which ends with a slash. Leads there for every name, whether
/// there is such a ledger or not.
pub async fn to_the_page(uri: Uri) -> Redirect {
    Redirect::permanent(&format!("{}/", uri.path()))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn sent(uri: &str) -> (String, Option<Asked>) {
        let request = for_its_ledger(Request::get(uri).body(Body::empty()).unwrap());
        (request.uri().to_string(), request.extensions().get().cloned())
    }

    #[test]
    fn the_name_of_the_ledger_is_taken_out_of_the_path() {
        let acme = Some(Asked::Ledger("acme".parse().unwrap()));
        for (given, expected) in [
            ("/ledgers/acme/graphql", "/graphql"),
            ("/ledgers/acme/graphql/?query=a//b", "/graphql?query=a//b"),
            ("//ledgers//acme//v10//accounting-entries", "/v10/accounting-entries"),
            ("/ledgers/acme/", "/"),
            ("/ledgers/acme/assets/page/page.js", "/assets/page/page.js"),
            ("/ledgers/acme/ledgers/beta/graphql", "/ledgers/beta/graphql"),
            ("/ledgers/acme/readyz", "/ledgers/acme/readyz"),
            ("/ledgers/acme/readyz/", "/ledgers/acme/readyz"),
            ("/ledgers/acme", "/ledgers/acme"),
        ] {
            assert_eq!(sent(given), (expected.to_owned(), acme.clone()), "{given}");
        }
    }

    #[test]
    fn what_is_no_name_leads_nowhere_and_main_leads_to_main() {
        for given in [
            "/ledgers/../graphql",
            "/ledgers/%2e%2e/graphql",
            "/ledgers/Acme/graphql",
            "/ledgers/a.db/graphql",
            "/ledgers/..%2Facme/graphql",
        ] {
            assert_eq!(sent(given), ("/graphql".to_owned(), Some(Asked::Nobody)), "{given}");
        }
        for (given, expected) in [
            ("/graphql/", "/graphql"),
            ("/ledgers", "/ledgers"),
            ("/ledgers/", "/ledgers"),
            ("/ledgers/main/graphql", "/graphql"),
            ("/ledgers/main/readyz", "/readyz"),
        ] {
            assert_eq!(sent(given), (expected.to_owned(), None), "{given}");
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_the_path_is_a_ledger_is_named_by_its_whole_name_or_not_at_all(path in "(/|ledgers|acme|main|\\.\\.|%2f|[a-z0-9._~%-]){0,12}") {
            let given = format!("/{path}");
            if given.parse::<Uri>().is_ok() {
                let (path, asked) = sent(&given);
                proptest::prop_assert!(path.starts_with('/'));
                if let Some(Asked::Ledger(name)) = asked {
                    let steps: Vec<&str> = given.split('/').filter(|step| !step.is_empty()).collect();
                    proptest::prop_assert_eq!(&steps[..2], ["ledgers", name.as_str()]);
                }
            }
        }
    }
}
