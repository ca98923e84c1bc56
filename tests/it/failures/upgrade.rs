//! A newer ledgate prepares the database while gateways of today are at work.

use std::process::Child;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures_util::future::join;
use sea_orm::{ConnectionTrait, TransactionTrait};

use crate::migrations::MIGRATIONS;
use crate::program_on_both_databases;
use crate::scaling::number;
use crate::support::program::{Ran, fec};

/// What a migration to come may do to tables that are in use.
const ADDITIONS: [&str; 3] = [
    "ALTER TABLE accounting_entries ADD COLUMN cost_center TEXT",
    "ALTER TABLE export_marks ADD COLUMN batch INTEGER NOT NULL DEFAULT 0",
    "CREATE TABLE something_new (id INTEGER PRIMARY KEY)",
];

program_on_both_databases! {
    async fn a_running_gateway_goes_on_while_a_newer_one_adds_to_the_schema(program: Program) {
        program.write("ledger.fec.txt", fec(4_000));
        program.ok(&["import", "ledger.fec.txt", "--json"]);
        let serving = program.serve(&[]).await;
        let (over, done) = (AtomicBool::new(false), AtomicUsize::new(0));
        let work = async {
            let mut id = 0;
            while !over.load(Ordering::SeqCst) && id < 4_000 {
                id += 1;
                let answer = serving.mark(id, "erp").send().await.unwrap();
                assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
                assert_eq!(serving.record("A", id as usize..id as usize + 1).await.len(), 1);
                let (status, body) = serving.get("/v10/accounting-entries/export?system_id=erp&limit=10").await;
                assert_eq!(status, 200, "{body}");
                done.fetch_add(1, Ordering::SeqCst);
            }
            id
        };
        let upgrade = async {
            for addition in ADDITIONS {
                let so_far = done.load(Ordering::SeqCst);
                while done.load(Ordering::SeqCst) < so_far + 10 {
                    tokio::task::yield_now().await;
                }
                program.execute(addition).await;
            }
            program.execute("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_to_come', 1)").await;
            let so_far = done.load(Ordering::SeqCst);
            while done.load(Ordering::SeqCst) < so_far + 10 {
                tokio::task::yield_now().await;
            }
            // It is sent requests until the newer one takes over.
            assert_eq!(serving.get("/readyz").await.0, 200);
            over.store(true, Ordering::SeqCst);
        };
        let (marked, ()) = join(work, upgrade).await;
        let other = program.other_program().await;
        assert_eq!(number(&other, "SELECT count(*) AS n FROM export_marks").await, marked);
        let ran = program.run(&["serve", "--listen", "127.0.0.1:0"]);
        assert!(ran.code == 2 && ran.stderr.contains("is newer than this program"), "{ran:?}");
    }

    async fn programs_that_catch_up_at_once_take_turns(program: Program) {
        program.write("ledger.fec.txt", fec(20));
        program.ok(&["import", "ledger.fec.txt", "--json"]);
        program.ok(&["migrate", "down", "--delete-data", "--steps", "4"]);
        let started: Vec<Child> = (0..6).map(|_| program.command(&["migrate", "up"]).spawn().unwrap()).collect();
        for ran in started.into_iter().map(Ran::of) {
            assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
            assert_eq!(ran.stdout.matches("applied").count(), MIGRATIONS.len(), "{ran:?}");
        }
        assert_eq!(program.exported("erp").len(), 20);
    }

    async fn a_migration_does_not_make_everybody_wait_behind_a_long_reader(program: Program) {
        program.write("ledger.fec.txt", fec(20));
        program.ok(&["import", "ledger.fec.txt", "--json"]);
        let other = program.other_program().await;
        let lock = other.begin().await.unwrap();
        if program.is_sqlite() {
            lock.execute_unprepared("UPDATE export_systems SET known_since = known_since").await.unwrap();
        } else {
            lock.execute_unprepared("LOCK TABLE idempotency_keys IN ACCESS SHARE MODE").await.unwrap();
        }
        // It wants to drop a table that is being read: that of the third migration.
        let steps = (MIGRATIONS.len() - 2).to_string();
        let ran = program.run(&["migrate", "down", "--delete-data", "--steps", &steps]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{ran:?}");
        assert!(ran.stderr.contains("nothing was changed. Try again"), "{ran:?}");
        lock.rollback().await.unwrap();
        assert_eq!(program.exported("erp").len(), 20);
        program.ok(&["migrate", "down", "--delete-data", "--steps", &steps]);
    }
}
