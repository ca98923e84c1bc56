//! Conditions that leave few of many are answered another way than those that leave many: the answers are alike.

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::gateway::{Gateway, entry, ids};

/// More than are sorted at once.
const MANY: u64 = 20_050;

async fn page(gateway: &Gateway, arguments: &str, filter: Value) -> Vec<i64> {
    let query = format!(
        "query($filter: AccountingEntryFilter!) {{
            unexportedEntries(systemId: \"erp\", filter: $filter, {arguments}) {{ nodes {{ id }} }} }}"
    );
    ids(&gateway.data(&query, json!({ "filter": filter })).await["unexportedEntries"]["nodes"])
}

/// Every entry marked at `moment` for a system that is known, by the hand of an operator.
async fn mark_all_elsewhere(gateway: &Gateway, moment: i64) {
    let program = gateway.other_program().await;
    let marks = format!(
        "INSERT INTO export_marks (entry_id, system_key, marked_at)
         SELECT entry_id, system_key, {moment} FROM pending_exports"
    );
    program.execute_unprepared(&marks).await.unwrap();
    program.execute_unprepared("DELETE FROM pending_exports").await.unwrap();
}

on_both_databases! {
    async fn a_filter_finds_few_and_many_alike(gateway: Gateway) {
        gateway.insert_elsewhere(MANY).await;
        let mut late = entry("LATE");
        late["postingDate"] = json!("2026-02-01");
        let late = gateway.record(vec![late]).await;
        for known in [false, true] {
            if known {
                gateway.mark("erp", &[1]).await;
                gateway.history_taken_over().await;
            }
            let first = if known { 2 } else { 1 };
            let many = json!({ "postingDate": { "eq": "2026-01-31" } });
            let last = i64::try_from(MANY).unwrap();
            assert_eq!(page(&gateway, "first: 3", many.clone()).await, [first, first + 1, first + 2]);
            assert_eq!(page(&gateway, "last: 2", many).await, [last - 1, last]);
            let few = json!({ "postingDate": { "gt": "2026-01-31" } });
            assert_eq!(page(&gateway, "first: 3", few.clone()).await, late);
            assert_eq!(page(&gateway, "last: 3", few).await, late);
            let by_id = json!({ "id": { "gte": (last - 1).to_string() } });
            assert_eq!(page(&gateway, "first: 500", by_id).await, [last - 1, last, late[0]]);
        }
    }

    async fn many_marks_since_a_moment_are_sent_again_like_few(gateway: Gateway) {
        gateway.insert_elsewhere(MANY).await;
        gateway.mark("erp", &[2]).await;
        gateway.history_taken_over().await;
        let moment: ledgate::domain::Timestamp = "2026-03-01T13:00:00Z".parse().unwrap();
        mark_all_elsewhere(&gateway, moment.micros()).await;
        gateway.set_clock("2026-03-01T15:00:00Z");
        let everything = json!({ "debit": { "gte": "0.00" } });
        let since = |since: &str, page: &str| format!("notExportedSince: \"{since}\", {page}");
        let many = since("2026-03-01T12:00:00Z", "first: 3");
        assert_eq!(page(&gateway, &many, everything.clone()).await, [1, 3, 4]);
        let last = i64::try_from(MANY).unwrap();
        let many = since("2026-03-01T11:59:59Z", "first: 3");
        assert_eq!(page(&gateway, &many, everything.clone()).await, [1, 2, 3]);
        let many = since("2026-03-01T12:00:00Z", "last: 1");
        assert_eq!(page(&gateway, &many, everything.clone()).await, [last]);
        gateway.set_clock("2026-03-01T14:00:00Z");
        gateway.mark("erp", &[7, last]).await;
        gateway.set_clock("2026-03-01T15:00:00Z");
        let few = since("2026-03-01T13:00:00Z", "first: 3");
        assert_eq!(page(&gateway, &few, everything).await, [7, last]);
    }
}
