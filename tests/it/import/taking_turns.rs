//! Imports into one ledger take turns, and one that died keeps nobody waiting.

use sea_orm::{ConnectionTrait, Statement};
use serde_json::Value;

use crate::program_on_both_databases;
use crate::support::program::{Program, Ran, fec};

fn count(ran: &Ran, name: &str) -> u64 {
    let summary: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"));
    summary[name].as_u64().unwrap()
}

/// How many rows a table has.
async fn rows(program: &Program, table: &str) -> i64 {
    let database = program.other_program().await;
    let sql = format!("SELECT count(*) AS n FROM {table}");
    let row = database.query_one_raw(Statement::from_string(database.get_database_backend(), sql)).await;
    row.unwrap().unwrap().try_get("", "n").unwrap()
}

program_on_both_databases! {
    async fn two_imports_of_the_same_file_at_once_load_it_once(program: Program) {
        program.ok(&["migrate", "up"]);
        program.write("books.txt", fec(3_000));
        let imports = [0; 3].map(|_| program.command(&["import", "books.txt", "--json"]).spawn().unwrap());
        let ran = imports.map(Ran::of);
        assert!(ran.iter().all(|ran| ran.code == 0), "{ran:?}");
        assert_eq!(ran.iter().map(|ran| count(ran, "inserted")).sum::<u64>(), 3_000);
        assert_eq!(ran.iter().map(|ran| count(ran, "unchanged")).sum::<u64>(), 6_000);
        assert_eq!(program.exported("erp").len(), 3_000);
    }

    async fn what_is_staged_is_gone_when_an_import_ends(program: Program) {
        // More than fits into two runs.
        let long = fec(20_000).replace("\tFacture ", &format!("\t{} ", "x".repeat(800)));
        assert!(long.len() > 16 << 20, "{}", long.len());
        program.write("books.txt", long);
        let ran = program.run(&["import", "books.txt", "--json"]);
        assert_eq!(count(&ran, "inserted"), 20_000, "{ran:?}");
        assert_eq!(rows(&program, "import_chunks").await, 0);
        assert_eq!(rows(&program, "imports WHERE summary IS NULL").await, 0);
        let ran = program.run(&["import", "books.txt", "--json"]);
        assert_eq!(count(&ran, "unchanged"), 20_000, "{ran:?}");
    }

    async fn an_import_that_died_with_its_turn_keeps_the_next_one_waiting_for_a_while_only(program: Program) {
        program.write("books.txt", fec(4));
        program.ok(&["import", "books.txt"]);
        // As a program leaves it that was killed a minute ago.
        program.execute("UPDATE background_jobs SET leased_until = leased_until - 1 WHERE name = 'import'").await;
        let ran = program.run(&["import", "books.txt", "--json"]);
        assert_eq!((ran.code, count(&ran, "unchanged")), (0, 4), "{ran:?}");
    }
}
