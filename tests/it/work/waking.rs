//! Workers that the gateway wakes up by a subscription. By themselves they ask so seldom that no test would see it.

use std::sync::Arc;

use ledgate_client::{Client, Event, Observer, Options, Outcome, Summary, Voucher, Waiting, WorkError, work};
use tokio::sync::Barrier;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::support::gateway::entry;
use crate::support::nginx::Nginx;
use crate::{on_both_databases, program_on_both_databases};

/// Woken up, or not before the end of the test.
const WOKEN: Waiting = Waiting::WakeUp { from: Duration::from_secs(36_000), to: Duration::from_secs(36_000) };

/// A voucher of one line, with this number.
fn voucher(number: &str) -> Value {
    let mut entry = entry(&format!("T:{number}"));
    entry["entryNumber"] = json!(number);
    entry
}

/// A worker in this process, which claims voucher by voucher. It says what it does.
struct Worker {
    said: UnboundedReceiver<String>,
    stop: CancellationToken,
    working: JoinHandle<Result<Summary, WorkError>>,
}

impl Worker {
    fn start(client: &Client, name: &str, waiting: Waiting) -> Self {
        Self::together(client, name, waiting, &Arc::new(Barrier::new(1)))
    }

    /// Sends a voucher only when so many workers do as the barrier waits for.
    fn together(client: &Client, name: &str, waiting: Waiting, others: &Arc<Barrier>) -> Self {
        let (sender, said) = unbounded_channel();
        let observed = sender.clone();
        let observer = Observer::new(move |event| {
            let words = match event {
                Event::Waiting { .. } => "waits".to_owned(),
                Event::NotWoken { error, .. } => format!("is not woken: {error}"),
                _ => return,
            };
            observed.send(words).ok();
        });
        let stop = CancellationToken::new();
        let options =
            Options { batch: 1, waiting, observer, stop: stop.clone(), ..Options::new("erp", name) };
        let (client, others) = (client.clone(), Arc::clone(others));
        let working = tokio::spawn(async move {
            let handler = move |voucher: Voucher| {
                sender.send(format!("sends {}", voucher.entry_number)).ok();
                let others = Arc::clone(&others);
                async move {
                    others.wait().await;
                    Outcome::exported()
                }
            };
            work(&client, options, handler).await
        });
        Self { said, stop, working }
    }

    /// Waits until it says something that begins so.
    async fn until(&mut self, begin: &str) {
        let said = async {
            loop {
                let said = self.said.recv().await.expect("the worker has ended");
                if said.starts_with(begin) {
                    return;
                }
            }
        };
        timeout(PATIENCE, said).await.unwrap_or_else(|_| panic!("the worker never said {begin:?}"));
    }

    /// Stops it, and gives what it has sent.
    async fn ended(self) -> u64 {
        self.stop.cancel();
        let ended = timeout(PATIENCE, self.working).await.expect("the worker does not end");
        ended.unwrap().unwrap().exported
    }
}

on_both_databases! {
    async fn what_is_recorded_wakes_a_worker_up(gateway: Gateway) {
        let client = Client::new(&gateway.url, None).unwrap();
        let mut worker = Worker::start(&client, "worker-1", WOKEN);
        worker.until("waits").await;
        for number in ["1", "2", "3"] {
            gateway.record(vec![voucher(number)]).await;
            worker.until(&format!("sends {number}")).await;
            worker.until("waits").await;
        }
        assert_eq!(worker.ended().await, 3);
    }

    async fn as_many_workers_are_woken_up_as_find_something(gateway: Gateway) {
        let client = Client::new(&gateway.url, None).unwrap();
        // One waits for the other: alone, it would wait for ever.
        let pair = Arc::new(Barrier::new(2));
        let mut workers = ["worker-1", "worker-2"].map(|name| Worker::together(&client, name, WOKEN, &pair));
        for worker in &mut workers {
            worker.until("waits").await;
        }
        gateway.record(vec![voucher("1"), voucher("2")]).await;
        for worker in &mut workers {
            worker.until("sends").await;
            worker.until("waits").await;
        }
        for worker in workers {
            assert_eq!(worker.ended().await, 1);
        }
    }

    async fn where_no_socket_comes_through_a_worker_asks_by_itself(gateway: Gateway) {
        // It passes no upgrade on.
        let nginx = Nginx::before(&gateway.url, "/", "proxy_http_version 1.1;");
        let client = Client::new(&nginx.url, None).unwrap();
        let waiting = Waiting::WakeUp { from: Duration::from_millis(50), to: Duration::from_millis(200) };
        let mut worker = Worker::start(&client, "worker-1", waiting);
        worker.until("is not woken: the server opens no connection for subscriptions").await;
        gateway.record(vec![voucher("1")]).await;
        worker.until("sends 1").await;
        worker.until("waits").await;
        assert_eq!(worker.ended().await, 1);
    }
}

/// Records a voucher with this number.
async fn record(serving: &Serving, number: &str) {
    let query = "mutation($input: RecordAccountingEntriesInput!) {
        recordAccountingEntries(input: $input) { userErrors { message } } }";
    let data = serving.data(query, json!({ "input": { "entries": [voucher(number)] } })).await;
    assert_eq!(data["recordAccountingEntries"]["userErrors"], json!([]));
}

program_on_both_databases! {
    async fn a_gateway_that_was_killed_wakes_workers_up_when_it_is_back(program: Program) {
        let serving = program.serve(&[]).await;
        let address = serving.url.strip_prefix("http://").unwrap().to_owned();
        let client = Client::new(&serving.url, None).unwrap();
        let mut worker = Worker::start(&client, "worker-1", WOKEN);
        worker.until("waits").await;
        record(&serving, "1").await;
        worker.until("sends 1").await;
        worker.until("waits").await;
        drop(serving);
        worker.until("is not woken").await;
        let serving = program.serve_at(&address).await;
        // The first may be found because the worker asks as soon as it can. Then it waits for the gateway again.
        for number in ["2", "3"] {
            record(&serving, number).await;
            worker.until(&format!("sends {number}")).await;
            worker.until("waits").await;
        }
        assert_eq!(worker.ended().await, 3);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_polls_opens_no_subscription() {
    let mut program = Program::on_sqlite();
    program.set("LEDGATE_METRICS_LISTEN", "127.0.0.1:0");
    let serving = program.serve(&[]).await;
    let line = serving.log.iter().find(|line| line["message"] == "metrics are at /metrics").unwrap();
    let metrics = format!("http://{}/metrics", line["address"].as_str().unwrap());
    let client = Client::new(&serving.url, None).unwrap();
    let waiting = Waiting::Poll { from: Duration::from_millis(20), to: Duration::from_millis(20) };
    let mut worker = Worker::start(&client, "worker-1", waiting);
    for number in ["1", "2"] {
        worker.until("waits").await;
        record(&serving, number).await;
        worker.until(&format!("sends {number}")).await;
    }
    let reader = reqwest::Client::builder().no_proxy().build().unwrap();
    let text = reader.get(&metrics).send().await.unwrap().text().await.unwrap();
    assert!(text.contains("ledgate_"), "{text}");
    assert!(
        !text.lines().any(|line| line.starts_with("ledgate_sockets_open ") && !line.ends_with(" 0")),
        "{text}"
    );
    worker.until("waits").await;
    assert_eq!(worker.ended().await, 2);
}
