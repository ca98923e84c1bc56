//! Claims beside others: of workers that run at once and die, for systems that are new, and beside open transactions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend, TransactionTrait};
use serde_json::{Value, json};

use super::calls::*;
use super::{run, whole};
use crate::on_both_databases;
use crate::support::Gateway;

const WORKERS: usize = 8;

/// What eight workers send, and how far they are.
#[derive(Default)]
struct Crowd {
    /// The numbers of the vouchers, by entry.
    numbers: BTreeMap<i64, String>,
    /// Entries that were settled, in the order in which they were.
    settled: Mutex<Vec<i64>>,
    /// Claims that were dropped, and whose leases have not ended yet.
    dropped: Mutex<Vec<Value>>,
    /// How many claims there were.
    claims: Mutex<usize>,
}

impl Crowd {
    /// Sixty vouchers of one to three lines, the lines of each far from each other.
    async fn recorded(gateway: &Gateway) -> Self {
        let lines = (0..3).flat_map(|nth| {
            let with_line = (0..60).filter(move |voucher| voucher % 3 >= nth);
            with_line.map(move |voucher| (voucher.to_string(), format!("{voucher}:{nth}")))
        });
        let lines: Vec<(String, String)> = lines.collect();
        let ids = gateway.record(lines.iter().map(|(number, name)| line(name, number)).collect()).await;
        let numbers = ids.into_iter().zip(lines).map(|(id, (number, _))| (id, number)).collect();
        Self { numbers, ..Self::default() }
    }

    fn is_done(&self) -> bool {
        self.settled.lock().unwrap().len() >= self.numbers.len()
    }

    /// The numbers of the vouchers of a claim, each of which has to be whole.
    fn whole_vouchers(&self, claim: &Value) -> BTreeSet<String> {
        let ids: BTreeSet<i64> = claimed(claim).into_iter().collect();
        let numbers: BTreeSet<String> = ids.iter().map(|id| self.numbers[id].clone()).collect();
        let lines = self.numbers.iter().filter(|(_, number)| numbers.contains(*number));
        assert_eq!(lines.map(|(id, _)| *id).collect::<BTreeSet<_>>(), ids, "a voucher is split");
        numbers
    }

    fn is_every_third(&self) -> bool {
        let mut claims = self.claims.lock().unwrap();
        *claims += 1;
        claims.is_multiple_of(3)
    }

    /// Claims and settles until all is sent. With `dies`, every third claim is left as it is.
    async fn work(&self, gateway: &Gateway, worker: usize, dies: bool) {
        while !self.is_done() {
            let taken = claim(gateway, &format!("worker {worker}"), 3).await;
            if taken.is_null() {
                tokio::time::sleep(Duration::from_millis(5)).await;
                continue;
            }
            let numbers = self.whole_vouchers(&taken);
            if self.is_every_third() && dies {
                self.dropped.lock().unwrap().push(taken);
                continue;
            }
            let sent: Vec<Value> =
                numbers.iter().map(|number| json!({ "voucherId": voucher(number) })).collect();
            let payload = settle(gateway, &taken, Value::Array(sent), json!([])).await;
            assert_eq!(
                (&payload["userErrors"], &payload["remainingCount"]),
                (&json!([]), &json!(0)),
                "{payload:#}"
            );
            let exports = payload["exports"].as_array().unwrap();
            assert!(exports.iter().all(|export| export["remarked"] == json!(false)), "{payload:#}");
            let mut sent: Vec<i64> =
                exports.iter().map(|export| export["entryId"].as_str().unwrap().parse().unwrap()).collect();
            sent.sort_unstable();
            assert_eq!(sent, claimed(&taken));
            self.settled.lock().unwrap().extend(sent);
        }
    }

    /// Ends the leases of what was dropped, until all is sent.
    async fn end_leases(&self, gateway: &Gateway) {
        while !self.is_done() {
            let dropped = std::mem::take(&mut *self.dropped.lock().unwrap());
            for claim in dropped {
                end_lease(gateway, &claim).await;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// All of them at once; then every entry was sent exactly once.
    async fn run(&self, gateway: &Gateway, dies: bool) {
        let work = (0..WORKERS).map(|worker| self.work(gateway, worker, dies));
        let all = futures_util::future::join(futures_util::future::join_all(work), self.end_leases(gateway));
        tokio::time::timeout(Duration::from_secs(120), all).await.expect("the workers come to an end");
        let mut settled = self.settled.lock().unwrap().clone();
        settled.sort_unstable();
        assert_eq!(settled, self.numbers.keys().copied().collect::<Vec<_>>());
        assert_eq!(gateway.unexported("erp").await, [] as [i64; 0]);
        assert_eq!(claim(gateway, "late", 500).await, json!(null));
        let query = "{ accountingEntries(first: 200) { nodes { timeline(first: 100) { nodes { kind } } } } }";
        let found = gateway.data(query, json!({})).await["accountingEntries"]["nodes"].clone();
        assert_eq!(found.as_array().unwrap().len(), self.numbers.len());
        for entry in found.as_array().unwrap() {
            let events = entry["timeline"]["nodes"].as_array().unwrap();
            let marks = events.iter().filter(|event| event["kind"] == json!("EXPORTED"));
            assert_eq!(marks.count(), 1, "{entry:#}");
        }
        whole(gateway).await;
    }
}

/// Statements that insert a line of another program, with this id or the next.
fn insert(backend: DbBackend, name: &str, number: &str, id: Option<i64>) -> String {
    let (column, value, overriding) = match id {
        Some(id) if backend == DbBackend::Postgres => ("id, ", format!("{id}, "), "OVERRIDING SYSTEM VALUE"),
        Some(id) => ("id, ", format!("{id}, "), ""),
        None => ("", String::new(), ""),
    };
    format!(
        "INSERT INTO accounting_entries ({column}external_id, journal_code, entry_number, posting_date, account_number,
            description, debit_ten_thousandths, credit_ten_thousandths)
         {overriding} VALUES ({value}'{name}', 'VE', '{number}', '2026-01-31', '707000', '', 0, 0)"
    )
}

/// Claims for `erp` until nothing is left, and checks after each claim what is pending. Gives the ids, ascending.
async fn claim_all(gateway: &Gateway, first: usize) -> Vec<i64> {
    let mut left = gateway.unexported("erp").await;
    let mut found = Vec::new();
    loop {
        let taken = claim(gateway, "one", first).await;
        if taken.is_null() {
            break;
        }
        let ids = claimed(&taken);
        assert!(ids.iter().all(|id| left.contains(id)), "{ids:?} are not all pending: {left:?}");
        left.retain(|id| !ids.contains(id));
        assert_eq!(in_states(gateway, &["PENDING"]).await, left);
        found.extend(ids);
    }
    assert_eq!(left, [] as [i64; 0]);
    found.sort_unstable();
    assert_eq!(in_states(gateway, &["CLAIMED"]).await, found);
    found
}

on_both_databases! {
    async fn eight_workers_at_once_send_every_entry_once_and_split_no_voucher(gateway: Gateway) {
        Crowd::recorded(&gateway).await.run(&gateway, false).await;
    }

    async fn what_dying_workers_leave_is_sent_once_by_others(gateway: Gateway) {
        let crowd = Crowd::recorded(&gateway).await;
        // However often chance drops the same voucher, it is not parked.
        let configure = "mutation { configureExportSystem(input: { systemId: \"erp\", maxAttempts: 1000 }) {
            userErrors { code } } }";
        let payload = gateway.data(configure, json!({})).await;
        assert_eq!(payload["configureExportSystem"]["userErrors"], json!([]));
        crowd.run(&gateway, true).await;
    }

    async fn a_system_that_nobody_marked_for_is_claimed_for_at_once_whatever_ids_are_missing(gateway: Gateway) {
        gateway.stop_background().await;
        vouchers(&gateway, ["A", "B"]).await;
        let other = gateway.other_program().await;
        let aborted = other.begin().await.unwrap();
        aborted.execute_unprepared(&insert(gateway.backend(), "ABORTED", "X", None)).await.unwrap();
        aborted.rollback().await.unwrap();
        for (name, id) in [("G:1", 50), ("G:2", 90)] {
            run(&gateway, &insert(gateway.backend(), name, "G", Some(id))).await;
        }
        vouchers(&gateway, ["C"]).await;
        let all = gateway.unexported("erp").await;
        assert_eq!(all.len(), 8);
        assert_eq!(claim_all(&gateway, 3).await, all);
        gateway.history_taken_over().await;
        assert_eq!(in_states(&gateway, &["CLAIMED"]).await, all, "the takeover changes nothing");
        assert_eq!(claim(&gateway, "two", 500).await, json!(null));
        let [d] = vouchers(&gateway, ["D"]).await;
        assert_eq!(claimed(&claim(&gateway, "two", 500).await), d);
        whole(&gateway).await;
    }
}

/// The history of the system cannot be settled meanwhile; what others have inserted is claimed all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_system_is_claimed_for_while_a_transaction_stays_open() {
    let gateway = Gateway::on_postgres().await;
    vouchers(&gateway, ["A", "B"]).await;
    let other = gateway.other_program().await;
    let open = other.begin().await.unwrap();
    open.execute_unprepared(&insert(gateway.backend(), "LATE", "L", None)).await.unwrap();
    let [c] = vouchers(&gateway, ["C"]).await;
    let all = gateway.unexported("erp").await;
    assert_eq!(all.len(), 6);
    assert_eq!(claim_all(&gateway, 3).await, all);
    assert_eq!(claim(&gateway, "two", 500).await, json!(null));
    open.commit().await.unwrap();
    let late = claimed(&claim(&gateway, "two", 500).await);
    assert_eq!(late.len(), 1);
    assert!(late[0] < c[0], "it has an id between those that were claimed before");
    gateway.history_taken_over().await;
    assert_eq!(in_states(&gateway, &["PENDING"]).await, [] as [i64; 0]);
    assert_eq!(in_states(&gateway, &["CLAIMED"]).await.len(), 7);
    whole(&gateway).await;
}

/// A worker settles while a person parks the same vouchers, and another worker's claim looks at all of them: nobody
/// waits for ever, and what was sent is marked.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settling_and_parking_at_once_end_with_what_was_sent_marked() {
    let gateway = Gateway::on_postgres().await;
    for round in 0..10 {
        let numbers = [format!("A{round}"), format!("B{round}")];
        let [a, b] = vouchers(&gateway, [numbers[0].as_str(), numbers[1].as_str()]).await;
        let taken = claim(&gateway, "one", 4).await;
        assert_eq!(claimed(&taken), sorted(&[a, b]));
        let sent = json!([{ "voucherId": voucher(&numbers[1]) }, { "voucherId": voucher(&numbers[0]) }]);
        let items = json!([parked(a[0]), parked(b[0])]);
        let (settled, _, next) = futures_util::future::join3(
            settle(&gateway, &taken, sent, json!([])),
            park(&gateway, items),
            claim(&gateway, "two", 500),
        )
        .await;
        assert_eq!(settled["userErrors"], json!([]), "{settled:#}");
        assert_eq!(next, json!(null), "it was claimed, parked or sent at every moment");
        assert_eq!(progress(&gateway, &sorted(&[a, b])).await, each("EXPORTED", 0, 4));
    }
    whole(&gateway).await;
}
