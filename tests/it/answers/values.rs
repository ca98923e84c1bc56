//! The values in answers: every digit and every microsecond, each entry's own marks and events, and nothing stale.

use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::entries;
use crate::support::gateway::ids as ids_of;

on_both_databases! {
    async fn money_is_taken_from_strings_only_and_keeps_every_digit(gateway: Gateway) {
        let mut entry = entries(1);
        entry[0]["debit"] = json!("123456789012345.6789");
        let ids = gateway.record(entry).await;
        let query = "query($id: ID!) { accountingEntry(id: $id) { debit amount } }";
        let found = gateway.data(query, json!({ "id": ids[0].to_string() })).await;
        assert_eq!(found["accountingEntry"], json!({ "debit": "123456789012345.6789", "amount": "123456789012333.1789" }));
        let filter = "query($d: Decimal) { accountingEntries(filter: { debit: { eq: $d } }) { nodes { id } } }";
        let found = gateway.data(filter, json!({ "d": "123456789012345.6789" })).await;
        assert_eq!(ids_of(&found["accountingEntries"]["nodes"]), ids);
        for number in [json!(123_456_789_012_345.67), json!(12), json!(0.1), json!(true), json!(["1.00"])] {
            assert_eq!(gateway.error_code(filter, json!({ "d": number })).await, "BAD_USER_INPUT", "{number}");
        }
        for literal in ["12.5", "12", "1e3", "TWELVE"] {
            let query = format!("{{ accountingEntries(filter: {{ debit: {{ eq: {literal} }} }}) {{ nodes {{ id }} }} }}");
            assert_eq!(gateway.error_code(&query, json!({})).await, "BAD_USER_INPUT", "{literal}");
        }
    }

    async fn times_are_written_in_utc_with_z_and_six_digits(gateway: Gateway) {
        let ids = gateway.record(entries(1)).await;
        let query = "query($id: ID!) { accountingEntry(id: $id) { createdAt exports { exportedAt } timeline { nodes { at } } } }";
        // Round and uneven moments alike.
        for moment in ["2026-03-01T13:00:00.000000Z", "2026-03-01T13:00:00.100000Z", "2026-03-01T13:00:00.123456Z"] {
            gateway.set_clock(moment);
            gateway.mark("erp", &ids).await;
            let entry = gateway.data(query, json!({ "id": ids[0].to_string() })).await["accountingEntry"].clone();
            assert_eq!(entry["createdAt"], json!("2026-03-01T12:00:00.000000Z"));
            assert_eq!(entry["exports"][0]["exportedAt"], json!(moment));
            assert_eq!(entry["timeline"]["nodes"].as_array().unwrap().last().unwrap()["at"], json!(moment));
        }
        let later = "query($t: DateTime!) { accountingEntries(filter: { createdAt: { gte: $t } }) { nodes { id } } }";
        for (offset, is_found) in [("2026-03-01T13:00:00+01:00", true), ("2026-03-01T12:00:00.000001Z", false)] {
            let found = gateway.data(later, json!({ "t": offset })).await;
            assert_eq!(found["accountingEntries"]["nodes"] != json!([]), is_found, "{offset}");
        }
    }

    async fn percent_and_underscore_stand_for_themselves(gateway: Gateway) {
        let mut texts = entries(4);
        for (entry, text) in texts.iter_mut().zip(["100 % wool", "100 x wool", "a_b\\c", "aXb\\c"]) {
            entry["description"] = json!(text);
        }
        let ids = gateway.record(texts).await;
        let query = "query($f: AccountingEntryFilter!) { accountingEntries(filter: $f) { nodes { id } } }";
        for (test, value, expected) in [
            ("contains", "0 % W", vec![ids[0]]),
            ("contains", "%", vec![ids[0]]),
            ("startsWith", "a_", vec![ids[2]]),
            ("endsWith", "_b\\c", vec![ids[2]]),
            ("endsWith", "b\\c", vec![ids[2], ids[3]]),
            ("contains", "__", vec![]),
        ] {
            let found = gateway.data(query, json!({ "f": { "description": { test: value } } })).await;
            let found = ids_of(&found["accountingEntries"]["nodes"]);
            assert_eq!(found, expected, "{test} {value}");
        }
    }

    async fn the_answer_to_a_mark_shows_the_mark_and_not_what_was_there_before(gateway: Gateway) {
        let ids = gateway.record(entries(2)).await;
        let query = "mutation($input: MarkExportedInput!) { markExported(input: $input) { exports {
            note entry { entryId exports { note exportedAt remarked } timeline { nodes { kind note } } } } } }";
        for (moment, note) in [("2026-03-01T13:00:00.000000Z", "first"), ("2026-03-01T14:00:00.000000Z", "second")] {
            gateway.set_clock(moment);
            let items: Vec<Value> = ids
                .iter()
                .map(|id| json!({ "entryId": id.to_string(), "systemId": "erp", "note": note }))
                .collect();
            let exports = gateway.data(query, json!({ "input": { "entries": items } })).await["markExported"]["exports"].clone();
            for (export, id) in exports.as_array().unwrap().iter().zip(&ids) {
                let entry = &export["entry"];
                assert_eq!((&export["note"], &entry["entryId"]), (&json!(note), &json!(id.to_string())));
                let mark = json!([{ "note": note, "exportedAt": moment, "remarked": note == "second" }]);
                assert_eq!(entry["exports"], mark);
                let last = entry["timeline"]["nodes"].as_array().unwrap().last().unwrap().clone();
                assert_eq!(last, json!({ "kind": "EXPORTED", "note": note }));
            }
        }
    }

    async fn on_a_page_every_entry_has_its_own_marks_and_its_own_timeline(gateway: Gateway) {
        let ids = gateway.record(entries(60)).await;
        for (index, id) in ids.iter().enumerate() {
            // Every third has none, every fifth has two.
            for system in [(!index.is_multiple_of(3)).then_some("erp"), index.is_multiple_of(5).then_some("bank")] {
                let Some(system) = system else { continue };
                let note = format!("{system} {id}");
                let item = json!({ "entryId": id.to_string(), "systemId": system, "note": note });
                assert_eq!(gateway.mark_items(vec![item], None).await["userErrors"], json!([]));
            }
        }
        let query = "{ accountingEntries(last: 50) { nodes { entryId
            exports { entryId systemId note entry { entryId } }
            export(systemId: \"erp\") { note }
            timeline { nodes { kind note } pageInfo { hasNextPage } } } } }";
        let page = gateway.data(query, json!({})).await;
        let nodes = page["accountingEntries"]["nodes"].as_array().unwrap();
        assert_eq!(nodes.len(), 50);
        for (node, (index, id)) in nodes.iter().zip(ids.iter().enumerate().skip(10)) {
            let id = id.to_string();
            assert_eq!(node["entryId"], json!(id));
            let (erp, bank) = (!index.is_multiple_of(3), index.is_multiple_of(5));
            let systems = [bank.then_some("bank"), erp.then_some("erp")].into_iter().flatten();
            let mark = |system: &str| json!({ "entryId": id, "systemId": system, "note": format!("{system} {id}"), "entry": { "entryId": id } });
            assert_eq!(node["exports"], Value::Array(systems.map(mark).collect()));
            let export = if erp { json!({ "note": format!("erp {id}") }) } else { Value::Null };
            assert_eq!(node["export"], export);
            let mut events = vec![json!({ "kind": "RECORDED", "note": null })];
            for system in [erp.then_some("erp"), bank.then_some("bank")].into_iter().flatten() {
                events.push(json!({ "kind": "EXPORTED", "note": format!("{system} {id}") }));
            }
            assert_eq!(node["timeline"], json!({ "nodes": events, "pageInfo": { "hasNextPage": false } }));
        }
    }
}
