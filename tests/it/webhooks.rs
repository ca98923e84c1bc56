//! Webhooks: somebody is told when something happens, signed, at least once, and nobody keeps anybody else waiting.

mod calls;
mod doors;
mod failing;
mod leases;
mod limits;
mod receiver;
mod tls;

use std::time::Instant;

use ledgate::domain::Clock;
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::{Gateway, entries, tools};
use calls::{call, create, telling, test, until};
use receiver::Receiver;

/// Parks an entry, so that the log has an event.
async fn park(gateway: &Gateway, id: i64) {
    let query = "mutation($id: ID!) { parkExports(input: { items: [
        { entryId: $id, systemId: \"erp\", reason: \"a person looks\" }] }) { userErrors { code } } }";
    let data = gateway.data(query, json!({ "id": id.to_string() })).await;
    assert_eq!(data["parkExports"]["userErrors"], json!([]));
}

on_both_databases! {
    async fn a_receiver_verifies_what_it_is_told_with_its_own_library(gateway: Gateway) {
        let gateway = telling(&gateway).await;
        // The libraries take no signature that is old.
        gateway.set_clock(&Clock::system().now().to_string());
        let receiver = Receiver::start().await;
        let made = create(&gateway, &receiver.url, &["READY", "PARKED"]).await;
        let ids = gateway.record(entries(2)).await;
        receiver.of_kind("READY").await;
        park(&gateway, ids[0]).await;
        let got = receiver.of_kind("PARKED").await;
        assert_eq!(got.path, "/hooks");
        assert_eq!(got.header("content-type"), "application/json");
        let payload = got.json();
        assert_eq!(payload["type"], json!("ledgate.signal"));
        assert_eq!(payload["data"]["ledger"], json!("main"));
        assert_eq!(got.told(), (json!("erp"), json!(["PARKED"])));
        // The cursor is one of the log: nothing is behind it.
        let log = "query($after: String) { exportEvents(systemId: \"erp\", first: 5, after: $after) { nodes { kind } } }";
        let data = gateway.data(log, json!({ "after": payload["data"]["cursor"] })).await;
        assert_eq!(data["exportEvents"]["nodes"], json!([]));

        let wrong = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
        let input = got.to_verify(&[&made.secret, wrong]);
        for printed in [
            tools::run("verify-webhook.mjs", "", &input).await,
            tools::run_python("verify_webhook.py", &input).await,
        ] {
            let verdicts: Value = serde_json::from_str(&printed).unwrap();
            assert_eq!(verdicts, json!([payload, "WebhookVerificationError"]));
        }
    }

    async fn two_secrets_are_valid_while_one_is_replaced(gateway: Gateway) {
        let gateway = telling(&gateway).await;
        let now = Clock::system().now();
        gateway.set_clock(&now.to_string());
        let receiver = Receiver::start().await;
        let made = create(&gateway, &receiver.url, &["PARKED"]).await;
        let rotate = async |seconds: i64| {
            let input = json!({ "webhookId": made.id, "overlapSeconds": seconds });
            let payload = call(&gateway, "rotateWebhookSecret", input, "webhook { webhookId } secret").await;
            payload["secret"].as_str().unwrap().to_owned()
        };
        let second = rotate(60).await;
        let verified = async |secrets: &[&str]| {
            let count = receiver.got().len();
            assert_eq!(test(&gateway, &made.id).await["taken"], json!(true));
            let got = receiver.so_many(count + 1).await.pop().unwrap();
            assert_eq!(got.json()["type"], json!("ledgate.test"));
            let printed = tools::run("verify-webhook.mjs", "", &got.to_verify(secrets)).await;
            let verdicts: Vec<Value> = serde_json::from_str(&printed).unwrap();
            verdicts.iter().map(Value::is_object).collect::<Vec<_>>()
        };
        assert_eq!(verified(&[&made.secret, &second]).await, [true, true]);
        gateway.set_clock(&now.plus_micros(61_000_000).to_string());
        assert_eq!(verified(&[&made.secret, &second]).await, [false, true]);
        let third = rotate(0).await;
        assert_eq!(verified(&[&made.secret, &second, &third]).await, [false, false, true]);
    }

    async fn a_webhook_is_told_of_what_it_asked_for_and_of_nothing_else(gateway: Gateway) {
        let gateway = telling(&gateway).await;
        let (parked, all) = (Receiver::start().await, Receiver::start().await);
        create(&gateway, &parked.url, &["PARKED"]).await;
        let kinds = ["PARKED", "EXPORTED"];
        let input = json!({ "url": all.url, "kinds": kinds });
        let payload = call(&gateway, "createWebhook", input, "webhook { systemId }").await;
        assert_eq!(payload["webhook"], json!({ "systemId": null }));
        let ids = gateway.record(entries(3)).await;
        gateway.mark("crm", &ids[..1]).await;
        park(&gateway, ids[1]).await;
        assert_eq!(parked.of_kind("PARKED").await.told(), (json!("erp"), json!(["PARKED"])));
        all.of_kind("PARKED").await;
        assert_eq!(all.of_kind("EXPORTED").await.told().0, json!("crm"));
        assert!(parked.got().iter().all(|got| got.told().0 == json!("erp")), "{:#?}", parked.got());
    }

    async fn ready_tells_that_a_backlog_has_entries_has_new_ones_or_has_some_again(gateway: Gateway) {
        let gateway = telling(&gateway).await;
        let receiver = Receiver::start().await;
        let ids = gateway.record(entries(2)).await;
        let made = create(&gateway, &receiver.url, &["READY"]).await;
        // What waits already is told at once.
        let first = receiver.so_many(1).await;
        assert_eq!(first[0].told(), (json!("erp"), json!(["READY"])));
        let later = gateway.record(vec![crate::support::gateway::entry("T:9")]).await;
        assert_eq!(receiver.so_many(2).await[1].told().1, json!(["READY"]));
        gateway.mark("erp", &[&ids[..], &later].concat()).await;
        let unmark = "mutation($id: ID!) { unmarkExported(input: { items: [
            { entryId: $id, systemId: \"erp\", reason: \"never arrived\" }] }) { userErrors { code } } }";
        gateway.data(unmark, json!({ "id": ids[0].to_string() })).await;
        let again = receiver.so_many(3).await;
        assert_eq!(again[2].told().1, json!(["READY"]));
        assert_ne!(again[2].id(), again[1].id());
        // The last one may come twice: once for the entry that waits, and once for the event that tells why.
        let count = |webhook: &Value| webhook["deliveries"]["nodes"].as_array().unwrap().len();
        let told = until(&gateway, &made.id, |webhook| count(webhook) >= 3).await;
        assert!(count(&told) <= 4, "{told:#}");
    }

    async fn what_happens_together_is_told_together(gateway: Gateway) {
        let gateway = telling(&gateway).await;
        let receiver = Receiver::start().await;
        create(&gateway, &receiver.url, &["PARKED", "EXPORTED"]).await;
        let ids = gateway.record(entries(60)).await;
        let begun = Instant::now();
        for id in &ids[..30] {
            park(&gateway, *id).await;
        }
        gateway.mark("erp", &ids[30..]).await;
        receiver.of_kind("EXPORTED").await;
        let count = receiver.got().len();
        // One each tenth of a second at most, which the settings of these tests say.
        let most = begun.elapsed().as_millis() / 100 + 2;
        assert!(count as u128 <= most, "{count} signals for 60 events, at most {most}");
    }
}
