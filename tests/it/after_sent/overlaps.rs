//! Marks, corrections and un-marks that overlap on PostgreSQL: the later of two that do not see each other must not be
//! lost. On SQLite one transaction writes at a time.

use sea_orm::{DatabaseTransaction, IsolationLevel, TransactionOptions, TransactionTrait};
use serde_json::{Value, json};

use super::*;
use crate::support::entries;

const CORRECT: &str = "UPDATE accounting_entries SET debit_ten_thousandths = debit_ten_thousandths + 1";

/// The transaction of another program at this level, which has read something.
async fn begun(gateway: &Gateway, level: IsolationLevel) -> DatabaseTransaction {
    let options = TransactionOptions { isolation_level: Some(level), ..TransactionOptions::default() };
    let transaction = gateway.other_program().await.begin_with_options(options).await.unwrap();
    transaction.execute_unprepared("SELECT count(*) FROM accounting_entries").await.unwrap();
    transaction
}

async fn versions_of_changed(gateway: &Gateway) -> Vec<(Value, Value)> {
    let nodes = changed(gateway).await;
    nodes.into_iter().map(|node| (node["sentVersion"].clone(), node["version"].clone())).collect()
}

#[tokio::test]
async fn a_mark_does_not_wait_for_a_correction_and_neither_loses_the_other() {
    let gateway = Gateway::on_postgres().await;
    let ids = gateway.record(entries(2)).await;
    gateway.mark("erp", &ids[1..]).await;
    gateway.history_taken_over().await;
    let correction = begun(&gateway, IsolationLevel::ReadCommitted).await;
    correction.execute_unprepared(CORRECT).await.unwrap();
    let payload = mark(&gateway, json!([{ "entryId": ids[0].to_string() }])).await;
    assert_eq!(payload["exports"][0]["version"], json!(1), "the correction is not there yet");
    correction.commit().await.unwrap();
    assert_eq!(versions_of_changed(&gateway).await, [(json!(1), json!(2)), (json!(1), json!(2))]);
    whole(&gateway).await;
}

#[tokio::test]
async fn a_correction_that_is_rolled_back_leaves_the_mark_as_it_is() {
    let gateway = Gateway::on_postgres().await;
    let ids = gateway.record(entries(2)).await;
    gateway.mark("erp", &ids[1..]).await;
    let correction = begun(&gateway, IsolationLevel::ReadCommitted).await;
    correction.execute_unprepared(CORRECT).await.unwrap();
    mark(&gateway, json!([{ "entryId": ids[0].to_string() }])).await;
    correction.rollback().await.unwrap();
    assert_eq!(versions_of_changed(&gateway).await, []);
}

/// Its snapshot shows neither the mark nor, in the second case, the system.
#[tokio::test]
async fn a_correction_above_read_committed_sees_no_mark_and_is_listed_all_the_same() {
    for is_known in [true, false] {
        let gateway = Gateway::on_postgres().await;
        gateway.stop_background().await;
        let ids = gateway.record(entries(2)).await;
        if is_known {
            gateway.mark("erp", &ids[1..]).await;
            gateway.history_taken_over().await;
        }
        let correction = begun(&gateway, IsolationLevel::RepeatableRead).await;
        mark(&gateway, json!([{ "entryId": ids[0].to_string() }])).await;
        let one = format!("{CORRECT} WHERE id = {}", ids[0]);
        correction.execute_unprepared(&one).await.unwrap();
        correction.commit().await.unwrap();
        assert_eq!(versions_of_changed(&gateway).await, [(json!(1), json!(2))], "known before: {is_known}");
    }
}

/// The reinstatement sees the mark and writes no pending row; the un-mark would see the withdrawal and write none either.
#[tokio::test]
async fn an_unmark_waits_for_a_reinstatement() {
    let gateway = Gateway::on_postgres().await;
    let ids = gateway.record(entries(2)).await;
    gateway.mark("erp", &ids).await;
    gateway.history_taken_over().await;
    run(&gateway, "UPDATE accounting_entries SET withdrawn_at = 1770000000000000").await;
    let reinstatement = begun(&gateway, IsolationLevel::ReadCommitted).await;
    reinstatement.execute_unprepared("UPDATE accounting_entries SET withdrawn_at = NULL").await.unwrap();
    let unmark = async {
        let query = "mutation($id: ID!) { unmarkExported(input: { items: [
            { entryId: $id, systemId: \"erp\", reason: \"taken back\" }] }) { unmarkings { entryCount } } }";
        gateway.data(query, json!({ "id": ids[0].to_string() })).await
    };
    let commit = async {
        gateway.until_it_waits().await;
        reinstatement.commit().await.unwrap();
    };
    let (answer, ()) = tokio::join!(unmark, commit);
    assert_eq!(answer["unmarkExported"]["unmarkings"], json!([{ "entryCount": 1 }]));
    assert_eq!(gateway.unexported("erp").await, [ids[0]]);
    whole(&gateway).await;
}
