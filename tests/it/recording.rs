//! Recording: known entries are told by their external id, what has not changed is not written, and a call is
//! taken whole or refused whole with every fault in its place.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ConnectionTrait, DbBackend, Statement, TransactionTrait};
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::gateway::{START, entry, ids};
use crate::support::{Gateway, entries};

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

    async fn five_hundred_are_taken_and_no_more(gateway: Gateway) {
        let taken = call(&gateway, &entries(500)).await;
        assert_eq!(counts(&taken), [500, 0, 0]);
        let found = ids(&taken["entries"]);
        assert!(found.is_sorted_by(|one, next| one < next), "ids are not ascending");
        let expected: Vec<String> = (1..=500).map(|number| format!("T:{number}")).collect();
        assert_eq!(names(&taken), expected);
        assert_eq!(faults(&call(&gateway, &entries(501)).await), [("entries".to_owned(), "TOO_MANY_ITEMS")]);
        assert_eq!(faults(&call(&gateway, &[]).await), [("entries".to_owned(), "NO_ITEMS")]);
        assert_eq!(gateway.unexported("erp").await, found);
    }

    async fn an_external_id_may_occur_once(gateway: Gateway) {
        let payload = call(&gateway, &[entry("a"), entry("b"), entry("a"), entry("c"), entry("a")]).await;
        assert_eq!(faults(&payload), [
            ("entries.2.externalId".to_owned(), "DUPLICATE_ITEM"),
            ("entries.4.externalId".to_owned(), "DUPLICATE_ITEM"),
        ]);
        assert_eq!(gateway.unexported("erp").await, [] as [i64; 0]);
        // As it is written: case, accents and spaces count.
        let others = ["a", "A", "a ", " a", "é", "e\u{301}", "É"].map(entry);
        assert_eq!(counts(&call(&gateway, &others).await), [7, 0, 0]);
        assert_eq!(counts(&call(&gateway, &others).await), [0, 0, 7]);
    }

    async fn every_bound_is_kept_and_told_with_its_place(gateway: Gateway) {
        let names = [
            ("externalId", 1, 200), ("journalCode", 1, 500), ("journalName", 0, 500), ("entryNumber", 0, 500), ("accountNumber", 1, 500),
            ("accountName", 0, 500), ("subledgerAccountNumber", 0, 500), ("subledgerAccountName", 0, 500),
            ("documentReference", 0, 500), ("description", 0, 2_000), ("reconciliationCode", 0, 500),
        ];
        let refused = async |field: &str, value: Value| {
            let shown: String = value.to_string().chars().take(60).collect();
            let payload = call(&gateway, &[entry("good"), with("bad", field, value)]).await;
            assert_eq!(faults(&payload), [(format!("entries.1.{field}"), "INVALID_ENTRY")], "{field}: {shown}");
        };
        for (field, min, max) in names {
            refused(field, json!("😀".repeat(max + 1))).await;
            refused(field, json!("a\u{0}b")).await;
            if min > 0 {
                refused(field, json!("")).await;
            }
        }
        // JSON of exactly the largest size, and one byte more.
        let sized = |bytes: usize| json!({ "text": "x".repeat(bytes - "{\"text\":\"\"}".len()) });
        assert_eq!(sized(65_536).to_string().len(), 65_536);
        refused("attributes", sized(65_537)).await;
        for nul in [json!({ "a": "\u{0}" }), json!({ "\u{0}": 1 }), json!({ "a": [{ "b": ["\u{0}"] }] })] {
            refused("attributes", nul).await;
        }
        for field in ["postingDate", "documentDate", "reconciledOn", "validatedOn"] {
            refused(field, json!("0000-12-31")).await;
            refused(field, json!("1899-12-31")).await;
        }
        assert_eq!(gateway.unexported("erp").await, [] as [i64; 0], "something was written");

        // Every bound itself is taken, counted in characters, and comes back.
        let mut largest = full("x");
        let mut smallest = entry("y");
        for (field, min, max) in names {
            largest[field] = json!("😀".repeat(max));
            smallest[field] = json!("y".repeat(min));
        }
        largest["attributes"] = sized(65_536);
        for (field, date) in [("postingDate", "9999-12-31"), ("documentDate", "9999-12-31"), ("validatedOn", "1900-01-01")] {
            largest[field] = json!(date);
        }
        smallest["postingDate"] = json!("1900-01-01");
        assert_eq!(counts(&call(&gateway, &[largest.clone(), smallest.clone()]).await), [2, 0, 0]);
        let query = "{ accountingEntries { nodes { externalId journalCode journalName entryNumber postingDate accountNumber accountName
            subledgerAccountNumber subledgerAccountName documentReference documentDate description reconciliationCode
            validatedOn attributes } } }";
        let found = gateway.data(query, json!({})).await["accountingEntries"]["nodes"].clone();
        for (found, given) in found.as_array().unwrap().iter().zip([&largest, &smallest]) {
            for (field, value) in found.as_object().unwrap() {
                let empty = if field == "attributes" { json!({}) } else { json!(null) };
                assert_eq!(value, given.get(field).unwrap_or(&empty), "{field}");
            }
        }
        assert_eq!(counts(&call(&gateway, &[largest, smallest]).await), [0, 0, 2]);
    }

    async fn a_malformed_call_is_refused_whole_with_every_fault(gateway: Gateway) {
        let known = gateway.record(vec![with("known", "description", json!("as it was"))]).await;
        let mut twice_wrong = with("c", "journalCode", json!(""));
        twice_wrong["description"] = json!("\u{0}");
        let payload = call(&gateway, &[
            with("known", "description", json!("changed")),
            with("b", "accountNumber", json!("")),
            twice_wrong,
            entry("known"),
            with("", "documentDate", json!("0000-01-01")),
        ]).await;
        assert_eq!(faults(&payload), [
            ("entries.1.accountNumber", "INVALID_ENTRY"),
            ("entries.2.journalCode", "INVALID_ENTRY"),
            ("entries.2.description", "INVALID_ENTRY"),
            ("entries.3.externalId", "DUPLICATE_ITEM"),
            ("entries.4.externalId", "INVALID_ENTRY"),
            ("entries.4.documentDate", "INVALID_ENTRY"),
        ].map(|(path, code)| (path.to_owned(), code)));
        assert_eq!(gateway.unexported("erp").await, known);
        assert_eq!(timeline(&gateway, known[0]).await.len(), 1);
    }

    async fn of_gateways_that_record_the_same_at_once_each_entry_is_made_once(gateway: Gateway) {
        let other = gateway.another().await;
        let contents = entries(60);
        let calls = (0..8).map(|number| {
            let through = if number % 2 == 0 { &gateway } else { &other };
            let contents = contents.clone();
            async move { call(through, &contents).await }
        });
        let payloads = futures_util::future::join_all(calls).await;
        let made: Vec<[i64; 3]> = payloads.iter().map(counts).collect();
        assert_eq!(made.iter().map(|counts| counts[0]).sum::<i64>(), 60, "{made:?}");
        assert_eq!(made.iter().map(|counts| counts[2]).sum::<i64>(), 7 * 60, "{made:?}");
        let found = gateway.unexported("erp").await;
        assert_eq!(found.len(), 60);
        for payload in &payloads {
            assert_eq!(ids(&payload["entries"]), found, "ids are not in the order of the input");
        }
    }

    async fn of_gateways_that_record_the_same_in_other_orders_each_entry_is_made_once(gateway: Gateway) {
        let other = gateway.another().await;
        let calls = (0..8).map(|number| {
            let through = if number % 2 == 0 { &gateway } else { &other };
            let mut contents = entries(60);
            contents.rotate_left(number * 7);
            if number % 3 == 0 {
                contents.reverse();
            }
            async move { call(through, &contents).await }
        });
        let payloads = futures_util::future::join_all(calls).await;
        assert_eq!(payloads.iter().map(|payload| counts(payload)[0]).sum::<i64>(), 60);
        let mut by_name: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
        for payload in &payloads {
            for (name, id) in names(payload).into_iter().zip(ids(&payload["entries"])) {
                by_name.entry(name.to_owned()).or_default().insert(id);
            }
        }
        assert_eq!(by_name.len(), 60);
        assert!(by_name.values().all(|ids| ids.len() == 1), "{by_name:?}");
        assert_eq!(gateway.unexported("erp").await.len(), 60);
    }

    async fn changes_made_at_once_are_all_in_the_timeline(gateway: Gateway) {
        let known = gateway.record(entries(10)).await;
        let other = gateway.another().await;
        let calls = (0..8).map(|number| {
            let through = if number % 2 == 0 { &gateway } else { &other };
            let mut contents = entries(10);
            contents.rotate_left(number);
            contents.iter_mut().for_each(|entry| entry["description"] = json!(format!("by {number}")));
            async move { call(through, &contents).await }
        });
        let payloads = futures_util::future::join_all(calls).await;
        assert_eq!(payloads.iter().map(|payload| counts(payload)[1]).sum::<i64>(), 80);
        for id in known {
            let events = timeline(&gateway, id).await;
            assert_eq!(events.len(), 9);
            let times: Vec<&String> = events.iter().map(|(_, at, _)| at).collect();
            assert!(times.is_sorted_by(|one, next| one < next), "{times:?}");
        }
    }
}

/// Two calls that hold what the other one waits for: a third transaction stands in the way of both until both wait.
/// The database may have to give one of them up; that one is told to come again, and is not half there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_calls_that_meet_half_way_each_is_whole_or_told_to_come_again() {
    let gateway = Gateway::on_postgres().await;
    let other = gateway.another().await;
    let elsewhere = gateway.other_program().await;
    let in_the_way = elsewhere.begin().await.unwrap();
    let sql = "INSERT INTO accounting_entries (external_id, journal_code, entry_number, posting_date, account_number,
        description, debit_ten_thousandths, credit_ten_thousandths) VALUES ('T:5', 'VE', '1', '2026-01-31', '707000', '', 0, 0)";
    in_the_way.execute_unprepared(sql).await.unwrap();
    let waiting = "SELECT count(*) AS n FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'ledgate' AND wait_event_type = 'Lock'";
    let make_way = async {
        loop {
            let row =
                elsewhere.query_one_raw(Statement::from_string(DbBackend::Postgres, waiting)).await.unwrap();
            if row.unwrap().try_get::<i64>("", "n").unwrap() == 2 {
                break in_the_way.rollback().await.unwrap();
            }
        }
    };
    let query = "mutation($input: RecordAccountingEntriesInput!) { recordAccountingEntries(input: $input) { recorded } }";
    let upwards = entries(9);
    let mut downwards = upwards.clone();
    downwards.reverse();
    let input = |entries: &[Value]| json!({ "input": { "entries": entries } });
    let (one, two, ()) = futures_util::join!(
        gateway.graphql(query, input(&upwards)),
        other.graphql(query, input(&downwards)),
        make_way,
    );
    let recorded = |answer: &Value| match answer["data"]["recordAccountingEntries"]["recorded"].as_i64() {
        Some(recorded) => recorded,
        None => {
            assert_eq!(answer["errors"][0]["extensions"]["code"], json!("UNAVAILABLE"), "{answer:#}");
            0
        }
    };
    assert_eq!(recorded(&one) + recorded(&two), 9, "{one:#} {two:#}");
    for entries in [upwards, downwards] {
        assert_eq!(counts(&call(&gateway, &entries).await), [0, 0, 9]);
    }
    assert_eq!(gateway.unexported("erp").await.len(), 9);
}

on_both_databases! {
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
