//! What a connection may bring, and how much of it.

use std::time::{Duration, Instant};

use ledgate::domain::Right::Admin;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::Message;

use super::{EVENTS, Heard, PATIENCE, Socket, cursor};
use crate::support::{Gateway, entries};
use crate::tokens::token;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_message_of_the_protocol_ends_the_connection() {
    let gateway = Gateway::on_sqlite().await;
    let long_id = json!({ "type": "complete", "id": "x".repeat(129) }).to_string();
    for text in [
        "hello",
        "[]",
        "{}",
        r#"{"type":"start","id":"1","payload":{"query":"{a}"}}"#,
        r#"{"type":"connection_terminate"}"#,
        r#"{"type":"subscribe","id":"1"}"#,
        r#"{"type":"subscribe","id":"1","payload":{"query":7}}"#,
        r#"{"type":"subscribe","id":"1","payload":{"query":"{a}","query":"{b}"}}"#,
        r#"{"type":"subscribe","id":"1","payload":[{"query":"{a}"}]}"#,
        &long_id,
    ] {
        let mut socket = Socket::begun(&gateway, None).await;
        socket.send(Message::text(text)).await;
        assert_eq!(socket.code().await, 4400, "{text}");
    }
    let mut socket = Socket::begun(&gateway, None).await;
    socket.send(Message::binary(r#"{"type":"ping"}"#)).await;
    assert_eq!(socket.code().await, 4400);
    Socket::begun(&gateway, None).await.is_quiet().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_is_too_large_ends_the_connection() {
    let gateway = Gateway::on_sqlite_with(&[("LEDGATE_SOCKETS_MAX_MESSAGE_BYTES", "2000")]).await;
    let message = |size: usize| {
        let frame = json!({ "type": "ping", "payload": "" }).to_string().len();
        json!({ "type": "ping", "payload": "x".repeat(size - frame) }).to_string()
    };
    let mut socket = Socket::begun(&gateway, None).await;
    socket.send(Message::text(message(2000))).await;
    assert_eq!(socket.hear().await, Heard::Said(json!({ "type": "pong" })));
    socket.send(Message::text(message(2001))).await;
    let reason = "the message has 2001 bytes; at most 2000".to_owned();
    assert_eq!(socket.hear().await, Heard::Closed(1009, reason));
    // Far too large: it is not read to its end, so that the word of it may be lost.
    let mut socket = Socket::begun(&gateway, None).await;
    socket.send(Message::text(message(10 << 20))).await;
    assert!(!matches!(socket.hear().await, Heard::Said(_)));
    Socket::begun(&gateway, None).await.is_quiet().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_stands_for_one_operation_at_a_time() {
    let gateway = Gateway::on_sqlite().await;
    let ids = gateway.record(entries(3)).await;
    let after = cursor(&gateway, ids[0]).await;
    gateway.mark("erp", &ids[..2]).await;
    let mut socket = Socket::begun(&gateway, None).await;
    // One that was ended leaves its id at once, and nothing of it comes afterwards. What was on its way may come before.
    for _ in 0..20 {
        socket.follow("a", json!({ "after": after })).await;
        socket.say(json!({ "type": "complete", "id": "a" })).await;
    }
    let last = "subscription($after: String) { last: exportEvents(after: $after) { entryId } }";
    socket.subscribe("a", last, json!({ "after": after })).await;
    let mut told = Vec::new();
    while told.len() < 2 {
        let Heard::Said(message) = socket.hear().await else { panic!("it was closed") };
        if let Some(id) = message["payload"]["data"]["last"]["entryId"].as_str() {
            told.push(id.parse::<i64>().unwrap());
        } else {
            assert!(told.is_empty() && message["type"] == "next", "{message}");
        }
    }
    assert_eq!(told, ids[..2]);
    socket.say(json!({ "type": "complete", "id": "nobody" })).await;
    socket.is_quiet().await;
    socket.follow("a", json!({ "after": after })).await;
    assert_eq!(socket.hear().await, Heard::Closed(4409, "Subscriber for a already exists".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_has_so_many_subscriptions_and_no_more() {
    let settings = [("LEDGATE_SOCKETS_MAX_SUBSCRIPTIONS_PER_CONNECTION", "3")];
    let gateway = Gateway::on_sqlite_with(&settings).await;
    let ids = gateway.record(entries(1)).await;
    let after = cursor(&gateway, ids[0]).await;
    let mut socket = Socket::begun(&gateway, None).await;
    for id in ["a", "b", "c"] {
        socket.follow(id, json!({ "after": after })).await;
    }
    socket.follow("d", json!({ "after": after })).await;
    assert_eq!(socket.refusal("d").await, "TOO_MANY_SUBSCRIPTIONS");
    socket.say(json!({ "type": "complete", "id": "b" })).await;
    socket.follow("d", json!({ "after": after })).await;
    socket.is_quiet().await;
    gateway.mark("erp", &ids).await;
    let mut told = Vec::new();
    for _ in 0..3 {
        let Heard::Said(message) = socket.hear().await else { panic!("it was closed") };
        told.push(message["id"].as_str().unwrap().to_owned());
    }
    told.sort();
    assert_eq!(told, ["a", "c", "d"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_are_read_at_their_pace_and_others_are_not_disturbed() {
    let gateway = Gateway::on_sqlite_with(&[("LEDGATE_SOCKETS_MAX_MESSAGES_PER_SECOND", "20")]).await;
    let mut flooding = Socket::begun(&gateway, None).await;
    let begun = Instant::now();
    for _ in 0..80 {
        flooding.say(json!({ "type": "ping" })).await;
    }
    let mut other = Socket::begun(&gateway, None).await;
    other.is_quiet().await;
    assert!(begun.elapsed() < Duration::from_millis(1_500), "the others wait: {:?}", begun.elapsed());
    for _ in 0..80 {
        assert_eq!(flooding.hear().await, Heard::Said(json!({ "type": "pong" })));
    }
    // 40 at once, and 20 a second from then on.
    assert!(begun.elapsed() >= Duration::from_millis(1_700), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_read_is_closed_and_others_are_not_disturbed() {
    let settings = [("LEDGATE_SOCKETS_SLOW_READER_SECONDS", "1"), ("LEDGATE_SOCKETS_MAX_CONNECTIONS", "2")];
    let gateway = Gateway::on_sqlite_with(&settings).await;
    let mut drafts = entries(500);
    for draft in &mut drafts {
        draft["description"] = json!("x".repeat(500));
    }
    let ids = gateway.record(drafts).await;
    let after = cursor(&gateway, ids[0]).await;
    // 5,000 events of 20 kB: far more than what the network holds.
    let copies: String = (0..40).map(|number| format!("copy{number}: entry {{ description }} ")).collect();
    let query = format!("subscription($after: String) {{ exportEvents(after: $after) {{ {copies} }} }}");
    let mut slow = Socket::connect_to(&format!("{}/graphql", gateway.url), &[], Some(4096)).await.unwrap();
    assert_eq!(slow.begin(None).await, Heard::Said(json!({ "type": "connection_ack" })));
    for id in 0..10 {
        slow.subscribe(&id.to_string(), &query, json!({ "after": after })).await;
    }
    let mut other = Socket::begun(&gateway, None).await;
    other.subscribe("a", EVENTS, json!({ "after": after, "systemId": "erp" })).await;
    for some in ids.chunks(10) {
        gateway.mark("erp", some).await;
    }
    for id in &ids {
        assert_eq!(other.event("a").await["exportEvents"]["entryId"], id.to_string());
    }
    // There is room for two. A third one finds some as soon as the slow one was closed, which has read nothing until then.
    let closed = async {
        while let Err(status) = Socket::connect(&gateway, &[]).await {
            assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, closed).await.expect("the slow one was not closed");
    other.is_quiet().await;
    let mut read = 0;
    let end = loop {
        match slow.hear().await {
            Heard::Said(_) => read += 1,
            end => break end,
        }
    };
    assert!(matches!(end, Heard::Closed(4413, _) | Heard::Gone), "{end:?}");
    assert!(read < 5_000, "everything was read");
}

/// A gateway with small budgets (and the one that has their database), whose log has 15 events of one entry; a cursor before
/// them; and a token for each of two callers.
async fn with_small_budgets(restore_per_second: &str) -> ([Gateway; 2], String, [String; 2]) {
    let generous = Gateway::on_sqlite().await;
    let ids = generous.record(entries(1)).await;
    let after = cursor(&generous, ids[0]).await;
    for number in 1..=15 {
        generous.mark(&format!("erp{number}"), &ids).await;
    }
    let tokens =
        [token(&generous, "greedy", &[Admin], None).await, token(&generous, "other", &[Admin], None).await];
    let settings = [
        ("LEDGATE_GRAPHQL_MAX_COST", "100"),
        ("LEDGATE_BUDGET_SIZE", "100"),
        ("LEDGATE_BUDGET_RESTORE_PER_SECOND", restore_per_second),
    ];
    let gateway = generous.another_with(&settings).await;
    ([gateway, generous], after, tokens)
}

/// Each of their events has the 17 of the timeline: the entry was recorded, and exported to 16 systems.
const COSTLY: &str = "subscription($after: String) { exportEvents(after: $after) {
    systemId entry { timeline(first: 20) { nodes { kind } } } } }";

/// That the event costs what it would in a list: itself, its entry, and the list with its events.
fn assert_costs(message: &Value) {
    let cost = &message["payload"]["extensions"]["cost"];
    assert_eq!((&cost["requested"], &cost["actual"]), (&json!(23), &json!(20)), "{message}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_event_waits_until_the_budget_holds_what_it_costs() {
    let ([gateway, _generous], after, [greedy, _]) = with_small_budgets("50").await;
    let mut socket = Socket::begun(&gateway, Some(&greedy)).await;
    let begun = Instant::now();
    socket.subscribe("a", COSTLY, json!({ "after": after })).await;
    for number in 1..=15 {
        let Heard::Said(message) = socket.hear().await else { panic!("it was closed") };
        let system = &message["payload"]["data"]["exportEvents"]["systemId"];
        assert_eq!(system, &json!(format!("erp{number}")), "{message}");
        assert_costs(&message);
    }
    // 300 and more were spent, of which 100 were there.
    assert!(begun.elapsed() >= Duration::from_secs(4), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_budget_that_does_not_fill_in_ten_seconds_ends_the_subscription() {
    let ([gateway, _generous], after, [greedy, other]) = with_small_budgets("1").await;
    let mut socket = Socket::begun(&gateway, Some(&greedy)).await;
    socket.subscribe("a", COSTLY, json!({ "after": after })).await;
    let mut events = 0;
    let error = loop {
        let Heard::Said(message) = socket.hear().await else { panic!("it was closed") };
        if message["type"] == "error" {
            break message;
        }
        assert_costs(&message);
        events += 1;
    };
    assert!((4..15).contains(&events), "{events} events");
    assert_eq!(error["payload"][0]["extensions"]["code"], "THROTTLED", "{error}");
    // The connection stays, and others have budgets of their own.
    socket.is_quiet().await;
    let mut socket = Socket::begun(&gateway, Some(&other)).await;
    socket.follow("a", json!({ "after": after })).await;
    assert_ne!(socket.event("a").await["exportEvents"]["cursor"], Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscription_that_costs_too_much_does_not_begin() {
    let gateway = Gateway::on_sqlite_with(&[("LEDGATE_GRAPHQL_MAX_COST", "100")]).await;
    let mut socket = Socket::begun(&gateway, None).await;
    let query = "subscription { exportEvents { entry { timeline(first: 100) { nodes { kind } } } } }";
    socket.subscribe("a", query, json!({})).await;
    assert_eq!(socket.refusal("a").await, "QUERY_TOO_COSTLY");
}
