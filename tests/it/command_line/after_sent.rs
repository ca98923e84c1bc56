//! `ledgate changed` and `ledgate unmark`.

use ledgate::ledger_files::DEMO;
use serde_json::{Value, json};

use crate::program_on_both_databases;

const MARK: &str =
    "INSERT INTO export_systems (name, known_since, history_end, taken_over_to) VALUES ('erp', 0, 57, 0);
    INSERT INTO export_marks (entry_id, system_key, marked_at) SELECT e.id, s.key, 1770000000000000
    FROM accounting_entries e, export_systems s WHERE e.id <= 3";

program_on_both_databases! {
    async fn what_changed_is_a_table_and_what_is_taken_back_is_unexported_again(program: Program) {
        program.write("demo.txt", DEMO);
        program.ok(&["import", "demo.txt"]);
        for sql in MARK.split(';') {
            program.execute(sql).await;
        }
        assert_eq!(program.ok(&["changed", "--system", "erp"]), "Nothing has changed since erp was sent it.\n");
        program.execute("UPDATE accounting_entries SET description = 'mended' WHERE id = 2").await;
        let table = program.ok(&["changed", "--system", "erp"]);
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines[0].split_whitespace().collect::<Vec<_>>(), ["ENTRY", "SENT", "NOW", "WHAT", "CHANGED"]);
        assert!(lines[1].starts_with("2      1     2    description: "), "{table}");
        assert!(lines[1].ends_with("→ mended"), "{table}");
        let one: Value = serde_json::from_str(&program.ok(&["changed", "--system", "erp", "--json"])).unwrap();
        assert_eq!((&one["accounting_entry"]["id"], &one["export"]["version"]), (&json!(2), &json!(1)));
        assert_eq!(one["changes"][0]["now"], json!("mended"));

        let ran = program.run(&["unmark", "--system", "erp", "--reason", "wrong year", "1", "entry/2", "57"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (1, "2 entries are unexported for erp again.\n"));
        assert_eq!(ran.stderr, "entry 57 is not marked for \"erp\"; nothing was taken back\n");
        let ids: Vec<i64> = program.exported("erp").iter().map(|entry| entry["id"].as_i64().unwrap()).collect();
        assert_eq!(ids.len(), 56);
        assert!(ids.starts_with(&[1, 2, 4]), "{ids:?}");
        let ran = program.run(&["unmark", "--system", "erp", "--reason", "", "3"]);
        assert_eq!((ran.code, ran.stderr.as_str()), (2, "error: the reason is empty\n"));
    }
}
