//! How large, deep and dear an operation may be: every limit with its code and its number.

use std::fmt::Write;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{operation, refusal, still_answers};
use crate::on_both_databases;
use crate::support::{Gateway, entries};

fn times(count: usize, text: &str) -> String {
    (0..count).map(|index| text.replace('#', &index.to_string())).collect()
}

/// `{a0{a1{…}}}`
fn levels(count: usize) -> String {
    format!("{}{}", times(count, "{a#"), "}".repeat(count))
}

const FILTERED: &str = "query($f: AccountingEntryFilter) { accountingEntries(filter: $f) { nodes { id } } }";

/// What is one more than a limit: the operation, its variables, the code, and the numbers that the message tells.
fn one_too_many() -> Vec<(String, Value, &'static str, [&'static str; 2])> {
    let ids: Vec<String> = (0..1001).map(|id| id.to_string()).collect();
    let listed = format!(
        "{{ accountingEntries(filter: {{ id: {{ in: [{}] }} }}) {{ nodes {{ id }} }} }}",
        ids.join(" ")
    );
    let circle =
        "{ accountingEntries { nodes { exports { entry { exports { entry { exports { note } } } } } } } }";
    let costly = "{ unexportedEntries(systemId: \"erp\", first: 500) { nodes { timeline(first: 100) { nodes { id } } } } }";
    vec![
        (
            format!("{{ __typename }} #{}", "x".repeat(14_985)),
            json!({}),
            "QUERY_TOO_LONG",
            ["15001", "15000"],
        ),
        (format!("{{ {} }}", "a ".repeat(4_999)), json!({}), "TOO_MANY_TOKENS", ["5001", "5000"]),
        (format!("{{ {} }}", "a ".repeat(2_001)), json!({}), "OPERATION_TOO_LARGE", ["2001", "2000"]),
        (levels(16), json!({}), "QUERY_TOO_DEEP", ["16", "15"]),
        (circle.to_owned(), json!({}), "CIRCULAR_QUERY", ["2 times", "at most 1"]),
        (format!("{{ {} }}", times(101, "a#: __typename ")), json!({}), "TOO_MANY_ALIASES", ["101", "100"]),
        (format!("{{ {} }}", times(101, "a# ")), json!({}), "TOO_MANY_ROOT_FIELDS", ["101", "100"]),
        (
            format!("{{ __typename {} }}", "@skip(if: false) ".repeat(101)),
            json!({}),
            "TOO_MANY_DIRECTIVES",
            ["101", "100"],
        ),
        (listed, json!({}), "LIST_TOO_LONG", ["1001", "1000"]),
        (FILTERED.to_owned(), json!({ "f": { "id": { "in": ids } } }), "LIST_TOO_LONG", ["1001", "1000"]),
        (costly.to_owned(), json!({}), "QUERY_TOO_COSTLY", ["51001", "50000"]),
    ]
}

#[tokio::test]
async fn whatever_is_more_than_a_limit_is_refused_with_its_code_and_both_numbers() {
    let gateway = Gateway::on_sqlite().await;
    for (query, variables, expected, numbers) in one_too_many() {
        let answer = operation(&gateway, &query, variables).send().await.unwrap();
        let (status, code, message) = refusal(answer).await;
        assert_eq!((status, code.as_str()), (400, expected), "{message}");
        for number in numbers {
            assert!(message.contains(number), "{message}");
        }
        still_answers(&gateway).await;
    }
}

#[tokio::test]
async fn every_limit_is_a_setting() {
    let nested = "{ accountingEntries { nodes { exports { entry { exports { note } } } } } }";
    for (variable, value, query, expected) in [
        ("MAX_QUERY_CHARACTERS", "100", format!("{{ __typename }}{}", " ".repeat(100)), "QUERY_TOO_LONG"),
        ("MAX_TOKENS", "100", format!("{{ {} }}", "__typename ".repeat(99)), "TOO_MANY_TOKENS"),
        ("MAX_SELECTIONS", "10", format!("{{ {} }}", "__typename ".repeat(11)), "OPERATION_TOO_LARGE"),
        ("MAX_DEPTH", "3", "{ accountingEntries { edges { node { id } } } }".to_owned(), "QUERY_TOO_DEEP"),
        ("MAX_PASSES", "1", nested.to_owned(), "CIRCULAR_QUERY"),
        ("MAX_ALIASES", "0", "{ a: __typename }".to_owned(), "TOO_MANY_ALIASES"),
        ("MAX_ROOT_FIELDS", "1", "{ exportSystems { nodes { id } } a }".to_owned(), "TOO_MANY_ROOT_FIELDS"),
        ("MAX_DIRECTIVES", "0", "{ __typename @skip(if: false) }".to_owned(), "TOO_MANY_DIRECTIVES"),
        (
            "MAX_COST",
            "100",
            "{ accountingEntries(first: 100) { nodes { id } } }".to_owned(),
            "QUERY_TOO_COSTLY",
        ),
    ] {
        let name = format!("LEDGATE_GRAPHQL_{variable}");
        let gateway = Gateway::on_sqlite_with(&[(&name, value)]).await;
        assert_eq!(gateway.error_code(&query, json!({})).await, expected, "{variable}");
        let usual = Gateway::on_sqlite().await;
        let answer = usual.graphql(&query, json!({})).await;
        assert_ne!(answer["errors"][0]["extensions"]["code"], json!(expected), "{variable}");
    }
}

#[tokio::test]
async fn introspection_is_not_counted_as_depth() {
    let gateway = Gateway::on_sqlite_with(&[("LEDGATE_GRAPHQL_MAX_DEPTH", "3")]).await;
    let query = "{ __schema { types { fields { type { ofType { ofType { ofType { name } } } } } } } }";
    assert!(gateway.data(query, json!({})).await["__schema"]["types"].is_array());
}

#[tokio::test]
async fn a_cost_is_told_from_what_is_asked_wherever_the_page_size_stands() {
    let gateway = Gateway::on_sqlite().await;
    let timelines = "query($n: Int = 500, $m: Int) { unexportedEntries(systemId: \"erp\", first: $n) {
        nodes { timeline(first: $m) { nodes { id } } } } }";
    let backwards =
        "{ unexportedEntries(systemId: \"erp\", last: 500) { edges { node { timeline(first: 100) {
        edges { node { id } } } } } } }";
    let fragments = "{ unexportedEntries(systemId: \"erp\", first: 500) { ...P } }
        fragment P on AccountingEntryConnection { nodes { ...E } }
        fragment E on AccountingEntry { ... { timeline(first: 100) { nodes { id } } } }";
    let attributes =
        format!("{{ accountingEntries(first: 500) {{ nodes {{ {} }} }} }}", times(5, "a#: attributes "));
    let roots = format!("{{ {} }}", times(99, "a#: accountingEntries(first: 500) { nodes { id } } "));
    let of_one = "mutation($input: RecordAccountingEntriesInput!) { recordAccountingEntries(input: $input) {
        entries { timeline(first: 100) { nodes { id } } } } }";
    for (query, variables, is_refused) in [
        (timelines, json!({ "m": 100 }), true),
        (timelines, json!({ "n": 500, "m": 100 }), true),
        (timelines, json!({ "m": 50 }), false),
        (timelines, json!({}), false),
        (timelines, json!({ "n": 100, "m": 100 }), false),
        (backwards, json!({}), true),
        (fragments, json!({}), true),
        (&attributes, json!({}), true),
        (&roots, json!({}), false),
        (&roots.replace("nodes { id }", "nodes { id } edges { cursor }"), json!({}), true),
        (of_one, json!({ "input": { "entries": entries(1) } }), false),
        (of_one, json!({ "input": { "entries": entries(500) } }), true),
    ] {
        let answer = gateway.graphql(query, variables.clone()).await;
        let code = &answer["errors"][0]["extensions"]["code"];
        assert_eq!(
            *code == json!("QUERY_TOO_COSTLY"),
            is_refused,
            "{query} {:.80}: {code}",
            variables.to_string()
        );
        assert!(is_refused || *code == Value::Null, "{query}: {answer:#}");
    }
    let none = gateway.data("{ accountingEntries { totalCount { count } } }", json!({})).await;
    assert_eq!(none["accountingEntries"]["totalCount"]["count"], 1, "the refused record was carried out");
}

/// The largest pages of everything an entry has, as an integration may ask for them.
#[tokio::test]
async fn a_large_page_of_whole_entries_is_answered() {
    let gateway = Gateway::on_sqlite().await;
    gateway.record(entries(500)).await;
    let query = "{ unexportedEntries(systemId: \"erp\", first: 500) {
        totalCount { count precision } pageInfo { hasNextPage endCursor }
        edges { cursor node { id: id externalId journalCode journalName entryNumber postingDate accountNumber
            accountName subledgerAccountNumber subledgerAccountName documentReference documentDate description debit
            credit amount currency foreignAmount foreignCurrency reconciliationCode reconciledOn validatedOn attributes
            createdAt updatedAt exports { systemId exportedAt note } timeline { nodes { id kind at note } } } } } }";
    let data = gateway.data(query, json!({})).await;
    assert_eq!(data["unexportedEntries"]["edges"].as_array().unwrap().len(), 500);
}

/// Fragments on `Query` that each spread the next one twice.
fn doubling(count: usize) -> String {
    let mut document = "{ ...F0 }".to_owned();
    for index in 0..count {
        let next = index + 1;
        write!(document, " fragment F{index} on Query {{ ...F{next} ...F{next} }}").unwrap();
    }
    write!(document, " fragment F{count} on Query {{ __typename }}").unwrap();
    document
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_fragment_trap_is_refused_within_50_ms_and_holds_nobody_up() {
    let gateway = Gateway::on_sqlite().await;
    let bomb = doubling(100);
    // Other tests share the machine: once in ten is enough to show that it is not the trap that takes the time.
    let mut best = (Duration::MAX, Duration::MAX);
    for _ in 0..10 {
        let started = Instant::now();
        let refused = async {
            let answer = operation(&gateway, &bomb, json!({})).send().await.unwrap();
            assert_eq!(refusal(answer).await.1, "OPERATION_TOO_LARGE");
            started.elapsed()
        };
        let alive = async {
            assert_eq!(gateway.get("/livez").await.status(), 200);
            started.elapsed()
        };
        let (refused, alive) = tokio::join!(refused, alive);
        best = (best.0.min(refused), best.1.min(alive));
    }
    let most = Duration::from_millis(50);
    assert!(best.0 < most && best.1 < most, "refused and alive after {best:?}");
}

on_both_databases! {
    async fn the_same_field_five_hundred_times_is_one_field(gateway: Gateway) {
        let ids = gateway.record(entries(3)).await;
        let query = format!("{{ accountingEntries {{ nodes {{ {} }} }} {} }}", "id ".repeat(500), "__typename ".repeat(500));
        let data = gateway.data(&query, json!({})).await;
        assert_eq!(crate::support::gateway::ids(&data["accountingEntries"]["nodes"]), ids);
        still_answers(&gateway).await;
    }
}

#[tokio::test]
async fn a_flood_of_directives_is_refused_wherever_they_stand() {
    let gateway = Gateway::on_sqlite().await;
    let flood = "@include(if: true) ".repeat(200);
    for query in [
        format!("{{ __typename {flood} }}"),
        format!("query {flood} {{ __typename }}"),
        format!("{{ ... {flood} {{ __typename }} }}"),
        format!("{{ ...F {flood} }} fragment F on Query {{ __typename }}"),
        format!("{{ ...F }} fragment F on Query {flood} {{ __typename }}"),
        format!("query($x: Int {flood}) {{ __typename }}"),
        format!("{{ {} }}", "__typename @include(if: true) ".repeat(101)),
    ] {
        assert_eq!(gateway.error_code(&query, json!({})).await, "TOO_MANY_DIRECTIVES", "{query:.40}");
    }
    still_answers(&gateway).await;
}
