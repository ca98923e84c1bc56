//! The newest refusal of a system, whatever has become of the entry since.

use std::time::{Duration, Instant};

use ledgate::domain::Right::{Export, Mark, Read};
use reqwest::Method;
use serde_json::{Value, json};

use super::calls::*;
use super::{run, whole};
use crate::on_both_databases;
use crate::support::Gateway;
use crate::tokens::token;

const LAST: &str = "query($id: SystemId!) { exportSystem(systemId: $id) {
    lastFailure { type reason failedAt entryId entry { entryId } } } }";

/// The last failure of this system.
async fn last(gateway: &Gateway, system: &str) -> Value {
    gateway.data(LAST, json!({ "id": system })).await["exportSystem"]["lastFailure"].clone()
}

/// Waits until this is the newest event of the system. On PostgreSQL an event gets its place in the log a moment after the
/// commit.
async fn until(gateway: &Gateway, system: &str, kind: &str, entry: i64) {
    let query = "query($id: SystemId!) { exportEvents(systemId: $id, last: 1) { nodes { kind entryId } } }";
    let expected = json!([{ "kind": kind, "entryId": entry.to_string() }]);
    let begun = Instant::now();
    loop {
        let nodes = gateway.data(query, json!({ "id": system })).await["exportEvents"]["nodes"].clone();
        if nodes == expected {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{expected}: {nodes}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Reports that this system refused the entry, which is a voucher of its own.
async fn fail(gateway: &Gateway, system: &str, id: i64, kind: &str) {
    let mut item = refused(id, kind);
    item["systemId"] = json!(system);
    assert_eq!(report(gateway, json!([item])).await["userErrors"], json!([]));
    until(gateway, system, "FAILED", id).await;
}

/// Three entries, each of them a voucher.
async fn three(gateway: &Gateway) -> [i64; 3] {
    let ids = gateway.record(["A", "B", "C"].map(|number| line(number, number)).to_vec()).await;
    ids.try_into().unwrap()
}

on_both_databases! {
    async fn a_system_tells_its_newest_refusal_whatever_becomes_of_the_entry(gateway: Gateway) {
        let [a, b, c] = three(&gateway).await;
        assert_eq!(last(&gateway, "erp").await, json!(null), "the system is not known");
        gateway.mark("erp", &[c]).await;
        assert_eq!(last(&gateway, "erp").await, json!(null), "nothing was refused");
        fail(&gateway, "erp", a, "VALIDATION").await;
        assert_eq!(last(&gateway, "erp").await, json!({
            "type": "VALIDATION", "reason": "the ERP said no", "failedAt": "2026-03-01T12:00:00.000000Z",
            "entryId": a.to_string(), "entry": { "entryId": a.to_string() },
        }));
        gateway.set_clock("2026-03-01T13:00:00Z");
        fail(&gateway, "erp", b, "UNKNOWN_ACCOUNT").await;
        let newest = last(&gateway, "erp").await;
        assert_eq!((&newest["entryId"], &newest["type"]), (&json!(b.to_string()), &json!("UNKNOWN_ACCOUNT")));
        assert_eq!(newest["failedAt"], json!("2026-03-01T13:00:00.000000Z"));

        fail(&gateway, "bank", c, "DUPLICATE").await;
        assert_eq!(last(&gateway, "erp").await, newest, "another system refused that");
        assert_eq!(last(&gateway, "bank").await["entryId"], json!(c.to_string()));

        requeue(&gateway, json!([item(b)])).await;
        until(&gateway, "erp", "REQUEUED", b).await;
        assert_eq!(status(&gateway, b).await["lastFailure"], json!(null));
        assert_eq!(last(&gateway, "erp").await, newest, "it was requeued");
        park(&gateway, json!([parked(b)])).await;
        until(&gateway, "erp", "PARKED", b).await;
        assert_eq!(last(&gateway, "erp").await, newest, "a person parked it, which is no refusal");
        gateway.mark("erp", &[a]).await;
        gateway.mark("erp", &[b]).await;
        until(&gateway, "erp", "EXPORTED", b).await;
        assert_eq!(last(&gateway, "erp").await, newest, "it was exported");
        whole(&gateway).await;
    }

    async fn a_refusal_that_parks_is_one_too(gateway: Gateway) {
        let [a, b, _] = three(&gateway).await;
        fail(&gateway, "erp", b, "UNAVAILABLE").await;
        fail(&gateway, "erp", a, "UNAVAILABLE").await;
        run(&gateway, "UPDATE pending_exports SET attempts = 20").await;
        let payload = report(&gateway, json!([refused(b, "VALIDATION")])).await;
        assert_eq!(payload["failures"][0]["state"], json!("PARKED"));
        until(&gateway, "erp", "PARKED", b).await;
        let failure = last(&gateway, "erp").await;
        assert_eq!((&failure["entryId"], &failure["type"]), (&json!(b.to_string()), &json!("VALIDATION")));
    }

    async fn lists_nodes_and_rest_tell_the_same(gateway: Gateway) {
        let [a, b, c] = three(&gateway).await;
        fail(&gateway, "erp", a, "VALIDATION").await;
        fail(&gateway, "bank", b, "OTHER").await;
        gateway.mark("crm", &[c]).await;
        let data = gateway.data("{ exportSystems { nodes { ...F } }
            nodes(ids: [\"system/erp\", \"system/crm\", \"system/bank\", \"system/erp\"]) { ...F } }
            fragment F on ExportSystem { systemId lastFailure { type entryId entry { entryId } } }", json!({})).await;
        let of = |system: &str, failure: Option<(&str, i64)>| {
            let failure = failure.map(|(kind, id)| {
                json!({ "type": kind, "entryId": id.to_string(), "entry": { "entryId": id.to_string() } })
            });
            json!({ "systemId": system, "lastFailure": failure })
        };
        let (bank, crm, erp) = (of("bank", Some(("OTHER", b))), of("crm", None), of("erp", Some(("VALIDATION", a))));
        assert_eq!(data["exportSystems"]["nodes"], json!([bank, crm, erp]));
        assert_eq!(data["nodes"], json!([erp, crm, bank, erp]));

        let rest = async |path: &str| -> Value { gateway.get(path).await.json().await.unwrap() };
        let expected = json!({
            "type": "VALIDATION", "reason": "the ERP said no", "failed_at": "2026-03-01T12:00:00.000000Z",
            "accounting_entry_id": a,
        });
        assert_eq!(rest("/v10/export-systems/erp").await["last_failure"], expected);
        assert_eq!(rest("/v10/export-systems/crm").await["last_failure"], json!(null));
        let list = rest("/v10/export-systems").await["systems"].clone();
        let told: Vec<&Value> = list.as_array().unwrap().iter().map(|system| &system["last_failure"]).collect();
        assert_eq!(told[1..], [&json!(null), &expected]);
        assert_eq!(told[0]["accounting_entry_id"], json!(b));
        let status = rest(&format!("/v10/accounting-entries/{a}/export-status?system_id=erp")).await;
        assert_eq!(status["last_failure"], expected);
        let query = format!("{{ accountingEntry(id: \"{a}\") {{ exportStatus(systemId: \"erp\") {{
            lastFailure {{ entryId entry {{ entryId debit }} }} }} }} }}");
        let failure = gateway.data(&query, json!({})).await["accountingEntry"]["exportStatus"]["lastFailure"].clone();
        assert_eq!((&failure["entryId"], &failure["entry"]["entryId"]), (&json!(a.to_string()), &json!(a.to_string())));
    }

    async fn a_token_is_told_of_the_systems_that_it_is_for(gateway: Gateway) {
        let [a, ..] = three(&gateway).await;
        fail(&gateway, "erp", a, "VALIDATION").await;
        let exporter = token(&gateway, "exporter", &[Export], Some(&["erp"])).await;
        let auditor = token(&gateway, "auditor", &[Read, Export], Some(&["erp"])).await;
        let marker = token(&gateway, "marker", &[Read, Mark], Some(&["erp"])).await;
        let stranger = token(&gateway, "stranger", &[Read, Export], Some(&["crm"])).await;
        let door = gateway.another().await;
        let code = async |token: &str, fields: &str| -> String {
            let query = format!("{{ exportSystem(systemId: \"erp\") {{ lastFailure {{ {fields} }} }} }}");
            let request = door.request(Method::POST, "/graphql").bearer_auth(token).json(&json!({ "query": query }));
            let answer: Value = request.send().await.unwrap().json().await.unwrap();
            answer["errors"][0]["extensions"]["code"].as_str().unwrap_or("OK").to_owned()
        };
        for (token, may_see, may_read) in [
            (&auditor, "OK", "OK"),
            (&exporter, "OK", "FORBIDDEN"),
            (&marker, "FORBIDDEN", "FORBIDDEN"),
            (&stranger, "FORBIDDEN", "FORBIDDEN"),
        ] {
            assert_eq!(code(token, "type reason entryId").await, may_see);
            assert_eq!(code(token, "entry { debit }").await, may_read);
            let request = door.request(Method::GET, "/v10/export-systems/erp").bearer_auth(token);
            let status = request.send().await.unwrap().status();
            assert_eq!(status, if may_see == "OK" { 200 } else { 403 });
        }
        let request = door.request(Method::GET, "/v10/export-systems").bearer_auth(&stranger);
        let list: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(list["systems"], json!([]));
    }
}
