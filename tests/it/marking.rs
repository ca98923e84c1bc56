//! Marking: whole or not at all, reported item by item, and safe to repeat.

use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::{Gateway, entries};

fn item(id: impl ToString, system: &str) -> Value {
    json!({ "entryId": id.to_string(), "systemId": system })
}

fn codes(payload: &Value) -> Vec<(String, String)> {
    let path = |field: &Value| {
        field
            .as_array()
            .map(|steps| steps.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("."))
            .unwrap_or_default()
    };
    let error = |error: &Value| (path(&error["field"]), error["code"].as_str().unwrap().to_owned());
    payload["userErrors"].as_array().unwrap().iter().map(error).collect()
}

async fn timeline(gateway: &Gateway, id: i64) -> Vec<Value> {
    let query = "query($id: ID!) { accountingEntry(id: $id) {
        timeline { nodes { kind at systemId note actor } } } }";
    let data = gateway.data(query, json!({ "id": id.to_string() })).await;
    data["accountingEntry"]["timeline"]["nodes"].as_array().unwrap().clone()
}

on_both_databases! {
    async fn either_form_of_an_id_names_the_entry(gateway: Gateway) {
        let id = gateway.record(entries(1)).await[0];
        for (number, form) in [id.to_string(), format!("entry/{id}")].into_iter().enumerate() {
            let query = "query($id: ID!) { accountingEntry(id: $id) { id entryId } }";
            let data = gateway.data(query, json!({ "id": form })).await;
            let both = json!({ "id": format!("entry/{id}"), "entryId": id.to_string() });
            assert_eq!(data["accountingEntry"], both, "{form}");
            let item = json!({ "entryId": form, "systemId": format!("erp-{number}") });
            let payload = gateway.mark_items(vec![item], None).await;
            assert_eq!(payload["exports"][0]["entry"]["entryId"], json!(id.to_string()), "{payload:#}");
        }
        for form in ["system/erp", "entry/01", "entry/", "Entry/1"] {
            let item = json!({ "entryId": form, "systemId": "erp" });
            let payload = gateway.mark_items(vec![item], None).await;
            assert_eq!(payload["userErrors"][0]["code"], json!("INVALID_ENTRY_ID"), "{form}: {payload:#}");
        }
    }

    async fn the_note_shows_in_the_timeline_and_every_mark_is_kept(gateway: Gateway) {
        let ids = gateway.record(entries(1)).await;
        gateway.set_clock("2026-03-01T13:00:00Z");
        let note = "posted as GL-1 % _ ' \" \\ é 漢字 😀";
        let mut marked = item(ids[0], "erp");
        marked["note"] = json!(note);
        let payload = gateway.mark_items(vec![marked], None).await;
        assert_eq!(payload["exports"], json!([{
            "entryId": ids[0].to_string(), "systemId": "erp", "exportedAt": "2026-03-01T13:00:00.000000Z",
            "note": note, "remarked": false, "entry": { "entryId": ids[0].to_string() },
        }]));
        gateway.set_clock("2026-03-01T14:00:00Z");
        let payload = gateway.mark("erp", &ids).await;
        assert_eq!(payload["exports"][0]["remarked"], json!(true));
        assert_eq!(payload["exports"][0]["exportedAt"], json!("2026-03-01T14:00:00.000000Z"));
        assert_eq!(payload["exports"][0]["note"], json!(null));
        assert_eq!(timeline(&gateway, ids[0]).await, [
            json!({ "kind": "RECORDED", "at": "2026-03-01T12:00:00.000000Z", "systemId": null, "note": null, "actor": "graphql" }),
            json!({ "kind": "EXPORTED", "at": "2026-03-01T13:00:00.000000Z", "systemId": "erp", "note": note, "actor": "graphql" }),
            json!({ "kind": "EXPORTED", "at": "2026-03-01T14:00:00.000000Z", "systemId": "erp", "note": null, "actor": "graphql" }),
        ]);
    }

    async fn items_may_name_different_systems(gateway: Gateway) {
        let ids = gateway.record(entries(2)).await;
        let payload = gateway
            .mark_items(vec![item(ids[0], "erp"), item(ids[0], "warehouse"), item(ids[1], "erp")], None)
            .await;
        assert_eq!(payload["exports"].as_array().unwrap().len(), 3);
        assert_eq!(gateway.unexported("erp").await, [] as [i64; 0]);
        assert_eq!(gateway.unexported("warehouse").await, ids[1..]);
        let query = "query($id: ID!) { accountingEntry(id: $id) {
            exports { systemId } export(systemId: \"erp\") { systemId } none: export(systemId: \"x\") { systemId } } }";
        let entry = gateway.data(query, json!({ "id": ids[0].to_string() })).await["accountingEntry"].clone();
        assert_eq!(entry["exports"], json!([{ "systemId": "erp" }, { "systemId": "warehouse" }]));
        assert_eq!(entry["export"], json!({ "systemId": "erp" }));
        assert_eq!(entry["none"], json!(null));
    }

    async fn what_does_not_exist_is_reported_and_the_others_are_marked(gateway: Gateway) {
        let ids = gateway.record(entries(2)).await;
        let payload =
            gateway.mark_items(vec![item(ids[0], "erp"), item(999_999, "erp"), item(ids[1], "erp")], None).await;
        assert_eq!(codes(&payload), [("entries.1.entryId".to_owned(), "ENTRY_NOT_FOUND".to_owned())]);
        assert_eq!(payload["userErrors"][0]["entryId"], json!("999999"));
        assert_eq!(payload["exports"].as_array().unwrap().len(), 2);
        assert_eq!(gateway.unexported("erp").await, [] as [i64; 0]);
    }

    async fn a_malformed_call_is_refused_whole_with_every_fault(gateway: Gateway) {
        let ids = gateway.record(entries(3)).await;
        let mut long_note = item(ids[1], "erp");
        long_note["note"] = json!("n".repeat(2_001));
        let payload = gateway
            .mark_items(
                vec![
                    item(ids[0], "erp"),
                    long_note,
                    item(ids[2], ""),
                    item(ids[2], "no spaces"),
                    item("abc", &"x".repeat(65)),
                    item(ids[0], "erp"),
                ],
                Some(&"k".repeat(201)),
            )
            .await;
        let expected = [
            ("idempotencyKey", "INVALID_IDEMPOTENCY_KEY"),
            ("entries.1.note", "NOTE_TOO_LONG"),
            ("entries.2.systemId", "INVALID_SYSTEM_ID"),
            ("entries.3.systemId", "INVALID_SYSTEM_ID"),
            ("entries.4.entryId", "INVALID_ENTRY_ID"),
            ("entries.4.systemId", "INVALID_SYSTEM_ID"),
            ("entries.5", "DUPLICATE_ITEM"),
        ];
        assert_eq!(codes(&payload), expected.map(|(path, code)| (path.to_owned(), code.to_owned())));
        assert_eq!(payload["exports"], json!([]));
        assert_eq!(gateway.unexported("erp").await, ids, "something was written");
    }

    async fn ten_are_taken_and_eleven_refused(gateway: Gateway) {
        let ids = gateway.record(entries(11)).await;
        let all: Vec<Value> = ids.iter().map(|id| item(id, "erp")).collect();
        let refused = gateway.mark_items(all.clone(), None).await;
        assert_eq!(codes(&refused), [("entries".to_owned(), "TOO_MANY_ITEMS".to_owned())]);
        assert_eq!(gateway.unexported("erp").await, ids);
        assert_eq!(codes(&gateway.mark_items(vec![], None).await), [("entries".to_owned(), "NO_ITEMS".to_owned())]);
        let taken = gateway.mark_items(all[..10].to_vec(), None).await;
        assert_eq!(taken["exports"].as_array().unwrap().len(), 10);
        assert_eq!(gateway.unexported("erp").await, ids[10..]);
    }

    async fn the_longest_note_and_system_are_taken(gateway: Gateway) {
        let ids = gateway.record(entries(1)).await;
        let system = "A-z.0_9:".repeat(8);
        let mut marked = item(ids[0], &system);
        marked["note"] = json!("é".repeat(2_000));
        let payload = gateway.mark_items(vec![marked], Some(&"k".repeat(200))).await;
        assert_eq!(payload["userErrors"], json!([]));
        assert_eq!(gateway.unexported(&system).await, [] as [i64; 0]);
    }

    async fn the_same_key_gives_the_first_answer_and_writes_nothing(gateway: Gateway) {
        let ids = gateway.record(entries(2)).await;
        let items = vec![item(ids[0], "erp"), item(777, "erp")];
        let first = gateway.mark_items(items.clone(), Some("run-1")).await;
        gateway.set_clock("2026-03-01T18:00:00Z");
        let again = gateway.mark_items(items, Some("run-1")).await;
        assert_eq!(again, first);
        assert_eq!(timeline(&gateway, ids[0]).await.len(), 2, "the repeated call wrote a mark");
    }

    async fn a_key_with_other_items_is_refused(gateway: Gateway) {
        let ids = gateway.record(entries(2)).await;
        gateway.mark_items(vec![item(ids[0], "erp")], Some("run-1")).await;
        let other = gateway.mark_items(vec![item(ids[1], "erp")], Some("run-1")).await;
        assert_eq!(codes(&other), [("idempotencyKey".to_owned(), "IDEMPOTENCY_KEY_REUSED".to_owned())]);
        assert_eq!(gateway.unexported("erp").await, ids[1..]);
    }

    async fn a_refused_call_does_not_use_its_key_up(gateway: Gateway) {
        let ids = gateway.record(entries(1)).await;
        gateway.mark_items(vec![item(ids[0], "not valid")], Some("run-1")).await;
        let mended = gateway.mark_items(vec![item(ids[0], "erp")], Some("run-1")).await;
        assert_eq!(mended["userErrors"], json!([]));
        assert_eq!(gateway.unexported("erp").await, [] as [i64; 0]);
    }

    async fn of_calls_that_mark_the_same_at_once_one_is_first(gateway: Gateway) {
        let ids = gateway.record(entries(10)).await;
        let other = gateway.another().await;
        let calls = (0..8).map(|number| {
            let through = if number % 2 == 0 { &gateway } else { &other };
            let mut ids = ids.clone();
            ids.rotate_left(number);
            async move { through.mark("erp", &ids).await }
        });
        let payloads = futures_util::future::join_all(calls).await;
        for id in &ids {
            let first = payloads.iter().flat_map(|payload| payload["exports"].as_array().unwrap());
            let first = first.filter(|export| export["entryId"] == json!(id.to_string()) && export["remarked"] == json!(false));
            assert_eq!(first.count(), 1, "entry {id}");
            assert_eq!(timeline(&gateway, *id).await.len(), 9);
        }
        assert_eq!(gateway.unexported("erp").await, [] as [i64; 0]);
    }

    async fn of_calls_with_one_key_at_once_one_is_carried_out(gateway: Gateway) {
        let ids = gateway.record(entries(3)).await;
        let other = gateway.another().await;
        let items: Vec<Value> = ids.iter().map(|id| item(id, "erp")).collect();
        let calls = (0..8).map(|number| {
            let through = if number % 2 == 0 { &gateway } else { &other };
            through.mark_items(items.clone(), Some("same"))
        });
        let payloads = futures_util::future::join_all(calls).await;
        assert!(payloads.iter().all(|payload| payload == &payloads[0]), "{payloads:#?}");
        assert_eq!(timeline(&gateway, ids[0]).await.len(), 2);
    }
}
