//! Schemathesis reads what the gateway says of itself, and sends what that allows and what it does not.

use crate::support::program::{Program, Serving};
use crate::support::tools;

/// The built program with the demo's ledger, and a token that may do everything: an open gateway would not do what it
/// says of tokens.
async fn gateway() -> (Program, Serving, String) {
    let program = Program::on_sqlite();
    program.write("ledger.txt", ledgate::ledger_files::DEMO);
    program.ok(&["migrate", "up"]);
    let imported = program.run(&["import", "ledger.txt"]);
    assert_eq!(imported.code, 0, "{imported:?}");
    let created = program.run(&["token", "create", "--name", "scanner", "--can", "admin"]);
    let token = created.stdout.trim().to_owned();
    assert!(token.starts_with("lgt_"), "{created:?}");
    let serving = program.serve(&[]).await;
    (program, serving, token)
}

/// How many cases there were, all of which passed.
fn passed(report: &str) -> u32 {
    let number = |word: &str| {
        let line =
            report.lines().find(|line| line.contains(" generated, ")).unwrap_or_else(|| panic!("{report}"));
        let part =
            line.split(", ").find(|part| part.ends_with(word)).unwrap_or_else(|| panic!("no {word}: {line}"));
        part.trim().split(' ').next().unwrap().parse::<u32>().unwrap()
    };
    assert!(number("passed") <= number("generated"), "{report}");
    number("passed")
}

/// No fault of the server, no status, header or body that is not described, nothing taken that is described as wrong,
/// nobody let in without a token, no method beside those described.
///
/// Left out is its check that whatever the schema allows is taken: a schema cannot say which cursors there are, that no
/// entry comes twice in a call, or what goes with which key in a filter.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rest_side_does_as_its_description_says() {
    let (_program, serving, token) = gateway().await;
    let url = format!("{}/openapi.json", serving.url);
    let arguments = &[
        "--exclude-checks",
        "positive_data_acceptance",
        "--phases",
        "examples,coverage,fuzzing",
        "-n",
        "25",
    ];
    let report = tools::schemathesis(&url, &token, None, arguments).await;
    assert!(passed(&report) >= 500, "{report}");
    assert!(report.contains("48 selected / 48 total"), "{report}");
    assert_eq!(serving.get("/readyz").await.0, 200);
}

/// Whatever is asked is answered in the form that the specification gives, with codes of the catalogue, and no fault is
/// the server's: tests/tools/graphql_hooks.py holds the check.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_graphql_side_answers_whatever_its_schema_lets_be_asked() {
    let (_program, serving, token) = gateway().await;
    let url = format!("{}/graphql", serving.url);
    let report =
        tools::schemathesis(&url, &token, Some("graphql_hooks"), &["--checks", "graphql_answer", "-n", "25"])
            .await;
    assert!(passed(&report) >= 150, "{report}");
    assert!(report.contains("48 selected / 48 total"), "{report}");
    assert_eq!(serving.get("/readyz").await.0, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[should_panic(expected = "ST401 API accepts")]
async fn a_door_that_should_be_closed_would_be_found() {
    let program = Program::on_sqlite();
    let serving = program.serve(&[]).await;
    let url = format!("{}/openapi.json", serving.url);
    let arguments = &["--checks", "ignored_auth", "--phases", "coverage", "--max-failures", "1"];
    tools::schemathesis(&url, "none", None, arguments).await;
}
