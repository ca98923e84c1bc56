//! An entry's version counts its material changes, whoever makes them, and its timeline keeps what was replaced.

use ledgate::domain::Field;
use sea_orm::{ConnectionTrait, DbBackend};
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::Gateway;
use crate::support::gateway::{entry, ids};

const QUERY: &str = "query($id: ID!) { accountingEntry(id: $id) { version
    timeline { nodes { kind actor replaced { field value } } } } }";

/// The version, and the events after the recording.
async fn life(gateway: &Gateway, id: i64) -> (i64, Vec<Value>) {
    let entry = gateway.data(QUERY, json!({ "id": id.to_string() })).await["accountingEntry"].clone();
    let events = entry["timeline"]["nodes"].as_array().unwrap();
    (entry["version"].as_i64().unwrap(), events[1..].to_vec())
}

/// The entry with these fields changed.
fn with(changes: Value) -> Value {
    let mut entry = entry("V:1");
    entry.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    entry
}

fn replaced(actor: Option<&str>, values: Value) -> Value {
    json!({ "kind": "UPDATED", "actor": actor, "replaced": values })
}

/// Sets a column to this SQL value, as another program.
async fn set(gateway: &Gateway, id: i64, assignment: &str) {
    let sql = format!("UPDATE accounting_entries SET {assignment} WHERE id = {id}");
    gateway.other_program().await.execute_unprepared(&sql).await.expect(assignment);
}

on_both_databases! {
    async fn a_material_change_makes_a_version_and_others_do_not(gateway: Gateway) {
        let id = gateway.record(vec![with(json!({ "debit": "12.50" }))]).await[0];
        assert_eq!(life(&gateway, id).await, (1, vec![]));
        gateway.record(vec![with(json!({ "debit": "13.00" }))]).await;
        let first = replaced(Some("graphql"), json!([{ "field": "debit", "value": "12.50" }]));
        assert_eq!(life(&gateway, id).await, (2, vec![first.clone()]));
        // Lettering is no news for a system that has the entry.
        let lettered = json!({ "debit": "13.00", "reconciliationCode": "AB", "reconciledOn": "2026-02-15" });
        gateway.record(vec![with(lettered.clone())]).await;
        let second = replaced(Some("graphql"), json!([
            { "field": "reconciledOn", "value": null }, { "field": "reconciliationCode", "value": null },
        ]));
        assert_eq!(life(&gateway, id).await, (2, vec![first, second]));
        gateway.record(vec![with(lettered)]).await;
        assert_eq!(life(&gateway, id).await.0, 2);
    }

    async fn the_answer_to_a_change_has_the_new_version(gateway: Gateway) {
        gateway.record(vec![entry("V:1")]).await;
        let query = "mutation($input: RecordAccountingEntriesInput!) {
            recordAccountingEntries(input: $input) { entries { version } } }";
        let input = json!({ "input": { "entries": [with(json!({ "description": "mended" }))] } });
        assert_eq!(gateway.data(query, input).await["recordAccountingEntries"], json!({ "entries": [{ "version": 2 }] }));
    }

    async fn every_field_of_the_source_counts_as_the_table_says_also_for_other_programs(gateway: Gateway) {
        let id = gateway.record(vec![entry("V:1")]).await[0];
        let postgres = gateway.other_program().await.get_database_backend() == DbBackend::Postgres;
        let mut version = 1;
        for field in Field::CONTENT {
            let column = field.column();
            let value = match column {
                name if name.ends_with("ten_thousandths") => "770000",
                "currency" | "foreign_currency" => "'CHF'",
                name if name.ends_with("_date") || name.ends_with("_on") => "'2026-02-28'",
                _ => "'other'",
            };
            set(&gateway, id, &format!("{column} = {value}")).await;
            version += i64::from(field.is_material());
            let (now, events) = life(&gateway, id).await;
            assert_eq!(now, version, "{column}");
            let told = events.last().unwrap();
            assert_eq!(told["actor"], Value::Null, "{column}");
            assert_eq!(told["replaced"].as_array().unwrap().len(), 1, "{column}: {told}");
            assert_eq!(told["replaced"][0]["field"], json!(field.graphql_name()));
        }
        let cast = if postgres { "::jsonb" } else { "" };
        set(&gateway, id, &format!("attributes = '{{\"CostCentre\": \"410\"}}'{cast}")).await;
        let (now, events) = life(&gateway, id).await;
        assert_eq!(now, version);
        assert_eq!(events.last().unwrap()["replaced"], json!([{ "field": "attributes", "value": "{}" }]));
        // An UPDATE that changes nothing is told, and makes no version.
        set(&gateway, id, "description = description").await;
        let (now, events) = life(&gateway, id).await;
        assert_eq!((now, events.last().unwrap()["replaced"].clone()), (version, json!([])));
    }

    async fn values_replaced_by_another_program_read_as_those_of_the_gateway(gateway: Gateway) {
        let id = gateway.record(vec![with(json!({ "debit": "12.50" }))]).await[0];
        set(&gateway, id, "debit_ten_thousandths = 130000, posting_date = '2026-02-28'").await;
        let (version, events) = life(&gateway, id).await;
        assert_eq!(version, 2, "one statement is one change");
        assert_eq!(events, [replaced(None, json!([
            { "field": "debit", "value": "12.50" }, { "field": "postingDate", "value": "2026-01-31" },
        ]))]);
        let answer = gateway.get(&format!("/v10/accounting-entries/{id}/timeline")).await;
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer["timeline"][1]["replaced"], json!({ "debit": "12.50", "posting_date": "2026-01-31" }));
    }

    async fn nobody_sets_the_version(gateway: Gateway) {
        let id = gateway.record(vec![entry("V:1")]).await[0];
        let other = gateway.other_program().await;
        let sql = format!("UPDATE accounting_entries SET version = 7, debit_ten_thousandths = 1 WHERE id = {id}");
        let outcome = other.execute_unprepared(&sql).await;
        match other.get_database_backend() {
            DbBackend::Postgres => assert_eq!((outcome.is_ok(), life(&gateway, id).await.0), (true, 2)),
            _ => {
                let error = outcome.expect_err("the version is refused").to_string();
                assert!(error.contains("counted by the database"), "{error}");
                assert_eq!(life(&gateway, id).await.0, 1);
            }
        }
    }

    async fn entries_are_found_by_their_version(gateway: Gateway) {
        let recorded = gateway.record(vec![entry("V:1"), entry("V:2")]).await;
        gateway.record(vec![with(json!({ "description": "mended" }))]).await;
        let query = "query($filter: AccountingEntryFilter) {
            accountingEntries(filter: $filter) { nodes { entryId } } }";
        let found = gateway.data(query, json!({ "filter": { "version": { "gt": 1 } } })).await;
        assert_eq!(ids(&found["accountingEntries"]["nodes"]), recorded[..1]);
        let answer = gateway.get("/v10/accounting-entries?filter_groups[0][filters][0][]=version\
            &filter_groups[0][filters][0][]=eq&filter_groups[0][filters][0][]=1").await;
        let answer: Value = answer.json().await.unwrap();
        let found: Vec<_> = answer["accounting_entries"].as_array().unwrap().iter()
            .map(|entry| (entry["id"].as_i64().unwrap(), entry["version"].as_i64().unwrap())).collect();
        assert_eq!(found, [(recorded[1], 1)]);
    }
}
