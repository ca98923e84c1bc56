//! The command line: help, settings, and the commands that only look.

mod after_sent;
pub mod doctor;
mod doctor_deep;
mod ready;
#[cfg(unix)]
pub mod socket;
mod token;

use std::io::{BufRead, BufReader, Read};

use ledgate::ledger_files::DEMO;
use serde_json::{Value, json};

use self::doctor::doctor;
use crate::program_on_both_databases;
use crate::support::ndjson;
use crate::support::program::{Program, fec};

/// Every command that works on a database, as it is called.
const ON_A_DATABASE: [&[&str]; 9] = [
    &["serve", "--listen", "127.0.0.1:0"],
    &["import", "demo.txt"],
    &["export", "--system", "erp"],
    &["systems"],
    &["migrate", "up"],
    &["migrate", "down", "--delete-data"],
    &["migrate", "status"],
    &["doctor"],
    &["token", "list"],
];

program_on_both_databases! {
    async fn what_was_marked_is_gone_from_the_export_and_seen_in_the_systems(program: Program) {
        program.write("demo.txt", DEMO);
        program.ok(&["import", "demo.txt"]);
        let nothing = "No entry has been marked for any system yet: every entry is still to be sent, whichever system asks.\n";
        assert_eq!(program.ok(&["systems"]), nothing);
        assert_eq!(program.ok(&["systems", "--json"]), "{\"systems\":[]}\n");
        let all = program.exported("erp");
        let serving = program.serve(&[]).await;
        for entry in [2, 1] {
            assert_eq!(serving.mark(entry, "erp").send().await.unwrap().status(), 200);
        }

        assert_eq!(program.exported("erp"), all[2..], "export marks nothing, and leaves out what is marked");
        assert_eq!(program.exported("warehouse"), all);
        let again = program.ok(&["export", "--system", "erp", "--since", "2026-01-01"]);
        assert_eq!(ndjson::entries(&again), all, "what was marked later is sent again");

        let table = program.ok(&["systems"]);
        let (header, row) = table.trim_end().split_once('\n').unwrap();
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(header), ["SYSTEM", "BACKLOG", "OLDEST", "LAST", "MARK", "KNOWN", "SINCE"]);
        assert_eq!(words(row)[..3], ["erp", "55", "3"]);
        let systems: Value = serde_json::from_str(&program.ok(&["systems", "--json"])).unwrap();
        let erp = &systems["systems"][0];
        assert_eq!((&erp["id"], &erp["oldest_unexported"]), (&json!("erp"), &json!(3)), "{systems}");
        assert_eq!(erp["backlog"]["count"], json!(55), "{systems}");
    }

    async fn an_export_ends_quietly_when_its_reader_has_enough(program: Program) {
        program.write("books.txt", fec(3_000));
        program.ok(&["import", "books.txt"]);
        for form in ["ndjson", "csv"] {
            let mut child = program.command(&["export", "--system", "erp", "--format", form]).spawn().unwrap();
            let mut reader = BufReader::new(child.stdout.take().unwrap());
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            assert!(line.contains("external_id"), "{line}");
            drop(reader);
            let mut complaint = String::new();
            child.stderr.take().unwrap().read_to_string(&mut complaint).unwrap();
            assert_eq!((child.wait().unwrap().code(), complaint.as_str()), (Some(0), ""), "{form}");
        }
    }

    async fn where_there_is_no_ledger_commands_that_look_say_so(program: Program) {
        for command in [&["export", "--system", "erp"][..], &["systems"]] {
            let ran = program.run(command);
            assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{command:?}: {ran:?}");
            assert!(ran.stderr.contains("`ledgate import FILE` or `ledgate serve`"), "{ran:?}");
        }
        let (ok, findings) = doctor(&program);
        assert!(!ok && findings.last().unwrap().contains("`ledgate import FILE` or `ledgate serve`"));
        assert_eq!(program.files(), [""; 0], "looking made a database");
    }

    async fn no_command_shows_the_password(program: Program) {
        program.write("demo.txt", DEMO);
        let address = match program.is_sqlite() {
            true => "postgres://ledgate:se/cret@127.0.0.1:1/books".to_owned(),
            false => program.database_url.replacen(&password(&program), "secret", 1),
        };
        program.set("LEDGATE_DATABASE_URL", address);
        for command in ON_A_DATABASE {
            let ran = program.run(command);
            assert_eq!(ran.code, if command == ["doctor"] { 1 } else { 2 }, "{command:?}: {ran:?}");
            assert!(ran.output().contains("postgres://"), "{command:?}: {ran:?}");
            assert!(!ran.output().contains("secret") && !ran.output().contains("cret@"), "{ran:?}");
        }
    }
}

#[test]
fn a_database_that_cannot_be_used_is_told_in_a_sentence_with_a_way_out() {
    let mut program = Program::on_sqlite();
    program.write("demo.txt", DEMO);
    program.ok(&["import", "demo.txt"]);
    program.write("letter.db", "Dear accountant, ".repeat(100));
    program.write("cut.db", &std::fs::read(program.path("ledger.db")).unwrap()[..5_000]);
    let here = program.path("").display().to_string();
    for (address, problem, way_out) in [
        ("postgres://ledgate@127.0.0.1:1/books", "no connection within 1 s", "Check that the server runs"),
        ("sqlite://ledger.db?mode=ro", "cannot be written", "Give the user who runs ledgate write access"),
        ("sqlite://letter.db", "file is not a database", "Choose another file"),
        ("sqlite://cut.db", "database disk image is malformed", "restore a backup"),
        (&format!("sqlite://{here}"), "unable to open database file", "Check that its folder exists"),
        ("sqlite://ledger.db?mode=x", "the address cannot be read", "Check the port and what follows the ?"),
        (
            "mysql://ledgate@db.lan/books",
            "ledgate does not speak mysql://",
            "an address looks like sqlite://PATH",
        ),
    ] {
        program.set("LEDGATE_DATABASE_URL", address).set("LEDGATE_DATABASE_ACQUIRE_TIMEOUT_SECONDS", "1");
        for command in ON_A_DATABASE {
            let ran = program.run(command);
            let told = ran.output().lines().last().unwrap_or_default().to_owned();
            assert!(told.contains(problem) && told.contains(way_out), "{command:?}: {ran:?}");
            match command {
                ["doctor"] => assert_eq!((ran.code, ran.stderr.as_str()), (1, ""), "{ran:?}"),
                _ => assert_eq!((ran.code, ran.output().lines().count()), (2, 1), "{command:?}: {ran:?}"),
            }
        }
    }
}

#[test]
fn a_flag_goes_before_the_environment_and_the_environment_before_the_file() {
    let mut program = Program::on_sqlite();
    program.unset("LEDGATE_DATABASE_URL");
    program.write("demo.txt", DEMO);
    let made = |program: &Program, flags: &[&str]| {
        let before = program.files();
        program.ok(&[&["import", "demo.txt"], flags].concat());
        let after = program.files();
        after.into_iter().filter(|name| !before.contains(name)).collect::<Vec<_>>()
    };
    assert_eq!(made(&program, &[]), ["ledgate.db"], "the default");
    program.write("ledgate.toml", "[database]\nurl = \"sqlite://file.db\"");
    assert_eq!(made(&program, &[]), ["file.db"]);
    program.write("other.toml", "[database]\nurl = \"sqlite://other.db\"");
    assert_eq!(made(&program, &["--config", "other.toml"]), ["other.db"]);
    program.set("LEDGATE_DATABASE_URL", "sqlite://environment.db");
    assert_eq!(made(&program, &[]), ["environment.db"]);
    assert_eq!(made(&program, &["--database-url", "sqlite://flag.db"]), ["flag.db"]);
}

#[test]
fn settings_that_do_not_load_are_told_with_their_place() {
    let mut program = Program::on_sqlite();
    program.write("ledgate.toml", "[http]\nlisen = \"127.0.0.1:80\"");
    for command in ON_A_DATABASE {
        let ran = program.run(command);
        let told = "setting http.lisen in ledgate.toml: there is no such setting";
        assert!(ran.code != 0 && ran.output().contains(told), "{command:?}: {ran:?}");
    }
    program.write("ledgate.toml", "[http\n");
    assert!(doctor(&program).1[0].starts_with("ledgate.toml: TOML parse error at line 1"));
    program.set("LEDGATE_CONFIG", "nowhere.toml");
    let told = "the configuration file nowhere.toml (named by LEDGATE_CONFIG) cannot be read";
    assert!(doctor(&program).1[0].starts_with(told));
    program.set("LEDGATE_CONFIG", "").write("ledgate.toml", "");
    program.set("LEDGATE_LOG_FILTER", "ledgate=loud");
    let ran = program.run(&["serve"]);
    assert!(ran.code == 2 && ran.stderr.starts_with("error: setting log.filter"), "{ran:?}");
}

#[test]
fn the_schema_is_printed_and_compared() {
    let program = Program::on_sqlite();
    let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.graphql");
    assert_eq!(program.ok(&["schema", "--check", kept]), format!("{kept} is the schema of this program.\n"));
    let schema = std::fs::read_to_string(kept).unwrap();
    assert_eq!(program.ok(&["schema"]), schema);
    program.write("changed.graphql", schema.replacen("\ntype ", "\ntype Other", 1));
    let ran = program.run(&["schema", "--check", "changed.graphql"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    assert!(
        ran.stderr.starts_with("changed.graphql differs from the schema of this program, first in line ")
    );
    assert_eq!(program.run(&["schema", "--check", "nowhere.graphql"]).code, 2);
    assert_eq!(program.files(), ["changed.graphql"]);
}

#[test]
fn help_shows_every_command_and_every_setting() {
    let program = Program::on_sqlite();
    let help = program.ok(&["--help"]);
    for command in ["serve", "import", "export", "systems", "schema", "migrate", "doctor"] {
        assert!(help.contains(&format!("\n  {command} ")), "{command} is missing in\n{help}");
        let own = program.ok(&[command, "--help"]);
        assert!(
            own.contains("--database-url <URL>") && own.contains(&format!("ledgate {command} [OPTIONS]"))
        );
        assert_eq!(program.ok(&["help", command]), own);
    }
    for variable in ["LEDGATE_DATABASE_URL", "LEDGATE_HTTP_BODY_LIMIT_BYTES", "LEDGATE_METRICS_LISTEN"] {
        assert!(help.contains(variable) && program.ok(&["serve", "--help"]).contains(variable), "{variable}");
    }
    assert_eq!(program.ok(&["--version"]), format!("ledgate {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(program.files(), [""; 0]);
}

#[test]
fn a_call_that_is_not_understood_is_told_and_does_nothing() {
    let program = Program::on_sqlite();
    for (call, told) in [
        (&["imprt", "x"][..], "unrecognized subcommand 'imprt'"),
        (&[], "Usage: ledgate [OPTIONS] <COMMAND>"),
        (&["import"], "<FILE>..."),
        (&["export"], "--system <ID>"),
        (&["export", "--system", "a b"], "a system id has 1 to 64 characters"),
        (&["export", "--system", "erp", "--since", "yesterday"], "it is not a date and time such as"),
        (&["migrate", "sideways"], "unrecognized subcommand 'sideways'"),
        (&["serve", "--listen", "8080"], "it looks like 127.0.0.1:8080"),
        (&["serve", "--demo", "--database-url", "sqlite://x.db"], "leave --demo or --database-url out"),
    ] {
        let ran = program.run(call);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{call:?}: {ran:?}");
        assert!(ran.stderr.contains(told), "{call:?}: {ran:?}");
    }
    assert_eq!(program.files(), [""; 0]);
}

/// The password in the program's address; something that is not in it when it has none.
pub fn password(program: &Program) -> String {
    let user = program.database_url.split_once('@').map(|(user, _)| user);
    user.and_then(|user| user.rsplit(':').next()).unwrap_or("no password").to_owned()
}
