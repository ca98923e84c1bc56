//! Background work: a list of jobs, none of which keeps another waiting.

use std::future::Future;
use std::time::Duration;

use ledgate::store::jobs::{Lease, renew, take_lease};
use ledgate::store::takeover::{SMALL_CHUNK, unfinished};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::on_both_databases;
use crate::scaling::number;
use crate::support::{Gateway, entries};

/// Runs the background work beside the other work, and stops it when that has ended.
async fn with_background<T>(gateway: &Gateway, other: impl Future<Output = T>) -> T {
    let stop = CancellationToken::new();
    let (ledger, stopped) = (gateway.ledger.clone(), stop.clone());
    let background = tokio::spawn(async move { ledger.work_in_background(stopped).await });
    let result = other.await;
    stop.cancel();
    background.await.unwrap();
    result
}

/// Longer than any test.
const LONG: Duration = Duration::from_secs(600);

async fn take(gateway: &Gateway, job: &'static str, length: Duration) -> Option<Lease> {
    let transaction = gateway.database().begin().await.unwrap();
    let lease = take_lease(&transaction, job, length).await.unwrap();
    transaction.commit().await.unwrap();
    lease
}

async fn renewed(gateway: &Gateway, lease: &Lease, length: Duration) -> bool {
    let transaction = gateway.database().begin().await.unwrap();
    let is_ours = renew(&transaction, lease, length).await.unwrap();
    transaction.commit().await.unwrap();
    is_ours
}

/// Asks until the condition holds.
async fn until(condition: impl AsyncFn() -> bool) {
    while !condition().await {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

on_both_databases! {
    async fn old_idempotency_keys_are_forgotten_and_younger_ones_kept(gateway: Gateway) {
        gateway.stop_background().await;
        let other = gateway.other_program().await;
        let keys = "SELECT count(*) AS n FROM idempotency_keys";
        let ids = gateway.record(entries(2)).await;
        let item = |id: i64| vec![json!({ "entryId": id.to_string(), "systemId": "erp" })];
        gateway.mark_items(item(ids[0]), Some("old")).await;
        // More than one transaction forgets.
        let many = match gateway.backend() {
            sea_orm::DbBackend::Postgres => "FROM generate_series(1, 1200) AS numbers(n)",
            _ => "FROM (WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1200) SELECT n FROM numbers)",
        };
        let insert = format!("INSERT INTO idempotency_keys (key, request_digest, answer, used_at) SELECT 'old ' || n, '', '', 0 {many}");
        other.execute_unprepared(&insert).await.unwrap();
        gateway.set_clock("2026-03-02T13:00:00Z");
        let young = gateway.mark_items(item(ids[1]), Some("young")).await;
        assert_eq!(number(&other, keys).await, 1_202);
        // Kept for 24 hours at least, and forgotten after 48.
        gateway.set_clock("2026-03-03T12:00:01Z");
        other.execute_unprepared("DELETE FROM background_jobs").await.unwrap();
        with_background(&gateway, until(async || number(&other, keys).await == 1)).await;
        assert_eq!(gateway.mark_items(item(ids[1]), Some("young")).await, young);
        let again = gateway.mark_items(item(ids[0]), Some("old")).await;
        assert_eq!(again["exports"][0]["remarked"], json!(true), "the old key was kept");
    }

    async fn claims_are_forgotten_thirty_days_after_they_ended(gateway: Gateway) {
        gateway.stop_background().await;
        gateway.record(entries(2)).await;
        let claim = async || {
            let query = "mutation { claimExports(input: { systemId: \"erp\", first: 1, worker: \"w\" }) { claim { claimId } } }";
            gateway.data(query, json!({})).await["claimExports"]["claim"]["claimId"].clone()
        };
        let release = async |id: &Value| {
            let query = "mutation($id: ID!) { releaseClaim(input: { claimId: $id }) { userErrors { code } } }";
            gateway.data(query, json!({ "id": id })).await;
        };
        let old = claim().await;
        release(&old).await;
        gateway.set_clock("2026-03-20T12:00:00Z");
        let young = claim().await;
        release(&young).await;
        let open = claim().await;
        gateway.set_clock("2026-04-01T12:00:01Z");
        let other = gateway.other_program().await;
        other.execute_unprepared("DELETE FROM background_jobs").await.unwrap();
        let claims = "SELECT count(*) AS n FROM export_claims";
        with_background(&gateway, until(async || number(&other, claims).await == 2)).await;
        let query = "query($id: ID!) { exportClaim(claimId: $id) { claimId entries(first: 9) { nodes { version } } } }";
        for (id, lines) in [(&young, 2), (&open, 2)] {
            let kept = gateway.data(query, json!({ "id": id })).await["exportClaim"].clone();
            assert_eq!(kept["entries"]["nodes"].as_array().unwrap().len(), lines, "{kept:#}");
        }
        let orphans = "SELECT count(*) AS n FROM export_claim_entries WHERE claim_key NOT IN (SELECT key FROM export_claims)";
        assert_eq!(number(&other, orphans).await, 0);
    }

    async fn a_lease_is_held_by_one_until_it_ends(gateway: Gateway) {
        let other = gateway.another().await;
        let first = take(&gateway, "test", LONG).await.expect("nobody had it");
        assert!(take(&other, "test", LONG).await.is_none(), "two have the lease");
        assert!(take(&gateway, "test", LONG).await.is_none(), "two have the lease");
        assert!(take(&other, "another test", LONG).await.is_some());
        assert!(renewed(&gateway, &first, Duration::ZERO).await);
        // It has ended, and is still renewed as long as nobody took it.
        assert!(renewed(&gateway, &first, LONG).await);
        assert!(take(&other, "test", LONG).await.is_none(), "a renewed lease was taken");
        assert!(renewed(&gateway, &first, Duration::ZERO).await);
        let second = take(&other, "test", Duration::ZERO).await.expect("it had ended");
        assert!(!renewed(&gateway, &first, LONG).await, "a lease that was lost was renewed");
        assert!(renewed(&other, &second, LONG).await);
    }

    async fn of_many_gateways_at_once_one_gets_the_lease(gateway: Gateway) {
        let gateways = [gateway.another().await, gateway.another().await, gateway];
        let takers = (0..12).map(|number| take(&gateways[number % 3], "test", LONG));
        let taken = futures_util::future::join_all(takers).await;
        assert_eq!(taken.into_iter().flatten().count(), 1);
    }

    async fn a_job_that_fails_keeps_no_other_from_its_work(gateway: Gateway) {
        gateway.stop_background().await;
        gateway.insert_elsewhere(SMALL_CHUNK + 1).await;
        let other = gateway.other_program().await;
        // Leases cannot be taken any more.
        other.execute_unprepared("ALTER TABLE background_jobs RENAME TO background_jobs_away").await.unwrap();
        gateway.mark("erp", &[1]).await;
        let taken_over = async || unfinished(gateway.database().reader()).await.unwrap().is_empty();
        with_background(&gateway, until(taken_over)).await;
        let pending = number(&other, "SELECT count(*) AS n FROM pending_exports").await;
        assert_eq!(pending, i64::try_from(SMALL_CHUNK).unwrap());
    }

    async fn systems_with_long_histories_take_turns(gateway: Gateway) {
        gateway.stop_background().await;
        gateway.insert_elsewhere(12 * SMALL_CHUNK).await;
        for system in ["one", "two", "three"] {
            gateway.mark(system, &[1]).await;
        }
        let other = gateway.other_program().await;
        let left = async || unfinished(gateway.database().reader()).await.unwrap().len();
        let furthest_behind = with_background(&gateway, async {
            until(async || left().await < 3).await;
            number(&other, "SELECT min(taken_over_to) AS n FROM export_systems").await
        })
        .await;
        let all = i64::try_from(12 * SMALL_CHUNK).unwrap();
        let a_step_or_two = i64::try_from(2 * SMALL_CHUNK).unwrap();
        assert!(furthest_behind >= all - a_step_or_two, "one is done, another one has come to {furthest_behind} of {all}");
    }
}
