//! What subscriptions tell: everything that they are for, once, in its order, and nothing else.

use std::time::Duration;

use ledgate::domain::Right::{Admin, Export, Mark};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{Heard, PATIENCE, Socket, cursor};
use crate::on_both_databases;
use crate::support::{Gateway, entries};
use crate::tokens::token;

const UNMARK: &str = "mutation($id: ID!) {
    unmarkExported(input: { items: [{ entryId: $id, systemId: \"erp\", reason: \"sent twice\" }] }) {
        userErrors { code } } }";

/// The ids of entries in as many events, in the order in which they came.
async fn told(socket: &mut Socket, id: &str, count: usize) -> Vec<i64> {
    let mut ids = Vec::new();
    for _ in 0..count {
        let event = socket.event(id).await["exportEvents"].clone();
        ids.push(event["entryId"].as_str().unwrap().parse().unwrap());
    }
    ids
}

on_both_databases! {
    async fn what_is_committed_comes_from_the_cursor_on(gateway: Gateway) {
        let ids = gateway.record(entries(7)).await;
        let cursor = cursor(&gateway, ids[0]).await;
        let mut socket = Socket::begun(&gateway, None).await;
        gateway.mark("erp", &ids[..3]).await;
        socket.follow("a", json!({ "after": cursor })).await;
        assert_eq!(told(&mut socket, "a", 3).await, ids[..3], "what was there before it subscribed");
        gateway.mark("crm", &ids[3..4]).await;
        let event = socket.event("a").await["exportEvents"].clone();
        assert_eq!((&event["kind"], &event["systemId"]), (&json!("EXPORTED"), &json!("crm")), "{event}");
        assert_eq!(event["entryId"], json!(ids[3].to_string()));
        socket.is_quiet().await;
    }

    async fn without_a_cursor_it_begins_now(gateway: Gateway) {
        let ids = gateway.record(entries(40)).await;
        cursor(&gateway, ids[0]).await;
        let mut socket = Socket::begun(&gateway, None).await;
        socket.follow("a", json!({})).await;
        // When "now" was, the subscription alone knows: one mark after the other, until the first comes.
        let first = async {
            for id in &ids[1..] {
                gateway.mark("erp", &[*id]).await;
                if let Ok(heard) = timeout(Duration::from_millis(500), socket.next()).await {
                    return heard;
                }
            }
            panic!("no mark was told");
        };
        let Heard::Said(message) = first.await else { panic!("no event") };
        let event = &message["payload"]["data"]["exportEvents"];
        assert_eq!((&event["systemId"], &event["kind"]), (&json!("erp"), &json!("EXPORTED")), "{message}");
    }

    async fn systems_and_kinds_are_picked_out(gateway: Gateway) {
        let ids = gateway.record(entries(4)).await;
        let cursor = cursor(&gateway, ids[0]).await;
        let mut socket = Socket::begun(&gateway, None).await;
        gateway.mark("erp", &ids[..2]).await;
        gateway.mark("crm", &ids[..1]).await;
        let payload = gateway.data(UNMARK, json!({ "id": ids[0].to_string() })).await;
        assert_eq!(payload["unmarkExported"]["userErrors"], json!([]), "{payload}");
        gateway.mark("crm", &ids[1..2]).await;

        socket.follow("crm", json!({ "systemId": "crm", "after": cursor })).await;
        assert_eq!(told(&mut socket, "crm", 2).await, ids[..2]);
        socket.follow("unmarked", json!({ "kinds": ["UNMARKED"], "after": cursor })).await;
        let event = socket.event("unmarked").await["exportEvents"].clone();
        assert_eq!(event["kind"], "UNMARKED", "{event}");
        let both = json!({ "systemId": "erp", "kinds": ["EXPORTED", "UNMARKED"], "after": cursor });
        socket.follow("both", both).await;
        assert_eq!(told(&mut socket, "both", 3).await, [ids[0], ids[1], ids[0]]);
        socket.is_quiet().await;
    }

    async fn a_cursor_goes_on_where_it_stopped_over_a_gateway_that_is_gone(gateway: Gateway) {
        let ids = gateway.record(entries(31)).await;
        let mut cursor = cursor(&gateway, ids[0]).await;
        let mut heard = Vec::new();
        for part in ids[1..].chunks(10) {
            // Marked through one gateway, told by another, which goes away in the middle of it.
            let other = gateway.another().await;
            let mut socket = Socket::begun(&other, None).await;
            socket.follow("a", json!({ "systemId": "erp", "after": cursor })).await;
            gateway.mark("erp", part).await;
            for _ in 0..7 {
                let event = socket.event("a").await["exportEvents"].clone();
                cursor = event["cursor"].as_str().unwrap().to_owned();
                heard.push(event["entryId"].as_str().unwrap().parse::<i64>().unwrap());
            }
            drop(other);
            drop(socket);
        }
        let mut socket = Socket::begun(&gateway, None).await;
        socket.follow("a", json!({ "systemId": "erp", "after": cursor })).await;
        heard.extend(told(&mut socket, "a", 9).await);
        assert_eq!(heard, ids[1..], "every event once, in its order");
        socket.is_quiet().await;
    }

    async fn a_cursor_of_another_log_is_refused(gateway: Gateway) {
        let ids = gateway.record(entries(1)).await;
        let own = cursor(&gateway, ids[0]).await;
        let stranger = Gateway::on_sqlite().await;
        let theirs = stranger.record(entries(1)).await;
        let foreign = cursor(&stranger, theirs[0]).await;
        assert_ne!(own, foreign);
        let mut socket = Socket::begun(&gateway, None).await;
        socket.follow("a", json!({ "after": foreign })).await;
        assert_eq!(socket.refusal("a").await, "CURSOR_LOST");
        socket.follow("b", json!({ "after": "no cursor" })).await;
        assert_eq!(socket.refusal("b").await, "INVALID_CURSOR");
        socket.is_quiet().await;
    }

    async fn a_system_is_told_at_once_and_when_it_has_changed(gateway: Gateway) {
        let ids = gateway.record(entries(3)).await;
        let mut socket = Socket::begun(&gateway, None).await;
        let query = "subscription { erp: exportSystemChanged(systemId: \"erp\") {
            oldestUnexportedEntry { entryId } systemId backlog { count } } }";
        socket.subscribe("a", query, json!({})).await;
        let state = |left: usize, oldest: i64| {
            let entry = json!({ "entryId": oldest.to_string() });
            json!({ "erp": { "oldestUnexportedEntry": entry, "systemId": "erp", "backlog": { "count": left } } })
        };
        let first = socket.event("a").await;
        assert_eq!(first, state(3, ids[0]));
        // In the order of the question, whichever field was done first.
        assert_eq!(first.to_string(), state(3, ids[0]).to_string());
        gateway.mark("erp", &ids[..1]).await;
        gateway.mark("erp", &ids[1..2]).await;
        let latest = async { while socket.event("a").await != state(1, ids[2]) {} };
        timeout(PATIENCE, latest).await.expect("the last state was not told");
    }

    async fn a_token_is_told_of_its_own_systems_only(gateway: Gateway) {
        let ids = gateway.record(entries(3)).await;
        let cursor = cursor(&gateway, ids[0]).await;
        gateway.mark("crm", &ids[..2]).await;
        gateway.mark("erp", &ids[..1]).await;
        let erp = token(&gateway, "ERP sync", &[Export], Some(&["erp"])).await;
        let marker = token(&gateway, "marker", &[Mark], Some(&["erp"])).await;
        let admin = token(&gateway, "admin", &[Admin], None).await;

        let mut socket = Socket::begun(&gateway, Some(&erp)).await;
        socket.follow("all", json!({ "after": cursor })).await;
        let event = socket.event("all").await["exportEvents"].clone();
        assert_eq!((&event["systemId"], &event["entryId"]), (&json!("erp"), &json!(ids[0].to_string())));
        socket.is_quiet().await;
        socket.follow("crm", json!({ "systemId": "crm", "after": cursor })).await;
        assert_eq!(socket.refusal("crm").await, "FORBIDDEN");
        let changed = "subscription { exportSystemChanged(systemId: \"crm\") { systemId } }";
        socket.subscribe("changed", changed, json!({})).await;
        assert_eq!(socket.refusal("changed").await, "FORBIDDEN");

        let mut socket = Socket::begun(&gateway, Some(&marker)).await;
        socket.follow("all", json!({ "after": cursor })).await;
        assert_eq!(socket.refusal("all").await, "FORBIDDEN");
        let mut socket = Socket::begun(&gateway, Some(&admin)).await;
        socket.follow("all", json!({ "after": cursor })).await;
        assert_eq!(told(&mut socket, "all", 3).await, [ids[0], ids[1], ids[0]]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_reads_a_long_log_leaves_room_for_the_others() {
    let gateway = Gateway::on_sqlite().await;
    let ids = gateway.record(entries(200)).await;
    let cursor = cursor(&gateway, ids[0]).await;
    gateway.mark("erp", &ids).await;
    let mut socket = Socket::begun(&gateway, None).await;
    for id in ["a", "b", "c", "d"] {
        socket.follow(id, json!({ "after": cursor })).await;
    }
    let mut counts = std::collections::BTreeMap::<String, usize>::new();
    // Each has 200. When one is done, the others have come far too, however late each began to read.
    while !counts.values().any(|count| *count == 200) {
        let Heard::Said(message) = socket.hear().await else { panic!("no event") };
        *counts.entry(message["id"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    assert_eq!(counts.len(), 4, "{counts:?}");
    assert!(counts.values().all(|count| *count > 20), "{counts:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operation_that_cannot_be_followed_is_refused_with_a_reason() {
    let gateway = Gateway::on_sqlite().await;
    let mut socket = Socket::begun(&gateway, None).await;
    for (query, code) in [
        ("{ exportSystems { nodes { systemId } } }", "GRAPHQL_VALIDATION_FAILED"),
        (
            "mutation { parkExports(input: { items: [] }) { userErrors { code } } }",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        ("subscription {", "GRAPHQL_PARSE_FAILED"),
        ("subscription { __typename }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { nothing { id } }", "GRAPHQL_VALIDATION_FAILED"),
        (
            "subscription { exportEvents { cursor } exportSystemChanged(systemId: \"erp\") { systemId } }",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "subscription { ...F } fragment F on Subscription { exportEvents { cursor } }",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        ("subscription { exportEvents { cursor nothing } }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { exportEvents(kinds: [OTHER]) { cursor } }", "BAD_USER_INPUT"),
        ("subscription { exportSystemChanged(systemId: \"\") { systemId } }", "INVALID_SYSTEM_ID"),
    ] {
        socket.subscribe("a", query, json!({})).await;
        assert_eq!(socket.refusal("a").await, code, "{query}");
    }
    socket.say(json!({ "type": "subscribe", "id": "a", "payload": { "documentId": "sha256:1" } })).await;
    assert_eq!(socket.refusal("a").await, "PERSISTED_QUERY_NOT_SUPPORTED");
    socket.is_quiet().await;

    let answer = gateway.graphql("subscription { exportEvents { cursor } }", Value::Null).await;
    let error = &answer["errors"][0];
    assert_eq!(error["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED", "{answer}");
    assert!(error["message"].as_str().unwrap().contains("WebSocket"), "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_of_which_everything_is_skipped_is_an_empty_object() {
    let gateway = Gateway::on_sqlite().await;
    let ids = gateway.record(entries(2)).await;
    let cursor = cursor(&gateway, ids[0]).await;
    gateway.mark("erp", &ids[..1]).await;
    let mut socket = Socket::begun(&gateway, None).await;
    let query = "subscription($after: String) { exportEvents(after: $after) {
        cursor @skip(if: true) entry { id @include(if: false) } } }";
    socket.subscribe("a", query, json!({ "after": cursor })).await;
    assert_eq!(socket.event("a").await, json!({ "exportEvents": { "entry": {} } }));
}
