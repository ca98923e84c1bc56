//! Arguments and variables as the specification has them: a variable that is not set is as if its argument were not
//! there, a value has to fit its type, and a type the place it stands in. graphql-js is asked for a second opinion.

mod cases;

use std::path::Path;

use serde_json::{Value, json};

use self::cases::cases;
use crate::on_both_databases;
use crate::support::{Gateway, entries, tools};

/// Every optional argument of every root field, each by a variable, as a client with fixed documents has them.
const EVERYTHING: &str = "query Everything(
    $since: DateTime, $filter: AccountingEntryFilter, $order: AccountingEntryOrder, $direction: OrderDirection,
    $first: Int, $after: String, $last: Int, $before: String, $id: String, $ids: [ID!], $small: Int,
    $skipped: Boolean = false
  ) {
    unexportedEntries(systemId: \"erp\", notExportedSince: $since, filter: $filter, orderBy: $order,
        first: $first, after: $after, last: $last, before: $before) { ...Page }
    accountingEntries(filter: $filter, orderBy: { field: ID, direction: $direction },
        first: $first, after: $after, last: $last, before: $before) { ...Page }
    chosen: accountingEntries(filter: { or: [{ externalId: { eq: $id, gte: \"\" } }, { id: { in: $ids, gt: \"0\" } }] }) {
        totalCount { count }
    }
    exportSystems(first: $small, after: $after) { nodes { knownSince } }
    skipped: exportSystems @skip(if: $skipped) { nodes { knownSince } }
  }
  fragment Page on AccountingEntryConnection {
    nodes { externalId timeline(first: $small, after: $after) { nodes { kind } } }
  }";

/// The `externalId`s under this field.
fn names(data: &Value, field: &str) -> Vec<String> {
    let nodes = data[field]["nodes"].as_array().unwrap();
    nodes.iter().map(|node| node["externalId"].as_str().unwrap().to_owned()).collect()
}

on_both_databases! {
    async fn a_fixed_document_runs_whether_its_variables_are_set_or_not(gateway: Gateway) {
        gateway.record(entries(3)).await;
        let every = ["since", "filter", "order", "first", "after", "last", "before", "small"];
        let nulls: Value = every.iter().map(|name| ((*name).to_owned(), Value::Null)).collect::<serde_json::Map<_, _>>().into();
        for variables in [json!({}), Value::Null, nulls, json!({ "unknown": { "to": ["us"] } })] {
            let data = gateway.data(EVERYTHING, variables.clone()).await;
            for field in ["unexportedEntries", "accountingEntries"] {
                assert_eq!(names(&data, field), ["T:1", "T:2", "T:3"], "{variables}");
            }
            assert_eq!(data["chosen"]["totalCount"]["count"], json!(3), "{variables}");
            assert_eq!(data["skipped"], json!({ "nodes": [] }), "{variables}");
        }

        let set = json!({
            "since": "2026-02-01T00:00:00Z", "filter": { "externalId": { "ne": "T:2" } },
            "order": { "field": "CREATED_AT", "direction": "DESC" }, "direction": "DESC", "first": 1.0, "id": "T:3",
            "ids": ["1"], "small": 1, "skipped": true,
        });
        let data = gateway.data(EVERYTHING, set.clone()).await;
        assert_eq!(names(&data, "unexportedEntries"), ["T:3"]);
        assert_eq!(names(&data, "accountingEntries"), ["T:3"]);
        assert_eq!(data["chosen"]["totalCount"]["count"], json!(2));
        assert_eq!(data.get("skipped"), None);
        assert_eq!(data["unexportedEntries"]["nodes"][0]["timeline"]["nodes"], json!([{ "kind": "RECORDED" }]));
    }

    async fn what_is_not_set_inside_an_input_has_the_default_of_the_schema(gateway: Gateway) {
        let query = "mutation($debit: Decimal, $name: String) { recordAccountingEntries(input: { entries: [{
            externalId: \"V:1\", journalCode: \"VE\", journalName: $name, entryNumber: \"1\", postingDate: \"2026-01-31\",
            accountNumber: \"411\", accountName: \"A\", description: \"d\", debit: $debit, currency: \"EUR\" }] }) {
            entries { debit journalName } userErrors { field message } } }";
        for (variables, debit, name) in [
            (json!({}), "0.00", json!(null)),
            (json!({ "name": null }), "0.00", json!(null)),
            (json!({ "debit": "12.50", "name": "Sales" }), "12.50", json!("Sales")),
        ] {
            let data = gateway.data(query, variables.clone()).await;
            let payload = &data["recordAccountingEntries"];
            assert_eq!(payload["entries"], json!([{ "debit": debit, "journalName": name }]), "{variables}: {payload}");
        }
        // The place takes no null, and says so.
        let answer = gateway.graphql(query, json!({ "debit": null })).await;
        let error = &answer["errors"][0];
        assert_eq!(error["extensions"]["code"], json!("BAD_USER_INPUT"), "{answer}");
        assert_eq!(error["extensions"]["argument"], json!(["input", "entries", "0", "debit"]), "{answer}");

        let mark = "mutation($entries: [MarkExportedEntryInput!]!, $key: String) {
            markExported(input: { entries: $entries, idempotencyKey: $key }) { exports { entryId note } userErrors { code } } }";
        let entry = json!([{ "entryId": 1, "systemId": "erp" }]);
        for variables in [json!({ "entries": entry }), json!({ "entries": entry, "key": null })] {
            let data = gateway.data(mark, variables).await;
            assert_eq!(data["markExported"], json!({ "exports": [{ "entryId": "1", "note": null }], "userErrors": [] }));
        }
    }

    async fn what_has_to_be_there_and_is_not_set_is_told_with_its_path(gateway: Gateway) {
        let ids = gateway.record(entries(1)).await;
        for (query, variables, argument) in [
            ("mutation($e: [MarkExportedEntryInput!] = []) { markExported(input: { entries: $e }) { userErrors { code } } }",
                json!({ "e": null }), json!(["input", "entries"])),
            ("mutation($e: MarkExportedEntryInput!) { markExported(input: { entries: [$e] }) { userErrors { code } } }",
                json!({ "e": { "entryId": "1" } }), json!(["input", "entries", "0", "systemId"])),
            ("query($o: AccountingEntryOrder) { accountingEntries(orderBy: $o) { nodes { id } } }",
                json!({ "o": { "direction": "ASC" } }), json!(["orderBy", "field"])),
            ("query($o: AccountingEntryOrder) { accountingEntries(orderBy: $o) { nodes { id } } }",
                json!({ "o": { "field": "SIZE" } }), json!(["orderBy", "field"])),
            ("query($f: AccountingEntryFilter!) { accountingEntries(filter: { or: [{ id: { eq: 1 } }, $f] }) { nodes { id } } }",
                json!({ "f": { "description": "x" } }), json!(["filter", "or", "1", "description"])),
            ("query($f: AccountingEntryFilter) { accountingEntries(filter: $f) { nodes { id } } }",
                json!({ "f": { "description": { "begins": "x" } } }), json!(["filter", "description", "begins"])),
            ("{ accountingEntries(filter: { description: \"x\" }) { nodes { id } } }",
                json!({}), json!(["filter", "description"])),
            ("{ accountingEntries(first: \"1\") { nodes { id } } }", json!({}), json!(["first"])),
            ("{ accountingEntries(first: 2147483648) { nodes { id } } }", json!({}), json!(["first"])),
        ] {
            let answer = gateway.graphql(query, variables).await;
            assert_eq!(answer.get("data"), None, "{query}");
            let error = &answer["errors"][0];
            assert_eq!((&error["extensions"]["code"], &error["extensions"]["argument"]), (&json!("BAD_USER_INPUT"), &argument), "{query}: {answer}");
            let path = argument.as_array().unwrap().iter().map(|step| step.as_str().unwrap()).collect::<Vec<_>>().join(".");
            let message = error["message"].as_str().unwrap();
            assert!(message.starts_with(&format!("{path}: ")), "{message}");
            assert!(!message.contains("pars"), "the words of the engine: {message}");
            assert!(error["locations"].is_array(), "{answer}");
        }
        assert_eq!(gateway.unexported("erp").await, ids);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_and_variables_are_taken_and_refused_as_graphql_js_does() {
    let gateway = Gateway::on_sqlite().await;
    let mut asked = Vec::new();
    for (query, variables) in cases() {
        for variables in variables {
            asked.push(json!({ "query": query, "variables": variables, "operationName": operation(&query) }));
        }
    }
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema.graphql");
    let verdicts = tools::run("check-values.mjs", schema.to_str().unwrap(), &json!(asked).to_string()).await;
    let verdicts: Vec<Option<String>> = serde_json::from_str(&verdicts).unwrap();
    assert_eq!(verdicts.len(), asked.len());
    let (mut differ, mut taken) = (Vec::new(), 0);
    for (asked, verdict) in asked.iter().zip(&verdicts) {
        let answer: Value = gateway.post("/graphql", asked).await.json().await.unwrap();
        let errors = answer["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        // What the use cases refuse is for them to decide.
        let refused = errors.iter().find(|error| {
            let code = error["extensions"]["code"].as_str().unwrap();
            ["GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT", "GRAPHQL_PARSE_FAILED"].contains(&code)
        });
        taken += usize::from(verdict.is_none());
        if refused.is_some() != verdict.is_some() {
            let ours = refused.map(|error| error["message"].clone());
            differ.push(format!(
                "{} {}\n  graphql-js: {verdict:?}\n  ledgate: {ours:?}",
                asked["query"], asked["variables"]
            ));
        }
    }
    assert!(
        differ.is_empty(),
        "{} of {}:\n{}",
        differ.len(),
        asked.len(),
        differ[..differ.len().min(20)].join("\n")
    );
    assert!(taken > 200 && verdicts.len() - taken > 1_000, "{taken} of {} are taken", verdicts.len());
}

fn operation(query: &str) -> Option<&'static str> {
    query.starts_with("query Q").then_some("Q")
}

/// A variable that is large and stands in many places would be many times as large, written out.
#[tokio::test]
async fn a_large_variable_cannot_be_multiplied() {
    let gateway = Gateway::on_sqlite().await;
    let text = "x".repeat(100_000);
    let query = |count: usize| {
        let places = vec!["$v"; count].join(" ");
        format!(
            "query($v: String!) {{ accountingEntries(filter: {{ description: {{ in: [{places}] }} }}) {{ nodes {{ id }} }} }}"
        )
    };
    for (count, code) in
        [(1, "INVALID_FILTER"), (10, "INVALID_FILTER"), (12, "BAD_USER_INPUT"), (900, "BAD_USER_INPUT")]
    {
        let answer = gateway.graphql(&query(count), json!({ "v": text })).await;
        let error = &answer["errors"][0];
        assert_eq!(error["extensions"]["code"], json!(code), "{count}");
        assert!(answer.to_string().len() < 10_000, "{count}");
    }
}
