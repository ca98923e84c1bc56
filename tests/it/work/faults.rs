//! Commands that do wrong.

use super::*;
use crate::program_on_both_databases;

program_on_both_databases! {
    async fn a_command_that_cannot_be_started_gives_the_claim_back(program: Program) {
        let serving = serve(&mut program, &books(3, goods)).await;
        let ran = program.run(&arguments(&serving, &[], &["./no-such-connector"]));
        assert_eq!((ran.code, ran.stdout.as_str()), (2, "3 vouchers in 1 claim: 0 sent, 0 failed, 3 given back.\n"));
        assert!(ran.stderr.starts_with("error: ./no-such-connector cannot be started: "), "{ran:?}");
        assert_eq!(waiting(&serving, "PENDING").await, (6, vec![0]));
        assert_eq!(program.ok(&["claims", "--system", "erp"]), "Nothing is claimed for erp.\n");
    }

    async fn the_last_words_of_a_command_that_dies_are_the_reason(program: Program) {
        let serving = serve(&mut program, &books(4, goods)).await;
        let command = format!("head -n 1 | {ECHO}; echo some noise >&2; echo the disk is full >&2; exit 3");
        let (ran, summary) = once(&program, &serving, &[], &["sh", "-c", &command]);
        assert_eq!((ran.code, counts(&summary)), (1, [1, 3, 0, 0]), "{ran:?}");
        assert!(ran.stderr.contains("the disk is full\n"), "what it says is passed on: {ran:?}");
        let reason = "the command: it ended with exit status: 3: some noise\nthe disk is full";
        assert_eq!(failures(&program), vec![("OTHER".to_owned(), reason.to_owned()); 6]);
    }

    async fn of_many_words_the_last_2000_characters_are_kept(program: Program) {
        let serving = serve(&mut program, &books(1, goods)).await;
        let command = "i=0; while [ $i -lt 500 ]; do echo \"é line $i\" >&2; i=$((i+1)); done; kill -9 $$";
        let (ran, summary) = once(&program, &serving, &[], &["sh", "-c", command]);
        assert_eq!((ran.code, counts(&summary)), (1, [0, 1, 0, 0]), "{ran:?}");
        let (kind, reason) = failures(&program).swap_remove(0);
        assert_eq!((kind.as_str(), reason.chars().count()), ("OTHER", 2_000));
        assert!(reason.starts_with("the command: it ended with signal: 9 (SIGKILL): "), "{reason}");
        assert!(reason.ends_with("é line 498\né line 499"), "{reason}");
    }

    async fn a_command_that_answers_nothing_does_not_fail_the_whole_backlog(program: Program) {
        let serving = serve(&mut program, &books(5, goods)).await;
        let (ran, summary) = once(&program, &serving, &["--batch", "2"], &["sh", "-c", "echo no module >&2; exit 1"]);
        assert_eq!((ran.code, counts(&summary)), (1, [0, 1, 0, 0]), "{ran:?}");
        assert_eq!(waiting(&serving, "PENDING").await, (8, vec![0]));
    }

    async fn what_a_command_leaves_out_has_failed(program: Program) {
        let serving = serve(&mut program, &books(2, goods)).await;
        let (ran, summary) = once(&program, &serving, &[], &["sh", "-c", &format!("head -n 1 | {ECHO}")]);
        assert_eq!((ran.code, counts(&summary)), (1, [1, 1, 0, 0]), "{ran:?}");
        let reason = "the command: it ended without saying what became of this voucher";
        assert_eq!(failures(&program), vec![("OTHER".to_owned(), reason.to_owned()); 2]);
    }

    async fn rubbish_is_told_and_fails_the_voucher_that_it_names(program: Program) {
        let serving = serve(&mut program, &books(3, goods)).await;
        let first = "voucher/2026-01-31/VE/0";
        let command = format!(
            "echo hello; echo; echo '{{\"voucher_id\": \"voucher/none\"}}'; echo '{{}}'
             echo '{{\"voucher_id\": \"{first}\", \"refernce\": {{}}}}'; head -c 100000 /dev/zero; echo
             echo '{{\"voucher_id\": \"voucher/2026-01-31/VE/1\", \"dispatch_key\": \"another\"}}'
             {ECHO}"
        );
        let (ran, summary) = once(&program, &serving, &[], &["sh", "-c", &command]);
        assert_eq!((ran.code, counts(&summary)), (1, [2, 1, 0, 0]), "{ran:?}");
        let failed = failures(&program);
        assert_eq!(failed.len(), 2);
        let (kind, reason) = &failed[0];
        assert!(kind == "OTHER" && reason.contains("the command's result cannot be read: "), "{reason}");
        assert!(reason.contains("unknown field `refernce`"), "{reason}");
        for told in [
            "line 1 of the command's output is no result: ",
            "line 3 of the command's output is no result: it names what is not in this claim: ",
            "line 4 of the command's output is no result: it names a voucher_id or an entry_id: one of the two: ",
            "line 5 of the command's output is no result: ",
            "line 6 of the command's output is no result: it is longer than 65536 bytes: ",
            "line 7 of the command's output is no result: it has another dispatch_key than its voucher: ",
            "line 8 of the command's output is no result: its voucher was answered before: ",
        ] {
            assert!(ran.stderr.contains(told), "{told}\n{}", ran.stderr);
        }
    }

    async fn results_may_name_entries_and_say_when_to_come_back(program: Program) {
        let serving = serve(&mut program, &books(3, goods)).await;
        let command = "cat >/dev/null
            echo '{\"entry_id\": 1, \"reference\": {\"id\": 118}, \"note\": \"by entry\"}'
            echo '{\"entry_id\": \"entry/3\", \"reference\": {\"id\": \"GL-2\", \"url\": null}, \"error\": null}'
            echo '{\"entry_id\": \"6\", \"error\": {\"type\": \"RATE_LIMITED\", \"reason\": \"slowly\",
                \"retry_at\": \"2099-01-01T00:00:00+01:00\"}}' | tr -d '\\n'";
        let (ran, summary) = once(&program, &serving, &[], &["sh", "-c", command]);
        assert_eq!((ran.code, ran.stderr.as_str(), counts(&summary)), (1, "", [2, 1, 0, 0]));
        let query = "{ accountingEntries(first: 6) { nodes {
            export(systemId: \"erp\") { note reference { documentId } }
            exportStatus(systemId: \"erp\") { state nextAttemptAt } } } }";
        let data = serving.data(query, json!({})).await;
        let nodes = data["accountingEntries"]["nodes"].as_array().unwrap();
        let document = |node: &Value| node["export"]["reference"]["documentId"].clone();
        let documents: Vec<Value> = nodes.iter().map(document).collect();
        assert_eq!(documents, [json!("118"), json!("118"), json!("GL-2"), json!("GL-2"), json!(null), json!(null)]);
        assert_eq!(nodes[1]["export"]["note"], json!("by entry"));
        assert_eq!(nodes[4]["exportStatus"], json!({ "state": "FAILED", "nextAttemptAt": "2098-12-31T23:00:00.000000Z" }));
    }

    async fn a_command_may_write_long_before_it_reads(program: Program) {
        let serving = serve(&mut program, &books(200, goods)).await;
        let rubbish = "awk 'BEGIN { for (i = 0; i < 10000; i++) print \"this line is rubbish, and there are many of them\" }'";
        let command = format!("{rubbish}; {ECHO}");
        let (ran, summary) = once(&program, &serving, &["--batch", "500"], &["sh", "-c", &command]);
        assert_eq!((ran.code, counts(&summary)), (0, [200, 0, 0, 0]), "{ran:?}");
        assert!(ran.stderr.contains("the command wrote 9980 more lines that say nothing"), "{}", ran.stderr);
        assert_eq!(ran.stderr.lines().count(), 21, "{}", ran.stderr);
    }

    async fn a_command_that_never_stops_writing_is_ended(program: Program) {
        let serving = serve(&mut program, &books(1, goods)).await;
        let (ran, summary) = once(&program, &serving, &[], &["yes"]);
        assert_eq!((ran.code, counts(&summary)), (1, [0, 1, 0, 0]), "{ran:?}");
    }
}

#[test]
fn what_cannot_work_is_said_at_once() {
    let program = Program::on_sqlite();
    let command = ["--system", "erp", "--", "true"];
    for (server, reason) in [
        ("127.0.0.1:8080", "is not the address of a server"),
        ("ftp://127.0.0.1:8080", "it begins with http:// or https://"),
        ("https://erp:secret@127.0.0.1:8080", "no name and no password"),
    ] {
        let arguments: Vec<&str> = ["work", "--server", server].iter().chain(&command).copied().collect();
        let ran = program.run(&arguments);
        assert!(ran.code == 2 && ran.stderr.contains(reason), "{ran:?}");
    }
    for missing in [
        &["work", "--server", "http://127.0.0.1:1", "--system", "erp"][..],
        &["work", "--system", "erp", "--", "true"],
    ] {
        assert_eq!(program.run(missing).code, 2);
    }
    assert_eq!(program.files(), [""; 0], "it works on no database of its own");
}
