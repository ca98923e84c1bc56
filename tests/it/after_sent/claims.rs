//! Workers claim whole vouchers, and no two of them have the same one.

use ledgate::domain::Right::{Export, Manage, Mark};
use reqwest::Method;
use serde_json::{Value, json};

use super::calls::*;
use super::{run, whole};
use crate::on_both_databases;
use crate::support::Gateway;
use crate::tokens::token;

/// Reports that `erp` refused these entries, which are tried again in the year 2099.
async fn fail(gateway: &Gateway, ids: &[i64]) {
    let items = ids.iter().map(|id| {
        let mut late = refused(*id, "UNAVAILABLE");
        late["retryAt"] = json!("2099-01-01T00:00:00Z");
        late
    });
    let payload = report(gateway, Value::Array(items.collect())).await;
    assert_eq!(payload["userErrors"], json!([]));
}

/// The wait of these entries is over since so many microseconds after 1970.
async fn set_due(gateway: &Gateway, ids: &[i64], due_at: i64) {
    for id in ids {
        run(gateway, &format!("UPDATE pending_exports SET due_at = {due_at} WHERE entry_id = {id}")).await;
    }
}

/// Records vouchers of one line each.
async fn singles<const N: usize>(gateway: &Gateway, numbers: [&str; N]) -> Vec<i64> {
    gateway.record(numbers.iter().map(|number| line(number, number)).collect()).await
}

on_both_databases! {
    async fn whole_vouchers_are_claimed_in_the_order_of_their_ids_and_by_one_worker_only(gateway: Gateway) {
        let [a, b, c] = vouchers(&gateway, ["A", "B", "C"]).await;
        let first = claim(&gateway, "one", 3).await;
        assert_eq!(claimed(&first), sorted(&[a, b]), "the last voucher exceeds what was asked for");
        assert_eq!((&first["systemId"], &first["worker"]), (&json!("erp"), &json!("one")));
        assert_eq!((&first["live"], &first["endedAt"]), (&json!(true), &json!(null)));
        let claim_id = first["claimId"].as_str().unwrap();
        assert_eq!(first["id"], json!(format!("claim/{claim_id}")));
        for node in first["entries"]["nodes"].as_array().unwrap() {
            assert_eq!((&node["version"], &node["held"]), (&json!(1), &json!(true)));
        }
        for id in sorted(&[a, b]) {
            let found = status(&gateway, id).await;
            assert_eq!((&found["state"], &found["attempts"]), (&json!("CLAIMED"), &json!(0)));
            assert_eq!(found["claim"]["worker"], json!("one"));
            let events = told(&gateway, id).await;
            assert_eq!(events.len(), 1);
            assert_eq!(events[0]["kind"], json!("CLAIMED"));
            assert_eq!((&events[0]["worker"], &events[0]["claimId"]), (&json!("one"), &json!(claim_id)));
        }
        assert_eq!(claimed(&claim(&gateway, "two", 1).await), c, "the next ones, whole");
        assert_eq!(claim(&gateway, "three", 1).await, json!(null), "nothing is left");
        assert_eq!(in_states(&gateway, &["CLAIMED"]).await, gateway.unexported("erp").await);
        let query = "query($id: ID!) { exportClaim(claimId: $id) { worker } node(id: $id) { id }
            exportClaims(systemId: \"erp\") { nodes { worker } } }";
        let found = gateway.data(query, json!({ "id": first["id"] })).await;
        assert_eq!((&found["exportClaim"]["worker"], &found["node"]["id"]), (&json!("one"), &first["id"]));
        assert_eq!(found["exportClaims"]["nodes"], json!([{ "worker": "one" }, { "worker": "two" }]));
        // Another system knows nothing of it.
        let payload = gateway.data("mutation { claimExports(input: { systemId: \"crm\", worker: \"one\" }) {
            claim { entries { nodes { entry { entryId } } } } } }", json!({})).await;
        assert_eq!(claimed(&payload["claimExports"]["claim"]), sorted(&[a, b, c]));
        whole(&gateway).await;
    }

    async fn a_filter_brings_the_whole_vouchers_that_have_a_matching_line(gateway: Gateway) {
        let mut supplier = line("B:1", "B");
        supplier["accountNumber"] = json!("401000");
        let ids = gateway.record(vec![line("A:1", "A"), supplier, line("A:2", "A"), line("B:2", "B")]).await;
        let only = json!({ "worker": "one", "filter": { "accountNumber": { "eq": "401000" } } });
        let payload = claim_with(&gateway, only.clone()).await;
        assert_eq!(claimed(&payload["claim"]), [ids[1], ids[3]]);
        assert_eq!(claim_with(&gateway, only).await, json!({ "claim": null, "userErrors": [] }));
        assert_eq!(claimed(&claim(&gateway, "two", 100).await), [ids[0], ids[2]]);
    }

    async fn the_same_key_gives_the_same_claim_as_it_stands(gateway: Gateway) {
        let [a, b] = vouchers(&gateway, ["A", "B"]).await;
        let call = |first: i64| json!({ "worker": "one", "first": first, "idempotencyKey": "run-1" });
        let first = claim_with(&gateway, call(1)).await;
        assert_eq!(claimed(&first["claim"]), a);
        assert_eq!(claim_with(&gateway, call(1)).await, first);
        settle(&gateway, &first["claim"], json!([{ "voucherId": voucher("A") }]), json!([])).await;
        let again = claim_with(&gateway, call(1)).await["claim"].clone();
        assert_eq!((&again["claimId"], &again["live"]), (&first["claim"]["claimId"], &json!(false)));
        assert_eq!(again["entries"]["nodes"][0]["held"], json!(false));
        let other = claim_with(&gateway, call(2)).await;
        assert_eq!(other["claim"], json!(null));
        assert_eq!(other["userErrors"], json!([{ "field": ["idempotencyKey"], "code": "IDEMPOTENCY_KEY_REUSED" }]));
        assert_eq!(progress(&gateway, &b).await, each("PENDING", 0, 2));
    }

    async fn a_malformed_claim_is_refused_with_every_fault(gateway: Gateway) {
        vouchers(&gateway, ["A"]).await;
        let faults = async |input: Value| {
            let payload = claim_with(&gateway, input).await;
            assert_eq!(payload["claim"], json!(null));
            let errors = payload["userErrors"].as_array().unwrap().clone();
            for error in &errors {
                assert_eq!(error["code"], json!("INVALID_CLAIM"), "{error}");
            }
            errors.iter().map(|error| error["field"][0].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let mut found = faults(json!({ "worker": "", "first": 0, "leaseSeconds": 9 })).await;
        found.sort_unstable();
        assert_eq!(found, ["first", "leaseSeconds", "worker"]);
        assert_eq!(faults(json!({ "worker": "one", "first": 501 })).await, ["first"]);
        assert_eq!(faults(json!({ "worker": "one", "leaseSeconds": 3_601 })).await, ["leaseSeconds"]);
        assert_eq!(faults(json!({ "worker": "x".repeat(101) })).await, ["worker"]);
    }

    async fn what_failed_is_claimed_when_it_is_due_and_not_before(gateway: Gateway) {
        let [a, b] = vouchers(&gateway, ["A", "B"]).await;
        fail(&gateway, &a[..1]).await;
        assert_eq!(claimed(&claim(&gateway, "one", 100).await), b);
        assert_eq!(claim(&gateway, "two", 100).await, json!(null));
        set_due(&gateway, &a[..1], 1).await;
        assert_eq!(claim(&gateway, "two", 100).await, json!(null), "the other line of the voucher still waits");
        set_due(&gateway, &a, 1).await;
        let again = claim(&gateway, "two", 100).await;
        assert_eq!(claimed(&again), a);
        assert_eq!(progress(&gateway, &a).await, each("CLAIMED", 1, 2), "the attempts are counted on");
        let payload = settle(&gateway, &again, json!([]), json!([{
            "entryId": a[1].to_string(), "type": "UNAVAILABLE", "reason": "no answer",
        }])).await;
        assert_eq!(payload["failures"][0]["attempts"], json!(2));
        assert_eq!(payload["remainingCount"], json!(0), "the rest of its voucher has failed with it");
        assert_eq!(progress(&gateway, &a).await, each("FAILED", 2, 2));
        whole(&gateway).await;
    }

    async fn what_is_due_again_gets_up_to_half_of_a_claim(gateway: Gateway) {
        let failed = singles(&gateway, ["F1", "F2", "F3", "F4", "F5", "F6"]).await;
        let free = singles(&gateway, ["N1", "N2", "N3"]).await;
        fail(&gateway, &failed).await;
        // The last of them waits longest.
        for (nth, id) in failed.iter().rev().enumerate() {
            set_due(&gateway, &[*id], 1 + i64::try_from(nth).unwrap()).await;
        }
        assert_eq!(claimed(&claim(&gateway, "one", 4).await), [failed[4], failed[5], free[0], free[1]]);
        let rest = claim(&gateway, "two", 4).await;
        assert_eq!(claimed(&rest), [failed[1], failed[2], failed[3], free[2]], "one that is free was left");
        assert_eq!(claimed(&claim(&gateway, "three", 4).await), [failed[0]]);
        whole(&gateway).await;
    }

    async fn rights_to_mark_claim_and_settle_and_rights_to_manage_decide(gateway: Gateway) {
        vouchers(&gateway, ["A", "B"]).await;
        let worker = token(&gateway, "worker", &[Mark], Some(&["erp"])).await;
        let clerk = token(&gateway, "clerk", &[Manage], Some(&["erp"])).await;
        let stranger = token(&gateway, "stranger", &[Mark, Export], Some(&["crm"])).await;
        let door = gateway.another().await;
        let ask = async |token: &str, query: &str| -> Value {
            let request = door.request(Method::POST, "/graphql").bearer_auth(token).json(&json!({ "query": query }));
            request.send().await.unwrap().json().await.unwrap()
        };
        let code = |answer: &Value| answer["errors"][0]["extensions"]["code"].as_str().unwrap_or("OK").to_owned();
        let claim = "mutation { claimExports(input: { systemId: \"erp\", worker: \"w\", first: 1 }) {
            claim { claimId entries { nodes { entry { entryId } version dispatchKey held } } } userErrors { code } } }";
        for token in [&clerk, &stranger] {
            assert_eq!(code(&ask(token, claim).await), "FORBIDDEN");
        }
        let answer = ask(&worker, claim).await;
        assert_eq!(code(&answer), "OK", "{answer:#}");
        let taken = answer["data"]["claimExports"]["claim"].clone();
        assert_eq!(claimed(&taken).len(), 2);
        let id = taken["claimId"].as_str().unwrap();
        // For another system's worker there is no such claim.
        let settle = format!("settleClaim(input: {{ claimId: \"{id}\", exported: [{{ voucherId: \"{}\" }}] }}) {{
            exports {{ entryId }} remainingCount userErrors {{ field code }} }}", voucher("A"));
        let input = format!("input: {{ claimId: \"{id}\" }}");
        let extend = format!("extendClaim({input}) {{ claim {{ live }} userErrors {{ field code }} }}");
        let release = format!("releaseClaim({input}) {{ entryCount userErrors {{ field code }} }}");
        let no_claim = json!([{ "field": ["claimId"], "code": "CLAIM_NOT_FOUND" }]);
        for (name, call) in [("settleClaim", &settle), ("extendClaim", &extend), ("releaseClaim", &release)] {
            let mutation = format!("mutation {{ {call} }}");
            let answer = ask(&stranger, &mutation).await;
            assert_eq!(answer["data"][name]["userErrors"], no_claim, "{answer:#}");
            assert_eq!(code(&ask(&clerk, &mutation).await), "FORBIDDEN", "{name}");
        }
        let look = format!("{{ exportClaim(claimId: \"{id}\") {{ worker }} }}");
        assert_eq!(code(&ask(&stranger, &look).await), "CLAIM_NOT_FOUND");
        assert_eq!(ask(&worker, &look).await["data"]["exportClaim"]["worker"], json!("w"));
        let answer = ask(&worker, &format!("mutation {{ {settle} }}")).await;
        assert_eq!(answer["data"]["settleClaim"]["remainingCount"], json!(0), "{answer:#}");
        // Reporting is the worker's, deciding is the clerk's.
        let target = format!("voucherId: \"{}\", systemId: \"erp\"", voucher("B"));
        let refusal = format!("{{ {target}, type: OTHER, reason: \"no\" }}");
        let report = format!("mutation {{ reportExportFailures(input: {{ items: [{refusal}] }}) {{
            failures {{ state }} userErrors {{ code }} }} }}");
        assert_eq!(code(&ask(&clerk, &report).await), "FORBIDDEN");
        let answer = ask(&worker, &report).await;
        assert_eq!(answer["data"]["reportExportFailures"]["failures"], json!([{ "state": "FAILED" }]), "{answer:#}");
        for decision in [
            format!("mutation {{ parkExports(input: {{ items: [{{ {target}, reason: \"wait\" }}] }}) {{
                parked {{ entryCount }} userErrors {{ code }} }} }}"),
            format!("mutation {{ requeueExports(input: {{ items: [{{ {target} }}] }}) {{
                requeued {{ entryCount }} userErrors {{ code }} }} }}"),
            "mutation { requeueFailures(input: { systemId: \"erp\", type: OTHER }) {
                entryCount userErrors { code } } }".to_owned(),
        ] {
            for token in [&worker, &stranger] {
                assert_eq!(code(&ask(token, &decision).await), "FORBIDDEN", "{decision}");
            }
            let answer = ask(&clerk, &decision).await;
            assert_eq!(code(&answer), "OK", "{answer:#}");
            let payload = answer["data"].as_object().unwrap().values().next().unwrap();
            assert_eq!(payload["userErrors"], json!([]), "{answer:#}");
        }
    }
}
