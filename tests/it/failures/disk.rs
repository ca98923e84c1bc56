//! A disk that takes no more: nothing is written, callers are told to come back, and all is well once there is room.

use std::process::Command;
use std::time::Duration;

use reqwest::Method;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};

use crate::scaling::number;
use crate::support::gateway;
use crate::support::program::{Program, Serving, fec};

/// Lets the program's files grow no further than this, as a full disk does.
fn limit_files(serving: &Serving, bytes: &str) {
    let process = serving.process().to_string();
    let limited = Command::new("prlimit").args(["--pid", &process, &format!("--fsize={bytes}:")]).status();
    assert!(limited.unwrap().success(), "prlimit, of util-linux, sets the limit");
}

async fn mark(serving: &Serving, id: i64) -> (u16, Value) {
    let answer = serving.mark(id, "erp").send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// Asks whether the gateway is ready until the answer has this status. It may be a second old.
async fn ready_is(serving: &Serving, status: u16) {
    let asked = async {
        while serving.get("/readyz").await.0 != status {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), asked).await.expect("it says something else");
}

/// Records 500 new entries of 10 kB each.
pub async fn record_much(serving: &Serving, round: i64) -> u16 {
    let entries = (0..500).map(|number| {
        let mut entry = gateway::entry(&format!("{round}:{number}"));
        entry["attributes"] = json!({ "text": "x".repeat(10_000) });
        entry
    });
    let query = "mutation($input: RecordAccountingEntriesInput!) {
        recordAccountingEntries(input: $input) { recorded } }";
    let body =
        json!({ "query": query, "variables": { "input": { "entries": entries.collect::<Vec<_>>() } } });
    let answer = serving.request(Method::POST, "/graphql").json(&body).send().await.unwrap();
    let retry = answer.headers().get("retry-after").is_some();
    let body: Value = answer.json().await.unwrap();
    match body["errors"][0]["extensions"]["code"].as_str() {
        Some("UNAVAILABLE") if retry => 503,
        None if body["data"]["recordAccountingEntries"]["recorded"] == 500 => 200,
        _ => panic!("{body}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_under_sqlite_is_unavailable_until_there_is_room() {
    let mut program = Program::on_sqlite();
    program.set("LEDGATE_HTTP_BODY_LIMIT_BYTES", "10000000");
    program.write("ledger.fec.txt", fec(2_000));
    program.ok(&["import", "ledger.fec.txt", "--json"]);
    let mut serving = program.serve_with_signal_ignored("XFSZ").await;
    assert_eq!(mark(&serving, 1).await.0, 200);
    let other = program.other_program().await;
    let marks = "SELECT count(*) AS n FROM export_marks";
    for round in 0..3 {
        let before = number(&other, marks).await;
        limit_files(&serving, "4096");
        for id in 2..6 {
            let (status, problem) = mark(&serving, id).await;
            assert_eq!((status, &problem["code"]), (503, &"UNAVAILABLE".into()), "round {round}: {problem}");
            assert!(!problem.to_string().contains("disk"), "{problem}");
        }
        let line = serving.logged("the database is unavailable").await;
        assert!(line["cause"].as_str().unwrap().contains("disk"), "{line}");
        assert_eq!(number(&other, marks).await, before, "what was refused is there");
        // More than SQLite keeps in memory: it fails before the commit, and SQLite ends the transaction by itself.
        assert_eq!(record_much(&serving, round).await, 503);
        ready_is(&serving, 503).await;
        // Reading needs no room.
        assert_eq!(serving.get("/v10/accounting-entries?limit=1").await.0, 200);

        limit_files(&serving, "unlimited");
        ready_is(&serving, 200).await;
        // A call that begins a transaction and comes to nothing.
        let keyed = |id: i64| serving.mark(id, "erp").header("idempotency-key", "once");
        assert_eq!(keyed(9).send().await.unwrap().status(), 200);
        assert_eq!(keyed(8).send().await.unwrap().status(), 422);
        let before = number(&other, marks).await;
        let id = 10 + round;
        assert_eq!(mark(&serving, id).await.0, 200);
        assert_eq!(number(&other, marks).await, before + 1, "an acknowledged mark is not committed");
        assert_eq!(record_much(&serving, round).await, 200);
        // Another program gets the lock: nothing was left open.
        program.execute("UPDATE export_systems SET known_since = known_since").await;
    }
    let check = Statement::from_string(DbBackend::Sqlite, "PRAGMA integrity_check");
    let check: String = other.query_one_raw(check).await.unwrap().unwrap().try_get_by_index(0).unwrap();
    assert_eq!(check, "ok");
    assert_eq!(number(&other, "SELECT count(*) AS n FROM accounting_entries").await, 2_000 + 3 * 500);
}
