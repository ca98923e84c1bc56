//! Several gateways and one webhook: each signal is told by one of them, and who comes back late undoes nothing.

use std::time::Duration;

use ledgate::store::webhooks::{self, Lease, Moved};
use serde_json::json;

use super::calls::*;
use super::park;
use super::receiver::Receiver;
use crate::on_both_databases;
use crate::support::{Gateway, entries};

const LONG: Duration = Duration::from_secs(600);

async fn take(gateway: &Gateway, kept: &webhooks::Kept, length: Duration) -> Option<Lease> {
    let transaction = gateway.database().begin().await.unwrap();
    let lease = webhooks::take(&transaction, kept, length).await.unwrap();
    transaction.commit().await.unwrap();
    lease
}

async fn kept(gateway: &Gateway, made: &Made) -> webhooks::Kept {
    let found = webhooks::find(gateway.database().reader(), made.id.parse().unwrap()).await.unwrap();
    found.unwrap()
}

async fn moved(gateway: &Gateway, lease: Lease, to: ledgate::domain::export_event::LogPlace) -> bool {
    let moved = Moved { place: to, levels: vec![("erp".parse().unwrap(), 2)], was_told: true };
    let transaction = gateway.database().begin().await.unwrap();
    let written = webhooks::moved(&transaction, lease, &moved).await.unwrap();
    transaction.commit().await.unwrap();
    written
}

/// The newest event, as soon as the log has one.
async fn newest(gateway: &Gateway) -> ledgate::domain::export_event::LogPlace {
    loop {
        gateway.ledger.work_once(&Default::default()).await;
        if let Some(place) = ledgate::store::events::newest(gateway.database().reader()).await.unwrap() {
            return place;
        }
    }
}

on_both_databases! {
    async fn two_gateways_tell_each_signal_once(gateway: Gateway) {
        let gateway = telling(&gateway).await;
        let other = gateway.another_with(&SETTINGS).await;
        let receiver = Receiver::start().await;
        let made = create(&gateway, &receiver.url, &["PARKED"]).await;
        let ids = gateway.record(entries(6)).await;
        for (count, id) in (1..).zip(&ids) {
            park(if count % 2 == 0 { &gateway } else { &other }, *id).await;
            receiver.so_many(count).await;
        }
        let told = until(&gateway, &made.id, |webhook| {
            webhook["deliveries"]["nodes"].as_array().unwrap().len() >= ids.len()
        }).await;
        let signals = told["deliveries"]["nodes"].as_array().unwrap();
        assert_eq!(signals.len(), ids.len(), "{told:#}");
        let mut names: Vec<&str> = signals.iter().map(|signal| signal["signalId"].as_str().unwrap()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ids.len(), "{told:#}");
    }

    async fn a_webhook_is_taken_by_one_at_a_time(gateway: Gateway) {
        gateway.stop_background().await;
        let made = create(&gateway, "https://hooks.example.com/", &["PARKED"]).await;
        let read = kept(&gateway, &made).await;
        let first = take(&gateway, &read, LONG).await.unwrap();
        assert!(take(&gateway, &read, LONG).await.is_none(), "read before it was taken");
        let read = kept(&gateway, &made).await;
        assert!(take(&gateway, &read, LONG).await.is_none(), "taken");
        let place = ledgate::domain::export_event::LogPlace { position: 7, tag: 7 };
        assert!(moved(&gateway, first, place).await);
        assert!(take(&gateway, &read, LONG).await.is_none(), "read before it was moved: it would be told the same again");
        // Given back with it.
        let read = kept(&gateway, &made).await;
        assert_eq!((read.webhook.place, read.signal_number), (place, 1));
        let second = take(&gateway, &read, Duration::ZERO).await.unwrap();
        let read = kept(&gateway, &made).await;
        let third = take(&gateway, &read, LONG).await.unwrap();
        assert!(!moved(&gateway, second, place).await, "its lease has ended and was taken");
        assert!(moved(&gateway, third, place).await);
    }

    async fn whoever_is_paused_while_telling_does_not_undo_a_replay(gateway: Gateway) {
        gateway.stop_background().await;
        let made = create(&gateway, "https://hooks.example.com/", &["PARKED", "READY"]).await;
        let ids = gateway.record(entries(2)).await;
        park(&gateway, ids[0]).await;
        let place = newest(&gateway).await;
        let paused = take(&gateway, &kept(&gateway, &made).await, LONG).await.unwrap();
        let input = json!({ "webhookId": made.id });
        let payload = call(&gateway, "replayWebhook", input, "webhook { cursor }").await;
        assert_eq!(payload, json!({ "webhook": { "cursor": null }, "userErrors": [] }));
        assert!(!moved(&gateway, paused, place).await, "it comes back");
        let read = kept(&gateway, &made).await;
        assert_eq!((read.webhook.place.position, read.signal_number), (0, 1));
        let levels = webhooks::levels(gateway.database().reader(), read.webhook.id).await.unwrap();
        assert!(levels.is_empty(), "{levels:?}");
        // And nobody has to wait for the lease that was taken away.
        assert!(take(&gateway, &read, LONG).await.is_some());
    }

    async fn a_replay_tells_again_what_is_behind_a_cursor(gateway: Gateway) {
        let gateway = telling(&gateway).await;
        let receiver = Receiver::start().await;
        let made = create(&gateway, &receiver.url, &["PARKED"]).await;
        let ids = gateway.record(entries(2)).await;
        park(&gateway, ids[0]).await;
        let first = receiver.so_many(1).await.pop().unwrap();
        park(&gateway, ids[1]).await;
        let second = receiver.so_many(2).await.pop().unwrap();
        let cursor = first.json()["data"]["cursor"].clone();
        let newest = second.json()["data"]["cursor"].clone();
        until(&gateway, &made.id, |webhook| webhook["cursor"] == newest).await;
        let replay = async |after: serde_json::Value| {
            let input = json!({ "webhookId": made.id, "after": after });
            call(&gateway, "replayWebhook", input, "webhook { webhookId }").await["userErrors"].clone()
        };
        assert_eq!(replay(cursor).await, json!([]));
        let again = receiver.so_many(3).await.pop().unwrap();
        assert_eq!(again.json()["data"], second.json()["data"]);
        // A receiver that knows the ids of signals takes it for another one.
        assert_ne!(again.id(), second.id());
        let other = ledgate::service::event_cursor(ledgate::domain::export_event::LogPlace { position: 1, tag: 1 });
        assert_eq!(replay(json!(other)).await, json!([{ "code": "CURSOR_LOST", "field": ["after"] }]));
        assert_eq!(replay(json!("AQ")).await, json!([{ "code": "INVALID_CURSOR", "field": ["after"] }]));
    }
}
