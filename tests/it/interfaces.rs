//! Answers of which the type is not known before: the fields of fragments that apply, in the order of the question, with
//! null in the place of what failed.

use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::{Gateway, entries};

/// The data as it came, since order counts, and behind it the paths of what failed.
async fn text(gateway: &Gateway, query: &str) -> String {
    let answer = gateway.post("/graphql", &json!({ "query": query })).await.text().await.unwrap();
    let inside = answer.strip_prefix("{\"data\":").and_then(|rest| rest.strip_suffix('}')).unwrap_or(&answer);
    let (data, errors) = inside.split_once(",\"errors\":").unwrap_or((inside, "[]"));
    let errors: Vec<Value> = serde_json::from_str(errors).unwrap();
    let paths: Vec<String> = errors.iter().map(|error| error["path"].to_string()).collect();
    format!("{data}{}", paths.join(" "))
}

on_both_databases! {
    async fn fragments_apply_to_the_types_they_name_in_the_order_of_the_question(gateway: Gateway) {
        let ids = gateway.record(entries(2)).await;
        gateway.mark("erp", &ids[..1]).await;
        let (one, two) = (format!("entry/{}", ids[0]), format!("entry/{}", ids[1]));
        for (query, expected) in [
            (
                format!("{{ b: node(id: \"{one}\") {{ ... on ExportSystem {{ knownSince }} ... on AccountingEntry {{ currency externalId }} id __typename }}
                    a: node(id: \"system/erp\") {{ __typename ... on AccountingEntry {{ externalId }} ... on ExportSystem {{ backlog {{ count }} systemId }} }} }}"),
                format!("{{\"b\":{{\"currency\":\"EUR\",\"externalId\":\"T:1\",\"id\":\"{one}\",\"__typename\":\"AccountingEntry\"}},\
                    \"a\":{{\"__typename\":\"ExportSystem\",\"backlog\":{{\"count\":1}},\"systemId\":\"erp\"}}}}"),
            ),
            (
                format!("{{ nodes(ids: [\"{two}\", \"system/erp\", \"{one}\"]) {{ ...E ...S ...N }} }}
                    fragment N on Node {{ id }}
                    fragment S on ExportSystem {{ systemId }}
                    fragment E on AccountingEntry {{ exports {{ remarked systemId }} ...N externalId }}"),
                format!("{{\"nodes\":[{{\"exports\":[],\"id\":\"{two}\",\"externalId\":\"T:2\"}},{{\"systemId\":\"erp\",\"id\":\"system/erp\"}},\
                    {{\"exports\":[{{\"remarked\":false,\"systemId\":\"erp\"}}],\"id\":\"{one}\",\"externalId\":\"T:1\"}}]}}"),
            ),
            // No fragment applies: an object it is, and not null.
            (
                format!("{{ node(id: \"{one}\") {{ ... on ExportSystem {{ systemId }} }} }}"),
                "{\"node\":{}}".to_owned(),
            ),
            // A type that is known beforehand, by way of its interface.
            (
                format!("{{ accountingEntry(id: \"{one}\") {{ ... on Node {{ ... on ExportSystem {{ systemId }} ... on AccountingEntry {{ debit }} id }} externalId }}
                    accountingEntries(first: 1) {{ nodes {{ externalId ... on Node {{ id ... on ExportSystem {{ systemId }} }} }} }} }}"),
                format!("{{\"accountingEntry\":{{\"debit\":\"0.00\",\"id\":\"{one}\",\"externalId\":\"T:1\"}},\
                    \"accountingEntries\":{{\"nodes\":[{{\"externalId\":\"T:1\",\"id\":\"{one}\"}}]}}}}"),
            ),
            // The same key in fragments of different types, and a field that fails.
            (
                format!("{{ nodes(ids: [\"system/erp\", \"{one}\"]) {{ ... on AccountingEntry {{ x: timeline(first: 101) {{ nodes {{ id }} }} y: externalId }}
                    ... on ExportSystem {{ y: systemId x: backlog {{ count }} }} }} }}"),
                "{\"nodes\":[{\"y\":\"erp\",\"x\":{\"count\":1}},{\"x\":null,\"y\":\"T:1\"}]}[\"nodes\",1,\"x\"]".to_owned(),
            ),
            (
                format!("{{ node(id: \"{one}\") {{ id ... on AccountingEntry @skip(if: true) {{ externalId }} }} }}"),
                format!("{{\"node\":{{\"id\":\"{one}\"}}}}"),
            ),
        ] {
            assert_eq!(text(&gateway, &query).await, expected, "{query}");
        }
    }
}
