//! What becomes of a claim: settled in parts, given back, or lost when its lease ends.

use serde_json::{Value, json};

use super::calls::*;
use super::{changed, run, whole};
use crate::on_both_databases;
use crate::support::Gateway;

/// What each of these entries is sent to `erp` under.
async fn keys(gateway: &Gateway, ids: &[i64]) -> Vec<String> {
    let mut found = Vec::new();
    for id in ids {
        found.push(status(gateway, *id).await["dispatchKey"].as_str().unwrap().to_owned());
    }
    found
}

/// The key that all entries of the claim have in common.
fn key_of(claim: &Value) -> String {
    let nodes = claim["entries"]["nodes"].as_array().unwrap();
    let key = nodes[0]["dispatchKey"].as_str().unwrap();
    assert!(nodes.iter().all(|node| node["dispatchKey"] == json!(key)), "{claim:#}");
    key.to_owned()
}

/// Which of its entries the claim still has.
async fn claimed_of(gateway: &Gateway, claim: &Value) -> Value {
    let query = "query($id: ID!) { exportClaim(claimId: $id) { entries { nodes { held } } } }";
    gateway.data(query, json!({ "id": claim["claimId"] })).await["exportClaim"]["entries"]["nodes"].clone()
}

on_both_databases! {
    async fn a_claim_whose_lease_has_ended_is_pending_at_once_and_counts_as_an_attempt(gateway: Gateway) {
        let [a, b] = vouchers(&gateway, ["A", "B"]).await;
        let lost = claim(&gateway, "dying", 3).await;
        assert_eq!(claimed(&lost), sorted(&[a, b]));
        end_lease(&gateway, &lost).await;
        // Nobody has claimed anything since: that is only read.
        assert_eq!(progress(&gateway, &a).await, each("PENDING", 0, 2));
        assert_eq!(status(&gateway, a[0]).await["claim"], json!(null));
        assert_eq!(in_states(&gateway, &["PENDING"]).await, sorted(&[a, b]));
        assert_eq!(in_states(&gateway, &["CLAIMED"]).await, [] as [i64; 0]);
        let next = claim(&gateway, "next", 1).await;
        assert_eq!(claimed(&next), a);
        assert_eq!(progress(&gateway, &a).await, each("CLAIMED", 1, 2));
        assert_eq!(progress(&gateway, &b).await, each("PENDING", 1, 2));
        assert_eq!(kinds(&gateway, a[1]).await, ["CLAIMED", "CLAIM_EXPIRED", "CLAIMED"]);
        assert_eq!(told(&gateway, a[1]).await[1]["claimId"], lost["claimId"]);
        assert_eq!(kinds(&gateway, b[0]).await, ["CLAIMED", "CLAIM_EXPIRED"]);
        // The worker comes back: what it has sent is a fact, and the rest is not its any more.
        let code = |payload: &Value| payload["userErrors"][0]["code"].clone();
        assert_eq!(code(&extend(&gateway, &lost).await), json!("CLAIM_LOST"));
        assert_eq!(code(&release(&gateway, &lost).await), json!("CLAIM_LOST"));
        let late = json!([{ "voucherId": voucher("B"), "type": "OTHER", "reason": "too late" }]);
        let payload = settle(&gateway, &lost, json!([{ "voucherId": voucher("A") }]), late).await;
        assert_eq!(payload["userErrors"], json!([{ "field": ["failed", "0", "voucherId"], "code": "CLAIM_LOST" }]));
        assert_eq!(payload["failures"], json!([]));
        assert_eq!(payload["exports"].as_array().unwrap().len(), 2);
        assert_eq!(progress(&gateway, &a).await, each("EXPORTED", 0, 2));
        assert_eq!(progress(&gateway, &b).await, each("PENDING", 1, 2), "only the timeline tells of the failure");
        assert_eq!(kinds(&gateway, b[0]).await, ["CLAIMED", "CLAIM_EXPIRED", "FAILED"]);
        let held = claimed_of(&gateway, &next).await;
        assert_eq!(held, json!([{ "held": false }, { "held": false }]), "the mark took it from the next worker");
        whole(&gateway).await;
    }

    async fn a_voucher_that_kills_its_workers_is_parked(gateway: Gateway) {
        let [a] = vouchers(&gateway, ["A"]).await;
        for attempts in 0..8 {
            let taken = claim(&gateway, "dying", 100).await;
            assert_eq!(claimed(&taken), a, "after {attempts} attempts");
            assert_eq!(progress(&gateway, &a).await, each("CLAIMED", attempts, 2));
            end_lease(&gateway, &taken).await;
        }
        assert_eq!(claim(&gateway, "careful", 100).await, json!(null));
        assert_eq!(progress(&gateway, &a).await, each("PARKED", 8, 2));
        assert_eq!(status(&gateway, a[0]).await["parkedBy"], json!(null));
        requeue(&gateway, json!([item(a[0])])).await;
        assert_eq!(claimed(&claim(&gateway, "careful", 100).await), a);
        assert_eq!(progress(&gateway, &a).await, each("CLAIMED", 0, 2));
        whole(&gateway).await;
    }

    async fn a_claim_is_settled_in_parts_with_the_versions_that_it_handed_out(gateway: Gateway) {
        let [a, b, c, d] = vouchers(&gateway, ["A", "B", "C", "D"]).await;
        let taken = claim(&gateway, "one", 100).await;
        correct(&gateway, "A:1", "A", "13.00").await;
        let reference = json!({ "documentId": "GL-118", "url": "https://erp.example/gl/118" });
        let sent = json!([{ "voucherId": voucher("A"), "reference": reference, "note": "run 118" }]);
        let failed = json!([{ "voucherId": voucher("B"), "type": "UNKNOWN_ACCOUNT", "reason": "no account 707000" }]);
        let payload = settle(&gateway, &taken, sent, failed).await;
        let mark = |id: i64| json!({
            "entryId": id.to_string(), "version": 1, "note": "run 118", "remarked": false, "reference": reference,
        });
        let mut exports = payload["exports"].as_array().unwrap().clone();
        exports.sort_by_key(|export| export["entryId"].to_string());
        assert_eq!(exports, [mark(a[0]), mark(a[1])]);
        let next = payload["failures"][0]["nextAttemptAt"].clone();
        assert!(next.is_string());
        assert_eq!(payload["failures"], json!([{
            "entryId": null, "voucherId": voucher("B"), "state": "FAILED", "attempts": 1, "nextAttemptAt": next,
            "entryCount": 2,
        }]));
        assert_eq!((&payload["remainingCount"], &payload["userErrors"]), (&json!(4), &json!([])));
        assert_eq!(payload["claim"], json!({ "live": true, "endedAt": null }));
        assert_eq!(progress(&gateway, &a[..1]).await, each("CHANGED", 0, 1), "it was corrected meanwhile");
        assert_eq!(progress(&gateway, &a[1..]).await, each("EXPORTED", 0, 1));
        assert_eq!(progress(&gateway, &b).await, each("FAILED", 1, 2));
        assert_eq!(progress(&gateway, &sorted(&[c, d])).await, each("CLAIMED", 0, 4));
        let listed = changed(&gateway).await;
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0]["entry"]["entryId"], json!(a[0].to_string()));
        assert_eq!((&listed[0]["sentVersion"], &listed[0]["version"]), (&json!(1), &json!(2)));
        // One line of a voucher is settled by itself.
        let payload = settle(&gateway, &taken, json!([{ "entryId": c[0].to_string(), "version": 1 }]), json!([])).await;
        assert_eq!((&payload["remainingCount"], &payload["userErrors"]), (&json!(3), &json!([])));
        let rest = json!([{ "entryId": c[1].to_string() }, { "voucherId": voucher("D") }]);
        let payload = settle(&gateway, &taken, rest, json!([])).await;
        assert_eq!((&payload["remainingCount"], &payload["claim"]["live"]), (&json!(0), &json!(false)));
        assert!(payload["claim"]["endedAt"].is_string());
        assert_eq!(gateway.unexported("erp").await, b);
        assert_eq!(told(&gateway, b[0]).await.last().unwrap()["reason"], json!("no account 707000"));
        whole(&gateway).await;
    }

    async fn what_is_no_part_of_a_claim_is_refused_and_stops_nothing_else(gateway: Gateway) {
        let [a, b] = vouchers(&gateway, ["A", "B"]).await;
        let taken = claim(&gateway, "one", 1).await;
        assert_eq!(claimed(&taken), a);
        let sent = json!([
            { "entryId": b[0].to_string() }, { "voucherId": voucher("404") },
            { "entryId": a[0].to_string(), "version": 2 },
        ]);
        let failed = json!([{ "voucherId": voucher("B"), "type": "OTHER", "reason": "no" },
            { "entryId": a[1].to_string(), "type": "VALIDATION", "reason": "no" }]);
        let payload = settle(&gateway, &taken, sent, failed).await;
        assert_eq!(payload["userErrors"], json!([
            { "field": ["exported", "0", "entryId"], "code": "INVALID_TARGET" },
            { "field": ["exported", "1", "voucherId"], "code": "INVALID_TARGET" },
            { "field": ["exported", "2", "version"], "code": "INVALID_VERSION" },
            { "field": ["failed", "0", "voucherId"], "code": "INVALID_TARGET" },
        ]));
        assert_eq!(payload["exports"], json!([]));
        assert_eq!(progress(&gateway, &a).await, each("FAILED", 1, 2));
        assert_eq!(progress(&gateway, &b).await, each("PENDING", 0, 2));
        // Malformed calls, and claims that there never were.
        let payload = settle(&gateway, &taken, json!([]), json!([])).await;
        assert_eq!(payload["userErrors"], json!([{ "field": ["exported"], "code": "NO_ITEMS" }]));
        let silent = json!([{ "voucherId": voucher("A"), "type": "OTHER", "reason": "" }]);
        let payload = settle(&gateway, &taken, json!([{ "note": "no target" }]), silent).await;
        assert_eq!(payload["userErrors"], json!([
            { "field": ["exported", "0"], "code": "INVALID_TARGET" },
            { "field": ["failed", "0", "reason"], "code": "INVALID_REASON" },
        ]));
        for id in ["019703a2-7c1e-7b52-9d5e-2f6f6d9c1a10", "claim/019703a2-7c1e-7b52-9d5e-2f6f6d9c1a10", "no id"] {
            let unknown = json!({ "claimId": id });
            let no_claim = json!([{ "field": ["claimId"], "code": "CLAIM_NOT_FOUND" }]);
            let payload = settle(&gateway, &unknown, json!([{ "entryId": a[0].to_string() }]), json!([])).await;
            assert_eq!(payload["userErrors"], no_claim, "{id}");
            assert_eq!(extend(&gateway, &unknown).await["userErrors"], no_claim, "{id}");
            assert_eq!(release(&gateway, &unknown).await["userErrors"], no_claim, "{id}");
        }
        whole(&gateway).await;
    }

    async fn what_is_given_back_is_as_it_was_and_what_is_extended_lasts(gateway: Gateway) {
        let [a, b] = vouchers(&gateway, ["A", "B"]).await;
        report(&gateway, json!([refused(a[0], "UNAVAILABLE")])).await;
        run(&gateway, "UPDATE pending_exports SET due_at = 1 WHERE progress = 2").await;
        let taken = claim(&gateway, "one", 100).await;
        assert_eq!(claimed(&taken), sorted(&[a, b]));
        let ends = async || {
            let query = "query($id: ID!) { exportClaim(claimId: $id) { expiresAt } }";
            let data = gateway.data(query, json!({ "id": taken["claimId"] })).await;
            data["exportClaim"]["expiresAt"].as_str().unwrap().to_owned()
        };
        let before = ends().await;
        assert_eq!(extend(&gateway, &taken).await, json!({ "claim": { "live": true }, "userErrors": [] }));
        assert!(ends().await > before);
        settle(&gateway, &taken, json!([{ "entryId": b[0].to_string() }]), json!([])).await;
        let given_back = json!({ "claim": { "live": false }, "entryCount": 3, "userErrors": [] });
        assert_eq!(release(&gateway, &taken).await, given_back);
        assert_eq!(progress(&gateway, &a).await, each("FAILED", 1, 2), "no attempt is counted");
        assert_eq!(progress(&gateway, &b[1..]).await, each("PENDING", 0, 1));
        assert_eq!(kinds(&gateway, a[0]).await, ["FAILED", "CLAIMED", "RELEASED"]);
        assert_eq!(kinds(&gateway, b[0]).await, ["CLAIMED", "EXPORTED"]);
        assert_eq!(release(&gateway, &taken).await["userErrors"][0]["code"], json!("CLAIM_LOST"));
        assert_eq!(claimed(&claim(&gateway, "two", 100).await), [a[0], a[1], b[1]]);
        whole(&gateway).await;
    }

    async fn a_voucher_is_sent_under_one_key_until_its_mark_is_taken_back(gateway: Gateway) {
        let [a, b] = vouchers(&gateway, ["A", "B"]).await;
        assert_eq!(status(&gateway, a[0]).await["dispatchKey"], json!(null), "nothing is known of the system");
        gateway.mark("erp", &b).await;
        let all = keys(&gateway, &a).await;
        let key = all[0].clone();
        assert_eq!(all[1], key, "the lines of a voucher share one");
        assert_ne!(keys(&gateway, &b).await[0], key);
        report(&gateway, json!([refused(a[0], "OTHER")])).await;
        assert_eq!(keys(&gateway, &a).await, all);
        requeue(&gateway, json!([item(a[0])])).await;
        let first = claim(&gateway, "one", 100).await;
        assert_eq!((claimed(&first), key_of(&first)), (a.to_vec(), key.clone()));
        end_lease(&gateway, &first).await;
        let second = claim(&gateway, "two", 100).await;
        assert_eq!(key_of(&second), key, "another worker, the same key");
        correct(&gateway, "A:1", "A", "13.00").await;
        assert_eq!(keys(&gateway, &a).await, all);
        settle(&gateway, &second, json!([{ "voucherId": voucher("A") }]), json!([])).await;
        assert_eq!(keys(&gateway, &a).await, all);
        gateway.mark("crm", &b).await;
        let of_crm = status_for(&gateway, "crm", a[0]).await["dispatchKey"].clone();
        assert!(of_crm.is_string() && of_crm != json!(key), "{of_crm}");
        unmark(&gateway, &a).await;
        let new = keys(&gateway, &a).await;
        assert_eq!(new[0], new[1]);
        assert_ne!(new[0], key, "it is to be sent again");
        assert_eq!(key_of(&claim(&gateway, "three", 100).await), new[0]);
        assert_eq!(status_for(&gateway, "crm", a[0]).await["dispatchKey"], of_crm);
    }
}
