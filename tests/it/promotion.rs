//! A replica that takes over while marks come in. Gateways know one address of the database, which moves to the new primary,
//! as a proxy or a name server moves it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::{join, join_all};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::block_in_place;

use crate::scaling::number;
use crate::support::postgres::OwnServer;
use crate::support::program::{Program, Serving, fec};
use crate::support::proxy::Proxy;

/// No test waits longer than this for something to become true: it fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// As many as the clients have to mark.
const LINES: i64 = 480;

/// Clients that mark at the same time.
const CLIENTS: i64 = 6;

const EVENTS: &str = "query($after: String) { exportEvents(systemId: \"erp\", first: 500, after: $after) {
    nodes { cursor entryId } } }";

/// Two servers, of which one follows the other, and the program, whose database is at an address that leads to the first.
struct Pair {
    primary: OwnServer,
    replica: OwnServer,
    address: Proxy,
    program: Program,
    /// The same database past the address: on the primary, and on the replica.
    past: [Program; 2],
}

impl Pair {
    /// Starts them, with so many entries.
    async fn start(lines: i64) -> Self {
        let primary = OwnServer::start();
        let database_url = primary.fresh_database().await;
        let replica = primary.replica();
        let address = Proxy::to(primary.address()).await;
        let at = |server: SocketAddr| {
            let mut url = reqwest::Url::parse(&database_url).unwrap();
            url.set_port(Some(server.port())).unwrap();
            Program::on(url.to_string())
        };
        let mut program = at(address.address);
        program.set("LEDGATE_DATABASE_ACQUIRE_TIMEOUT_SECONDS", "2");
        program.ok(&["migrate", "up"]);
        program.write("ledger.fec.txt", fec(usize::try_from(lines).unwrap()));
        program.ok(&["import", "ledger.fec.txt", "--json"]);
        let past = [at(primary.address()), at(replica.address())];
        Self { primary, replica, address, program, past }
    }
}

/// Asks until this is so.
async fn until(what: &str, is_so: impl AsyncFn() -> bool) {
    let asking = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.unwrap_or_else(|_| panic!("it never came to that: {what}"));
}

async fn is_ready(serving: &Serving) -> bool {
    serving.get("/readyz").await.0 == 200
}

/// An operation's answer, and the code of its error.
async fn asked(serving: &Serving, query: &str, variables: Value) -> (Value, Option<String>) {
    let body = json!({ "query": query, "variables": variables });
    let answer =
        serving.request(Method::POST, "/graphql").json(&body).send().await.expect("the gateway is gone");
    let answer: Value = answer.json().await.unwrap();
    let code = answer["errors"][0]["extensions"]["code"].as_str().or_else(|| answer["code"].as_str());
    let code = code.map(str::to_owned);
    (answer, code)
}

/// Marks an entry with one key until that is acknowledged. Refusals promise to be passing.
async fn mark(serving: &Serving, id: i64) {
    let query = "mutation($input: MarkExportedInput!) {
        markExported(input: $input) { exports { entryId } userErrors { code } } }";
    let entries = json!([{ "entryId": id.to_string(), "systemId": "erp" }]);
    let input = json!({ "entries": entries, "idempotencyKey": format!("mark-{id}") });
    let begun = Instant::now();
    loop {
        let (answer, code) = asked(serving, query, json!({ "input": input })).await;
        if code.is_none() {
            assert_eq!(
                answer["data"]["markExported"]["exports"][0]["entryId"],
                json!(id.to_string()),
                "{answer}"
            );
            return;
        }
        assert_eq!(code.as_deref(), Some("UNAVAILABLE"), "{answer}");
        assert!(begun.elapsed() < PATIENCE, "{id} is never acknowledged: {answer}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The events of `erp`, from behind this cursor on; else the code of the error.
async fn events(serving: &Serving, after: Option<&str>) -> Result<Vec<Value>, String> {
    let (answer, code) = asked(serving, EVENTS, json!({ "after": after })).await;
    match code {
        Some(code) => Err(code),
        None => Ok(answer["data"]["exportEvents"]["nodes"].as_array().unwrap().clone()),
    }
}

/// The cursor of the newest event, as soon as there are so many.
async fn newest_event(serving: &Serving, count: usize) -> String {
    until("the log has the events", async || events(serving, None).await.unwrap().len() == count).await;
    let events = events(serving, None).await.unwrap();
    events.last().unwrap()["cursor"].as_str().unwrap().to_owned()
}

/// The key under which the voucher of this entry is sent to `erp`.
async fn dispatch_key(serving: &Serving, id: i64) -> Value {
    let query = "query($id: ID!) { accountingEntry(id: $id) { exportStatus(systemId: \"erp\") { state dispatchKey } } }";
    let status =
        serving.data(query, json!({ "id": id.to_string() })).await["accountingEntry"]["exportStatus"].clone();
    assert_eq!(status["state"], json!("PENDING"), "{status}");
    assert!(status["dispatchKey"].is_string(), "{status}");
    status["dispatchKey"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_acknowledged_mark_is_lost_when_a_synchronous_replica_takes_over() {
    let Pair { mut primary, mut replica, address, program, past: [on_primary, on_replica] } =
        Pair::start(LINES).await;
    for statement in ["ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()"] {
        on_primary.execute(statement).await;
    }
    let first = on_primary.other_program().await;
    let waited_for = "SELECT count(*) AS n FROM pg_stat_replication WHERE sync_state = 'sync'";
    until("commits wait for the replica", async || number(&first, waited_for).await == 1).await;
    let (one, other) = join(program.serve(&[]), program.serve(&[])).await;
    let acknowledged = AtomicUsize::new(0);
    let client = async |lane: i64| {
        let serving = if lane % 2 == 0 { &one } else { &other };
        let mut id = lane;
        while id <= LINES {
            mark(serving, id).await;
            acknowledged.fetch_add(1, Ordering::SeqCst);
            id += CLIENTS;
        }
    };
    let failover = async {
        until("some are marked", async || acknowledged.load(Ordering::SeqCst) > 60).await;
        until("they are in the log", async || !events(&one, None).await.unwrap().is_empty()).await;
        let newest = events(&one, None).await.unwrap().pop().unwrap();
        let cursor = newest["cursor"].as_str().unwrap().to_owned();
        block_in_place(|| primary.tell("kill"));
        until("the gateway is not ready", async || !is_ready(&one).await).await;
        // The address may move before the replica takes over, which can only be read then.
        address.move_to(replica.address());
        until("the gateway sees that", async || {
            let (status, reason) = one.get("/readyz").await;
            status == 503 && reason.contains("can be read and not written")
        })
        .await;
        block_in_place(|| replica.tell("promote"));
        until("both are ready", async || is_ready(&one).await && is_ready(&other).await).await;
        cursor
    };
    let (_, cursor) = join(join_all((1..=CLIENTS).map(client)), failover).await;

    // Every mark was acknowledged in the end, before the primary died or after.
    let promoted = on_replica.other_program().await;
    assert_eq!(number(&promoted, "SELECT count(*) AS n FROM export_marks").await, LINES);
    let twice = "SELECT count(*) AS n FROM (SELECT entry_id FROM timeline_events WHERE kind = 'EXPORTED'
        GROUP BY entry_id HAVING count(*) > 1) AS marked";
    assert_eq!(
        number(&promoted, twice).await,
        0,
        "a call that was repeated with its key was carried out twice"
    );
    for serving in [&one, &other] {
        assert_eq!(serving.streamed("erp").await, Vec::<i64>::new());
    }
    // The log has each once, and a cursor from before the failover is good.
    let logged = "SELECT count(*) AS n FROM export_events";
    until("the log has them all", async || number(&promoted, logged).await == LINES).await;
    let behind = events(&other, Some(&cursor)).await.unwrap();
    assert!((1..LINES as usize).contains(&behind.len()), "{}", behind.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_an_asynchronous_replica_had_not_got_is_to_be_sent_again_and_cursors_say_so() {
    let Pair { mut primary, mut replica, address, program, past: [on_primary, on_replica] } =
        Pair::start(40).await;
    let serving = program.serve(&[]).await;
    serving.export("erp", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], None).await;
    let kept = newest_event(&serving, 10).await;
    let (first, standby) = (on_primary.other_program().await, on_replica.other_program().await);
    let logged = "SELECT count(*) AS n FROM export_events";
    until("the replica has the marks", async || number(&standby, logged).await == 10).await;

    // Nothing more arrives there. The primary acknowledges all the same.
    for statement in ["ALTER SYSTEM SET primary_conninfo = ''", "SELECT pg_reload_conf()"] {
        on_replica.execute(statement).await;
    }
    let following = "SELECT count(*) AS n FROM pg_stat_replication";
    until("the replica is cut off", async || number(&first, following).await == 0).await;
    let key = dispatch_key(&serving, 11).await;
    let late: Vec<i64> = (11..=20).collect();
    let marks = serving.export("erp", &late, Some("run-2")).await;
    assert_eq!(marks[0]["remarked"], json!(false));
    let lost = newest_event(&serving, 20).await;
    serving.record("recorded late", 0..1).await;
    assert_eq!(serving.streamed("erp").await.len(), 21);

    block_in_place(|| primary.tell("kill"));
    block_in_place(|| replica.tell("promote"));
    address.move_to(replica.address());
    until("the gateway is ready", async || is_ready(&serving).await).await;

    // What was acknowledged in between is as if it had not been: nothing is passed over.
    assert_eq!(serving.streamed("erp").await, (11..=40).collect::<Vec<i64>>());
    assert_eq!(events(&serving, Some(&kept)).await, Ok(Vec::new()));
    assert_eq!(events(&serving, Some(&lost)).await, Err("CURSOR_LOST".to_owned()));
    // The system can tell that it has the voucher: it comes under the same key as before.
    assert_eq!(dispatch_key(&serving, 11).await, key);
    assert_eq!(serving.export("erp", &late, Some("run-2")).await[0]["remarked"], json!(false));
    // By now another event has the place of the one that was lost, and it is not taken for that.
    newest_event(&serving, 20).await;
    assert_eq!(events(&serving, Some(&lost)).await, Err("CURSOR_LOST".to_owned()));
    let told = events(&serving, Some(&kept)).await.unwrap();
    let told: Vec<&str> = told.iter().map(|event| event["entryId"].as_str().unwrap()).collect();
    assert_eq!(told, ["11", "12", "13", "14", "15", "16", "17", "18", "19", "20"]);
    serving.record("recorded late", 0..1).await;
    assert_eq!(serving.streamed("erp").await.len(), 21);
}
