//! Relay, with its compiler and its store, on its own terms: connections that are paged, things that are asked for again
//! by their ids, and a mutation whose answer is merged into what the page shows.

use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::gateway::global;
use crate::support::{entries, tools};

/// The texts of a list.
fn texts(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

on_both_databases! {
    async fn a_page_of_relay_is_compiled_paged_refetched_and_changed(gateway: Gateway) {
        let ids = gateway.record(entries(5)).await;
        // The first entry that is shown has a timeline of several pages.
        for (number, system) in ["bank", "crm", "bank"].into_iter().enumerate() {
            gateway.set_clock(&format!("2026-03-01T13:00:00.00000{number}Z"));
            gateway.mark(system, &ids[..1]).await;
        }
        let printed = tools::run("relay/run.mjs", &gateway.url, &ledgate::graphql::sdl()).await;
        let found: Value = serde_json::from_str(&printed).unwrap();

        let compiled = texts(&found["artifacts"]);
        for artifact in ["WaitingQuery", "WaitingPaginationQuery", "WaitingEntryQuery", "WaitingMarkMutation"] {
            assert!(compiled.contains(&format!("{artifact}.graphql.js").as_str()), "{compiled:?}");
        }
        // Two entries a page, and a third page for the last one.
        let all: Vec<String> = ids.iter().map(|id| global(*id)).collect();
        assert_eq!(texts(&found["first"]), all[..2]);
        assert_eq!(found["pages"], json!([2, 4, 5]));
        assert_eq!(texts(&found["all"]), all);
        // One event comes with the entry, two with each page behind it, by the entry's id.
        assert_eq!(found["events"], json!([1, 3, 4]));
        let events: Vec<(&str, &str)> = found["timeline"].as_array().unwrap().iter().map(|event| {
            (event[0].as_str().unwrap(), event[1].as_str().unwrap())
        }).collect();
        assert_eq!(events[0], ("event/recorded/1", "RECORDED"));
        assert!(events[1..].iter().all(|(id, kind)| id.starts_with("event/") && *kind == "EXPORTED"), "{events:?}");
        // The mark is merged into the entry; the refetched entry has its event.
        let marks: Vec<&Value> = found["marked"].as_array().unwrap().iter().map(|mark| &mark["id"]).collect();
        assert_eq!(marks, ["export/1/bank", "export/1/crm", "export/1/erp"]);
        let last = found["refetched"].as_array().unwrap().last().unwrap();
        assert_eq!((&last[1], &last[2]), (&json!("EXPORTED"), &json!("from Relay")));
        assert_eq!(gateway.unexported("erp").await, ids[1..]);
        let operations = texts(&found["operations"]);
        assert_eq!(operations[0], "WaitingQuery");
        assert_eq!(operations.iter().filter(|name| **name == "WaitingQuery").count(), 1, "{operations:?}");

        // What is kept under one id has one type.
        let kept: Vec<(&str, &str)> = found["kept"].as_array().unwrap().iter().map(|record| {
            (record[0].as_str().unwrap(), record[1].as_str().unwrap())
        }).collect();
        for (prefix, ty) in [
            ("entry/", "AccountingEntry"),
            ("system/", "ExportSystem"),
            ("export/", "EntryExport"),
            ("event/", "TimelineEvent"),
        ] {
            assert!(kept.iter().any(|(id, _)| id.starts_with(prefix)), "{prefix}: {kept:?}");
            for (id, found) in kept.iter().filter(|(id, _)| id.starts_with(prefix)) {
                assert_eq!(*found, ty, "{id}");
            }
        }
        let fields = |id: &str| {
            let record = found["kept"].as_array().unwrap().iter().find(|record| record[0] == json!(id));
            record.unwrap_or_else(|| panic!("{id} is not kept: {kept:?}"))[2].clone()
        };
        assert!(texts(&fields("entry/1")).contains(&"entryId") && !texts(&fields("entry/1")).contains(&"systemId"));
        assert!(texts(&fields("system/erp")).contains(&"systemId") && !texts(&fields("system/erp")).contains(&"entryId"));
        assert_eq!(found["viewer"], json!({ "name": "anonymous" }));
        assert_eq!(found["system"]["systemId"], json!("erp"));
    }
}
