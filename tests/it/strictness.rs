//! What REST callers get wrong is named, and never silently read as something else.

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::{Gateway, entries};

const LIST: &str = "/v10/accounting-entries";
const MARK: &str = "/v10/accounting-entries/mark-as-exported";

async fn problem(answer: Response, status: u16) -> Value {
    let (found, body) = (answer.status().as_u16(), answer.text().await.unwrap());
    assert_eq!(found, status, "{body}");
    serde_json::from_str(&body).unwrap()
}

async fn send(gateway: &Gateway, method: Method, path: &str, body: &[u8]) -> Response {
    let request = gateway.request(method, path).header("content-type", "application/json");
    request.body(body.to_vec()).send().await.unwrap()
}

on_both_databases! {
    async fn no_call_ignores_a_parameter_that_it_does_not_have(gateway: Gateway) {
        let ids = gateway.record(entries(1)).await;
        let document = serde_json::to_value(ledgate::rest::document()).unwrap();
        let mut calls = vec![(Method::GET, "/openapi.json".to_owned())];
        for (path, methods) in document["paths"].as_object().unwrap() {
            let path = path.replace("{id}", &ids[0].to_string());
            for method in methods.as_object().unwrap().keys() {
                calls.push((method.to_uppercase().parse().unwrap(), path.clone()));
            }
        }
        assert!(calls.len() >= 7, "{calls:?}");
        for (method, path) in calls {
            let item = json!({ "accounting_entries": [{ "accounting_entry_id": ids[0], "system_id": "erp" }] });
            let body = if method == Method::POST { item.to_string() } else { String::new() };
            let answer = send(&gateway, method.clone(), &format!("{path}?requestid=7"), body.as_bytes()).await;
            let problem = problem(answer, 400).await;
            assert_eq!(problem["code"], "BAD_USER_INPUT", "{method} {path}");
            assert_eq!(problem["errors"][0]["path"], json!(["requestid"]), "{method} {path}");
        }
        assert_eq!(gateway.unexported("erp").await, ids, "a call with a parameter too many was carried out");
    }
}

#[tokio::test]
async fn a_key_that_stands_twice_is_refused_with_its_path_and_nothing_is_done() {
    let gateway = Gateway::on_sqlite().await;
    let ids = gateway.record(entries(5)).await;
    let twice = br#"{"accounting_entries":[{"accounting_entry_id":3,"system_id":"erp"},
        {"accounting_entry_id":4,"accounting_entry_id":5,"system_id":"erp"}]}"#;
    let refused = problem(send(&gateway, Method::POST, MARK, twice).await, 400).await;
    assert_eq!(refused["code"], "INVALID_BODY");
    assert_eq!(
        refused["errors"][0]["path"],
        json!(["accounting_entries", 1, "accounting_entry_id"]),
        "{refused}"
    );
    let detail = refused["detail"].as_str().unwrap();
    assert!(detail.contains("\"accounting_entry_id\" twice") && detail.contains("line 2 column"), "{detail}");
    assert_eq!(gateway.unexported("erp").await, ids, "something was marked");

    let in_attributes = br#"{"accounting_entries":[{"external_id":"x","attributes":{"a":{"b":1,"b":2}}}]}"#;
    let answer = problem(send(&gateway, Method::POST, LIST, in_attributes).await, 400).await;
    assert_eq!(answer["errors"][0]["path"], json!(["accounting_entries", 0, "attributes", "a", "b"]));

    let filter = br#"{"filter_groups":[{"filters":[["id","eq",1]],"filters":[["id","eq",2]]}]}"#;
    let answer = problem(send(&gateway, Method::GET, LIST, filter).await, 400).await;
    assert_eq!(answer["errors"][0]["path"], json!(["filter_groups", 0, "filters"]));
}

#[tokio::test]
async fn what_programs_get_wrong_about_json_is_named() {
    let gateway = Gateway::on_sqlite().await;
    let ids = gateway.record(entries(1)).await;
    for path in [MARK, LIST] {
        let body = b"\xef\xbb\xbf{\"accounting_entries\":[]}";
        let answer = problem(send(&gateway, Method::POST, path, body).await, 400).await;
        assert!(answer["detail"].as_str().unwrap().contains("byte order mark"), "{answer}");
        let answer =
            problem(send(&gateway, Method::POST, path, b"{\n  \"accounting_entries\": [,]}").await, 400)
                .await;
        assert!(answer["detail"].as_str().unwrap().contains("line 2 column 26"), "{answer}");
    }
    let item = json!({ "accounting_entry_id": ids[0].to_string(), "system_id": "erp" });
    let answer = problem(gateway.post(MARK, &json!({ "accounting_entries": [item] })).await, 422).await;
    assert_eq!(answer["code"], "INVALID_ENTRY_ID");
    let told = format!("an entry id is a number, and this is a text: write {} without quotes", ids[0]);
    assert_eq!(answer["errors"][0]["message"], json!(told));
}

#[tokio::test]
async fn a_slash_too_many_changes_nothing() {
    let gateway = Gateway::on_sqlite().await;
    let ids = gateway.record(entries(3)).await;
    for (path, same) in [
        ("/v10/accounting-entries/", "/v10/accounting-entries"),
        ("//v10//accounting-entries", "/v10/accounting-entries"),
        ("/v10/accounting-entries/?limit=2", "/v10/accounting-entries?limit=2"),
        ("/v10/accounting-entries//1/", "/v10/accounting-entries/1"),
        ("/v10/accounting-entries/1/timeline//", "/v10/accounting-entries/1/timeline"),
        ("/v10/accounting-entries/export/?system_id=erp", "/v10/accounting-entries/export?system_id=erp"),
        ("/openapi.json/", "/openapi.json"),
        ("/livez/", "/livez"),
        ("/schema.graphql/", "/schema.graphql"),
    ] {
        let (found, expected) = (gateway.get(path).await, gateway.get(same).await);
        assert_eq!(found.status(), 200, "{path}");
        assert_eq!(found.bytes().await.unwrap(), expected.bytes().await.unwrap(), "{path}");
    }
    for path in ["/graphql/", "//graphql"] {
        let answer = gateway.post(path, &json!({ "query": "{ __typename }" })).await;
        assert_eq!(answer.json::<Value>().await.unwrap()["data"], json!({ "__typename": "Query" }), "{path}");
    }
    let item = json!({ "accounting_entry_id": ids[0], "system_id": "erp" });
    let marked = gateway.post(&format!("{MARK}/"), &json!({ "accounting_entries": [item] })).await;
    assert_eq!(marked.status(), 200);
    assert_eq!(gateway.unexported("erp").await, ids[1..]);
    // What is refused is refused in the surface's form there too.
    let refused =
        gateway.request(Method::POST, "/graphql/").header("host", "evil.example").send().await.unwrap();
    assert!(refused.json::<Value>().await.unwrap()["errors"].is_array());
    assert_eq!(gateway.get("/nothing/").await.status(), 404);
}
