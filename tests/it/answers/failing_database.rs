//! When the database refuses a statement, the field is null, its error tells nothing of the database, and nothing is
//! half written.

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::entries;
use crate::support::gateway::global;

on_both_databases! {
    async fn a_database_that_fails_leaves_null_and_tells_nothing_of_itself(gateway: Gateway) {
        let ids = gateway.record(entries(1)).await;
        let other = gateway.other_program().await;
        let rename = async |from: &str, to: &str| {
            other.execute_unprepared(&format!("ALTER TABLE {from} RENAME TO {to}")).await.unwrap();
        };
        let query = "query($id: ID!) { accountingEntry(id: $id) { id timeline { nodes { id } } externalId }
            exportSystems { nodes { id } } }";
        let ask = async || {
            let body = json!({ "query": query, "variables": { "id": ids[0].to_string() } });
            let request = gateway.request(reqwest::Method::POST, "/graphql").json(&body);
            let response = request.header("x-request-id", "the-one-that-failed").send().await.unwrap();
            assert_eq!(response.status(), 200);
            response.text().await.unwrap()
        };

        rename("timeline_events", "timeline_events_away").await;
        let partly = ask().await;
        rename("accounting_entries", "accounting_entries_away").await;
        let wholly = ask().await;
        for (answer, data, path) in [
            (&partly, json!({
                "accountingEntry": { "id": global(ids[0]), "timeline": null, "externalId": "T:1" },
                "exportSystems": { "nodes": [] },
            }), json!(["accountingEntry", "timeline"])),
            (&wholly, json!({ "accountingEntry": null, "exportSystems": { "nodes": [] } }), json!(["accountingEntry"])),
        ] {
            let parsed: Value = serde_json::from_str(answer).unwrap();
            assert_eq!(parsed["data"], data);
            let error = &parsed["errors"][0];
            assert_eq!(error["path"], path);
            assert_eq!(error["extensions"]["code"], json!("INTERNAL_SERVER_ERROR"));
            assert_eq!(error["extensions"]["requestId"], json!("the-one-that-failed"));
            assert_eq!(parsed["errors"].as_array().unwrap().len(), 1, "{parsed:#}");
            let told = format!("{} {}", error["message"], error["extensions"]).to_lowercase();
            for secret in ["sql", "table", "relation", "select", "_away", "timeline_events", "no such", "column",
                "sea-orm", "sqlx", "database", "/tmp", "test.db", "127.0.0.1", "error returned"] {
                assert!(!told.contains(secret), "{secret} is told: {answer}");
            }
        }

        rename("accounting_entries_away", "accounting_entries").await;
        rename("timeline_events_away", "timeline_events").await;
        assert!(!ask().await.contains("errors"), "the gateway works again");
    }

    async fn a_mutation_that_fails_on_the_database_tells_nothing_either_and_writes_nothing(gateway: Gateway) {
        let ids = gateway.record(entries(1)).await;
        let other = gateway.other_program().await;
        other.execute_unprepared("ALTER TABLE timeline_events RENAME TO elsewhere").await.unwrap();
        let query = "mutation($id: ID!) { markExported(input: { entries: [{ entryId: $id, systemId: \"erp\" }] }) {
            exports { entryId } userErrors { code } } }";
        let answer = gateway.graphql(query, json!({ "id": ids[0].to_string() })).await;
        assert_eq!(answer["data"], json!({ "markExported": null }));
        assert_eq!(answer["errors"][0]["extensions"]["code"], json!("INTERNAL_SERVER_ERROR"));
        let told = answer.to_string().to_lowercase();
        assert!(!told.contains("timeline") && !told.contains("sql"), "{told}");
        other.execute_unprepared("ALTER TABLE elsewhere RENAME TO timeline_events").await.unwrap();
        assert_eq!(gateway.unexported("erp").await, ids, "half of it was written");
    }
}
