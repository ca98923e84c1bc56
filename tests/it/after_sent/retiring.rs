//! Systems that are retired: they keep their marks, have no pending rows, and begin anew when they are revived.

use ledgate::domain::{SystemId, Timestamp};
use ledgate::store::marks::NewMark;
use ledgate::store::{marks, systems};
use sea_orm::TransactionTrait;
use serde_json::{Value, json};

use super::calls::*;
use super::*;
use crate::on_both_databases;
use crate::support::entries;

async fn moved(gateway: &Gateway, mutation: &str, system: &str) -> Value {
    let query = format!(
        "mutation($id: SystemId!) {{ {mutation}(input: {{ systemId: $id }}) {{
            system {{ systemId retiredAt }} userErrors {{ field code }} }} }}"
    );
    gateway.data(&query, json!({ "id": system })).await[mutation].clone()
}

async fn retire(gateway: &Gateway) {
    let payload = moved(gateway, "retireExportSystem", "erp").await;
    assert_eq!(payload["userErrors"], json!([]));
    assert!(payload["system"]["retiredAt"].is_string(), "{payload}");
}

async fn revive(gateway: &Gateway) {
    let payload = moved(gateway, "reviveExportSystem", "erp").await;
    assert_eq!(payload["userErrors"], json!([]));
    assert_eq!(payload["system"]["retiredAt"], json!(null));
}

/// The names of the systems that are in use, and of those that are retired.
async fn listed(gateway: &Gateway) -> [Vec<String>; 2] {
    let query = "{ used: exportSystems { nodes { systemId } } retired: exportSystems(retired: true) { nodes { systemId } } }";
    let data = gateway.data(query, json!({})).await;
    ["used", "retired"].map(|list| {
        let nodes = data[list]["nodes"].as_array().unwrap();
        nodes.iter().map(|node| node["systemId"].as_str().unwrap().to_owned()).collect()
    })
}

async fn rest(gateway: &Gateway, call: &str) -> (u16, Value) {
    let response = gateway.post(&format!("/v10/export-systems/{call}"), &json!({})).await;
    (response.status().as_u16(), response.json().await.unwrap())
}

async fn pending_rows(gateway: &Gateway) -> i64 {
    let sql = "SELECT count(*) AS rows FROM pending_exports p JOIN export_systems s ON s.key = p.system_key
        WHERE s.name = 'erp'";
    let program = gateway.other_program().await;
    let statement = sea_orm::Statement::from_string(program.get_database_backend(), sql);
    program.query_one_raw(statement).await.unwrap().unwrap().try_get("", "rows").unwrap()
}

on_both_databases! {
    async fn a_retired_system_keeps_its_marks_and_has_no_pending_rows(gateway: Gateway) {
        let ids = gateway.record(entries(5)).await;
        gateway.mark("erp", &ids[..2]).await;
        gateway.mark("crm", &ids[..1]).await;
        gateway.history_taken_over().await;
        retire(&gateway).await;
        assert_eq!(listed(&gateway).await, [vec!["crm".to_owned()], vec!["erp".to_owned()]]);
        let later = gateway.record(vec![line("L:1", "9")]).await;
        gateway.ledger.work_once(&Default::default()).await;
        assert_eq!(pending_rows(&gateway).await, 0);
        let unexported = [&ids[2..], &later].concat();
        assert_eq!(gateway.unexported("erp").await, unexported);
        whole(&gateway).await;

        // What it has been sent is a fact, also now.
        gateway.mark("erp", &ids[2..3]).await;
        assert_eq!(gateway.unexported("erp").await, unexported[1..]);
        gateway.ledger.work_once(&Default::default()).await;
        assert_eq!(pending_rows(&gateway).await, 0);
        whole(&gateway).await;
    }

    async fn a_system_that_is_revived_begins_anew_with_its_marks(gateway: Gateway) {
        let [a, b] = vouchers(&gateway, ["A", "B"]).await;
        gateway.mark("erp", &a).await;
        gateway.history_taken_over().await;
        report(&gateway, json!([refused(b[0], "OTHER")])).await;
        retire(&gateway).await;
        gateway.ledger.work_once(&Default::default()).await;
        let later = gateway.record(vec![line("C:1", "C")]).await;
        revive(&gateway).await;
        gateway.history_taken_over().await;
        let unexported = [&b[..], &later].concat();
        assert_eq!(gateway.unexported("erp").await, unexported);
        assert_eq!(pending_rows(&gateway).await, 3);
        assert_eq!(progress(&gateway, &unexported).await, each("PENDING", 0, 3));
        assert_eq!(listed(&gateway).await, [vec!["erp".to_owned()], vec![]]);
        whole(&gateway).await;
    }

    async fn nothing_is_claimed_failed_or_replayed_for_a_retired_system(gateway: Gateway) {
        let ids = gateway.record(entries(2)).await;
        gateway.mark("erp", &ids[..1]).await;
        retire(&gateway).await;
        let claim = "mutation { claimExports(input: { systemId: \"erp\", worker: \"w\" }) { userErrors { field code } } }";
        let failure = "mutation($id: ID!) { reportExportFailures(input: { items: [
            { entryId: $id, systemId: \"erp\", type: OTHER, reason: \"no\" }] }) { userErrors { field code } } }";
        let park = "mutation($id: ID!) { parkExports(input: { items: [
            { entryId: $id, systemId: \"erp\", reason: \"no\" }] }) { userErrors { field code } } }";
        let replay = "mutation { startReplay(input: { systemId: \"erp\", markedSince: \"2000-01-01T00:00:00Z\", reason: \"lost\" }) {
            userErrors { field code } } }";
        let expected = [
            (claim, "claimExports", json!(["systemId"])),
            (failure, "reportExportFailures", json!(["items", "0", "systemId"])),
            (park, "parkExports", json!(["items", "0", "systemId"])),
            (replay, "startReplay", json!(["systemId"])),
        ];
        for (query, field, path) in expected {
            let variables = if query.contains("$id") { json!({ "id": ids[1].to_string() }) } else { json!({}) };
            let data = gateway.data(query, variables).await;
            assert_eq!(data[field]["userErrors"], json!([{ "field": path, "code": "SYSTEM_RETIRED" }]), "{field}");
        }
        assert_eq!(gateway.unexported("erp").await, ids[1..]);
    }

    async fn only_a_known_system_without_a_replay_is_retired(gateway: Gateway) {
        for mutation in ["retireExportSystem", "reviveExportSystem"] {
            let payload = moved(&gateway, mutation, "erq").await;
            assert_eq!(payload, json!({ "system": null,
                "userErrors": [{ "field": ["systemId"], "code": "SYSTEM_NOT_FOUND" }] }));
        }
        let (status, problem) = rest(&gateway, "erq/retire").await;
        assert_eq!((status, &problem["code"]), (404, &json!("SYSTEM_NOT_FOUND")));
        gateway.stop_background().await;
        let ids = gateway.record(entries(1)).await;
        gateway.mark("erp", &ids).await;
        let start = "mutation { startReplay(input: { systemId: \"erp\", markedSince: \"2000-01-01T00:00:00Z\", reason: \"lost\" }) {
            replay { replayId } } }";
        let replay = gateway.data(start, json!({})).await["startReplay"]["replay"]["replayId"].clone();
        let payload = moved(&gateway, "retireExportSystem", "erp").await;
        assert_eq!(payload["userErrors"], json!([{ "field": ["systemId"], "code": "REPLAY_OPEN" }]));
        gateway.ledger.finish_replay(replay.as_str().unwrap().parse().unwrap()).await.unwrap();
        retire(&gateway).await;
        // Twice is as once.
        retire(&gateway).await;
    }

    async fn rest_retires_and_revives(gateway: Gateway) {
        let ids = gateway.record(entries(1)).await;
        gateway.mark("erp", &ids).await;
        let (status, retired) = rest(&gateway, "erp/retire").await;
        assert_eq!(status, 200, "{retired}");
        assert!(retired["retired_at"].is_string(), "{retired}");
        let systems = async |query: &str| {
            let page = gateway.get(&format!("/v10/export-systems{query}")).await;
            page.json::<Value>().await.unwrap()["systems"].clone()
        };
        assert_eq!(systems("").await, json!([]));
        assert_eq!(systems("?retired=true").await[0]["system_id"], json!("erp"));
        let (status, revived) = rest(&gateway, "erp/revive").await;
        assert_eq!((status, &revived["retired_at"]), (200, &json!(null)));
    }
}

/// A mark that looked the system up before it was retired must not overlap with a step that takes its history over.
#[tokio::test]
async fn a_mark_that_does_not_know_of_the_revival_is_refused() {
    let gateway = Gateway::on_postgres().await;
    let ids = gateway.record(entries(2)).await;
    gateway.mark("erp", &ids[..1]).await;
    gateway.history_taken_over().await;
    gateway.stop_background().await;
    let transaction = gateway.database().begin().await.unwrap();
    let erp: SystemId = "erp".parse().unwrap();
    let now: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
    let system = systems::make_known(&transaction, &[&erp], now).await.unwrap().remove(0);
    assert_eq!(system.history, None);
    retire(&gateway).await;
    revive(&gateway).await;
    let mark = NewMark {
        entry_id: ids[1],
        system_key: system.key,
        system_id: &erp,
        note: None,
        version: 1,
        reference: None,
        may_be_outdated: false,
        is_taken_over: true,
    };
    let written = marks::write(&transaction, &[mark], "test", now).await;
    assert!(matches!(written, Err(ledgate::domain::Error::Unavailable(_))), "{written:?}");
    transaction.rollback().await.unwrap();
    gateway.history_taken_over().await;
    assert_eq!(gateway.unexported("erp").await, ids[1..]);
    whole(&gateway).await;
}

#[tokio::test]
async fn reviving_waits_for_marks_that_are_being_written() {
    let gateway = Gateway::on_postgres().await;
    let ids = gateway.record(entries(2)).await;
    gateway.mark("erp", &ids[..1]).await;
    gateway.history_taken_over().await;
    let marking = gateway.other_program().await.begin().await.unwrap();
    let mark = format!(
        "INSERT INTO export_marks (entry_id, system_key, marked_at) SELECT {}, key, 1 FROM export_systems",
        ids[1]
    );
    marking.execute_unprepared(&mark).await.unwrap();
    retire(&gateway).await;
    let query = "mutation { reviveExportSystem(input: { systemId: \"erp\" }) { system { systemId } } }";
    assert_eq!(gateway.error_code(query, json!({})).await, "UNAVAILABLE");
    marking.rollback().await.unwrap();
    revive(&gateway).await;
    gateway.history_taken_over().await;
    assert_eq!(gateway.unexported("erp").await, ids[1..]);
}
