//! What a command is given.

use super::*;
use crate::program_on_both_databases;

program_on_both_databases! {
    async fn a_voucher_is_complete_and_its_lines_are_those_of_rest(program: Program) {
        let header = DEMO.lines().next().unwrap();
        // No float is 0.10: only an exact sum is 60.00.
        let debits = (0..600).map(|number| line(1, &format!("607{number:03}"), "0,10", "0,00")).collect::<String>();
        let credits = (0..600).map(|number| line(1, &format!("401{number:03}"), "0,00", "0,10")).collect::<String>();
        let books = format!("{header}\n{debits}{credits}");
        let serving = serve(&mut program, &books).await;
        let command = format!("tee vouchers.ndjson | {ECHO}");
        let (ran, summary) = once(&program, &serving, &["--batch", "1"], &["sh", "-c", &command]);
        assert_eq!((ran.code, counts(&summary)), (0, [1, 0, 0, 0]), "{ran:?}");
        let read = std::fs::read_to_string(program.path("vouchers.ndjson")).unwrap();
        assert_eq!(read.lines().count(), 1);
        let voucher: Value = serde_json::from_str(&read).unwrap();
        let names = ["voucher_id", "journal_code", "entry_number", "posting_date", "debit", "credit", "currency"];
        let told = names.map(|name| voucher[name].as_str().unwrap());
        assert_eq!(told, ["voucher/2026-01-31/VE/1", "VE", "1", "2026-01-31", "60.00", "60.00", "EUR"]);
        assert_eq!(voucher["dispatch_key"].as_str().unwrap().len(), 22);
        let lines = voucher["lines"].as_array().unwrap();
        assert_eq!(lines.len(), 1_200);
        for line in [&lines[0], &lines[1_199]] {
            let (status, entry) = serving.get(&format!("/v10/accounting-entries/{}", line["id"])).await;
            assert_eq!(status, 200);
            assert_eq!(*line, serde_json::from_str::<Value>(&entry).unwrap());
        }
        assert_eq!(serving.paged("erp", None).await, [0; 0]);
    }

    async fn a_command_that_takes_longer_than_the_lease_keeps_its_claim(program: Program) {
        let serving = serve(&mut program, &books(3, goods)).await;
        let command = format!("sleep 14; {ECHO}");
        let (ran, summary) = once(&program, &serving, &["--lease-seconds", "10"], &["sh", "-c", &command]);
        assert_eq!((ran.code, ran.stderr.as_str(), counts(&summary)), (0, "", [3, 0, 0, 0]));
        assert_eq!(summary["claims"], json!(1));
    }

    async fn the_token_reaches_the_server_and_not_the_command(program: Program) {
        let serving = serve(&mut program, &books(2, goods)).await;
        let made = program.run(&["token", "create", "--name", "worker", "--system", "erp", "--can", "export,mark"]);
        let command = format!("test -z \"$LEDGATE_TOKEN\" || exit 9; {ECHO}");
        let arguments = arguments(&serving, &["--once"], &["sh", "-c", &command]);
        // The gateway looks at the tokens anew now and then.
        until("the refusal of who has no token", async || {
            let (status, _) = serving.get("/v10/accounting-entries?limit=1").await;
            status == 401
        })
        .await;
        let ran = program.run(&arguments);
        assert!(ran.code == 2 && ran.stderr.contains("(UNAUTHENTICATED)"), "{ran:?}");
        let mut command = program.command(&arguments);
        let ran = Ran::of(command.env("LEDGATE_TOKEN", made.stdout.trim()).spawn().unwrap());
        assert_eq!((ran.code, ran.stdout.as_str()), (0, "2 vouchers in 1 claim: 2 sent, 0 failed.\n"), "{ran:?}");
    }
}
