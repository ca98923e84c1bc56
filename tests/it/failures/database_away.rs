//! A database server that stops in the middle of load and comes back: the gateway says so meanwhile, stays, and is
//! right again by itself.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::scaling::number;
use crate::support::postgres::{self, OwnServer};
use crate::support::program::{Program, Serving};

/// After the database is back, the gateway may take so long to be right again.
const BACK: Duration = Duration::from_secs(2);

/// As many as the clients have to mark.
const LINES: i64 = 8_000;

/// How one call to mark ended.
#[derive(Debug, PartialEq)]
enum Marked {
    Acknowledged,
    Unavailable,
}

/// Marks an entry by GraphQL or REST. While the database is away the refusal is the one that promises to be passing,
/// and says when to come again.
async fn mark(serving: &Serving, token: &str, id: i64, graphql: bool) -> Marked {
    let request = if graphql {
        serving.graphql(&format!(
            "mutation {{ markExported(input: {{ entries: [{{ entryId: \"{id}\", systemId: \"erp\" }}] }}) {{
                exports {{ entryId }} }} }}"
        ))
    } else {
        serving.mark(id, "erp")
    };
    let request = if token.is_empty() { request } else { request.bearer_auth(token) };
    let answer = request.send().await.expect("the gateway is gone");
    let (status, retry) = (answer.status(), answer.headers().get("retry-after").cloned());
    let body: Value = answer.json().await.unwrap();
    let code = body["code"].as_str().or_else(|| body["errors"][0]["extensions"]["code"].as_str());
    match code {
        None => {
            assert_eq!(status, 200, "{body}");
            Marked::Acknowledged
        }
        Some(code) => {
            assert_eq!(code, "UNAVAILABLE", "{status} {body}");
            // A field of an operation that was at work fails inside of a 200; all else is refused before it.
            let at_work = graphql && body["data"]["markExported"].is_null() && body.get("data").is_some();
            assert!(at_work || status == StatusCode::SERVICE_UNAVAILABLE, "{status} {body}");
            assert!(retry.is_some_and(|seconds| seconds == "1"), "{status} without Retry-After: {body}");
            Marked::Unavailable
        }
    }
}

async fn until<T: PartialEq>(expected: T, ask: impl AsyncFn() -> T) -> Duration {
    let begun = Instant::now();
    let asking = async {
        while ask().await != expected {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), asking).await.expect("it never came to that");
    begun.elapsed()
}

async fn stops_and_comes_back(how: &str) {
    let mut server = OwnServer::start();
    let mut program = Program::on(server.fresh_database().await);
    program.ok(&["migrate", "up"]);
    let token =
        program.run(&["token", "create", "--name", "test", "--can", "admin"]).stdout.trim().to_owned();
    program.write("ledger.fec.txt", crate::support::program::fec(LINES as usize));
    program.ok(&["import", "ledger.fec.txt", "--json"]);
    program.set("LEDGATE_DATABASE_ACQUIRE_TIMEOUT_SECONDS", "1");
    let serving = program.serve(&[]).await;
    let (over, answered) = (AtomicBool::new(false), AtomicUsize::new(0));
    let client = |lane: i64| {
        let (serving, token, over, answered) = (&serving, &token, &over, &answered);
        async move {
            let (mut id, mut acknowledged, mut refused) = (lane, Vec::new(), 0);
            while !over.load(Ordering::SeqCst) && id <= LINES {
                match mark(serving, token, id, lane % 2 == 0).await {
                    Marked::Acknowledged => {
                        acknowledged.push(id);
                        answered.fetch_add(1, Ordering::SeqCst);
                    }
                    Marked::Unavailable => refused += 1,
                }
                id += 8;
            }
            (acknowledged, refused)
        }
    };
    let outage = async {
        for _ in 0..2 {
            let so_far = answered.load(Ordering::SeqCst);
            until(true, async || answered.load(Ordering::SeqCst) > so_far + 50).await;
            tokio::task::block_in_place(|| server.tell(how));
            until(503, async || serving.get("/readyz").await.0).await;
            assert_eq!(serving.get("/livez").await.0, 200, "restarting it would not help");
            assert_eq!(mark(&serving, &token, 1, false).await, Marked::Unavailable);
            assert_eq!(mark(&serving, &token, 1, true).await, Marked::Unavailable);
            // Nobody can tell now who that is: it must not look like a token that was revoked.
            assert_eq!(
                mark(&serving, &format!("lgt_{:08}_{:064}", 1, 2), 1, false).await,
                Marked::Unavailable
            );
            let answer = serving.request(Method::GET, "/v10/accounting-entries/export?system_id=erp");
            let answer = answer.bearer_auth(&token).send().await.unwrap();
            assert_eq!(
                (answer.status().as_u16(), &answer.headers()["retry-after"]),
                (503, &"1".parse().unwrap())
            );
            tokio::task::block_in_place(|| server.tell("start"));
            let took = until(true, async || {
                mark(&serving, &token, 1, true).await == Marked::Acknowledged
                    && serving.get("/readyz").await.0 == 200
            })
            .await;
            assert!(took < BACK, "it took {took:?} to be right again");
        }
        over.store(true, Ordering::SeqCst);
    };
    let (clients, ()) =
        futures_util::future::join(futures_util::future::join_all((2..10).map(client)), outage).await;
    let acknowledged: Vec<i64> = clients.iter().flat_map(|(ids, _)| ids.clone()).collect();
    let refused: i32 = clients.iter().map(|(_, refused)| refused).sum();
    assert!(acknowledged.len() > 100 && refused > 0, "{} marks, {refused} refusals", acknowledged.len());
    let other = program.other_program().await;
    let list = acknowledged.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
    let there = format!("SELECT count(*) AS n FROM export_marks WHERE entry_id IN ({list})");
    assert_eq!(number(&other, &there).await, acknowledged.len() as i64, "an acknowledged mark is gone");
    // Whole: an event for each mark, and no entry is both marked and pending, or neither.
    let halves = "SELECT count(*) AS n FROM export_marks m WHERE
        NOT EXISTS (SELECT 1 FROM timeline_events t WHERE t.entry_id = m.entry_id)
        OR EXISTS (SELECT 1 FROM pending_exports p WHERE p.entry_id = m.entry_id)";
    assert_eq!(number(&other, halves).await, 0);
    let unfinished =
        "SELECT count(*) AS n FROM export_systems WHERE history_end IS NULL OR taken_over_to < history_end";
    until(0, async || number(&other, unfinished).await).await;
    let sum = "SELECT (SELECT count(*) FROM export_marks) + (SELECT count(*) FROM pending_exports) AS n";
    assert_eq!(number(&other, sum).await, LINES);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_server_that_is_restarted() {
    stops_and_comes_back("stop fast").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_server_that_crashes() {
    stops_and_comes_back("stop immediate").await;
}

/// Whether callers need a token, and whether the schema fits, is in the database: without it there is nothing to serve.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_its_database_it_does_not_start_and_says_why() {
    let mut server = OwnServer::start();
    let program = Program::on(server.fresh_database().await);
    tokio::task::block_in_place(|| server.tell("stop fast"));
    let ran = program.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    let last = ran.stderr.lines().last().unwrap();
    assert!(
        last.contains("no connection within 3 s") && last.contains("Check that the server runs"),
        "{ran:?}"
    );
    tokio::task::block_in_place(|| server.tell("start"));
    assert_eq!(program.serve(&[]).await.get("/readyz").await, (200, json!({ "ready": true }).to_string()));
}

/// As a primary that has become a replica.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_only_lets_us_read_is_unavailable_for_marks() {
    let program = Program::on_postgres().await;
    program.write("ledger.fec.txt", crate::support::program::fec(20));
    program.ok(&["import", "ledger.fec.txt", "--json"]);
    let mut serving = program.serve(&[]).await;
    let database = program.database_url.rsplit('/').next().unwrap().to_owned();
    program.execute(&format!("ALTER DATABASE {database} SET default_transaction_read_only = on")).await;
    // All connections are made anew, with that setting.
    postgres::shut(&database).await;
    postgres::open(&database).await;
    // The first one may still meet a connection that ends.
    for _ in 0..2 {
        assert_eq!(mark(&serving, "", 1, false).await, Marked::Unavailable);
    }
    assert_eq!(mark(&serving, "", 1, true).await, Marked::Unavailable);
    assert_eq!(serving.get("/v10/accounting-entries?limit=5").await.0, 200);
    // Those before it may tell of the connections that ended.
    while !serving.logged("the database is unavailable").await["cause"]
        .to_string()
        .contains("read-only transaction")
    {}
    let reset = format!("ALTER DATABASE {database} RESET default_transaction_read_only");
    program.execute(&format!("BEGIN READ WRITE; {reset}; COMMIT")).await;
    postgres::shut(&database).await;
    postgres::open(&database).await;
    until(Marked::Acknowledged, async || mark(&serving, "", 1, false).await).await;
}
