//! What a system was sent, by the time of its marks, and how many entries are in which state for it.

use ledgate::domain::Right::{Export, Mark, Read};
use reqwest::Method;
use serde_json::{Value, json};

use super::calls::*;
use super::{mark, run, whole};
use crate::on_both_databases;
use crate::support::gateway::ids;
use crate::support::{Gateway, entries};
use crate::tokens::token;

const EXPORTS: &str = "query($system: SystemId!, $filter: EntryExportFilter, $order: EntryExportOrder, $first: Int,
    $after: String, $last: Int, $before: String) {
    entryExports(systemId: $system, filter: $filter, orderBy: $order, first: $first, after: $after, last: $last,
        before: $before) {
        edges { cursor } nodes { entryId exportedAt entry { entryId } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";
const REST: &str = "/v10/accounting-entries/exports";

/// A page of what `erp` was sent, or another system that the arguments name.
async fn list(gateway: &Gateway, arguments: Value) -> Value {
    let mut variables = json!({ "system": "erp" });
    variables.as_object_mut().unwrap().extend(arguments.as_object().unwrap().clone());
    gateway.data(EXPORTS, variables).await["entryExports"].clone()
}

/// The entries on this page.
async fn listed(gateway: &Gateway, arguments: Value) -> Vec<i64> {
    ids(&list(gateway, arguments).await["nodes"])
}

/// The entries on all pages, two on each, read forwards or backwards, in the order of the list.
async fn paged(gateway: &Gateway, arguments: &Value, backwards: bool) -> Vec<i64> {
    let (size, bound, cursor, more) = match backwards {
        true => ("last", "before", "startCursor", "hasPreviousPage"),
        false => ("first", "after", "endCursor", "hasNextPage"),
    };
    let (mut pages, mut place) = (Vec::new(), Value::Null);
    loop {
        let mut arguments = arguments.clone();
        arguments[size] = json!(2);
        arguments[bound] = place;
        let page = list(gateway, arguments).await;
        let at = if backwards { 0 } else { pages.len() };
        pages.insert(at, ids(&page["nodes"]));
        if page["pageInfo"][more] == json!(false) {
            return pages.concat();
        }
        place = page["pageInfo"][cursor].clone();
    }
}

/// What REST answers with these parameters behind the system.
async fn rest(gateway: &Gateway, parameters: &str) -> Value {
    gateway.get(&format!("{REST}?system_id=erp{parameters}")).await.json().await.unwrap()
}

/// The entries in such an answer.
fn in_rest(page: &Value) -> Vec<i64> {
    let exports = page["exports"].as_array().unwrap_or_else(|| panic!("no list: {page:#}"));
    exports.iter().map(|export| export["accounting_entry_id"].as_i64().unwrap()).collect()
}

/// Five entries, marked for `erp` an hour apart from 10 o'clock on, but for the last two, which are marked at once.
async fn marked(gateway: &Gateway) -> Vec<i64> {
    let sent = gateway.record(entries(5)).await;
    for (ids, hour) in sent[..3].chunks(1).chain([&sent[3..]]).zip(10..) {
        gateway.set_clock(&format!("2026-03-01T{hour}:00:00Z"));
        gateway.mark("erp", ids).await;
    }
    sent
}

const STATES: &str = "query($id: SystemId!) { exportSystem(systemId: $id) {
    states { state count { count precision } } backlog { count } oldestUnexportedAt oldestUnexportedEntry { createdAt } } }";

/// How many entries are PENDING, CLAIMED, FAILED and PARKED for `erp`.
async fn states(gateway: &Gateway) -> [i64; 4] {
    let system = gateway.data(STATES, json!({ "id": "erp" })).await["exportSystem"].clone();
    let states = system["states"].as_array().unwrap();
    let names: Vec<&Value> = states.iter().map(|of| &of["state"]).collect();
    assert_eq!(names, ["PENDING", "CLAIMED", "FAILED", "PARKED"]);
    assert!(states.iter().all(|of| of["count"]["precision"] == json!("EXACT")), "{system:#}");
    let counts: [i64; 4] = std::array::from_fn(|nth| states[nth]["count"]["count"].as_i64().unwrap());
    assert_eq!(system["backlog"]["count"], json!(counts.iter().sum::<i64>()), "each entry is in one state");
    assert_eq!(system["oldestUnexportedAt"], system["oldestUnexportedEntry"]["createdAt"]);
    counts
}

on_both_databases! {
    async fn what_was_sent_is_listed_by_the_time_of_its_marks(gateway: Gateway) {
        let sent = marked(&gateway).await;
        let newest_first: Vec<i64> = sent.iter().rev().copied().collect();
        let upwards = json!({});
        let downwards = json!({ "order": { "field": "MARKED_AT", "direction": "DESC" } });
        for backwards in [false, true] {
            assert_eq!(paged(&gateway, &upwards, backwards).await, sent);
            assert_eq!(paged(&gateway, &downwards, backwards).await, newest_first);
        }
        let page = list(&gateway, json!({ "first": 1 })).await;
        assert_eq!(page["nodes"][0]["entry"]["entryId"], json!(sent[0].to_string()));
        assert_eq!(page["edges"][0]["cursor"], page["pageInfo"]["endCursor"]);
        let mut foreign = downwards;
        (foreign["system"], foreign["after"]) = (json!("erp"), page["pageInfo"]["endCursor"].clone());
        assert_eq!(gateway.error_code(EXPORTS, foreign).await, "INVALID_CURSOR");
        // What is marked again moves, and what is taken back is gone.
        gateway.set_clock("2026-03-01T15:00:00Z");
        gateway.mark("erp", &sent[..1]).await;
        assert_eq!(listed(&gateway, json!({})).await, [&sent[1..], &sent[..1]].concat());
        unmark(&gateway, &sent[1..3]).await;
        assert_eq!(listed(&gateway, json!({})).await, [sent[3], sent[4], sent[0]]);
        let unknown = list(&gateway, json!({ "system": "new" })).await;
        assert_eq!(unknown, json!({ "edges": [], "nodes": [], "pageInfo": {
            "hasNextPage": false, "hasPreviousPage": false, "startCursor": null, "endCursor": null,
        } }));
        whole(&gateway).await;
    }

    async fn each_filter_leaves_what_passes_it(gateway: Gateway) {
        let sent = gateway.record(entries(4)).await;
        let item = |nth: usize, note: &str, document: Value| json!({
            "entryId": sent[nth].to_string(), "note": note, "reference": document,
        });
        gateway.set_clock("2026-03-01T10:00:00Z");
        mark(&gateway, json!([item(0, "run 118", json!({ "documentId": "GL-1" })), item(1, "run 118", json!(null))])).await;
        gateway.set_clock("2026-03-01T11:00:00Z");
        mark(&gateway, json!([item(2, "run 119", json!({ "documentId": "GL-2" }))])).await;
        gateway.set_clock("2026-03-01T12:00:00Z");
        let last = json!({ "accounting_entry_id": sent[3], "system_id": "erp", "note": "Run 118" });
        let path = "/v10/accounting-entries/mark-as-exported";
        let response = gateway.post(path, &json!({ "accounting_entries": [last] })).await;
        assert_eq!(response.status(), 200);
        let moment = list(&gateway, json!({})).await["nodes"][2]["exportedAt"].clone();
        let (at_11, at_12) = ("2026-03-01T11:00:00Z", "2026-03-01T12:00:00Z");
        let (none, but_the_third) = ([0_i64; 0], [sent[0], sent[1], sent[3]]);
        for (filter, expected) in [
            (json!(null), &sent[..]),
            (json!({}), &sent[..]),
            (json!({ "note": "run 118" }), &sent[..2]),
            (json!({ "note": "run" }), &none[..]),
            (json!({ "actor": "graphql" }), &sent[..3]),
            (json!({ "actor": "rest" }), &sent[3..]),
            (json!({ "reference": "GL-2" }), &sent[2..3]),
            (json!({ "markedAt": { "gte": at_11 } }), &sent[2..]),
            (json!({ "markedAt": { "gte": at_11, "lt": at_12 } }), &sent[2..3]),
            (json!({ "markedAt": { "gte": at_12, "lt": at_11 } }), &none[..]),
            (json!({ "markedAt": { "between": ["2026-03-01T09:00:00Z", moment] } }), &sent[..3]),
            (json!({ "markedAt": { "gt": moment } }), &sent[3..]),
            (json!({ "markedAt": { "lt": moment } }), &sent[..2]),
            (json!({ "markedAt": { "lte": moment } }), &sent[..3]),
            (json!({ "markedAt": { "eq": moment } }), &sent[2..3]),
            (json!({ "markedAt": { "ne": moment } }), &but_the_third[..]),
            (json!({ "markedAt": { "in": [moment, at_12] } }), &sent[2..]),
            (json!({ "markedAt": { "notIn": [moment] } }), &but_the_third[..]),
            (json!({ "markedAt": { "isNull": true } }), &none[..]),
            (json!({ "markedAt": { "isNull": false } }), &sent[..]),
            (json!({ "markedAt": { "lt": at_12 }, "actor": "graphql", "note": "run 118", "reference": "GL-1" }), &sent[..1]),
        ] {
            let arguments = json!({ "filter": filter });
            assert_eq!(listed(&gateway, arguments.clone()).await, expected, "{filter}");
            assert_eq!(paged(&gateway, &arguments, true).await, expected, "backwards: {filter}");
        }
        for filter in [
            json!({ "note": null }),
            json!({ "markedAt": null }),
            json!({ "markedAt": {} }),
            json!({ "note": "x".repeat(2_001) }),
            json!({ "actor": "x".repeat(257) }),
            json!({ "reference": "x".repeat(201) }),
        ] {
            let variables = json!({ "system": "erp", "filter": filter });
            assert_eq!(gateway.error_code(EXPORTS, variables).await, "INVALID_FILTER", "{filter}");
        }
    }

    async fn a_search_is_read_on_from_where_it_stopped(gateway: Gateway) {
        gateway.insert_elsewhere(10_050).await;
        gateway.mark("erp", &[10_050]).await;
        gateway.history_taken_over().await;
        // By nobody's name, long before.
        run(&gateway, "INSERT INTO export_marks (entry_id, system_key, marked_at)
            SELECT entry_id, system_key, entry_id FROM pending_exports").await;
        run(&gateway, "DELETE FROM pending_exports").await;
        let of_actor = json!({ "actor": "graphql" });
        let page = list(&gateway, json!({ "filter": of_actor, "first": 5 })).await;
        assert_eq!((&page["nodes"], &page["pageInfo"]["hasNextPage"]), (&json!([]), &json!(true)));
        let after = &page["pageInfo"]["endCursor"];
        let page = list(&gateway, json!({ "filter": of_actor, "first": 5, "after": after })).await;
        assert_eq!(ids(&page["nodes"]), [10_050]);
        assert_eq!(page["pageInfo"]["hasNextPage"], json!(false));
        for backwards in [false, true] {
            assert_eq!(paged(&gateway, &json!({ "filter": of_actor }), backwards).await, [10_050]);
        }
        // A page that is full does not stop before.
        let page = list(&gateway, json!({ "filter": { "markedAt": { "ne": "1970-01-01T00:00:00Z" } }, "first": 3 })).await;
        assert_eq!(ids(&page["nodes"]), [1, 2, 3]);
        assert_eq!(page["pageInfo"]["endCursor"], page["edges"][2]["cursor"]);
        // A range of time is found and not searched.
        let late = json!({ "markedAt": { "gte": "2026-01-01T00:00:00Z" } });
        assert_eq!(listed(&gateway, json!({ "filter": late })).await, [10_050]);
        let page = rest(&gateway, "&actor=graphql").await;
        assert_eq!(in_rest(&page), [0_i64; 0]);
        let after = page["next_after"].as_str().unwrap();
        let page = rest(&gateway, &format!("&actor=graphql&after={after}")).await;
        assert_eq!((in_rest(&page), &page["next_after"]), (vec![10_050], &json!(null)));
    }

    async fn rest_has_the_same_list(gateway: Gateway) {
        let sent = marked(&gateway).await;
        let first = rest(&gateway, "&limit=2").await;
        assert_eq!(in_rest(&first), sent[..2]);
        assert_eq!((&first["exports"][0]["system_id"], &first["exports"][0]["remarked"]), (&json!("erp"), &json!(false)));
        let page = list(&gateway, json!({ "first": 2 })).await;
        assert_eq!(first["next_after"], page["pageInfo"]["endCursor"], "a cursor leads on through either door");
        let after = first["next_after"].as_str().unwrap();
        let second = rest(&gateway, &format!("&limit=3&after={after}")).await;
        assert_eq!((in_rest(&second), &second["next_after"]), (sent[2..].to_vec(), &json!(null)));
        let range = "&marked_from=2026-03-01T11:00:00Z&marked_before=2026-03-01T13:00:00Z";
        assert_eq!(in_rest(&rest(&gateway, range).await), sent[1..3]);
        assert_eq!(in_rest(&rest(&gateway, "&actor=graphql").await), sent);
        assert_eq!(in_rest(&rest(&gateway, "&note=none").await), [0_i64; 0]);
        assert_eq!(in_rest(&rest(&gateway, "&reference=none").await), [0_i64; 0]);
        let long = format!("&note={}", "x".repeat(2_001));
        for (parameters, code, name) in [
            (long.as_str(), "INVALID_FILTER", "note"),
            ("&marked_from=yesterday", "BAD_USER_INPUT", "marked_from"),
            ("&limit=0", "INVALID_PAGE_SIZE", "limit"),
            ("&limit=501", "INVALID_PAGE_SIZE", "limit"),
            ("&after=x", "INVALID_CURSOR", "after"),
            ("&notes=x", "BAD_USER_INPUT", "notes"),
        ] {
            let response = gateway.get(&format!("{REST}?system_id=erp{parameters}")).await;
            assert_eq!(response.status(), 400, "{parameters}");
            let problem: Value = response.json().await.unwrap();
            assert_eq!((&problem["code"], &problem["errors"][0]["path"]), (&json!(code), &json!([name])), "{problem:#}");
        }
        assert_eq!(gateway.get(REST).await.status(), 400, "it is about one system");
    }

    async fn a_token_sees_what_the_systems_that_it_is_for_were_sent(gateway: Gateway) {
        marked(&gateway).await;
        let auditor = token(&gateway, "auditor", &[Read, Export], Some(&["erp"])).await;
        let exporter = token(&gateway, "exporter", &[Export], Some(&["erp"])).await;
        let marker = token(&gateway, "marker", &[Read, Mark], Some(&["erp"])).await;
        let stranger = token(&gateway, "stranger", &[Read, Export], Some(&["crm"])).await;
        let door = gateway.another().await;
        let code = async |token: &str, fields: &str| -> String {
            let query = format!("{{ entryExports(systemId: \"erp\") {{ nodes {{ {fields} }} }} }}");
            let request = door.request(Method::POST, "/graphql").bearer_auth(token).json(&json!({ "query": query }));
            let answer: Value = request.send().await.unwrap().json().await.unwrap();
            answer["errors"][0]["extensions"]["code"].as_str().unwrap_or("OK").to_owned()
        };
        for (token, may_list, may_read) in [
            (&auditor, "OK", "OK"),
            (&exporter, "OK", "FORBIDDEN"),
            (&marker, "FORBIDDEN", "FORBIDDEN"),
            (&stranger, "FORBIDDEN", "FORBIDDEN"),
        ] {
            assert_eq!(code(token, "entryId").await, may_list);
            assert_eq!(code(token, "entry { debit }").await, may_read);
            let request = door.request(Method::GET, &format!("{REST}?system_id=erp")).bearer_auth(token);
            let status = request.send().await.unwrap().status();
            assert_eq!(status, if may_list == "OK" { 200 } else { 403 });
        }
    }

    async fn a_system_tells_how_many_entries_are_in_which_state(gateway: Gateway) {
        let [a, b, c, d] = vouchers(&gateway, ["A", "B", "C", "D"]).await;
        assert_eq!(states(&gateway).await, [8, 0, 0, 0], "the system is not known");
        report(&gateway, json!([refused(a[0], "VALIDATION")])).await;
        park(&gateway, json!([parked(b[0])])).await;
        let taken = claim(&gateway, "worker", 1).await;
        assert_eq!(claimed(&taken), c);
        assert_eq!(states(&gateway).await, [2, 2, 2, 2]);
        gateway.history_taken_over().await;
        assert_eq!(states(&gateway).await, [2, 2, 2, 2]);
        end_lease(&gateway, &taken).await;
        assert_eq!(states(&gateway).await, [4, 0, 2, 2], "the claim has lapsed");
        gateway.mark("erp", &d).await;
        assert_eq!(states(&gateway).await, [2, 0, 2, 2]);

        let shown: Value = gateway.get("/v10/export-systems/erp").await.json().await.unwrap();
        let of = |state: &str, count: i64| json!({ "state": state, "count": { "count": count, "precision": "EXACT" } });
        assert_eq!(shown["states"], json!([of("PENDING", 2), of("CLAIMED", 0), of("FAILED", 2), of("PARKED", 2)]));
        let system = gateway.data(STATES, json!({ "id": "erp" })).await["exportSystem"].clone();
        assert!(system["oldestUnexportedAt"].is_string(), "{system:#}");
        assert_eq!(shown["oldest_unexported_at"], system["oldestUnexportedAt"]);
        let all: Value = gateway.get("/v10/export-systems").await.json().await.unwrap();
        assert_eq!((all["systems"][0].get("states"), all["systems"][0].get("oldest_unexported_at")), (None, None));
        gateway.mark("erp", &sorted(&[a, b, c])).await;
        assert_eq!(states(&gateway).await, [0, 0, 0, 0]);
        let system = gateway.data(STATES, json!({ "id": "erp" })).await["exportSystem"].clone();
        assert_eq!(system["oldestUnexportedAt"], json!(null));
        whole(&gateway).await;
    }
}
