//! More at once, or for longer, than a gateway can bear.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use reqwest::{Method, Response, StatusCode};
use sea_orm::{ConnectionTrait, DatabaseTransaction, TransactionTrait};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;

use super::refusal;
use crate::scaling::number;
use crate::support::gateway::{Gateway, entries};

/// No test waits longer than this for what it waits for.
const PATIENCE: Duration = Duration::from_secs(30);
const EXPORT: &str = "/v10/accounting-entries/export?system_id=erp";
/// As many as fill every buffer between the database and a client that reads nothing.
const MANY: u64 = 30_000;

/// Asks again and again until an answer is as wanted.
async fn until<F: Future<Output = Response>>(
    ask: impl Fn() -> F,
    wanted: impl Fn(&Response) -> bool,
) -> Response {
    let asking = async {
        loop {
            let answer = ask().await;
            if wanted(&answer) {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.expect("it does not come to that")
}

/// Another program holds what every mark has to write to.
async fn others_lock(gateway: &Gateway) -> DatabaseTransaction {
    let lock = gateway.other_program().await.begin().await.unwrap();
    let sql = match gateway.database().is_postgres() {
        true => "LOCK TABLE export_marks IN ACCESS EXCLUSIVE MODE",
        false => "UPDATE seaql_migrations SET applied_at = applied_at",
    };
    lock.execute_unprepared(sql).await.unwrap();
    lock
}

fn mark(gateway: &Gateway, id: i64) -> impl Future<Output = Response> + Send + use<> {
    let item = json!({ "accounting_entry_id": id, "system_id": "erp" });
    let request = gateway.request(Method::POST, "/v10/accounting-entries/mark-as-exported");
    let request = request.json(&json!({ "accounting_entries": [item] }));
    async { request.send().await.unwrap() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_requests_than_there_are_places_wait_for_a_moment_and_are_refused() {
    let gateway = Gateway::on_sqlite_with(&[("LEDGATE_HTTP_MAX_RUNNING_REQUESTS", "1")]).await;
    let ids = gateway.record(entries(1)).await;
    let lock = others_lock(&gateway).await;
    let query = json!({ "query": "{ __typename }" });
    // The questions below may be in its way; then it comes again.
    let waiting = until(|| mark(&gateway, ids[0]), |it| it.status() != StatusCode::SERVICE_UNAVAILABLE);
    let asking = async {
        for path in ["/graphql", "/v10/accounting-entries/mark-as-exported"] {
            let refused =
                until(|| gateway.post(path, &query), |it| it.status() == StatusCode::SERVICE_UNAVAILABLE)
                    .await;
            assert_eq!(refused.headers()["retry-after"], "1");
            let (_, code, message) = refusal(refused).await;
            assert_eq!(code, "UNAVAILABLE");
            assert!(message.contains("at most 1 requests at the same time"), "{message}");
        }
        let started = Instant::now();
        assert_eq!(gateway.post("/graphql", &query).await.status(), 503);
        assert!(started.elapsed() < Duration::from_secs(1), "a refusal took {:?}", started.elapsed());
        for path in ["/livez", "/readyz", "/"] {
            assert_eq!(gateway.get(path).await.status(), 200, "{path} needs no place");
        }
        lock.rollback().await.unwrap();
    };
    let (marked, ()) = tokio::join!(waiting, asking);
    assert_eq!(marked.status(), 200);
    // A burst passes.
    for answer in join_all((0..4).map(|_| gateway.post("/graphql", &query))).await {
        assert_eq!(answer.status(), 200);
    }
    assert_eq!(gateway.post("/graphql", &query).await.status(), 200);
}

/// Asks for the export and reads the beginning of it, through small buffers.
async fn slow_reader(gateway: &Gateway) -> tokio::net::TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let address = gateway.url.trim_start_matches("http://").parse().unwrap();
    let mut client = socket.connect(address).await.unwrap();
    client.write_all(format!("GET {EXPORT} HTTP/1.1\r\nhost: localhost\r\n\r\n").as_bytes()).await.unwrap();
    let mut beginning = [0; 500];
    client.read_exact(&mut beginning).await.unwrap();
    assert!(beginning.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&beginning));
    client
}

async fn a_reader_that_stops_is_cut_off(gateway: Gateway) {
    gateway.insert_elsewhere(MANY).await;
    let reader = slow_reader(&gateway).await;
    let refused = gateway.get(EXPORT).await;
    assert_eq!(refused.headers()["retry-after"], "1");
    let (status, code, message) = refusal(refused).await;
    assert_eq!((status, code.as_str()), (503, "UNAVAILABLE"));
    assert!(message.contains("at most 1 exports at the same time"), "{message}");
    assert_eq!(gateway.get(&format!("{EXPORT}&limit=1")).await.status(), 200, "pages need no place");
    // The one that reads nothing is let go; its place is free then.
    let answered = until(|| gateway.get(EXPORT), |answer| answer.status() == 200).await;
    let whole: Value = answered.json().await.unwrap();
    assert_eq!(whole["accounting_entries"].as_array().unwrap().len() as u64, MANY);
    drop(reader);
}

const ONE_EXPORT: [(&str, &str); 3] = [
    ("LEDGATE_HTTP_MAX_RUNNING_EXPORTS", "1"),
    ("LEDGATE_HTTP_ANSWER_TIMEOUT_SECONDS", "5"),
    ("LEDGATE_DATABASE_STATEMENT_TIMEOUT_SECONDS", "1"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_stops_is_cut_off_on_sqlite() {
    a_reader_that_stops_is_cut_off(Gateway::on_sqlite_with(&ONE_EXPORT).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_stops_is_cut_off_on_postgres() {
    a_reader_that_stops_is_cut_off(Gateway::on_postgres_with(&ONE_EXPORT).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_that_takes_too_long_is_cancelled_and_its_transaction_rolled_back() {
    let settings =
        [("LEDGATE_HTTP_REQUEST_TIMEOUT_SECONDS", "1"), ("LEDGATE_DATABASE_STATEMENT_TIMEOUT_SECONDS", "1")];
    let gateway = Gateway::on_postgres_with(&settings).await;
    let ids = gateway.record(entries(2)).await;
    let lock = others_lock(&gateway).await;
    // It would be carried out as soon as the lock is gone, if it were only not waited for any more.
    let (status, code, _) = refusal(mark(&gateway, ids[0]).await).await;
    assert!([(504, "TIMEOUT"), (503, "UNAVAILABLE")].contains(&(status, code.as_str())), "{status} {code}");
    let other = gateway.other_program().await;
    let at_work = "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database()
        AND application_name = 'ledgate' AND state <> 'idle'";
    let cancelled = async {
        while number(&other, at_work).await > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, cancelled).await.expect("it goes on in the database");
    lock.rollback().await.unwrap();
    assert_eq!(gateway.unexported("erp").await, ids);
    assert_eq!(mark(&gateway, ids[1]).await.status(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_streamed_may_take_longer_than_a_statement() {
    let settings = [("LEDGATE_DATABASE_STATEMENT_TIMEOUT_SECONDS", "1")];
    let gateway = Gateway::on_postgres_with(&settings).await;
    gateway.insert_elsewhere(MANY).await;
    let mut reader = slow_reader(&gateway).await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let mut rest = Vec::new();
    let reading = async {
        let mut part = vec![0; 1 << 16];
        while !rest.ends_with(b"0\r\n\r\n") {
            let length = reader.read(&mut part).await.unwrap();
            assert!(length > 0, "it broke off after {} bytes", rest.len());
            rest.extend_from_slice(&part[..length]);
        }
    };
    tokio::time::timeout(PATIENCE, reading).await.expect("it does not end");
    assert!(String::from_utf8_lossy(&rest).contains("]}"));
}
