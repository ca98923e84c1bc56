//! A consumer behind nginx, before gateways that are killed and come back.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Client;
use super::subscriptions::{EVENTS, client_at, entry};
use crate::program_on_both_databases;
use crate::support::nginx::{Nginx, PREFIX};
use crate::support::program::Serving;

/// How often a gateway is killed.
const KILLS: usize = 5;
/// How many entries are marked before one is killed, and how many from then on.
const BEFORE: usize = 3;
const FROM_THEN_ON: usize = 5;

/// No call is repeated for longer.
const PATIENCE: Duration = Duration::from_secs(30);

const MARK: &str =
    "mutation($input: MarkExportedInput!) { markExported(input: $input) { userErrors { code } } }";

/// Marks these entries one after the other. Each call is repeated until it is answered; its key makes one mark of all.
async fn mark(http: &reqwest::Client, address: &str, ids: &[i64]) {
    for id in ids {
        let entries = json!([{ "entryId": id.to_string(), "systemId": "erp" }]);
        let input = json!({ "entries": entries, "idempotencyKey": format!("mark {id}") });
        let body = json!({ "query": MARK, "variables": { "input": input } });
        let call = async || http.post(address).json(&body).send().await?.json::<Value>().await;
        let begun = Instant::now();
        loop {
            let answer = call().await;
            if answer.as_ref().is_ok_and(|answer| answer["data"]["markExported"]["userErrors"] == json!([])) {
                break;
            }
            assert!(begun.elapsed() < PATIENCE, "entry {id}: {answer:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// The cursor of an event of the system `log`, for which this entry is marked first.
async fn cursor(gateway: &Serving, id: i64) -> Value {
    gateway.export("log", &[id], None).await;
    let begun = Instant::now();
    loop {
        let data = gateway
            .data("{ exportEvents(systemId: \"log\", last: 1) { nodes { cursor } } }", json!({}))
            .await;
        let cursor = &data["exportEvents"]["nodes"][0]["cursor"];
        if cursor.is_string() {
            return cursor.clone();
        }
        assert!(begun.elapsed() < PATIENCE, "the event did not come into the log");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

program_on_both_databases! {
    async fn every_event_comes_once_and_in_order_however_often_gateways_are_killed(program: Program) {
        let mut gateways = vec![program.serve(&[]).await, program.serve(&[]).await];
        let ids = gateways[0].record("K", 0..KILLS * (BEFORE + FROM_THEN_ON)).await;
        let after = cursor(&gateways[0], ids[0]).await;
        let urls: Vec<String> = gateways.iter().map(|gateway| gateway.url.clone()).collect();
        let nginx = Nginx::as_deployed_before(&[&urls[0], &urls[1]]);
        let address = format!("{}{PREFIX}/graphql", nginx.url);
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut client = client_at("graphql-ws", std::slice::from_ref(&address), None);
        client.data("keep", json!({ "query": EVENTS, "variables": { "after": after, "systemId": "erp" } })).await;

        let mut told = Vec::new();
        let mut made = 0;
        for kill in 0..KILLS {
            let (before, from_then_on) = ids[made..made + BEFORE + FROM_THEN_ON].split_at(BEFORE);
            mark(&http, &address, before).await;
            // Each time the other one than last time, which is the one that the client has gone to. A call is on its way.
            let victim = kill % 2;
            let killing = async { drop(gateways.remove(victim)) };
            tokio::join!(mark(&http, &address, from_then_on), killing);
            made += BEFORE + FROM_THEN_ON;
            while told.len() < made {
                told.push(entry(&mut client).await);
            }
            assert_eq!(told, ids[..made], "after {} kills", kill + 1);
            let address = urls[victim].strip_prefix("http://").unwrap();
            gateways.insert(victim, program.serve_at(address).await);
        }

        // The log has no more than the client was told.
        let query = "{ exportEvents(systemId: \"erp\", first: 100) { nodes { entryId } } }";
        let log = gateways[0].data(query, json!({})).await["exportEvents"]["nodes"].clone();
        let log: Vec<i64> =
            log.as_array().unwrap().iter().map(|event| event["entryId"].as_str().unwrap().parse().unwrap()).collect();
        assert_eq!(log, told);
        // The first connection, and one at least after each kill but the first, which may have met the other gateway.
        let attempts = client.data("attempts", json!({})).await;
        assert!(attempts.as_u64().unwrap() >= KILLS as u64, "the client was not cut off: {attempts} connections");
    }
}
