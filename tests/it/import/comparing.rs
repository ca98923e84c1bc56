//! Which line is which: what was sent stays with what was sent.

use serde_json::{Value, json};

use crate::program_on_both_databases;
use crate::support::program::{Program, Ran};

const HEADER: &str = "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\t\
                      PieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\t\
                      Idevise";

/// A line of a FEC: number and day of the voucher, account, reference, text, debit, credit.
fn line(
    number: &str,
    day: &str,
    account: &str,
    reference: &str,
    text: &str,
    debit: &str,
    credit: &str,
) -> String {
    format!(
        "OD\tDivers\t{number}\t{day}\t{account}\tCompte\t\t\t{reference}\t{day}\t{text}\t{debit}\t{credit}\t\t\t\t\t"
    )
}

fn file(lines: &[String]) -> String {
    format!("{HEADER}\n{}\n", lines.join("\n"))
}

/// The wages of a month.
fn wages() -> Vec<String> {
    vec![
        line("9", "20240331", "641000", "P9", "Salaires", "1000,00", "0,00"),
        line("9", "20240331", "421000", "P9", "Net", "0,00", "780,00"),
        line("9", "20240331", "431000", "P9", "Cotisations", "0,00", "220,00"),
    ]
}

fn summary(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"))
}

fn numbers(summary: &Value) -> [u64; 5] {
    ["inserted", "updated", "unchanged", "missing", "already_sent"]
        .map(|name| summary[name].as_u64().unwrap())
}

/// Imports it and gives the exit code and the summary.
fn import(program: &Program, content: &str, arguments: &[&str]) -> (i32, Value) {
    program.write("books.txt", content);
    let ran = program.run(&[&["import", "books.txt", "--json"], arguments].concat());
    (ran.code, summary(&ran))
}

/// Marks everything for the system, through the database: by the entries' ids.
async fn mark_all(program: &Program, system: &str) {
    let serving = program.serve(&[]).await;
    let client = reqwest::Client::new();
    for entries in program.exported(system).chunks(10) {
        let items: Vec<Value> = entries
            .iter()
            .map(|entry| json!({ "accounting_entry_id": entry["id"], "system_id": system }))
            .collect();
        let url = format!("{}/v10/accounting-entries/mark-as-exported", serving.url);
        let answer = client.post(url).json(&json!({ "accounting_entries": items })).send().await.unwrap();
        assert_eq!(answer.status(), 200);
    }
    drop(serving);
}

program_on_both_databases! {
    async fn a_line_in_the_middle_of_a_sent_voucher_is_new_and_the_others_keep_their_marks(program: Program) {
        assert_eq!(import(&program, &file(&wages()), &[]).0, 0);
        mark_all(&program, "erp").await;
        let mut lines = wages();
        lines[1] = line("9", "20240331", "421000", "P9", "Net", "0,00", "760,00");
        lines.insert(1, line("9", "20240331", "442100", "P9", "PAS", "0,00", "20,00"));
        lines.reverse();
        let (code, told) = import(&program, &file(&lines), &[]);
        assert_eq!((code, numbers(&told)), (0, [1, 1, 2, 0, 1]), "{told}");
        assert_eq!(told["sent_to"], json!([{ "system_id": "erp", "entries": 1 }]));
        let unexported = program.exported("erp");
        assert_eq!(unexported.len(), 1);
        assert_eq!(unexported[0]["account_number"], "442100");
        let all = program.exported("other");
        let net = all.iter().find(|entry| entry["account_number"] == "421000").unwrap();
        assert_eq!(net["credit"], "760.00");
    }

    async fn the_order_of_lines_and_the_cuts_between_files_mean_nothing(program: Program) {
        let mut lines = wages();
        lines.push(lines[1].clone());
        lines.push(line("10", "20240402", "606400", "T1", "Carnet", "3,20", "0,00"));
        lines.push(line("10", "20240402", "530000", "T1", "Carnet", "0,00", "3,20"));
        import(&program, &file(&lines), &[]);
        let before = program.exported("erp");
        lines.reverse();
        program.write("a.txt", file(&lines[..2]));
        program.write("b.txt", file(&lines[2..]));
        for order in [["a.txt", "b.txt"], ["b.txt", "a.txt"]] {
            let ran = program.run(&[&["import", "--json"], &order[..]].concat());
            assert_eq!(numbers(&summary(&ran)), [0, 0, 6, 0, 0], "{ran:?}");
        }
        assert_eq!(program.exported("erp"), before);
        // The same in another ledger: the ids too.
        let other = program.on_the_other().await;
        other.write("a.txt", file(&lines[..2]));
        other.write("b.txt", file(&lines[2..]));
        other.run(&["import", "b.txt", "a.txt"]);
        let content = |program: &Program| {
            let entries = program.exported("erp");
            entries.into_iter().map(|entry| [entry["id"].clone(), entry["account_number"].clone(), entry["credit"].clone()])
                .collect::<Vec<_>>()
        };
        assert_eq!(content(&other), content(&program));
    }

    async fn what_is_gone_is_told_and_withdrawn_on_request_and_comes_back_as_the_same_line(program: Program) {
        import(&program, &file(&wages()), &[]);
        let gone = file(&[wages()[0].clone(), line("9", "20240331", "421000", "P9", "Net", "0,00", "1000,00")]);
        let (code, told) = import(&program, &gone, &[]);
        assert_eq!((code, numbers(&told)), (1, [0, 1, 1, 1, 0]), "{told}");
        assert_eq!((&told["credit"], &told["ledger_credit"]), (&json!("1000.00"), &json!("1220.00")));
        assert_eq!(program.exported("erp").len(), 3);
        let (code, told) = import(&program, &gone, &["--withdraw-missing"]);
        assert_eq!((code, numbers(&told)), (0, [0, 0, 2, 1, 0]), "{told}");
        assert_eq!(told["ledger_credit"], "1000.00");
        assert_eq!(program.exported("erp").len(), 2);
        let (code, told) = import(&program, &gone, &[]);
        assert_eq!((code, numbers(&told)), (0, [0, 0, 2, 0, 0]), "{told}");
        let (code, told) = import(&program, &file(&wages()), &[]);
        assert_eq!((code, numbers(&told)), (0, [0, 2, 1, 0, 0]), "{told}");
        assert_eq!(program.exported("erp").len(), 3);
    }

    async fn a_voucher_that_is_gone_is_missing_within_the_days_of_the_fec_only(program: Program) {
        let voucher = |number: &str, day: &str| {
            vec![
                line(number, day, "606000", "X", "Achat", "10,00", "0,00"),
                line(number, day, "512000", "X", "Achat", "0,00", "10,00"),
            ]
        };
        let days = ["20240101", "20240215", "20240331", "20240501"];
        let all: Vec<String> = days.iter().zip(1..).flat_map(|(day, n)| voucher(&n.to_string(), day)).collect();
        import(&program, &file(&all), &[]);
        let without = [voucher("1", days[0]), voucher("3", days[2])].concat();
        let (code, told) = import(&program, &file(&without), &[]);
        assert_eq!((code, numbers(&told)), (1, [0, 0, 4, 2, 0]), "{told}");
        assert_eq!(told["vouchers"]["missing"], 1);
        // A line that cannot be read so far as to tell its voucher may be one of the missing: nothing is taken away.
        let damaged = format!("{}OD\n", file(&without));
        let (code, told) = import(&program, &damaged, &["--withdraw-missing"]);
        assert_eq!((code, numbers(&told)), (1, [0, 0, 4, 0, 0]), "{told}");
        assert_eq!(program.exported("erp").len(), 8);
        let (code, told) = import(&program, &file(&without), &["--withdraw-missing"]);
        assert_eq!((code, &told["withdrawn"]), (0, &json!(2)), "{told}");
        assert_eq!(program.exported("erp").len(), 6);
    }

    async fn names_of_the_source_are_the_identity_also_from_one_voucher_to_another(program: Program) {
        let rows = |second: &str| {
            format!(
                "external_id,journal_code,entry_number,posting_date,account_number,description,debit,credit\n\
                 a1,VE,1,2024-01-31,411000,Vente,12.00,0.00\n\
                 a2,VE,{second},2024-01-31,707000,Vente,0.00,12.00\n\
                 b1,VE,2,2024-01-31,411000,Vente,5.00,5.00\n"
            )
        };
        assert_eq!(import(&program, &rows("1"), &[]).0, 0);
        mark_all(&program, "erp").await;
        for number in ["2", "1"] {
            let (_, told) = import(&program, &rows(number), &["--withdraw-missing"]);
            assert_eq!(numbers(&told), [0, 1, 2, 0, 1], "{told}");
            assert_eq!((&told["debit"], &told["credit"]), (&told["ledger_debit"], &told["ledger_credit"]));
        }
        assert_eq!(program.exported("erp"), Vec::<Value>::new());
        assert_eq!(program.exported("other").len(), 3);
    }

    async fn strict_writes_nothing_unless_all_is_in_order_and_a_dry_run_never(program: Program) {
        program.ok(&["migrate", "up"]);
        let mut lines = wages();
        lines.push(line("11", "20240331", "606000", "X", "Achat", "10,00", "0,00"));
        let (code, told) = import(&program, &file(&lines), &["--strict"]);
        assert_eq!((code, &told["vouchers"]["unbalanced"]), (1, &json!(1)), "{told}");
        let (code, told) = import(&program, &file(&wages()), &["--dry-run"]);
        assert_eq!((code, numbers(&told)), (0, [3, 0, 0, 0, 0]), "{told}");
        assert_eq!(program.exported("erp"), Vec::<Value>::new());
        let (code, told) = import(&program, &file(&wages()), &["--strict"]);
        assert_eq!((code, numbers(&told)), (0, [3, 0, 0, 0, 0]), "{told}");
        let (code, told) = import(&program, &file(&wages()[..2]), &["--strict", "--withdraw-missing", "--dry-run"]);
        assert_eq!((code, &told["withdrawn"]), (0, &json!(1)), "{told}");
        assert_eq!(program.exported("erp").len(), 3);
    }

    async fn what_other_programs_and_calls_change_is_seen(program: Program) {
        import(&program, &file(&wages()), &[]);
        program.execute("UPDATE accounting_entries SET credit_ten_thousandths = 1 WHERE account_number = '421000'").await;
        let (code, told) = import(&program, &file(&wages()), &[]);
        assert_eq!((code, numbers(&told)), (0, [0, 1, 2, 0, 0]), "{told}");
        assert_eq!(numbers(&import(&program, &file(&wages()), &[]).1), [0, 0, 3, 0, 0]);
    }

    async fn a_line_that_fails_in_every_row_is_told_three_times_and_counted_and_the_report_has_all(program: Program) {
        let lines: Vec<String> =
            (0..50).map(|n| line(&n.to_string(), "20240331", "606000", "X", "Achat", &format!("{n},x"), "0,00")).collect();
        program.write("books.txt", file(&lines));
        let ran = program.run(&["import", "books.txt", "--report", "report.txt"]);
        assert_eq!(ran.code, 1);
        let lines = |text: &str| text.lines().filter(|line| line.starts_with("books.txt:")).count();
        assert_eq!(lines(&ran.stderr), 3, "{ran:?}");
        assert!(ran.stderr.contains("and 47 more lines like this: Debit: "), "{ran:?}");
        let report = std::fs::read_to_string(program.path("report.txt")).unwrap();
        // And how the file was read.
        assert_eq!(lines(&report), 51);
        assert!(report.contains("books.txt: has the comma as its decimal sign, which line 2 shows\n"), "{report}");
    }
}
