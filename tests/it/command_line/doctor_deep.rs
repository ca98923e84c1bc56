//! `ledgate doctor --deep`: damage that was done past the triggers is told, and what makes entries vanish is mended.

use serde_json::Value;

use crate::program_on_both_databases;
use crate::support::program::{Program, fec};

/// Statements, run with the triggers asleep.
async fn by_force(program: &Program, statements: &[&str]) {
    let sql = match program.is_sqlite() {
        false => format!("SET session_replication_role = replica; {}", statements.join("; ")),
        true => format!(
            "DROP TRIGGER pending_exports_kept; DROP TRIGGER export_marks_unmarked; {}",
            statements.join("; ")
        ),
    };
    program.execute(&sql).await;
}

/// A ledger of twenty entries of which `erp` has marked the first two; `warehouse` is known too.
async fn ledger(program: &mut Program) {
    program.set("LEDGATE_HTTP_LISTEN", "127.0.0.1:0");
    program.write("ledger.txt", fec(20));
    program.ok(&["import", "ledger.txt"]);
    let insert = "INSERT INTO export_systems (name, known_since, history_end, taken_over_to)
        VALUES ('erp', 0, 20, 20), ('warehouse', 0, 20, 20)";
    let pending = "INSERT INTO pending_exports (system_key, entry_id)
        SELECT s.key, e.id FROM export_systems s CROSS JOIN accounting_entries e WHERE s.name <> 'erp' OR e.id > 2";
    let marks = "INSERT INTO export_marks (entry_id, system_key, marked_at)
        SELECT e.id, s.key, 1 FROM export_systems s CROSS JOIN accounting_entries e WHERE s.name = 'erp' AND e.id <= 2";
    for sql in [insert, pending, marks] {
        program.execute(sql).await;
    }
}

/// The exit code and what is said of the entries.
fn deep(program: &Program, arguments: &[&str]) -> (i32, Vec<String>) {
    let ran = program.run(&[&["doctor", "--json", "--deep"], arguments].concat());
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    let findings = answer["findings"].as_array().unwrap().iter();
    let about_entries = findings.filter(|finding| finding["about"] == "entries");
    (ran.code, about_entries.map(|finding| finding["says"].as_str().unwrap().to_owned()).collect())
}

program_on_both_databases! {
    async fn a_ledger_that_is_well_is_told_to_be(program: Program) {
        ledger(&mut program).await;
        let (code, says) = deep(&program, &[]);
        assert_eq!((code, says.len()), (0, 1), "{says:?}");
        assert!(says[0].starts_with("every entry is for every system exported or unexported"), "{says:?}");
    }

    async fn entries_that_vanished_are_told_and_come_back(program: Program) {
        ledger(&mut program).await;
        by_force(&program, &[
            "DELETE FROM export_marks WHERE entry_id = 1",
            "DELETE FROM pending_exports WHERE entry_id BETWEEN 5 AND 16 AND system_key = (SELECT key FROM export_systems WHERE name = 'erp')",
        ]).await;
        assert_eq!(program.exported("erp").len(), 6);
        let (code, says) = deep(&program, &[]);
        assert_eq!((code, says.len()), (1, 1), "{says:?}");
        assert!(says[0].starts_with("13 entries are neither exported nor unexported"), "{says:?}");
        assert!(says[0].contains("for system erp: 1, 5, 6, 7, 8, 9, 10, 11, 12, 13, …"), "{says:?}");
        assert_eq!(program.exported("erp").len(), 6, "a look without --repair changed something");

        let (code, says) = deep(&program, &["--repair"]);
        assert_eq!((code, says.len()), (0, 1), "{says:?}");
        assert!(says[0].contains("They are unexported again"), "{says:?}");
        let ids: Vec<i64> = program.exported("erp").iter().map(|entry| entry["id"].as_i64().unwrap()).collect();
        let expected: Vec<i64> = (1..=20).filter(|id| *id != 2).collect();
        assert_eq!(ids, expected);
        assert_eq!(deep(&program, &[]).0, 0);
    }

    async fn what_is_too_much_is_told(program: Program) {
        ledger(&mut program).await;
        by_force(&program, &[
            "INSERT INTO pending_exports (system_key, entry_id) SELECT key, 2 FROM export_systems WHERE name = 'erp'",
            "INSERT INTO pending_exports (system_key, entry_id) SELECT key, 99 FROM export_systems WHERE name = 'warehouse'",
            "INSERT INTO export_marks (entry_id, system_key, marked_at) VALUES (3, 77, 1)",
        ]).await;
        let (code, says) = deep(&program, &["--repair"]);
        assert_eq!((code, says.len()), (1, 3), "{says:?}");
        assert!(says[0].contains("exported and unexported at once") && says[0].contains("for system erp: 2."), "{says:?}");
        assert!(says[1].contains("rows of pending_exports speak of no entry") && says[1].contains("warehouse: 99."), "{says:?}");
        assert!(says[2].contains("rows of export_marks speak of no entry or no system, for system number 77: 3."), "{says:?}");
    }

    async fn history_that_is_not_taken_over_is_no_damage(program: Program) {
        ledger(&mut program).await;
        program.execute("INSERT INTO export_systems (name, known_since, history_end, taken_over_to) VALUES ('open', 0, 20, 0)").await;
        program.execute("INSERT INTO export_systems (name, known_since) VALUES ('unsettled', 0)").await;
        let (code, says) = deep(&program, &[]);
        assert_eq!((code, says.len()), (0, 1), "{says:?}");
    }

    async fn repair_without_deep_is_refused(program: Program) {
        let ran = program.run(&["doctor", "--repair"]);
        assert!(ran.code == 2 && ran.stderr.contains("--deep"), "{ran:?}");
    }
}
