//! What goes wrong in a GraphQL request: a refused one has nothing but its error, a failed field has its null and
//! its path, and each says what to do.

use serde_json::{Value, json};

use crate::graphql_http::{JSON, RESPONSE_JSON, answer, code, post, refusal};
use crate::support::gateway::global;
use crate::support::{Gateway, entries};

#[tokio::test]
async fn a_refusal_does_not_send_back_whatever_it_was_sent() {
    let gateway = Gateway::on_sqlite().await;
    let long = "x".repeat(100_000);
    for body in [
        json!(long),
        json!({ "query": [], "variables": long }),
        json!({ "query": "query($f: AccountingEntryFilter) { accountingEntries(filter: $f) { nodes { id } } }",
                "variables": { "f": long } }),
        json!({ "query": "query($f: AccountingEntryFilter) { accountingEntries(filter: $f) { nodes { id } } }",
                "variables": { "f": { "debit": { "eq": long } } } }),
        json!({ "query": "query($i: ID!) { accountingEntry(id: $i) { id } }", "variables": { "i": [long] } }),
    ] {
        let response = post(&gateway, JSON, body.to_string()).send().await.unwrap();
        let text = response.text().await.unwrap();
        assert!(text.contains("\"errors\"") && text.len() < 10_000, "{} bytes", text.len());
    }
}

#[tokio::test]
async fn the_operation_to_run_has_to_be_plain() {
    let gateway = Gateway::on_sqlite().await;
    let run = async |query: &str, name: Value| {
        let body = json!({ "query": query, "operationName": name }).to_string();
        answer(post(&gateway, JSON, body).header("accept", RESPONSE_JSON)).await
    };
    let two = "query A { a: __typename } query B { b: __typename }";
    assert_eq!(run(two, json!("B")).await.2, json!({ "data": { "b": "Query" } }));
    assert_eq!(run("query A { a: __typename }", json!(null)).await.2, json!({ "data": { "a": "Query" } }));
    for (query, name) in [
        (two, json!(null)),
        (two, json!("C")),
        ("query A { __typename }", json!("B")),
        ("{ __typename }", json!("A")),
        ("subscription { __typename }", json!(null)),
    ] {
        let (status, _, body) = run(query, name.clone()).await;
        assert_eq!((status.as_u16(), refusal(&body)), (400, "GRAPHQL_VALIDATION_FAILED"), "{query} {name}");
    }
}

#[tokio::test]
async fn a_variable_that_does_not_fit_its_type_is_refused_before_anything_runs() {
    let gateway = Gateway::on_sqlite().await;
    let listing = "query($first: Int!, $filter: AccountingEntryFilter) {
        accountingEntries(first: $first, filter: $filter) { nodes { id } } }";
    let one = "query($id: ID!) { accountingEntry(id: $id) { id } }";
    let mark = "mutation($input: MarkExportedInput!) { markExported(input: $input) { userErrors { code } } }";
    for (query, variables) in [
        (listing, json!({})),
        (listing, json!({ "first": null })),
        (listing, json!({ "first": "1" })),
        (listing, json!({ "first": 1.5 })),
        (listing, json!({ "first": 99_999_999_999i64 })),
        (listing, json!({ "first": 1, "filter": 7 })),
        (listing, json!({ "first": 1, "filter": { "debit": { "eq": 1.5 } } })),
        (listing, json!({ "first": 1, "filter": { "nothing": { "eq": "x" } } })),
        (listing, json!({ "first": 1, "filter": { "createdAt": { "gte": "yesterday" } } })),
        (one, json!({ "id": 1.5 })),
        (one, json!({ "id": true })),
        (mark, json!({ "input": {} })),
        (mark, json!({ "input": { "entries": [{ "entryId": "1", "systemId": 7 }] } })),
        (mark, json!({ "input": { "entries": [{ "entryId": "1" }] } })),
        (mark, json!({ "input": { "entries": [null] } })),
    ] {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let (status, _, body) = answer(post(&gateway, JSON, body).header("accept", RESPONSE_JSON)).await;
        assert_eq!((status.as_u16(), refusal(&body)), (400, "BAD_USER_INPUT"), "{variables}");
    }
}

#[tokio::test]
async fn an_error_says_which_argument_is_at_fault() {
    let gateway = Gateway::on_sqlite().await;
    let query =
        "query($filter: AccountingEntryFilter) { accountingEntries(filter: $filter) { nodes { id } } }";
    let answer = gateway.graphql(query, json!({ "filter": { "debit": { "in": ["1.00", 2] } } })).await;
    let error = &answer["errors"][0];
    assert_eq!(error["extensions"]["argument"], json!(["filter", "debit", "in", "1"]));
    assert!(error["message"].as_str().unwrap().contains("in quotes"), "{error:#}");
    let answer = gateway.graphql("{ accountingEntries(first: 501) { nodes { id } } }", json!({})).await;
    assert_eq!(answer["errors"][0]["extensions"]["argument"], json!(["first"]));
    let answer = gateway.graphql("{ exportSystem { id } }", json!({})).await;
    let error = &answer["errors"][0];
    assert_eq!(error["message"], "systemId: it is not there, and SystemId! is wanted");
    assert_eq!(error["extensions"], json!({ "code": "GRAPHQL_VALIDATION_FAILED", "argument": ["systemId"] }));
}

#[tokio::test]
async fn a_failed_field_is_null_with_its_path_and_its_code_and_the_others_are_answered() {
    let gateway = Gateway::on_sqlite().await;
    let ids = gateway.record(entries(1)).await;
    let query = "query($id: ID!) {
        bad: accountingEntries(first: 501) { nodes { id } }
        good: accountingEntry(id: $id) {
            id
            export(systemId: \"not one\") { note }
            timeline(first: 101) { nodes { id } }
        }
    }";
    let answer = gateway.graphql(query, json!({ "id": ids[0].to_string() })).await;
    let good = json!({ "id": global(ids[0]), "export": null, "timeline": null });
    assert_eq!(answer["data"], json!({ "bad": null, "good": good }));
    let mut failed: Vec<(Value, &str)> = answer["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| (error["path"].clone(), code(error)))
        .collect();
    failed.sort_by_key(|(path, _)| path.to_string());
    assert_eq!(
        failed,
        [
            (json!(["bad"]), "INVALID_PAGE_SIZE"),
            (json!(["good", "export"]), "INVALID_SYSTEM_ID"),
            (json!(["good", "timeline"]), "INVALID_PAGE_SIZE"),
        ]
    );
}
