//! What every client has to show, whatever it sends for a variable without a value.

use ledgate::domain::Timestamp;
use serde_json::{Map, Value, json};

use super::Client;
use super::ledger::{BEFORE_THE_MARKS, numbers};
use crate::support::Gateway;

/// The optional variables of the operation `Unexported`.
const OPTIONAL: [&str; 9] =
    ["notExportedSince", "filter", "orderBy", "first", "after", "last", "before", "events", "eventsAfter"];

/// Runs the whole document with this client, which asks this gateway about the entries with these ids.
pub async fn holds(gateway: &Gateway, client: &mut impl Client, ids: &[i64]) {
    variables_without_a_value(client).await;
    pages_of_what_is_unexported(client).await;
    pages_of_the_ledger(client).await;
    an_entry_and_its_timeline(client, ids[0]).await;
    systems(client).await;
    marks(gateway, client, ids).await;
    refusals(client).await;
}

/// All unset and all null give the same page: everything, by id.
async fn variables_without_a_value(client: &mut impl Client) {
    let unset = client.data("Unexported", json!({ "systemId": "erp" })).await;
    let page = &unset["unexportedEntries"];
    let nodes = page["nodes"].as_array().unwrap();
    assert_eq!(numbers(nodes), [2, 3, 4, 5, 6, 7]);
    for node in nodes {
        assert_eq!(node["export"], Value::Null);
        assert_eq!(kinds(&node["timeline"]), ["RECORDED"]);
    }
    assert_eq!(page["totalCount"], json!({ "count": 6, "precision": "EXACT" }));
    assert_eq!(page["pageInfo"]["hasNextPage"], json!(false));

    let mut null: Map<String, Value> =
        OPTIONAL.map(|name| (name.to_owned(), Value::Null)).into_iter().collect();
    null.insert("systemId".to_owned(), json!("erp"));
    assert_eq!(client.data("Unexported", Value::Object(null)).await, unset);

    let all = client.data("Ledger", json!({})).await;
    assert_eq!(numbers(lines(&all)), [1, 2, 3, 4, 5, 6, 7]);
    for none in [json!({ "filter": null, "orderBy": null, "last": null }), json!({ "filter": {} })] {
        assert_eq!(client.data("Ledger", none).await, all);
    }
    for (direction, first) in
        [(json!({}), 1), (json!({ "direction": "ASC" }), 1), (json!({ "direction": "DESC" }), 7)]
    {
        let sorted = client.data("Sorted", direction).await;
        let nodes = sorted["accountingEntries"]["nodes"].as_array().unwrap();
        assert_eq!((nodes.len(), &nodes[0]["externalId"]), (7, &json!(format!("T:{first}"))));
    }
}

/// All set: as of a moment, filtered, ordered, page by page in both directions, with one event of each timeline.
async fn pages_of_what_is_unexported(client: &mut impl Client) {
    let variables = |page: Value| {
        let mut variables = json!({
            "systemId": "erp",
            "notExportedSince": BEFORE_THE_MARKS,
            "filter": { "externalId": { "notIn": ["T:2"] }, "not": { "credit": { "lt": "1.00" } } },
            "orderBy": { "field": "ID", "direction": "DESC" },
            "first": null, "after": null, "last": null, "before": null, "events": 1, "eventsAfter": null,
        });
        variables.as_object_mut().unwrap().extend(page.as_object().unwrap().clone());
        variables
    };
    let (mut after, mut cursors) = (Value::Null, Vec::new());
    for (expected, more) in [([7, 6], true), ([5, 4], true), ([3, 1], false)] {
        let data = client.data("Unexported", variables(json!({ "first": 2, "after": after }))).await;
        let page = &data["unexportedEntries"];
        let nodes = page["nodes"].as_array().unwrap();
        assert_eq!(numbers(nodes), expected);
        assert!(nodes.iter().all(|node| kinds(&node["timeline"]) == ["RECORDED"]), "{nodes:#?}");
        assert_eq!(page["pageInfo"]["hasNextPage"], json!(more));
        after = page["pageInfo"]["endCursor"].clone();
        cursors.push(page["pageInfo"]["startCursor"].clone());
        if !more {
            assert_eq!(nodes[0]["export"], Value::Null);
            assert_eq!(nodes[1]["export"]["note"], json!("GL-1"));
            assert_eq!(nodes[1]["timeline"]["pageInfo"]["hasNextPage"], json!(true));
        }
    }
    for (before, expected) in
        [(Value::Null, [3, 1]), (cursors[2].clone(), [5, 4]), (cursors[1].clone(), [7, 6])]
    {
        let data = client.data("Unexported", variables(json!({ "last": 2, "before": before }))).await;
        assert_eq!(numbers(data["unexportedEntries"]["nodes"].as_array().unwrap()), expected);
    }
}

/// To the end of the ledger, and back to its beginning.
async fn pages_of_the_ledger(client: &mut impl Client) {
    let mut after = Value::Null;
    for expected in [&[1, 2, 3][..], &[4, 5, 6], &[7]] {
        let data = client.data("Ledger", json!({ "first": 3, "after": after })).await;
        let (found, info) = (numbers(lines(&data)), &data["accountingEntries"]["pageInfo"]);
        assert_eq!((found.as_slice(), &info["hasNextPage"]), (expected, &json!(expected != [7])));
        after = info["endCursor"].clone();
    }
    let mut before = Value::Null;
    for expected in [&[5, 6, 7][..], &[2, 3, 4], &[1]] {
        let data = client.data("Ledger", json!({ "last": 3, "before": before })).await;
        let (found, info) = (numbers(lines(&data)), &data["accountingEntries"]["pageInfo"]);
        assert_eq!((found.as_slice(), &info["hasPreviousPage"]), (expected, &json!(expected != [1])));
        before = info["startCursor"].clone();
    }
}

/// The entry with its mark for "bank" and a page of its timeline.
async fn shown_entry(client: &mut impl Client, id: i64, events: Value, after: &Value) -> Value {
    let variables =
        json!({ "id": id.to_string(), "systemId": "bank", "events": events, "eventsAfter": after });
    client.data("Entry", variables).await["accountingEntry"].clone()
}

/// Two marks of one entry, and its events page by page.
async fn an_entry_and_its_timeline(client: &mut impl Client, id: i64) {
    let entry = shown_entry(client, id, Value::Null, &Value::Null).await;
    assert_eq!(numbers([&entry]), [1]);
    assert_eq!([&entry["id"], &entry["entryId"]], [&json!(format!("entry/{id}")), &json!(id.to_string())]);
    let by_its_id = json!({ "id": entry["id"], "systemId": "bank", "events": 0 });
    assert_eq!(client.data("Entry", by_its_id).await["accountingEntry"]["externalId"], json!("T:1"));
    assert_eq!(entry["attributes"], json!({ "CostCentre": "410", "line": 1 }));
    assert_eq!(moment(&entry["createdAt"]), moment(&json!(crate::support::gateway::START)));
    let notes = |list: &Value, of: &str| -> Vec<Value> {
        list.as_array().unwrap().iter().map(|one| json!([one["systemId"], one[of]])).collect()
    };
    assert_eq!(notes(&entry["exports"], "note"), [json!(["bank", "statement 7"]), json!(["erp", "GL-1"])]);
    assert_eq!(entry["export"], entry["exports"][0]);
    assert_eq!(entry["export"]["id"], json!(format!("export/{id}/bank")));
    assert_eq!(moment(&entry["export"]["exportedAt"]), moment(&json!("2026-03-02T09:00:00Z")));
    assert_eq!(kinds(&entry["timeline"]), ["RECORDED", "EXPORTED", "EXPORTED"]);

    let first = shown_entry(client, id, json!(1), &Value::Null).await;
    assert_eq!(kinds(&first["timeline"]), ["RECORDED"]);
    let rest = shown_entry(client, id, json!(5), &first["timeline"]["pageInfo"]["endCursor"]).await;
    assert_eq!(
        notes(&rest["timeline"]["nodes"], "note"),
        [json!(["erp", "GL-1"]), json!(["bank", "statement 7"])]
    );

    let unknown = json!({ "id": "999999", "systemId": "erp" });
    assert_eq!(client.data("Entry", unknown).await, json!({ "accountingEntry": null }));
}

/// Two systems, each with its own figures.
async fn systems(client: &mut impl Client) {
    let data = client.data("Systems", json!({})).await;
    let nodes = data["exportSystems"]["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), 2);
    for (node, name, at) in
        [(&nodes[0], "bank", "2026-03-02T09:00:00Z"), (&nodes[1], "erp", "2026-03-02T08:00:00Z")]
    {
        assert_eq!((&node["id"], &node["systemId"]), (&json!(format!("system/{name}")), &json!(name)));
        assert_eq!(node["backlog"], json!({ "count": 6, "precision": "EXACT" }));
        assert_eq!(moment(&node["lastMarkedAt"]), moment(&json!(at)));
    }
}

/// Marks with and without the optional values, one that was sent twice, and two that are refused.
async fn marks(gateway: &Gateway, client: &mut impl Client, ids: &[i64]) {
    let mark = |number: usize, more: Value| {
        let mut variables = json!({ "entryId": ids[number - 1].to_string(), "systemId": "erp" });
        variables.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        variables
    };
    let null = json!({ "note": null, "idempotencyKey": null });
    let set = json!({ "note": "GL-4", "idempotencyKey": "run 1, entry 4" });
    for (number, more, note) in
        [(2, json!({}), Value::Null), (3, null, Value::Null), (4, set.clone(), json!("GL-4"))]
    {
        let payload = client.data("Mark", mark(number, more)).await["markExported"].clone();
        assert_eq!(payload["userErrors"], json!([]));
        let export = &payload["exports"][0];
        assert_eq!(export["entry"]["externalId"], json!(format!("T:{number}")));
        assert_eq!(
            [&export["systemId"], &export["note"], &export["remarked"]],
            [&json!("erp"), &note, &json!(false)]
        );
        assert_eq!(moment(&export["exportedAt"]), moment(&json!("2026-03-03T08:00:00Z")));
    }
    gateway.set_clock("2026-03-03T09:00:00Z");
    let again = client.data("Mark", mark(4, set)).await["markExported"]["exports"][0].clone();
    assert_eq!(moment(&again["exportedAt"]), moment(&json!("2026-03-03T08:00:00Z")), "it was marked twice");

    let reused = client.data("Mark", mark(5, json!({ "idempotencyKey": "run 1, entry 4" }))).await;
    let payload = &reused["markExported"];
    assert_eq!(
        (&payload["exports"], &payload["userErrors"][0]["code"]),
        (&json!([]), &json!("IDEMPOTENCY_KEY_REUSED"))
    );

    let input = json!({ "entries": [
        { "entryId": ids[4].to_string(), "systemId": "erp" },
        { "entryId": "999999", "systemId": "erp", "note": null },
    ] });
    let payload = client.data("MarkAll", json!({ "input": input })).await["markExported"].clone();
    assert_eq!(payload["exports"][0]["entry"]["externalId"], json!("T:5"));
    assert_eq!(payload["exports"].as_array().unwrap().len(), 1);
    let fault = &payload["userErrors"][0];
    assert_eq!(fault["code"], json!("ENTRY_NOT_FOUND"));
    assert_eq!(fault["field"], json!(["entries", "1", "entryId"]));
    assert!(fault["message"].as_str().unwrap().contains("999999"), "{fault}");

    // The same question as at the beginning: a client that keeps answers must not give the old one.
    let left = client.data("Unexported", json!({ "systemId": "erp" })).await;
    assert_eq!(numbers(left["unexportedEntries"]["nodes"].as_array().unwrap()), [6, 7]);
}

/// Errors keep their codes on the way to the program.
async fn refusals(client: &mut impl Client) {
    for (operation, variables, code) in [
        ("Unexported", json!({ "systemId": "no system" }), "INVALID_SYSTEM_ID"),
        ("Ledger", json!({ "first": 501 }), "INVALID_PAGE_SIZE"),
        ("Ledger", json!({ "first": 1, "last": 1 }), "INVALID_PAGE_SIZE"),
        ("Ledger", json!({ "after": "nothing" }), "INVALID_CURSOR"),
        ("Ledger", json!({ "filter": { "debit": {} } }), "INVALID_FILTER"),
    ] {
        assert_eq!(client.refused(operation, variables).await, code);
    }
}

fn lines(data: &Value) -> impl Iterator<Item = &Value> {
    data["accountingEntries"]["edges"].as_array().unwrap().iter().map(|edge| &edge["node"])
}

fn kinds(timeline: &Value) -> Vec<&str> {
    timeline["nodes"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect()
}

/// A moment, in whatever form of RFC 3339 the client shows it.
fn moment(value: &Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}
