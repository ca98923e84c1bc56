//! Calls of recording that are refused: whole, and with every fault in its place. What lies just inside a bound is taken.

use serde_json::{Value, json};

use super::{call, counts, faults, full, names, timeline, with};
use crate::on_both_databases;
use crate::support::entries;
use crate::support::gateway::{entry, ids};

on_both_databases! {
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
            ("externalId", 1, 200), ("journalCode", 1, 300), ("journalName", 0, 500), ("entryNumber", 0, 300), ("accountNumber", 1, 500),
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
}
