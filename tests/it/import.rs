//! `ledgate import`, and `export` as its way back.

mod comparing;
mod forms;
mod over_http;
mod taking_turns;

use ledgate::ledger_files::DEMO;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use crate::program_on_both_databases;
use crate::support::program::{Program, Ran, fec};

program_on_both_databases! {
    async fn the_summary_for_machines_is_this_and_nothing_else(program: Program) {
        program.write("demo.txt", DEMO);
        let first = program.ok(&["import", "demo.txt", "--json"]);
        let names = [
            "read", "inserted", "updated", "unchanged", "rejected", "held_back", "missing", "withdrawn",
            "already_sent", "sent_to", "debit", "credit", "ledger_debit", "ledger_credit", "vouchers",
        ];
        let begins = "{\"read\":57,\"inserted\":57,\"updated\":0,\"unchanged\":0,\"rejected\":0,\"held_back\":0,\
                      \"missing\":0,\"withdrawn\":0,\"already_sent\":0,\"sent_to\":[],\"debit\":\"63084.80\",\
                      \"credit\":\"63084.80\",\"ledger_debit\":\"63084.80\",\"ledger_credit\":\"63084.80\",\"vouchers\":{";
        assert!(first.starts_with(begins) && first.ends_with("}}\n"), "{first}");
        let summary: Value = serde_json::from_str(&first).unwrap();
        assert_eq!(summary.as_object().unwrap().len(), names.len());
        let again: Value = serde_json::from_str(&program.ok(&["import", "--json", "demo.txt"])).unwrap();
        assert_eq!((&again["inserted"], &again["unchanged"]), (&json!(0), &json!(57)));
        assert_eq!(again["vouchers"]["unchanged"], again["vouchers"]["read"]);
        assert_eq!(again["ledger_credit"], "63084.80");
    }

    async fn a_corrected_file_changes_only_the_entries_that_differ(program: Program) {
        program.write("demo.txt", DEMO);
        program.ok(&["import", "demo.txt"]);
        let before = program.exported("erp");
        program.write("demo.txt", DEMO.replacen("Report à nouveau\t18450,20", "Report corrigé\t18450,20", 1));
        assert_eq!(
            program.ok(&["import", "demo.txt"]),
            "57 entries read: 0 inserted, 1 updated, 56 unchanged, 0 rejected. Debit 63084.80, credit 63084.80.\n"
        );
        let after = program.exported("erp");
        let changed: Vec<usize> = (0..57).filter(|place| after[*place] != before[*place]).collect();
        let [place] = changed[..] else { panic!("{changed:?}") };
        let (before, after) = (&before[place], &after[place]);
        assert_eq!((&after["id"], &after["description"]), (&before["id"], &json!("Report corrigé")));
        assert_eq!(after["created_at"], before["created_at"]);
        assert!(after["updated_at"].as_str() > before["updated_at"].as_str());
    }

    async fn a_bad_line_is_told_by_its_place_and_reason_and_the_rest_is_loaded(program: Program) {
        let mut lines: Vec<String> = fec(6).lines().map(str::to_owned).collect();
        lines[2] = lines[2].replace("20260131", "20261331");
        lines[4] = "VE\tVentes".to_owned();
        lines[5] = lines[5].replace("3,50", "3,x50").replace("\tF2\t20260131", "\tF2\t2026");
        program.write("books.txt", lines.join("\n"));
        let ran = program.run(&["import", "books.txt", "--json"]);
        let told: Vec<&str> = ran.stderr.lines().collect();
        assert_eq!(
            told[..5],
            [
                "books.txt:3: EcritureDate: \"20261331\" is not a date such as \"20260131\"",
                "books.txt:3: PieceDate: \"20261331\" is not a date such as \"20260131\"",
                "books.txt:5: has 2 columns where the header has 18; it begins \"VE\"",
                "books.txt:6: PieceDate: \"2026\" is not a date such as \"20260131\"",
                "books.txt:6: Debit: \"3,x50\" is not a decimal number such as \"1234.50\"",
            ]
        );
        // The others of their vouchers wait for them, as far as the vouchers can be told.
        let held: Vec<&&str> = told.iter().filter(|line| line.contains("1 line held back; line books.txt:")).collect();
        assert_eq!(held.len(), 2, "{told:?}");
        assert!(held[1].starts_with("voucher VE 2 of 2026-01-31: "), "{told:?}");
        assert!(held[1].ends_with("books.txt:6: PieceDate: \"2026\" is not a date such as \"20260131\"; Debit: \
            \"3,x50\" is not a decimal number such as \"1234.50\""), "{told:?}");
        assert_eq!(ran.code, 1);
        let summary: Value = serde_json::from_str(&ran.stdout).unwrap();
        let numbers = ["read", "inserted", "rejected", "held_back"].map(|name| summary[name].as_u64().unwrap());
        assert_eq!(numbers, [6, 1, 3, 2], "{summary}");
        assert_eq!(program.exported("erp").len(), 1);
    }

    async fn several_files_are_one_set_of_lines_and_one_that_is_missing_keeps_all_out(program: Program) {
        program.write("a.txt", fec(4));
        program.write("b.txt", DEMO);
        assert!(program.ok(&["import", "b.txt"]).starts_with("57 entries read: 57 inserted"));
        let ran = program.run(&["import", "a.txt", "nowhere.txt", "b.txt"]);
        assert_eq!((ran.code, ran.stderr.as_str()), (2, "error: nowhere.txt: there is no such file\n"));
        assert_eq!(program.exported("erp").len(), 57);
        let ran = program.run(&["import", "a.txt", "b.txt"]);
        assert!(ran.stdout.starts_with("61 entries read: 4 inserted, 0 updated, 57 unchanged"), "{ran:?}");
        assert_eq!(program.exported("erp").len(), 61);
    }

    async fn standard_input_is_a_file_like_any_other(program: Program) {
        let ran = program.run_with_input(&["import", "-", "--json"], DEMO.as_bytes());
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
        assert!(ran.stdout.starts_with("{\"read\":57,\"inserted\":57,"), "{ran:?}");
        let ran = program.run_with_input(&["import", "-"], b"");
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
        assert_eq!(ran.stderr, "error: standard input: the file is empty: there is no header and no entry in it\n");
    }

    async fn the_book_currency_is_the_one_given(program: Program) {
        program.write("books.txt", fec(2));
        program.ok(&["import", "books.txt", "--currency", "CHF"]);
        assert!(program.exported("erp").iter().all(|entry| entry["currency"] == "CHF"));
        let ran = program.run(&["import", "books.txt", "--currency", "EURO"]);
        assert_eq!(ran.code, 2);
        assert!(ran.stderr.contains("it is not a currency code of ISO 4217 such as \"EUR\""), "{ran:?}");
    }

    async fn an_import_that_was_killed_half_way_can_simply_be_run_again(program: Program) {
        program.ok(&["migrate", "up"]);
        program.write("books.txt", fec(20_000));
        let mut child = program.command(&["import", "books.txt"]).spawn().unwrap();
        let database = program.other_program().await;
        let count = async || {
            let sql = "SELECT count(*) AS entries FROM accounting_entries";
            let row = database.query_one_raw(Statement::from_string(database.get_database_backend(), sql)).await;
            row.unwrap().unwrap().try_get::<i64>("", "entries").unwrap()
        };
        while count().await == 0 {
            assert!(child.try_wait().unwrap().is_none(), "it ended before anything was seen");
            tokio::task::yield_now().await;
        }
        child.kill().unwrap();
        let killed = Ran::of(child);
        assert_eq!((killed.code, killed.stdout.as_str()), (-1, ""));

        // The turn of the killed one has to end first.
        let again = program.run(&["import", "books.txt", "--json"]);
        let waits = "another import into this ledger is at work: this one waits until it has ended\n";
        assert_eq!((again.code, again.stderr.as_str()), (0, waits));
        let summary: Value = serde_json::from_str(&again.stdout).unwrap();
        let count = |name: &str| summary[name].as_u64().unwrap();
        assert!(count("unchanged") >= 1_000 && count("inserted") > 0, "{summary}");
        assert_eq!(count("inserted") + count("unchanged"), 20_000, "{summary}");
        assert_eq!(count("unchanged") % 2, 0, "a voucher is there whole or not at all: {summary}");
        let vouchers = &summary["vouchers"];
        assert_eq!(vouchers["changed"], 0, "{summary}");
        let entries = program.exported("erp");
        let mut lines: Vec<usize> =
            entries.iter().map(|entry| entry["entry_number"].as_str().unwrap().parse().unwrap()).collect();
        lines.sort_unstable();
        assert_eq!(lines, (0..20_000).map(|line| line / 2).collect::<Vec<_>>());
    }

    async fn a_file_that_was_cut_off_is_loaded_up_to_there(program: Program) {
        let file = fec(10);
        program.write("books.txt", &file[..file.len() - 40]);
        let ran = program.run(&["import", "books.txt"]);
        assert_eq!(ran.code, 1);
        let first = ran.stderr.lines().next().unwrap();
        assert!(first.starts_with("books.txt:11: has "), "{ran:?}");
        assert!(first.ends_with("the file seems to be cut off here"), "{ran:?}");
        // The other line of the last voucher waits for it.
        assert_eq!(program.exported("erp").len(), 8);
    }

    async fn what_is_exported_can_be_imported_and_is_the_same(program: Program) {
        program.write("books.ndjson", awkward_entries());
        program.write("demo.txt", DEMO);
        let unbalanced = "voucher VE =1+1 of 2026-01-31 does not balance: debit 123456789012345.6789, credit -0.0001 CHF\n";
        let loaded = |program: &Program, files: &[&str]| {
            let ran = program.run(&[&["import"], files].concat());
            assert_eq!((ran.code, ran.stderr.as_str()), (0, unbalanced));
            ran.stdout
        };
        loaded(&program, &["books.ndjson", "demo.txt"]);
        let entries = without_times(program.exported("erp"));
        assert_eq!(entries.len(), 59);
        for form in ["ndjson", "csv"] {
            let rows = program.ok(&["export", "--system", "erp", "--format", form]);
            let copy = program.on_the_other().await;
            copy.write("export", &rows);
            loaded(&copy, &["export"]);
            assert_eq!(without_times(copy.exported("erp")), entries, "{form}");
            assert!(loaded(&copy, &["export"]).contains("0 inserted, 0 updated, 59 unchanged"), "{form}");
        }
    }

    async fn the_real_ledger_is_loaded_to_the_cent(program: Program) {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/ledger-2022.fec.txt");
        // Only where it is at hand. A file of the same length stands in for it elsewhere.
        let (path, sum) = match std::fs::exists(path).unwrap() {
            true => (path, "10186219.81"),
            false => {
                program.write("books.txt", fec(5_422));
                ("books.txt", "3677471.50")
            }
        };
        let imported = || serde_json::from_str::<Value>(&program.ok(&["import", path, "--json"])).unwrap();
        for (inserted, unchanged) in [(5_422, 0), (0, 5_422)] {
            let summary = imported();
            assert_eq!((&summary["inserted"], &summary["unchanged"]), (&json!(inserted), &json!(unchanged)));
            assert_eq!((&summary["updated"], &summary["rejected"]), (&json!(0), &json!(0)));
            for name in ["debit", "credit", "ledger_debit", "ledger_credit"] {
                assert_eq!(summary[name], sum, "{name}");
            }
        }
        assert_eq!(program.exported("erp").len(), 5_422);
    }
}

#[test]
fn what_is_no_ledger_file_is_refused_with_what_it_is() {
    let program = Program::on_sqlite();
    program.write("empty.txt", "");
    program.write("blank.txt", "\n\n  \n");
    program.write("books.xlsx", b"PK\x03\x04\x14\x00\x06\x00");
    program.write("noise.bin", (0..=255).rev().collect::<Vec<u8>>());
    program.write("letter.txt", "Dear accountant,\n");
    program.write("columns.txt", "JournalCode\tJournalLib\nVE\tVentes\n");
    std::fs::create_dir(program.path("folder")).unwrap();
    for (file, reason) in [
        ("empty.txt", "the file is empty"),
        ("blank.txt", "the file is empty"),
        ("books.xlsx", "looks like a ZIP archive or an Excel workbook"),
        ("noise.bin", "looks like binary data"),
        ("letter.txt", "the first line is not the header of a ledger file: it begins \"Dear accountant,\""),
        ("columns.txt", "the header is not that of a fec ledger: EcritureDate"),
        ("folder", "this is a folder: name the files in it"),
        ("nowhere.txt", "there is no such file"),
    ] {
        let ran = program.run(&["import", file]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{ran:?}");
        assert!(ran.stderr.starts_with(&format!("error: {file}: ")), "{ran:?}");
        assert!(ran.stderr.contains(reason) && ran.stderr.lines().count() == 1, "{ran:?}");
    }
    let ran = program.run(&["import", "nowhere.txt", "--json"]);
    assert_eq!((ran.code, ran.stdout.lines().count()), (2, 1), "machines get their summary always: {ran:?}");
    let ran = program.run(&["import", "empty.txt", "--format", "xlsx"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("it is no format of a ledger file: fec, csv or ndjson"), "{ran:?}");
}

/// Entries with everything that a form could lose: quotes, line breaks, separators, all digits, own fields.
fn awkward_entries() -> String {
    let entry = json!({
        "external_id": "a,\"b\";'c' ", "journal_code": "VE", "entry_number": "=1+1",
        "posting_date": "2026-01-31", "account_number": "007", "account_name": "Ünïcödé 会計 🧾",
        "description": "two\nlines, \"quoted\"\r\nand\ttabbed \\ ", "debit": "123456789012345.6789",
        "credit": "-0.0001", "currency": "CHF", "foreign_amount": "-1.5", "foreign_currency": "USD",
        "reconciliation_code": "null", "reconciled_on": "2026-02-28", "validated_on": "1900-01-01",
        "attributes": { "cost_center": "R&D", "nested": { "list": [1, true, null, "x"] }, "empty": "" },
    });
    let plain = json!({
        "external_id": "plain", "journal_code": "VE", "entry_number": "2", "posting_date": "9999-12-31",
        "account_number": "1", "description": "d", "debit": "0", "credit": "0", "currency": "EUR",
    });
    format!("{entry}\n{plain}\n")
}

/// When they were recorded is the ledger's own.
fn without_times(mut entries: Vec<Value>) -> Vec<Value> {
    for entry in entries.iter_mut().filter_map(Value::as_object_mut) {
        assert!(entry.remove("created_at").is_some() && entry.remove("updated_at").is_some());
    }
    entries
}
