//! What is secret stays so: passwords and tokens come out nowhere, and what clients send (notes, attributes, values
//! of variables, keys) comes out in answers to those who may ask for it, and in nothing else. Whatever is logged.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use ledgate::config::{Overrides, Settings};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::program_on_both_databases;
use crate::support::gateway::entry;
use crate::support::postgres;
use crate::support::program::{Program, Ran, Serving};

/// In every secret of these tests. What must not come out has this in it.
const SECRET: &str = "Tr0ub4dor";
/// Everything, and by name what the log holds back otherwise.
const TRACE: &str = "trace,sea_orm=trace,sea_orm::driver=trace,sqlx_postgres::options::pgpass=trace";

/// On PostgreSQL lets the program in by a password that can be found again.
async fn with_a_password_of_its_own(program: &mut Program) {
    if program.is_sqlite() {
        return;
    }
    let (server, name) = program.database_url.rsplit_once('/').unwrap();
    let host = server.rsplit_once('@').unwrap().1;
    let own = format!("postgres://{name}:{SECRET}-password@{host}/{name}");
    program.execute(&format!("CREATE ROLE {name} LOGIN SUPERUSER PASSWORD '{SECRET}-password'")).await;
    program.set("LEDGATE_DATABASE_URL", own);
}

fn address(program: &Program) -> String {
    let command = program.command(&[]);
    let mut variables = command.get_envs();
    let (_, address) = variables.find(|(name, _)| *name == "LEDGATE_DATABASE_URL").unwrap();
    address.unwrap().to_str().unwrap().to_owned()
}

fn assert_silent(what: &str, text: &str) {
    let found = text.find(SECRET).map(|at| text.get(at.saturating_sub(300)..).unwrap_or(text));
    assert_eq!(found, None, "{what} tells a secret");
}

/// The answer as text. Neither a password nor a token is in it, whatever else may be.
async fn answer(request: RequestBuilder) -> String {
    let text = request.send().await.unwrap().text().await.unwrap();
    for never in [format!("{SECRET}-password"), format!("{SECRET}-token"), "lgt_".to_owned() + SECRET] {
        assert!(!text.contains(&never), "{text}");
    }
    text
}

fn mark(id: i64, note: &str, key: &str) -> Value {
    let query = "mutation($input: MarkExportedInput!) { markExported(input: $input) {
        exports { note } userErrors { code message } } }";
    let item = json!({ "entryId": id.to_string(), "systemId": "erp", "note": note });
    json!({ "query": query, "variables": { "input": { "entries": [item], "idempotencyKey": key } } })
}

/// Calls that succeed, and calls that fail in every way that a client can bring about.
async fn call(serving: &Serving, token: &str, round: usize) {
    let post = |path: &str| serving.request(Method::POST, path).bearer_auth(token);
    let graphql = |body: Value| post("/graphql").json(&body);
    let (note, key) = (format!("{SECRET}-note"), format!("{SECRET}-key-{round}"));

    let mut secretive = entry(&format!("{SECRET}-id-{round}"));
    secretive["attributes"] = json!({ "iban": format!("{SECRET}-attribute") });
    let query = "mutation($input: RecordAccountingEntriesInput!) {
        recordAccountingEntries(input: $input) { entries { entryId attributes } userErrors { message } } }";
    let recorded =
        answer(graphql(json!({ "query": query, "variables": { "input": { "entries": [secretive] } } })))
            .await;
    assert!(recorded.contains(&format!("{SECRET}-attribute")), "its owner may see it: {recorded}");
    let recorded: Value = serde_json::from_str(&recorded).unwrap();
    let id = recorded["data"]["recordAccountingEntries"]["entries"][0]["entryId"].as_str().unwrap();
    let id: i64 = id.parse().unwrap();

    for _ in 0..2 {
        let marked = answer(graphql(mark(id, &note, &key))).await;
        assert!(marked.contains(&note), "{marked}");
    }
    let timeline = serving.request(Method::GET, &format!("/v10/accounting-entries/{id}/timeline"));
    assert!(answer(timeline.bearer_auth(token)).await.contains(&note), "notes are what a timeline tells");
    let refused = answer(graphql(mark(id, "another", &key))).await;
    assert!(refused.contains("IDEMPOTENCY_KEY_REUSED") && !refused.contains(SECRET), "{refused}");
    let refused = answer(graphql(mark(id, &note.repeat(200), &key))).await;
    assert!(refused.contains("NOTE_TOO_LONG") && !refused.contains(SECRET), "{refused}");

    let filter = "query($text: String, $page: Int) { accountingEntries(first: $page, filter: {
        description: { contains: $text } }) { nodes { id } } }";
    for page in [json!(5), json!(0), json!(note)] {
        answer(graphql(json!({ "query": filter, "variables": { "text": note, "page": page } }))).await;
    }
    answer(graphql(json!({ "query": format!("{{ accountingEntry(id: \"{note}\") {{ id }} }}") }))).await;
    answer(graphql(json!({ "query": format!("{{ {note}") }))).await;
    answer(graphql(json!({ "documentId": note }))).await;
    for path in ["/graphql", "/v10/accounting-entries", "/v10/accounting-entries/mark-as-exported"] {
        for body in [format!("{{\"x\": \"{note}\""), format!("\"{note}\""), format!("{{\"{note}\": 7}}")] {
            answer(post(path).header("content-type", "application/json").body(body)).await;
        }
    }
    let exported = format!("/v10/accounting-entries?filter_groups[0][filters][0][key]={note}&x={note}");
    answer(serving.request(Method::GET, &exported).bearer_auth(token)).await;

    for wrong in
        [format!("lgt_{SECRET}_{SECRET}-token"), format!("{token}{SECRET}"), format!("{SECRET}-token")]
    {
        let refused = answer(serving.graphql("{ __typename }").bearer_auth(&wrong)).await;
        assert!(refused.contains("UNAUTHENTICATED"), "{refused}");
    }
}

/// Takes the ledger away while the program runs, and asks.
async fn break_down(program: &Program, serving: &Serving, token: &str) {
    program.execute("DROP TABLE export_marks").await;
    let failed = answer(serving.request(Method::POST, "/graphql").bearer_auth(token).json(&mark(
        1,
        &format!("{SECRET}-note"),
        &format!("{SECRET}-other-key"),
    )));
    let failed = failed.await;
    assert!(failed.contains("INTERNAL_SERVER_ERROR") && !failed.contains(SECRET), "{failed}");
    if program.is_sqlite() {
        return;
    }
    let name = program.database_url.rsplit('/').next().unwrap().to_owned();
    program.execute(&format!("ALTER ROLE {name} PASSWORD 'another'")).await;
    postgres::shut(&name).await;
    postgres::open(&name).await;
    let gone = answer(serving.graphql("{ exportSystems { nodes { id } } }").bearer_auth(token)).await;
    assert!(gone.contains("UNAVAILABLE") || gone.contains("INTERNAL_SERVER_ERROR"), "{gone}");
    assert_silent("/readyz", &serving.get("/readyz").await.1);
    program.execute(&format!("ALTER ROLE {name} PASSWORD '{SECRET}-password'")).await;
}

program_on_both_databases! {
    async fn nothing_secret_is_logged_at_any_level_nor_told_by_metrics_or_processes(program: Program) {
        with_a_password_of_its_own(&mut program).await;
        program.ok(&["migrate", "up"]);
        let token = program.run(&["token", "create", "--name", "erp", "--can", "admin"]).stdout.trim().to_owned();
        let hidden = token.rsplit('_').next().unwrap().to_owned();
        assert_eq!(hidden.len(), 64, "{token}");
        program.set("LEDGATE_METRICS_LISTEN", "127.0.0.1:0");
        for (round, filter) in [None, Some(TRACE)].into_iter().enumerate() {
            if let Some(filter) = filter {
                program.set("LEDGATE_LOG_FILTER", filter);
            }
            let mut serving = program.serve(&[]).await;
            call(&serving, &token, round).await;
            if filter.is_some() {
                break_down(&program, &serving, &token).await;
            }
            let line = serving.log.iter().find(|line| line["message"] == "metrics are at /metrics").unwrap();
            let metrics = format!("http://{}/metrics", line["address"].as_str().unwrap());
            let metrics = reqwest::get(metrics).await.unwrap().text().await.unwrap();
            assert!(metrics.contains("entries_marked_total"), "{metrics}");
            let marked = "ledgate_operations_total{operation=\"mark_exported\",outcome=\"done\",ledger=\"main\"}";
            assert!(metrics.contains(marked), "{metrics}");
            let process = Command::new("ps").args(["-ww", "-o", "args=", "-p", &serving.process().to_string()]).output().unwrap();
            let process = String::from_utf8(process.stdout).unwrap();
            assert!(process.contains("ledgate serve"), "{process}");
            serving.signal("TERM");
            let (_, stdout) = serving.ended().await;

            let log: String = serving.log.iter().map(|line| format!("{line}\n")).collect();
            let statements = serving.log.iter().filter(|line| line["target"] == "sqlx::query").count();
            assert_eq!(statements > 20, filter.is_some(), "{statements} statements were logged");
            for (what, text) in [("log", &log), ("stdout", &stdout), ("/metrics", &metrics), ("ps", &process)] {
                assert_silent(what, text);
                assert!(!text.contains(&hidden), "{what} tells the token");
            }
        }
    }

    async fn errors_of_the_command_line_repeat_no_password(program: Program) {
        let postgres = Program::on_postgres().await.database_url;
        let host = postgres.rsplit_once('@').unwrap().1;
        let wrong = format!("postgres://postgres:{SECRET}@{host}");
        let runs: [&[&str]; 12] = [
            &["serve", &wrong],
            &[&wrong],
            &["serve", "--database-uri", &wrong],
            &["serve", &format!("--database-uri={wrong}")],
            &["doctor", &format!("postgres:{SECRET}@{host}")],
            &["doctor", "--json", &wrong],
            &["doctor", "--database-url", &wrong],
            &["serve", "--database-url", &wrong],
            &["systems", "--database-url", &wrong.replace("postgres://", "mysql://")],
            &["systems", "--database-url", &wrong.replace(&format!("@{host}"), "")],
            &["systems", "--database-url", &wrong.replace(SECRET, &format!("a/{SECRET}"))],
            &["systems", "--listen", &wrong, "--database-url", &wrong, "--database-url", &wrong],
        ];
        for arguments in runs {
            let ran = program.run(arguments);
            assert!(ran.code == 2 || ran.code == 1, "{ran:?}");
            assert!(!ran.output().is_empty());
            assert_silent(&format!("{:?}", arguments[0]), &ran.output());
        }
        program.write("ledgate.toml", format!("[database]\nurl = \"{wrong}\" {SECRET}"));
        assert_silent("a faulty file", &program.run(&["doctor"]).output());
        for help in [&["--help"] as &[&str], &["serve", "--help"], &["serve", "-h"]] {
            program.set("LEDGATE_DATABASE_URL", &wrong);
            assert_silent("help", &program.run(help).output());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_among_the_arguments_is_warned_of() {
    let mut program = Program::on_postgres().await;
    with_a_password_of_its_own(&mut program).await;
    let own = address(&program);
    program.unset("LEDGATE_DATABASE_URL");
    let warning = "everybody on this machine can read the password";
    let serving = program.serve(&["--database-url", &own]).await;
    let warned = |line: &&Value| line["message"].as_str().is_some_and(|words| words.starts_with(warning));
    let line = serving.log.iter().find(warned).expect("no warning");
    assert_eq!(line["level"], "WARN");
    assert_silent("the log", &json!(serving.log).to_string());
    let Ran { code, stderr, .. } = program.run(&["systems", "--database-url", &own]);
    assert_eq!((code, stderr.starts_with(&format!("warning: {warning}"))), (0, true), "{stderr}");
    assert_silent("the warning", &stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_can_be_in_a_file_and_what_is_wrong_there_is_not_repeated() {
    let mut program = Program::on_postgres().await;
    with_a_password_of_its_own(&mut program).await;
    let bare = address(&program).replacen(&format!(":{SECRET}-password"), "", 1);
    let lines = format!("{SECRET}-malformed\n*:*:*:*:{SECRET}-password\n");
    program.write("pgpass", lines);
    let file = program.path("pgpass");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    program.set("PGPASSFILE", file.display().to_string()).set("LEDGATE_LOG_FILTER", TRACE);
    program.set("LEDGATE_DATABASE_URL", format!("{bare}?sslmod={SECRET}&options[search_path]=public"));
    let serving = program.serve(&[]).await;
    let unknown = serving.log.iter().find(|line| line["parameter"] == "sslmod").expect("no warning");
    assert_eq!(unknown["level"], "WARN");
    assert_silent("the log", &json!(serving.log).to_string());
}

#[test]
fn settings_can_be_printed() {
    let address = format!("postgres://ledgate:{SECRET}@db.lan/books?sslkey={SECRET}");
    let overrides = Overrides { database_url: Some(address), ..Overrides::default() };
    let settings = Settings::load_from(&overrides, [], std::path::Path::new("/nonexistent")).unwrap();
    let printed = format!("{settings:?}{}{}", json!(settings), settings.database.url);
    assert_eq!(printed.matches("postgres://ledgate:***@db.lan/books?sslkey=***").count(), 3, "{printed}");
    assert_silent("the settings", &printed);
}
