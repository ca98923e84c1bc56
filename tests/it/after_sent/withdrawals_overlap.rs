//! Transactions of other programs that withdraw or reinstate entries, and are open while a system becomes known or marks are
//! made, on PostgreSQL. Neither sees the rows of the other. An entry must not be lost by that, nor be pending while it is
//! withdrawn or marked. On SQLite one transaction writes at a time.

use ledgate::store::takeover::{step, unfinished};
use sea_orm::{DatabaseTransaction, IsolationLevel, TransactionOptions, TransactionTrait};
use serde_json::json;

use super::calls::*;
use super::*;

/// The first entry is withdrawn.
const WITHDRAW: &str =
    "UPDATE accounting_entries SET withdrawn_at = 1772370000000000 WHERE external_id = 'T:1'";
/// The first entry is reinstated.
const REINSTATE: &str = "UPDATE accounting_entries SET withdrawn_at = NULL WHERE external_id = 'T:1'";

const NONE: [i64; 0] = [];

async fn ledger_of_two() -> (Gateway, Vec<i64>) {
    let gateway = Gateway::on_postgres().await;
    gateway.stop_background().await;
    let ids = gateway.record(vec![line("T:1", "1"), line("T:2", "2")]).await;
    (gateway, ids)
}

async fn begun(gateway: &Gateway, sql: &str) -> DatabaseTransaction {
    let transaction = gateway.other_program().await.begin().await.unwrap();
    transaction.execute_unprepared(sql).await.unwrap();
    transaction
}

/// As many steps as take over all that can be, while another transaction is open.
async fn steps(gateway: &Gateway) {
    let key = unfinished(gateway.database().reader()).await.unwrap()[0];
    for _ in 0..5 {
        step(gateway.database(), key).await.unwrap();
    }
}

#[tokio::test]
async fn what_an_older_transaction_reinstates_is_not_passed_over() {
    let (gateway, ids) = ledger_of_two().await;
    run(&gateway, WITHDRAW).await;
    let reinstatement = begun(&gateway, REINSTATE).await;
    gateway.mark("erp", &ids[1..]).await;
    steps(&gateway).await;
    reinstatement.commit().await.unwrap();
    gateway.history_taken_over().await;
    assert_eq!(gateway.unexported("erp").await, ids[..1]);
    whole(&gateway).await;
}

#[tokio::test]
async fn what_an_older_transaction_withdraws_is_not_taken_over() {
    let (gateway, ids) = ledger_of_two().await;
    let withdrawal = begun(&gateway, WITHDRAW).await;
    gateway.mark("erp", &ids[1..]).await;
    steps(&gateway).await;
    withdrawal.commit().await.unwrap();
    gateway.history_taken_over().await;
    assert_eq!(gateway.unexported("erp").await, NONE);
    whole(&gateway).await;
}

/// Its snapshot shows neither the system nor what was taken over meanwhile.
#[tokio::test]
async fn an_older_snapshot_cannot_reinstate_what_was_passed_over() {
    let (gateway, ids) = ledger_of_two().await;
    run(&gateway, WITHDRAW).await;
    let level = Some(IsolationLevel::RepeatableRead);
    let options = TransactionOptions { isolation_level: level, ..TransactionOptions::default() };
    let old = gateway.other_program().await.begin_with_options(options).await.unwrap();
    old.execute_unprepared("SELECT count(*) FROM accounting_entries").await.unwrap();
    // Another one keeps the end of the history from being settled.
    let insert = "INSERT INTO accounting_entries (external_id, journal_code, entry_number, posting_date,
        account_number, description, debit_ten_thousandths, credit_ten_thousandths)
        VALUES ('X:1', 'OD', '1', '2026-01-31', '512000', 'still open', 1, 0)";
    let open = begun(&gateway, insert).await;
    gateway.mark("erp", &ids[1..]).await;
    steps(&gateway).await;
    let refused = old.execute_unprepared(REINSTATE).await.unwrap_err();
    assert!(refused.to_string().contains("could not serialize access"), "{refused}");
    old.rollback().await.unwrap();
    open.commit().await.unwrap();
    gateway.history_taken_over().await;
    run(&gateway, REINSTATE).await;
    assert_eq!(gateway.unexported("erp").await, [ids[0], ids[1] + 1]);
    whole(&gateway).await;
}

#[tokio::test]
async fn a_claim_for_a_new_system_leaves_what_is_being_withdrawn() {
    let (gateway, ids) = ledger_of_two().await;
    let withdrawal = begun(&gateway, WITHDRAW).await;
    let taken = claim(&gateway, "w", 10).await;
    assert_eq!(claimed(&taken), ids[1..]);
    withdrawal.commit().await.unwrap();
    gateway.history_taken_over().await;
    assert_eq!(in_states(&gateway, &["PENDING", "CLAIMED"]).await, ids[1..]);
    whole(&gateway).await;
}

#[tokio::test]
async fn a_person_cannot_park_what_is_being_withdrawn_before_the_system_is_known() {
    let (gateway, ids) = ledger_of_two().await;
    let withdrawal = begun(&gateway, WITHDRAW).await;
    let query = "mutation($id: ID!) { parkExports(input: { items: [{ entryId: $id, systemId: \"erp\", reason: \"r\" }] }) {
        userErrors { code } } }";
    let variables = json!({ "id": ids[0].to_string() });
    assert_eq!(gateway.error_code(query, variables.clone()).await, "UNAVAILABLE");
    withdrawal.commit().await.unwrap();
    let payload = gateway.data(query, variables).await;
    assert_eq!(payload["parkExports"]["userErrors"], json!([{ "code": "ENTRY_WITHDRAWN" }]));
    gateway.mark("erp", &ids[1..]).await;
    gateway.history_taken_over().await;
    assert_eq!(gateway.unexported("erp").await, NONE);
    whole(&gateway).await;
}

#[tokio::test]
async fn a_mark_of_what_is_being_reinstated_is_not_made_before_the_other_transaction_has_ended() {
    let (gateway, ids) = ledger_of_two().await;
    gateway.mark("erp", &ids[1..]).await;
    gateway.history_taken_over().await;
    run(&gateway, WITHDRAW).await;
    let reinstatement = begun(&gateway, REINSTATE).await;
    let query =
        "mutation($id: ID!) { markExported(input: { entries: [{ entryId: $id, systemId: \"erp\" }] }) {
        exports { version } userErrors { code } } }";
    let variables = json!({ "id": ids[0].to_string() });
    assert_eq!(gateway.error_code(query, variables.clone()).await, "UNAVAILABLE");
    reinstatement.commit().await.unwrap();
    let payload = gateway.data(query, variables).await;
    assert_eq!(payload["markExported"], json!({ "exports": [{ "version": 1 }], "userErrors": [] }));
    assert_eq!(gateway.unexported("erp").await, NONE);
    whole(&gateway).await;
}

/// The mark holds off the reinstatement that has not come to its trigger yet: that one then sees the mark.
#[tokio::test]
async fn a_reinstatement_waits_for_a_mark_of_what_is_being_changed() {
    let (gateway, ids) = ledger_of_two().await;
    gateway.mark("erp", &ids[1..]).await;
    gateway.history_taken_over().await;
    run(&gateway, WITHDRAW).await;
    // What a mark holds, by hand, so that it can be held open.
    let mark = begun(&gateway, "SELECT pg_advisory_xact_lock(7103542, 0)").await;
    let insert = format!(
        "INSERT INTO export_marks (entry_id, system_key, marked_at, version)
         SELECT {}, key, 1772370000000000, 1 FROM export_systems",
        ids[0]
    );
    mark.execute_unprepared(&insert).await.unwrap();
    let reinstatement = gateway.record(vec![line("T:1", "1")]);
    let commit = async {
        gateway.until_it_waits().await;
        mark.commit().await.unwrap();
    };
    tokio::join!(reinstatement, commit);
    assert_eq!(gateway.unexported("erp").await, NONE);
    whole(&gateway).await;
}
