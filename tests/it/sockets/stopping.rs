//! A gateway that stops says so on every connection, and does not wait for them.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{EVENTS, Heard, PATIENCE, Socket, cursor};
use crate::support::program::Program;
use crate::support::{Gateway, entries};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_closes_every_connection_and_says_come_again() {
    let gateway = Gateway::on_sqlite().await;
    let ids = gateway.record(entries(1)).await;
    let after = cursor(&gateway, ids[0]).await;
    let other = gateway.another().await;
    let mut quiet = Socket::begun(&other, None).await;
    let mut not_begun = Socket::connect(&other, &[]).await.unwrap();
    let mut following = Socket::begun(&other, None).await;
    following.follow("a", json!({ "after": after })).await;
    following.is_quiet().await;
    // It neither reads nor answers.
    let _deaf = Socket::begun(&other, None).await;
    let begun = Instant::now();
    other.stop();
    for socket in [&mut quiet, &mut not_begun, &mut following] {
        assert_eq!(socket.hear().await, Heard::Closed(1012, "the server stops: connect again".to_owned()));
    }
    drop((quiet, not_begun, following));
    // The deadline is 20 seconds. Who does not answer has three.
    assert_eq!(other.stopped().await, 0, "connections were cut");
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_counts_connections_and_ends_with_them_at_a_signal() {
    let mut program = Program::on_sqlite();
    program.set("LEDGATE_METRICS_LISTEN", "127.0.0.1:0");
    let mut serving = program.serve(&[]).await;
    let line = serving.log.iter().find(|line| line["message"] == "metrics are at /metrics").unwrap();
    let metrics = format!("http://{}/metrics", line["address"].as_str().unwrap());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let counted = async |expected: &[&str]| {
        let all = async {
            loop {
                let text = client.get(&metrics).send().await.unwrap().text().await.unwrap();
                if expected.iter().all(|line| text.lines().any(|found| found == *line)) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, all).await.unwrap_or_else(|_| panic!("never told: {expected:?}"));
    };
    let address = format!("{}/graphql", serving.url);
    let mut sockets = Vec::new();
    for _ in 0..2 {
        let mut socket = Socket::connect_to(&address, &[], None).await.unwrap();
        assert_eq!(socket.begin(None).await, Heard::Said(json!({ "type": "connection_ack" })));
        socket.subscribe("a", EVENTS, json!({})).await;
        socket.is_quiet().await;
        sockets.push(socket);
    }
    counted(&["ledgate_sockets_open 2", "ledgate_subscriptions_open 2"]).await;
    let mut wrong = sockets.pop().unwrap();
    wrong.say(json!({ "type": "nothing" })).await;
    assert_eq!(wrong.code().await, 4400);
    counted(&[
        "ledgate_sockets_open 1",
        "ledgate_subscriptions_open 1",
        "ledgate_sockets_closed_total{code=\"4400\"} 1",
    ])
    .await;
    serving.signal("TERM");
    assert_eq!(sockets[0].code().await, 1012);
    drop(sockets);
    assert_eq!(serving.ended().await.0, 0);
}
