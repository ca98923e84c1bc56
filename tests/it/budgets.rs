//! What a token may cost over time, through every door.

use ledgate::domain::Right::Admin;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::{Gateway, entries};
use crate::tokens::token;

/// A budget that a few calls use up, and that fills too slowly for a test to see.
const SMALL: [(&str, &str); 3] = [
    ("LEDGATE_GRAPHQL_MAX_COST", "200"),
    ("LEDGATE_BUDGET_SIZE", "200"),
    ("LEDGATE_BUDGET_RESTORE_PER_SECOND", "1"),
];
const MARK: &str = "/v10/accounting-entries/mark-as-exported";

async fn ask(gateway: &Gateway, token: &str, query: &str) -> Response {
    let request = gateway.request(Method::POST, "/graphql").bearer_auth(token);
    request.json(&json!({ "query": query })).send().await.unwrap()
}

async fn cost(gateway: &Gateway, token: &str, query: &str) -> Value {
    let answer: Value = ask(gateway, token, query).await.json().await.unwrap();
    assert_eq!(answer.get("errors"), None, "{answer}");
    answer["extensions"]["cost"].clone()
}

on_both_databases! {
    async fn an_answer_tells_what_it_could_have_cost_and_what_it_did(gateway: Gateway) {
        let ids = gateway.record(entries(3)).await;
        gateway.mark("crm", &ids[..1]).await;
        let token = token(&gateway, "ERP sync", &[Admin], None).await;
        for (query, requested, actual) in [
            ("{ __typename }", 1, 1),
            ("{ unexportedEntries(systemId: \"erp\", first: 100) { nodes { id debit } } }", 101, 4),
            ("{ unexportedEntries(systemId: \"erp\", first: 100) { nodes { id attributes } } }", 2101, 4),
            ("{ unexportedEntries(systemId: \"erp\", first: 2) { totalCount { count } } }", 11, 10),
            (
                "{ accountingEntries(first: 10) { nodes { id exports { systemId } timeline(first: 5) { nodes { kind } } } } }",
                171,
                // The entries, their timelines with 3 recordings and a mark, and the mark.
                1 + 3 + (3 + 3 + 1) + 1,
            ),
            ("{ accountingEntry(id: \"404\") { id } }", 1, 1),
            ("{ exportSystem(systemId: \"crm\") { backlog { count } } }", 11, 11),
            ("mutation { markExported(input: { entries: [{ entryId: \"1\", systemId: \"erp\" }] }) { exports { note } } }", 2, 2),
        ] {
            let cost = cost(&gateway, &token, query).await;
            assert_eq!((&cost["requested"], &cost["actual"]), (&json!(requested), &json!(actual)), "{query}: {cost}");
            assert_eq!(cost["restoreRate"], 20000, "{cost}");
            let available = cost["available"].as_u64().unwrap();
            assert!((90_000..=100_000).contains(&available), "{cost}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_costs_more_than_is_left_is_put_off() {
    let gateway = Gateway::on_sqlite_with(&SMALL).await;
    gateway.record(entries(60)).await;
    let (greedy, other) =
        (token(&gateway, "greedy", &[Admin], None).await, token(&gateway, "other", &[Admin], None).await);
    let page = "{ unexportedEntries(systemId: \"erp\", first: 100) { nodes { id } } }";
    // What was reserved for entries that were not there comes back.
    let first = cost(&gateway, &greedy, page).await;
    assert_eq!((&first["requested"], &first["actual"]), (&json!(101), &json!(61)));
    assert!(first["available"].as_u64().unwrap() >= 139, "{first}");
    cost(&gateway, &greedy, page).await;

    let refused = ask(&gateway, &greedy, page).await;
    assert_eq!(refused.status(), 429);
    let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    let refused: Value = refused.json().await.unwrap();
    assert_eq!(refused["errors"][0]["extensions"]["code"], "THROTTLED", "{refused}");
    let told = &refused["extensions"]["cost"];
    let available = told["available"].as_u64().unwrap();
    assert!((1..=23).contains(&wait) && wait + available <= 101, "{wait} s, {refused}");
    assert_eq!(
        (&told["requested"], &told["actual"], &told["restoreRate"]),
        (&json!(101), &json!(0), &json!(1))
    );
    assert!(refused["errors"][0]["message"].as_str().unwrap().contains(&format!("in {wait} s")), "{refused}");

    // A small one still fits, and others have budgets of their own.
    cost(&gateway, &greedy, "{ accountingEntries(first: 1) { nodes { id } } }").await;
    assert_eq!(cost(&gateway, &other, page).await["actual"], 61);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rest_takes_from_the_same_budget() {
    let gateway = Gateway::on_sqlite_with(&SMALL).await;
    let ids = gateway.record(entries(90)).await;
    let token = token(&gateway, "ERP sync", &[Admin], None).await;
    let get = async |path: &str| gateway.request(Method::GET, path).bearer_auth(&token).send().await.unwrap();
    let mark = async |id: i64| {
        let item = json!({ "accounting_entry_id": id, "system_id": "erp" });
        let request = gateway.request(Method::POST, MARK).bearer_auth(&token);
        request.json(&json!({ "accounting_entries": [item] })).send().await.unwrap()
    };
    // Streams are not counted, and a call is let in while anything is left.
    assert_eq!(get("/v10/accounting-entries/export?system_id=erp").await.status(), 200);
    assert_eq!(get("/v10/accounting-entries/export?system_id=erp&limit=90").await.status(), 200);
    assert_eq!(mark(ids[0]).await.status(), 200);
    assert_eq!(get("/v10/accounting-entries?limit=90").await.status(), 200);
    assert_eq!(get("/v10/accounting-entries?limit=90").await.status(), 200);

    for refused in [mark(ids[1]).await, get("/v10/accounting-entries").await] {
        assert_eq!(refused.status(), 429);
        let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=100).contains(&wait), "{wait}");
        let problem: Value = refused.json().await.unwrap();
        assert_eq!(problem["code"], "THROTTLED", "{problem}");
    }
    let refused = ask(&gateway, &token, "{ __typename }").await;
    assert_eq!(refused.status(), 429, "both surfaces take from one budget");
    let backlog = gateway.data("{ exportSystem(systemId: \"erp\") { backlog { count } } }", json!({})).await;
    assert_eq!(backlog["exportSystem"]["backlog"]["count"], 89, "what was put off was not done");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_tokens_or_when_switched_off_there_are_no_budgets() {
    let gateway = Gateway::on_sqlite_with(&SMALL).await;
    gateway.record(entries(60)).await;
    let page = "{ unexportedEntries(systemId: \"erp\", first: 100) { nodes { id } } }";
    for _ in 0..10 {
        let answer = gateway.graphql(page, json!({})).await;
        assert_eq!(answer.get("extensions"), None, "{answer}");
    }
    let mut settings = SMALL.to_vec();
    settings.push(("LEDGATE_BUDGET_ENABLED", "false"));
    let gateway = Gateway::on_sqlite_with(&settings).await;
    gateway.record(entries(60)).await;
    let token = token(&gateway, "ERP sync", &[Admin], None).await;
    for _ in 0..10 {
        let answer: Value = ask(&gateway, &token, page).await.json().await.unwrap();
        assert_eq!((answer.get("errors"), answer.get("extensions")), (None, None), "{answer}");
    }
}
