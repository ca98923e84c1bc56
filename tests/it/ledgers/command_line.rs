//! `ledgate ledger`, and `--ledger` and `--all` of the other commands.

use ledgate::ledger_files::DEMO;
use serde_json::{Value, json};

use super::{listed, with_ledgers};
use crate::program_on_both_databases;
use crate::support::postgres;
use crate::support::program::Program;

const SECRET: &str = "Tr0ub4dor";

fn json_of(program: &Program, arguments: &[&str]) -> Value {
    serde_json::from_str(&program.ok(arguments)).unwrap()
}

program_on_both_databases! {
    async fn a_ledger_is_made_once_and_listed_without_its_password(program: Program) {
        listed(&mut program, &["acme", "beta"]).await;
        assert!(program.ok(&["ledger", "create", "acme"]).contains("ledgate token create --ledger acme"));
        let again = program.run(&["ledger", "create", "acme"]);
        assert_eq!(again.code, 2);
        assert!(again.stderr.contains("there is a ledger acme already"), "{again:?}");
        program.ok(&["ledger", "create", "beta"]);
        let list = json_of(&program, &["ledger", "list", "--json"]);
        let names: Vec<&str> =
            list["ledgers"].as_array().unwrap().iter().map(|ledger| ledger["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["main", "acme", "beta"]);
        let kind = if program.is_sqlite() { "SQLite" } else { "PostgreSQL" };
        assert!(list["ledgers"].as_array().unwrap().iter().all(|ledger| ledger["kind"] == kind), "{list:#}");
        let table = program.ok(&["ledger", "list"]);
        assert!(table.starts_with("LEDGER") && table.lines().count() == 4, "{table}");
        if !program.is_sqlite() {
            assert!(table.contains(":***@"), "{table}");
            let password = crate::command_line::password(&program);
            assert!(!table.contains(&password) && !list.to_string().contains(&password), "{table}");
        }
    }

    async fn every_command_works_on_the_ledger_that_it_is_told(program: Program) {
        with_ledgers(&mut program, &["acme", "beta"]).await;
        program.write("demo.txt", DEMO);
        program.ok(&["import", "demo.txt", "--ledger", "acme"]);
        assert_eq!(program.ok(&["export", "--system", "erp", "--ledger", "acme"]).lines().count(), 58);
        assert_eq!(program.ok(&["export", "--system", "erp", "--ledger", "beta"]).lines().count(), 1);
        assert_eq!(json_of(&program, &["systems", "--json", "--ledger", "acme"]), json!({ "systems": [] }));
        let tokens = json_of(&program, &["token", "list", "--json", "--ledger", "beta"]);
        assert_eq!(tokens, json!({ "tokens": [] }));
        let status = json_of(&program, &["migrate", "status", "--json", "--ledger", "beta"]);
        assert!(status["migrations"].as_array().unwrap().iter().all(|migration| migration["applied"] == true));
        program.set("LEDGATE_HTTP_LISTEN", "127.0.0.1:0");
        assert!(program.ok(&["doctor", "--ledger", "acme"]).contains("every migration is applied"));
        assert!(program.run(&["systems"]).stderr.contains("there is no"), "main was never touched");
    }

    async fn a_ledger_that_is_not_there_is_not_made_by_mistake(program: Program) {
        listed(&mut program, &[]).await;
        program.write("demo.txt", DEMO);
        let files = program.files();
        for command in [
            &["import", "demo.txt"][..],
            &["export", "--system", "erp"],
            &["systems"],
            &["token", "create", "--name", "x", "--can", "read"],
            &["migrate", "up"],
            &["backup", "copy.db"],
        ] {
            let ran = program.run(&[command, &["--ledger", "acme"]].concat());
            assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{command:?}: {ran:?}");
            assert!(ran.stderr.contains("there is no ledger acme: `ledgate ledger list`"), "{ran:?}");
        }
        assert_eq!(program.files(), files);
        for name in ["main", "..", "Acme", "a/b", "a.db"] {
            assert_eq!(program.run(&["systems", "--ledger", name]).code, 2, "{name}");
            assert_eq!(program.run(&["ledger", "create", name]).code, 2, "{name}");
        }
        let both = program.run(&["systems", "--ledger", "acme", "--database-url", "sqlite://x.db"]);
        assert!(both.code == 2 && both.stderr.contains("cannot be used with"), "{both:?}");
        let serve = program.run(&["serve", "--ledger", "acme"]);
        assert!(serve.code == 2 && serve.stderr.contains("leave --ledger out"), "{serve:?}");
    }

    async fn all_ledgers_are_migrated_and_one_that_cannot_be_keeps_no_other_from_it(program: Program) {
        with_ledgers(&mut program, &["acme", "beta"]).await;
        program.ok(&["migrate", "up"]);
        program.ok(&["migrate", "down", "--delete-data", "--ledger", "acme"]);
        program.ok(&["migrate", "down", "--delete-data", "--steps", "2", "--ledger", "beta"]);
        let states = |text: &str| -> Vec<Vec<String>> {
            let words = |line: &str| line.split("  ").filter(|part| !part.is_empty()).map(|part| part.trim().to_owned()).collect();
            text.lines().skip(1).map(words).collect()
        };
        assert_eq!(
            states(&program.ok(&["migrate", "up", "--all"])),
            [["main", "up to date"], ["acme", "1 migration applied now"], ["beta", "2 migrations applied now"]]
        );
        program.ok(&["migrate", "down", "--delete-data", "--ledger", "beta"]);
        let away = format!("0away=postgres://u:{SECRET}@127.0.0.1:{}/x", postgres::free_ports()[0]);
        let command = program.command(&[]);
        let known = command.get_envs().find(|(name, _)| *name == "LEDGATE_LEDGERS_URLS");
        let known = known.and_then(|(_, urls)| Some(urls?.to_str()?.to_owned())).unwrap_or_default();
        program.set("LEDGATE_LEDGERS_URLS", format!("{known} {away}"));
        program.set("LEDGATE_DATABASE_ACQUIRE_TIMEOUT_SECONDS", "1");
        let ran = program.run(&["migrate", "up", "--all"]);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert_eq!(
            states(&ran.stdout),
            [
                ["main", "up to date"],
                ["0away", "not migrated"],
                ["acme", "up to date"],
                ["beta", "1 migration applied now"]
            ]
        );
        assert!(ran.stderr.contains("0away") && !ran.output().contains(SECRET), "{ran:?}");
        let doctor = program.run(&["doctor"]);
        assert_eq!(doctor.code, 1, "{doctor:?}");
        assert!(doctor.stdout.contains("2 beside main answer"), "{doctor:?}");
        assert!(doctor.stdout.contains("0away: cannot open") && !doctor.output().contains(SECRET), "{doctor:?}");
    }
}

#[tokio::test]
async fn all_sqlite_ledgers_are_copied_and_what_cannot_be_is_told() {
    let mut program = Program::on_sqlite();
    with_ledgers(&mut program, &["acme", "beta"]).await;
    program.write("demo.txt", DEMO);
    program.ok(&["import", "demo.txt"]);
    program.ok(&["import", "demo.txt", "--ledger", "beta"]);
    program.ok(&["backup", "--all", "copies"]);
    let copied = |folder: &str| {
        let mut names: Vec<String> = std::fs::read_dir(program.path(folder))
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    assert_eq!(copied("copies"), ["acme.db", "beta.db", "main.db"]);
    // The folder of copies is a folder of ledgers.
    let again = Program::on(format!("sqlite://{}", program.path("copies/main.db").display()));
    let mut again = again;
    again.set("LEDGATE_LEDGERS_FOLDER", program.path("copies").display().to_string());
    assert_eq!(again.exported("erp").len(), 57);
    assert_eq!(again.ok(&["export", "--system", "erp", "--ledger", "beta"]).lines().count(), 58);
    assert_eq!(again.ok(&["export", "--system", "erp", "--ledger", "acme"]).lines().count(), 1);

    let twice = program.run(&["backup", "--all", "copies"]);
    assert_eq!(twice.code, 1, "{twice:?}");
    assert_eq!(twice.stderr.matches("is there already and is not overwritten").count(), 3, "{twice:?}");
    program.set("LEDGATE_LEDGERS_URLS", "elsewhere=postgres://h/books");
    let ran = program.run(&["backup", "--all", "others", "--json"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stderr.contains("elsewhere") && ran.stderr.contains("pg_dump"), "{ran:?}");
    let said: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(said["copies"].as_array().unwrap().len(), 3);
}

#[test]
fn a_new_ledger_needs_a_place() {
    let program = Program::on_sqlite();
    let ran = program.run(&["ledger", "create", "acme"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("name one in the setting ledgers.folder"), "{ran:?}");
    assert_eq!(program.ok(&["ledger", "list"]).lines().count(), 2);
}
