//! Marking vouchers as exported, each whole or not at all.

use super::*;

const MARK: &str = "mutation($input: MarkVouchersExportedInput!) { markVouchersExported(input: $input) {
    exports { voucherId systemId note entryCount remarked voucher { id partlyExported(systemId: \"erp\") } system { systemId } }
    userErrors { field code } } }";

async fn mark(gateway: &Gateway, ids: &[&str], key: Option<&str>) -> Value {
    let vouchers: Vec<Value> =
        ids.iter().map(|id| json!({ "voucherId": id, "systemId": "erp", "note": "posted" })).collect();
    let data = gateway.data(MARK, json!({ "input": { "vouchers": vouchers, "idempotencyKey": key } })).await;
    data["markVouchersExported"].clone()
}

fn marked(id: &str, count: i32, remarked: bool) -> Value {
    json!({
        "voucherId": id, "systemId": "erp", "note": "posted", "entryCount": count, "remarked": remarked,
        "voucher": { "id": id, "partlyExported": false }, "system": { "systemId": "erp" },
    })
}

on_both_databases! {
    async fn a_voucher_is_marked_with_all_of_its_entries(gateway: Gateway) {
        let ids = ledger(&gateway).await;
        let payload = mark(&gateway, &[A, "voucher/2026-01-31/VE/404", "voucher/entry/4"], Some("run-1")).await;
        assert_eq!(payload, json!({
            "exports": [marked(A, 3, false), marked("voucher/entry/4", 1, false)],
            "userErrors": [{ "field": ["vouchers", "1", "voucherId"], "code": "VOUCHER_NOT_FOUND" }],
        }));
        assert_eq!(gateway.unexported("erp").await, [ids[1], ids[4], ids[5]]);
        // The same call again gives the same answer, and marks nothing.
        insert(&gateway, "late", "17").await;
        let again = mark(&gateway, &[A, "voucher/2026-01-31/VE/404", "voucher/entry/4"], Some("run-1")).await;
        assert_eq!(again["exports"][0]["remarked"], json!(false));
        assert_eq!(again["exports"][0]["voucher"]["partlyExported"], json!(true), "a line has joined since");
        assert_eq!(gateway.unexported("erp").await.len(), 4);
        // Marked anew it is whole again; not each of its entries had been marked before.
        assert_eq!(mark(&gateway, &[A], None).await["exports"], json!([marked(A, 4, false)]));
        assert_eq!(mark(&gateway, &[A], None).await["exports"], json!([marked(A, 4, true)]));
        let data = gateway.data("{ accountingEntry(id: \"1\") { timeline { nodes { kind note } } } }", json!({})).await;
        let exported = json!({ "kind": "EXPORTED", "note": "posted" });
        let recorded = json!({ "kind": "RECORDED", "note": null });
        assert_eq!(data["accountingEntry"]["timeline"]["nodes"], json!([recorded, exported, exported, exported]));
    }

    async fn a_malformed_call_marks_nothing(gateway: Gateway) {
        ledger(&gateway).await;
        let refused = async |vouchers: Value| {
            let payload = gateway.data(MARK, json!({ "input": { "vouchers": vouchers } })).await;
            let payload = payload["markVouchersExported"].clone();
            assert_eq!(payload["exports"], json!([]), "{payload:#}");
            payload["userErrors"].clone()
        };
        let item = |id: &str, system: &str| json!({ "voucherId": id, "systemId": system });
        let fault = |field: Value, code: &str| json!({ "field": field, "code": code });
        assert_eq!(refused(json!([])).await, json!([fault(json!(["vouchers"]), "NO_ITEMS")]));
        let many: Vec<Value> = (0..11).map(|number| item(&format!("voucher/entry/{number}"), "erp")).collect();
        assert_eq!(refused(json!(many)).await, json!([fault(json!(["vouchers"]), "TOO_MANY_ITEMS")]));
        let mut noted = item(A, "erp");
        noted["note"] = json!("x".repeat(2_001));
        let wrong = json!([item("VE/17", "erp"), item(A, "not one"), item(B, "erp"), item(B, "erp"), noted]);
        assert_eq!(refused(wrong).await, json!([
            fault(json!(["vouchers", "0", "voucherId"]), "INVALID_VOUCHER_ID"),
            fault(json!(["vouchers", "1", "systemId"]), "INVALID_SYSTEM_ID"),
            fault(json!(["vouchers", "3"]), "DUPLICATE_ITEM"),
            fault(json!(["vouchers", "4", "note"]), "NOTE_TOO_LONG"),
        ]));
        assert_eq!(gateway.unexported("erp").await.len(), 7);
    }

    /// A voucher with thousands of entries is marked whole; one with more than a call marks is told of, and nothing of it
    /// is marked.
    async fn a_large_voucher_is_marked_whole_or_not_at_all(gateway: Gateway) {
        ledger(&gateway).await;
        gateway.insert_elsewhere(9_999).await;
        let large = "voucher/2026-01-31/VE/1";
        let payload = mark(&gateway, &[A, large], None).await;
        assert_eq!(payload["exports"], json!([marked(A, 3, false)]));
        assert_eq!(payload["userErrors"], json!([{ "field": ["vouchers", "1", "voucherId"], "code": "TOO_MANY_ITEMS" }]));
        assert_eq!(mark(&gateway, &[large], None).await["exports"], json!([marked(large, 9_999, false)]));
        gateway.history_taken_over().await;
        assert_eq!(gateway.unexported("erp").await.len(), 4);
        insert(&gateway, "one", "1").await;
        insert(&gateway, "two", "1").await;
        let query = "{ unexportedVouchers(systemId: \"erp\", last: 1) { nodes { id totals { debit } balanced
            partlyExported(systemId: \"erp\") entries(first: 1) { nodes { entryId } pageInfo { hasNextPage } } } } }";
        let data = gateway.data(query, json!({})).await;
        assert_eq!(data["unexportedVouchers"]["nodes"][0], json!({
            "id": large, "totals": null, "balanced": null, "partlyExported": true,
            "entries": { "nodes": [{ "entryId": "8" }], "pageInfo": { "hasNextPage": true } },
        }));
        assert_eq!(mark(&gateway, &[large], None).await["exports"], json!([]));
    }
}
