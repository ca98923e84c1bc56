//! Arguments and variables as the specification has them: a variable that is not set is as if its argument were not
//! there, a value has to fit its type, and a type the place it stands in. graphql-js is asked for a second opinion.

use std::path::Path;

use serde_json::{Value, json};

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

/// The filters of a list by one variable or by values in the document.
fn listing(definitions: &str, arguments: &str) -> String {
    format!("query Q({definitions}) {{ accountingEntries({arguments}) {{ nodes {{ id }} }} }}")
}

/// Documents with variables, each with variables that graphql-js and the gateway have to judge alike.
fn cases() -> Vec<(String, Vec<Value>)> {
    let mut cases = Vec::new();
    let mut case = |query: String, variables: &[Value]| cases.push((query, variables.to_vec()));
    let of = |values: &[Value]| -> Vec<Value> {
        std::iter::once(json!({})).chain(values.iter().map(|value| json!({ "v": value }))).collect()
    };
    let any = [
        json!(null),
        json!(1),
        json!(1.0),
        json!(1.5),
        json!(-1),
        json!(2_147_483_647),
        json!(2_147_483_648_i64),
        json!("1"),
        json!(""),
        json!(true),
        json!([]),
        json!([1]),
        json!(["1"]),
        json!([null]),
        json!([["1"]]),
        json!({}),
        json!({ "eq": "1" }),
        json!({ "eq": null }),
        json!({ "eq": 1 }),
        json!({ "no": 1 }),
        json!("ID"),
        json!("id"),
        json!({ "field": "ID" }),
        json!({ "field": "ID", "direction": null }),
        json!({ "field": "ID", "direction": "DESC" }),
        json!({ "field": null }),
        json!({ "id": { "eq": "1" } }),
        json!([{ "id": { "in": "1" } }]),
        json!({ "id": "1" }),
        json!({ "and": { "id": { "eq": 7 } } }),
        json!({ "and": [null] }),
        json!({ "isNull": "true" }),
    ];
    let types = [
        "Int",
        "Int!",
        "[Int]",
        "[Int!]!",
        "String",
        "String!",
        "[String!]",
        "ID",
        "ID!",
        "[ID]",
        "[ID!]",
        "[ID!]!",
        "Boolean",
        "Boolean!",
        "AccountingEntryFilter",
        "AccountingEntryFilter!",
        "[AccountingEntryFilter!]",
        "[AccountingEntryFilter!]!",
        "[AccountingEntryFilter]",
        "AccountingEntryOrder",
        "AccountingEntryOrderField",
        "AccountingEntryOrderField!",
        "OrderDirection",
        "OrderDirection!",
        "StringFilter",
        "IdFilter",
        "Float",
        "Nothing",
        "[Nothing]",
        "AccountingEntry",
        "Query",
    ];
    let places = [
        ("first: $v", "Int"),
        ("after: $v", "String"),
        ("filter: $v", "AccountingEntryFilter"),
        ("orderBy: $v", "AccountingEntryOrder"),
        ("filter: { id: $v }", "IdFilter"),
        ("filter: { id: { eq: $v } }", "ID"),
        ("filter: { id: { in: $v } }", "ID"),
        ("filter: { id: { in: [$v] } }", "ID"),
        ("filter: { and: $v }", "AccountingEntryFilter"),
        ("filter: { and: [$v] }", "AccountingEntryFilter"),
        ("filter: { not: $v }", "AccountingEntryFilter"),
        ("filter: { externalId: { eq: $v, gt: \"\" } }", "String"),
        ("filter: { documentReference: { isNull: $v } }", "Boolean"),
        ("orderBy: { field: $v }", "AccountingEntryOrderField"),
        ("orderBy: { field: ID, direction: $v }", "OrderDirection"),
        ("filter: { nothing: $v }", ""),
        ("nothing: $v", ""),
        ("filter: [$v]", "AccountingEntryFilter"),
        ("filter: { id: { eq: [$v] } }", "ID"),
        ("orderBy: { field: ID, direction: $w }", ""),
        ("first: 1", ""),
    ];
    for (place, wanted) in places {
        for ty in types {
            // A type that cannot stand there is refused whatever the value.
            let fits = ty.trim_matches(['[', ']', '!']) == wanted;
            let variables = if fits { of(&any) } else { vec![json!({})] };
            case(listing(&format!("$v: {ty}"), place), &variables);
        }
    }
    for (definition, place) in [
        ("$v: Int = 1", "first: $v"),
        ("$v: Int = null", "first: $v"),
        ("$v: Int! = 1", "first: $v"),
        ("$v: Int! = null", "first: $v"),
        ("$v: Int = \"1\"", "first: $v"),
        ("$v: Int = 1.0", "first: $v"),
        ("$v: Int = 2147483648", "first: $v"),
        ("$v: OrderDirection = ASC", "orderBy: { field: ID, direction: $v }"),
        ("$v: OrderDirection = \"ASC\"", "orderBy: { field: ID, direction: $v }"),
        ("$v: OrderDirection = null", "orderBy: { field: ID, direction: $v }"),
        ("$v: AccountingEntryOrderField = ID", "orderBy: { field: $v }"),
        ("$v: AccountingEntryOrderField = null", "orderBy: { field: $v }"),
        ("$v: AccountingEntryOrderField = SIZE", "orderBy: { field: $v }"),
        ("$v: [ID!] = [1]", "filter: { id: { in: $v } }"),
        ("$v: [ID!] = 1", "filter: { id: { in: $v } }"),
        ("$v: [ID!] = [null]", "filter: { id: { in: $v } }"),
        ("$v: [ID] = [1]", "filter: { id: { in: $v } }"),
        ("$v: AccountingEntryFilter = { id: { eq: 1 } }", "filter: $v"),
        ("$v: AccountingEntryFilter = { id: 1 }", "filter: $v"),
        ("$v: AccountingEntryFilter = { no: 1 }", "filter: $v"),
        ("$v: AccountingEntryFilter = { id: { eq: 1 } }", "filter: { and: [$v] }"),
        ("$v: AccountingEntryOrder = { direction: ASC }", "orderBy: $v"),
        ("$v: Int, $v: Int", "first: $v"),
        ("$v: Int, $w: Int", "first: $v"),
        ("$v: Int @skip(if: true)", "first: $v"),
        ("$v: Int @nothing", "first: $v"),
        ("$v: Int", "first: $v, last: $w"),
    ] {
        case(listing(definition, place), &of(&any));
    }
    for written in [
        "first: 1",
        "first: 1.0",
        "first: \"1\"",
        "first: null",
        "first: 2147483648",
        "first: ID",
        "first: [1]",
        "first: true",
        "after: 1",
        "after: \"1\"",
        "after: x",
        "filter: { id: { eq: 1 } }",
        "filter: { id: { eq: \"1\" } }",
        "filter: { id: { eq: 1.5 } }",
        "filter: { id: { eq: x } }",
        "filter: { id: { in: 1 } }",
        "filter: { id: { in: [[1]] } }",
        "filter: { id: { in: [1, null] } }",
        "filter: { id: 1 }",
        "filter: { no: 1 }",
        "filter: [{ id: { eq: 1 } }]",
        "filter: { and: { id: { eq: 1 } } }",
        "orderBy: { field: ID }",
        "orderBy: { field: \"ID\" }",
        "orderBy: { field: id }",
        "filter: { id: { eq: 1, eq: 2 } }",
        "filter: { id: { eq: 1, ne: 1 }, entryNumber: { eq: \"1\" } }",
        "filter: { and: [{ id: { eq: 1 } }, { id: { eq: 2 } }], and: [] }",
        "orderBy: {}",
        "orderBy: { direction: ASC }",
        "orderBy: { field: ID, direction: null }",
        "orderBy: ID",
        "filter: { documentReference: { isNull: true } }",
        "filter: { documentReference: { isNull: 1 } }",
        "nothing: 1",
    ] {
        case(format!("{{ accountingEntries({written}) {{ nodes {{ id }} }} }}"), &[json!({})]);
    }
    let conditions = [json!(null), json!(true), json!("true"), json!(1)];
    for ty in [
        "Boolean",
        "Boolean!",
        "Boolean = true",
        "Boolean = null",
        "Boolean! = false",
        "String!",
        "[Boolean!]!",
    ] {
        for place in
            ["a: __typename @skip(if: $v)", "... @include(if: $v) { a: __typename }", "...F @include(if: $v)"]
        {
            let fragment = if place.contains("F") { "fragment F on Query { a: __typename }" } else { "" };
            case(format!("query Q($v: {ty}) {{ __typename {place} }} {fragment}"), &of(&conditions));
        }
    }
    // By way of fragments, with others beside it.
    let fragment =
        "fragment F on Query { ...G } fragment G on Query { accountingEntries(first: $v) { nodes { id } } }";
    for query in [
        format!("query Q($v: Int) {{ ...F ...G }} {fragment}"),
        format!("query Q($v: String) {{ ...F }} {fragment}"),
        format!("query Q {{ ...F }} {fragment}"),
        format!("query Q($v: Int) {{ ...F }} query R($v: Int) {{ ...G }} {fragment}"),
        format!("query Q($v: Int) {{ ...F }} query R($v: Int!) {{ ...G }} {fragment}"),
        format!("query Q($v: Int) {{ ...F }} query R {{ ...G }} {fragment}"),
        format!("query Q($v: Int) {{ ...F }} query R($v: ID) {{ ...G }} {fragment}"),
        format!("query Q {{ __typename }} query R($v: Int) {{ ...F }} {fragment}"),
        "query Q { __typename } query R($v: Int) { __typename }".to_owned(),
        format!("query Q($v: Int) {{ __typename }} {fragment}"),
        format!("query Q($v: Int) {{ ...F }} {fragment} fragment H on Query {{ __typename }}"),
    ] {
        case(query, &[json!({}), json!({ "v": 1 }), json!({ "v": null }), json!({ "v": "1" })]);
    }
    cases
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
