//! `ledgate doctor`: what is well, what is not, and what to do about it.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use ledgate::ledger_files::DEMO;
use serde_json::{Value, json};

use super::password;
use crate::program_on_both_databases;
use crate::support::postgres;
use crate::support::program::{Program, Ran};

program_on_both_databases! {
    async fn the_doctor_finds_nothing_wrong_with_a_ledger_that_is_well(program: Program) {
        program.write("demo.txt", DEMO);
        program.ok(&["import", "demo.txt"]);
        program.set("LEDGATE_HTTP_LISTEN", "127.0.0.1:0").set("LEDGATE_METRICS_LISTEN", "localhost:0");
        let address = program.database_url.replacen(&password(&program), "***", 1);
        assert_eq!(
            program.ok(&["doctor"]),
            format!(
                "✓ configuration  no file, so defaults, environment and flags\n\
                 ✓ listen         127.0.0.1:0 is free\n\
                 ✓ metrics        localhost:0 is free\n\
                 ✓ database       {address} answers and can be written\n\
                 ✓ schema         every migration is applied\n\
                 ✓ history        every system's history is taken over\n"
            )
        );
        assert_eq!(doctor(&program).1.len(), 6);
    }

    async fn the_doctor_tells_a_schema_of_another_version(program: Program) {
        program.ok(&["migrate", "up"]);
        program.ok(&["migrate", "down", "--delete-data"]);
        let (ok, findings) = doctor(&program);
        let last = findings.last().unwrap();
        assert!(!ok && last.contains("make a backup, then run `ledgate migrate up`"), "{last}");
        program.execute("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_to_come', 1)").await;
        let (ok, findings) = doctor(&program);
        assert!(!ok && findings.last().unwrap().contains("newer than this program: update ledgate"));
    }
}

#[tokio::test]
async fn servers_that_let_nobody_in_or_only_read_are_told() {
    let mut program = Program::on_postgres().await;
    let address = program.database_url.clone();
    let name = address.rsplit('/').next().unwrap().to_owned();
    let mut told = |address: String| {
        let (ok, findings) = doctor(program.set("LEDGATE_DATABASE_URL", address));
        assert!(!ok);
        findings.last().unwrap().clone()
    };
    let wrong = told(address.replacen("postgres:", "nobody:", 2).replacen("nobody:", "postgres:", 1));
    assert!(wrong.contains("authentication failed") && wrong.contains("Check user and password"), "{wrong}");
    let missing = told(address.replace(&name, "books_of_nobody"));
    assert!(missing.contains("\"books_of_nobody\" does not exist. Create it there"), "{missing}");

    program.set("LEDGATE_DATABASE_URL", &address);
    program.execute(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on")).await;
    let ran = program.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("cannot be written") && ran.stderr.contains("Name the primary server"),
        "{ran:?}"
    );
}

#[tokio::test]
async fn the_doctor_knows_a_taken_port_from_a_ledgate_that_runs() {
    let mut program = Program::on_sqlite();
    let serving = program.serve(&[]).await;
    let address = serving.url.trim_start_matches("http://").to_owned();
    let (ok, findings) = doctor(program.set("LEDGATE_HTTP_LISTEN", &address));
    let version = env!("CARGO_PKG_VERSION");
    let told = format!("ledgate {version} answers on {address}, with this ledger");
    assert!(ok && findings[1] == told, "{findings:?}");

    // The same address with the settings of another ledger.
    let mut other = Program::on_sqlite();
    other.ok(&["migrate", "up"]);
    let (ok, findings) = doctor(other.set("LEDGATE_HTTP_LISTEN", &address));
    assert!(
        !ok && findings[1]
            .starts_with(&format!("ledgate {version} answers on {address} with another ledger"))
    );

    // A stranger that gives the request's id back and says that it is ready.
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let stranger = taken.try_clone().unwrap();
    std::thread::spawn(move || {
        while let Ok((mut client, _)) = stranger.accept() {
            let head = BufReader::new(&client).lines().map_while(Result::ok);
            head.take_while(|line| !line.is_empty()).for_each(drop);
            client.write_all(b"HTTP/1.1 200 OK\r\nx-request-id: doctor\r\nserver: nginx\r\nconnection: close\r\n\r\nok").ok();
        }
    });
    let address = taken.local_addr().unwrap().to_string();
    let (ok, findings) = doctor(program.set("LEDGATE_HTTP_LISTEN", &address));
    let told =
        format!("{address} is taken by another program: choose another with --listen or LEDGATE_HTTP_LISTEN");
    assert!(!ok && findings[1] == told, "{findings:?}");
}

#[tokio::test]
async fn the_doctor_tries_whether_gateways_hear_each_other() {
    let mut program = Program::on_postgres().await;
    program.ok(&["migrate", "up"]);
    let own = program.database_url.clone();
    let shown = own.replacen(&password(&program), "***", 1);
    program.set("LEDGATE_HTTP_LISTEN", "127.0.0.1:0").set("LEDGATE_DATABASE_ACQUIRE_TIMEOUT_SECONDS", "2");
    let (ok, findings) = doctor(program.set("LEDGATE_DATABASE_LISTEN_URL", own));
    assert!(ok && findings.contains(&format!("hear each other at {shown}")), "{findings:?}");

    // Another database of the same server, where nobody tells anything.
    let elsewhere = postgres::fresh_database().await;
    let (ok, findings) = doctor(program.set("LEDGATE_DATABASE_LISTEN_URL", elsewhere));
    assert!(!ok && findings.iter().any(|found| found.starts_with("nothing is heard at")), "{findings:?}");

    let closed = postgres::free_ports()[0];
    let away = format!("postgres://someone:Tr0ub4dor@127.0.0.1:{closed}/books");
    let (ok, findings) = doctor(program.set("LEDGATE_DATABASE_LISTEN_URL", away));
    let told = findings.iter().find(|found| found.starts_with("nothing hears at database.listen_url"));
    let told = told.unwrap_or_else(|| panic!("{findings:?}"));
    assert!(!ok && told.contains(&format!("someone:***@127.0.0.1:{closed}/books")), "{told}");
}

/// What `doctor --json` says: whether all is well, and each finding.
pub fn doctor(program: &Program) -> (bool, Vec<String>) {
    let Ran { code, stdout, stderr } = program.run(&["doctor", "--json"]);
    let answer: Value = serde_json::from_str(&stdout).unwrap();
    let ok = answer["ok"].as_bool().unwrap();
    assert_eq!((code, stderr.as_str()), (if ok { 0 } else { 1 }, ""), "{stdout}");
    let findings = answer["findings"].as_array().unwrap();
    assert_eq!(ok, findings.iter().all(|finding| finding["ok"] == json!(true)));
    (ok, findings.iter().map(|finding| finding["says"].as_str().unwrap().to_owned()).collect())
}
