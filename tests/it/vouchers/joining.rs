//! A line that joins a voucher which was sent: its timeline tells which systems have the voucher as it was before.

use ledgate::domain::Right::Read;
use reqwest::Method;
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::Gateway;
use crate::support::gateway::entry;
use crate::support::program::fec;
use crate::tokens::token;

/// An entry of the voucher of this number.
fn line(name: &str, number: &str) -> Value {
    let mut line = entry(name);
    line["entryNumber"] = json!(number);
    line
}

const TIMELINE: &str = "query($id: ID!) { accountingEntry(id: $id) { timeline { nodes { kind systemId at actor note reason } } } }";

/// What happened to the entry: kinds and systems.
async fn timeline(gateway: &Gateway, id: i64) -> Vec<(String, Option<String>)> {
    let data = gateway.data(TIMELINE, json!({ "id": id.to_string() })).await;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let events = data["accountingEntry"]["timeline"]["nodes"].as_array().unwrap().iter();
    events.map(|event| (text(&event["kind"]).unwrap(), text(&event["systemId"]))).collect()
}

fn events(systems: &[&str]) -> Vec<(String, Option<String>)> {
    let joined = systems.iter().map(|system| ("JOINED_SENT_VOUCHER".to_owned(), Some((*system).to_owned())));
    std::iter::once(("RECORDED".to_owned(), None)).chain(joined).collect()
}

on_both_databases! {
    async fn a_recorded_line_tells_which_systems_had_been_sent_its_voucher(gateway: Gateway) {
        let first = gateway.record(vec![line("a1", "17"), line("a2", "17"), line("b1", "18"), line("c1", "19"), line("n1", "")]).await;
        gateway.mark("erp", &[first[0], first[1], first[2], first[4]]).await;
        gateway.mark("crm", &first[..1]).await;
        gateway.set_clock("2026-03-01T13:00:00Z");
        // Two of one voucher, one of another, one of a voucher that nobody was sent, one of none, and one without a number.
        let new = gateway.record(vec![line("a3", "17"), line("a4", "17"), line("b2", "18"), line("c2", "19"), line("d1", "20"), line("n2", "")]).await;
        for (id, systems) in new.iter().zip([&["crm", "erp"][..], &["crm", "erp"], &["erp"], &[], &[], &[]]) {
            assert_eq!(timeline(&gateway, *id).await, events(systems), "{id}");
        }
        let data = gateway.data(TIMELINE, json!({ "id": new[2].to_string() })).await;
        assert_eq!(data["accountingEntry"]["timeline"]["nodes"][1], json!({
            "kind": "JOINED_SENT_VOUCHER", "systemId": "erp", "at": "2026-03-01T13:00:00.000000Z", "actor": "graphql",
            "note": null, "reason": null,
        }));
        let answer: Value = gateway.get(&format!("/v10/accounting-entries/{}/timeline", new[2])).await.json().await.unwrap();
        let mut joined = answer["timeline"][1].clone();
        assert!(joined["id"].take().is_i64());
        assert_eq!(joined, json!({
            "id": null, "kind": "JOINED_SENT_VOUCHER", "at": "2026-03-01T13:00:00.000000Z", "system_id": "erp", "note": null,
            "reason": null, "actor": "graphql", "version": null, "reference": null,
        }));
        // Those that were there hear nothing; the same call again tells nothing again; nor does a change.
        assert_eq!(timeline(&gateway, first[3]).await, events(&[]));
        gateway.record(vec![line("a3", "17")]).await;
        assert_eq!(timeline(&gateway, new[0]).await, events(&["crm", "erp"]));
    }

    async fn a_voucher_that_was_taken_back_was_not_sent(gateway: Gateway) {
        let ids = gateway.record(vec![line("a1", "17"), line("a2", "17")]).await;
        gateway.mark("erp", &ids[..1]).await;
        let withdrawal = json!({ "accounting_entries": [{ "accounting_entry_id": ids[0], "reason": "booked twice" }] });
        let request = gateway.request(Method::POST, "/v10/accounting-entries/withdraw").json(&withdrawal);
        assert_eq!(request.send().await.unwrap().status(), 200);
        let new = gateway.record(vec![line("a3", "17")]).await;
        assert_eq!(timeline(&gateway, new[0]).await, events(&[]));
    }

    async fn an_imported_line_tells_it_too(gateway: Gateway) {
        let import = async |text: String| {
            let request = gateway.request(Method::POST, "/v10/imports").body(text);
            let told: Value = request.send().await.unwrap().json().await.unwrap();
            told["inserted"].as_u64().unwrap()
        };
        // Vouchers 0 and 1, and half of voucher 2.
        assert_eq!(import(fec(5)).await, 5);
        let first = gateway.unexported("erp").await;
        gateway.mark("erp", &first).await;
        assert_eq!(import(fec(8)).await, 3);
        let new = gateway.unexported("erp").await;
        assert_eq!(new.len(), 3);
        assert_eq!(timeline(&gateway, new[0]).await, events(&["erp"]));
        for id in &new[1..] {
            assert_eq!(timeline(&gateway, *id).await, events(&[]), "{id}");
        }
        assert_eq!(import(fec(8)).await, 0);
        assert_eq!(timeline(&gateway, new[0]).await, events(&["erp"]));
    }

    async fn of_systems_that_a_token_is_not_for_nothing_is_told(gateway: Gateway) {
        let ids = gateway.record(vec![line("a1", "17")]).await;
        gateway.mark("erp", &ids).await;
        gateway.mark("crm", &ids).await;
        let new = gateway.record(vec![line("a2", "17")]).await[0];
        let auditor = token(&gateway, "auditor", &[Read], Some(&["erp"])).await;
        let gateway = gateway.another().await;
        let query = json!({ "query": TIMELINE, "variables": { "id": new.to_string() } });
        let request = gateway.request(Method::POST, "/graphql").bearer_auth(&auditor).json(&query);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        let events = answer["data"]["accountingEntry"]["timeline"]["nodes"].as_array().unwrap();
        let systems: Vec<&Value> = events.iter().map(|event| &event["systemId"]).collect();
        assert_eq!(systems, [&json!(null), &json!("erp")], "{answer:#}");
    }
}
