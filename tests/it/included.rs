//! `include=exports`: wherever REST shows entries of a list, it shows their marks beside them when it is asked to.

use std::collections::BTreeMap;

use ledgate::domain::Right::{Export, Read};
use reqwest::Method;
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::gateway::entry;
use crate::support::{Gateway, entries, ndjson};
use crate::tokens::token;

const LIST: &str = "/v10/accounting-entries";
const EXPORT: &str = "/v10/accounting-entries/export";
const VOUCHERS: &str = "/v10/vouchers/export";
const NDJSON: &str = "application/x-ndjson";

async fn json_of(gateway: &Gateway, path: &str) -> Value {
    let response = gateway.get(path).await;
    let status = response.status();
    let body: Value = response.json().await.unwrap();
    assert_eq!(status, 200, "{path}: {body:#}");
    body
}

/// Four entries: one that two systems were sent, one that `erp` was sent twice, one that `crm` was sent, one for which
/// nothing is marked.
async fn ledger(gateway: &Gateway) -> Vec<i64> {
    let ids = gateway.record(entries(4)).await;
    let item = |nth: usize, system: &str, note: &str| {
        json!({ "entryId": ids[nth].to_string(), "systemId": system, "note": note,
            "reference": { "documentId": format!("GL-{nth}"), "url": "https://erp.example/gl/118" } })
    };
    let quoted = "ä \"run\" 1\n\\ 😀";
    for items in [vec![item(0, "erp", quoted), item(0, "crm", "c")], vec![item(1, "erp", "first")]] {
        gateway.mark_items(items, None).await;
    }
    gateway.set_clock("2026-03-02T12:00:00.000001Z");
    let again = json!({ "entryId": ids[1].to_string(), "systemId": "erp" });
    let third = json!({ "entryId": ids[2].to_string(), "systemId": "crm" });
    let payload = gateway.mark_items(vec![again, third], None).await;
    assert_eq!(payload["userErrors"], json!([]));
    ids
}

/// The marks of each entry by system, as the lists of what systems were sent tell them.
async fn told(gateway: &Gateway) -> BTreeMap<i64, Vec<Value>> {
    let mut marks: BTreeMap<i64, Vec<Value>> = BTreeMap::new();
    for system in ["crm", "erp"] {
        let list = json_of(gateway, &format!("{LIST}/exports?system_id={system}")).await;
        for mark in list["exports"].as_array().unwrap() {
            marks.entry(mark["accounting_entry_id"].as_i64().unwrap()).or_default().push(mark.clone());
        }
    }
    marks
}

/// Asserts that these are these entries, each with all of its marks.
fn assert_shown(shown: &[Value], ids: &[i64], marks: &BTreeMap<i64, Vec<Value>>, whence: &str) {
    let found: Vec<i64> = shown.iter().map(|entry| entry["id"].as_i64().unwrap()).collect();
    assert_eq!(found, ids, "{whence}");
    for entry in shown {
        let expected = marks.get(&entry["id"].as_i64().unwrap()).cloned().unwrap_or_default();
        assert_eq!(entry["exports"], json!(expected), "{whence}");
    }
}

/// The entries of vouchers, in their order.
fn lines_of(vouchers: &[Value]) -> Vec<Value> {
    vouchers.iter().flat_map(|voucher| voucher["accounting_entries"].as_array().unwrap().clone()).collect()
}

on_both_databases! {
    async fn every_list_shows_the_marks_of_its_entries_as_the_lists_of_marks_tell_them(gateway: Gateway) {
        gateway.stop_background().await;
        let ids = ledger(&gateway).await;
        let marks = told(&gateway).await;
        assert_eq!((marks[&ids[0]].len(), marks[&ids[1]].len(), marks.len()), (2, 1, 3));
        assert_eq!(marks[&ids[0]][1]["note"], json!("ä \"run\" 1\n\\ 😀"));
        assert_eq!(marks[&ids[0]][1]["reference"], json!({ "document_id": "GL-0", "url": "https://erp.example/gl/118" }));
        assert_eq!((&marks[&ids[1]][0]["remarked"], &marks[&ids[1]][0]["note"]), (&json!(true), &json!(null)));
        // With the histories of the systems open, and taken over.
        for _ in ["open", "taken over"] {
            for (path, expected) in [
                (format!("{LIST}?"), &ids[..]),
                (format!("{EXPORT}?system_id=new&"), &ids[..]),
                (format!("{EXPORT}?system_id=erp&"), &ids[2..]),
                // What was marked lies in another table, and is listed too.
                (format!("{EXPORT}?system_id=erp&not_exported_since=2026-01-01&"), &ids[..]),
                (format!("{EXPORT}?system_id=erp&states=PENDING&"), &ids[2..]),
                (format!("{EXPORT}?system_id=erp&filter_groups[0][filters][0][]=external_id&filter_groups[0][filters][0][]=ct&filter_groups[0][filters][0][]=T&"), &ids[2..]),
            ] {
                for size in ["", "limit=500&"] {
                    let path = format!("{path}{size}include=exports");
                    let body = json_of(&gateway, &path).await;
                    assert_shown(body["accounting_entries"].as_array().unwrap(), expected, &marks, &path);
                    if path.starts_with(EXPORT) {
                        let answer = gateway.request(Method::GET, &path).header("accept", NDJSON).send().await.unwrap();
                        assert_shown(&ndjson::entries(&answer.text().await.unwrap()), expected, &marks, &path);
                    }
                }
                let without = json_of(&gateway, path.trim_end_matches(['?', '&'])).await;
                assert!(without["accounting_entries"].as_array().unwrap().iter().all(|entry| entry.get("exports").is_none()));
            }
            gateway.set_clock("2026-03-05T12:00:00Z");
            gateway.history_taken_over().await;
        }
        for id in &ids {
            let path = format!("{LIST}/{id}?include=exports");
            assert_shown(&[json_of(&gateway, &path).await], &[*id], &marks, &path);
            assert_eq!(json_of(&gateway, &format!("{LIST}/{id}")).await.get("exports"), None);
        }
        // Page by page.
        let (mut found, mut after) = (Vec::new(), String::new());
        loop {
            let page = json_of(&gateway, &format!("{EXPORT}?system_id=new&limit=3&include=exports{after}")).await;
            found.extend(page["accounting_entries"].as_array().unwrap().clone());
            let Some(next) = page["next_after"].as_str() else { break };
            after = format!("&after={next}");
        }
        assert_shown(&found, &ids, &marks, "pages");
    }

    async fn what_has_changed_and_what_is_claimed_shows_marks_too(gateway: Gateway) {
        let ids = ledger(&gateway).await;
        let mut corrected = entries(1);
        corrected[0]["debit"] = json!("3.00");
        gateway.record(corrected).await;
        let marks = told(&gateway).await;
        let changed = json_of(&gateway, &format!("{LIST}/changed?system_id=erp&include=exports")).await;
        let changed: Vec<Value> =
            changed["changed_entries"].as_array().unwrap().iter().map(|one| one["accounting_entry"].clone()).collect();
        assert_shown(&changed, &ids[..1], &marks, "changed");
        let body = json!({ "system_id": "erp", "worker": "one" });
        let claim: Value = gateway.post(&format!("{LIST}/claims"), &body).await.json().await.unwrap();
        let path = format!("{LIST}/claims/{}", claim["claim"]["claim_id"].as_str().unwrap());
        assert_eq!(json_of(&gateway, &path).await, claim);
        let shown = json_of(&gateway, &format!("{path}?include=exports")).await;
        let shown: Vec<Value> =
            shown["entries"].as_array().unwrap().iter().map(|one| one["accounting_entry"].clone()).collect();
        assert_shown(&shown, &ids[2..], &marks, "claim");
    }

    async fn the_entries_of_vouchers_show_their_marks_too(gateway: Gateway) {
        gateway.stop_background().await;
        // These are all of one voucher.
        let mut ids = ledger(&gateway).await;
        let mut other = entry("T:other");
        other["entryNumber"] = json!("2");
        ids.extend(gateway.record(vec![other]).await);
        let marks = told(&gateway).await;
        // With the histories of the systems open, and taken over.
        for _ in ["open", "taken over"] {
            for system in ["erp", "crm", "new"] {
                for size in ["", "&limit=10"] {
                    let path = format!("{VOUCHERS}?system_id={system}{size}&include=exports");
                    let body = json_of(&gateway, &path).await;
                    assert_shown(&lines_of(body["vouchers"].as_array().unwrap()), &ids, &marks, &path);
                    let answer = gateway.request(Method::GET, &path).header("accept", NDJSON).send().await.unwrap();
                    let text = answer.text().await.unwrap();
                    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
                    let (end, vouchers) = lines.split_last().unwrap();
                    assert_eq!((&end["end"]["vouchers"], &end["end"]["entries"]), (&json!(2), &json!(5)), "{text}");
                    assert_shown(&lines_of(vouchers), &ids, &marks, &path);
                    let without = json_of(&gateway, &path.replace("&include=exports", "")).await;
                    let without = lines_of(without["vouchers"].as_array().unwrap());
                    assert!(without.len() == 5 && without.iter().all(|entry| entry.get("exports").is_none()));
                }
            }
            gateway.set_clock("2026-03-05T12:00:00Z");
            gateway.history_taken_over().await;
        }
    }

    async fn anything_else_is_refused_with_the_name_of_the_parameter(gateway: Gateway) {
        let ids = gateway.record(entries(1)).await;
        for path in [
            format!("{LIST}?"), format!("{LIST}/{}?", ids[0]), format!("{EXPORT}?system_id=erp&"),
            format!("{LIST}/changed?system_id=erp&"), format!("{VOUCHERS}?system_id=erp&"),
        ] {
            for value in ["marks", "", "exports,timeline", "Exports", "null"] {
                let response = gateway.get(&format!("{path}include={value}")).await;
                assert_eq!(response.status(), 400, "{path}{value}");
                let problem: Value = response.json().await.unwrap();
                assert_eq!(problem["code"], json!("BAD_USER_INPUT"));
                assert_eq!(problem["errors"][0]["path"], json!(["include"]), "{problem:#}");
            }
        }
    }

    async fn marks_take_the_right_to_read_and_are_those_of_systems_that_the_caller_may_know_of(gateway: Gateway) {
        let ids = ledger(&gateway).await;
        let marks = told(&gateway).await;
        let reader = token(&gateway, "reader", &[Read, Export], Some(&["erp", "new"])).await;
        let exporter = token(&gateway, "exporter", &[Export], Some(&["erp", "new"])).await;
        let door = gateway.another().await;
        let ask = async |token: &str, path: &str, form: &str| {
            door.request(Method::GET, path).bearer_auth(token).header("accept", form).send().await.unwrap()
        };
        let of_erp: BTreeMap<i64, Vec<Value>> = marks
            .into_iter()
            .map(|(id, marks)| (id, marks.into_iter().filter(|mark| mark["system_id"] == json!("erp")).collect()))
            .collect();
        for size in ["", "&limit=10"] {
            let path = format!("{EXPORT}?system_id=new&include=exports{size}");
            let text = ask(&reader, &path, NDJSON).await.text().await.unwrap();
            assert_shown(&ndjson::entries(&text), &ids, &of_erp, &path);
            let refused = ask(&exporter, &path, NDJSON).await;
            assert_eq!(refused.status(), 403);
            let problem: Value = refused.json().await.unwrap();
            assert_eq!(problem["code"], json!("FORBIDDEN"));
            let without = path.replace("include=exports", "");
            assert_eq!(ask(&exporter, without.trim_end_matches('&'), NDJSON).await.status(), 200);
        }
        for size in ["", "&limit=10"] {
            let path = format!("{VOUCHERS}?system_id=new&include=exports{size}");
            let body: Value = ask(&reader, &path, "application/json").await.json().await.unwrap();
            assert_shown(&lines_of(body["vouchers"].as_array().unwrap()), &ids, &of_erp, &path);
            assert_eq!(ask(&exporter, &path, NDJSON).await.status(), 403);
        }
        let one = ask(&reader, &format!("{LIST}/{}?include=exports", ids[0]), "application/json").await;
        assert_shown(&[one.json().await.unwrap()], &ids[..1], &of_erp, "one");
    }
}
