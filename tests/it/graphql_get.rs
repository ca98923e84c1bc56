//! Queries by GET, as urql sends them by default: never a change, never for a page of another site.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::graphql_http::{RESPONSE_JSON, answer, refusal};
use crate::on_both_databases;
use crate::support::{Gateway, entries};

fn get(gateway: &Gateway, parameters: &[(&str, &str)]) -> RequestBuilder {
    gateway.request(Method::GET, "/graphql").query(parameters)
}

on_both_databases! {
    async fn a_query_is_answered_by_get_as_by_post(gateway: Gateway) {
        let ids = gateway.record(entries(3)).await;
        let query = "query One($id: ID!) { accountingEntry(id: $id) { externalId } } query Two { __typename }";
        let variables = json!({ "id": ids[1].to_string() }).to_string();
        let one = [("query", query), ("variables", &variables), ("operationName", "One"), ("extensions", "{}")];
        let response = get(&gateway, &one).send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["cache-control"], "no-store");
        let vary: Vec<_> = response.headers().get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
        for header in ["accept", "authorization", "origin", "sec-fetch-site"] {
            assert!(vary.join(", ").contains(header), "{vary:?}");
        }
        assert_eq!(response.json::<Value>().await.unwrap(), json!({ "data": { "accountingEntry": { "externalId": "T:2" } } }));

        // What is empty is left out, and what is not known is ignored.
        let two = [("query", "{ __typename }"), ("variables", ""), ("operationName", ""), ("extensions", ""), ("_", "1")];
        assert_eq!(answer(get(&gateway, &two)).await.2, json!({ "data": { "__typename": "Query" } }));

        let mark = format!(
            "query Q {{ __typename }} mutation M {{ markExported(input: {{ entries: [{{ entryId: {}, systemId: \"erp\" }}] }}) {{
                userErrors {{ code }} }} }}",
            ids[0],
        );
        let (status, _, body) = answer(get(&gateway, &[("query", &mark), ("operationName", "M")])).await;
        assert_eq!((status.as_u16(), refusal(&body)), (405, "METHOD_NOT_ALLOWED"));
        assert_eq!(answer(get(&gateway, &[("query", &mark), ("operationName", "Q")])).await.0, 200);
        assert_eq!(gateway.unexported("erp").await, ids, "something was marked");
    }
}

#[tokio::test]
async fn a_query_string_of_another_form_is_refused_with_the_reason() {
    let gateway = Gateway::on_sqlite().await;
    let ask = async |parameters: &[(&str, &str)]| {
        let (status, _, body) = answer(get(&gateway, parameters).header("accept", RESPONSE_JSON)).await;
        let message = body["errors"][0]["message"].as_str().unwrap_or_default().to_owned();
        (status.as_u16(), refusal(&body).to_owned(), message)
    };
    let query = ("query", "{ __typename }");
    for (parameters, told) in [
        (vec![], "query: there is none"),
        (vec![("variables", "{}")], "query: there is none"),
        (vec![query, ("variables", "{")], "variables: "),
        (vec![query, ("variables", "[]")], "variables: "),
        (vec![query, ("variables", "7")], "variables: "),
        (vec![query, ("variables", "{\"a\": 1, \"a\": 2}")], "\"a\" twice"),
        (vec![query, ("extensions", "x")], "extensions: "),
        (vec![query, query], "query twice"),
        (vec![("extensions", "{\"persistedQuery\": 7}")], "persistedQuery"),
    ] {
        let (status, code, message) = ask(&parameters).await;
        assert_eq!((status, code.as_str()), (400, "BAD_USER_INPUT"), "{parameters:?}");
        assert!(message.contains(told), "{parameters:?}: {message}");
    }
    let (status, code, _) = ask(&[("query", "")]).await;
    assert_eq!((status, code.as_str()), (400, "GRAPHQL_PARSE_FAILED"));
    let (status, code, message) = ask(&[("query", &"x".repeat(33_000))]).await;
    assert_eq!((status, code.as_str()), (414, "QUERY_TOO_LONG"));
    assert!(message.contains("POST"), "{message}");
    let (_, code, message) =
        ask(&[("extensions", "{\"persistedQuery\":{\"version\":1,\"sha256Hash\":\"00\"}}")]).await;
    assert_eq!(
        (code.as_str(), message.as_str()),
        ("PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported")
    );
}

#[tokio::test]
async fn pages_of_other_sites_may_not_ask_by_get() {
    let allowed = "https://app.example.com";
    let gateway = Gateway::on_sqlite_with(&[("LEDGATE_HTTP_ALLOWED_ORIGINS", allowed)]).await;
    for (site, origin, expected) in [
        (None, None, 200),
        (Some("none"), None, 200),
        (Some("same-origin"), None, 200),
        (Some("cross-site"), Some(allowed), 200),
        (Some("same-site"), Some(allowed), 200),
        (Some("cross-site"), None, 403),
        (Some("same-site"), None, 403),
        (Some("cross-site"), Some("https://elsewhere.example.com"), 403),
        (Some("anything"), None, 403),
    ] {
        let mut request = get(&gateway, &[("query", "{ __typename }")]);
        if let Some(site) = site {
            request = request.header("sec-fetch-site", site);
        }
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        let (status, _, body) = answer(request).await;
        assert_eq!(status.as_u16(), expected, "{site:?} {origin:?}: {body}");
        if expected == 403 {
            assert_eq!(refusal(&body), "FORBIDDEN");
        }
    }
}
