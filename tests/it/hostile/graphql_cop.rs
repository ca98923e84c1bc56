//! The checks of graphql-cop, a scanner that strangers point at a GraphQL server, with the requests that it sends.
//! Each test has the check's name and says what a scan finds: nothing, or what is there by design, and why.

use ledgate::domain::Right;
use ledgate::service::NewToken;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::refusal;
use crate::on_both_databases;
use crate::support::{Gateway, entries};

async fn asked(gateway: &Gateway, query: &str) -> Value {
    gateway.graphql(query, json!({})).await
}

/// A gateway that asks for a token, and one that it takes.
async fn closed() -> (Gateway, String) {
    let open = Gateway::on_sqlite().await;
    let new =
        NewToken { name: "reader".to_owned(), rights: vec![Right::Read], systems: None, expires_at: None };
    let token = open.ledger.create_token(new).await.unwrap().1;
    (open, token)
}

/// The status of an operation with or without a token, and its answer.
async fn with(gateway: &Gateway, token: Option<&str>, query: &str) -> (u16, Value) {
    let request = gateway.request(Method::POST, "/graphql").json(&json!({ "query": query }));
    let request = token.into_iter().fold(request, |request, token| request.bearer_auth(token));
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn alias_overloading() {
    let gateway = Gateway::on_sqlite().await;
    let aliases: String = (0..101).map(|number| format!("alias{number}:__typename \n")).collect();
    let answer = asked(&gateway, &format!("query cop {{ {aliases} }}")).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "TOO_MANY_ALIASES");
    assert_eq!(answer.get("data"), None);
}

#[tokio::test]
async fn batch_query() {
    let gateway = Gateway::on_sqlite().await;
    let batch: Vec<Value> = (0..10).map(|_| json!({ "query": "query cop { __typename }" })).collect();
    let answer = gateway.post("/graphql", &json!(batch)).await;
    let (status, code, _) = refusal(answer).await;
    assert_eq!((status, code.as_str()), (400, "INVALID_BODY"));
}

#[tokio::test]
async fn directive_overloading() {
    let gateway = Gateway::on_sqlite().await;
    let ten = "@aa".repeat(10);
    let answer = asked(&gateway, &format!("query cop {{ __typename {ten} }}")).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED");
    // What is wrong in ten places is one error, not a large answer to a small question.
    let answer =
        asked(&gateway, &format!("query cop {{ accountingEntries {ten} {{ nodes {{ id }} }} }}")).await;
    assert_eq!(answer["errors"].as_array().unwrap().len(), 1, "{answer:#}");
    assert_eq!(answer["errors"][0]["locations"].as_array().unwrap().len(), 10, "{answer:#}");
    assert_eq!(answer["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED");
}

#[tokio::test]
async fn circular_query_introspection() {
    let gateway = Gateway::on_sqlite().await;
    let query = "query cop { __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } }";
    let answer = asked(&gateway, query).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "CIRCULAR_QUERY");
    assert_eq!(answer.get("data"), None);
}

#[tokio::test]
async fn circular_fragment() {
    let gateway = Gateway::on_sqlite().await;
    let answer =
        asked(&gateway, "query cop { ...A } fragment A on Query { ...B } fragment B on Query { ...A }").await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED");
    assert_eq!(answer.get("data"), None);
}

/// The scanner no longer asks this by itself, since it is no fault: a field asked for 500 times is answered once.
#[tokio::test]
async fn field_duplication() {
    let gateway = Gateway::on_sqlite().await;
    let answer = asked(&gateway, &format!("query cop {{ {} }}", "__typename \n".repeat(500))).await;
    assert_eq!(answer, json!({ "data": { "__typename": "Query" } }));
    let answer = asked(&gateway, &format!("query cop {{ {} }}", "__typename \n".repeat(2001))).await;
    assert!(answer["errors"][0]["extensions"]["code"].is_string(), "{answer:#}");
}

on_both_databases! {
    async fn get_based_mutation(gateway: Gateway) {
        let ids = gateway.record(entries(1)).await;
        let mark = format!(
            "mutation cop {{ markExported(input: {{ entries: [{{ entryId: {}, systemId: \"erp\" }}] }}) {{ userErrors {{ code }} }} }}",
            ids[0]
        );
        for query in ["mutation cop {__typename}", &mark] {
            let answer = gateway.request(Method::GET, "/graphql").query(&[("query", query)]).send().await.unwrap();
            let (status, code, _) = refusal(answer).await;
            assert_eq!((status, code.as_str()), (405, "METHOD_NOT_ALLOWED"));
        }
        assert_eq!(gateway.unexported("erp").await, ids, "something was executed");
    }

    async fn post_based_csrf(gateway: Gateway) {
        let ids = gateway.record(entries(1)).await;
        let mark = format!(
            "mutation cop {{ markExported(input: {{ entries: [{{ entryId: {}, systemId: \"erp\" }}] }}) {{ userErrors {{ code }} }} }}",
            ids[0]
        );
        for query in ["query cop { __typename }", &mark] {
            let form = serde_urlencoded::to_string([("query", query)]).unwrap();
            let request = gateway.request(Method::POST, "/graphql").header("content-type", "application/x-www-form-urlencoded");
            let (status, code, _) = refusal(request.body(form).send().await.unwrap()).await;
            assert_eq!((status, code.as_str()), (415, "UNSUPPORTED_MEDIA_TYPE"));
        }
        assert_eq!(gateway.unexported("erp").await, ids, "something was executed");
    }
}

/// By design: clients send queries by GET. What makes it a finding is a page of another site that does so.
#[tokio::test]
async fn get_method_support() {
    let gateway = Gateway::on_sqlite().await;
    let request = || gateway.request(Method::GET, "/graphql").query(&[("query", "query cop {__typename}")]);
    assert_eq!(request().send().await.unwrap().status(), 200);
    let foreign = request().header("sec-fetch-site", "cross-site").header("sec-fetch-mode", "no-cors");
    let (status, code, _) = refusal(foreign.send().await.unwrap()).await;
    assert_eq!((status, code.as_str()), (403, "FORBIDDEN"));
}

/// By design: there is a page for people, at `/` and not where the scanner looks. It is open to everybody and holds
/// nothing of the ledger; what it asks takes a token like any other question.
#[tokio::test]
async fn detect_graphiql() {
    let gateway = Gateway::on_sqlite().await;
    let found = gateway.request(Method::GET, "/graphql").header("accept", "text/html").send().await.unwrap();
    assert_eq!(found.status(), StatusCode::NOT_ACCEPTABLE);
    assert!(!found.text().await.unwrap().contains("GraphiQL"));
    let (closed, _) = closed().await;
    for path in ["/", "/page"] {
        let page = closed.get(path).await;
        assert_eq!(page.status(), 200, "{path}");
        assert!(page.headers()["content-type"].to_str().unwrap().starts_with("text/html"), "{path}");
    }
    assert_eq!(with(&closed, None, "{ accountingEntries { nodes { id } } }").await.0, 401);
}

/// By design: whoever may ask may ask what there is to ask, and tools live on it. Where there are tokens it takes one;
/// the schema itself is the documentation, no secret, and open to everybody at `/schema.graphql`.
#[tokio::test]
async fn introspection() {
    let query = "query cop { __schema { types { name fields { name } } } }";
    let (gateway, token) = closed().await;
    let (status, refused) = with(&gateway, None, query).await;
    assert_eq!(status, 401);
    assert_eq!(refused["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    assert_eq!(refused.get("data"), None);
    let (status, answer) = with(&gateway, Some(&token), query).await;
    assert_eq!(status, 200);
    assert!(answer["data"]["__schema"]["types"].as_array().unwrap().len() > 25, "{answer:#}");
    assert_eq!(gateway.get("/schema.graphql").await.status(), 200);
}

/// By design, like introspection: a suggestion names what the open schema has, to whoever may ask.
#[tokio::test]
async fn field_suggestions() {
    let query = "query cop { __schema { directive } }";
    let (gateway, token) = closed().await;
    let (status, refused) = with(&gateway, None, query).await;
    assert_eq!(status, 401);
    assert!(!refused.to_string().contains("directives"), "{refused:#}");
    let (_, answer) = with(&gateway, Some(&token), query).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED");
    assert!(answer["errors"][0]["message"].as_str().unwrap().contains("\"directives\""), "{answer:#}");
}

#[tokio::test]
async fn trace_mode() {
    let gateway = Gateway::on_sqlite().await;
    for header in ["x-apollo-tracing", "apollo-federation-include-trace", "x-graphql-cop-test"] {
        let request = gateway.request(Method::POST, "/graphql").header(header, "1");
        let answer = request.json(&json!({ "query": "query cop { __typename }" })).send().await.unwrap();
        assert_eq!(answer.json::<Value>().await.unwrap(), json!({ "data": { "__typename": "Query" } }));
    }
    let method = Method::from_bytes(b"TRACE").unwrap();
    assert_eq!(gateway.request(method, "/graphql").send().await.unwrap().status(), 405);
}

#[tokio::test]
async fn unhandled_error_detection() {
    let gateway = Gateway::on_sqlite().await;
    let answer = asked(&gateway, "qwerty cop { abc }").await;
    let error = answer["errors"][0].as_object().unwrap();
    assert_eq!(error["extensions"], json!({ "code": "GRAPHQL_PARSE_FAILED" }));
    assert!(
        error.keys().all(|key| ["message", "locations", "extensions"].contains(&key.as_str())),
        "{answer:#}"
    );
}
