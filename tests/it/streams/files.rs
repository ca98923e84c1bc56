//! The end line in files: `ledgate export` writes it, `ledgate import` checks it.

use ledgate::domain::Timestamp;
use ledgate::ledger_files::DEMO;
use serde_json::json;

use crate::program_on_both_databases;
use crate::support::ndjson;

program_on_both_databases! {
    async fn an_export_ends_with_its_number_and_its_moment(program: Program) {
        program.write("demo.txt", DEMO);
        program.ok(&["import", "demo.txt"]);
        let text = program.ok(&["export", "--system", "erp"]);
        let (entries, end) = ndjson::read(&text);
        assert_eq!((entries.len(), &end["next"]), (57, &json!(null)));
        let moment: Timestamp = end["as_of"].as_str().unwrap().parse().unwrap();
        let newest = entries.iter().map(|entry| entry["created_at"].as_str().unwrap().parse().unwrap()).max();
        assert!(newest <= Some(moment), "what was recorded before is in it: {newest:?}, {moment}");
        let csv = program.ok(&["export", "--system", "erp", "--format", "csv"]);
        assert!(!csv.contains("as_of"), "CSV has columns and no place for it");
    }

    async fn a_file_is_held_to_its_end_line(program: Program) {
        program.write("demo.txt", DEMO);
        program.ok(&["import", "demo.txt"]);
        let whole = program.ok(&["export", "--system", "erp"]);
        let copy = program.on_the_other().await;
        let import = |text: &str| {
            copy.write("export", text);
            let ran = copy.run(&["import", "export", "--json"]);
            let summary: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
            (ran.code, summary["read"].as_u64().unwrap(), ran.stderr)
        };
        let told = String::new();
        assert_eq!(import(&whole), (0, 57, told.clone()), "the end line is no line read");
        assert_eq!(import(&whole.replace('\n', "\r\n\r\n")), (0, 57, told.clone()));

        // Other programs write none, and a cursor or whatever comes later in it does not matter.
        let (lines, _) = whole.trim_end().rsplit_once('\n').unwrap();
        assert_eq!(import(lines), (0, 57, told.clone()));
        assert_eq!(import(&format!("{lines}\n{{ \"end\" : {{\"entries\":57,\"next\":\"x\",\"more\":[]}}}}")), (0, 57, told));

        let (first, rest) = whole.split_once('\n').unwrap();
        let (code, read, complaint) = import(rest);
        assert_eq!((code, read), (2, 0), "nothing of it is loaded");
        assert_eq!(
            complaint,
            "error: export: the file is not whole: its end line (line 57) tells of 57 entries, and before it there are 56; \
             export it again\n"
        );
        let (code, read, complaint) = import(&format!("{lines}\n{{\"end\":{{\"entries\":\"57\"}}}}\n"));
        assert_eq!((code, read), (2, 0));
        assert!(complaint.contains("tells of no number of entries, and before it there are 57"), "{complaint}");
        let (code, read, complaint) = import(&format!("{whole}{first}\n"));
        assert_eq!((code, read), (2, 0));
        assert_eq!(
            complaint,
            "error: export: reading stopped at line 59: line 58 says that the export ends there. If these are several \
             exports, give each as a file of its own\n"
        );

        // A line that cannot be read is one of the entries that it counts.
        let (code, read, complaint) = import(&whole.replacen("\"posting_date\":\"2", "\"posting_date\":\"x", 1));
        assert_eq!((code, read), (1, 57), "{complaint}");
        assert!(complaint.starts_with("export:") && complaint.contains("held back"), "{complaint}");
        // An entry may have a field of this name.
        let (code, read, complaint) = import(&format!("{}\n", first.replacen('{', "{\"end\":{\"entries\":7},", 1)));
        assert_eq!((code, read), (1, 1), "{complaint}");
        assert!(complaint.contains("voucher AC AC0001 of 2026-01-12: 2 lines of the ledger are no longer in the files"), "{complaint}");
    }
}
