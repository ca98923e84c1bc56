//! Empty pages, and the pages of the lists that are not lists of entries: they are asked for and shown alike.

use serde_json::{Value, json};

use super::page;
use crate::on_both_databases;
use crate::support::pages::{more, nodes, on_page};
use crate::support::{Gateway, entries};

/// A page of the systems, or of the timeline of the one entry there is: what tells its items apart, and its page info.
async fn other_page(gateway: &Gateway, list: &str, arguments: &Value) -> (Vec<Value>, Value) {
    let (item, arguments_text) = match list {
        "exportSystems" => ("systemId", "first: $first, after: $after, last: $last, before: $before"),
        _ => ("id", "first: $first, after: $after, last: $last, before: $before"),
    };
    let connection = format!(
        "{list}({arguments_text}) {{ edges {{ cursor node {{ {item} }} }} nodes {{ {item} }}
            pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }}"
    );
    let within = match list {
        "exportSystems" => connection,
        _ => format!("accountingEntry(id: \"1\") {{ {connection} }}"),
    };
    let query = format!("query($first: Int, $after: String, $last: Int, $before: String) {{ {within} }}");
    let data = gateway.data(&query, arguments.clone()).await;
    let page = if list == "exportSystems" { &data[list] } else { &data["accountingEntry"][list] };
    (nodes(page).iter().map(|node| node[item].clone()).collect(), page.clone())
}

/// An entry that was exported to five systems, each event at a moment of its own.
async fn exported_to_five(gateway: &Gateway) -> Vec<Value> {
    gateway.record(entries(1)).await;
    let systems = ["a", "b", "c", "d", "e"];
    for (number, system) in systems.iter().enumerate() {
        gateway.set_clock(&format!("2026-03-01T13:00:00.00000{number}Z"));
        gateway.mark(system, &[1]).await;
    }
    systems.iter().map(|system| json!(system)).collect()
}

on_both_databases! {
    async fn a_page_of_nothing_still_tells_whether_there_is_more(gateway: Gateway) {
        let all = gateway.record(entries(3)).await;
        let whole = page(&gateway, None, json!({})).await;
        let cursor = |index: usize| whole["edges"][index]["cursor"].clone();
        for (arguments, has_previous, has_next) in [
            (json!({ "first": 0 }), false, true),
            (json!({ "last": 0 }), true, false),
            (json!({ "first": 0, "after": cursor(0) }), true, true),
            (json!({ "first": 0, "after": cursor(2) }), true, false),
            (json!({ "last": 0, "before": cursor(2) }), true, true),
            (json!({ "last": 0, "before": cursor(0) }), false, true),
            (json!({ "first": 0, "filter": { "id": { "lt": "0" } } }), false, false),
        ] {
            for system in [None, Some("erp")] {
                // A cursor of one list is none of the other's.
                if system.is_some() && arguments.as_object().unwrap().values().any(Value::is_string) {
                    continue;
                }
                let page = page(&gateway, system, arguments.clone()).await;
                assert_eq!(on_page(&page), [] as [i64; 0], "{arguments}");
                assert_eq!(more(&page), (has_previous, has_next), "{arguments}");
            }
        }
        // By REST there is no such page: it would look as if there were nothing to export.
        for path in [
            "/v10/accounting-entries?limit=0".to_owned(),
            "/v10/accounting-entries/export?system_id=erp&limit=0".to_owned(),
            format!("/v10/accounting-entries/{}/timeline?limit=0", all[0]),
        ] {
            let answer = gateway.get(&path).await;
            assert_eq!(answer.status(), 400, "{path}");
            let problem: Value = answer.json().await.unwrap();
            assert_eq!((&problem["code"], &problem["errors"][0]["path"]), (&json!("INVALID_PAGE_SIZE"), &json!(["limit"])));
        }
    }

    async fn systems_and_timelines_are_paged_from_either_end(gateway: Gateway) {
        let systems = exported_to_five(&gateway).await;
        let (events, _) = other_page(&gateway, "timeline", &json!({})).await;
        assert_eq!((events.len(), &events[0]), (6, &json!("event/recorded/1")));
        for (list, all) in [("exportSystems", &systems), ("timeline", &events)] {
            let (_, whole) = other_page(&gateway, list, &json!({})).await;
            assert_eq!(more(&whole), (false, false), "{list}");
            let cursor = |index: usize| whole["edges"][index]["cursor"].clone();
            let (end, last) = (all.len(), all.len() - 1);
            for (arguments, found, has_previous, has_next) in [
                (json!({ "first": 2 }), 0..2, false, true),
                (json!({ "first": end }), 0..end, false, false),
                (json!({ "first": 2, "after": cursor(0) }), 1..3, true, true),
                (json!({ "first": 9, "after": cursor(last) }), end..end, true, false),
                (json!({ "last": 2 }), end - 2..end, true, false),
                (json!({ "last": end }), 0..end, false, false),
                (json!({ "last": end - 1 }), 1..end, true, false),
                (json!({ "last": 2, "before": cursor(3) }), 1..3, true, true),
                (json!({ "last": 9, "before": cursor(3) }), 0..3, false, true),
                (json!({ "last": 9, "before": cursor(0) }), 0..0, false, true),
                (json!({ "first": 9, "before": cursor(0) }), 0..0, false, false),
                (json!({ "first": 9, "after": cursor(0), "before": cursor(3) }), 1..3, true, false),
                (json!({ "last": 1, "after": cursor(0), "before": cursor(3) }), 2..3, true, true),
                (json!({ "first": 0 }), 0..0, false, true),
                (json!({ "last": 0 }), 0..0, true, false),
                (json!({ "first": 0, "after": cursor(last) }), 0..0, true, false),
                (json!({ "last": 0, "before": cursor(0) }), 0..0, false, true),
            ] {
                let (items, page) = other_page(&gateway, list, &arguments).await;
                assert_eq!(items, all[found], "{list} {arguments}");
                assert_eq!(more(&page), (has_previous, has_next), "{list} {arguments}");
            }
            for size in [1, 2, 100] {
                for (count, edge, near, far) in
                    [("first", "after", "endCursor", "hasNextPage"), ("last", "before", "startCursor", "hasPreviousPage")]
                {
                    let (mut walked, mut place) = (Vec::new(), Value::Null);
                    loop {
                        let (items, page) = other_page(&gateway, list, &json!({ count: size, edge: place })).await;
                        let at = if count == "first" { walked.len() } else { 0 };
                        walked.splice(at..at, items);
                        assert!(walked.len() <= all.len(), "{list} {count} {size}: the pages have no end");
                        if page["pageInfo"][far] == json!(false) {
                            break;
                        }
                        place = page["pageInfo"][near].clone();
                    }
                    assert_eq!(walked, *all, "{list} {count} {size}");
                }
            }
        }
    }

    async fn pages_of_systems_and_timelines_are_bounded_as_those_of_entries(gateway: Gateway) {
        exported_to_five(&gateway).await;
        let foreign = page(&gateway, None, json!({})).await["pageInfo"]["endCursor"].as_str().unwrap().to_owned();
        for (arguments, code, argument) in [
            ("first: -1".to_owned(), "INVALID_PAGE_SIZE", json!(["first"])),
            ("first: 101".to_owned(), "INVALID_PAGE_SIZE", json!(["first"])),
            ("last: -1".to_owned(), "INVALID_PAGE_SIZE", json!(["last"])),
            ("last: 101".to_owned(), "INVALID_PAGE_SIZE", json!(["last"])),
            ("first: 1, last: 1".to_owned(), "INVALID_PAGE_SIZE", json!([])),
            ("after: \"x\"".to_owned(), "INVALID_CURSOR", json!(["after"])),
            ("last: 1, before: \"x\"".to_owned(), "INVALID_CURSOR", json!(["before"])),
            (format!("after: \"{foreign}\""), "INVALID_CURSOR", json!(["after"])),
        ] {
            for query in [
                format!("{{ exportSystems({arguments}) {{ nodes {{ id }} }} }}"),
                format!("{{ imports({arguments}) {{ nodes {{ id }} }} }}"),
                format!("{{ accountingEntry(id: \"1\") {{ timeline({arguments}) {{ nodes {{ id }} }} }} }}"),
            ] {
                let answer = gateway.graphql(&query, json!({})).await;
                let extensions = &answer["errors"][0]["extensions"];
                assert_eq!((&extensions["code"], &extensions["argument"]), (&json!(code), &argument), "{query}");
            }
        }
    }
}
