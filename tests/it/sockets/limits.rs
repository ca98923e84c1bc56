//! What a connection may bring, and how much of it.

use std::time::{Duration, Instant};

use ledgate::domain::Right::{Admin, Export};
use serde_json::{Value, json};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use super::{EVENTS, Heard, Socket, cursor};
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
    let gateway = Gateway::on_sqlite_with(&[("LEDGATE_SOCKETS_SLOW_READER_SECONDS", "1")]).await;
    let ids = gateway.record(entries(500)).await;
    let after = cursor(&gateway, ids[0]).await;
    // Each event has some 100 copies of a cursor and more: 500 of them are more than what the network holds.
    let copies: String = (0..99).map(|number| format!("copy{number}: entry {{ description }} ")).collect();
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
    // By then the slow one has not read for longer than it may, and the other one is still there.
    assert!(
        timeout(Duration::from_secs(2), other.next()).await.is_err(),
        "the other one was closed, or told more"
    );
    let mut read = 0;
    let end = loop {
        match slow.hear().await {
            Heard::Said(_) => read += 1,
            end => break end,
        }
    };
    assert!(matches!(end, Heard::Closed(4413, _) | Heard::Gone), "{end:?}");
    assert!(read < 5_000, "everything was read");
    other.is_quiet().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_event_costs_what_it_would_in_a_list_and_an_empty_budget_ends_the_subscription() {
    let settings = [
        ("LEDGATE_GRAPHQL_MAX_COST", "100"),
        ("LEDGATE_BUDGET_SIZE", "100"),
        ("LEDGATE_BUDGET_RESTORE_PER_SECOND", "1"),
    ];
    let generous = Gateway::on_sqlite().await;
    let ids = generous.record(entries(300)).await;
    let after = cursor(&generous, ids[0]).await;
    generous.mark("erp", &ids).await;
    let (greedy, other) =
        (token(&generous, "greedy", &[Export], None).await, token(&generous, "other", &[Admin], None).await);
    let gateway = generous.another_with(&settings).await;
    let mut socket = Socket::begun(&gateway, Some(&greedy)).await;
    let query = "subscription($after: String) { exportEvents(after: $after) { entry { attributes } } }";
    socket.subscribe("a", query, json!({ "after": after })).await;
    let mut events = 0;
    let error = loop {
        let Heard::Said(message) = socket.hear().await else { panic!("it was closed") };
        if message["type"] == "error" {
            break message;
        }
        let cost = &message["payload"]["extensions"]["cost"];
        // The event, its entry, and the attributes that it might have.
        assert_eq!(cost["requested"], 1 + 1 + 20, "{message}");
        assert!((1..=3).contains(&cost["actual"].as_u64().unwrap()), "{message}");
        events += 1;
    };
    // An event waits ten seconds for its budget at most, and in that time 10 come back.
    assert!((20..300).contains(&events), "{events} events");
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
