//! The loop of `ledgate-client`, with a function in the place of a command.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ledgate_client::{Client, FailureType, Options, Outcome, Summary, Voucher, work};
use serde_json::{Value, json};
use tokio::sync::Barrier;
use tokio_util::sync::CancellationToken;

use super::until;
use crate::on_both_databases;
use crate::support::Gateway;
use crate::support::gateway::entry;

/// So many vouchers of one line.
async fn vouchers(gateway: &Gateway, count: usize) -> Vec<i64> {
    let entries = (1..=count).map(|number| {
        let mut entry = entry(&format!("T:{number}"));
        entry["entryNumber"] = json!(number.to_string());
        entry
    });
    gateway.record(entries.collect()).await
}

/// Sets a flag when it is dropped.
struct Dropped(Arc<AtomicBool>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// As docs/clients.md shows it.
async fn send(server: &str, token: Option<&str>, stop: CancellationToken) -> Result<Summary, Box<dyn Error>> {
    let client = Client::new(server, token)?;
    let options = Options { concurrency: 4, stop, ..Options::new("erp", "worker-1") };
    let summary = work(&client, options, |voucher| async move {
        match post(&voucher).await {
            Ok(document) => Outcome::exported_as(document),
            Err(refusal) => Outcome::failed(FailureType::Validation, refusal),
        }
    })
    .await?;
    Ok(summary)
}

/// An ERP that knows one period only.
async fn post(voucher: &Voucher) -> Result<String, &'static str> {
    if voucher.entry_number == "2" {
        return Err("the period is closed");
    }
    Ok(format!("GL-{}", voucher.dispatch_key))
}

on_both_databases! {
    async fn the_sample_of_the_documentation_sends_what_there_is_until_it_is_stopped(gateway: Gateway) {
        vouchers(&gateway, 3).await;
        let stop = CancellationToken::new();
        let stopping = async {
            let query = "{ unexportedEntries(systemId: \"erp\", states: [PENDING, CLAIMED], first: 1) {
                nodes { entryId } } }";
            until("the end of the backlog", async || {
                gateway.data(query, json!({})).await["unexportedEntries"]["nodes"] == json!([])
            })
            .await;
            stop.cancel();
        };
        let (summary, ()) = tokio::join!(send(&gateway.url, None, stop.clone()), stopping);
        let summary = summary.unwrap();
        assert_eq!((summary.vouchers, summary.exported, summary.failed), (3, 2, 1));
    }

    async fn every_voucher_goes_through_the_handler_as_many_at_a_time_as_asked(gateway: Gateway) {
        vouchers(&gateway, 4).await;
        let client = Client::new(&gateway.url, None).unwrap();
        let options = Options { concurrency: 2, once: true, ..Options::new("erp", "worker-1") };
        // One waits for another: alone, it would wait for ever.
        let pair = Arc::new(Barrier::new(2));
        let done = work(&client, options, move |voucher| {
            let pair = Arc::clone(&pair);
            async move {
                pair.wait().await;
                match voucher.entry_number.as_str() {
                    "2" => panic!("a test of what comes of that"),
                    "3" => Outcome::failed(FailureType::Validation, "no"),
                    number => Outcome::exported_as(format!("GL-{number} {}", voucher.totals[0].credit)),
                }
            }
        });
        let summary = done.await.unwrap();
        assert_eq!((summary.claims, summary.vouchers, summary.exported, summary.failed), (1, 4, 2, 2));
        assert_eq!((summary.lost, summary.released, summary.unsettled.len()), (0, 0, 0));
        let query = "{ accountingEntries(first: 4) { nodes {
            export(systemId: \"erp\") { reference { documentId } }
            exportStatus(systemId: \"erp\") { lastFailure { type reason } } } } }";
        let data = gateway.data(query, json!({})).await;
        let told = data["accountingEntries"]["nodes"].as_array().unwrap().iter().map(|node| {
            [node["export"]["reference"]["documentId"].clone(), node["exportStatus"]["lastFailure"].clone()]
        });
        let failure = |kind: &str, reason: &str| json!({ "type": kind, "reason": reason });
        assert_eq!(told.collect::<Vec<_>>(), [
            [json!("GL-1 12.50"), Value::Null],
            [Value::Null, failure("OTHER", "the program that sends it panicked")],
            [Value::Null, failure("VALIDATION", "no")],
            [json!("GL-4 12.50"), Value::Null],
        ]);
    }

    async fn a_handler_is_dropped_when_its_claim_is_lost(gateway: Gateway) {
        let ids = vouchers(&gateway, 1).await;
        let client = Client::new(&gateway.url, None).unwrap();
        let options = Options { once: true, lease_seconds: 10, ..Options::new("erp", "worker-1") };
        let is_dropped = Arc::new(AtomicBool::new(false));
        let dropped = Arc::clone(&is_dropped);
        let begun = Arc::new(Barrier::new(2));
        let beginning = Arc::clone(&begun);
        let working = work(&client, options, move |_| {
            let (dropped, beginning) = (Dropped(Arc::clone(&dropped)), Arc::clone(&beginning));
            async move {
                let _dropped = dropped;
                beginning.wait().await;
                std::future::pending().await
            }
        });
        let marking = async {
            begun.wait().await;
            // Somebody else has sent it: the claim has nothing any more, which the worker is told when it extends it.
            gateway.mark("erp", &ids).await;
        };
        let (summary, ()) = tokio::join!(working, marking);
        let summary = summary.unwrap();
        assert!(is_dropped.load(Ordering::SeqCst));
        assert_eq!((summary.vouchers, summary.exported, summary.failed, summary.lost), (1, 0, 0, 1));
    }

    async fn what_a_server_refuses_for_good_ends_the_loop(gateway: Gateway) {
        let client = Client::new(&gateway.url, None).unwrap();
        let options = Options { once: true, ..Options::new("erp", "") };
        let error = work(&client, options, |_| async { Outcome::exported() }).await.unwrap_err().error;
        assert_eq!((error.code(), error.is_temporary()), (Some("INVALID_CLAIM"), false));

        let client = Client::new(&format!("{}/nowhere", gateway.url), None).unwrap();
        let error = work(&client, Options::new("erp", "worker-1"), |_| async { Outcome::exported() }).await.unwrap_err().error;
        assert_eq!((error.status(), error.is_temporary()), (Some(404), false));
    }
}
