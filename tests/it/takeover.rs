//! A new system's history is taken over step by step, and the answers are right at every step.

mod turns;

use std::collections::BTreeSet;

use ledgate::store::takeover::{CHUNK, Step, step, unfinished};
use sea_orm::{ConnectionTrait, TransactionTrait};
use serde_json::json;

use crate::on_both_databases;
use crate::support::{Gateway, entries};

/// What the system has not been sent, in one streamed answer.
async fn unexported(gateway: &Gateway, system: &str) -> BTreeSet<i64> {
    let answer = gateway.get(&format!("/v10/accounting-entries/export?system_id={system}")).await;
    assert_eq!(answer.status(), 200);
    let answer: serde_json::Value = answer.json().await.unwrap();
    let entries = answer["accounting_entries"].as_array().unwrap();
    let ids: Vec<i64> = entries.iter().map(|entry| entry["id"].as_i64().unwrap()).collect();
    assert!(ids.is_sorted(), "not by id");
    let set: BTreeSet<i64> = ids.iter().copied().collect();
    assert_eq!(set.len(), ids.len(), "an entry came twice");
    set
}

async fn pending_rows(gateway: &Gateway) -> i64 {
    let sql = "SELECT count(*) AS n FROM pending_exports";
    let statement = sea_orm::Statement::from_string(gateway.backend(), sql);
    let row = gateway.other_program().await.query_one_raw(statement).await.unwrap().unwrap();
    row.try_get("", "n").unwrap()
}

on_both_databases! {
    async fn answers_are_right_after_every_step(gateway: Gateway) {
        let count = 2 * CHUNK + 7;
        gateway.insert_elsewhere(count).await;
        gateway.stop_background().await;
        let mut expected: BTreeSet<i64> = unexported(&gateway, "erp").await;
        assert_eq!(expected.len() as u64, count);
        let all: Vec<i64> = expected.iter().copied().collect();
        // One of each stretch is marked before it is taken over, and one after.
        let mut to_mark = vec![all[0], all[CHUNK as usize], all[2 * CHUNK as usize], all[1], all[CHUNK as usize + 1]];
        let first = to_mark.remove(0);
        gateway.mark("erp", &[first]).await;
        expected.remove(&first);
        let database = gateway.database();
        let keys = unfinished(database.reader()).await.unwrap();
        assert_eq!(keys.len(), 1);
        let mut steps = 0;
        loop {
            assert_eq!(unexported(&gateway, "erp").await, expected, "after {steps} steps");
            let backlog = gateway.data("{ exportSystem(systemId: \"erp\") { backlog { count precision } oldestUnexportedEntry { entryId } } }", json!({})).await;
            assert_eq!(backlog["exportSystem"]["backlog"], json!({ "count": 10_000, "precision": "AT_LEAST" }));
            assert_eq!(backlog["exportSystem"]["oldestUnexportedEntry"]["entryId"], json!(expected.first().unwrap().to_string()));
            if let Some(id) = to_mark.pop() {
                gateway.mark("erp", &[id]).await;
                expected.remove(&id);
            }
            let new = gateway.record(vec![crate::support::gateway::entry(&format!("NEW:{steps}"))]).await;
            expected.insert(new[0]);
            steps += 1;
            if step(database, keys[0]).await.unwrap() == Step::Finished {
                break;
            }
        }
        assert!(steps >= 3, "the history was taken over in {steps} steps");
        assert_eq!(unexported(&gateway, "erp").await, expected);
        assert_eq!(pending_rows(&gateway).await, i64::try_from(expected.len()).unwrap());
        assert_eq!(unfinished(database.reader()).await.unwrap(), [] as [i64; 0]);
        assert_eq!(step(database, keys[0]).await.unwrap(), Step::Finished, "a finished takeover is left alone");
    }

    async fn marks_and_the_mover_do_not_pass_each_other(gateway: Gateway) {
        let count = 3 * CHUNK;
        gateway.insert_elsewhere(count).await;
        let all: Vec<i64> = unexported(&gateway, "erp").await.into_iter().collect();
        let other = gateway.another().await;
        // Every fiftieth entry, from the far end, so that markers meet the mover.
        let marked: Vec<i64> = all.iter().rev().step_by(50).copied().collect();
        let halves = marked.split_at(marked.len() / 2);
        futures_util::future::join(gateway.mark("erp", halves.0), other.mark("erp", halves.1)).await;
        gateway.history_taken_over().await;
        let marked: BTreeSet<i64> = marked.into_iter().collect();
        let expected: BTreeSet<i64> = all.into_iter().filter(|id| !marked.contains(id)).collect();
        assert_eq!(unexported(&gateway, "erp").await, expected);
        assert_eq!(pending_rows(&gateway).await, i64::try_from(expected.len()).unwrap());
    }

    async fn an_empty_ledger_has_no_history(gateway: Gateway) {
        gateway.mark_items(vec![json!({ "entryId": "1", "systemId": "erp" })], None).await;
        assert_eq!(gateway.data("{ exportSystems { nodes { id } } }", json!({})).await["exportSystems"]["nodes"], json!([]),
            "a call that marked nothing made the system known");
        let ids = gateway.record(entries(2)).await;
        gateway.mark("erp", &ids[..1]).await;
        gateway.history_taken_over().await;
        assert_eq!(gateway.unexported("erp").await, ids[1..]);
    }

    async fn as_of_answers_are_right_while_history_is_open(gateway: Gateway) {
        let ids = gateway.record(entries(4)).await;
        gateway.stop_background().await;
        gateway.set_clock("2026-03-01T13:00:00Z");
        gateway.mark("erp", &ids[..2]).await;
        gateway.set_clock("2026-03-01T14:00:00Z");
        assert_eq!(gateway.unexported_since("erp", Some("2026-03-01T12:30:00Z")).await, ids);
        assert_eq!(gateway.unexported_since("erp", Some("2026-03-01T13:00:00Z")).await, ids[2..]);
    }
}

/// Two gateways take over the same history at once: both may step, nothing is taken twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_gateways_share_the_work() {
    let gateway = Gateway::on_postgres().await;
    gateway.insert_elsewhere(4 * CHUNK).await;
    let other = gateway.another().await;
    gateway.mark("erp", &[1]).await;
    futures_util::future::join(gateway.history_taken_over(), other.history_taken_over()).await;
    assert_eq!(pending_rows(&gateway).await, i64::try_from(4 * CHUNK - 1).unwrap());
}

/// Transactions that insert overlap without a pause, so there is no moment at which nobody inserts. The history of a new
/// system is settled all the same, and nothing is lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_history_is_settled_while_inserts_overlap_without_a_pause() {
    let gateway = Gateway::on_postgres().await;
    let ids = gateway.record(entries(1)).await;
    let stop = std::sync::atomic::AtomicBool::new(false);
    // Each begins its next transaction before the last one of the other has ended.
    let insert_on = async |name: &str| {
        let program = [gateway.other_program().await, gateway.other_program().await];
        let (mut held, mut count) = (None, 0);
        while !stop.load(std::sync::atomic::Ordering::SeqCst) {
            let transaction = program[count % 2].begin().await.unwrap();
            let sql = format!(
                "INSERT INTO accounting_entries (external_id, journal_code, entry_number, posting_date,
                    account_number, description, debit_ten_thousandths, credit_ten_thousandths)
                 VALUES ('{name}:{count}', 'OD', '1', '2026-01-31', '512000', '', 0, 0)"
            );
            transaction.execute_unprepared(&sql).await.unwrap();
            if let Some(before) = held.replace(transaction) {
                sea_orm::DatabaseTransaction::commit(before).await.unwrap();
            }
            count += 1;
        }
        if let Some(last) = held {
            last.commit().await.unwrap();
        }
        count
    };
    let take_over = async {
        gateway.mark("erp", &ids).await;
        gateway.history_taken_over().await;
        stop.store(true, std::sync::atomic::Ordering::SeqCst);
    };
    let (first, second, ()) = futures_util::future::join3(insert_on("A"), insert_on("B"), take_over).await;
    assert_eq!(unexported(&gateway, "erp").await.len(), first + second);
}

/// A transaction may get its number after that of the transaction that makes a system known, and insert before that one
/// commits: it does not see the system, and its number is higher than all that have ended.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_insert_between_a_first_mark_and_its_commit_is_not_lost() {
    let gateway = Gateway::on_postgres().await;
    let ids = gateway.record(entries(1)).await;
    let (holder, inserter) = (gateway.other_program().await, gateway.other_program().await);
    // The first mark comes as far as writing its mark; the system's row is there by then, and not committed.
    let hold = holder.begin().await.unwrap();
    hold.execute_unprepared("LOCK TABLE export_marks IN EXCLUSIVE MODE").await.unwrap();
    let waiting =
        "SELECT count(*) AS n FROM pg_locks WHERE relation = 'export_marks'::regclass AND NOT granted";
    let between = async {
        let looks = gateway.other_program().await;
        loop {
            let statement = sea_orm::Statement::from_string(gateway.backend(), waiting);
            let row = looks.query_one_raw(statement).await.unwrap().unwrap();
            if row.try_get::<i64>("", "n").unwrap() > 0 {
                break;
            }
            tokio::task::yield_now().await;
        }
        let late = inserter.begin().await.unwrap();
        let sql = "INSERT INTO accounting_entries (external_id, journal_code, entry_number, posting_date, account_number,
                description, debit_ten_thousandths, credit_ten_thousandths)
             VALUES ('LATE', 'OD', '1', '2026-01-31', '512000', '', 0, 0)";
        late.execute_unprepared(sql).await.unwrap();
        hold.commit().await.unwrap();
        late
    };
    let (_, late) = futures_util::future::join(gateway.mark("erp", &ids), between).await;
    gateway.stop_background().await;
    let keys = unfinished(gateway.database().reader()).await.unwrap();
    for _ in 0..5 {
        step(gateway.database(), keys[0]).await.unwrap();
    }
    late.commit().await.unwrap();
    assert_eq!(unexported(&gateway, "erp").await.len(), 1);
    gateway.history_taken_over().await;
    assert_eq!(unexported(&gateway, "erp").await.len(), 1);
}

on_both_databases! {
    /// Where every entry is marked there is nothing to take over: the stretch is passed over in few steps.
    async fn a_stretch_in_which_all_is_marked_is_passed_over_at_once(gateway: Gateway) {
        let count = 12 * CHUNK;
        gateway.insert_elsewhere(count).await;
        gateway.stop_background().await;
        gateway.mark("erp", &[1]).await;
        let marks = format!(
            "INSERT INTO export_marks (entry_id, system_key, marked_at)
             SELECT e.id, s.key, 1 FROM accounting_entries e CROSS JOIN export_systems s
             WHERE e.id > 1 AND e.id < {}", count - 2
        );
        gateway.other_program().await.execute_unprepared(&marks).await.unwrap();
        let keys = unfinished(gateway.database().reader()).await.unwrap();
        let mut steps = 1;
        while step(gateway.database(), keys[0]).await.unwrap() != Step::Finished {
            steps += 1;
            assert!(steps < 10, "still not finished after {steps} steps");
        }
        assert_eq!(unexported(&gateway, "erp").await.len(), 3);
        assert_eq!(pending_rows(&gateway).await, 3);
    }
}
