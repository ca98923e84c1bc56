//! Traps of the engine and the databases under the gateway, each with the cure in place: these tests fail
//! without it.

use std::fmt::Write;
use std::time::Duration;

use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::{Gateway, entries};

/// The code of the answer's first error. Whatever takes this long has fallen into the trap.
async fn refused_at_once(gateway: &Gateway, query: &str) -> String {
    let code = gateway.error_code(query, json!({}));
    let code = tokio::time::timeout(Duration::from_secs(20), code).await;
    code.expect("the gateway is busy with a document that it should have refused")
}

/// The answer as it came, since order counts.
async fn text(gateway: &Gateway, query: &str, variables: Value) -> String {
    let body = json!({ "query": query, "variables": variables });
    gateway.post("/graphql", &body).await.text().await.unwrap()
}

/// Fragments on `Query` that each spread the next one twice; the last one holds this.
fn doubling(count: usize, last: &str) -> String {
    let mut document = "{ ...F0 }".to_owned();
    for index in 0..count {
        let next = index + 1;
        write!(document, " fragment F{index} on Query {{ ...F{next} ...F{next} }}").unwrap();
    }
    write!(document, " fragment F{count} on Query {{ {last} }}").unwrap();
    document
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fragments_that_double_are_refused_without_being_expanded() {
    let gateway = Gateway::on_sqlite().await;
    let bomb = doubling(32, "__typename");
    assert!(bomb.len() < 1_500, "{} bytes", bomb.len());
    assert_eq!(refused_at_once(&gateway, &bomb).await, "OPERATION_TOO_LARGE");
    // These lead to no field, and are walked through all the same.
    assert_eq!(refused_at_once(&gateway, &doubling(60, "...Unknown")).await, "OPERATION_TOO_LARGE");
    assert_eq!(refused_at_once(&gateway, &doubling(60, "...F0")).await, "GRAPHQL_VALIDATION_FAILED");
    // The sum counts: each of these operations is small enough.
    let mut many = doubling(8, "__typename").replace("{ ...F0 }", "query Q { ...F0 }");
    for index in 0..300 {
        write!(many, " query Q{index} {{ ...F0 }}").unwrap();
    }
    assert_eq!(refused_at_once(&gateway, &many).await, "OPERATION_TOO_LARGE");
    // What is merely nested is answered.
    let nested = doubling(5, "__typename");
    assert_eq!(gateway.data(&nested, json!({})).await, json!({ "__typename": "Query" }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fragments_that_spread_themselves_do_not_bring_the_gateway_down() {
    let gateway = Gateway::on_sqlite().await;
    for query in [
        "{ ...F } fragment F on Query { ...F }",
        "{ ...F } fragment F on Query { ...G } fragment G on Query { __typename ...F }",
        "{ accountingEntry(id: 1) { ...F } } fragment F on AccountingEntry { exports { entry { ...F } } }",
        "mutation { ...F } fragment F on Mutation { ...F ...F }",
        "{ __typename } fragment F on Query { ...F }",
    ] {
        assert_eq!(refused_at_once(&gateway, query).await, "GRAPHQL_VALIDATION_FAILED", "{query}");
    }
    assert_eq!(gateway.data("{ __typename }", json!({})).await, json!({ "__typename": "Query" }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deep_documents_are_refused_before_they_use_up_the_stack() {
    let gateway = Gateway::on_sqlite().await;
    let nested = |open: &str, close: &str, inside: &str| {
        let times = 4_900 / (open.len() + close.len());
        format!("{}{inside}{}", open.repeat(times), close.repeat(times))
    };
    for query in [
        nested("{a", "}", ""),
        nested("{...", "}", "{a}"),
        format!("{{ a(x: {}) }}", nested("[", "]", "")),
        format!("{{ a(x: {}) }}", nested("{a:", "}", "1")),
        format!("query($x: {}) {{ a }}", nested("[", "]", "Int")),
    ] {
        assert_eq!(refused_at_once(&gateway, &query).await, "GRAPHQL_PARSE_FAILED");
    }
    // The engine needs a hundred kilobytes of stack for each level of a filter.
    let query =
        "query($f: AccountingEntryFilter!) { accountingEntries(filter: { and: [$f] }) { nodes { id } } }";
    let mut deep = json!({ "id": { "eq": "1" } });
    for levels in 1..=60 {
        deep = if levels % 2 == 0 { json!({ "and": [deep] }) } else { json!({ "not": deep }) };
        let answer = gateway.graphql(query, json!({ "f": deep })).await;
        // One level more stands in the document.
        let expected = if levels < 5 { Value::Null } else { json!("INVALID_FILTER") };
        assert_eq!(answer["errors"][0]["extensions"]["code"], expected, "{levels} levels");
    }
    let written = format!("{}id: {{ eq: 1 }}{}", "not: { ".repeat(60), " }".repeat(60));
    for query in [
        format!("{{ accountingEntries(filter: {{ {written} }}) {{ nodes {{ id }} }} }}"),
        format!(
            "query($f: AccountingEntryFilter = {{ {written} }}) {{ accountingEntries(filter: $f) {{ nodes {{ id }} }} }}"
        ),
    ] {
        assert_eq!(refused_at_once(&gateway, &query).await, "INVALID_FILTER");
    }
}

#[tokio::test]
async fn an_answer_cannot_be_blown_up_by_aliases_or_by_going_in_circles() {
    let gateway = Gateway::on_sqlite().await;
    let ids = gateway.record(entries(1)).await;
    gateway.mark("erp", &ids).await;
    let times = |count: usize, field: &str| -> String {
        (0..count).map(|index| field.replace('#', &index.to_string())).collect()
    };
    let nodes = |fields: String| format!("{{ accountingEntries {{ nodes {{ {fields} }} }} }}");
    let circle = Some("CIRCULAR_QUERY");
    for (query, refusal) in [
        (nodes(times(100, "a#: description ")), None),
        (nodes(times(101, "a#: description ")), Some("TOO_MANY_ALIASES")),
        (format!("{{ {} }}", times(100, "accountingEntries { totalCount { count } } ")), None),
        (
            format!("{{ {} }}", times(101, "accountingEntries { totalCount { count } } ")),
            Some("TOO_MANY_ROOT_FIELDS"),
        ),
        (nodes("exports { entry { exports { entry { id } } } }".to_owned()), None),
        (nodes("exports { entry { exports { entry { exports { note } } } } }".to_owned()), circle),
        (
            nodes(
                "exports { entry { ...E } } } } } fragment E on AccountingEntry {
            exports { entry { export(systemId: \"erp\") { entry { id } }"
                    .to_owned(),
            ),
            circle,
        ),
    ] {
        let answer = gateway.graphql(&query, json!({})).await;
        let code = &answer["errors"][0]["extensions"]["code"];
        assert_eq!(*code, json!(refusal), "{query}");
    }
}

#[tokio::test]
async fn a_hundred_mistakes_make_twenty_errors_and_not_a_megabyte() {
    let gateway = Gateway::on_sqlite().await;
    let mut query = "{ __typename }".to_owned();
    for index in 0..600 {
        write!(query, " fragment F{index} on X {{a}}").unwrap();
    }
    let answer = text(&gateway, &query, json!({})).await;
    assert!(answer.len() < 10_000, "{} bytes", answer.len());
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["errors"].as_array().unwrap().len(), 20);
}

on_both_databases! {
    async fn two_mutation_fields_in_one_operation_are_refused_and_neither_is_carried_out(gateway: Gateway) {
        let ids = gateway.record(entries(2)).await;
        let mark = |index: usize, after: &str| {
            let id = ids[index];
            format!("markExported(input: {{ entries: [{{ entryId: {id}, systemId: \"erp\" }}] }}) {after}
                {{ userErrors {{ code }} }}")
        };
        let (one, two) = (mark(0, ""), mark(1, ""));
        for query in [
            format!("mutation {{ a: {one} b: {two} }}"),
            format!("mutation {{ {one} {one} }}"),
            format!("mutation {{ ...F b: {two} }} fragment F on Mutation {{ a: {one} }}"),
            format!("mutation {{ ...F ...F }} fragment F on Mutation {{ {one} }}"),
            format!("mutation {{ ...F }} fragment F on Mutation {{ ...G ...G }} fragment G on Mutation {{ {one} }}"),
            format!("mutation {{ ... on Mutation {{ a: {one} }} ... {{ b: {two} }} }}"),
            format!("mutation {{ a: {} b: {two} }}", mark(0, "@skip(if: false)")),
            format!("mutation {{ a: {} b: {two} }}", mark(0, "@include(if: true)")),
            format!("mutation($no: Boolean = false) {{ a: {} b: {two} }}", mark(0, "@skip(if: $no)")),
            format!("mutation {{ ... @include(if: true) {{ a: {one} }} b: {two} }}"),
            format!("query Q {{ __typename }} mutation M {{ a: {one} b: {two} }}"),
        ] {
            assert_eq!(refused_at_once(&gateway, &query).await, "ONE_MUTATION_PER_OPERATION", "{query}");
        }
        assert_eq!(gateway.unexported("erp").await, ids, "something was marked");

        // One field is one, however it is written; and __typename changes nothing.
        let query = format!("mutation {{ __typename ...F }} fragment F on Mutation {{ ... {{ a: {one} }} }}");
        assert_eq!(gateway.data(&query, json!({})).await["a"], json!({ "userErrors": [] }));
        assert_eq!(gateway.unexported("erp").await, ids[1..]);
    }

    async fn a_wrong_argument_deep_in_a_mutation_is_found_before_anything_is_written(gateway: Gateway) {
        let ids = gateway.record(entries(1)).await;
        for wrong in ["export(systemId: 7) { note }", "export(systemId: $system) { note }", "timeline(first: \"x\") { nodes { id } }"] {
            let query = format!(
                "mutation($system: SystemId = \"erp\") {{ markExported(input: {{
                    entries: [{{ entryId: {}, systemId: \"erp\" }}] }}) {{
                    exports {{ entry {{ {wrong} export(systemId: $system) {{ note }} }} }} }} }}",
                ids[0],
            );
            let answer = gateway.graphql(&query, json!({ "system": ["erp"] })).await;
            assert_eq!(answer.get("data"), None, "{answer:#}");
        }
        assert_eq!(gateway.unexported("erp").await, ids, "something was marked");
    }
}

/// GraphiQL's own question, with the deepest part of it.
const INTROSPECTION: &str = "query IntrospectionQuery {
    __schema {
        description queryType { name } mutationType { name } subscriptionType { name }
        types { ...FullType }
        directives { name description isRepeatable locations args(includeDeprecated: true) { ...InputValue } }
    }
}
fragment FullType on __Type {
    kind name description specifiedByURL
    fields(includeDeprecated: true) {
        name description args(includeDeprecated: true) { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason
    }
    inputFields(includeDeprecated: true) { ...InputValue }
    interfaces { ...TypeRef }
    enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
    possibleTypes { ...TypeRef }
}
fragment InputValue on __InputValue {
    name description type { ...TypeRef } defaultValue isDeprecated deprecationReason
}
fragment TypeRef on __Type {
    kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
        ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } }
}";

#[tokio::test]
async fn graphiqls_introspection_works_and_one_that_goes_in_circles_does_not() {
    let gateway = Gateway::on_sqlite().await;
    let schema = gateway.data(INTROSPECTION, json!({})).await["__schema"].clone();
    assert_eq!(schema["queryType"], json!({ "name": "Query" }));
    assert!(schema["types"].as_array().unwrap().len() > 40);
    for circle in [
        "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
        "{ __type(name: \"Query\") { fields { type { fields { type { fields { type { name } } } } } } } }",
        "{ __schema { types { inputFields { type { inputFields { type { inputFields { name } } } } } } } }",
    ] {
        assert_eq!(refused_at_once(&gateway, circle).await, "CIRCULAR_QUERY", "{circle}");
    }
}

#[tokio::test]
async fn page_sizes_and_cursors_are_checked_in_our_own_words() {
    let gateway = Gateway::on_sqlite().await;
    for (arguments, expected) in [
        ("first: -1", "INVALID_PAGE_SIZE"),
        ("first: 501", "INVALID_PAGE_SIZE"),
        ("first: 2147483647", "INVALID_PAGE_SIZE"),
        ("last: -1", "INVALID_PAGE_SIZE"),
        ("first: 1, last: 1", "INVALID_PAGE_SIZE"),
        ("after: \"x\"", "INVALID_CURSOR"),
        ("after: \"\"", "INVALID_CURSOR"),
        ("after: \"=====\"", "INVALID_CURSOR"),
        ("last: 1, before: \"AAAAAAAAAAAAAAAAAAAAAAAAAAAA\"", "INVALID_CURSOR"),
    ] {
        let query = format!("{{ accountingEntries({arguments}) {{ nodes {{ id }} }} }}");
        let answer = gateway.graphql(&query, json!({})).await;
        let error = &answer["errors"][0];
        assert_eq!(error["extensions"]["code"], json!(expected), "{arguments}");
        let message = error["message"].as_str().unwrap();
        for foreign in ["base64", "Invalid byte", "symbol", "parse", "utf-8", "Error"] {
            assert!(!message.contains(foreign), "{arguments}: {message}");
        }
    }
}

/// The engine drops what it does not know of `__typename` without a word.
#[tokio::test]
async fn typename_is_asked_for_as_strictly_as_any_other_field() {
    let gateway = Gateway::on_sqlite().await;
    for query in ["{ __typename @cached }", "{ __typename(x: 1) }", "{ __typename { id } }"] {
        assert_eq!(gateway.error_code(query, json!({})).await, "GRAPHQL_VALIDATION_FAILED", "{query}");
    }
    let query = "{ a: __typename @skip(if: true) b: __typename @include(if: true) }";
    assert_eq!(gateway.data(query, json!({})).await, json!({ "b": "Query" }));
}
