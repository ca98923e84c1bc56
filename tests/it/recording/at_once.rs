//! Recording at the same moment through several gateways: each entry is made once, and no change is lost.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ConnectionTrait, DbBackend, Statement, TransactionTrait};
use serde_json::{Value, json};

use super::{call, counts, names, timeline};
use crate::on_both_databases;
use crate::support::gateway::ids;
use crate::support::{Gateway, entries};

on_both_databases! {
    async fn of_gateways_that_record_the_same_at_once_each_entry_is_made_once(gateway: Gateway) {
        let other = gateway.another().await;
        let contents = entries(60);
        let calls = (0..8).map(|number| {
            let through = if number % 2 == 0 { &gateway } else { &other };
            let contents = contents.clone();
            async move { call(through, &contents).await }
        });
        let payloads = futures_util::future::join_all(calls).await;
        let made: Vec<[i64; 3]> = payloads.iter().map(counts).collect();
        assert_eq!(made.iter().map(|counts| counts[0]).sum::<i64>(), 60, "{made:?}");
        assert_eq!(made.iter().map(|counts| counts[2]).sum::<i64>(), 7 * 60, "{made:?}");
        let found = gateway.unexported("erp").await;
        assert_eq!(found.len(), 60);
        for payload in &payloads {
            assert_eq!(ids(&payload["entries"]), found, "ids are not in the order of the input");
        }
    }

    async fn of_gateways_that_record_the_same_in_other_orders_each_entry_is_made_once(gateway: Gateway) {
        let other = gateway.another().await;
        let calls = (0..8).map(|number| {
            let through = if number % 2 == 0 { &gateway } else { &other };
            let mut contents = entries(60);
            contents.rotate_left(number * 7);
            if number % 3 == 0 {
                contents.reverse();
            }
            async move { call(through, &contents).await }
        });
        let payloads = futures_util::future::join_all(calls).await;
        assert_eq!(payloads.iter().map(|payload| counts(payload)[0]).sum::<i64>(), 60);
        let mut by_name: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
        for payload in &payloads {
            for (name, id) in names(payload).into_iter().zip(ids(&payload["entries"])) {
                by_name.entry(name.to_owned()).or_default().insert(id);
            }
        }
        assert_eq!(by_name.len(), 60);
        assert!(by_name.values().all(|ids| ids.len() == 1), "{by_name:?}");
        assert_eq!(gateway.unexported("erp").await.len(), 60);
    }

    async fn changes_made_at_once_are_all_in_the_timeline(gateway: Gateway) {
        let known = gateway.record(entries(10)).await;
        let other = gateway.another().await;
        let calls = (0..8).map(|number| {
            let through = if number % 2 == 0 { &gateway } else { &other };
            let mut contents = entries(10);
            contents.rotate_left(number);
            contents.iter_mut().for_each(|entry| entry["description"] = json!(format!("by {number}")));
            async move { call(through, &contents).await }
        });
        let payloads = futures_util::future::join_all(calls).await;
        assert_eq!(payloads.iter().map(|payload| counts(payload)[1]).sum::<i64>(), 80);
        for id in known {
            let events = timeline(&gateway, id).await;
            assert_eq!(events.len(), 9);
            let times: Vec<&String> = events.iter().map(|(_, at, _)| at).collect();
            assert!(times.is_sorted_by(|one, next| one < next), "{times:?}");
        }
    }
}

/// Two calls that hold what the other one waits for: a third transaction stands in the way of both until both wait.
/// The database may have to give one of them up; that one is told to come again, and is not half there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_calls_that_meet_half_way_each_is_whole_or_told_to_come_again() {
    let gateway = Gateway::on_postgres().await;
    let other = gateway.another().await;
    let elsewhere = gateway.other_program().await;
    let in_the_way = elsewhere.begin().await.unwrap();
    let sql = "INSERT INTO accounting_entries (external_id, journal_code, entry_number, posting_date, account_number,
        description, debit_ten_thousandths, credit_ten_thousandths) VALUES ('T:5', 'VE', '1', '2026-01-31', '707000', '', 0, 0)";
    in_the_way.execute_unprepared(sql).await.unwrap();
    let waiting = "SELECT count(*) AS n FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'ledgate' AND wait_event_type = 'Lock'";
    let make_way = async {
        loop {
            let row =
                elsewhere.query_one_raw(Statement::from_string(DbBackend::Postgres, waiting)).await.unwrap();
            if row.unwrap().try_get::<i64>("", "n").unwrap() == 2 {
                break in_the_way.rollback().await.unwrap();
            }
        }
    };
    let query = "mutation($input: RecordAccountingEntriesInput!) { recordAccountingEntries(input: $input) { recorded } }";
    let upwards = entries(9);
    let mut downwards = upwards.clone();
    downwards.reverse();
    let input = |entries: &[Value]| json!({ "input": { "entries": entries } });
    let (one, two, ()) = futures_util::join!(
        gateway.graphql(query, input(&upwards)),
        other.graphql(query, input(&downwards)),
        make_way,
    );
    let recorded = |answer: &Value| match answer["data"]["recordAccountingEntries"]["recorded"].as_i64() {
        Some(recorded) => recorded,
        None => {
            assert_eq!(answer["errors"][0]["extensions"]["code"], json!("UNAVAILABLE"), "{answer:#}");
            0
        }
    };
    assert_eq!(recorded(&one) + recorded(&two), 9, "{one:#} {two:#}");
    for entries in [upwards, downwards] {
        assert_eq!(counts(&call(&gateway, &entries).await), [0, 0, 9]);
    }
    assert_eq!(gateway.unexported("erp").await.len(), 9);
}
