//! Timelines of a ledger that a newer gateway works on too.

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::entries;

on_both_databases! {
    async fn a_kind_of_event_that_is_not_known_yet_breaks_no_timeline(gateway: Gateway) {
        let ids = gateway.record(entries(2)).await;
        let sql = format!(
            "INSERT INTO timeline_events (entry_id, kind, at, system_id, payload, actor) VALUES
             ({}, 'AUDITED', 1772370000000000, 'erp', '{{\"reason\": \"period closed\", \"attempts\": 8}}', 'token:ERP')",
            ids[0]
        );
        gateway.other_program().await.execute_unprepared(&sql).await.unwrap();
        gateway.set_clock("2026-03-01T14:00:00Z");
        gateway.mark("erp", &ids).await;

        let query = "{ accountingEntries { nodes { timeline { nodes { kind at systemId note actor } } } } }";
        let data = gateway.data(query, json!({})).await;
        let nodes = data["accountingEntries"]["nodes"].as_array().unwrap();
        let kinds = |node: &Value| -> Vec<String> {
            let events = node["timeline"]["nodes"].as_array().unwrap();
            events.iter().map(|event| event["kind"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(kinds(&nodes[0]), ["RECORDED", "OTHER", "EXPORTED"]);
        assert_eq!(kinds(&nodes[1]), ["RECORDED", "EXPORTED"]);
        assert_eq!(nodes[0]["timeline"]["nodes"][1], json!({
            "kind": "OTHER", "at": "2026-03-01T13:00:00.000000Z", "systemId": "erp", "note": null, "actor": "token:ERP",
        }));

        let answer = gateway.get(&format!("/v10/accounting-entries/{}/timeline", ids[0])).await;
        assert_eq!(answer.status(), 200);
        let answer: Value = answer.json().await.unwrap();
        let events = answer["timeline"].as_array().unwrap();
        assert_eq!(events.len(), 3);
        let mut parked = events[1].clone();
        assert!(parked["id"].take().is_i64());
        assert_eq!(parked, json!({
            "id": null, "kind": "AUDITED", "at": "2026-03-01T13:00:00.000000Z", "system_id": "erp", "note": null,
            "actor": "token:ERP", "reason": "period closed", "attempts": 8, "version": null, "reference": null,
        }));
        assert_eq!(events[2]["kind"], json!("EXPORTED"));

        // By its id it is found alone, among things of other types.
        let event = "fragment E on TimelineEvent { __typename id kind at entryId systemId system { systemId } note actor }";
        let query = format!("query($id: ID!) {{ accountingEntry(id: $id) {{ timeline {{ nodes {{ ...E }} }} }} }} {event}");
        let data = gateway.data(&query, json!({ "id": ids[0].to_string() })).await;
        let listed = &data["accountingEntry"]["timeline"]["nodes"][1];
        assert_eq!(listed["id"], json!(format!("event/{}", events[1]["id"])));
        let query = format!("query($parked: ID!, $ids: [ID!]!) {{ node(id: $parked) {{ ...E }}
            nodes(ids: $ids) {{ ...E ... on AccountingEntry {{ entryId }} }} }} {event}");
        let parked = &listed["id"];
        let variables = json!({ "parked": parked, "ids": [parked, format!("entry/{}", ids[1])] });
        let found = gateway.data(&query, variables).await;
        assert_eq!(found["node"], *listed);
        assert_eq!(found["nodes"], json!([listed, { "entryId": ids[1].to_string() }]));
        assert_eq!(*listed, json!({
            "__typename": "TimelineEvent", "id": parked, "kind": "OTHER", "at": "2026-03-01T13:00:00.000000Z",
            "entryId": ids[0].to_string(), "systemId": "erp", "system": { "systemId": "erp" }, "note": null,
            "actor": "token:ERP",
        }));
    }
}
