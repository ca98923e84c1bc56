//! Gateways on one database hear each other: on PostgreSQL they tell what they add to the log of events, and a SQLite file is
//! looked at.

use std::pin::pin;
use std::time::{Duration, Instant};

use futures_util::Stream;
use ledgate::domain::Result;
use ledgate::domain::export_event::ExportEvent;
use ledgate::store::connect::Listener;
use ledgate::store::events::sequencer::CHANNEL;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use serde_json::Value;

use super::following::{erp, told};
use super::log;
use crate::support::program::{Program, Serving};
use crate::support::{Gateway, entries, postgres};

/// How long the server is given to have the connections that a test waits for.
const PATIENCE: Duration = Duration::from_secs(20);

/// How the warning begins.
const WARNING: &str = "cannot listen to other gateways (database.listen_url)";

/// The server's processes that listen in this database.
async fn listening(connection: &DatabaseConnection) -> Vec<i32> {
    let sql = "SELECT pid FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE 'LISTEN%' ORDER BY pid";
    let rows = connection.query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap();
    rows.iter().map(|row| row.try_get("", "pid").unwrap()).collect()
}

/// The same, as soon as there are so many, and none of those that were there before.
pub async fn listeners(connection: &DatabaseConnection, count: usize, before: &[i32]) -> Vec<i32> {
    let begun = Instant::now();
    loop {
        let found = listening(connection).await;
        if found.len() == count && !found.iter().any(|pid| before.contains(pid)) {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "{count} should listen: {found:?}, before {before:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The line of the log that says that a gateway does not listen.
pub async fn warned(serving: &mut Serving) -> Value {
    let is_it = |line: &&Value| line["message"].as_str().is_some_and(|message| message.starts_with(WARNING));
    if let Some(line) = serving.log.iter().find(is_it) {
        return line.clone();
    }
    serving.logged(WARNING).await
}

/// Marks entries at one gateway, each when a follower at another has been told of the one before. The other looks at the
/// database once a second by itself: without being told it would take as many seconds, but for the first look and one
/// when its follower begins.
async fn told_without_looking(
    gateway: &Gateway,
    followed: &mut (impl Stream<Item = Result<ExportEvent>> + Unpin),
    ids: &[i64],
) {
    let begun = Instant::now();
    for id in ids {
        gateway.mark("erp", &[*id]).await;
        assert_eq!(told(followed, 1).await, [*id]);
    }
    let by_looking = Duration::from_secs(ids.len() as u64 - 2);
    assert!(begun.elapsed() < by_looking, "{} events took {:?}", ids.len(), begun.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_gateway_adds_wakes_the_others_also_after_connections_were_lost() {
    let gateway = Gateway::on_postgres().await;
    let other = gateway.another().await;
    let ids = gateway.record(entries(61)).await;
    gateway.mark("erp", &ids[..1]).await;
    log(&gateway, 1).await;
    let program = gateway.other_program().await;
    let first = listeners(&program, 2, &[]).await;
    let mut followed = pin!(other.ledger.follow_events(Some(erp()), None, None).await.unwrap());
    told_without_looking(&gateway, &mut followed, &ids[1..31]).await;

    for pid in &first {
        program.execute_unprepared(&format!("SELECT pg_terminate_backend({pid})")).await.unwrap();
    }
    listeners(&program, 2, &first).await;
    told_without_looking(&gateway, &mut followed, &ids[31..]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_gateway_commits_to_a_sqlite_file_wakes_the_others() {
    let gateway = Gateway::on_sqlite().await;
    let other = gateway.another().await;
    let ids = gateway.record(entries(61)).await;
    gateway.mark("erp", &ids[..1]).await;
    log(&gateway, 1).await;
    let mut followed = pin!(other.ledger.follow_events(Some(erp()), None, None).await.unwrap());
    told_without_looking(&gateway, &mut followed, &ids[1..31]).await;
    // The other way round as well: each hears the other.
    let mut followed = pin!(gateway.ledger.follow_events(Some(erp()), None, None).await.unwrap());
    told_without_looking(&other, &mut followed, &ids[31..]).await;
}

/// Somebody who hears, besides the gateway, what it hears.
async fn listener(gateway: &Gateway) -> Listener {
    gateway.database().listening().unwrap().open(CHANNEL).await.unwrap()
}

/// Nothing more is heard, after this many times at most.
async fn falls_silent(listener: &mut Listener, at_most: usize) {
    let mut times = 0;
    while let Ok(heard) = tokio::time::timeout(Duration::from_secs(3), listener.heard(|| true)).await {
        assert!(heard);
        times += 1;
        assert!(times <= at_most, "it goes on and on");
    }
}

/// A gateway that hears itself has nothing to add, and so tells nobody.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_wakes_itself_falls_asleep_again() {
    let gateway = Gateway::on_postgres().await;
    let program = gateway.other_program().await;
    listeners(&program, 1, &[]).await;
    let mut listener = listener(&gateway).await;
    let ids = gateway.record(entries(3)).await;
    gateway.mark("erp", &ids).await;
    log(&gateway, 3).await;
    assert!(tokio::time::timeout(PATIENCE, listener.heard(|| true)).await.unwrap());
    // Once for each step that gave places; there were no more of these than commits.
    falls_silent(&mut listener, 2).await;
    listener.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_on_sqlite_does_not_hear_itself() {
    let gateway = Gateway::on_sqlite().await;
    let mut listener = listener(&gateway).await;
    let ids = gateway.record(entries(3)).await;
    gateway.mark("erp", &ids).await;
    falls_silent(&mut listener, 0).await;
    let program = gateway.other_program().await;
    let delete = format!("DELETE FROM export_marks WHERE entry_id = {}", ids[0]);
    program.execute_unprepared(&delete).await.unwrap();
    assert!(tokio::time::timeout(PATIENCE, listener.heard(|| true)).await.unwrap());
}

/// What one does because it heard the other does not wake that one again for ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gateways_that_wake_each_other_on_sqlite_fall_asleep_again() {
    let gateway = Gateway::on_sqlite().await;
    let other = gateway.another().await;
    let silent = gateway.another().await;
    silent.stop_background().await;
    let mut listener = listener(&silent).await;
    let ids = gateway.record(entries(3)).await;
    gateway.mark("erp", &ids).await;
    other.mark("crm", &ids).await;
    assert!(tokio::time::timeout(PATIENCE, listener.heard(|| true)).await.unwrap());
    // It looks ten times a second: this many times are several seconds.
    falls_silent(&mut listener, 50).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nothing_can_be_listened_to_events_come_by_looking_and_the_log_says_so() {
    let closed = postgres::free_ports()[0];
    let away = format!("postgres://someone:Tr0ub4dor@127.0.0.1:{closed}/books");
    let gateway = Gateway::on_postgres().await;
    let other = gateway.another_with(&[("LEDGATE_DATABASE_LISTEN_URL", &away)]).await;
    let ids = gateway.record(entries(4)).await;
    gateway.mark("erp", &ids[..1]).await;
    log(&gateway, 1).await;
    let mut followed = pin!(other.ledger.follow_events(Some(erp()), None, None).await.unwrap());
    for id in &ids[1..] {
        gateway.mark("erp", &[*id]).await;
        assert_eq!(told(&mut followed, 1).await, [*id]);
    }

    let mut program = Program::on(gateway.database_url.clone());
    program.set("LEDGATE_DATABASE_LISTEN_URL", &away).set("LEDGATE_DATABASE_ACQUIRE_TIMEOUT_SECONDS", "1");
    let mut serving = program.serve(&[]).await;
    let line = warned(&mut serving).await;
    let error = line["error"].as_str().unwrap();
    assert!(line["level"] == "WARN" && line["ledger"] == "main", "{line:#}");
    assert!(error.contains(&format!("***@127.0.0.1:{closed}/books")), "{error}");
    assert!(!format!("{:?}", serving.log).contains("Tr0ub4dor"), "the log tells the password");
    serving.signal("TERM");
    assert_eq!(serving.ended().await.0, 0);
    let warnings = serving.log.iter().filter(|other| other["message"] == line["message"]).count();
    assert_eq!(warnings, 1, "{:#?}", serving.log);
}
