//! What a person does with exports that fail, and what frees them by itself.

use serde_json::{Value, json};

use super::calls::*;
use super::{run, whole};
use crate::on_both_databases;
use crate::support::Gateway;

/// Parks these entries of one voucher after too many attempts.
async fn park_by_attempts(gateway: &Gateway, ids: [i64; 2], kind: &str) {
    report(gateway, json!([refused(ids[0], kind)])).await;
    let [first, second] = ids;
    run(gateway, &format!("UPDATE pending_exports SET attempts = 7 WHERE entry_id IN ({first}, {second})"))
        .await;
    report(gateway, json!([refused(ids[0], kind)])).await;
    assert_eq!(progress(gateway, &ids).await, each("PARKED", 8, 2));
}

async fn requeue_failures(gateway: &Gateway, kind: &str) -> Value {
    let query = "mutation($type: FailureType!) { requeueFailures(input: { systemId: \"erp\", type: $type }) {
        entryCount hasMore userErrors { code } } }";
    gateway.data(query, json!({ "type": kind })).await["requeueFailures"].clone()
}

/// Nothing is left of failures and of parking.
async fn assert_fresh(gateway: &Gateway, ids: &[i64]) {
    for id in ids {
        let found = status(gateway, *id).await;
        assert_eq!((&found["state"], &found["attempts"]), (&json!("PENDING"), &json!(0)), "{found:#}");
        for name in
            ["lastFailure", "nextAttemptAt", "claim", "parkedBy", "parkedReason", "export", "sentVersion"]
        {
            assert_eq!(found[name], json!(null), "{name}");
        }
    }
}

/// An item that parks the voucher.
fn item_of_voucher(number: &str, reason: &str) -> Value {
    json!({ "voucherId": voucher(number), "systemId": "erp", "reason": reason })
}

on_both_databases! {
    async fn requeued_entries_are_free_at_once_and_their_attempts_are_counted_anew(gateway: Gateway) {
        let [a, b, c] = vouchers(&gateway, ["A", "B", "C"]).await;
        let mut late = refused(a[0], "VALIDATION");
        late["retryAt"] = json!("2099-01-01T00:00:00Z");
        report(&gateway, json!([late])).await;
        park_by_attempts(&gateway, b, "CONFIGURATION").await;
        park(&gateway, json!([parked(c[0])])).await;
        assert_eq!(claim(&gateway, "one", 100).await, json!(null));
        gateway.set_clock("2026-03-01T13:00:00Z");
        let by_voucher = json!({ "voucherId": voucher("B"), "systemId": "erp" });
        let payload = requeue(&gateway, json!([item(a[1]), by_voucher, item(c[0])])).await;
        assert_eq!(payload["userErrors"], json!([]));
        let at = "2026-03-01T13:00:00.000000Z";
        let of_entry = |id: i64| json!({
            "entryId": id.to_string(), "entry": { "entryId": id.to_string() }, "voucherId": null, "systemId": "erp",
            "entryCount": 2, "at": at,
        });
        let of_voucher = json!({
            "entryId": null, "entry": null, "voucherId": voucher("B"), "systemId": "erp", "entryCount": 2, "at": at,
        });
        assert_eq!(payload["requeued"], json!([of_entry(a[1]), of_voucher, of_entry(c[0])]));
        assert_fresh(&gateway, &sorted(&[a, b, c])).await;
        assert_eq!(kinds(&gateway, a[0]).await, ["FAILED", "REQUEUED"]);
        assert_eq!(claimed(&claim(&gateway, "one", 100).await), sorted(&[a, b, c]));
        whole(&gateway).await;
    }

    async fn what_a_person_parks_is_claimed_by_nobody_until_a_person_requeues_it(gateway: Gateway) {
        let [a, b] = vouchers(&gateway, ["A", "B"]).await;
        let payload = park(&gateway, json!([parked(a[1]), item_of_voucher("A", "the second reason")])).await;
        assert_eq!(payload["userErrors"], json!([]));
        assert_eq!(payload["parked"][0]["entryCount"], json!(2));
        assert_eq!(payload["parked"][1]["voucherId"], json!(voucher("A")));
        for id in a {
            let found = status(&gateway, id).await;
            assert_eq!((&found["state"], &found["parkedBy"]), (&json!("PARKED"), &json!("graphql")));
            assert_eq!(found["parkedReason"], json!("a corrected invoice will come"), "the first item counts");
            let events = told(&gateway, id).await;
            assert_eq!(events.len(), 1, "{events:#?}");
            assert_eq!(events[0]["kind"], json!("PARKED"));
            assert_eq!(events[0]["reason"], json!("a corrected invoice will come"));
        }
        assert_eq!(claimed(&claim(&gateway, "one", 100).await), b);
        assert_eq!(claim(&gateway, "two", 100).await, json!(null));
        assert_eq!(gateway.unexported("erp").await, sorted(&[a, b]), "it stays in the list");
        let reported = report(&gateway, json!([refused(a[0], "UNAVAILABLE")])).await["failures"][0].clone();
        assert_eq!((&reported["state"], &reported["attempts"]), (&json!("PARKED"), &json!(1)));
        assert_eq!(reported["nextAttemptAt"], json!(null), "a failure does not undo what a person decided");
        let found = status(&gateway, a[1]).await;
        assert_eq!((&found["state"], &found["lastFailure"]["type"]), (&json!("PARKED"), &json!("UNAVAILABLE")));
        assert_eq!(found["parkedBy"], json!("graphql"));
        requeue(&gateway, json!([item(a[0])])).await;
        assert_fresh(&gateway, &a).await;
        assert_eq!(claimed(&claim(&gateway, "two", 100).await), a);
        whole(&gateway).await;
    }

    async fn a_type_of_failure_is_requeued_whole_but_for_what_a_person_parked(gateway: Gateway) {
        let [a, b, c, d] = vouchers(&gateway, ["A", "B", "C", "D"]).await;
        let nothing = json!({ "entryCount": 0, "hasMore": false, "userErrors": [] });
        assert_eq!(requeue_failures(&gateway, "UNKNOWN_ACCOUNT").await, nothing, "the system is not known yet");
        for (id, kind) in [(a[0], "UNKNOWN_ACCOUNT"), (b[0], "VALIDATION"), (c[0], "UNKNOWN_ACCOUNT")] {
            report(&gateway, json!([refused(id, kind)])).await;
        }
        park(&gateway, json!([parked(c[0])])).await;
        park_by_attempts(&gateway, d, "UNKNOWN_ACCOUNT").await;
        let four = json!({ "entryCount": 4, "hasMore": false, "userErrors": [] });
        assert_eq!(requeue_failures(&gateway, "UNKNOWN_ACCOUNT").await, four);
        assert_fresh(&gateway, &sorted(&[a, d])).await;
        assert_eq!(progress(&gateway, &b).await, each("FAILED", 1, 2));
        assert_eq!(progress(&gateway, &c).await, each("PARKED", 1, 2));
        assert_eq!(requeue_failures(&gateway, "UNKNOWN_ACCOUNT").await, nothing);
        whole(&gateway).await;
    }

    async fn a_malformed_call_changes_nothing_and_an_item_that_names_nothing_stops_no_other(gateway: Gateway) {
        let [a, b] = vouchers(&gateway, ["A", "B"]).await;
        let withdrawal = "UPDATE accounting_entries SET withdrawn_at = 1770000000000000";
        run(&gateway, &format!("{withdrawal} WHERE id = {}", b[0])).await;
        let fault = |field: Value, code: &str| json!({ "field": field, "code": code, "entryId": null });
        let about = |field: Value, code: &str, id: i64| {
            json!({ "field": field, "code": code, "entryId": id.to_string() })
        };
        assert_eq!(report(&gateway, json!([])).await["userErrors"], json!([fault(json!(["items"]), "NO_ITEMS")]));
        assert_eq!(requeue(&gateway, json!([])).await["userErrors"], json!([fault(json!(["items"]), "NO_ITEMS")]));
        assert_eq!(park(&gateway, json!([])).await["userErrors"], json!([fault(json!(["items"]), "NO_ITEMS")]));
        let (mut none, mut both, mut silent) = (refused(a[0], "OTHER"), refused(a[0], "OTHER"), refused(b[1], "OTHER"));
        none.as_object_mut().unwrap().remove("entryId");
        both["voucherId"] = json!(voucher("A"));
        silent["reason"] = json!("");
        let odd = json!({ "entryId": "x", "systemId": "not one", "type": "OTHER", "reason": "no" });
        let wrong = json!([none, both, refused(a[0], "OTHER"), refused(a[0], "OTHER"), silent, odd]);
        let payload = report(&gateway, wrong).await;
        assert_eq!(payload["failures"], json!([]));
        assert_eq!(payload["userErrors"], json!([
            fault(json!(["items", "0"]), "INVALID_TARGET"),
            fault(json!(["items", "1"]), "INVALID_TARGET"),
            fault(json!(["items", "3"]), "DUPLICATE_ITEM"),
            fault(json!(["items", "4", "reason"]), "INVALID_REASON"),
            fault(json!(["items", "5", "entryId"]), "INVALID_ENTRY_ID"),
            fault(json!(["items", "5", "systemId"]), "INVALID_SYSTEM_ID"),
        ]));
        assert_eq!(progress(&gateway, &a).await, each("PENDING", 0, 2));
        let missing = json!({ "voucherId": voucher("404"), "systemId": "erp", "type": "OTHER", "reason": "no" });
        let items = json!([refused(404, "OTHER"), refused(b[0], "OTHER"), missing, refused(a[0], "OTHER")]);
        let payload = report(&gateway, items).await;
        assert_eq!(payload["userErrors"], json!([
            about(json!(["items", "0", "entryId"]), "ENTRY_NOT_FOUND", 404),
            about(json!(["items", "1", "entryId"]), "ENTRY_WITHDRAWN", b[0]),
            fault(json!(["items", "2", "voucherId"]), "VOUCHER_NOT_FOUND"),
        ]));
        assert_eq!(payload["failures"][0]["entryCount"], json!(2));
        // The line that was taken back is no part of the voucher any more.
        let payload = park(&gateway, json!([parked(b[0]), parked(b[1]), parked(404)])).await;
        assert_eq!(payload["parked"][0]["entryCount"], json!(1));
        assert_eq!(payload["userErrors"], json!([
            about(json!(["items", "0", "entryId"]), "ENTRY_WITHDRAWN", b[0]),
            about(json!(["items", "2", "entryId"]), "ENTRY_NOT_FOUND", 404),
        ]));
        gateway.mark("erp", &a).await;
        let [c] = vouchers(&gateway, ["C"]).await;
        let payload = requeue(&gateway, json!([item(a[0]), item(c[0]), item(404), item(b[1])])).await;
        assert_eq!(payload["userErrors"], json!([
            about(json!(["items", "0", "entryId"]), "ALREADY_EXPORTED", a[0]),
            fault(json!(["items", "1", "entryId"]), "NOTHING_TO_REQUEUE"),
            about(json!(["items", "2", "entryId"]), "ENTRY_NOT_FOUND", 404),
        ]));
        assert_eq!(payload["requeued"].as_array().unwrap().len(), 1);
        whole(&gateway).await;
    }

    async fn a_correction_frees_the_voucher_unless_a_person_parked_it(gateway: Gateway) {
        let [a, b, c] = vouchers(&gateway, ["A", "B", "C"]).await;
        report(&gateway, json!([refused(a[0], "VALIDATION")])).await;
        park_by_attempts(&gateway, b, "UNKNOWN_ACCOUNT").await;
        report(&gateway, json!([refused(c[0], "VALIDATION")])).await;
        park(&gateway, json!([parked(c[0])])).await;
        let waiting = async || {
            [progress(&gateway, &a).await, progress(&gateway, &b).await, progress(&gateway, &c).await]
        };
        let before = [each("FAILED", 1, 2), each("PARKED", 8, 2), each("PARKED", 1, 2)];
        assert_eq!(waiting().await, before);
        // Lettering mends nothing.
        for (name, number) in [("A:1", "A"), ("B:1", "B"), ("C:1", "C")] {
            let mut lettered = line(name, number);
            lettered["reconciliationCode"] = json!("AB");
            lettered["reconciledOn"] = json!("2026-02-15");
            gateway.record(vec![lettered]).await;
        }
        assert_eq!(waiting().await, before);
        correct(&gateway, "A:2", "A", "13.00").await;
        correct(&gateway, "B:1", "B", "13.00").await;
        correct(&gateway, "C:1", "C", "13.00").await;
        assert_fresh(&gateway, &sorted(&[a, b])).await;
        assert_eq!(progress(&gateway, &c).await, each("PARKED", 1, 2));
        assert_eq!(status(&gateway, c[0]).await["parkedBy"], json!("graphql"));
        assert_eq!(claimed(&claim(&gateway, "one", 100).await), sorted(&[a, b]));
        whole(&gateway).await;
    }

    async fn a_mark_ends_all_of_it_and_what_is_taken_back_begins_anew(gateway: Gateway) {
        let [a, b, c] = vouchers(&gateway, ["A", "B", "C"]).await;
        let mut late = refused(a[0], "VALIDATION");
        late["retryAt"] = json!("2099-01-01T00:00:00Z");
        report(&gateway, json!([late])).await;
        park(&gateway, json!([parked(b[0])])).await;
        let taken = claim(&gateway, "one", 100).await;
        assert_eq!(claimed(&taken), c);
        let all = sorted(&[a, b, c]);
        gateway.mark("erp", &all).await;
        for id in &all {
            let found = status(&gateway, *id).await;
            assert_eq!((&found["state"], &found["attempts"]), (&json!("EXPORTED"), &json!(0)));
            assert_eq!((&found["export"]["version"], &found["sentVersion"]), (&json!(1), &json!(1)));
            for name in ["lastFailure", "nextAttemptAt", "claim", "parkedBy", "parkedReason"] {
                assert_eq!(found[name], json!(null), "{name}");
            }
        }
        let payload = settle(&gateway, &taken, json!([]), json!([{
            "voucherId": voucher("C"), "type": "OTHER", "reason": "no",
        }])).await;
        assert_eq!(payload["userErrors"], json!([{ "field": ["failed", "0", "voucherId"], "code": "CLAIM_LOST" }]));
        unmark(&gateway, &all).await;
        assert_fresh(&gateway, &all).await;
        assert_eq!(in_states(&gateway, &["PENDING"]).await, all);
        assert_eq!(claimed(&claim(&gateway, "two", 100).await), all);
        whole(&gateway).await;
    }
}
