//! Receivers that are away, slow or odd. Nothing is lost, and nobody else waits.

use std::time::Instant;

use ledgate::domain::Timestamp;
use serde_json::json;

use super::calls::*;
use super::park;
use super::receiver::{Answer, Receiver};
use crate::on_both_databases;
use crate::support::entries;
use crate::support::gateway::START;

fn later(seconds: i64) -> String {
    START.parse::<Timestamp>().unwrap().plus_micros(seconds * 1_000_000).to_string()
}

on_both_databases! {
    async fn a_receiver_that_was_away_is_told_when_it_is_back(gateway: Gateway) {
        let gateway = telling(&gateway).await;
        let receiver = Receiver::start().await;
        receiver.answer(Answer::Status(503));
        let made = create(&gateway, &receiver.url, &["PARKED", "EXPORTED"]).await;
        let ids = gateway.record(entries(2)).await;
        park(&gateway, ids[0]).await;
        for attempt in 1..=3 {
            let failing = until(&gateway, &made.id, |webhook| webhook["failedAttempts"] == json!(attempt)).await;
            assert!(failing["failingSince"].is_string() && failing["cursor"].is_null(), "{failing:#}");
            gateway.set_clock(&later(100 * i64::from(attempt)));
        }
        let same: Vec<String> = receiver.got()[..3].iter().map(|got| got.id().to_owned()).collect();
        assert!(same.iter().all(|id| *id == same[0]), "{same:?}");
        // What happens meanwhile is told with it.
        gateway.mark("erp", &ids[1..]).await;
        receiver.answer(Answer::Status(204));
        gateway.set_clock(&later(7_200));
        let told = receiver.of_kind("EXPORTED").await;
        let cursor = told.json()["data"]["cursor"].clone();
        let well = until(&gateway, &made.id, |webhook| {
            webhook["failingSince"].is_null() && webhook["cursor"] == cursor
        }).await;
        assert_eq!(well["failedAttempts"], json!(0));
        // Whatever was told in which signal, both kinds were taken.
        let taken: Vec<&serde_json::Value> = well["deliveries"]["nodes"].as_array().unwrap().iter()
            .filter(|attempt| attempt["taken"] == json!(true)).map(|attempt| &attempt["kinds"]).collect();
        let all = serde_json::to_string(&taken).unwrap();
        assert!(all.contains("PARKED") && all.contains("EXPORTED"), "{all}");
    }

    async fn a_dead_and_a_slow_receiver_delay_no_other(gateway: Gateway) {
        let gateway = telling(&gateway).await;
        let (slow, well) = (Receiver::start().await, Receiver::start().await);
        slow.answer(Answer::Nothing);
        let dead = create(&gateway, "http://127.0.0.1:1/", &["EXPORTED"]).await;
        let slow_one = create(&gateway, &slow.url, &["EXPORTED"]).await;
        create(&gateway, &well.url, &["EXPORTED"]).await;
        let ids = gateway.record(entries(3)).await;
        // The slow one takes its two seconds; meanwhile the other one is told again and again.
        let begun = Instant::now();
        for (count, id) in (1..).zip(&ids) {
            gateway.mark("erp", &[*id]).await;
            well.so_many(count).await;
        }
        let took = begun.elapsed();
        let failing = until(&gateway, &slow_one.id, |webhook| webhook["failedAttempts"] == json!(1)).await;
        assert_eq!(failing["deliveries"]["nodes"][0]["error"], json!("TIMEOUT"));
        let failing = until(&gateway, &dead.id, |webhook| webhook["failedAttempts"] == json!(1)).await;
        assert_eq!(failing["deliveries"]["nodes"][0]["error"], json!("NOT_CONNECTED"));
        assert!(took.as_secs() < 10, "{took:?}");
    }

    async fn a_redirection_is_not_followed(gateway: Gateway) {
        let gateway = telling(&gateway).await;
        let receiver = Receiver::start().await;
        let made = create(&gateway, &receiver.url, &["EXPORTED"]).await;
        for status in [301, 302, 307, 308] {
            receiver.answer(Answer::Status(status));
            let delivery = test(&gateway, &made.id).await;
            assert_eq!((&delivery["taken"], &delivery["status"]), (&json!(false), &json!(status)));
        }
        assert!(receiver.got().iter().all(|got| got.path == "/hooks"), "{:?}", receiver.got());
    }

    async fn of_a_long_answer_little_is_read_and_no_answer_takes_the_time_there_is(gateway: Gateway) {
        let gateway = telling(&gateway).await;
        let receiver = Receiver::start().await;
        let made = create(&gateway, &receiver.url, &["EXPORTED"]).await;
        receiver.answer(Answer::Gigabyte);
        let delivery = test(&gateway, &made.id).await;
        assert_eq!((&delivery["taken"], &delivery["status"]), (&json!(true), &json!(200)));
        // What the network holds in between is some megabytes of it.
        assert!(receiver.parts() < 1_000, "{} parts of 64 KiB", receiver.parts());
        receiver.answer(Answer::Nothing);
        let delivery = test(&gateway, &made.id).await;
        assert_eq!((&delivery["status"], &delivery["error"]), (&json!(null), &json!("TIMEOUT")));
        assert!((2_000..10_000).contains(&delivery["durationMs"].as_i64().unwrap()), "{delivery}");
    }

    async fn a_receiver_that_is_gone_is_told_nothing_more(gateway: Gateway) {
        let gateway = telling(&gateway).await;
        let receiver = Receiver::start().await;
        receiver.answer(Answer::Status(410));
        let made = create(&gateway, &receiver.url, &["EXPORTED"]).await;
        let ids = gateway.record(entries(2)).await;
        gateway.mark("erp", &ids[..1]).await;
        let off = until(&gateway, &made.id, |webhook| webhook["switchedOffAt"].is_string()).await;
        assert_eq!(off["switchedOffBecause"], json!("GONE"));
        gateway.mark("erp", &ids[1..]).await;
        // Switched on, it is told what it was not told.
        receiver.answer(Answer::Status(200));
        let input = json!({ "webhookId": made.id });
        let on = call(&gateway, "switchWebhookOn", input, "webhook { switchedOffAt failedAttempts }").await;
        assert_eq!(on["webhook"], json!({ "switchedOffAt": null, "failedAttempts": 0 }));
        receiver.so_many(2).await;
        let well = until(&gateway, &made.id, |webhook| webhook["cursor"].is_string()).await;
        assert_eq!(well["deliveries"]["nodes"].as_array().unwrap().len(), 2, "{well:#}");
    }

    async fn after_three_days_of_failures_a_webhook_is_switched_off(gateway: Gateway) {
        let gateway = telling(&gateway).await;
        let receiver = Receiver::start().await;
        receiver.answer(Answer::Status(500));
        let made = create(&gateway, &receiver.url, &["EXPORTED"]).await;
        let ids = gateway.record(entries(1)).await;
        gateway.mark("erp", &ids).await;
        let day = 86_400;
        for (attempt, seconds) in [(1, day), (2, 3 * day - 1), (3, 3 * day)] {
            let failing = until(&gateway, &made.id, |webhook| webhook["failedAttempts"] == json!(attempt)).await;
            assert_eq!(failing["switchedOffAt"], json!(null), "{failing:#}");
            // The wait after the first attempts is short.
            let next: Timestamp = failing["nextAttemptAt"].as_str().unwrap().parse().unwrap();
            assert!(next.to_string() > later(0) && next < later(4 * day).parse().unwrap(), "{next}");
            // The third attempt is repeated a little later than the others.
            gateway.set_clock(&later(seconds + 60 * i64::from(attempt == 3)));
        }
        let off = until(&gateway, &made.id, |webhook| webhook["switchedOffAt"].is_string()).await;
        assert_eq!((&off["switchedOffBecause"], &off["nextAttemptAt"]), (&json!("FAILED"), &json!(null)));
        assert_eq!(off["failedAttempts"], json!(4));
    }
}
