//! Counts never claim more than was looked at.

use serde_json::{Value, json};

use super::page;
use crate::on_both_databases;
use crate::support::gateway::ids;
use crate::support::{Gateway, entries};

async fn total(gateway: &Gateway, list: &str, filter: Option<&Value>) -> (i64, String) {
    let variable = if filter.is_some() { "($f: AccountingEntryFilter!)" } else { "" };
    let query = format!("query{variable} {{ list: {list} {{ totalCount {{ count precision }} }} }}");
    let variables = filter.map_or(json!({}), |filter| json!({ "f": filter }));
    let total = gateway.data(&query, variables).await["list"]["totalCount"].clone();
    (total["count"].as_i64().unwrap(), total["precision"].as_str().unwrap().to_owned())
}

on_both_databases! {
    async fn a_count_is_exact_up_to_ten_thousand_and_says_when_it_is_not(gateway: Gateway) {
        let exact = |count: i64| (count, "EXACT".to_owned());
        let at_least = |count: i64| (count, "AT_LEAST".to_owned());
        let ledger = "accountingEntries";
        let unknown = "unexportedEntries(systemId: \"unknown\")";
        let erp = "unexportedEntries(systemId: \"erp\")";
        let since = "unexportedEntries(systemId: \"erp\", notExportedSince: \"2026-03-01T00:00:00Z\")";
        for field in [ledger, unknown, erp, since] {
            assert_eq!(total(&gateway, field, None).await, exact(0), "{field}");
        }
        gateway.insert_elsewhere(10_000).await;
        let first = ids(&page(&gateway, None, json!({ "first": 10 })).await["nodes"]);
        for field in [ledger, unknown, erp, since] {
            assert_eq!(total(&gateway, field, None).await, exact(10_000), "{field}");
        }
        gateway.mark("erp", &first).await;
        gateway.set_clock("2026-03-05T12:00:00Z");
        assert_eq!(total(&gateway, ledger, None).await, exact(10_000));
        assert_eq!(total(&gateway, erp, None).await, exact(9_990));
        assert_eq!(total(&gateway, since, None).await, exact(10_000));

        gateway.record(entries(1)).await;
        assert_eq!(total(&gateway, ledger, None).await, at_least(10_000));
        assert_eq!(total(&gateway, unknown, None).await, at_least(10_000));
        assert_eq!(total(&gateway, erp, None).await, exact(9_991));
        assert_eq!(total(&gateway, since, None).await, at_least(10_000));

        // Conditions that an index answers choose what is counted; the others are tested on no more than that.
        let filtered = "accountingEntries(filter: $f)";
        let rare = json!({ "description": { "eq": "rare" } });
        assert_eq!(total(&gateway, filtered, Some(&rare)).await, at_least(100));
        let chosen = json!({ "id": { "gt": first[9].to_string() }, "description": { "eq": "rare" } });
        assert_eq!(total(&gateway, filtered, Some(&chosen)).await, exact(100));
        let chosen = json!({ "id": { "lte": first[9].to_string() }, "description": { "eq": "often" } });
        assert_eq!(total(&gateway, filtered, Some(&chosen)).await, exact(10));
        let unexported = "unexportedEntries(systemId: \"erp\", filter: $f)";
        assert_eq!(total(&gateway, unexported, Some(&chosen)).await, exact(0));
        assert_eq!(total(&gateway, unexported, Some(&rare)).await, exact(100));
    }
}
