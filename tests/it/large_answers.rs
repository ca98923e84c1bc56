//! Conditions that leave few of many are answered another way than those that leave many: the answers are alike.

use sea_orm::{ConnectionTrait, DbBackend};
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

/// What `erp` had not been sent at one o'clock, read page by page from the beginning or from the end, in the order of
/// reading.
async fn all_pages(gateway: &Gateway, from_end: bool, arguments: &str) -> Vec<i64> {
    let (part, more, next) = match from_end {
        false => ("first: 500, after: $cursor", "hasNextPage", "endCursor"),
        true => ("last: 500, before: $cursor", "hasPreviousPage", "startCursor"),
    };
    let query = format!(
        "query($cursor: String) {{ unexportedEntries(systemId: \"erp\", notExportedSince: \"2026-03-01T13:00:00Z\",
            {part}, {arguments}) {{ nodes {{ id }} pageInfo {{ {more} {next} }} }} }}"
    );
    let (mut found, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let page = gateway.data(&query, json!({ "cursor": cursor })).await["unexportedEntries"].clone();
        let mut on_page = ids(&page["nodes"]);
        if from_end {
            on_page.reverse();
        }
        found.extend(on_page);
        if page["pageInfo"][more] == json!(false) {
            return found;
        }
        cursor = page["pageInfo"][next].clone();
    }
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

    async fn an_answer_as_of_long_ago_is_paged_from_block_to_block(gateway: Gateway) {
        gateway.insert_elsewhere(MANY).await;
        gateway.mark("erp", &[2]).await;
        gateway.history_taken_over().await;
        let moment = |text: &str| text.parse::<ledgate::domain::Timestamp>().unwrap().micros();
        let (early, late) = (moment("2026-03-01T12:30:00Z"), moment("2026-03-01T14:00:00Z"));
        let by_itself = if gateway.backend() == DbBackend::Postgres { "OVERRIDING SYSTEM VALUE" } else { "" };
        let other = gateway.other_program().await;
        // Ids may be as far apart as numbers are.
        let far = [4_000_000_000_000, 9_000_000_000_000_000];
        for id in far {
            let insert = format!(
                "INSERT INTO accounting_entries (id, external_id, journal_code, entry_number, posting_date,
                    account_number, description, debit_ten_thousandths, credit_ten_thousandths) {by_itself}
                 VALUES ({id}, 'far:{id}', 'VE', '1', '2026-01-31', '707000', 'rare', 10000, 0)"
            );
            other.execute_unprepared(&insert).await.unwrap();
        }
        // Some are pending, of the others some are marked early and some late, and some are withdrawn.
        let statements = [
            format!(
                "INSERT INTO export_marks (entry_id, system_key, marked_at)
                 SELECT entry_id, system_key,
                     CASE WHEN entry_id > 12000 OR entry_id % 500 = 3 THEN {late} ELSE {early} END
                 FROM pending_exports WHERE entry_id % 1000 <> 7"
            ),
            "DELETE FROM pending_exports WHERE entry_id % 1000 <> 7".to_owned(),
            format!("UPDATE accounting_entries SET withdrawn_at = {late} WHERE id % 777 = 0"),
        ];
        for statement in statements {
            other.execute_unprepared(&statement).await.unwrap();
        }
        gateway.set_clock("2026-03-01T15:00:00Z");
        let upwards: Vec<i64> = (1..=i64::try_from(MANY).unwrap())
            .chain(far)
            .filter(|id| *id != 2 && id % 777 != 0)
            .filter(|id| *id > 12_000 || id % 500 == 3 || id % 1000 == 7)
            .collect();
        let downwards: Vec<i64> = upwards.iter().rev().copied().collect();
        let descending = "orderBy: { field: ID, direction: DESC }";
        let ascending = "orderBy: { field: ID }";
        assert_eq!(all_pages(&gateway, false, ascending).await, upwards);
        assert_eq!(all_pages(&gateway, true, ascending).await, downwards);
        assert_eq!(all_pages(&gateway, false, descending).await, downwards);
        assert_eq!(all_pages(&gateway, true, descending).await, upwards);
        let rare: Vec<i64> = upwards.iter().copied().filter(|id| id % 100 == 0).collect();
        let filter = "filter: { description: { eq: \"rare\" } }";
        assert_eq!(all_pages(&gateway, false, filter).await, rare);
        let query = "{ unexportedVouchers(systemId: \"erp\", notExportedSince: \"2026-03-01T13:00:00Z\", first: 2)
            { nodes { id } } }";
        let vouchers = gateway.data(query, json!({})).await["unexportedVouchers"]["nodes"].clone();
        assert_eq!(vouchers.as_array().unwrap().len(), 1, "all entries are of one voucher: {vouchers}");
    }
}
