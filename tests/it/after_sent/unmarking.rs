//! Marks that are taken back.

use serde_json::{Value, json};

use super::*;
use crate::on_both_databases;
use crate::support::entries;

const UNMARK: &str = "mutation($input: UnmarkExportedInput!) { unmarkExported(input: $input) {
    unmarkings { entryId entry { entryId } voucherId systemId entryCount unmarkedAt } userErrors { field code } } }";

async fn unmark(gateway: &Gateway, items: Value, key: Option<&str>) -> Value {
    let input = json!({ "items": items, "idempotencyKey": key });
    gateway.data(UNMARK, json!({ "input": input })).await["unmarkExported"].clone()
}

fn item(id: i64) -> Value {
    json!({ "entryId": id.to_string(), "systemId": "erp", "reason": "the ERP took it back" })
}

on_both_databases! {
    async fn a_mark_that_is_taken_back_leaves_the_entry_unexported_at_every_moment(gateway: Gateway) {
        let ids = gateway.record(entries(3)).await;
        gateway.mark("erp", &ids).await;
        gateway.set_clock("2026-03-01T13:00:00Z");
        let items = json!([item(ids[1]), item(ids[1] + 1_000)]);
        let payload = unmark(&gateway, items.clone(), Some("undo")).await;
        assert_eq!(payload["userErrors"], json!([{ "field": ["items", "1", "entryId"], "code": "ENTRY_NOT_FOUND" }]));
        let id = ids[1].to_string();
        let taken_back = json!([{
            "entryId": id, "entry": { "entryId": id }, "voucherId": null, "systemId": "erp", "entryCount": 1,
            "unmarkedAt": "2026-03-01T13:00:00.000000Z",
        }]);
        assert_eq!(payload["unmarkings"], taken_back);
        assert_eq!(gateway.unexported("erp").await, [ids[1]]);
        assert_eq!(gateway.unexported_since("erp", Some("2026-02-01T00:00:00Z")).await, ids, "with those marked later");
        gateway.history_taken_over().await;
        assert_eq!(gateway.unexported("erp").await, [ids[1]]);
        // The same call again gives the first answer; another finds no mark.
        assert_eq!(unmark(&gateway, items, Some("undo")).await["unmarkings"], taken_back);
        let again = unmark(&gateway, json!([item(ids[1])]), None).await;
        assert_eq!(again["userErrors"], json!([{ "field": ["items", "0", "entryId"], "code": "NOT_EXPORTED" }]));
        // Marked again it is the first time.
        let payload = mark(&gateway, json!([{ "entryId": id }])).await;
        assert_eq!(payload["exports"][0]["remarked"], json!(false));
        let told: Vec<Value> = timeline(&gateway, ids[1]).await.iter().map(|event| json!([event["kind"], event["reason"]])).collect();
        assert_eq!(told, [
            json!(["EXPORTED", null]), json!(["UNMARKED", "the ERP took it back"]), json!(["EXPORTED", null]),
        ]);
        whole(&gateway).await;
    }

    async fn a_voucher_stands_for_its_entries(gateway: Gateway) {
        let ids = gateway.record(entries(4)).await;
        let data = gateway.data("{ accountingEntry(id: \"1\") { voucher { id } } }", json!({})).await;
        let voucher = data["accountingEntry"]["voucher"]["id"].clone();
        gateway.mark("erp", &ids[..2]).await;
        let of_voucher = json!({ "voucherId": voucher, "systemId": "erp", "reason": "posted in the wrong year" });
        let payload = unmark(&gateway, json!([of_voucher]), None).await;
        assert_eq!(payload["userErrors"], json!([]), "{payload:#}");
        let unmarking = &payload["unmarkings"][0];
        assert_eq!((&unmarking["voucherId"], &unmarking["entryId"]), (&voucher, &json!(null)));
        assert_eq!(unmarking["entryCount"], json!(2), "two of the four had a mark");
        assert_eq!(gateway.unexported("erp").await, ids);
        let payload = unmark(&gateway, json!([of_voucher]), None).await;
        assert_eq!(payload["userErrors"], json!([{ "field": ["items", "0", "voucherId"], "code": "NOT_EXPORTED" }]));
        let nowhere = json!({ "voucherId": "voucher/2026-01-31/VE/404", "systemId": "erp", "reason": "x" });
        let payload = unmark(&gateway, json!([nowhere]), None).await;
        assert_eq!(payload["userErrors"], json!([{ "field": ["items", "0", "voucherId"], "code": "VOUCHER_NOT_FOUND" }]));
        whole(&gateway).await;
    }

    async fn a_malformed_call_takes_nothing_back(gateway: Gateway) {
        let ids = gateway.record(entries(1)).await;
        gateway.mark("erp", &ids).await;
        let refused = async |items: Value| {
            let payload = unmark(&gateway, items, None).await;
            assert_eq!(payload["unmarkings"], json!([]), "{payload:#}");
            payload["userErrors"].clone()
        };
        let fault = |field: Value, code: &str| json!({ "field": field, "code": code });
        assert_eq!(refused(json!([])).await, json!([fault(json!(["items"]), "NO_ITEMS")]));
        let many: Vec<Value> = (0..501).map(item).collect();
        assert_eq!(refused(json!(many)).await, json!([fault(json!(["items"]), "TOO_MANY_ITEMS")]));
        let mut both = item(1);
        both["voucherId"] = json!("voucher/entry/1");
        let none = json!({ "systemId": "erp", "reason": "x" });
        let mut silent = item(2);
        silent["reason"] = json!("");
        let odd = json!({ "entryId": "x", "systemId": "not one", "reason": "x" });
        let wrong = json!([both, none, item(1), item(1), silent, odd]);
        assert_eq!(refused(wrong).await, json!([
            fault(json!(["items", "0"]), "INVALID_TARGET"),
            fault(json!(["items", "1"]), "INVALID_TARGET"),
            fault(json!(["items", "3"]), "DUPLICATE_ITEM"),
            fault(json!(["items", "4", "reason"]), "INVALID_REASON"),
            fault(json!(["items", "5", "entryId"]), "INVALID_ENTRY_ID"),
            fault(json!(["items", "5", "systemId"]), "INVALID_SYSTEM_ID"),
        ]));
        assert_eq!(gateway.unexported("erp").await, Vec::<i64>::new());
    }

    async fn rest_takes_back_the_same(gateway: Gateway) {
        let ids = gateway.record(entries(2)).await;
        gateway.mark("erp", &ids).await;
        let post = async |items: Value| {
            gateway.post("/v10/accounting-entries/unmark-as-exported", &json!({ "items": items })).await
        };
        let item = json!({ "accounting_entry_id": ids[0], "system_id": "erp", "reason": "wrong year" });
        let answer: Value = post(json!([item, { "accounting_entry_id": 404, "system_id": "erp", "reason": "x" }])).await.json().await.unwrap();
        assert_eq!(answer["items"][0]["accounting_entry_id"], json!(ids[0]));
        assert_eq!(answer["items"][0]["entry_count"], json!(1));
        assert_eq!(answer["errors"][0]["path"], json!(["items", 1, "accounting_entry_id"]));
        assert_eq!(gateway.unexported("erp").await, [ids[0]]);
        let refused = post(json!([item])).await;
        assert_eq!(refused.status(), 422);
    }

    async fn a_mark_that_another_program_deletes_is_taken_back_by_nobody_known(gateway: Gateway) {
        let ids = gateway.record(entries(2)).await;
        gateway.mark("erp", &ids).await;
        run(&gateway, &format!("DELETE FROM export_marks WHERE entry_id = {}", ids[0])).await;
        assert_eq!(gateway.unexported("erp").await, [ids[0]]);
        let told = timeline(&gateway, ids[0]).await;
        assert_eq!((&told[1]["kind"], &told[1]["actor"]), (&json!("UNMARKED"), &json!(null)));
        assert_eq!(told[1]["systemId"], json!("erp"));
        whole(&gateway).await;
    }

    async fn what_is_taken_back_is_no_longer_changed_and_a_withdrawn_entry_stays_out(gateway: Gateway) {
        let ids = gateway.record(entries(2)).await;
        gateway.mark("erp", &ids).await;
        run(&gateway, "UPDATE accounting_entries SET description = 'mended'").await;
        run(&gateway, &format!("UPDATE accounting_entries SET withdrawn_at = 1770000000000000 WHERE id = {}", ids[1])).await;
        assert_eq!(changed(&gateway).await.len(), 2);
        unmark(&gateway, json!([item(ids[0]), item(ids[1])]), None).await;
        assert_eq!(changed(&gateway).await, Vec::<Value>::new());
        assert_eq!(gateway.unexported("erp").await, [ids[0]]);
        whole(&gateway).await;
    }
}
