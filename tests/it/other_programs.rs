//! Other programs write to the same tables with plain SQL. Nothing they commit is lost, whatever the order in
//! which ids were given and transactions committed.

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, IsolationLevel, Statement, TransactionTrait,
};
use serde_json::json;

use crate::on_both_databases;
use crate::support::{Gateway, entries};

fn insert(external_id: &str) -> String {
    format!(
        "INSERT INTO accounting_entries (external_id, journal_code, entry_number, posting_date, account_number,
            description, debit_ten_thousandths, credit_ten_thousandths)
         VALUES ('{external_id}', 'OD', '1', '2026-01-31', '512000', 'by another program', 125000, 0)"
    )
}

async fn run(connection: &impl ConnectionTrait, sql: &str) -> Result<(), DbErr> {
    connection.execute_unprepared(sql).await.map(|_| ())
}

async fn id_of(connection: &impl ConnectionTrait, external_id: &str) -> i64 {
    let sql = format!("SELECT id FROM accounting_entries WHERE external_id = '{external_id}'");
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    connection.query_one_raw(statement).await.unwrap().unwrap().try_get("", "id").unwrap()
}

/// A transaction of another program that has inserted an entry and not committed yet, and the entry's id.
async fn in_flight(gateway: &Gateway, external_id: &str) -> (DatabaseTransaction, i64) {
    let transaction = gateway.other_program().await.begin().await.unwrap();
    run(&transaction, &insert(external_id)).await.unwrap();
    let id = id_of(&transaction, external_id).await;
    (transaction, id)
}

on_both_databases! {
    async fn a_row_inserted_with_plain_sql_is_in_the_next_answer_of_every_system(gateway: Gateway) {
        let ids = gateway.record(entries(2)).await;
        gateway.mark("erp", &ids).await;
        let other = gateway.other_program().await;
        run(&other, &insert("X:1")).await.unwrap();
        let id = id_of(&other, "X:1").await;
        assert_eq!(gateway.unexported("erp").await, [id]);
        assert_eq!(gateway.unexported("unheard-of").await, [ids[0], ids[1], id]);
        let query = "query($id: ID!) { accountingEntry(id: $id) { description debit credit amount currency
            attributes timeline { nodes { kind actor } } } }";
        let entry = gateway.data(query, json!({ "id": id.to_string() })).await["accountingEntry"].clone();
        assert_eq!(entry, json!({
            "description": "by another program", "debit": "12.50", "credit": "0.00", "amount": "12.50",
            "currency": "EUR", "attributes": {},
            "timeline": { "nodes": [{ "kind": "RECORDED", "actor": null }] },
        }));
        gateway.mark("erp", &[id]).await;
        assert_eq!(gateway.unexported("erp").await, [] as [i64; 0]);
    }

    async fn many_rows_in_one_statement_are_all_there(gateway: Gateway) {
        let ids = gateway.record(entries(1)).await;
        gateway.mark("erp", &ids).await;
        gateway.mark("warehouse", &ids).await;
        let other = gateway.other_program().await;
        let values: Vec<String> = (0..700)
            .map(|n| format!("('M:{n}', 'OD', '1', '2026-01-31', '512000', 'm', 0, {n})"))
            .collect();
        run(&other, &format!(
            "INSERT INTO accounting_entries (external_id, journal_code, entry_number, posting_date,
                account_number, description, debit_ten_thousandths, credit_ten_thousandths) VALUES {}", values.join(",")
        )).await.unwrap();
        assert_eq!(gateway.unexported("erp").await.len(), 700);
        assert_eq!(gateway.unexported("warehouse").await.len(), 700);
    }

    async fn a_rolled_back_row_leaves_nothing(gateway: Gateway) {
        let ids = gateway.record(entries(1)).await;
        gateway.mark("erp", &ids).await;
        let (transaction, _) = in_flight(&gateway, "X:1").await;
        transaction.rollback().await.unwrap();
        assert_eq!(gateway.unexported("erp").await, [] as [i64; 0]);
        assert_eq!(gateway.unexported("unheard-of").await, ids);
    }

    async fn a_change_with_plain_sql_moves_updated_at_and_shows_in_the_timeline(gateway: Gateway) {
        let ids = gateway.record(entries(1)).await;
        gateway.mark("erp", &ids).await;
        let other = gateway.other_program().await;
        run(&other, "UPDATE accounting_entries SET description = 'mended'").await.unwrap();
        let query = "{ accountingEntries(filter: { updatedAt: { gt: \"2026-03-01T12:00:00Z\" } }) {
            nodes { description timeline { nodes { kind actor } } } } }";
        let found = gateway.data(query, json!({})).await["accountingEntries"]["nodes"].clone();
        assert_eq!(found, json!([{ "description": "mended", "timeline": { "nodes": [
            { "kind": "RECORDED", "actor": "graphql" },
            { "kind": "EXPORTED", "actor": "graphql" },
            { "kind": "UPDATED", "actor": null },
        ] } }]));
        assert_eq!(gateway.unexported("erp").await, [] as [i64; 0], "an update made it unexported again");
    }

    async fn entries_are_never_deleted(gateway: Gateway) {
        let ids = gateway.record(entries(1)).await;
        let refused = run(&gateway.other_program().await, "DELETE FROM accounting_entries").await.unwrap_err();
        assert!(refused.to_string().contains("record a reversal"), "{refused}");
        assert_eq!(gateway.unexported("erp").await, ids);
    }

    async fn a_row_that_no_page_could_show_is_refused_at_the_door(gateway: Gateway) {
        let other = gateway.other_program().await;
        for (column, value) in [
            ("posting_date", "'31/01/2026'"),
            ("posting_date", "'2026-02-30'"),
            ("debit_ten_thousandths", "'12,50 EUR'"),
            ("debit_ten_thousandths", "NULL"),
            ("currency", "'eur'"),
            ("currency", "'EURO'"),
            ("currency", "'E1R'"),
            ("foreign_currency", "'ÄÖÜ'"),
            ("document_date", "'0000-01-01'"),
            ("attributes", "'[1]'"),
            ("attributes", "'not json'"),
            ("external_id", "''"),
            ("created_at", "253402300800000000"),
        ] {
            let mut columns = vec![
                ("external_id", "'B:1'"), ("journal_code", "'OD'"), ("entry_number", "'1'"),
                ("posting_date", "'2026-01-31'"), ("account_number", "'5'"), ("description", "''"),
                ("debit_ten_thousandths", "0"), ("credit_ten_thousandths", "0"),
            ];
            columns.retain(|(name, _)| *name != column);
            columns.push((column, value));
            let (names, values): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
            let sql = format!("INSERT INTO accounting_entries ({}) VALUES ({})", names.join(","), values.join(","));
            assert!(run(&other, &sql).await.is_err(), "{column} = {value} got in");
        }
        assert_eq!(gateway.unexported("erp").await, [] as [i64; 0]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lower_id_that_commits_later_is_not_lost() {
    let gateway = Gateway::on_postgres().await;
    let ids = gateway.record(entries(1)).await;
    gateway.mark("erp", &ids).await;
    let (transaction, low) = in_flight(&gateway, "LATE").await;
    let high = gateway.record(entries(3)).await;
    assert!(low < high[1], "the test needs the lower id to be the later one");
    assert_eq!(gateway.unexported("erp").await, high[1..]);
    gateway.mark("erp", &high[1..]).await;
    transaction.commit().await.unwrap();
    assert_eq!(gateway.unexported("erp").await, [low]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_mark_does_not_wait_for_inserts_in_flight_and_loses_none_of_them() {
    let gateway = Gateway::on_postgres().await;
    let ids = gateway.record(entries(2)).await;
    let (transaction, in_flight_id) = in_flight(&gateway, "LATE").await;
    // All of this goes on while the other transaction stays open.
    gateway.mark("new-system", &ids[..1]).await;
    let later = gateway.record(entries(3)).await;
    assert_eq!(gateway.unexported("new-system").await, [ids[1], later[2]]);
    transaction.commit().await.unwrap();
    assert_eq!(gateway.unexported("new-system").await, [ids[1], in_flight_id, later[2]]);
    gateway.history_taken_over().await;
    assert_eq!(gateway.unexported("new-system").await, [ids[1], in_flight_id, later[2]]);
    gateway.mark("new-system", &[in_flight_id]).await;
    assert_eq!(gateway.unexported("new-system").await, [ids[1], later[2]]);
}

/// Above READ COMMITTED a transaction goes on seeing the systems of its first statement. It is told to try
/// again rather than to lose its entry for the systems it cannot see.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_snapshot_older_than_a_system_cannot_lose_an_entry() {
    for level in [IsolationLevel::RepeatableRead, IsolationLevel::Serializable] {
        let gateway = Gateway::on_postgres().await;
        let ids = gateway.record(entries(1)).await;
        let program = gateway.other_program().await;
        let old = program.begin_with_config(Some(level), None).await.unwrap();
        run(&old, "SELECT count(*) FROM export_systems").await.unwrap();
        gateway.mark("new-system", &ids).await;
        gateway.history_taken_over().await;
        let refused = run(&old, &insert("STALE")).await.unwrap_err();
        assert!(refused.to_string().contains("could not serialize"), "{refused}");
        drop(old);
        let fresh = program.begin_with_config(Some(level), None).await.unwrap();
        run(&fresh, &insert("STALE")).await.unwrap();
        fresh.commit().await.unwrap();
        assert_eq!(gateway.unexported("new-system").await, [id_of(&program, "STALE").await]);
    }
}

/// The same, when the insert comes before the history is settled: settling waits for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_snapshot_that_inserts_before_a_history_is_settled_is_part_of_it() {
    let gateway = Gateway::on_postgres().await;
    let ids = gateway.record(entries(1)).await;
    let program = gateway.other_program().await;
    let old = program.begin_with_config(Some(IsolationLevel::RepeatableRead), None).await.unwrap();
    run(&old, "SELECT count(*) FROM export_systems").await.unwrap();
    run(&old, &insert("EARLY")).await.unwrap();
    gateway.mark("new-system", &ids).await;
    old.commit().await.unwrap();
    gateway.history_taken_over().await;
    assert_eq!(gateway.unexported("new-system").await, [id_of(&program, "EARLY").await]);
    assert_eq!(gateway.backend(), DbBackend::Postgres);
}
