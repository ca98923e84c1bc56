//! Who may connect, and for how long.

use std::time::{Duration, Instant};

use ledgate::domain::Right::{Export, Mark};
use reqwest::Method;
use serde_json::json;

use tokio::time::timeout;

use super::{EVENTS, Heard, PATIENCE, Socket, cursor};
use crate::on_both_databases;
use crate::support::{Gateway, entries};
use crate::tokens::token;

on_both_databases! {
    async fn a_token_is_taken_from_the_header_or_from_the_first_message(gateway: Gateway) {
        let token = token(&gateway, "reader", &[Export], None).await;
        let ack = Heard::Said(json!({ "type": "connection_ack" }));
        let header = format!("bearer {token}");
        let mut socket = Socket::connect(&gateway, &[("authorization", &header)]).await.unwrap();
        assert_eq!(socket.begin(None).await, ack);
        for payload in [
            json!({ "authorization": format!("Bearer {token}") }),
            json!({ "Authorization": format!("Bearer {token}"), "other": [1] }),
            json!({ "token": token }),
        ] {
            let mut socket = Socket::connect(&gateway, &[]).await.unwrap();
            socket.say(json!({ "type": "connection_init", "payload": payload })).await;
            assert_eq!(socket.hear().await, ack, "{payload}");
        }
    }

    async fn without_a_valid_token_nobody_gets_in_once_there_are_any(gateway: Gateway) {
        let mut early = Socket::begun(&gateway, None).await;
        let good = token(&gateway, "reader", &[Export], None).await;
        // A gateway of its own has not seen that there were none.
        let other = gateway.another().await;
        let wrong = format!("lgt_00000000_{}", "0".repeat(64));
        for token in [None, Some("nonsense"), Some(wrong.as_str())] {
            let mut socket = Socket::connect(&other, &[]).await.unwrap();
            let Heard::Closed(code, reason) = socket.begin(token).await else { panic!("{token:?} is in") };
            assert_eq!(code, 4401, "{token:?}: {reason}");
            assert!(reason.starts_with("UNAUTHENTICATED"), "{reason}");
        }
        Socket::begun(&other, Some(&good)).await;
        assert_eq!(early.code().await, 4401, "who came before the first token may not stay");
    }

    async fn a_revoked_token_ends_its_connections_and_no_others(gateway: Gateway) {
        let ids = gateway.record(entries(1)).await;
        let after = cursor(&gateway, ids[0]).await;
        let revoked = token(&gateway, "leaked", &[Export], None).await;
        let kept = token(&gateway, "kept", &[Export, Mark], None).await;
        let mut sockets = Vec::new();
        for _ in 0..3 {
            let mut socket = Socket::begun(&gateway, Some(&revoked)).await;
            socket.follow("a", json!({ "after": after })).await;
            sockets.push(socket);
        }
        let mut other = Socket::begun(&gateway, Some(&kept)).await;
        other.follow("a", json!({ "after": after })).await;
        assert!(gateway.ledger.revoke_token("leaked").await.unwrap());
        let begun = Instant::now();
        for mut socket in sockets {
            assert_eq!(socket.code().await, 4401);
        }
        // A second, and the time that a busy machine takes.
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        let item = json!({ "accounting_entry_id": ids[0], "system_id": "erp" });
        let mark = gateway.request(Method::POST, "/v10/accounting-entries/mark-as-exported").bearer_auth(&kept);
        let marked = mark.json(&json!({ "accounting_entries": [item] })).send().await.unwrap();
        assert_eq!(marked.status(), 200);
        assert_eq!(other.event("a").await["exportEvents"]["systemId"], "erp");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expired_token_ends_its_connections() {
    let gateway = Gateway::on_sqlite().await;
    let new = ledgate::service::NewToken {
        name: "for an hour".to_owned(),
        rights: vec![Export],
        systems: None,
        expires_at: Some("2026-03-01T13:00:00Z".parse().unwrap()),
    };
    let (_, text) = gateway.ledger.create_token(new).await.unwrap();
    let mut socket = Socket::begun(&gateway, Some(&text)).await;
    gateway.set_clock("2026-03-01T13:00:01Z");
    assert_eq!(socket.code().await, 4401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_others_and_other_names_do_not_connect() {
    let allowed = "https://app.example.com";
    let gateway = Gateway::on_sqlite_with(&[("LEDGATE_HTTP_ALLOWED_ORIGINS", allowed)]).await;
    let own = gateway.url.clone();
    for (headers, status) in [
        (vec![("origin", "https://evil.example")], 403),
        (vec![("origin", "null")], 403),
        (vec![("origin", "http://127.0.0.1:1")], 403),
        (vec![("origin", own.as_str()), ("sec-fetch-site", "cross-site")], 403),
        (vec![("host", "evil.example")], 421),
        (vec![("host", "evil.example"), ("origin", "http://evil.example")], 421),
        (vec![("sec-websocket-version", "8")], 400),
        (vec![("sec-websocket-protocol", "graphql-ws")], 400),
    ] {
        match Socket::connect(&gateway, &headers).await {
            Err(refused) => assert_eq!(refused, status, "{headers:?}"),
            Ok(_) => panic!("{headers:?} are let in"),
        }
    }
    for headers in [
        vec![],
        vec![("origin", own.as_str())],
        vec![("origin", own.as_str()), ("sec-fetch-site", "same-origin")],
        vec![("origin", allowed)],
        vec![("origin", allowed), ("sec-fetch-site", "cross-site")],
    ] {
        assert!(Socket::connect(&gateway, &headers).await.is_ok(), "{headers:?} are refused");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_address_may_have_a_ledger_and_slashes_before_it() {
    let gateway = Gateway::on_sqlite().await;
    for path in ["/graphql/", "//graphql", "/ledgers/main/graphql"] {
        let mut socket = Socket::connect_to(&format!("{}{path}", gateway.url), &[], None).await.unwrap();
        assert_eq!(socket.begin(None).await, Heard::Said(json!({ "type": "connection_ack" })), "{path}");
    }
    // Whether there is such a ledger is told to nobody without a token of it.
    let begun = Instant::now();
    let mut socket =
        Socket::connect_to(&format!("{}/ledgers/acme/graphql", gateway.url), &[], None).await.unwrap();
    let Heard::Closed(4401, reason) = socket.begin(None).await else { panic!("it is let in") };
    assert!(reason.starts_with("UNAUTHENTICATED"), "{reason}");
    assert!(begun.elapsed() >= Duration::from_millis(250), "too early: {:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_begin_in_time_or_begins_wrongly_is_closed() {
    let gateway = Gateway::on_sqlite_with(&[("LEDGATE_SOCKETS_INIT_TIMEOUT_SECONDS", "1")]).await;
    let mut silent = Socket::connect(&gateway, &[]).await.unwrap();
    let mut hasty = Socket::connect(&gateway, &[]).await.unwrap();
    hasty.subscribe("a", EVENTS, json!({})).await;
    assert_eq!(hasty.hear().await, Heard::Closed(4401, "Unauthorized".to_owned()));
    let mut twice = Socket::begun(&gateway, None).await;
    twice.say(json!({ "type": "connection_init" })).await;
    assert_eq!(twice.hear().await, Heard::Closed(4429, "Too many initialisation requests".to_owned()));
    assert_eq!(silent.hear().await, Heard::Closed(4408, "Connection initialisation timeout".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_are_limited_for_each_caller_and_for_all() {
    let settings =
        [("LEDGATE_SOCKETS_MAX_CONNECTIONS", "4"), ("LEDGATE_SOCKETS_MAX_CONNECTIONS_PER_CALLER", "2")];
    let gateway = Gateway::on_sqlite_with(&settings).await;
    let one = token(&gateway, "one", &[Export], None).await;
    let other = token(&gateway, "other", &[Export], None).await;
    let first = Socket::begun(&gateway, Some(&one)).await;
    let _second = Socket::begun(&gateway, Some(&one)).await;
    let mut third = Socket::connect(&gateway, &[]).await.unwrap();
    let Heard::Closed(1013, reason) = third.begin(Some(&one)).await else { panic!("a third one is in") };
    assert!(reason.contains("2 connections"), "{reason}");
    drop(third);

    let _others = Socket::begun(&gateway, Some(&other)).await;
    let mut waiting = Vec::new();
    // The one that was refused may still be on its way out.
    while let Ok(socket) = Socket::connect(&gateway, &[]).await {
        waiting.push(socket);
        assert!(waiting.len() <= 2, "more than 4 connections");
    }
    assert_eq!(Socket::connect(&gateway, &[]).await.err().unwrap(), 503);
    assert_eq!(gateway.get("/livez").await.status(), 200, "others are answered");

    drop((first, waiting));
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let again = Socket::connect(&gateway, &[]).await;
        if let Ok(mut socket) = again
            && socket.begin(Some(&one)).await == Heard::Said(json!({ "type": "connection_ack" }))
        {
            break;
        }
        assert!(Instant::now() < deadline, "the room of those who left is not given again");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quiet_client_is_pinged_and_ended_when_nothing_comes_back() {
    let settings = [
        ("LEDGATE_SOCKETS_PING_SECONDS", "1"),
        ("LEDGATE_SOCKETS_PONG_TIMEOUT_SECONDS", "1"),
        ("LEDGATE_SOCKETS_MAX_CONNECTIONS", "2"),
    ];
    let gateway = Gateway::on_sqlite_with(&settings).await;
    // Reading is what answers pings, and this one does not read.
    let mut dead = Socket::begun(&gateway, None).await;
    let mut alive = Socket::begun(&gateway, None).await;
    let ended = async {
        while Socket::connect(&gateway, &[]).await.is_err() {
            let heard = timeout(Duration::from_millis(200), alive.next()).await;
            assert!(heard.is_err(), "{heard:?} was not asked for");
        }
    };
    timeout(PATIENCE, ended).await.expect("the dead one still has its place");
    assert_eq!(dead.hear().await, Heard::Gone);
    alive.is_quiet().await;
}
