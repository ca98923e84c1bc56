//! Ids: one for each thing among all things of all types, and everything that has one is found by it.

use ledgate::domain::Right::{Export, Mark, Read};
use reqwest::Method;
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::{Gateway, entries};
use crate::tokens::token;

/// What tells each type of thing apart.
const THING: &str = "__typename id
    ... on AccountingEntry { entryId externalId }
    ... on ExportSystem { systemId knownSince }
    ... on EntryExport { entryId systemId note remarked }
    ... on TimelineEvent { kind entryId systemId note }";

async fn node(gateway: &Gateway, id: &str) -> Value {
    let query = format!("query($id: ID!) {{ node(id: $id) {{ {THING} }} }}");
    gateway.data(&query, json!({ "id": id })).await["node"].clone()
}

/// The answer to an operation of the bearer of this token.
async fn asked(gateway: &Gateway, token: &str, query: &str) -> Value {
    let request =
        gateway.request(Method::POST, "/graphql").bearer_auth(token).json(&json!({ "query": query }));
    request.send().await.unwrap().json().await.unwrap()
}

on_both_databases! {
    async fn whatever_has_an_id_is_found_by_it(gateway: Gateway) {
        let ids = gateway.record(entries(2)).await;
        gateway.mark_items(vec![json!({ "entryId": ids[0].to_string(), "systemId": "erp", "note": "sent" })], None).await;
        let mut changed = entries(1);
        changed[0]["description"] = json!("changed");
        gateway.record(changed).await;
        let query = format!("{{
            accountingEntries {{ nodes {{ ...T exports {{ ...T entry {{ id }} system {{ ...T }} }}
                timeline {{ nodes {{ ...T system {{ id }} }} }} }} }}
            exportSystems {{ nodes {{ ...T }} }}
            nobody: exportSystem(systemId: \"nobody:yet\") {{ ...T }} }}
            fragment T on Node {{ {THING} }}");
        let data = gateway.data(&query, json!({})).await;
        let mut things: Vec<Value> = Vec::new();
        for entry in data["accountingEntries"]["nodes"].as_array().unwrap() {
            things.extend(entry["exports"].as_array().unwrap().clone());
            things.extend(entry["timeline"]["nodes"].as_array().unwrap().clone());
            things.push(entry.clone());
        }
        things.extend(data["exportSystems"]["nodes"].as_array().unwrap().clone());
        things.push(data["nobody"].clone());
        let shown: Vec<&str> = things.iter().map(|thing| thing["id"].as_str().unwrap()).collect();
        for expected in ["entry/1", "entry/2", "export/1/erp", "event/recorded/1", "event/recorded/2", "system/erp",
            "system/nobody:yet"]
        {
            assert!(shown.contains(&expected), "{expected}: {shown:?}");
        }
        // The mark and the change are rows of the timeline.
        assert_eq!(shown.iter().filter(|id| id.starts_with("event/") && !id.contains("recorded")).count(), 2);
        let mut known = shown.clone();
        known.sort_unstable();
        known.dedup();
        assert_eq!(known.len(), shown.len(), "two things have one id: {shown:?}");
        for thing in &things {
            let found = node(&gateway, thing["id"].as_str().unwrap()).await;
            for (name, value) in found.as_object().unwrap() {
                assert_eq!(*value, thing[name], "{name} of {found}");
            }
        }
        // All at once, in the order of the question, also where one comes twice.
        let mut wanted: Vec<&str> = shown.iter().rev().copied().collect();
        wanted.push(shown[0]);
        wanted.insert(1, "entry/404");
        let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
        let nodes = gateway.data(query, json!({ "ids": wanted })).await["nodes"].clone();
        let expected: Vec<Value> =
            wanted.iter().map(|id| if *id == "entry/404" { json!(null) } else { json!({ "id": id }) }).collect();
        assert_eq!(nodes, json!(expected));
        let relations = data["accountingEntries"]["nodes"][0].clone();
        assert_eq!(relations["exports"][0]["entry"], json!({ "id": "entry/1" }));
        assert_eq!(relations["exports"][0]["system"]["id"], json!("system/erp"));
        assert!(relations["exports"][0]["system"]["knownSince"].is_string());
        let systems: Vec<&Value> =
            relations["timeline"]["nodes"].as_array().unwrap().iter().map(|event| &event["system"]).collect();
        assert_eq!(systems, [&json!(null), &json!({ "id": "system/erp" }), &json!(null)]);
    }

    async fn things_of_a_node_lead_on_to_others(gateway: Gateway) {
        let ids = gateway.record(entries(2)).await;
        gateway.mark("erp", &ids).await;
        let query = "{ nodes(ids: [\"export/2/erp\", \"export/1/erp\", \"entry/2\", \"system/erp\"]) {
            ... on EntryExport { entry { entryId exports { systemId } } system { backlog { count } } }
            ... on AccountingEntry { export(systemId: \"erp\") { id } timeline(last: 1) { nodes { kind system { systemId } } } }
            ... on ExportSystem { backlog { count } } } }";
        let data = gateway.data(query, json!({})).await;
        let mark = |id: i64| json!({
            "entry": { "entryId": id.to_string(), "exports": [{ "systemId": "erp" }] }, "system": { "backlog": { "count": 0 } },
        });
        assert_eq!(data["nodes"], json!([
            mark(2), mark(1),
            { "export": { "id": "export/2/erp" },
              "timeline": { "nodes": [{ "kind": "EXPORTED", "system": { "systemId": "erp" } }] } },
            { "backlog": { "count": 0 } },
        ]));
    }

    async fn what_is_not_there_is_null_and_what_is_no_id_is_refused(gateway: Gateway) {
        gateway.record(entries(1)).await;
        for nothing in ["entry/404", "entry/-1", "export/1/erp", "export/404/erp", "event/404", "event/recorded/404", "event/0"] {
            assert_eq!(node(&gateway, nothing).await, json!(null), "{nothing}");
        }
        let query = "query($id: ID!) { node(id: $id) { id } }";
        for wrong in ["", "1", "erp", "entry/01", "entry/+1", "entry/x", "entry/9223372036854775808", "system/", "system/a b",
            "voucher/1", "Entry/1", " entry/1", "export/1", "event/recorded/x", "entry/1/2"]
        {
            let answer = gateway.graphql(query, json!({ "id": wrong })).await;
            let error = &answer["errors"][0];
            assert_eq!((&answer["data"], &error["extensions"]["code"]), (&json!({ "node": null }), &json!("BAD_USER_INPUT")), "{wrong}");
            assert_eq!(error["extensions"]["argument"], json!(["id"]));
        }
        // Each by itself: the others are there.
        let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } viewer { name } }";
        let answer = gateway.graphql(query, json!({ "ids": ["entry/1", "what", "entry/404", "system/erp"] })).await;
        let nodes = json!([{ "id": "entry/1" }, null, null, { "id": "system/erp" }]);
        assert_eq!(answer["data"], json!({ "nodes": nodes, "viewer": { "name": "anonymous" } }));
        assert_eq!(answer["errors"].as_array().unwrap().len(), 1, "{answer:#}");
        assert_eq!(answer["errors"][0]["path"], json!(["nodes", 1]));
        assert_eq!(answer["errors"][0]["extensions"]["argument"], json!(["ids", "1"]));
        // As many as one call may ask for, and one more.
        let many = |count: usize| (0..count).map(|number| format!("entry/{number}")).collect::<Vec<_>>();
        let found = gateway.data(query, json!({ "ids": many(100) })).await;
        assert_eq!(found["nodes"].as_array().unwrap().len(), 100);
        let answer = gateway.graphql(query, json!({ "ids": many(101) })).await;
        assert_eq!(answer["data"]["nodes"], json!(vec![json!(null); 101]), "{answer:#}");
        assert_eq!(answer["errors"][0]["extensions"]["code"], json!("TOO_MANY_ITEMS"));
        assert_eq!(gateway.data(query, json!({ "ids": [] })).await["nodes"], json!([]));
    }

    async fn an_entry_is_named_by_its_id_or_by_its_number(gateway: Gateway) {
        let ids = gateway.record(entries(2)).await;
        let query = "query($id: ID!, $ids: [ID!]) { accountingEntry(id: $id) { entryId }
            accountingEntries(filter: { id: { in: $ids } }) { nodes { entryId } } }";
        let expected = json!({ "accountingEntry": { "entryId": "2" }, "accountingEntries": { "nodes": [{ "entryId": "2" }] } });
        for id in [json!("2"), json!("entry/2"), json!(2)] {
            assert_eq!(gateway.data(query, json!({ "id": id, "ids": [id] })).await, expected, "{id}");
        }
        for wrong in ["system/2", "entry/", "entry/x", "event/recorded/2", "entry/02"] {
            assert_eq!(gateway.error_code("query($id: ID!) { accountingEntry(id: $id) { id } }", json!({ "id": wrong })).await,
                "INVALID_ENTRY_ID", "{wrong}");
        }
        let item = |id: &str| json!({ "entryId": id, "systemId": "erp" });
        let payload = gateway.mark_items(vec![item("entry/1"), item("2")], None).await;
        assert_eq!(payload["userErrors"], json!([]));
        let marked: Vec<&Value> = payload["exports"].as_array().unwrap().iter().map(|export| &export["entryId"]).collect();
        assert_eq!(marked, ["1", "2"]);
        let twice = gateway.mark_items(vec![item("entry/1"), item("1")], None).await;
        assert_eq!(twice["userErrors"][0]["code"], json!("DUPLICATE_ITEM"));
        // A system is named by its name alone.
        assert_eq!(gateway.error_code("{ exportSystem(systemId: \"system/erp\") { id } }", json!({})).await, "INVALID_SYSTEM_ID");
        assert_eq!(gateway.unexported("erp").await, [] as [i64; 0], "{ids:?}");
    }

    /// A client that keeps things by their ids sees the new time and note in the place of the old ones.
    async fn a_mark_made_again_is_the_same_thing(gateway: Gateway) {
        gateway.record(entries(1)).await;
        let query = "mutation($note: String!, $system: SystemId!) {
            markExported(input: { entries: [{ entryId: \"entry/1\", systemId: $system, note: $note }] }) { exports { id note } } }";
        let mark = async |system: &str, note: &str| {
            let data = gateway.data(query, json!({ "note": note, "system": system })).await;
            data["markExported"]["exports"][0].clone()
        };
        assert_eq!(mark("erp", "first").await, json!({ "id": "export/1/erp", "note": "first" }));
        assert_eq!(mark("erp", "second").await, json!({ "id": "export/1/erp", "note": "second" }));
        assert_eq!(mark("ERP", "other").await, json!({ "id": "export/1/ERP", "note": "other" }));
        assert_eq!(node(&gateway, "export/1/erp").await["note"], json!("second"));
    }

    async fn a_payload_leads_back_to_the_root(gateway: Gateway) {
        gateway.record(entries(3)).await;
        let query = "mutation { markExported(input: { entries: [{ entryId: \"1\", systemId: \"erp\" }] }) {
            exports { id system { systemId backlog { count } } }
            query { unexportedEntries(systemId: \"erp\") { nodes { id } } node(id: \"entry/1\") { id } } } }";
        let data = gateway.data(query, json!({})).await;
        assert_eq!(data["markExported"], json!({
            "exports": [{ "id": "export/1/erp", "system": { "systemId": "erp", "backlog": { "count": 2 } } }],
            "query": {
                "unexportedEntries": { "nodes": [{ "id": "entry/2" }, { "id": "entry/3" }] }, "node": { "id": "entry/1" },
            },
        }));
        // A refused call too tells how things are.
        let query = "mutation { recordAccountingEntries(input: { entries: [] }) { userErrors { code }
            query { exportSystem(systemId: \"erp\") { backlog { count } } } } }";
        let data = gateway.data(query, json!({})).await;
        assert_eq!(data["recordAccountingEntries"], json!({
            "userErrors": [{ "code": "NO_ITEMS" }], "query": { "exportSystem": { "backlog": { "count": 2 } } },
        }));
        // What stands there counts as the fields of a root do.
        let fields: String = (0..101).map(|number| format!("q{number}: viewer {{ name }} ")).collect();
        let query = format!("mutation {{ recordAccountingEntries(input: {{ entries: [] }}) {{ query {{ {fields} }} }} }}");
        assert_eq!(gateway.error_code(&query, json!({})).await, "TOO_MANY_ROOT_FIELDS");
    }

    async fn a_node_is_seen_by_whoever_may_see_it(gateway: Gateway) {
        let ids = gateway.record(entries(1)).await;
        gateway.mark("erp", &ids).await;
        gateway.mark("crm", &ids).await;
        let reader = token(&gateway, "reader", &[Read], Some(&["erp"])).await;
        let exporter = token(&gateway, "exporter", &[Export, Mark], Some(&["erp"])).await;
        // The events of the two marks, oldest first.
        let events = gateway.data("{ accountingEntry(id: \"1\") { timeline(last: 2) { nodes { id } } } }", json!({})).await;
        let event = |index: usize| events["accountingEntry"]["timeline"]["nodes"][index]["id"].as_str().unwrap().to_owned();
        let (erp, crm) = (event(0), event(1));
        let gateway = gateway.another().await;
        for (token, id, expected) in [
            (&reader, "entry/1", Ok(true)),
            (&reader, "event/recorded/1", Ok(true)),
            (&reader, "export/1/erp", Ok(true)),
            (&reader, &erp, Ok(true)),
            // As in the entry's own list: what is for another system is not there.
            (&reader, "export/1/crm", Ok(false)),
            (&reader, "export/1/xyz", Ok(false)),
            (&reader, &crm, Ok(false)),
            (&reader, "system/erp", Err("FORBIDDEN")),
            (&reader, "system/crm", Err("FORBIDDEN")),
            (&exporter, "system/erp", Ok(true)),
            (&exporter, "system/crm", Err("FORBIDDEN")),
            (&exporter, "system/xyz", Err("FORBIDDEN")),
            (&exporter, "entry/1", Err("FORBIDDEN")),
            (&exporter, "entry/404", Err("FORBIDDEN")),
            (&exporter, "export/1/erp", Err("FORBIDDEN")),
            (&exporter, "event/recorded/404", Err("FORBIDDEN")),
            (&exporter, &erp, Err("FORBIDDEN")),
        ] {
            let one = asked(&gateway, token, &format!("{{ node(id: \"{id}\") {{ id }} }}")).await;
            let among = asked(&gateway, token, &format!("{{ nodes(ids: [\"{id}\"]) {{ id }} }}")).await;
            for (answer, node) in [(&one, &one["data"]["node"]), (&among, &among["data"]["nodes"][0])] {
                match expected {
                    Ok(is_there) => {
                        assert_eq!(answer.get("errors"), None, "{id}: {answer:#}");
                        assert_eq!(*node, if is_there { json!({ "id": id }) } else { json!(null) }, "{id}");
                    }
                    Err(code) => {
                        assert_eq!(*node, json!(null), "{id}");
                        assert_eq!(answer["errors"][0]["extensions"]["code"], json!(code), "{id}: {answer:#}");
                    }
                }
            }
        }
        // The system behind a mark takes the right to see systems.
        let query = "{ accountingEntry(id: \"1\") { exports { systemId system { id } } } }";
        let answer = asked(&gateway, &reader, query).await;
        assert_eq!(answer["data"]["accountingEntry"]["exports"], json!([{ "systemId": "erp", "system": null }]));
        assert_eq!(answer["errors"][0]["extensions"]["code"], json!("FORBIDDEN"));
    }

    async fn a_caller_is_told_who_they_are(gateway: Gateway) {
        let query = "{ viewer { name rights systems ledger } }";
        let all = json!(["READ", "EXPORT", "MARK", "UNMARK", "MANAGE", "RECORD", "ADMIN"]);
        let data = gateway.data(query, json!({})).await;
        assert_eq!(data["viewer"], json!({ "name": "anonymous", "rights": all, "systems": null, "ledger": "main" }));
        let sync = token(&gateway, "ERP sync", &[Export, Mark], Some(&["erp", "crm"])).await;
        let admin = token(&gateway, "boss", &[ledgate::domain::Right::Admin], None).await;
        let gateway = gateway.another().await;
        let answer = asked(&gateway, &sync, query).await;
        assert_eq!(answer["data"]["viewer"], json!({
            "name": "ERP sync", "rights": ["EXPORT", "MARK"], "systems": ["erp", "crm"], "ledger": "main",
        }));
        let answer = asked(&gateway, &admin, query).await;
        assert_eq!(answer["data"]["viewer"], json!({ "name": "boss", "rights": all, "systems": null, "ledger": "main" }));
    }
}
