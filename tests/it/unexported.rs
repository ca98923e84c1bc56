//! What a system has not been sent, now and as of a moment.

use serde_json::json;

use crate::on_both_databases;
use crate::support::entries;

const T1: &str = "2026-03-01T13:00:00.000000Z";
const T1_BEFORE: &str = "2026-03-01T12:59:59.999999Z";
const T2: &str = "2026-03-01T14:00:00.000000Z";

on_both_databases! {
    async fn a_system_that_nobody_marked_for_has_everything_before_it(gateway: Gateway) {
        let ids = gateway.record(entries(3)).await;
        assert_eq!(gateway.unexported("never.heard-of:it_1").await, ids);
        let systems = gateway.data("{ exportSystems { nodes { id } } }", json!({})).await;
        assert_eq!(systems["exportSystems"]["nodes"], json!([]), "reading made a system known");
    }

    async fn a_marked_entry_is_gone_for_its_system_only(gateway: Gateway) {
        let ids = gateway.record(entries(5)).await;
        gateway.mark("erp", &ids[1..3]).await;
        assert_eq!(gateway.unexported("erp").await, [ids[0], ids[3], ids[4]]);
        assert_eq!(gateway.unexported("warehouse").await, ids);
        assert_eq!(gateway.unexported("ERP").await, ids, "system ids are case-sensitive");
    }

    async fn what_is_recorded_later_is_unexported_for_every_system(gateway: Gateway) {
        let first = gateway.record(entries(2)).await;
        gateway.mark("erp", &first).await;
        gateway.mark("warehouse", &first[..1]).await;
        let later = gateway.record(entries(4)).await;
        assert_eq!(gateway.unexported("erp").await, later[2..]);
        assert_eq!(gateway.unexported("warehouse").await, later[1..]);
    }

    async fn a_mark_at_exactly_the_moment_counts_as_exported(gateway: Gateway) {
        let ids = gateway.record(entries(3)).await;
        gateway.set_clock(T1);
        gateway.mark("erp", &ids[..1]).await;
        gateway.set_clock(T2);
        gateway.mark("erp", &ids[1..2]).await;
        gateway.set_clock("2026-03-01T15:00:00Z");
        assert_eq!(gateway.unexported_since("erp", Some(T1_BEFORE)).await, ids);
        assert_eq!(gateway.unexported_since("erp", Some(T1)).await, ids[1..]);
        assert_eq!(gateway.unexported_since("erp", Some("2026-03-01T13:00:00.000001Z")).await, ids[1..]);
        assert_eq!(gateway.unexported_since("erp", Some(T2)).await, ids[2..]);
        assert_eq!(gateway.unexported_since("erp", Some("0001-01-01T00:00:00Z")).await, ids);
    }

    async fn a_moment_to_come_means_now(gateway: Gateway) {
        let ids = gateway.record(entries(3)).await;
        gateway.set_clock(T2);
        gateway.mark("erp", &ids[..1]).await;
        // The clock of this gateway is behind the one that marked: what is marked stays exported all the same.
        gateway.set_clock(T1);
        assert_eq!(gateway.unexported_since("erp", Some("9999-12-31T23:59:59Z")).await, ids[1..]);
        assert_eq!(gateway.unexported_since("erp", Some(T1)).await, ids[1..]);
        assert_eq!(gateway.unexported("erp").await, ids[1..]);
    }

    async fn the_newest_mark_counts(gateway: Gateway) {
        let ids = gateway.record(entries(2)).await;
        gateway.set_clock(T1);
        gateway.mark("erp", &ids[..1]).await;
        gateway.set_clock(T2);
        gateway.mark("erp", &ids[..1]).await;
        gateway.set_clock("2026-03-01T15:00:00Z");
        assert_eq!(gateway.unexported_since("erp", Some(T1)).await, ids);
        assert_eq!(gateway.unexported_since("erp", Some(T2)).await, ids[1..]);
    }

    async fn a_changed_entry_does_not_become_unexported_again(gateway: Gateway) {
        let ids = gateway.record(entries(2)).await;
        gateway.mark("erp", &ids).await;
        gateway.set_clock(T1);
        let mut changed = entries(1);
        changed[0]["description"] = json!("changed");
        assert_eq!(gateway.record(changed).await, ids[..1]);
        assert_eq!(gateway.unexported("erp").await, [] as [i64; 0]);
        let found = gateway.data(
            "query($f: AccountingEntryFilter!) { accountingEntries(filter: $f) { nodes { entryId description } } }",
            json!({ "f": { "updatedAt": { "gte": T1 } } }),
        ).await;
        let expected = json!([{ "entryId": ids[0].to_string(), "description": "changed" }]);
        assert_eq!(found["accountingEntries"]["nodes"], expected);
    }

    async fn pages_of_an_answer_as_of_a_moment_do_not_shrink_under_marks(gateway: Gateway) {
        let ids = gateway.record(entries(9)).await;
        gateway.set_clock(T1);
        gateway.mark("erp", &ids[..6]).await;
        gateway.set_clock(T2);
        let query = "query($after: String) { unexportedEntries(
            systemId: \"erp\", notExportedSince: \"2026-03-01T12:30:00Z\", first: 2, after: $after) {
            nodes { id } pageInfo { hasNextPage endCursor } } }";
        let (mut seen, mut after) = (Vec::new(), json!(null));
        loop {
            let page = gateway.data(query, json!({ "after": after })).await["unexportedEntries"].clone();
            let found = crate::support::gateway::ids(&page["nodes"]);
            gateway.mark("erp", &found).await;
            seen.extend(found);
            if page["pageInfo"]["hasNextPage"] == json!(false) {
                break;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
        assert_eq!(seen, ids);
        assert_eq!(gateway.unexported("erp").await, [] as [i64; 0]);
    }
}
