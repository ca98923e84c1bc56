//! Pages: walked in any order and from either end they give the whole list once, whatever others do meanwhile.

mod counts;
mod cursors;
mod meanwhile;
mod other_lists;

use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::pages::{more, on_page};
use crate::support::{Gateway, entries};

/// Eight ways to order a list.
const ORDERS: [(&str, &str); 8] = [
    ("ID", "ASC"),
    ("ID", "DESC"),
    ("CREATED_AT", "ASC"),
    ("CREATED_AT", "DESC"),
    ("UPDATED_AT", "ASC"),
    ("UPDATED_AT", "DESC"),
    ("POSTING_DATE", "ASC"),
    ("POSTING_DATE", "DESC"),
];

/// The connection of the ledger, or of what a system has not been sent.
async fn page(gateway: &Gateway, system: Option<&str>, arguments: Value) -> Value {
    let answer = ask(gateway, system, &arguments).await;
    assert_eq!(answer.get("errors"), None, "{arguments}: {answer:#}");
    answer["data"]["page"].clone()
}

async fn ask(gateway: &Gateway, system: Option<&str>, arguments: &Value) -> Value {
    let (name, system_variable, system_argument) = match system {
        Some(_) => (
            "unexportedEntries",
            "$systemId: SystemId!, $notExportedSince: DateTime,",
            "systemId: $systemId, notExportedSince: $notExportedSince,",
        ),
        None => ("accountingEntries", "", ""),
    };
    // A filter that is not given must not be mentioned: a variable that is not set would be null.
    let (filter_variable, filter_argument) = match arguments.get("filter") {
        Some(_) => ("$filter: AccountingEntryFilter,", "filter: $filter,"),
        None => ("", ""),
    };
    let query = format!(
        "query({system_variable} {filter_variable} $orderBy: AccountingEntryOrder,
               $first: Int, $after: String, $last: Int, $before: String) {{
            page: {name}({system_argument} {filter_argument} orderBy: $orderBy,
                         first: $first, after: $after, last: $last, before: $before) {{
                edges {{ cursor node {{ id }} }} nodes {{ id }}
                pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"
    );
    let mut variables = arguments.clone();
    variables["systemId"] = json!(system);
    gateway.graphql(&query, variables).await
}

/// The code and the argument of a refusal.
async fn refusal(gateway: &Gateway, system: Option<&str>, arguments: Value) -> (String, Value) {
    let answer = ask(gateway, system, &arguments).await;
    let extensions = &answer["errors"][0]["extensions"];
    let code =
        extensions["code"].as_str().unwrap_or_else(|| panic!("{arguments} is not refused: {answer:#}"));
    (code.to_owned(), extensions["argument"].clone())
}

/// 23 entries with many ties: three days, four moments of recording, some changed later together. Gives what each
/// order goes by: the key and the id.
async fn record_ties(gateway: &Gateway) -> Vec<[(i64, i64); 4]> {
    let days = ["2026-01-31", "2025-12-31", "2026-01-31", "1900-01-01"];
    let contents: Vec<Value> = entries(23)
        .into_iter()
        .enumerate()
        .map(|(number, mut entry)| {
            entry["postingDate"] = json!(days[number % 4]);
            entry
        })
        .collect();
    let mut all = Vec::new();
    for (moment, part) in contents.chunks(6).enumerate() {
        gateway.set_clock(&format!("2026-03-01T12:00:00.00000{moment}Z"));
        for id in gateway.record(part.to_vec()).await {
            all.push((id, moment));
        }
    }
    gateway.set_clock("2026-03-02T12:00:00Z");
    let changed = |number: usize| number % 5 == 1;
    let changes = contents.iter().enumerate().filter(|(number, _)| changed(*number)).map(|(_, entry)| {
        let mut entry = entry.clone();
        entry["description"] = json!("changed");
        entry
    });
    gateway.record(changes.collect()).await;
    let day_rank = |number: usize| [2, 1, 2, 0][number % 4];
    all.iter()
        .enumerate()
        .map(|(number, (id, moment))| {
            let moment = i64::try_from(*moment).unwrap();
            let updated = if changed(number) { 100 } else { moment };
            [(0, *id), (moment, *id), (updated, *id), (day_rank(number), *id)]
        })
        .collect()
}

/// The ids in the order of that field and direction.
fn ordered(keys: &[[(i64, i64); 4]], (field, direction): (&str, &str)) -> Vec<i64> {
    let which =
        ["ID", "CREATED_AT", "UPDATED_AT", "POSTING_DATE"].iter().position(|name| *name == field).unwrap();
    let mut keys: Vec<(i64, i64)> = keys.iter().map(|keys| keys[which]).collect();
    keys.sort_unstable();
    if direction == "DESC" {
        keys.reverse();
    }
    keys.into_iter().map(|(_, id)| id).collect()
}

/// Walks all pages from the beginning or from the end, doing something between them, and gives the pages' ids as
/// they came.
async fn walk(
    gateway: &Gateway,
    system: Option<&str>,
    arguments: &Value,
    size: usize,
    forwards: bool,
    mut between: impl AsyncFnMut(&[i64]),
) -> Vec<Vec<i64>> {
    let (count, edge, cursor, has_more) = match forwards {
        true => ("first", "after", "endCursor", "hasNextPage"),
        false => ("last", "before", "startCursor", "hasPreviousPage"),
    };
    let mut pages = Vec::new();
    let mut place = Value::Null;
    loop {
        let mut arguments = arguments.clone();
        arguments[count] = json!(size);
        arguments[edge] = place.clone();
        let page = page(gateway, system, arguments).await;
        let found = on_page(&page);
        between(&found).await;
        pages.push(found);
        assert!(pages.len() < 1_000, "the pages have no end");
        if page["pageInfo"][has_more] == json!(false) {
            return pages;
        }
        place = page["pageInfo"][cursor].clone();
    }
}

on_both_databases! {
    async fn pages_walked_from_either_end_give_the_whole_list_in_every_order(gateway: Gateway) {
        let keys = record_ties(&gateway).await;
        for order in ORDERS {
            let expected = ordered(&keys, order);
            let arguments = json!({ "orderBy": { "field": order.0, "direction": order.1 } });
            for size in [1, 4, 23] {
                let pages = walk(&gateway, None, &arguments, size, true, async |_| ()).await;
                assert_eq!(pages.len(), expected.len().div_ceil(size), "{order:?} first {size}");
                assert_eq!(pages.concat(), expected, "{order:?} first {size}");
                let mut pages = walk(&gateway, None, &arguments, size, false, async |_| ()).await;
                assert_eq!(pages.len(), expected.len().div_ceil(size), "{order:?} last {size}");
                pages.reverse();
                assert_eq!(pages.concat(), expected, "{order:?} last {size}");
            }
        }
        // By id, upwards, when nothing or only the field is said.
        assert_eq!(on_page(&page(&gateway, None, json!({})).await), ordered(&keys, ("ID", "ASC")));
        let by_day = page(&gateway, None, json!({ "orderBy": { "field": "POSTING_DATE" } })).await;
        assert_eq!(on_page(&by_day), ordered(&keys, ("POSTING_DATE", "ASC")));
    }

    async fn pages_of_what_a_system_has_not_been_sent_are_ordered_alike(gateway: Gateway) {
        let keys = record_ties(&gateway).await;
        let all = ordered(&keys, ("ID", "ASC"));
        gateway.set_clock("2026-03-03T12:00:00Z");
        gateway.mark("erp", &all[3..9]).await;
        gateway.set_clock("2026-03-04T12:00:00Z");
        gateway.mark("erp", &all[12..20]).await;
        gateway.set_clock("2026-03-05T12:00:00Z");
        for (since, exported) in [
            (json!(null), [&all[3..9], &all[12..20]].concat()),
            (json!("2026-03-03T12:00:00Z"), all[3..9].to_vec()),
            (json!("2026-03-03T11:59:59Z"), vec![]),
        ] {
            for order in ORDERS {
                let mut expected = ordered(&keys, order);
                expected.retain(|id| !exported.contains(id));
                let arguments = json!({
                    "notExportedSince": since, "orderBy": { "field": order.0, "direction": order.1 },
                });
                let pages = walk(&gateway, Some("erp"), &arguments, 4, true, async |_| ()).await;
                assert_eq!(pages.concat(), expected, "{order:?} first {since}");
                let mut pages = walk(&gateway, Some("erp"), &arguments, 3, false, async |_| ()).await;
                pages.reverse();
                assert_eq!(pages.concat(), expected, "{order:?} last {since}");
            }
        }
    }

    async fn after_and_before_together_cut_out_what_lies_between(gateway: Gateway) {
        let keys = record_ties(&gateway).await;
        for order in [("ID", "ASC"), ("POSTING_DATE", "DESC"), ("UPDATED_AT", "ASC")] {
            let arguments = |more: Value| {
                let mut arguments = json!({ "orderBy": { "field": order.0, "direction": order.1 } });
                arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
                arguments
            };
            let whole = page(&gateway, None, arguments(json!({}))).await;
            let all = ordered(&keys, order);
            assert_eq!(on_page(&whole), all);
            let cursor = |index: usize| whole["edges"][index]["cursor"].clone();
            for (after, before) in [(0, 22), (3, 12), (7, 9), (7, 8), (7, 7), (8, 7), (22, 0)] {
                let between = if after < before { &all[after + 1..before] } else { &[] };
                let bounds = json!({ "after": cursor(after), "before": cursor(before) });
                let found = page(&gateway, None, arguments(bounds.clone())).await;
                assert_eq!(on_page(&found), between, "{order:?} {after} {before}");
                for size in [1, 2, 30] {
                    let mut first = bounds.clone();
                    first["first"] = json!(size);
                    let found = page(&gateway, None, arguments(first)).await;
                    assert_eq!(on_page(&found), between[..between.len().min(size)], "{order:?} {after} {before}");
                    assert_eq!(more(&found), (true, between.len() > size));
                    let mut last = bounds.clone();
                    last["last"] = json!(size);
                    let found = page(&gateway, None, arguments(last)).await;
                    let end = &between[between.len().saturating_sub(size)..];
                    assert_eq!(on_page(&found), end, "{order:?} {after} {before}");
                    assert_eq!(more(&found), (between.len() > size, true));
                }
            }
        }
    }

    async fn a_page_tells_whether_there_is_more_on_either_side(gateway: Gateway) {
        let all = gateway.record(entries(5)).await;
        let whole = page(&gateway, None, json!({})).await;
        let cursor = |index: usize| whole["edges"][index]["cursor"].clone();
        for (arguments, found, has_previous, has_next) in [
            (json!({}), 0..5, false, false),
            (json!({ "first": 5 }), 0..5, false, false),
            (json!({ "first": 4 }), 0..4, false, true),
            (json!({ "first": 2, "after": cursor(0) }), 1..3, true, true),
            (json!({ "first": 2, "after": cursor(2) }), 3..5, true, false),
            (json!({ "first": 2, "after": cursor(4) }), 5..5, true, false),
            (json!({ "last": 5 }), 0..5, false, false),
            (json!({ "last": 4 }), 1..5, true, false),
            (json!({ "last": 2, "before": cursor(4) }), 2..4, true, true),
            (json!({ "last": 2, "before": cursor(2) }), 0..2, false, true),
            (json!({ "last": 2, "before": cursor(0) }), 0..0, false, true),
            (json!({ "first": null, "last": null, "after": null, "before": null }), 0..5, false, false),
        ] {
            let page = page(&gateway, None, arguments.clone()).await;
            assert_eq!(on_page(&page), all[found], "{arguments}");
            assert_eq!(more(&page), (has_previous, has_next), "{arguments}");
        }
        let nothing = page(&gateway, None, json!({ "filter": { "id": { "lt": "0" } } })).await;
        let info = json!({ "hasNextPage": false, "hasPreviousPage": false, "startCursor": null, "endCursor": null });
        assert_eq!(nothing, json!({ "edges": [], "nodes": [], "pageInfo": info }));
    }

    async fn a_page_has_fifty_entries_or_what_is_asked_for_up_to_five_hundred(gateway: Gateway) {
        gateway.insert_elsewhere(501).await;
        for (arguments, size) in [(json!({}), 50), (json!({ "first": 500 }), 500), (json!({ "last": 500 }), 500)] {
            for system in [None, Some("erp")] {
                let page = page(&gateway, system, arguments.clone()).await;
                assert_eq!(on_page(&page).len(), size, "{arguments}");
                assert_eq!(more(&page), (arguments.get("last").is_some(), arguments.get("last").is_none()));
            }
        }
        for size in [-1, 501, i32::MAX, i32::MIN] {
            for argument in ["first", "last"] {
                for system in [None, Some("erp")] {
                    let (code, place) = refusal(&gateway, system, json!({ argument: size })).await;
                    assert_eq!((code.as_str(), place), ("INVALID_PAGE_SIZE", json!([argument])), "{argument} {size}");
                }
            }
        }
        let (code, _) = refusal(&gateway, None, json!({ "first": 2, "last": 2 })).await;
        assert_eq!(code, "INVALID_PAGE_SIZE");
    }
}
