//! The console at `/`, in Chromium, by what a person does: console/test/console.test.mjs says what. The tests of the page run
//! against this gateway, make systems of their own, and look at the database through GraphQL.

use std::path::Path;

use crate::program_on_both_databases;
use crate::support::tools;

program_on_both_databases! {
    async fn a_person_finds_sends_and_mends_what_is_to_be_done(program: Program) {
        program.ok(&["migrate", "up"]);
        let serving = program.serve(&[]).await;
        let (_, page) = serving.get("/").await;
        assert!(page.contains("id=\"console\""), "the console was not built: run scripts/pages and test again");
        let url = serving.url.clone();
        let run = tokio::task::spawn_blocking(move || {
            let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("console/test/console.test.mjs");
            tools::node_command().arg("--test").arg(tests).env("LEDGATE_URL", url).output().unwrap()
        });
        let run = run.await.unwrap();
        let report = String::from_utf8_lossy(&run.stdout);
        assert!(run.status.success(), "{report}\n{}", String::from_utf8_lossy(&run.stderr));
        let passed = report.lines().find_map(|line| line.trim_start_matches(['#', 'ℹ', ' ']).strip_prefix("pass "));
        assert!(passed.is_some_and(|count| count.parse::<u32>().is_ok_and(|count| count >= 22)), "{report}");
        drop(serving);
    }
}
