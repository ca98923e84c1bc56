//! What workers and people say to the gateway, for the tests beside this file.

use serde_json::{Value, json};

use super::run;
use crate::support::Gateway;
use crate::support::gateway::{entry, ids};

/// An entry of the voucher with this number.
pub fn line(name: &str, number: &str) -> Value {
    let mut line = entry(name);
    line["entryNumber"] = json!(number);
    line
}

/// The id of the voucher with this number.
pub fn voucher(number: &str) -> String {
    format!("voucher/2026-01-31/VE/{number}")
}

/// Records vouchers of two lines each, such as `A:1` and `A:2`: the first lines of all of them, then the second ones.
pub async fn vouchers<const N: usize>(gateway: &Gateway, numbers: [&str; N]) -> [[i64; 2]; N] {
    let first = numbers.iter().map(|number| line(&format!("{number}:1"), number));
    let second = numbers.iter().map(|number| line(&format!("{number}:2"), number));
    let ids = gateway.record(first.chain(second).collect()).await;
    std::array::from_fn(|nth| [ids[nth], ids[nth + N]])
}

/// Records the line again with another debit: a new version of it.
pub async fn correct(gateway: &Gateway, name: &str, number: &str, debit: &str) {
    let mut corrected = line(name, number);
    corrected["debit"] = json!(debit);
    gateway.record(vec![corrected]).await;
}

/// All of these ids, ascending.
pub fn sorted(vouchers: &[[i64; 2]]) -> Vec<i64> {
    let mut ids = vouchers.concat();
    ids.sort_unstable();
    ids
}

const STATUS: &str =
    "query($id: ID!, $system: SystemId!) { accountingEntry(id: $id) { exportStatus(systemId: $system) {
    state attempts lastFailure { type reason failedAt } nextAttemptAt claim { worker } parkedBy parkedReason
    export { version } sentVersion dispatchKey } } }";

/// How far the export of the entry to this system is.
pub async fn status_for(gateway: &Gateway, system: &str, id: i64) -> Value {
    let data = gateway.data(STATUS, json!({ "id": id.to_string(), "system": system })).await;
    data["accountingEntry"]["exportStatus"].clone()
}

/// How far its export to `erp` is.
pub async fn status(gateway: &Gateway, id: i64) -> Value {
    status_for(gateway, "erp", id).await
}

/// The state of each of these entries for `erp`, and the number of attempts that failed.
pub async fn progress(gateway: &Gateway, ids: &[i64]) -> Vec<(String, i64)> {
    let mut found = Vec::new();
    for id in ids {
        let status = status(gateway, *id).await;
        found.push((status["state"].as_str().unwrap().to_owned(), status["attempts"].as_i64().unwrap()));
    }
    found
}

/// So many entries in the same state, with the same number of attempts.
pub fn each(state: &str, attempts: i64, count: usize) -> Vec<(String, i64)> {
    vec![(state.to_owned(), attempts); count]
}

/// What `erp` has not been sent, narrowed to states.
pub const LISTED: &str = "query($states: [ExportState!]) {
    unexportedEntries(systemId: \"erp\", states: $states, first: 500) { nodes { entryId } totalCount { count } } }";

/// The ids of what `erp` has not been sent and what is in one of these states.
pub async fn in_states(gateway: &Gateway, states: &[&str]) -> Vec<i64> {
    let list = gateway.data(LISTED, json!({ "states": states })).await["unexportedEntries"].clone();
    let found = ids(&list["nodes"]);
    assert_eq!(list["totalCount"]["count"], json!(found.len()));
    found
}

const REPORT: &str =
    "mutation($items: [ReportExportFailureItemInput!]!) { reportExportFailures(input: { items: $items }) {
    failures { entryId entry { entryId } voucherId systemId state attempts nextAttemptAt entryCount }
    userErrors { field code entryId } } }";

/// Reports that `erp` refused these items, and gives the payload.
pub async fn report(gateway: &Gateway, items: Value) -> Value {
    gateway.data(REPORT, json!({ "items": items })).await["reportExportFailures"].clone()
}

/// An item that says that `erp` refused the entry.
pub fn refused(id: i64, kind: &str) -> Value {
    json!({ "entryId": id.to_string(), "systemId": "erp", "type": kind, "reason": "the ERP said no" })
}

/// An item that names the entry and `erp`.
pub fn item(id: i64) -> Value {
    json!({ "entryId": id.to_string(), "systemId": "erp" })
}

const REQUEUE: &str = "mutation($items: [RequeueExportItemInput!]!) { requeueExports(input: { items: $items }) {
    requeued { entryId entry { entryId } voucherId systemId entryCount at } userErrors { field code entryId } } }";

/// Requeues these items, and gives the payload.
pub async fn requeue(gateway: &Gateway, items: Value) -> Value {
    gateway.data(REQUEUE, json!({ "items": items })).await["requeueExports"].clone()
}

const PARK: &str = "mutation($items: [ParkExportItemInput!]!) { parkExports(input: { items: $items }) {
    parked { entryId entry { entryId } voucherId systemId entryCount at } userErrors { field code entryId } } }";

/// Parks these items, and gives the payload.
pub async fn park(gateway: &Gateway, items: Value) -> Value {
    gateway.data(PARK, json!({ "items": items })).await["parkExports"].clone()
}

/// An item that parks the entry.
pub fn parked(id: i64) -> Value {
    json!({ "entryId": id.to_string(), "systemId": "erp", "reason": "a corrected invoice will come" })
}

const UNMARK: &str =
    "mutation($items: [UnmarkExportedItemInput!]!) { unmarkExported(input: { items: $items }) {
    userErrors { code } } }";

/// Takes back the marks of these entries for `erp`.
pub async fn unmark(gateway: &Gateway, ids: &[i64]) {
    let item =
        |id: &i64| json!({ "entryId": id.to_string(), "systemId": "erp", "reason": "the ERP took it back" });
    let items: Vec<Value> = ids.iter().map(item).collect();
    let payload = gateway.data(UNMARK, json!({ "items": items })).await["unmarkExported"].clone();
    assert_eq!(payload["userErrors"], json!([]));
}

const CLAIM: &str = "mutation($input: ClaimExportsInput!) { claimExports(input: $input) {
    claim { id claimId systemId worker endedAt live entries(first: 500) {
        nodes { entry { entryId entryNumber } version dispatchKey held } } }
    userErrors { field code } } }";

/// The payload of a claim for `erp` with this input.
pub async fn claim_with(gateway: &Gateway, mut input: Value) -> Value {
    input["systemId"] = json!("erp");
    gateway.data(CLAIM, json!({ "input": input })).await["claimExports"].clone()
}

/// Claims so many entries for `erp`; null when there is nothing.
pub async fn claim(gateway: &Gateway, worker: &str, first: usize) -> Value {
    let payload = claim_with(gateway, json!({ "worker": worker, "first": first })).await;
    assert_eq!(payload["userErrors"], json!([]));
    payload["claim"].clone()
}

/// The ids of the entries of a claim.
pub fn claimed(claim: &Value) -> Vec<i64> {
    let nodes = claim["entries"]["nodes"].as_array().unwrap_or_else(|| panic!("no claim: {claim:#}"));
    nodes.iter().map(|node| node["entry"]["entryId"].as_str().unwrap().parse().unwrap()).collect()
}

const SETTLE: &str = "mutation($input: SettleClaimInput!) { settleClaim(input: $input) {
    claim { live endedAt } exports { entryId version note remarked reference { documentId url } }
    failures { entryId voucherId state attempts nextAttemptAt entryCount } remainingCount
    userErrors { field code } } }";

/// Settles these items of the claim, and gives the payload.
pub async fn settle(gateway: &Gateway, claim: &Value, exported: Value, failed: Value) -> Value {
    let input = json!({ "claimId": claim["claimId"], "exported": exported, "failed": failed });
    gateway.data(SETTLE, json!({ "input": input })).await["settleClaim"].clone()
}

const EXTEND: &str = "mutation($id: ID!) { extendClaim(input: { claimId: $id, leaseSeconds: 3600 }) {
    claim { live } userErrors { field code } } }";

/// Extends the lease of the claim by an hour, and gives the payload.
pub async fn extend(gateway: &Gateway, claim: &Value) -> Value {
    gateway.data(EXTEND, json!({ "id": claim["claimId"] })).await["extendClaim"].clone()
}

const RELEASE: &str = "mutation($id: ID!) { releaseClaim(input: { claimId: $id }) {
    claim { live } entryCount userErrors { field code } } }";

/// Gives the claim back, and gives the payload.
pub async fn release(gateway: &Gateway, claim: &Value) -> Value {
    gateway.data(RELEASE, json!({ "id": claim["claimId"] })).await["releaseClaim"].clone()
}

/// The lease of the claim ends now.
pub async fn end_lease(gateway: &Gateway, claim: &Value) {
    let id = claim["claimId"].as_str().unwrap();
    run(gateway, &format!("UPDATE export_claims SET expires_at = 0 WHERE id = '{id}'")).await;
}

const TIMELINE: &str = "query($id: ID!) { accountingEntry(id: $id) { timeline { nodes {
    kind systemId reason failureType attempts nextAttemptAt claimId worker actor } } } }";

/// What happened to the entry since it was recorded.
pub async fn told(gateway: &Gateway, id: i64) -> Vec<Value> {
    let data = gateway.data(TIMELINE, json!({ "id": id.to_string() })).await;
    data["accountingEntry"]["timeline"]["nodes"].as_array().unwrap()[1..].to_vec()
}

/// The kinds of what happened to the entry since it was recorded.
pub async fn kinds(gateway: &Gateway, id: i64) -> Vec<String> {
    told(gateway, id).await.iter().map(|event| event["kind"].as_str().unwrap().to_owned()).collect()
}
