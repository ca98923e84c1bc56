//! Subscriptions by graphql-ws itself, and by urql and Apollo Client, which speak through it.

use ledgate::domain::Right::Export;
use serde_json::{Value, json};

use super::Client;
use super::conversation::Conversation;
use crate::on_both_databases;
use crate::sockets::cursor;
use crate::support::{Gateway, entries, tools};
use crate::tokens::token;

const CLIENTS: [&str; 3] = ["graphql-ws", "urql", "apollo"];
pub(super) const EVENTS: &str = "subscription Events($after: String, $systemId: SystemId) {
    exportEvents(after: $after, systemId: $systemId) { cursor kind entryId } }";

/// This client at work, with this token if one is given. Where several addresses are given, it goes on to the next one when
/// it loses its connection.
fn client(name: &str, gateways: &[&Gateway], token: Option<&str>) -> Conversation {
    let urls: Vec<String> = gateways.iter().map(|gateway| format!("{}/graphql", gateway.url)).collect();
    client_at(name, &urls, token)
}

/// The same at these addresses.
pub(super) fn client_at(name: &str, urls: &[String], token: Option<&str>) -> Conversation {
    let mut command = tools::node_command();
    command.args(["clients/subscriptions.mjs", name, &urls.join(",")]).args(token);
    Conversation::start(&mut command)
}

/// Follows the events of erp behind this cursor.
async fn follow(client: &mut Conversation, query: &str, after: &str) {
    let variables = json!({ "after": after, "systemId": "erp" });
    client.data("follow", json!({ "query": query, "variables": variables })).await;
}

/// What the client shows next: data, errors, or that it is over.
async fn next(client: &mut Conversation) -> Value {
    client.data("next", json!({})).await
}

pub(super) async fn entry(client: &mut Conversation) -> i64 {
    let shown = next(client).await;
    let id = shown["data"]["exportEvents"]["entryId"].as_str();
    id.unwrap_or_else(|| panic!("no event: {shown}")).parse().unwrap()
}

on_both_databases! {
    async fn every_client_shows_events_as_they_come_and_ends(gateway: Gateway) {
        let ids = gateway.record(entries(4)).await;
        let after = cursor(&gateway, ids[0]).await;
        gateway.mark("erp", &ids[..1]).await;
        for (name, id) in CLIENTS.iter().zip(&ids[1..]) {
            let mut client = client(name, &[&gateway], None);
            follow(&mut client, EVENTS, &after).await;
            assert_eq!(entry(&mut client).await, ids[0], "{name}");
            gateway.mark("erp", &[*id]).await;
            while entry(&mut client).await != *id {}
            client.data("stop", json!({})).await;
            // The same client again.
            follow(&mut client, EVENTS, &after).await;
            assert_eq!(entry(&mut client).await, ids[0], "{name}");
        }
    }

    async fn every_client_shows_why_it_cannot_follow(gateway: Gateway) {
        let ids = gateway.record(entries(1)).await;
        cursor(&gateway, ids[0]).await;
        let crm = token(&gateway, "crm only", &[Export], Some(&["crm"])).await;
        for name in CLIENTS {
            let mut client = client(name, &[&gateway], Some(&crm));
            for (query, code) in [
                (EVENTS, "FORBIDDEN"),
                ("subscription { exportEvents(after: \"no cursor\") { cursor } }", "INVALID_CURSOR"),
                ("subscription { exportEvents { nothing } }", "GRAPHQL_VALIDATION_FAILED"),
            ] {
                let variables = if query == EVENTS { json!({ "systemId": "erp" }) } else { json!({}) };
                client.data("follow", json!({ "query": query, "variables": variables })).await;
                let shown = next(&mut client).await;
                assert_eq!(shown["errors"][0]["code"], code, "{name}: {shown}");
                client.data("stop", json!({})).await;
            }
        }
    }

    async fn graphql_ws_connects_to_another_gateway_when_one_stops(gateway: Gateway) {
        let ids = gateway.record(entries(12)).await;
        let mut after = cursor(&gateway, ids[0]).await;
        let other = gateway.another().await;
        let mut client = client("graphql-ws", &[&other, &gateway], None);
        client.data("keep", json!({ "query": EVENTS, "variables": { "after": after, "systemId": "erp" } })).await;
        let mut told = Vec::new();
        gateway.mark("erp", &ids[..6]).await;
        for _ in 0..4 {
            told.push(entry(&mut client).await);
        }
        other.stop();
        gateway.mark("erp", &ids[6..]).await;
        while told.len() < ids.len() {
            let shown = next(&mut client).await;
            after = shown["data"]["exportEvents"]["cursor"].as_str().unwrap_or_else(|| panic!("{shown}")).to_owned();
            told.push(shown["data"]["exportEvents"]["entryId"].as_str().unwrap().parse().unwrap());
        }
        assert_eq!(told, ids, "every event once, in its order; the last one is at {after}");
    }
}
