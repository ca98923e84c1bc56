//! Requests that nobody waits for any more, given up at every moment there is. What they began is rolled back, and
//! the connection they used serves the next one as if nothing had been.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use futures_util::StreamExt;
use ledgate::domain::Batch;
use ledgate::domain::access::Right;
use ledgate::domain::page::{Listing, Order, Scope};
use ledgate::service::{Ledger, Mark, MarkDraft, NewToken};
use ledgate::store::schema;
use sea_orm::DatabaseConnection;
use serde_json::json;

use crate::scaling::number;
use crate::support::{Gateway, entries};

/// With one connection, whatever is left on it meets the next call.
const ONE: &[(&str, &str)] = &[("LEDGATE_DATABASE_MAX_CONNECTIONS", "1")];

const MARKED: &str = "SELECT count(*) AS n FROM export_marks";
const EVENTS: &str = "SELECT count(*) AS n FROM timeline_events";

/// Whether the work came to its end within so many steps; if not, it is given up where it is.
async fn ends_within(steps: usize, work: impl Future) -> bool {
    let (mut work, mut left) = (pin!(work), steps);
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(false);
        }
        left -= 1;
        work.as_mut().poll(context).map(|_| true)
    })
    .await
}

/// A mark of two entries, without a door in between.
async fn mark(ledger: &Ledger, ids: &[i64]) {
    let draft = |id: &i64| {
        let system_id = "erp".to_owned();
        Ok(MarkDraft { entry_id: Some(*id), system_id, note: None, version: None, reference: None })
    };
    let call = Batch::<Mark>::parse(ids.iter().map(draft).collect(), None);
    ledger.perform(call, "test").await.unwrap();
}

/// Makes a token, by a statement that stands alone, and asserts that others see it.
async fn lone_statement_is_committed(gateway: &Gateway, other: &DatabaseConnection, round: &str) {
    let new =
        NewToken { name: round.to_owned(), rights: vec![Right::Admin], systems: None, expires_at: None };
    gateway.ledger.create_token(new).await.unwrap();
    let seen =
        number(other, &format!("SELECT count(*) AS n FROM access_tokens WHERE name = '{round}'")).await;
    assert_eq!(seen, 1, "after {round} a statement was not committed");
}

async fn marks_are_whole_and_leave_no_transaction(gateway: Gateway) {
    gateway.stop_background().await;
    let ids = gateway.record(entries(400)).await;
    mark(&gateway.ledger, &ids[398..]).await;
    let other = gateway.other_program().await;
    for (steps, pair) in ids.chunks(2).take(190).enumerate() {
        let before = number(&other, MARKED).await;
        let ended = ends_within(steps, mark(&gateway.ledger, pair)).await;
        lone_statement_is_committed(&gateway, &other, &format!("a mark of {steps} steps")).await;
        let written = number(&other, MARKED).await - before;
        assert!(written == 2 || (written == 0 && !ended), "{written} of a call's 2 marks are there");
        assert_eq!(number(&other, EVENTS).await, number(&other, MARKED).await);
        if ended {
            assert!(steps > 1, "it was never given up");
            return;
        }
    }
    panic!("a mark takes more steps than this test has entries for");
}

async fn questions_leave_no_transaction(gateway: Gateway) {
    gateway.stop_background().await;
    gateway.record(entries(20)).await;
    let other = gateway.other_program().await;
    let export = async || {
        let scope = Scope::unexported("erp".parse().unwrap());
        let listing = Listing { scope, filter: None, order: Order::default() };
        gateway.ledger.stream(listing, None).await.unwrap().entries.map(Result::unwrap).count().await
    };
    let (mut steps, mut all_ended) = (0, false);
    while !all_ended {
        let looked = ends_within(steps, schema::fit(gateway.database())).await;
        lone_statement_is_committed(&gateway, &other, &format!("a look of {steps} steps")).await;
        let exported = ends_within(steps, export()).await;
        lone_statement_is_committed(&gateway, &other, &format!("an export of {steps} steps")).await;
        all_ended = looked && exported;
        steps += 1;
    }
    assert!(steps > 2, "nothing was given up");
}

/// Clients that close their connections, at moments that differ by microseconds.
async fn clients_go_away(gateway: Gateway) {
    let ids = gateway.record(entries(300)).await;
    gateway.mark("erp", &ids[299..]).await;
    gateway.history_taken_over().await;
    let other = gateway.other_program().await;
    let client = |lane: usize| {
        let (gateway, ids) = (&gateway, &ids);
        async move {
            let mut acknowledged = 0;
            for (turn, id) in ids[..299].iter().skip(lane).step_by(6).enumerate() {
                let items = [json!({ "accounting_entry_id": id, "system_id": "erp" })];
                let body = json!({ "accounting_entries": items });
                let answer = gateway.post("/v10/accounting-entries/mark-as-exported", &body);
                // Up to a tenth of a second: a mark takes so long on a machine that has much else to do.
                let patience = Duration::from_micros((turn * turn) as u64 * 40);
                if let Ok(answer) = tokio::time::timeout(patience, answer).await {
                    assert_eq!(answer.status(), 200);
                    acknowledged += 1;
                }
            }
            acknowledged
        }
    };
    let acknowledged: i64 = futures_util::future::join_all((0..6).map(client)).await.into_iter().sum();
    // The next call waits for those on their way, and each is there or not.
    gateway.mark("erp", &ids[299..]).await;
    let pending = "SELECT count(*) AS n FROM pending_exports";
    let whole = async {
        while number(&other, MARKED).await + number(&other, pending).await != 300 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), whole).await.expect("marks and pending rows disagree");
    assert!(number(&other, MARKED).await > acknowledged, "an acknowledged mark is not there");
    assert!((1..299).contains(&acknowledged), "{acknowledged} of 299 clients waited");
    if gateway.database_url.starts_with("postgres:") {
        let open = "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database()
            AND application_name = 'ledgate' AND state LIKE 'idle in transaction%'";
        let closed = async {
            while number(&other, open).await > 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), closed).await.expect("a transaction was left open");
    }
}

macro_rules! on_one_connection {
    ($($name:ident)*) => {$(
        mod $name {
            use super::*;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name(Gateway::on_sqlite_with(ONE).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                super::$name(Gateway::on_postgres_with(ONE).await).await;
            }
        }
    )*};
}

on_one_connection! { marks_are_whole_and_leave_no_transaction questions_leave_no_transaction clients_go_away }
