//! The same call writes the same through both, and what one wrote the other knows.

use reqwest::Method;
use serde_json::{Value, json};

use super::*;
use crate::on_both_databases;
use crate::support::entries;

/// A path of GraphQL, with or without dots between, as REST writes it.
fn path_as_rest(path: &Value) -> Value {
    let step = |step: &Value| {
        let step = step.as_str().unwrap();
        match step.parse::<u64>() {
            Ok(index) => json!(index),
            Err(_) => match step {
                "entries" => json!("accounting_entries"),
                "entryId" => json!("accounting_entry_id"),
                "idempotencyKey" => json!("Idempotency-Key"),
                "first" => json!("limit"),
                other => json!(snake_case(other)),
            },
        }
    };
    path.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(step).collect()
}

/// (code, path) of each `userErrors`, the path as REST writes it.
fn user_errors(payload: &Value) -> Vec<(String, Value)> {
    let errors = payload["userErrors"].as_array().unwrap();
    errors.iter().map(|e| (e["code"].as_str().unwrap().to_owned(), path_as_rest(&e["field"]))).collect()
}

/// `@` in a system or key stands for the surface's own letter, so that one does not see what the other wrote.
fn own(text: &str, surface: &str) -> String {
    text.replace('@', surface)
}

const MARK_EXPORTED: &str = "mutation($input: MarkExportedInput!) { markExported(input: $input) {
    exports { entryId systemId exportedAt note remarked version reference { documentId url } conflict }
    userErrors { field code entryId } } }";

/// One call of marking, given as REST writes it, through both. The same is marked, the same refused.
async fn mark_through_both(
    gateway: &Gateway,
    items: &Value,
    key: Option<&str>,
) -> (u16, Vec<(String, Value)>, usize) {
    let items = items.as_array().unwrap();
    let graphql_items = items.iter().map(|item| {
        let id = &item["accounting_entry_id"];
        let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        let reference = item.get("reference").map(|document| {
            json!({ "documentId": document["document_id"], "url": document["url"] })
        });
        json!({
            "entryId": id, "systemId": own(item["system_id"].as_str().unwrap(), ".g"), "note": item.get("note"),
            "version": item.get("version"), "reference": reference,
        })
    });
    let input = json!({
        "entries": graphql_items.collect::<Vec<_>>(), "idempotencyKey": key.map(|key| own(key, ".g")),
    });
    let payload = gateway.data(MARK_EXPORTED, json!({ "input": input })).await["markExported"].clone();

    let rest_items = items.iter().map(|item| {
        let mut item = item.clone();
        item["system_id"] = json!(own(item["system_id"].as_str().unwrap(), ".r"));
        item
    });
    let body = json!({ "accounting_entries": rest_items.collect::<Vec<_>>() });
    let request = gateway.request(Method::POST, MARK).json(&body);
    let request =
        key.into_iter().fold(request, |request, key| request.header("Idempotency-Key", own(key, ".r")));
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let answer = if status == 200 { json_of(response).await } else { problem(response, 422).await };

    let marked = answer["accounting_entries"].as_array().cloned().unwrap_or_default();
    let expected: Vec<Value> = payload["exports"]
        .as_array()
        .unwrap()
        .iter()
        .map(|export| {
            json!({
                "accounting_entry_id": export["entryId"].as_str().unwrap().parse::<i64>().unwrap(),
                "system_id": export["systemId"].as_str().unwrap().replace(".g", ".r"),
                "exported_at": export["exportedAt"],
                "note": export["note"],
                "remarked": export["remarked"],
                "conflict": export["conflict"],
                "version": export["version"],
                "reference": export["reference"].as_object().map(|document| {
                    json!({ "document_id": document["documentId"], "url": document["url"] })
                }),
            })
        })
        .collect();
    assert_eq!(marked, expected);
    let found = faults(&answer["errors"]);
    assert_eq!(found, user_errors(&payload), "{body}");
    assert_eq!(status == 200, !marked.is_empty(), "{answer:#}");
    let entries = answer["errors"].as_array().unwrap().iter().map(|error| error.get("accounting_entry_id"));
    let expected = payload["userErrors"].as_array().unwrap().iter().map(|error| error["entryId"].as_str());
    for (id, expected) in entries.zip(expected) {
        assert_eq!(id.map(Value::to_string).as_deref(), expected);
    }
    (status, found, marked.len())
}

/// The number of an event in its global id. The recording of an entry is no row of its own and has none: 0.
fn number(id: &str) -> i64 {
    let number = id.strip_prefix("event/").unwrap_or_else(|| panic!("{id:?} is no id of an event"));
    if number.starts_with("recorded/") { 0 } else { number.parse().unwrap() }
}

on_both_databases! {
    async fn the_same_call_marks_the_same(gateway: Gateway) {
        let ids = gateway.record(entries(11)).await;
        gateway.set_clock("2026-03-01T13:00:00Z");
        let item = |id: i64, system: &str| json!({ "accounting_entry_id": id, "system_id": system });
        let with_note = |id: i64, note: &str| json!({ "accounting_entry_id": id, "system_id": "erp@", "note": note });
        let with = |id: i64, more: Value| {
            let mut item = item(id, "erp@");
            item.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            item
        };
        let place = |index: usize, field: &str| json!(["accounting_entries", index, field]);
        let whole = json!(["accounting_entries"]);
        let key = json!(["Idempotency-Key"]);
        let (long_note, long_key) = ("n".repeat(2_001), "k".repeat(201));
        for (items, idempotency_key, status, expected, marked) in [
            (json!([with_note(ids[0], "posted as GL-1 \" é 漢字 😀")]), None, 200, vec![], 1),
            (json!([{ "accounting_entry_id": ids[0], "system_id": "erp@", "note": null }]), None, 200, vec![], 1),
            (json!([item(ids[0], "erp@"), item(ids[0], "other@"), item(ids[1], "erp@")]), Some("run@"), 200, vec![], 3),
            (json!([with(ids[7], json!({ "version": 1, "reference": { "document_id": "GL-1", "url": "https://erp.example/1" } }))]),
                None, 200, vec![], 1),
            (json!([with(ids[7], json!({ "version": 2 })), with(ids[8], json!({ "reference": { "document_id": "GL-2" } }))]), None, 200,
                vec![("INVALID_VERSION", place(0, "version"))], 1),
            (json!([with(ids[7], json!({ "version": 0, "reference": { "document_id": "", "url": "ftp://x" } }))]), None, 422,
                vec![("INVALID_VERSION", place(0, "version")),
                    ("INVALID_REFERENCE", json!(["accounting_entries", 0, "reference", "document_id"])),
                    ("INVALID_REFERENCE", json!(["accounting_entries", 0, "reference", "url"]))], 0),
            // The same again is the first answer again.
            (json!([item(ids[0], "erp@"), item(ids[0], "other@"), item(ids[1], "erp@")]), Some("run@"), 200, vec![], 3),
            (json!([item(ids[1], "erp@")]), Some("run@"), 422, vec![("IDEMPOTENCY_KEY_REUSED", key.clone())], 0),
            (json!([item(ids[2], "erp@"), item(999_999, "erp@"), item(ids[3], "erp@"), item(-1, "erp@")]), None, 200,
                vec![("ENTRY_NOT_FOUND", place(1, "accounting_entry_id")), ("ENTRY_NOT_FOUND", place(3, "accounting_entry_id"))], 2),
            (json!([item(999_999, "erp@"), item(0, "erp@")]), None, 422,
                vec![("ENTRY_NOT_FOUND", place(0, "accounting_entry_id")), ("ENTRY_NOT_FOUND", place(1, "accounting_entry_id"))], 0),
            (json!([]), None, 422, vec![("NO_ITEMS", whole.clone())], 0),
            (json!([]), Some(""), 422, vec![("INVALID_IDEMPOTENCY_KEY", key.clone()), ("NO_ITEMS", whole.clone())], 0),
            (ids.iter().map(|id| item(*id, "erp@")).collect(), None, 422, vec![("TOO_MANY_ITEMS", whole.clone())], 0),
            (json!([item(ids[4], "erp@"), item(ids[4], "erp@")]), None, 422,
                vec![("DUPLICATE_ITEM", json!(["accounting_entries", 1]))], 0),
            (json!([item(ids[4], "erp@"), item(ids[4], ""), item(ids[5], "no good"), with_note(ids[6], &long_note)]), None, 422,
                vec![("INVALID_SYSTEM_ID", place(1, "system_id")), ("INVALID_SYSTEM_ID", place(2, "system_id")),
                    ("NOTE_TOO_LONG", place(3, "note"))], 0),
            (json!([{ "accounting_entry_id": "seven", "system_id": "é" }]), Some(&long_key), 422,
                vec![("INVALID_IDEMPOTENCY_KEY", key.clone()), ("INVALID_ENTRY_ID", place(0, "accounting_entry_id")),
                    ("INVALID_SYSTEM_ID", place(0, "system_id"))], 0),
        ] {
            let expected: Vec<(String, Value)> = expected.into_iter().map(|(code, path)| (code.to_owned(), path)).collect();
            let found = mark_through_both(&gateway, &items, idempotency_key).await;
            assert_eq!(found, (status, expected, marked), "{items} {idempotency_key:?}");
        }
        let unmarked: Vec<i64> = ids[4..7].iter().chain(&ids[9..]).copied().collect();
        assert_eq!(gateway.unexported("erp.g").await, unmarked);
        assert_eq!(gateway.unexported("erp.r").await, unmarked);
    }

    async fn a_key_used_through_one_is_known_to_the_other(gateway: Gateway) {
        let ids = gateway.record(entries(2)).await;
        let first = gateway.mark_items(vec![json!({ "entryId": ids[0].to_string(), "systemId": "erp" })], Some("run-1")).await;
        gateway.set_clock("2026-03-01T18:00:00Z");
        let mark = async |id: i64, key: &str| {
            let body = json!({ "accounting_entries": [{ "accounting_entry_id": id, "system_id": "erp" }] });
            gateway.request(Method::POST, MARK).json(&body).header("idempotency-key", key).send().await.unwrap()
        };
        let again = json_of(mark(ids[0], "run-1").await).await;
        assert_eq!(again["accounting_entries"][0]["exported_at"], first["exports"][0]["exportedAt"]);
        assert_eq!(again["accounting_entries"][0]["remarked"], json!(false));
        let other = problem(mark(ids[1], "run-1").await, 422).await;
        assert_eq!(faults(&other["errors"]), [("IDEMPOTENCY_KEY_REUSED".to_owned(), json!(["Idempotency-Key"]))]);
        assert_eq!(gateway.unexported("erp").await, ids[1..]);
    }

    async fn an_entry_and_its_timeline_are_the_same(gateway: Gateway) {
        let ids = record(&gateway).await;
        gateway.set_clock("2026-03-02T12:00:00Z");
        gateway.mark("erp", &ids[..1]).await;
        gateway.set_clock("2026-03-03T12:00:00Z");
        let body = json!({ "accounting_entries": [
            { "accounting_entry_id": ids[0], "system_id": "erp", "note": "again" },
            { "accounting_entry_id": ids[0], "system_id": "other" },
        ] });
        json_of(gateway.post(MARK, &body).await).await;
        let query = format!(
            "query($id: ID!, $first: Int, $after: String) {{ accountingEntry(id: $id) {{ {FIELDS}
                timeline(first: $first, after: $after) {{
                    nodes {{ id kind at systemId note reason actor version reference {{ documentId }} }} pageInfo {{ hasNextPage endCursor }} }} }} }}"
        );
        let mut node = gateway.data(&query, json!({ "id": ids[0].to_string() })).await["accountingEntry"].clone();
        let timeline = node.as_object_mut().unwrap().remove("timeline").unwrap();
        let path = format!("{LIST}/{}", ids[0]);
        assert_eq!(json_of(gateway.get(&path).await).await, as_rest(&node));
        let in_rest = json_of(gateway.get(&format!("{path}/timeline")).await).await;
        assert_eq!(in_rest["next_after"], json!(null));
        let events = in_rest["timeline"].as_array().unwrap();
        let kinds: Vec<&Value> = events.iter().map(|event| &event["kind"]).collect();
        assert_eq!(kinds, ["RECORDED", "EXPORTED", "EXPORTED", "EXPORTED"]);
        assert_eq!(events[2]["actor"], json!("rest"));
        let in_graphql: Vec<Value> = timeline["nodes"].as_array().unwrap().iter().map(|event| json!({
            "id": number(event["id"].as_str().unwrap()),
            "kind": event["kind"], "at": event["at"], "system_id": event["systemId"], "note": event["note"],
            "reason": event["reason"], "actor": event["actor"], "version": event["version"], "reference": event["reference"],
        })).collect();
        assert_eq!(in_rest["timeline"], json!(in_graphql));
        // Page by page, and on with the other's cursor.
        let first = json_of(gateway.get(&format!("{path}/timeline?limit=1")).await).await;
        assert_eq!(first["timeline"], json!([events[0]]));
        let variables = json!({ "id": ids[0].to_string(), "first": 2, "after": first["next_after"] });
        let second = gateway.data(&query, variables).await["accountingEntry"]["timeline"].clone();
        assert_eq!(second["nodes"].as_array().unwrap().len(), 2);
        let after = second["pageInfo"]["endCursor"].as_str().unwrap();
        let third = json_of(gateway.get(&format!("{path}/timeline?after={after}")).await).await;
        assert_eq!(third["timeline"], json!([events[3]]));

        for nowhere in ["999999", "-1", "9223372036854775807"] {
            let entry = gateway.data(&query, json!({ "id": nowhere })).await["accountingEntry"].clone();
            assert_eq!(entry, json!(null));
            for path in [format!("{LIST}/{nowhere}"), format!("{LIST}/{nowhere}/timeline")] {
                assert_eq!(problem(gateway.get(&path).await, 404).await["code"], json!("ENTRY_NOT_FOUND"), "{path}");
            }
        }
    }

    async fn what_one_records_the_other_knows(gateway: Gateway) {
        let mutation = format!(
            "mutation($entries: [AccountingEntryInput!]!) {{ recordAccountingEntries(input: {{ entries: $entries }}) {{
                entries {{ {FIELDS} }} recorded updated unchanged userErrors {{ field code }} }} }}"
        );
        let in_graphql = async |entries: &[Value]| {
            let data = gateway.data(&mutation, json!({ "entries": entries })).await;
            data["recordAccountingEntries"].clone()
        };
        let in_rest = async |entries: &[Value]| {
            let snake = |entry: &Value| -> Value {
                let fields = entry.as_object().unwrap().iter();
                Value::Object(fields.map(|(name, value)| (snake_case(name), value.clone())).collect())
            };
            let body: Vec<Value> = entries.iter().map(snake).collect();
            gateway.post(LIST, &json!({ "accounting_entries": body })).await
        };
        let counts = |payload: &Value| ["recorded", "updated", "unchanged"].map(|name| payload[name].as_i64().unwrap());
        let nodes = |payload: &Value| -> Value { payload["entries"].as_array().unwrap().iter().map(as_rest).collect() };

        let mut contents = ledger();
        let first = in_graphql(&contents[..4]).await;
        assert_eq!(counts(&first), [4, 0, 0]);
        gateway.set_clock("2026-03-01T13:00:00Z");
        contents[1]["description"] = json!("changed through REST");
        let second = json_of(in_rest(&contents).await).await;
        assert_eq!(counts(&second), [2, 1, 3]);
        assert_eq!(second["accounting_entries"][0], nodes(&first)[0]);
        let third = in_graphql(&contents).await;
        assert_eq!(counts(&third), [0, 0, 6]);
        assert_eq!(nodes(&third), second["accounting_entries"]);

        let invalid = |field: &str, value: Value| {
            let mut entry = entry("invalid");
            entry[field] = value;
            entry
        };
        let place = |index: usize, field: &str| json!(["accounting_entries", index, field]);
        for (entries, expected) in [
            (vec![], vec![("NO_ITEMS", json!(["accounting_entries"]))]),
            (vec![invalid("externalId", json!(""))], vec![("INVALID_ENTRY", place(0, "external_id"))]),
            (vec![entry("a"), invalid("description", json!("x".repeat(2_001)))], vec![("INVALID_ENTRY", place(1, "description"))]),
            (vec![entry("a"), entry("b"), entry("a")], vec![("DUPLICATE_ITEM", place(2, "external_id"))]),
            (vec![invalid("subledgerAccountNumber", json!("\u{0}")), invalid("accountNumber", json!(""))],
                vec![("INVALID_ENTRY", place(0, "subledger_account_number")), ("INVALID_ENTRY", place(1, "account_number")),
                    ("DUPLICATE_ITEM", place(1, "external_id"))]),
            ((0..501).map(|n| entry(&n.to_string())).collect(), vec![("TOO_MANY_ITEMS", json!(["accounting_entries"]))]),
        ] {
            let expected: Vec<(String, Value)> = expected.into_iter().map(|(code, path)| (code.to_owned(), path)).collect();
            assert_eq!(user_errors(&in_graphql(&entries).await), expected);
            assert_eq!(faults(&problem(in_rest(&entries).await, 422).await["errors"]), expected);
        }
    }
}
