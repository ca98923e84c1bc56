//! Other programs cannot make an entry vanish with SQL: leave it neither exported nor unexported for a system.

use sea_orm::{ConnectionTrait, DbErr};
use serde_json::json;

use crate::on_both_databases;
use crate::support::{Gateway, entries};

async fn run(gateway: &Gateway, sql: &str) -> Result<u64, DbErr> {
    gateway.other_program().await.execute_unprepared(sql).await.map(|done| done.rows_affected())
}

/// Runs a statement that has to be refused with these words.
async fn refused(gateway: &Gateway, sql: &str, words: &str) {
    let error = run(gateway, sql).await.expect_err(sql).to_string();
    assert!(error.contains(words), "{sql}: {error}");
}

/// A gateway whose system `erp` has been sent the first of two entries.
async fn half_sent(gateway: &Gateway) -> Vec<i64> {
    let ids = gateway.record(entries(2)).await;
    gateway.mark("erp", &ids[..1]).await;
    gateway.history_taken_over().await;
    assert_eq!(gateway.unexported("erp").await, ids[1..]);
    ids
}

on_both_databases! {
    async fn a_deleted_mark_makes_its_entry_unexported_again(gateway: Gateway) {
        let ids = half_sent(&gateway).await;
        run(&gateway, "DELETE FROM export_marks").await.unwrap();
        assert_eq!(gateway.unexported("erp").await, ids);
        gateway.mark("erp", &ids).await;
        assert_eq!(gateway.unexported("erp").await, [] as [i64; 0]);
    }

    async fn a_mark_deleted_while_the_history_is_open_shows_its_entry_once(gateway: Gateway) {
        gateway.stop_background().await;
        let ids = gateway.record(entries(3)).await;
        gateway.mark("erp", &ids[..2]).await;
        run(&gateway, &format!("DELETE FROM export_marks WHERE entry_id = {}", ids[0])).await.unwrap();
        assert_eq!(gateway.unexported("erp").await, [ids[0], ids[2]]);
        gateway.history_taken_over().await;
        assert_eq!(gateway.unexported("erp").await, [ids[0], ids[2]]);
    }

    async fn a_pending_row_is_deleted_only_where_there_is_a_mark(gateway: Gateway) {
        let ids = half_sent(&gateway).await;
        refused(&gateway, "DELETE FROM pending_exports", "mark the entry through ledgate").await;
        assert_eq!(gateway.unexported("erp").await, ids[1..]);
        let by_hand = format!(
            "INSERT INTO export_marks (entry_id, system_key, marked_at) SELECT {}, key, 1 FROM export_systems", ids[1]
        );
        run(&gateway, &by_hand).await.unwrap();
        run(&gateway, "DELETE FROM pending_exports").await.unwrap();
        assert_eq!(gateway.unexported("erp").await, [] as [i64; 0]);
    }

    async fn rows_do_not_move_to_other_entries_or_systems(gateway: Gateway) {
        let ids = half_sent(&gateway).await;
        for sql in [
            "UPDATE export_marks SET entry_id = entry_id + 1",
            "UPDATE export_marks SET system_key = 7",
            "UPDATE pending_exports SET entry_id = 99",
            "UPDATE pending_exports SET system_key = 7",
        ] {
            refused(&gateway, sql, "never change").await;
        }
        let sql = match gateway.backend() {
            sea_orm::DbBackend::Postgres => "UPDATE accounting_entries SET id = DEFAULT",
            _ => "UPDATE accounting_entries SET id = id + 10",
        };
        refused(&gateway, sql, "never changes").await;
        assert_eq!(gateway.unexported("erp").await, ids[1..]);
    }

    async fn the_timeline_keeps_what_happened(gateway: Gateway) {
        let ids = half_sent(&gateway).await;
        refused(&gateway, "DELETE FROM timeline_events", "keeps what happened").await;
        refused(&gateway, "UPDATE timeline_events SET at = 0", "keeps what happened").await;
        let query = "query($id: ID!) { accountingEntry(id: $id) { timeline { nodes { kind } } } }";
        let entry = gateway.data(query, json!({ "id": ids[0].to_string() })).await["accountingEntry"].clone();
        assert_eq!(entry["timeline"]["nodes"], json!([{ "kind": "RECORDED" }, { "kind": "EXPORTED" }]));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_truncated() {
    let gateway = Gateway::on_postgres().await;
    let ids = half_sent(&gateway).await;
    for table in
        ["accounting_entries", "timeline_events", "export_systems", "export_marks", "pending_exports"]
    {
        refused(&gateway, &format!("TRUNCATE {table} CASCADE"), "never truncated").await;
    }
    assert_eq!(gateway.unexported("erp").await, ids[1..]);
}

/// A table of the same name in the caller's own schema, or a temporary one, takes no rows away from ours.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn triggers_write_to_our_tables_whatever_the_search_path() {
    let gateway = Gateway::on_postgres().await;
    let ids = half_sent(&gateway).await;
    let other = gateway.other_program().await;
    let sql = "CREATE SCHEMA elsewhere;
        CREATE TABLE elsewhere.export_systems (LIKE public.export_systems);
        CREATE TABLE elsewhere.pending_exports (LIKE public.pending_exports INCLUDING ALL);
        CREATE TEMP TABLE export_systems (LIKE public.export_systems);
        SET search_path = elsewhere, public;
        INSERT INTO public.accounting_entries (external_id, journal_code, entry_number, posting_date, account_number,
            description, debit_ten_thousandths, credit_ten_thousandths)
        VALUES ('X:1', 'OD', '1', '2026-01-31', '512000', '', 0, 0);";
    other.execute_unprepared(sql).await.unwrap();
    let found = gateway.unexported("erp").await;
    assert_eq!((found.len(), found[0]), (2, ids[1]));
}

/// SQLite deletes what it replaces without running the triggers for DELETE.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_replaces_no_entry() {
    let gateway = Gateway::on_sqlite().await;
    let ids = half_sent(&gateway).await;
    let insert = |verb: &str, columns: &str, values: &str| {
        format!(
            "{verb} INTO accounting_entries ({columns} journal_code, entry_number, posting_date, account_number,
                description, debit_ten_thousandths, credit_ten_thousandths)
             VALUES ({values} 'OD', '1', '2026-01-31', '512000', 'replaced', 0, 0)"
        )
    };
    for sql in [
        insert("REPLACE", "external_id,", "'T:2',"),
        insert("INSERT OR REPLACE", "external_id,", "'T:2',"),
        insert("INSERT OR REPLACE", "id, external_id,", &format!("{}, 'X:9',", ids[1])),
        "UPDATE OR REPLACE accounting_entries SET external_id = 'T:2' WHERE external_id = 'T:1'".to_owned(),
        format!(
            "INSERT OR REPLACE INTO timeline_events (id, entry_id, kind, at) VALUES (1, {}, 'UPDATED', 0)",
            ids[0]
        ),
    ] {
        run(&gateway, &sql).await.expect_err(&sql);
    }
    assert_eq!(gateway.unexported("erp").await, ids[1..]);
    // What replaces nothing goes on.
    let upsert = insert("INSERT", "external_id,", "'T:2',")
        + " ON CONFLICT (external_id) DO UPDATE SET description = excluded.description";
    run(&gateway, &upsert).await.unwrap();
    run(&gateway, &insert("INSERT OR IGNORE", "external_id,", "'T:2',")).await.unwrap();
    run(&gateway, &insert("INSERT OR REPLACE", "external_id,", "'T:3',")).await.unwrap();
    assert_eq!(gateway.unexported("erp").await.len(), 2);
}
