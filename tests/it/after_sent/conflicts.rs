//! Facts that do not fit together, and how a system is to be treated.

use serde_json::{Value, json};

use super::calls::*;
use super::{mark, whole};
use crate::on_both_databases;
use crate::support::Gateway;

const CONFLICTS: &str = "query($resolved: Boolean!) { exportConflicts(systemId: \"erp\", resolved: $resolved) {
    nodes { conflictId kind entryId entry { entryId } firstDocumentId secondDocumentId claimId note resolvedBy } } }";

async fn conflicts(gateway: &Gateway, resolved: bool) -> Vec<Value> {
    let list = gateway.data(CONFLICTS, json!({ "resolved": resolved })).await["exportConflicts"].clone();
    list["nodes"].as_array().unwrap().clone()
}

const SETTLE: &str = "mutation($input: SettleClaimInput!) { settleClaim(input: $input) {
    exports { entryId conflict } userErrors { code } } }";

/// Settles the voucher as sent, and gives the conflict of each mark.
async fn sent(gateway: &Gateway, claim: &Value, number: &str, document: Option<&str>) -> Vec<Value> {
    let reference = document.map(|document| json!({ "documentId": document }));
    let exported = json!([{ "voucherId": voucher(number), "reference": reference }]);
    let input = json!({ "claimId": claim["claimId"], "exported": exported });
    let payload = gateway.data(SETTLE, json!({ "input": input })).await["settleClaim"].clone();
    assert_eq!(payload["userErrors"], json!([]));
    payload["exports"].as_array().unwrap().iter().map(|export| export["conflict"].clone()).collect()
}

const RESOLVE: &str = "mutation($input: ResolveExportConflictInput!) { resolveExportConflict(input: $input) {
    conflict { note } userErrors { field code } } }";

on_both_databases! {
    async fn one_version_with_two_documents_is_a_conflict_until_a_person_resolves_it(gateway: Gateway) {
        let [a] = vouchers(&gateway, ["A"]).await;
        let sent = |document: &str| json!([{ "entryId": a[0].to_string(), "reference": { "documentId": document } }]);
        mark(&gateway, sent("GL-1")).await;
        mark(&gateway, sent("GL-1")).await;
        assert_eq!(conflicts(&gateway, false).await, [] as [Value; 0], "the same document again");
        mark(&gateway, sent("GL-2")).await;
        let found = conflicts(&gateway, false).await;
        let id = a[0].to_string();
        assert_eq!(found, [json!({
            "conflictId": found[0]["conflictId"], "kind": "POSTED_TWICE", "entryId": id, "entry": { "entryId": id },
            "firstDocumentId": "GL-1", "secondDocumentId": "GL-2", "claimId": null, "note": null, "resolvedBy": null,
        })]);
        let input = json!({ "input": { "conflictId": found[0]["conflictId"], "note": "GL-2 was reversed" } });
        let resolved = gateway.data(RESOLVE, input.clone()).await["resolveExportConflict"].clone();
        assert_eq!(resolved, json!({ "conflict": { "note": "GL-2 was reversed" }, "userErrors": [] }));
        let again = gateway.data(RESOLVE, input).await["resolveExportConflict"].clone();
        assert_eq!(again["userErrors"], json!([{ "field": ["conflictId"], "code": "CONFLICT_RESOLVED" }]));
        assert_eq!(conflicts(&gateway, false).await, [] as [Value; 0]);
        assert_eq!(conflicts(&gateway, true).await[0]["resolvedBy"], json!("graphql"));
        let unknown = json!({ "input": { "conflictId": "404", "note": "" } });
        let refused = gateway.data(RESOLVE, unknown).await["resolveExportConflict"]["userErrors"].clone();
        assert_eq!(refused, json!([{ "field": ["note"], "code": "INVALID_REASON" }]));
    }

    async fn another_version_or_a_mark_that_was_taken_back_is_no_conflict(gateway: Gateway) {
        let [a] = vouchers(&gateway, ["A"]).await;
        let sent = |document: &str| json!([{ "entryId": a[0].to_string(), "reference": { "documentId": document } }]);
        mark(&gateway, sent("GL-1")).await;
        correct(&gateway, "A:1", "A", "3.00").await;
        mark(&gateway, sent("GL-2")).await;
        unmark(&gateway, &a[..1]).await;
        mark(&gateway, sent("GL-3")).await;
        assert_eq!(conflicts(&gateway, false).await, [] as [Value; 0]);
    }

    async fn a_worker_that_comes_back_late_and_has_sent_it_is_a_conflict(gateway: Gateway) {
        let [a] = vouchers(&gateway, ["A"]).await;
        let late = claim(&gateway, "late", 1).await;
        end_lease(&gateway, &late).await;
        let second = claim(&gateway, "second", 1).await;
        assert_eq!(claimed(&second), a);
        assert_eq!(sent(&gateway, &late, "A", None).await, [json!("CLAIM_LOST"), json!("CLAIM_LOST")]);
        let found = conflicts(&gateway, false).await;
        assert_eq!(found.len(), 2);
        assert_eq!((&found[0]["kind"], &found[0]["claimId"]), (&json!("CLAIM_LOST"), &late["claimId"]));
        assert_eq!(sent(&gateway, &second, "A", Some("GL-2")).await, [json!(null), json!(null)], "no document was named before");
        whole(&gateway).await;
    }

    async fn a_lease_that_ended_alone_is_no_conflict(gateway: Gateway) {
        vouchers(&gateway, ["A"]).await;
        let late = claim(&gateway, "late", 1).await;
        end_lease(&gateway, &late).await;
        assert_eq!(sent(&gateway, &late, "A", None).await, [json!(null), json!(null)]);
    }

    async fn a_system_may_take_entries_by_themselves_and_give_up_sooner(gateway: Gateway) {
        let configure = "mutation($input: ConfigureExportSystemInput!) { configureExportSystem(input: $input) {
            system { displayName description unit maxAttempts firstRetrySeconds knownSince }
            userErrors { field code } } }";
        let input = json!({ "systemId": "erp", "unit": "ENTRY", "maxAttempts": 2, "displayName": "Warehouse" });
        let data = gateway.data(configure, json!({ "input": input })).await["configureExportSystem"].clone();
        assert_eq!(data["system"], json!({
            "displayName": "Warehouse", "description": null, "unit": "ENTRY", "maxAttempts": 2, "firstRetrySeconds": 60,
            "knownSince": "2026-03-01T12:00:00.000000Z",
        }));
        let cleared = json!({ "systemId": "erp", "displayName": null, "firstRetrySeconds": 10 });
        let data = gateway.data(configure, json!({ "input": cleared })).await["configureExportSystem"].clone();
        assert_eq!(data["system"]["displayName"], json!(null));
        assert_eq!((&data["system"]["unit"], &data["system"]["firstRetrySeconds"]), (&json!("ENTRY"), &json!(10)));
        let wrong = json!({ "systemId": "erp", "maxAttempts": 0, "displayName": "" });
        let data = gateway.data(configure, json!({ "input": wrong })).await["configureExportSystem"].clone();
        let fields: Vec<&Value> = data["userErrors"].as_array().unwrap().iter().map(|error| &error["field"]).collect();
        assert_eq!(fields, [&json!(["displayName"]), &json!(["maxAttempts"])]);

        let [a] = vouchers(&gateway, ["A"]).await;
        assert_eq!(claimed(&claim(&gateway, "one", 1).await), a[..1]);
        report(&gateway, json!([refused(a[1], "VALIDATION")])).await;
        assert_eq!(progress(&gateway, &a).await, [("CLAIMED".to_owned(), 0), ("FAILED".to_owned(), 1)]);
        report(&gateway, json!([refused(a[1], "VALIDATION")])).await;
        assert_eq!(in_states(&gateway, &["PARKED"]).await, a[1..]);
    }
}
