//! What a system refuses stays unexported, and is tried again later or parked.

use ledgate::domain::Timestamp;
use serde_json::{Value, json};

use super::calls::*;
use super::{run, whole};
use crate::on_both_databases;
use crate::support::gateway::START;

/// How many seconds after the beginning of the test's clock.
fn seconds(moment: &Value) -> i64 {
    let at: Timestamp = moment.as_str().unwrap_or_else(|| panic!("no moment: {moment}")).parse().unwrap();
    (at.micros() - START.parse::<Timestamp>().unwrap().micros()) / 1_000_000
}

/// The state and the attempts of the first failure of a payload without errors.
fn verdict(payload: &Value) -> (String, i64) {
    assert_eq!(payload["userErrors"], json!([]), "{payload:#}");
    let failure = &payload["failures"][0];
    (failure["state"].as_str().unwrap().to_owned(), failure["attempts"].as_i64().unwrap())
}

on_both_databases! {
    async fn a_failure_is_one_of_the_whole_voucher_and_is_tried_again_after_a_minute(gateway: Gateway) {
        let [a, b] = vouchers(&gateway, ["A", "B"]).await;
        let payload = report(&gateway, json!([refused(a[0], "UNKNOWN_ACCOUNT")])).await;
        let next = payload["failures"][0]["nextAttemptAt"].clone();
        assert!((60..=75).contains(&seconds(&next)), "{next}");
        let id = a[0].to_string();
        assert_eq!(payload, json!({ "userErrors": [], "failures": [{
            "entryId": id, "entry": { "entryId": id }, "voucherId": null, "systemId": "erp", "state": "FAILED",
            "attempts": 1, "nextAttemptAt": next, "entryCount": 2,
        }] }));
        for id in a {
            let mut found = status(&gateway, id).await;
            assert!(found["dispatchKey"].take().is_string(), "the system is known now");
            assert_eq!(found, json!({
                "state": "FAILED", "attempts": 1, "nextAttemptAt": next, "claim": null, "parkedBy": null,
                "parkedReason": null, "export": null, "sentVersion": null, "dispatchKey": null,
                "lastFailure": {
                    "type": "UNKNOWN_ACCOUNT", "reason": "the ERP said no", "failedAt": "2026-03-01T12:00:00.000000Z",
                },
            }));
            assert_eq!(told(&gateway, id).await, [json!({
                "kind": "FAILED", "systemId": "erp", "reason": "the ERP said no", "failureType": "UNKNOWN_ACCOUNT",
                "attempts": 1, "nextAttemptAt": next, "claimId": null, "worker": null, "actor": "graphql",
            })]);
        }
        assert_eq!(progress(&gateway, &b).await, each("PENDING", 0, 2));
        assert_eq!(gateway.unexported("erp").await, sorted(&[a, b]));
        let again = report(&gateway, json!([refused(a[1], "VALIDATION")])).await;
        assert_eq!(verdict(&again), ("FAILED".to_owned(), 2));
        let wait = seconds(&again["failures"][0]["nextAttemptAt"]);
        assert!((120..=150).contains(&wait), "the wait doubles: {wait} s");
        gateway.history_taken_over().await;
        assert_eq!(progress(&gateway, &a).await, each("FAILED", 2, 2));
        assert_eq!(gateway.unexported("erp").await, sorted(&[a, b]));
        whole(&gateway).await;
    }

    async fn states_narrow_the_list_exactly_and_together_give_all_of_it(gateway: Gateway) {
        let [a, b, c, d] = vouchers(&gateway, ["A", "B", "C", "D"]).await;
        assert_eq!(in_states(&gateway, &["PENDING"]).await, sorted(&[a, b, c, d]), "the system is not known yet");
        assert_eq!(in_states(&gateway, &["FAILED", "PARKED", "CLAIMED"]).await, [] as [i64; 0]);
        report(&gateway, json!([{ "voucherId": voucher("A"), "systemId": "erp", "type": "OTHER", "reason": "no",
            "retryAt": "2099-01-01T00:00:00Z" }])).await;
        park(&gateway, json!([parked(b[1])])).await;
        assert_eq!(claimed(&claim(&gateway, "one", 1).await), c);
        for taken_over in [false, true] {
            if taken_over {
                gateway.history_taken_over().await;
            }
            assert_eq!(in_states(&gateway, &["FAILED"]).await, a);
            assert_eq!(in_states(&gateway, &["PARKED"]).await, b);
            assert_eq!(in_states(&gateway, &["CLAIMED"]).await, c);
            assert_eq!(in_states(&gateway, &["PENDING"]).await, d);
            assert_eq!(in_states(&gateway, &["PARKED", "FAILED", "PARKED"]).await, sorted(&[a, b]));
            let all = gateway.unexported("erp").await;
            assert_eq!(in_states(&gateway, &["PENDING", "CLAIMED", "FAILED", "PARKED"]).await, all);
            assert_eq!(all, sorted(&[a, b, c, d]));
        }
        for states in [&["EXPORTED"][..], &["FAILED", "CHANGED"], &["WITHDRAWN"], &[]] {
            let code = gateway.error_code(LISTED, json!({ "states": states })).await;
            assert_eq!(code, "INVALID_STATE", "{states:?}");
        }
    }

    async fn the_eighth_failure_parks_and_no_worker_is_given_it_any_more(gateway: Gateway) {
        let [a] = vouchers(&gateway, ["A"]).await;
        for attempt in 1..=7 {
            let payload = report(&gateway, json!([refused(a[0], "VALIDATION")])).await;
            assert_eq!(verdict(&payload), ("FAILED".to_owned(), attempt));
        }
        let mut last = refused(a[1], "VALIDATION");
        last["retryAt"] = json!("2099-01-01T00:00:00Z");
        let payload = report(&gateway, json!([last])).await;
        assert_eq!(verdict(&payload), ("PARKED".to_owned(), 8));
        assert_eq!(payload["failures"][0]["nextAttemptAt"], json!(null));
        for id in a {
            let found = status(&gateway, id).await;
            assert_eq!((&found["state"], &found["attempts"]), (&json!("PARKED"), &json!(8)));
            assert_eq!((&found["parkedBy"], &found["nextAttemptAt"]), (&json!(null), &json!(null)));
            assert_eq!(found["lastFailure"]["type"], json!("VALIDATION"));
        }
        assert_eq!(claim(&gateway, "one", 10).await, json!(null));
        assert_eq!(gateway.unexported("erp").await, a, "nothing drops out of the list");
        whole(&gateway).await;
    }

    async fn what_is_only_the_moments_fault_never_parks(gateway: Gateway) {
        let [a] = vouchers(&gateway, ["A"]).await;
        report(&gateway, json!([refused(a[0], "UNAVAILABLE")])).await;
        run(&gateway, "UPDATE pending_exports SET attempts = 20").await;
        let verdicts = [("UNAVAILABLE", "FAILED", 21), ("RATE_LIMITED", "FAILED", 22), ("OTHER", "PARKED", 23)];
        for (kind, state, attempts) in verdicts {
            let payload = report(&gateway, json!([refused(a[0], kind)])).await;
            assert_eq!(verdict(&payload), (state.to_owned(), attempts), "{kind}");
        }
    }

    async fn the_workers_own_moment_counts_unless_it_has_passed(gateway: Gateway) {
        let [a] = vouchers(&gateway, ["A"]).await;
        for (retry_at, expected) in [
            ("2026-03-02T08:00:00+01:00", "2026-03-02T07:00:00.000000Z"),
            ("2026-01-01T00:00:00Z", "2026-03-01T12:00:00.000000Z"),
        ] {
            let mut late = refused(a[0], "RATE_LIMITED");
            late["retryAt"] = json!(retry_at);
            let payload = report(&gateway, json!([late])).await;
            assert_eq!(payload["failures"][0]["nextAttemptAt"], json!(expected), "{payload:#}");
            assert_eq!(status(&gateway, a[1]).await["nextAttemptAt"], json!(expected));
        }
    }

    async fn several_lines_of_a_voucher_in_one_call_are_one_attempt(gateway: Gateway) {
        let [a, b] = vouchers(&gateway, ["A", "B"]).await;
        let whole_voucher =
            json!({ "voucherId": voucher("A"), "systemId": "erp", "type": "VALIDATION", "reason": "not balanced" });
        for attempt in 1..=2 {
            let lines = [refused(a[0], "VALIDATION"), refused(a[1], "VALIDATION")];
            let payload = report(&gateway, json!([lines[0], lines[1], whole_voucher, refused(b[0], "OTHER")])).await;
            assert_eq!(payload["userErrors"], json!([]));
            for failure in payload["failures"].as_array().unwrap() {
                assert_eq!((&failure["attempts"], &failure["entryCount"]), (&json!(attempt), &json!(2)), "{failure}");
            }
            assert_eq!(payload["failures"][2]["voucherId"], json!(voucher("A")));
            assert_eq!(payload["failures"][2]["entry"], json!(null));
            assert_eq!(progress(&gateway, &sorted(&[a, b])).await, each("FAILED", attempt, 4));
        }
        assert_eq!(kinds(&gateway, a[1]).await, ["FAILED", "FAILED"]);
    }

    async fn a_failure_of_what_is_exported_is_only_told(gateway: Gateway) {
        let [a, b] = vouchers(&gateway, ["A", "B"]).await;
        gateway.mark("erp", &[a[0], a[1], b[0]]).await;
        let payload = report(&gateway, json!([
            refused(a[0], "DUPLICATE"), refused(b[0], "DUPLICATE"), refused(b[1], "PERIOD_CLOSED"),
        ])).await;
        let fault = |nth: &str, id: i64| json!({
            "field": ["items", nth, "entryId"], "code": "ALREADY_EXPORTED", "entryId": id.to_string(),
        });
        assert_eq!(payload["userErrors"], json!([fault("0", a[0]), fault("1", b[0])]));
        assert_eq!(payload["failures"].as_array().unwrap().len(), 1);
        assert_eq!(payload["failures"][0]["entryCount"], json!(1), "the other line of the voucher has a mark");
        assert_eq!(progress(&gateway, &[a[0], a[1], b[0]]).await, each("EXPORTED", 0, 3));
        assert_eq!(progress(&gateway, &b[1..]).await, each("FAILED", 1, 1));
        let events = told(&gateway, a[0]).await;
        assert_eq!(events.len(), 2);
        assert_eq!(events[1], json!({
            "kind": "FAILED", "systemId": "erp", "reason": "the ERP said no", "failureType": "DUPLICATE",
            "attempts": null, "nextAttemptAt": null, "claimId": null, "worker": null, "actor": "graphql",
        }));
        assert_eq!(kinds(&gateway, a[1]).await, ["EXPORTED"], "nobody named it");
        whole(&gateway).await;
    }
}
