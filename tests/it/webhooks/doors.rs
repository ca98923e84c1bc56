//! The same webhooks through REST and the command line; and what is kept of the attempts.

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use super::calls::*;
use super::receiver::{Answer, Receiver};
use crate::scaling::number;
use crate::support::Gateway;
use crate::{on_both_databases, program_on_both_databases};

async fn post(gateway: &Gateway, path: &str, body: Value) -> (u16, Value) {
    let response = gateway.post(&format!("/v10/webhooks{path}"), &body).await;
    (response.status().as_u16(), response.json().await.unwrap())
}

on_both_databases! {
    async fn rest_makes_tests_and_deletes_webhooks(gateway: Gateway) {
        let gateway = telling(&gateway).await;
        let receiver = Receiver::start().await;
        let body = json!({ "url": receiver.url, "system_id": "erp", "kinds": ["READY", "FAILED"] });
        let (status, made) = post(&gateway, "", body).await;
        assert_eq!(status, 200, "{made}");
        assert!(made["secret"].as_str().unwrap().starts_with("whsec_"), "{made}");
        let id = made["webhook"]["webhook_id"].as_i64().unwrap();
        let get = async |path: String| -> Value {
            gateway.get(&format!("/v10/webhooks{path}")).await.json().await.unwrap()
        };
        assert_eq!(get(String::new()).await["webhooks"], json!([made["webhook"]]));
        assert_eq!(get(format!("/{id}")).await, made["webhook"]);
        let (_, delivery) = post(&gateway, &format!("/{id}/test"), json!({})).await;
        assert_eq!((&delivery["taken"], &delivery["status"]), (&json!(true), &json!(204)), "{delivery}");
        assert_eq!(receiver.got()[0].json()["data"]["systemId"], json!("erp"));
        assert_eq!(get(format!("/{id}/deliveries?limit=1")).await["deliveries"], json!([delivery]));
        let (_, rotated) = post(&gateway, &format!("/{id}/rotate-secret"), json!({ "overlap_seconds": 60 })).await;
        assert_ne!(rotated["secret"], made["secret"]);
        assert!(rotated["webhook"]["previous_secret_valid_until"].is_string(), "{rotated}");
        let (status, again) = post(&gateway, &format!("/{id}/replay"), json!({})).await;
        assert_eq!((status, &again["cursor"]), (200, &json!(null)));
        let (status, on) = post(&gateway, &format!("/{id}/switch-on"), json!({})).await;
        assert_eq!((status, &on["switched_off_at"]), (200, &json!(null)));
        let (_, deleted) = post(&gateway, &format!("/{id}/delete"), json!({})).await;
        assert_eq!(deleted, json!({ "webhook_id": id }));
        for path in ["/test", "/delete", "/replay", "/switch-on", "/rotate-secret"] {
            let (status, problem) = post(&gateway, &format!("/{id}{path}"), json!({})).await;
            assert_eq!((status, &problem["code"]), (404, &json!("WEBHOOK_NOT_FOUND")), "{path}");
        }
        let (status, problem) = post(&gateway, "", json!({ "url": receiver.url, "kinds": ["LOUD"] })).await;
        assert_eq!((status, &problem["errors"][0]["path"]), (422, &json!(["kinds", 0])), "{problem}");
    }

    async fn what_attempts_came_to_is_kept_for_thirty_days(gateway: Gateway) {
        let gateway = telling(&gateway).await;
        let receiver = Receiver::start().await;
        let made = create(&gateway, &receiver.url, &["PARKED"]).await;
        test(&gateway, &made.id).await;
        gateway.stop_background().await;
        let other = gateway.other_program().await;
        let count = "SELECT count(*) AS n FROM webhook_deliveries";
        let again = async |clock: &str| {
            gateway.set_clock(clock);
            other.execute_unprepared("DELETE FROM background_jobs").await.unwrap();
            gateway.ledger.work_once(&Default::default()).await;
            number(&other, count).await
        };
        assert_eq!(again("2026-03-31T11:00:00Z").await, 1);
        assert_eq!(again("2026-03-31T13:00:00Z").await, 0);
    }
}

program_on_both_databases! {
    async fn webhooks_are_made_shown_and_deleted_on_the_command_line(program: Program) {
        program.run(&["migrate", "up"]);
        let receiver = Receiver::start().await;
        program.set("LEDGATE_WEBHOOKS_ALLOW_PRIVATE", "true");
        let made = program.run(&["webhook", "create", "--url", &receiver.url, "--system", "erp", "--kinds", "ready,failed"]);
        assert!(made.code == 0 && made.stdout.starts_with("whsec_"), "{made:?}");
        assert!(!made.stderr.contains(made.stdout.trim_end()), "{made:?}");
        let table = program.ok(&["webhook", "list"]);
        assert!(table.contains("ready, failed") && table.contains("erp") && table.contains("on"), "{table}");
        assert!(program.ok(&["webhook", "test", "1"]).starts_with("answer 204 after"), "a test");
        receiver.answer(Answer::Status(500));
        let failed = program.run(&["webhook", "test", "1", "--json"]);
        let delivery: Value = serde_json::from_str(&failed.stdout).unwrap();
        assert_eq!((failed.code, &delivery["status"]), (1, &json!(500)));
        let shown = program.ok(&["webhook", "show", "1"]);
        assert!(shown.contains("answer 204") && shown.contains("answer 500"), "{shown}");
        let rotated = program.run(&["webhook", "rotate", "1", "--overlap", "1h"]);
        assert!(rotated.stdout.starts_with("whsec_") && rotated.stdout != made.stdout, "{rotated:?}");
        program.ok(&["webhook", "replay", "1"]);
        program.ok(&["webhook", "on", "1"]);
        assert!(program.run(&["doctor"]).stdout.contains("told what happens: 1"), "well");
        program.ok(&["webhook", "delete", "1"]);
        let gone = program.run(&["webhook", "show", "1"]);
        assert!(gone.code == 2 && gone.stderr.contains("no webhook 1"), "{gone:?}");
        let kinds = program.run(&["webhook", "create", "--url", &receiver.url, "--kinds", "loud"]);
        assert!(kinds.code == 2 && kinds.stderr.contains("the kinds are ready, failed"), "{kinds:?}");
    }
}
