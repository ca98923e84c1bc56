//! Recording: known entries are told by their external id, what has not changed is not written, and a call is
//! taken whole or refused whole with every fault in its place.

mod at_once;
mod refused;

use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::Gateway;
use crate::support::gateway::{START, entry, ids};

const START_WRITTEN: &str = "2026-03-01T12:00:00.000000Z";

/// One call, and its payload.
async fn call(gateway: &Gateway, entries: &[Value]) -> Value {
    let query = "mutation($input: RecordAccountingEntriesInput!) { recordAccountingEntries(input: $input) {
        entries { id externalId description createdAt updatedAt } recorded updated unchanged
        userErrors { field code message } } }";
    let data = gateway.data(query, json!({ "input": { "entries": entries } })).await;
    data["recordAccountingEntries"].clone()
}

/// (recorded, updated, unchanged) of a call that is taken.
fn counts(payload: &Value) -> [i64; 3] {
    assert_eq!(payload["userErrors"], json!([]));
    ["recorded", "updated", "unchanged"].map(|name| payload[name].as_i64().unwrap())
}

/// (path, code) of each fault of a call that is refused.
fn faults(payload: &Value) -> Vec<(String, &str)> {
    assert_eq!(payload["entries"], json!([]));
    assert_eq!(
        ["recorded", "updated", "unchanged"].map(|name| payload[name].clone()),
        [0, 0, 0].map(Value::from)
    );
    let path = |field: &Value| {
        let steps = field.as_array().unwrap().iter().map(|step| step.as_str().unwrap());
        steps.collect::<Vec<_>>().join(".")
    };
    let errors = payload["userErrors"].as_array().unwrap();
    errors.iter().map(|error| (path(&error["field"]), error["code"].as_str().unwrap())).collect()
}

fn names(payload: &Value) -> Vec<&str> {
    payload["entries"].as_array().unwrap().iter().map(|entry| entry["externalId"].as_str().unwrap()).collect()
}

/// (kind, time, actor) of each event of the entry.
async fn timeline(gateway: &Gateway, id: i64) -> Vec<(String, String, String)> {
    let query =
        "query($id: ID!) { accountingEntry(id: $id) { timeline(first: 100) { nodes { kind at actor } } } }";
    let data = gateway.data(query, json!({ "id": id.to_string() })).await;
    let nodes = data["accountingEntry"]["timeline"]["nodes"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    nodes.iter().map(|node| (text(&node["kind"]), text(&node["at"]), text(&node["actor"]))).collect()
}

fn with(name: &str, field: &str, value: Value) -> Value {
    let mut entry = entry(name);
    entry[field] = value;
    entry
}

/// An entry with every field.
fn full(name: &str) -> Value {
    let mut entry = entry(name);
    let more = json!({
        "journalName": "Sales", "accountName": "Sales of goods", "subledgerAccountNumber": "C0042",
        "subledgerAccountName": "Dupont", "documentReference": "FA-1", "documentDate": "2026-01-30",
        "foreignAmount": "13.10", "foreignCurrency": "USD", "reconciliationCode": "AB", "reconciledOn": "2026-02-15",
        "validatedOn": "2026-02-28",
        "attributes": { "text": "é", "yes": true, "none": null, "whole": 12, "parts": 12.5, "huge": 1e300, "tiny": -1e-7,
            "large": 18_446_744_073_709_551_615_u64, "list": [1.0, "2", [], {}], "object": { "b": 1, "a": { "": "" } } },
    });
    entry.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    entry
}

on_both_databases! {
    async fn new_changed_and_unchanged_entries_are_told_apart(gateway: Gateway) {
        let first = call(&gateway, &[entry("b"), entry("a"), entry("c")]).await;
        assert_eq!(counts(&first), [3, 0, 0]);
        assert_eq!(names(&first), ["b", "a", "c"]);
        let known = ids(&first["entries"]);
        assert!(known.is_sorted_by(|one, next| one < next), "{known:?}");

        gateway.set_clock("2026-03-01T13:00:00Z");
        let changed = with("a", "description", json!("changed"));
        let second = call(&gateway, &[entry("z"), entry("c"), changed, entry("y"), entry("b")]).await;
        assert_eq!(counts(&second), [2, 1, 2]);
        assert_eq!(names(&second), ["z", "c", "a", "y", "b"]);
        let found = ids(&second["entries"]);
        assert_eq!([found[1], found[2], found[4]], [known[2], known[1], known[0]]);
        assert!(known[2] < found[0] && found[0] < found[3], "{known:?} {found:?}");
        let later = "2026-03-01T13:00:00.000000Z";
        let times: Vec<[&Value; 2]> = second["entries"].as_array().unwrap().iter()
            .map(|entry| [&entry["createdAt"], &entry["updatedAt"]]).collect();
        assert_eq!(times, [
            [later, later], [START_WRITTEN, START_WRITTEN], [START_WRITTEN, later], [later, later], [START_WRITTEN, START_WRITTEN],
        ]);
        assert_eq!(second["entries"][2]["description"], json!("changed"));
        assert_eq!(gateway.unexported("erp").await, [&known[..], &[found[0], found[3]]].concat());
    }

    async fn what_is_unchanged_is_not_written(gateway: Gateway) {
        let id = gateway.record(vec![full("x")]).await[0];
        gateway.set_clock("2026-03-01T13:00:00Z");
        // The same in other words.
        let mut same = full("x");
        same["debit"] = json!("-0");
        same["credit"] = json!("012.5000");
        same["foreignAmount"] = json!("13.1");
        let reversed: serde_json::Map<String, Value> = same.as_object().unwrap().clone().into_iter().rev().collect();
        for again in [full("x"), same, Value::Object(reversed)] {
            let payload = call(&gateway, &[again]).await;
            assert_eq!(counts(&payload), [0, 0, 1]);
            assert_eq!(payload["entries"][0]["updatedAt"], json!(START_WRITTEN));
        }
        let recorded = [("RECORDED".to_owned(), START_WRITTEN.to_owned(), "graphql".to_owned())];
        assert_eq!(timeline(&gateway, id).await, recorded);

        // Left out, null and nothing in it are the same.
        let minimal = gateway.record(vec![entry("minimal")]).await;
        let mut nulls = entry("minimal");
        for field in ["journalName", "documentDate", "foreignAmount", "foreignCurrency", "attributes"] {
            nulls[field] = json!(null);
        }
        assert_eq!(counts(&call(&gateway, &[nulls]).await), [0, 0, 1]);
        assert_eq!(counts(&call(&gateway, &[with("minimal", "attributes", json!({}))]).await), [0, 0, 1]);
        assert_eq!(timeline(&gateway, minimal[0]).await.len(), 1);
    }

    async fn a_change_of_any_field_is_written_and_shows_in_the_timeline(gateway: Gateway) {
        let id = gateway.record(vec![full("x")]).await[0];
        let changes = [
            ("journalCode", json!("AC")), ("journalName", json!("sales")), ("journalName", json!(null)), ("entryNumber", json!("")),
            ("postingDate", json!("2026-02-01")), ("accountNumber", json!("707001")), ("accountName", json!("")),
            ("subledgerAccountNumber", json!("C0043")), ("subledgerAccountName", json!(null)),
            ("documentReference", json!("fa-1")), ("documentDate", json!("2026-01-31")), ("description", json!("Sale x ")),
            ("debit", json!("0.0001")), ("credit", json!("12.5001")), ("currency", json!("CHF")), ("foreignAmount", json!(null)),
            ("foreignCurrency", json!("JPY")), ("reconciliationCode", json!("AC")), ("reconciledOn", json!(null)),
            ("validatedOn", json!("2026-03-01")), ("attributes", json!({ "text": "e\u{301}" })), ("attributes", json!(null)),
        ];
        let mut expected = vec![("RECORDED".to_owned(), START_WRITTEN.to_owned(), "graphql".to_owned())];
        let mut current = full("x");
        for (minute, (field, value)) in changes.into_iter().enumerate() {
            let now = format!("2026-03-01T13:{minute:02}:00.000000Z");
            gateway.set_clock(&now);
            current[field] = value;
            let payload = call(&gateway, std::slice::from_ref(&current)).await;
            assert_eq!(counts(&payload), [0, 1, 0], "{field}");
            assert_eq!(ids(&payload["entries"]), [id]);
            assert_eq!(payload["entries"][0]["updatedAt"], json!(now), "{field}");
            assert_eq!(payload["entries"][0]["createdAt"], json!(START_WRITTEN));
            assert_eq!(counts(&call(&gateway, std::slice::from_ref(&current)).await), [0, 0, 1], "{field}");
            expected.push(("UPDATED".to_owned(), now, "graphql".to_owned()));
        }
        assert_eq!(timeline(&gateway, id).await, expected);
    }

    async fn updated_at_always_moves_on(gateway: Gateway) {
        gateway.record(vec![entry("x")]).await;
        // The clock stands still, then goes backwards.
        for (clock, text, expected) in [
            (START, "one", "2026-03-01T12:00:00.000001Z"),
            (START, "two", "2026-03-01T12:00:00.000002Z"),
            ("2026-03-01T11:00:00Z", "three", "2026-03-01T12:00:00.000003Z"),
        ] {
            gateway.set_clock(clock);
            let payload = call(&gateway, &[with("x", "description", json!(text))]).await;
            assert_eq!(payload["entries"][0]["updatedAt"], json!(expected));
        }
    }

    async fn null_is_as_if_a_field_had_been_left_out(gateway: Gateway) {
        let mut entry = json!({ "external_id": "R:1", "journal_code": "VE", "entry_number": "1",
            "posting_date": "2026-01-31", "account_number": "707000", "description": "by REST", "debit": "1.50",
            "credit": "0.00", "currency": "EUR" });
        let path = "/v10/accounting-entries";
        let left_out = gateway.post(path, &json!({ "accounting_entries": [&entry] })).await;
        let left_out: Value = left_out.json().await.unwrap();
        for field in ["journal_name", "document_date", "foreign_amount", "foreign_currency", "attributes"] {
            entry[field] = Value::Null;
        }
        let answer = gateway.post(path, &json!({ "accounting_entries": [entry] })).await;
        assert_eq!(answer.status(), 200);
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer["accounting_entries"], left_out["accounting_entries"]);
        assert_eq!(answer["unchanged"], 1, "{answer:#}");
        assert_eq!(answer["accounting_entries"][0]["attributes"], json!({}));
    }
}
