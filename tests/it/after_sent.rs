//! What comes after "sent": which version a system has, what has changed since, and marks that are taken back.

mod calls;
mod changes;
mod claimed_vouchers;
mod claims;
mod claims_overlap;
mod conflicts;
mod connector;
mod dispatch_keys;
mod exports;
mod failures;
mod last_failure;
mod leases;
mod overlaps;
mod reconciling;
mod replays;
mod requeueing;
mod retiring;
mod unmarking;
mod withdrawals_overlap;

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::support::Gateway;

async fn run(gateway: &Gateway, sql: &str) {
    gateway.other_program().await.execute_unprepared(sql).await.expect(sql);
}

/// Nothing in the database contradicts itself.
async fn whole(gateway: &Gateway) {
    let found = gateway.ledger.examine(false).await.unwrap();
    assert!(found.findings.is_empty(), "{found:?}");
}

const MARK: &str =
    "mutation($entries: [MarkExportedEntryInput!]!) { markExported(input: { entries: $entries }) {
    exports { entryId version reference { documentId url } remarked } userErrors { field code } } }";

/// Marks these items for `erp`, and gives the payload.
async fn mark(gateway: &Gateway, items: Value) -> Value {
    let items: Vec<Value> = items
        .as_array()
        .unwrap()
        .iter()
        .cloned()
        .map(|mut item| {
            item["systemId"] = json!("erp");
            item
        })
        .collect();
    gateway.data(MARK, json!({ "entries": items })).await["markExported"].clone()
}

const CHANGED: &str = "{ changedEntries(systemId: \"erp\") { nodes { entry { entryId } sentVersion version
    changes { field before now } } totalCount { count } } }";

/// What has changed since `erp` was sent it.
async fn changed(gateway: &Gateway) -> Vec<Value> {
    let list = gateway.data(CHANGED, json!({})).await["changedEntries"].clone();
    let nodes = list["nodes"].as_array().unwrap().clone();
    assert_eq!(list["totalCount"]["count"], json!(nodes.len()));
    nodes
}

async fn timeline(gateway: &Gateway, id: i64) -> Vec<Value> {
    let query = "query($id: ID!) { accountingEntry(id: $id) { timeline { nodes {
        kind systemId note reason actor version reference { documentId url } } } } }";
    let data = gateway.data(query, json!({ "id": id.to_string() })).await;
    data["accountingEntry"]["timeline"]["nodes"].as_array().unwrap()[1..].to_vec()
}
