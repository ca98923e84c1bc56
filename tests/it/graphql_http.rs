//! GraphQL over HTTP: what is taken, what is refused and how, whatever the client.

use ledgate::domain::Code;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::{Gateway, entries};

pub const JSON: &str = "application/json";
pub const RESPONSE_JSON: &str = "application/graphql-response+json";

/// A POST of this body, of this content type.
pub fn post(gateway: &Gateway, content_type: &str, body: impl Into<reqwest::Body>) -> RequestBuilder {
    gateway.request(Method::POST, "/graphql").header("content-type", content_type).body(body)
}

/// Status, content type and body of the answer.
pub async fn answer(request: RequestBuilder) -> (StatusCode, String, Value) {
    let response = request.send().await.unwrap();
    let content_type = response.headers()["content-type"].to_str().unwrap().to_owned();
    (response.status(), content_type, response.json().await.unwrap())
}

/// The code of the only error of an answer that has nothing but errors.
pub fn refusal(body: &Value) -> &str {
    assert_eq!(body.get("data"), None, "a refused request has no data: {body:#}");
    let errors = body["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{body:#}");
    assert_eq!(errors[0].get("path"), None, "no field has failed: {body:#}");
    assert!(!errors[0]["message"].as_str().unwrap().is_empty());
    code(&errors[0])
}

/// The code of an error, which is one of the catalogue.
pub fn code(error: &Value) -> &str {
    let code = error["extensions"]["code"].as_str().unwrap_or_else(|| panic!("no code in {error:#}"));
    assert!(Code::ALL.iter().any(|known| known.as_str() == code), "{code} is not in the catalogue");
    code
}

fn marking(id: i64) -> String {
    let query = format!(
        "mutation {{ markExported(input: {{ entries: [{{ entryId: {id}, systemId: \"erp\" }}] }}) {{
            userErrors {{ code }} }} }}"
    );
    json!({ "query": query }).to_string()
}

on_both_databases! {
    async fn only_json_is_taken_so_that_no_foreign_page_can_post(gateway: Gateway) {
        let ids = gateway.record(entries(1)).await;
        let multipart = "multipart/form-data; boundary=x";
        let form = "application/x-www-form-urlencoded";
        for other in ["text/plain", form, multipart, "application/graphql", "application/json; charset=utf-16", ""] {
            let (status, _, body) = answer(post(&gateway, other, marking(ids[0]))).await;
            assert_eq!((status.as_u16(), refusal(&body)), (415, "UNSUPPORTED_MEDIA_TYPE"), "{other}");
        }
        let nameless = gateway.request(Method::POST, "/graphql").body(marking(ids[0]));
        assert_eq!(answer(nameless).await.0, 415);
        assert_eq!(gateway.unexported("erp").await, ids, "something was executed");

        for json in [JSON, "application/json; charset=utf-8", "Application/JSON;charset=UTF-8"] {
            assert_eq!(answer(post(&gateway, json, marking(ids[0]))).await.0, 200, "{json}");
        }
        assert_eq!(gateway.unexported("erp").await, [] as [i64; 0]);
    }

    async fn nothing_is_changed_by_any_method_but_post(gateway: Gateway) {
        let ids = gateway.record(entries(1)).await;
        let query = format!(
            "mutation{{markExported(input:{{entries:[{{entryId:{},systemId:\"erp\"}}]}}){{userErrors{{code}}}}}}",
            ids[0],
        );
        for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
            let request = gateway.request(method.clone(), "/graphql").query(&[("query", &query)]);
            let response = request.header("content-type", JSON).body(marking(ids[0])).send().await.unwrap();
            assert_eq!(response.status(), 405, "{method}");
            let allowed = if method == Method::GET { "POST" } else { "GET, POST" };
            assert_eq!(response.headers()["allow"], allowed, "{method}");
            if method != Method::HEAD {
                assert_eq!(refusal(&response.json().await.unwrap()), "METHOD_NOT_ALLOWED", "{method}");
            }
        }
        assert_eq!(gateway.unexported("erp").await, ids, "something was executed");
    }

    async fn a_batch_is_refused_and_nothing_of_it_is_executed(gateway: Gateway) {
        let ids = gateway.record(entries(2)).await;
        let one: Value = serde_json::from_str(&marking(ids[0])).unwrap();
        let two: Value = serde_json::from_str(&marking(ids[1])).unwrap();
        // The last one is the fields of one request in their order, which some readers take for the object.
        for batch in [json!([]), json!([one]), json!([one, two]), json!([one["query"]])] {
            let (status, _, body) = answer(post(&gateway, JSON, batch.to_string())).await;
            assert_eq!((status.as_u16(), refusal(&body)), (400, "INVALID_BODY"), "{batch}");
        }
        assert_eq!(gateway.unexported("erp").await, ids, "something was executed");
    }
}

#[tokio::test]
async fn a_body_of_another_shape_is_refused_with_the_reason() {
    let gateway = Gateway::on_sqlite().await;
    for (body, reason) in [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("{\"query\": \"{ __typename }\"", "not JSON"),
        ("null", "of the form"),
        ("\"{ __typename }\"", "of the form"),
        ("{}", "query"),
        ("{\"query\": null}", "query: "),
        ("{\"query\": 7}", "query: "),
        ("{\"query\": [\"{ __typename }\"]}", "query: "),
        ("{\"query\": \"{ __typename }\", \"operationName\": 7}", "operationName: "),
        ("{\"query\": \"{ __typename }\", \"variables\": []}", "variables: "),
        ("{\"query\": \"{ __typename }\", \"variables\": \"{}\"}", "variables: "),
        ("{\"query\": \"{ __typename }\", \"extensions\": \"x\"}", "extensions: "),
        ("{\"query\": \"{ __typename }\", \"extensions\": [1]}", "extensions: "),
    ] {
        for accept in [JSON, RESPONSE_JSON] {
            let (status, _, answer) = answer(post(&gateway, JSON, body).header("accept", accept)).await;
            assert_eq!((status.as_u16(), refusal(&answer)), (400, "INVALID_BODY"), "{body}");
            let message = answer["errors"][0]["message"].as_str().unwrap();
            assert!(message.contains(reason), "{body}: {message}");
            assert!(!message.contains("struct"), "{body}: Rust's own words: {message}");
        }
    }
    let (status, _, body) = answer(post(&gateway, JSON, vec![b'"', 0xff, b'"'])).await;
    assert_eq!((status.as_u16(), refusal(&body)), (400, "INVALID_BODY"), "not UTF-8");
    let nulls =
        json!({ "query": "{ __typename }", "operationName": null, "variables": null, "extensions": null });
    let (status, _, body) = answer(post(&gateway, JSON, nulls.to_string())).await;
    assert_eq!((status.as_u16(), body), (200, json!({ "data": { "__typename": "Query" } })));
}

#[tokio::test]
async fn what_a_body_says_twice_or_after_a_byte_order_mark_is_refused_by_name() {
    let gateway = Gateway::on_sqlite().await;
    let mark =
        "\"query\": \"mutation($i: MarkExportedInput!) { markExported(input: $i) { exports { entryId } } }\"";
    for (body, told) in [
        (format!("\u{feff}{{{mark}}}"), vec!["byte order mark"]),
        (
            "{\"query\": \"{ __typename }\", \"query\": \"{ a: __typename }\"}".to_owned(),
            vec!["query", "twice"],
        ),
        (
            format!(
                "{{{mark}, \"variables\": {{\"i\": {{\"entries\": [{{\"entryId\": 4, \"entryId\": 5, \"systemId\": \"erp\"}}]}}}}}}"
            ),
            vec!["variables.i.entries.0.entryId", "twice"],
        ),
        (format!("{{{mark}, \"variables\": {{\"i\": {{}}, \"i\": {{}}}}}}"), vec!["variables.i", "twice"]),
    ] {
        let (status, _, answer) = answer(post(&gateway, JSON, body.clone())).await;
        assert_eq!((status.as_u16(), refusal(&answer)), (400, "INVALID_BODY"), "{body}");
        let message = answer["errors"][0]["message"].as_str().unwrap();
        assert!(told.iter().all(|part| message.contains(part)), "{body}: {message}");
    }
    // Keys that the specification does not know are allowed.
    let body = json!({ "query": "{ __typename }", "variables": { "x": 1 }, "clientName": "x" }).to_string();
    assert_eq!(answer(post(&gateway, JSON, body)).await.2, json!({ "data": { "__typename": "Query" } }));
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let gateway = Gateway::on_sqlite().await;
    // Only just: who sends much more is cut off, and may not see the answer.
    let body = json!({ "query": "{ __typename }", "variables": { "x": "x".repeat(2 << 20) } }).to_string();
    let (status, _, body) = answer(post(&gateway, JSON, body)).await;
    assert_eq!((status.as_u16(), refusal(&body)), (413, "PAYLOAD_TOO_LARGE"));
}

#[tokio::test]
async fn the_answer_is_of_the_type_that_the_client_likes_best() {
    let gateway = Gateway::on_sqlite().await;
    let (json, response_json) = (
        "application/json; charset=utf-8".to_owned(),
        "application/graphql-response+json; charset=utf-8".to_owned(),
    );
    for (accept, expected) in [
        (None, &json),
        (Some("*/*"), &json),
        (Some("application/*"), &json),
        (Some("text/html, application/xhtml+xml, */*;q=0.8"), &json),
        (Some(JSON), &json),
        (Some("application/json; charset=utf-8"), &json),
        (Some(RESPONSE_JSON), &response_json),
        (
            Some("application/graphql-response+json; charset=utf-8, application/json; charset=utf-8"),
            &response_json,
        ),
        (Some("application/graphql-response+json, application/json;q=0.9"), &response_json),
        (Some("application/json;q=0.4, application/graphql-response+json;q=0.5"), &response_json),
        (Some("application/graphql-response+json;q=0, application/json"), &json),
    ] {
        let request = |query: &str| {
            let request = post(&gateway, JSON, json!({ "query": query }).to_string());
            match accept {
                Some(accept) => request.header("accept", accept),
                None => request,
            }
        };
        let (status, content_type, body) = answer(request("{ __typename }")).await;
        assert_eq!((status.as_u16(), &content_type), (200, expected), "{accept:?}");
        assert_eq!(body, json!({ "data": { "__typename": "Query" } }));

        // Who knows the newer type reads the status; who does not takes anything but 200 for a broken server.
        let refused = if *expected == json { 200 } else { 400 };
        for query in ["{", "{ nothing }", "{ ...F } fragment F on Query { ...F }", ""] {
            let (status, content_type, body) = answer(request(query)).await;
            assert_eq!((status.as_u16(), &content_type), (refused, expected), "{accept:?} {query}");
            assert!(refusal(&body).starts_with("GRAPHQL_"), "{query}: {body:#}");
        }
        let (status, _, body) = answer(request("{ accountingEntries(first: -1) { nodes { id } } }")).await;
        assert_eq!(status, 200, "a failed field is no failed request");
        assert_eq!(body["data"], json!({ "accountingEntries": null }));
    }
}

#[tokio::test]
async fn a_client_that_takes_neither_type_is_told_so() {
    let gateway = Gateway::on_sqlite().await;
    for accept in ["text/html", "application/xml, text/*", "application/json;q=0", "nonsense"] {
        let request = post(&gateway, JSON, "{\"query\": \"{ __typename }\"}").header("accept", accept);
        let (status, content_type, body) = answer(request).await;
        assert_eq!((status.as_u16(), refusal(&body)), (406, "NOT_ACCEPTABLE"), "{accept}");
        assert_eq!(content_type, "application/json; charset=utf-8");
    }
}

#[tokio::test]
async fn every_answer_carries_the_id_of_its_request() {
    let gateway = Gateway::on_sqlite().await;
    let ask = async |id: Option<&str>| {
        let request = post(&gateway, JSON, "{\"query\": \"{ __typename }\"}");
        let request = match id {
            Some(id) => request.header("x-request-id", id),
            None => request,
        };
        request.send().await.unwrap().headers()["x-request-id"].to_str().unwrap().to_owned()
    };
    assert_eq!(ask(Some("from-the-client.7")).await, "from-the-client.7");
    let made = ask(None).await;
    assert!(made.len() == 36 && made != ask(None).await, "{made}");
    // It stands in the log: what is no id stays out.
    for odd in ["two words", "x".repeat(65).as_str(), ""] {
        assert_eq!(ask(Some(odd)).await.len(), 36, "{odd}");
    }
    let refused = gateway.request(Method::GET, "/graphql").header("x-request-id", "7").send().await.unwrap();
    assert_eq!(refused.headers()["x-request-id"], "7");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_audits_of_graphql_http_find_nothing_to_warn_of() {
    let gateway = Gateway::on_sqlite().await;
    let url = format!("{}/graphql", gateway.url);
    let output = crate::support::tools::run("audit-graphql-http.mjs", &url, "").await;
    let counts: Value = serde_json::from_str(output.lines().last().unwrap()).unwrap();
    assert_eq!((counts.get("error"), counts.get("warn")), (None, None), "{output}");
    assert_eq!(counts, json!({ "ok": 61 }), "{output}");
}
