//! Marks of versions, and what has changed since.

use serde_json::{Value, json};

use super::*;
use crate::on_both_databases;
use crate::support::entries;
use crate::support::gateway::entry;

/// The entry of this name with another debit, recorded.
async fn correct(gateway: &Gateway, name: &str, debit: &str) {
    let mut corrected = entry(name);
    corrected["debit"] = json!(debit);
    gateway.record(vec![corrected]).await;
}

fn of_debit(id: i64, sent: i32, version: i32, before: &str, now: &str) -> Value {
    json!({
        "entry": { "entryId": id.to_string() }, "sentVersion": sent, "version": version,
        "changes": [{ "field": "debit", "before": before, "now": now }],
    })
}

on_both_databases! {
    async fn what_changes_after_it_was_sent_is_listed_until_the_new_version_is_marked(gateway: Gateway) {
        let mut first = entry("V:1");
        first["debit"] = json!("12.50");
        let ids = gateway.record(vec![first, entry("V:2")]).await;
        mark(&gateway, json!([{ "entryId": ids[0].to_string() }, { "entryId": ids[1].to_string() }])).await;
        assert_eq!(changed(&gateway).await, Vec::<Value>::new());
        correct(&gateway, "V:1", "13.00").await;
        correct(&gateway, "V:1", "14.00").await;
        assert_eq!(changed(&gateway).await, [of_debit(ids[0], 1, 3, "12.50", "14.00")]);
        assert_eq!(gateway.unexported("erp").await, Vec::<i64>::new(), "it stays exported, as the original has it");

        // Marked as it was two corrections ago: a fact, and still changed.
        let payload = mark(&gateway, json!([{ "entryId": ids[0].to_string(), "version": 2 }])).await;
        assert_eq!(payload["exports"][0]["version"], json!(2));
        assert_eq!(changed(&gateway).await, [of_debit(ids[0], 2, 3, "13.00", "14.00")]);
        // An older one comes in late: what the system was sent last counts.
        let payload = mark(&gateway, json!([{ "entryId": ids[0].to_string(), "version": 1 }])).await;
        assert_eq!(payload["exports"][0]["version"], json!(2));
        mark(&gateway, json!([{ "entryId": ids[0].to_string() }])).await;
        assert_eq!(changed(&gateway).await, Vec::<Value>::new());
        whole(&gateway).await;
    }

    async fn a_correction_that_is_taken_back_has_changed_nothing_in_the_end(gateway: Gateway) {
        let mut first = entry("V:1");
        first["debit"] = json!("12.50");
        let ids = gateway.record(vec![first]).await;
        gateway.mark("erp", &ids).await;
        correct(&gateway, "V:1", "13.00").await;
        correct(&gateway, "V:1", "12.50").await;
        let mut expected = of_debit(ids[0], 1, 3, "", "");
        expected["changes"] = json!([]);
        assert_eq!(changed(&gateway).await, [expected], "the system was sent an older version all the same");
    }

    async fn lettering_is_no_change_and_a_withdrawal_is_one(gateway: Gateway) {
        let ids = gateway.record(entries(3)).await;
        gateway.mark("erp", &ids[..2]).await;
        run(&gateway, "UPDATE accounting_entries SET reconciliation_code = 'AB', attributes = '{\"a\": 1}'").await;
        assert_eq!(changed(&gateway).await, Vec::<Value>::new());
        let now = "UPDATE accounting_entries SET withdrawn_at = 1770000000000000";
        run(&gateway, &format!("{now} WHERE id IN ({}, {})", ids[1], ids[2])).await;
        let withdrawn = json!({
            "entry": { "entryId": ids[1].to_string() }, "sentVersion": 1, "version": 1, "changes": [],
        });
        let listed = changed(&gateway).await;
        assert_eq!(listed, std::slice::from_ref(&withdrawn), "the other was never sent");
        mark(&gateway, json!([{ "entryId": ids[1].to_string() }])).await;
        assert_eq!(changed(&gateway).await, [withdrawn], "marked again it is still withdrawn");
        run(&gateway, "UPDATE accounting_entries SET withdrawn_at = NULL").await;
        assert_eq!(changed(&gateway).await, Vec::<Value>::new());
        whole(&gateway).await;
    }

    async fn what_never_was_is_refused_for_its_item(gateway: Gateway) {
        let ids = gateway.record(entries(2)).await;
        let payload = mark(&gateway, json!([
            { "entryId": ids[0].to_string(), "version": 2 }, { "entryId": ids[1].to_string(), "version": 1 },
        ])).await;
        assert_eq!(payload["userErrors"], json!([{ "field": ["entries", "0", "version"], "code": "INVALID_VERSION" }]));
        assert_eq!(payload["exports"][0]["entryId"], json!(ids[1].to_string()));
        let reference = |id: &str, url: Value| json!({ "documentId": id, "url": url });
        let item = |version: i64, reference: Value| json!({
            "entryId": ids[0].to_string(), "version": version, "reference": reference,
        });
        for (item, field, code) in [
            (item(0, json!(null)), json!(["entries", "0", "version"]), "INVALID_VERSION"),
            (item(1, reference("", json!(null))), json!(["entries", "0", "reference", "documentId"]), "INVALID_REFERENCE"),
            (item(1, reference(&"x".repeat(201), json!(null))), json!(["entries", "0", "reference", "documentId"]), "INVALID_REFERENCE"),
            (item(1, reference("x", json!("javascript:alert(1)"))), json!(["entries", "0", "reference", "url"]), "INVALID_REFERENCE"),
            (item(1, reference("x", json!("erp.example/1"))), json!(["entries", "0", "reference", "url"]), "INVALID_REFERENCE"),
            (item(1, reference("x", json!(format!("https://erp.example/{}", "x".repeat(2_000))))), json!(["entries", "0", "reference", "url"]), "INVALID_REFERENCE"),
        ] {
            let payload = mark(&gateway, json!([item])).await;
            assert_eq!(payload["userErrors"], json!([{ "field": field, "code": code }]), "{item}");
        }
        assert_eq!(gateway.unexported("erp").await, [ids[0]]);
    }

    async fn the_document_of_the_system_shows_in_the_mark_and_in_the_timeline(gateway: Gateway) {
        let ids = gateway.record(entries(1)).await;
        let reference = json!({ "documentId": "GL-118", "url": "https://erp.example/gl/118" });
        let payload = mark(&gateway, json!([{ "entryId": ids[0].to_string(), "reference": reference }])).await;
        assert_eq!(payload["exports"], json!([
            { "entryId": ids[0].to_string(), "version": 1, "reference": reference, "remarked": false },
        ]));
        let query = "query($id: ID!) { accountingEntry(id: $id) { export(systemId: \"erp\") { reference { documentId url } } } }";
        let data = gateway.data(query, json!({ "id": ids[0].to_string() })).await;
        assert_eq!(data["accountingEntry"]["export"]["reference"], reference);
        let events = timeline(&gateway, ids[0]).await;
        assert_eq!((&events[0]["reference"], &events[0]["version"]), (&reference, &json!(1)));

        // The same through REST, whose names are its own.
        let document = json!({ "document_id": "GL-119", "url": null });
        let body = json!({ "accounting_entries": [
            { "accounting_entry_id": ids[0], "system_id": "erp", "version": 1, "reference": { "document_id": "GL-119" } },
        ] });
        let answer: Value = gateway.post("/v10/accounting-entries/mark-as-exported", &body).await.json().await.unwrap();
        assert_eq!(answer["accounting_entries"][0]["reference"], document);
        assert_eq!(answer["accounting_entries"][0]["version"], json!(1));
        let body = json!({ "accounting_entries": [
            { "accounting_entry_id": ids[0], "system_id": "erp", "version": "1", "reference": { "id": "GL-119" } },
        ] });
        let answer: Value = gateway.post("/v10/accounting-entries/mark-as-exported", &body).await.json().await.unwrap();
        let paths: Vec<&Value> = answer["errors"].as_array().unwrap().iter().map(|error| &error["path"]).collect();
        assert_eq!(paths, [
            &json!(["accounting_entries", 0, "version"]), &json!(["accounting_entries", 0, "reference", "id"]),
        ]);
    }

    async fn rest_lists_the_same_changes(gateway: Gateway) {
        let mut first = entry("V:1");
        first["debit"] = json!("12.50");
        let ids = gateway.record(vec![first, entry("V:2"), entry("V:3")]).await;
        gateway.mark("erp", &ids).await;
        for name in ["V:1", "V:2", "V:3"] {
            correct(&gateway, name, "99.00").await;
        }
        let get = async |query: &str| -> Value {
            gateway.get(&format!("/v10/accounting-entries/changed?{query}")).await.json().await.unwrap()
        };
        let page = get("system_id=erp&limit=2").await;
        let one = &page["changed_entries"][0];
        assert_eq!((&one["accounting_entry"]["id"], &one["export"]["version"]), (&json!(ids[0]), &json!(1)));
        assert_eq!(one["changes"], json!([{ "field": "debit", "before": "12.50", "now": "99.00" }]));
        let after = page["next_after"].as_str().unwrap();
        let rest = get(&format!("system_id=erp&limit=2&after={after}")).await;
        assert_eq!(rest["changed_entries"][0]["accounting_entry"]["id"], json!(ids[2]));
        assert_eq!(rest["next_after"], json!(null));
        assert_eq!(get("system_id=unheard-of").await["changed_entries"], json!([]));
        assert_eq!(get("limit=1").await["code"], json!("INVALID_SYSTEM_ID"));
    }

    async fn a_mark_of_another_program_is_of_the_version_at_hand(gateway: Gateway) {
        let ids = gateway.record(vec![entry("V:1"), entry("V:2")]).await;
        gateway.mark("erp", &ids[1..]).await;
        correct(&gateway, "V:1", "13.00").await;
        run(&gateway, &format!(
            "INSERT INTO export_marks (entry_id, system_key, marked_at) SELECT {}, key, 1770000000000000 FROM export_systems",
            ids[0]
        )).await;
        assert_eq!(changed(&gateway).await, Vec::<Value>::new());
        correct(&gateway, "V:1", "14.00").await;
        assert_eq!(changed(&gateway).await, [of_debit(ids[0], 2, 3, "13.00", "14.00")]);
    }
}
