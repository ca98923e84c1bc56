//! urql, Apollo Client and graphql-request, each with the settings that it comes with.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::conversation::Conversation;
use super::ledger::{fill, numbers};
use super::{Client, promise};
use crate::on_both_databases;
use crate::support::{Gateway, tools};

/// A script of tests/tools/clients, at work on this gateway.
fn client(gateway: &Gateway, script: &str, arguments: &[&str]) -> Conversation {
    let mut command = tools::node_command();
    command.arg(format!("clients/{script}")).arg(format!("{}/graphql", gateway.url)).args(arguments);
    Conversation::start(&mut command)
}

/// How many of the requests are of this kind, and carried the text and the hash or not.
fn count(requests: &[Value], method: &str, text: bool, hash: bool) -> usize {
    let same = |request: &&Value| {
        [&request["method"], &request["text"], &request["hash"]]
            == [&json!(method), &json!(text), &json!(hash)]
    };
    requests.iter().filter(same).count()
}

on_both_databases! {
    async fn urql_shows_the_ledger(gateway: Gateway) {
        let ids = fill(&gateway).await;
        let mut urql = client(&gateway, "urql.mjs", &[]);
        promise::holds(&gateway, &mut urql, &ids).await;
        let requests = urql.requests().await;
        // Its own choice: mutations by POST, and queries by GET while their address has no more than 2,048 characters.
        let sent = |method: &str| -> BTreeSet<&str> {
            let sent = requests.iter().filter(|request| request["method"] == method);
            sent.map(|request| request["operation"].as_str().unwrap()).collect()
        };
        assert_eq!(sent("POST"), BTreeSet::from(["Mark", "MarkAll", "Unexported"]));
        assert_eq!(sent("GET"), BTreeSet::from(["Entry", "Ledger", "Sorted", "Systems", "Unexported"]));
    }

    async fn urql_with_persisted_queries_sends_the_text_where_none_are_kept(gateway: Gateway) {
        let ids = fill(&gateway).await;
        let mut urql = client(&gateway, "urql.mjs", &["persisted"]);
        promise::holds(&gateway, &mut urql, &ids).await;
        let requests = urql.requests().await;
        assert_eq!(count(&requests, "GET", false, true), 1, "it asks once, and then knows: {requests:#?}");
    }

    async fn apollo_shows_the_ledger(gateway: Gateway) {
        let ids = fill(&gateway).await;
        let mut apollo = client(&gateway, "apollo.mjs", &[]);
        promise::holds(&gateway, &mut apollo, &ids).await;
    }

    async fn apollo_with_persisted_queries_sends_the_text_where_none_are_kept(gateway: Gateway) {
        let ids = fill(&gateway).await;
        let mut apollo = client(&gateway, "apollo.mjs", &["persisted"]);
        promise::holds(&gateway, &mut apollo, &ids).await;
        let requests = apollo.requests().await;
        // An answer with other errors makes its link forget what it knew. Two of the questions before the last get one.
        assert_eq!(count(&requests, "GET", false, true), 3, "{requests:#?}");
    }

    async fn apollo_keeps_what_is_different_apart(gateway: Gateway) {
        let ids = fill(&gateway).await;
        let mut apollo = client(&gateway, "apollo.mjs", &[]);
        let questions = [
            ("Systems", json!({})),
            ("Entry", json!({ "id": ids[0].to_string(), "systemId": "erp" })),
            ("Entry", json!({ "id": ids[0].to_string(), "systemId": "bank" })),
            ("Unexported", json!({ "systemId": "erp", "notExportedSince": "2026-03-01T18:00:00Z" })),
            ("Unexported", json!({ "systemId": "bank" })),
        ];
        let mut answers = Vec::new();
        for (operation, variables) in &questions {
            answers.push(apollo.data(operation, variables.clone()).await);
        }
        for ((operation, variables), answer) in questions.iter().zip(&answers) {
            let question = json!({ "operation": operation, "variables": variables });
            assert_eq!(&apollo.data("cached", question).await, answer, "{operation} {variables}");
        }
        let kept = apollo.data("kept", json!({})).await;
        for one in ["ExportSystem:system/bank", "ExportSystem:system/erp"] {
            assert!(kept.as_array().unwrap().contains(&json!(one)), "{kept}");
        }
        let first = ids[0];
        for one in [
            format!("AccountingEntry:entry/{first}"),
            format!("EntryExport:export/{first}/bank"),
            format!("EntryExport:export/{first}/erp"),
        ] {
            assert!(kept.as_array().unwrap().contains(&json!(one)), "{kept}");
        }
    }

    async fn apollo_adds_page_to_page(gateway: Gateway) {
        fill(&gateway).await;
        let mut apollo = client(&gateway, "apollo-pages.mjs", &[]);
        let list = async |apollo: &mut Conversation, filter: Value| {
            let data = apollo.data("Ledger", json!({ "first": 2, "filter": filter })).await;
            let edges = data["accountingEntries"]["edges"].as_array().unwrap().clone();
            numbers(edges.iter().map(|edge| &edge["node"]))
        };
        assert_eq!(list(&mut apollo, Value::Null).await, [1, 2, 3, 4, 5, 6, 7]);
        let few = json!({ "credit": { "lt": "4.00" } });
        assert_eq!(list(&mut apollo, few).await, [1, 2, 3], "another filter is another list");
        assert_eq!(apollo.requests().await.len(), 4 + 2);
    }

    async fn graphql_request_shows_the_ledger(gateway: Gateway) {
        let ids = fill(&gateway).await;
        let mut client = client(&gateway, "graphql-request.mjs", &[]);
        promise::holds(&gateway, &mut client, &ids).await;
    }
}
