//! Behind PgBouncer in transaction mode, where every transaction may be on another connection of the server.

use std::time::Duration;

use futures_util::future::{join, join_all};
use serde_json::json;

use crate::command_line::doctor::doctor;
use crate::events::listening::{listeners, warned};
use crate::scaling::number;
use crate::support::pgbouncer::PgBouncer;
use crate::support::program::{Program, Serving};

/// Gateways that reach the database through PgBouncer only.
async fn behind(program: &mut Program, bouncer: &PgBouncer) -> (Serving, Serving) {
    program.set("LEDGATE_DATABASE_URL", &bouncer.url).set("LEDGATE_DATABASE_TRANSACTION_POOLING", "true");
    // Both find the database empty and want to set it up.
    join(program.serve(&[]), program.serve(&[])).await
}

/// What one client does, and that each answer is the right one. Clients mix at two gateways and three connections.
async fn client(number: usize, one: &Serving, other: &Serving) {
    let system = format!("system-{number}");
    let name = format!("C{number}");
    let ids = one.record(&name, 0..10).await;
    for round in 0..4 {
        let seen = other.paged(&system, None).await;
        assert!(ids[round..].iter().all(|id| seen.contains(id)), "{system} misses some of {ids:?}: {seen:?}");
        assert!(!ids[..round].iter().any(|id| seen.contains(id)), "{system} sees what it marked: {seen:?}");
        let key = format!("{system}/{round}");
        let first = one.export(&system, &ids[round..=round], Some(&key)).await;
        let again = other.export(&system, &ids[round..=round], Some(&key)).await;
        assert_eq!((&first, &first[0]["remarked"]), (&again, &json!(false)));
        let query = "query($id: ID!, $system: SystemId!) { accountingEntry(id: $id) { id externalId
            export(systemId: $system) { exportedAt } timeline { nodes { kind } } } }";
        let variables = json!({ "id": ids[round].to_string(), "system": system });
        let entry = other.data(query, variables).await["accountingEntry"].clone();
        assert_eq!(entry["externalId"], json!(format!("{name}:{round}")));
        assert_eq!(entry["export"]["exportedAt"], first[0]["exportedAt"]);
        assert_eq!(entry["timeline"]["nodes"], json!([{ "kind": "RECORDED" }, { "kind": "EXPORTED" }]));
        let streamed = one.streamed(&system).await;
        assert!(ids[round + 1..].iter().all(|id| streamed.contains(id)) && !streamed.contains(&ids[round]));
    }
    let as_of = other.paged(&system, Some("2000-01-01T00:00:00Z")).await;
    assert!(ids.iter().all(|id| as_of.contains(id)), "{system} as of long ago: {as_of:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_are_right_behind_pgbouncer_in_transaction_mode() {
    let mut program = Program::on_postgres().await;
    let database_url = program.database_url.clone();
    let bouncer = PgBouncer::before(&database_url);
    let (one, other) = behind(&mut program, &bouncer).await;
    assert_eq!(one.get("/readyz").await.0, 200);
    join_all((0..8).map(|number| client(number, &one, &other))).await;
    // On a way of its own: nobody goes past PgBouncer, and every history is taken over.
    let direct = program.other_program().await;
    let ours = "SELECT count(*) AS n FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'ledgate'";
    assert!((1..=3).contains(&number(&direct, ours).await), "more connections than PgBouncer has");
    let unfinished = "SELECT count(*) AS n FROM export_systems
        WHERE history_end IS NULL OR taken_over_to < history_end";
    let finishing = async {
        while number(&direct, unfinished).await > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), finishing).await.expect("nobody takes over");

    program.set("LEDGATE_DATABASE_URL", &database_url).set("LEDGATE_DATABASE_TRANSACTION_POOLING", "false");
    let truth = program.serve(&[]).await;
    for number in 0..8 {
        let system = format!("system-{number}");
        let expected = truth.streamed(&system).await;
        assert_eq!(expected.len(), 8 * 10 - 4, "{system}");
        assert_eq!(one.streamed(&system).await, expected);
        assert_eq!(other.paged(&system, None).await, expected);
    }
}

/// The command line takes the same way: to set the schema up, to look at it and to stream.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_line_works_behind_pgbouncer() {
    let mut program = Program::on_postgres().await;
    let bouncer = PgBouncer::before(&program.database_url);
    program.set("LEDGATE_DATABASE_URL", &bouncer.url).set("LEDGATE_DATABASE_TRANSACTION_POOLING", "true");
    program.ok(&["migrate", "up"]);
    assert!(program.ok(&["migrate", "status"]).contains("m0001"));
    program.write("ledger.fec.txt", crate::support::program::fec(400));
    program.ok(&["import", "ledger.fec.txt", "--json"]);
    assert_eq!(program.exported("erp").len(), 400);
}

/// Without the setting answers could be another client's; PgBouncer as it comes refuses the start, and ledgate says
/// what to set.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_setting_the_program_says_which_one_it_needs() {
    let mut program = Program::on_postgres().await;
    let bouncer = PgBouncer::before(&program.database_url);
    program.set("LEDGATE_DATABASE_URL", &bouncer.url);
    let ran = program.run(&["migrate", "up"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stderr.contains("database.transaction_pooling = true"), "{ran:?}");
}

/// LISTEN would stay on a connection that clients share.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_pgbouncer_in_transaction_mode_nothing_listens_without_an_address_for_it() {
    let mut program = Program::on_postgres().await;
    let database_url = program.database_url.clone();
    let direct = program.other_program().await;
    let bouncer = PgBouncer::before(&database_url);
    let (one, other) = behind(&mut program, &bouncer).await;
    let ids = one.record("A", 0..1).await;
    one.export("erp", &ids, None).await;
    let logged = "SELECT count(*) AS n FROM export_events";
    let at_work = async {
        while number(&direct, logged).await == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), at_work).await.expect("nobody works in the background");
    listeners(&direct, 0, &[]).await;
    drop((one, other));

    program.set("LEDGATE_DATABASE_LISTEN_URL", &database_url).set("LEDGATE_HTTP_LISTEN", "127.0.0.1:0");
    let (ok, findings) = doctor(&program);
    assert!(ok && findings.iter().any(|found| found.starts_with("hear each other at")), "{findings:?}");
    let listens = program.serve(&[]).await;
    listeners(&direct, 1, &[]).await;
    drop(listens);
    let (ok, findings) = doctor(program.set("LEDGATE_DATABASE_LISTEN_URL", &bouncer.url));
    assert!(!ok && findings.iter().any(|found| found.starts_with("nothing is heard at")), "{findings:?}");
}

/// A pooler that nobody told of is found out before anything listens on its connections.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_listens_through_a_pooler_only_where_it_is_told_to() {
    let mut program = Program::on_postgres().await;
    let direct = program.other_program().await;
    let bouncer = PgBouncer::in_session_mode_before(&program.database_url);
    program.set("LEDGATE_DATABASE_URL", &bouncer.url);
    let mut serving = program.serve(&[]).await;
    let line = warned(&mut serving).await;
    assert!(line["error"].as_str().unwrap().contains("leads to a pooler"), "{line:#}");
    listeners(&direct, 0, &[]).await;
    program.set("LEDGATE_DATABASE_LISTEN_URL", &bouncer.url);
    let _listens = program.serve(&[]).await;
    listeners(&direct, 1, &[]).await;
}
