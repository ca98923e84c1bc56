//! The form of answers, where the engine alone would answer something else: the order of the question, merged
//! selections, null in the place of what failed. Their values stand in `values.rs`.

mod failing_database;
mod values;

use serde_json::{Value, json};

use crate::on_both_databases;
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
        assert_eq!(scalars.len(), 29, "{scalars:?}");
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
}
