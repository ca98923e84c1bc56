//! docs/connectors.md shows what works: its documents run as they stand, with the rights that it names.

use std::collections::BTreeMap;
use std::path::Path;

use ledgate::domain::Right::{Export, Manage, Mark};
use reqwest::Method;
use serde_json::{Value, json};

use super::calls::*;
use super::run;
use crate::on_both_databases;
use crate::tokens::token;

/// The documents of the page, by the names of their operations.
fn documents() -> BTreeMap<String, String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/connectors.md");
    let text = std::fs::read_to_string(page).unwrap();
    let blocks = text.split("```graphql\n").skip(1);
    let documents = blocks.map(|block| {
        let document = block.split_once("\n```").unwrap().0;
        let name = document.split([' ', '(']).nth(1).unwrap();
        (name.to_owned(), document.to_owned())
    });
    documents.collect()
}

on_both_databases! {
    async fn the_documents_of_the_page_run_as_they_stand(gateway: Gateway) {
        let documents = documents();
        assert_eq!(documents.len(), 15, "{:?}", documents.keys());
        let [a, b, _c] = vouchers(&gateway, ["A", "B", "C"]).await;
        let worker = token(&gateway, "ERP worker 3", &[Export, Mark], Some(&["erp"])).await;
        let console = token(&gateway, "console", &[Export, Manage], Some(&["erp"])).await;
        let door = gateway.another().await;
        let ask = async |token: &str, name: &str, variables: Value| -> Value {
            let body = json!({ "query": documents[name], "variables": variables });
            let request = door.request(Method::POST, "/graphql").bearer_auth(token).json(&body);
            let answer: Value = request.send().await.unwrap().json().await.unwrap();
            assert_eq!(answer.get("errors"), None, "{name}: {answer:#}");
            let payload = answer["data"].as_object().unwrap().values().next().unwrap().clone();
            let errors = payload.get("userErrors").cloned().unwrap_or_else(|| json!([]));
            assert_eq!(errors, json!([]), "{name}: {payload:#}");
            payload
        };
        let payload = ask(&worker, "Claim", json!({ "key": "worker-3/1" })).await;
        let taken = payload["claim"].clone();
        assert_eq!(claimed(&taken).len(), 6);
        assert_eq!(ask(&worker, "Claim", json!({ "key": "worker-3/1" })).await, payload);
        let id = json!({ "claimId": taken["claimId"] });
        assert_eq!(claimed(&ask(&worker, "Rest", id.clone()).await), claimed(&taken));
        let settled = ask(&worker, "Settle", json!({
            "claimId": taken["claimId"],
            "exported": [{ "voucherId": voucher("A"), "reference": { "documentId": "GL-118" } }],
            "failed": [{ "voucherId": voucher("B"), "type": "UNKNOWN_ACCOUNT", "reason": "no account 707000" }],
            "key": "worker-3/1/settle",
        })).await;
        assert_eq!(settled["remainingCount"], json!(2));
        ask(&worker, "Extend", id.clone()).await;
        let claims = ask(&worker, "Claims", json!({})).await;
        assert_eq!(claims["nodes"][0]["claimId"], taken["claimId"]);
        assert_eq!(ask(&worker, "Release", id).await["entryCount"], json!(2));

        let waiting = ask(&console, "Waiting", json!({})).await["nodes"].clone();
        let failures: Vec<&Value> =
            waiting.as_array().unwrap().iter().map(|node| &node["exportStatus"]["lastFailure"]["type"]).collect();
        assert_eq!(failures, [&json!("UNKNOWN_ACCOUNT"), &json!("UNKNOWN_ACCOUNT")]);
        assert_eq!(ask(&console, "AccountIsThere", json!({})).await["entryCount"], json!(2));
        let wait = json!({ "voucherId": voucher("B"), "reason": "a corrected invoice will come" });
        assert_eq!(ask(&console, "Wait", wait).await["parked"][0]["entryCount"], json!(2));
        let go = json!({ "voucherId": voucher("B") });
        assert_eq!(ask(&console, "Go", go).await["requeued"][0]["entryCount"], json!(2));

        // With SQL, as the door without a token is closed.
        let correction = "UPDATE accounting_entries SET debit_ten_thousandths = debit_ten_thousandths + 1";
        run(&gateway, &format!("{correction} WHERE id = {}", a[0])).await;
        let changed = ask(&worker, "Changed", json!({})).await["nodes"].clone();
        assert_eq!((&changed[0]["sentVersion"], &changed[0]["version"]), (&json!(1), &json!(2)));
        let mark = json!({ "entryId": a[0].to_string(), "version": 2, "documentId": "GL-119" });
        assert_eq!(ask(&worker, "Mark", mark).await["exports"][0]["version"], json!(2));
        assert_eq!(ask(&worker, "Changed", json!({})).await["nodes"], json!([]));
        let payload = ask(&worker, "Claim", json!({ "key": "worker-3/2" })).await;
        assert_eq!(claimed(&payload["claim"])[0], b[0], "requeued, it is given out again");

        let lost = json!({ "markedSince": "2026-01-01T00:00:00Z", "reason": "restored from a backup" });
        let replay = ask(&console, "Restored", lost).await["replay"].clone();
        let id = json!({ "replayId": replay["replayId"] });
        let number: i64 = replay["replayId"].as_str().unwrap().parse().unwrap();
        gateway.ledger.finish_replay(number).await.unwrap();
        let far = ask(&console, "HowFar", id.clone()).await;
        assert_eq!((&far["state"], &far["setAsideCount"]), (&json!("DONE"), &json!(2)));
        ask(&console, "WrongHour", id.clone()).await;
        gateway.ledger.finish_replay(number).await.unwrap();
        assert_eq!(ask(&console, "HowFar", id).await["putBackCount"], json!(2));
    }
}
