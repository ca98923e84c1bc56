//! `ledgate backup`: a copy of a ledger that is at work.

use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::{join, join_all};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use serde_json::Value;

use crate::scaling::number;
use crate::support::program::{Program, Ran, fec};

async fn opened(program: &Program, file: &str) -> DatabaseConnection {
    Database::connect(format!("sqlite://{}", program.path(file).display())).await.unwrap()
}

async fn is_sound(copy: &DatabaseConnection) {
    for (check, expected) in [("PRAGMA integrity_check", 1), ("PRAGMA foreign_key_check", 0)] {
        let rows = copy.query_all_raw(Statement::from_string(DbBackend::Sqlite, check)).await.unwrap();
        assert_eq!(rows.len(), expected, "{check}");
        if let Some(row) = rows.first() {
            assert_eq!(row.try_get_by_index::<String>(0).unwrap(), "ok");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_copy_made_under_load_is_sound_and_holds_what_was_acknowledged_before() {
    let mut program = Program::on_sqlite();
    program.write("ledger.fec.txt", fec(4_000));
    program.ok(&["import", "ledger.fec.txt", "--json"]);
    let serving = program.serve(&[]).await;
    let over = AtomicBool::new(false);
    let acknowledged = std::sync::Mutex::new(Vec::<i64>::new());
    let marker = async |lane: i64| {
        let mut id = lane;
        while !over.load(Ordering::SeqCst) && id <= 4_000 {
            assert_eq!(serving.mark(id, "erp").send().await.unwrap().status(), 200);
            acknowledged.lock().unwrap().push(id);
            id += 4;
        }
    };
    let backups = async {
        let mut before = Vec::new();
        for round in 0..3 {
            // Some more than at the last copy.
            let so_far = acknowledged.lock().unwrap().len();
            while acknowledged.lock().unwrap().len() < so_far + 20 {
                tokio::task::yield_now().await;
            }
            before.push(acknowledged.lock().unwrap().clone());
            let child = program.command(&["backup", &format!("copy-{round}.db"), "--json"]).spawn().unwrap();
            let ran = tokio::task::spawn_blocking(move || Ran::of(child)).await.unwrap();
            assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
            let said: Value = serde_json::from_str(&ran.stdout).unwrap();
            let file = program.path(&format!("copy-{round}.db"));
            assert_eq!(said["file"], file.display().to_string());
            assert_eq!(said["bytes"], std::fs::metadata(file).unwrap().len());
        }
        over.store(true, Ordering::SeqCst);
        before
    };
    let (before, _) = join(backups, join_all((1..=4).map(marker))).await;
    for (round, before) in before.iter().enumerate() {
        let file = format!("copy-{round}.db");
        let copy = opened(&program, &file).await;
        is_sound(&copy).await;
        let list = before.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
        let there = format!("SELECT count(*) AS n FROM export_marks WHERE entry_id IN ({list})");
        assert_eq!(number(&copy, &there).await, before.len() as i64, "{file} misses acknowledged marks");
        let marks = number(&copy, "SELECT count(*) AS n FROM export_marks").await;
        copy.close().await.unwrap();
        // The copy is a ledger of its own.
        program.set("LEDGATE_DATABASE_URL", format!("sqlite://{}", program.path(&file).display()));
        let serving = program.serve(&[]).await;
        assert_eq!(serving.get("/readyz").await.0, 200);
        assert_eq!(serving.streamed("erp").await.len() as i64, 4_000 - marks);
        assert_eq!(serving.mark(4_000, "erp").send().await.unwrap().status(), 200);
    }
}

#[test]
fn what_cannot_be_copied_is_said_and_leaves_nothing() {
    let program = Program::on_sqlite();
    let refused = |arguments: &[&str], reason: &str| {
        let ran = program.run(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{arguments:?}: {ran:?}");
        assert!(ran.stderr.contains(reason) && ran.stderr.lines().count() == 1, "{arguments:?}: {ran:?}");
    };
    refused(&["backup", "copy.db"], "there is no database");
    assert_eq!(program.files(), [""; 0]);
    program.ok(&["migrate", "up"]);
    program.write("taken.db", "somebody's");
    refused(&["backup", "taken.db"], "is there already and is not overwritten");
    refused(&["backup", "ledger.db"], "is there already and is not overwritten");
    refused(&["backup", "nowhere/copy.db"], "Check that its folder is there");
    assert_eq!(std::fs::read_to_string(program.path("taken.db")).unwrap(), "somebody's");
    assert_eq!(program.files(), ["ledger.db", "taken.db"]);
    let said = program.ok(&["backup", "copy.db"]);
    assert!(said.contains("copy.db holds the ledger, "), "{said}");
    // Before `migrate up`, a copy of the older schema is what is wanted.
    program.ok(&["migrate", "down", "--delete-data"]);
    program.ok(&["backup", "older.db"]);
    assert_eq!(program.files(), ["copy.db", "ledger.db", "older.db", "taken.db"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgresql_it_says_what_to_use() {
    let program = Program::on_postgres().await;
    let ran = program.run(&["backup", "copy.db"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{ran:?}");
    assert!(ran.stderr.contains("pg_dump"), "{ran:?}");
    assert_eq!(program.files(), [""; 0]);
}
