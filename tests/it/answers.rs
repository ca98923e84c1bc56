//! What is answered, where the engine or a database under it would answer something else: the order of the
//! question, null in the place of what failed, every digit and every microsecond, and nothing stale.

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::gateway::global;
use crate::support::{Gateway, entries};

/// The answer as it came, since order counts.
async fn text(gateway: &Gateway, query: &str, variables: Value) -> String {
    let body = json!({ "query": query, "variables": variables });
    gateway.post("/graphql", &body).await.text().await.unwrap()
}

on_both_databases! {
    /// Lists of which every field is plain are written as text, the others resolved by the engine.
    async fn a_list_reads_the_same_to_the_letter_however_it_is_made(gateway: Gateway) {
        let mut all = entries(4);
        for (field, value) in [
            ("description", json!("a \"quote\", a \\, a tab\t, a line\n, é, 漢, 🦀, \u{1}, </script>, \u{2028}")),
            ("journalName", json!("Ventes")),
            ("debit", json!("-0.0001")),
            ("foreignAmount", json!("922337203685477.5807")),
            ("foreignCurrency", json!("JPY")),
            ("documentDate", json!("1900-01-01")),
            ("reconciledOn", json!("9999-12-31")),
            ("attributes", json!({ "z": [1, 2.5, null, true, { "b": "x" }], "a": "\"" })),
        ] {
            all[1][field] = value;
        }
        gateway.record(all).await;
        let fields = gateway.data("{ __type(name: \"AccountingEntry\") { fields {
            name args { name } type { kind ofType { kind } } } } }", json!({})).await;
        let fields = fields["__type"]["fields"].as_array().unwrap();
        let scalar = |field: &&Value| {
            let ty = &field["type"];
            let is_scalar = ty["kind"] == "SCALAR" || ty["ofType"]["kind"] == "SCALAR";
            field["args"] == json!([]) && is_scalar
        };
        let scalars: Vec<&str> = fields.iter().filter(scalar).map(|field| field["name"].as_str().unwrap()).collect();
        assert_eq!(scalars.len(), 26, "{scalars:?}");
        // Of a list that shows one field no other is read.
        let whole = format!("{{ accountingEntries {{ nodes {{ {} }} }} }}", scalars.join(" "));
        let whole = gateway.data(&whole, json!({})).await;
        for scalar in &scalars {
            let query = format!("{{ accountingEntries {{ nodes {{ {scalar} }} edges {{ node {{ {scalar} }} }} }} }}");
            let alone = &gateway.data(&query, json!({})).await["accountingEntries"];
            for (index, node) in whole["accountingEntries"]["nodes"].as_array().unwrap().iter().enumerate() {
                let expected = json!({ *scalar: node[scalar] });
                assert_eq!(alone["nodes"][index], expected);
                assert_eq!(alone["edges"][index]["node"], expected);
            }
        }
        let scalars = scalars.join(" ");
        let query = |once_more: &str| format!(
            "{{ unexportedEntries(systemId: \"erp\") {{
                nodes {{ __typename {scalars} ...F day: postingDate ... on AccountingEntry {{ again: id }} {once_more} }}
                edges {{ c: cursor __typename ... {{ node {{ ...F {scalars} }} }} }}
                pageInfo {{ endCursor }}
                other: edges {{ node {{ id }} }}
                cursors: edges {{ cursor }} }} }}
            fragment F on AccountingEntry {{ other: amount }}"
        );
        let written = text(&gateway, &query(""), json!({})).await;
        let by_the_engine = text(&gateway, &query("id"), json!({})).await;
        assert_eq!(written, by_the_engine);
        let answer: Value = serde_json::from_str(&written).unwrap();
        assert_eq!(answer.get("errors"), None, "{written}");
        assert_eq!(answer["data"]["unexportedEntries"]["nodes"].as_array().unwrap().len(), 4);
    }

    async fn selections_of_one_list_are_merged(gateway: Gateway) {
        gateway.record(entries(1)).await;
        let query = "{ accountingEntries { nodes { id } ...C nodes { debit } edges { node { id } } } }
            fragment C on AccountingEntryConnection { edges { cursor node { credit } } nodes { credit } }";
        let answer: Value = serde_json::from_str(&text(&gateway, query, json!({})).await).unwrap();
        let connection = &answer["data"]["accountingEntries"];
        let (node, edge) = (&connection["nodes"][0], &connection["edges"][0]);
        assert_eq!(*node, json!({ "id": node["id"], "debit": "0.00", "credit": "12.50" }));
        assert!(node["id"].is_string() && edge["cursor"].is_string(), "{answer}");
        assert_eq!(edge["node"], json!({ "id": node["id"], "credit": "12.50" }));
    }

    /// In lists that the engine resolves, a field that fails takes no other with it.
    async fn fields_of_a_list_fail_one_by_one(gateway: Gateway) {
        let ids = gateway.record(entries(2)).await;
        let query = "{ accountingEntries { nodes { id bad: timeline(first: -1) { nodes { kind } } debit } } }";
        let answer = text(&gateway, query, json!({})).await;
        let node = |id: i64| format!("{{\"id\":\"entry/{id}\",\"bad\":null,\"debit\":\"0.00\"}}");
        let expected = format!(
            "{{\"data\":{{\"accountingEntries\":{{\"nodes\":[{},{}]}}}},\"errors\":[", node(ids[0]), node(ids[1]));
        assert!(answer.starts_with(&expected), "{answer}");
        let answer: Value = serde_json::from_str(&answer).unwrap();
        let paths: Vec<&Value> = answer["errors"].as_array().unwrap().iter().map(|error| &error["path"]).collect();
        assert_eq!(paths, [&json!(["accountingEntries", "nodes", 0, "bad"]), &json!(["accountingEntries", "nodes", 1, "bad"])]);
    }

    async fn answers_keep_the_order_of_the_question(gateway: Gateway) {
        let ids = gateway.record(entries(2)).await;
        gateway.mark("erp", &ids[..1]).await;
        // The first fields take a query to the database each, the last ones none; the fragment is put in place.
        let query = "query($id: ID!) {
            z: exportSystem(systemId: \"erp\") { backlog { precision count } systemId lastMarkedAt @skip(if: true) }
            m: accountingEntry(id: $id) { exports { remarked systemId } ...F externalId ... { debit } id }
            __typename
            a: accountingEntry(id: \"404\") { id }
        }
        fragment F on AccountingEntry { timeline { nodes { kind systemId } } credit id }";
        let id = ids[0];
        let expected = format!(
            "{{\"data\":{{\
                \"z\":{{\"backlog\":{{\"precision\":\"EXACT\",\"count\":1}},\"systemId\":\"erp\"}},\
                \"m\":{{\"exports\":[{{\"remarked\":false,\"systemId\":\"erp\"}}],\
                    \"timeline\":{{\"nodes\":[{{\"kind\":\"RECORDED\",\"systemId\":null}},\
                        {{\"kind\":\"EXPORTED\",\"systemId\":\"erp\"}}]}},\
                    \"credit\":\"12.50\",\"id\":\"entry/{id}\",\"externalId\":\"T:1\",\"debit\":\"0.00\"}},\
                \"__typename\":\"Query\",\
                \"a\":null}}}}"
        );
        assert_eq!(text(&gateway, query, json!({ "id": id.to_string() })).await, expected);
    }

    async fn an_object_of_which_everything_is_skipped_is_empty_and_not_null(gateway: Gateway) {
        let ids = gateway.record(entries(2)).await;
        let query = "query($no: Boolean!, $id: ID!) {
            accountingEntries { nodes { id @include(if: $no) } totalCount { ...C } pageInfo { hasNextPage @skip(if: true) } }
            accountingEntry(id: $id) { ... @include(if: $no) { id } }
            nothing: accountingEntry(id: \"404\") { id @include(if: $no) }
        }
        fragment C on Count { count @include(if: $no) }";
        let answer = text(&gateway, query, json!({ "no": false, "id": ids[0].to_string() })).await;
        let expected = "{\"data\":{\"accountingEntries\":{\"nodes\":[{},{}],\"totalCount\":{},\"pageInfo\":{}},\
            \"accountingEntry\":{},\"nothing\":null}}";
        assert_eq!(answer, expected);
        assert_eq!(text(&gateway, "{ __typename @skip(if: true) }", json!({})).await, "{\"data\":{}}");
    }

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

    async fn money_is_taken_from_strings_only_and_keeps_every_digit(gateway: Gateway) {
        let mut entry = entries(1);
        entry[0]["debit"] = json!("123456789012345.6789");
        let ids = gateway.record(entry).await;
        let query = "query($id: ID!) { accountingEntry(id: $id) { debit amount } }";
        let found = gateway.data(query, json!({ "id": ids[0].to_string() })).await;
        assert_eq!(found["accountingEntry"], json!({ "debit": "123456789012345.6789", "amount": "123456789012333.1789" }));
        let filter = "query($d: Decimal) { accountingEntries(filter: { debit: { eq: $d } }) { nodes { id } } }";
        let found = gateway.data(filter, json!({ "d": "123456789012345.6789" })).await;
        assert_eq!(crate::support::gateway::ids(&found["accountingEntries"]["nodes"]), ids);
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
            let found = crate::support::gateway::ids(&found["accountingEntries"]["nodes"]);
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
