//! Gateways hold no state: two processes on one PostgreSQL database answer as one, and what one leaves undone when it
//! is killed or stopped is taken up there.

use std::collections::BTreeSet;
use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use serde_json::json;

use crate::program_on_both_databases;
use crate::support::program::{Program, Serving};

/// As many as take a second or more to be taken over.
const LARGE: i64 = 200_000;
/// Signals, and how a program ends by them.
const KILLED: (&str, i32) = ("KILL", -1);
const STOPPED: (&str, i32) = ("TERM", 0);
const CHUNK: i64 = ledgate::store::takeover::SMALL_CHUNK as i64;

/// The `n` of the one row that the query gives.
pub async fn number(connection: &DatabaseConnection, sql: &str) -> i64 {
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    connection.query_one_raw(statement).await.unwrap().unwrap().try_get("", "n").unwrap()
}

/// A ledger filled by another program, in which every step of a take-over leaves a trace.
async fn large_ledger(program: &Program) {
    program.ok(&["migrate", "up"]);
    let (numbers, trace) = if program.is_sqlite() {
        let numbers = format!(
            "(WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {LARGE})
              SELECT n FROM numbers) AS numbers"
        );
        (
            numbers,
            "CREATE TRIGGER trace AFTER UPDATE OF taken_over_to ON export_systems BEGIN
            INSERT INTO steps (reached) VALUES (NEW.taken_over_to); END",
        )
    } else {
        let numbers = format!("generate_series(1, {LARGE}) AS numbers(n)");
        (
            numbers,
            "CREATE FUNCTION trace() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO steps (reached) VALUES (NEW.taken_over_to); RETURN NULL; END $$;
         CREATE TRIGGER trace AFTER UPDATE OF taken_over_to ON export_systems
            FOR EACH ROW EXECUTE FUNCTION trace()",
        )
    };
    program.execute("CREATE TABLE steps (reached BIGINT NOT NULL)").await;
    program.execute(trace).await;
    let insert = format!(
        "INSERT INTO accounting_entries (external_id, journal_code, entry_number, posting_date, account_number,
            description, debit_ten_thousandths, credit_ten_thousandths)
         SELECT 'elsewhere:' || n, 'VE', '1', '2026-01-31', '707000', 'by another program', 10000, 0 FROM {numbers}"
    );
    program.execute(&insert).await;
}

/// Waits until so much has been taken over, and gives how much it is. However slow the machine is: it fails only when
/// nothing at all was taken over for a minute.
async fn taken_over(other: &DatabaseConnection, at_least: i64) -> i64 {
    let to = async || number(other, "SELECT coalesce(max(taken_over_to), 0) AS n FROM export_systems").await;
    let mut reached = to().await;
    while reached < at_least {
        let further = async {
            loop {
                match to().await {
                    same if same == reached => tokio::time::sleep(Duration::from_millis(2)).await,
                    further => break further,
                }
            }
        };
        let moved = tokio::time::timeout(Duration::from_secs(60), further).await;
        reached = moved.unwrap_or_else(|_| panic!("nobody takes over what lies behind {reached}"));
    }
    reached
}

/// Ends it, with this signal and this exit code, while it takes over the history of a system that becomes known now, and
/// gives how far it came.
async fn ended_while_taking_over(
    program: &Program,
    mut serving: Serving,
    (signal, code): (&str, i32),
) -> i64 {
    let other = program.other_program().await;
    serving.export("erp", &[1, CHUNK, LARGE], None).await;
    taken_over(&other, 2 * CHUNK).await;
    serving.signal(signal);
    assert_eq!(serving.ended().await.0, code);
    let reached = taken_over(&other, 0).await;
    assert!(reached < LARGE, "it was done before it ended");
    reached
}

/// Nothing is missing, nothing is there that was marked, and no step was taken twice.
async fn taken_over_once(program: &Program, marked: i64) {
    let other = program.other_program().await;
    taken_over(&other, LARGE).await;
    let pending = "SELECT count(*) AS n FROM pending_exports";
    assert_eq!(number(&other, pending).await, LARGE - marked);
    // A pending row is unique by its key: with their number right, none of another entry means one for each.
    let wrong = "SELECT count(*) AS n FROM pending_exports p WHERE NOT EXISTS
            (SELECT 1 FROM accounting_entries e WHERE e.id = p.entry_id)
        OR EXISTS (SELECT 1 FROM export_marks m WHERE m.entry_id = p.entry_id AND m.system_key = p.system_key)";
    assert_eq!(number(&other, wrong).await, 0);
    let steps = "SELECT count(*) AS n FROM steps";
    let different = "SELECT count(DISTINCT reached) AS n FROM steps";
    assert_eq!(number(&other, steps).await, LARGE / CHUNK, "it began again");
    assert_eq!(number(&other, different).await, LARGE / CHUNK);
}

program_on_both_databases! {
    async fn a_take_over_goes_on_where_a_killed_program_left_it(program: Program) {
        large_ledger(&program).await;
        let reached = ended_while_taking_over(&program, program.serve(&[]).await, KILLED).await;

        // Until then the answers are right, and marks are taken on both sides of the line.
        let serving = program.serve(&[]).await;
        let marks = serving.export("erp", &[reached, reached + 1, LARGE - 1], None).await;
        assert_eq!(marks[0]["remarked"], json!(false));
        taken_over_once(&program, 6).await;
        let first = serving.data("{ exportSystem(systemId: \"erp\") { oldestUnexportedEntry { entryId } } }", json!({})).await;
        assert_eq!(first["exportSystem"]["oldestUnexportedEntry"]["entryId"], json!("2"));
    }

    async fn a_take_over_goes_on_where_a_stopped_program_left_it(program: Program) {
        large_ledger(&program).await;
        ended_while_taking_over(&program, program.serve(&[]).await, STOPPED).await;
        let _next = program.serve(&[]).await;
        taken_over_once(&program, 3).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_finishes_what_a_killed_one_left() {
    let program = Program::on_postgres().await;
    large_ledger(&program).await;
    let (one, other) = futures_util::future::join(program.serve(&[]), program.serve(&[])).await;
    ended_while_taking_over(&program, one, KILLED).await;
    taken_over_once(&program, 3).await;
    assert_eq!(other.get("/readyz").await.0, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_gateways_answer_as_one() {
    let program = Program::on_postgres().await;
    // Both find the database empty and want to set it up.
    let (one, other) = futures_util::future::join(program.serve(&[]), program.serve(&[])).await;
    let ids = one.record("A", 0..40).await;
    assert_eq!(other.streamed("erp").await, ids);

    // Different entries, the same ones, and a call whose answer was lost, repeated at the other gateway.
    let (left, right) = (ids[..10].to_vec(), ids[10..20].to_vec());
    futures_util::future::join(one.export("erp", &left, None), other.export("erp", &right, None)).await;
    assert_eq!(one.paged("erp", None).await, ids[20..]);
    let same = &ids[20..30];
    let (first, second) =
        futures_util::future::join(one.export("erp", same, None), other.export("erp", same, None)).await;
    for (first, second) in first.as_array().unwrap().iter().zip(second.as_array().unwrap()) {
        assert_ne!(first["remarked"], second["remarked"], "one of two marks is the first: {first} {second}");
    }
    let rest = &ids[30..35];
    let (first, again) = futures_util::future::join(
        one.export("erp", rest, Some("run-1")),
        other.export("erp", rest, Some("run-1")),
    )
    .await;
    assert_eq!(first, again);
    assert_eq!(first[0]["remarked"], json!(false));
    assert_eq!(other.export("erp", rest, Some("run-1")).await, first);
    assert_eq!(other.paged("erp", None).await, ids[35..]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_system_becomes_known_at_one_gateway_while_the_other_records() {
    let program = Program::on_postgres().await;
    let (one, other) = futures_util::future::join(program.serve(&[]), program.serve(&[])).await;
    let ids = one.record("A", 0..20).await;
    let recording = async {
        let mut recorded = Vec::new();
        for round in 1..=30 {
            recorded.extend(one.record("B", round * 10..round * 10 + 10).await);
        }
        recorded
    };
    let marking = async {
        for (system, id) in ["s1", "s2", "s3", "s4", "s5"].into_iter().zip(&ids) {
            other.export(system, &[*id], None).await;
            other.streamed(system).await;
        }
    };
    let (recorded, ()) = futures_util::future::join(recording, marking).await;
    let all: BTreeSet<i64> = ids.iter().chain(&recorded).copied().collect();
    for (system, marked) in ["s1", "s2", "s3", "s4", "s5"].into_iter().zip(&ids) {
        let expected: Vec<i64> = all.iter().copied().filter(|id| id != marked).collect();
        assert_eq!(one.streamed(system).await, expected, "{system}");
        assert_eq!(other.paged(system, None).await, expected, "{system}");
    }
}
