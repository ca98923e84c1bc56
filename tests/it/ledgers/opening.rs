//! Ledgers are opened when they are needed, once, and closed when nobody needs them; no more are open than there is room
//! for.

use futures_util::future::join_all;
use ledgate::app::open;
use ledgate::config::{LedgerName, Overrides, Settings};
use ledgate::domain::Clock;
use ledgate::domain::page::{Listing, Order, Scope};
use ledgate::ledgers::{Ledgers, NotOpen};
use serde_json::Value;

use super::{data, graphql, logged, record, token, unexported, with_ledgers};
use crate::events::listening::listeners;
use crate::program_on_both_databases;
use crate::scaling::number;
use crate::support::program::{Program, Serving};

async fn status(serving: &Serving, base: &str, token: &str) -> u16 {
    graphql(serving, base, token, "{ viewer { name } }").send().await.unwrap().status().as_u16()
}

/// Where the one ledger beside `main` is, on PostgreSQL.
fn address(program: &Program) -> String {
    let command = program.command(&[]);
    let (_, urls) = command.get_envs().find(|(name, _)| *name == "LEDGATE_LEDGERS_URLS").unwrap();
    urls.unwrap().to_str().unwrap().split_once('=').unwrap().1.to_owned()
}

/// The most ledgers that were open at the same time, by the log.
fn most_open(serving: &Serving) -> i64 {
    let (mut open, mut most) = (0, 0);
    for line in &serving.log {
        match line["message"].as_str() {
            Some("opened a ledger") => open += 1,
            Some("closed a ledger") => open -= 1,
            _ => {}
        }
        most = most.max(open);
    }
    most
}

program_on_both_databases! {
    async fn who_asks_at_the_same_time_waits_for_the_same_opening(program: Program) {
        with_ledgers(&mut program, &["acme"]).await;
        let acme = token(&program, Some("acme"));
        let mut serving = program.serve(&[]).await;
        let statuses = join_all((0..12).map(|_| status(&serving, "/ledgers/acme", &acme))).await;
        assert_eq!(statuses, [200; 12]);
        serving.signal("TERM");
        assert_eq!(serving.ended().await.0, 0);
        assert_eq!(logged(&serving, "opened a ledger", "acme"), 1);
        assert_eq!(logged(&serving, "closed a ledger", "acme"), 1, "it is closed in order at the end");
        if program.is_sqlite() {
            let files = std::fs::read_dir(program.path("ledgers")).unwrap();
            let names: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
            assert_eq!(names, ["acme.db"], "nothing is left to be written back");
        }
    }

    async fn one_that_nobody_uses_is_closed_and_opened_again(program: Program) {
        with_ledgers(&mut program, &["acme"]).await;
        let acme = token(&program, Some("acme"));
        program.set("LEDGATE_LEDGERS_CLOSE_IDLE_AFTER_SECONDS", "1");
        let mut serving = program.serve(&[]).await;
        record(&serving, "/ledgers/acme", &acme, &["T:1"]).await;
        serving.logged("closed a ledger").await;
        assert_eq!(unexported(&serving, "/ledgers/acme", &acme, "erp").await, ["T:1"]);
        serving.logged("closed a ledger").await;
        assert_eq!(logged(&serving, "opened a ledger", "acme"), 2);
    }

    async fn no_more_are_open_than_there_is_room_for(program: Program) {
        let names = ["l1", "l2", "l3", "l4", "l5"];
        with_ledgers(&mut program, &names).await;
        let tokens: Vec<String> = names.iter().map(|name| token(&program, Some(name))).collect();
        // Room for two, and one more that is looked at.
        program.set("LEDGATE_LEDGERS_MAX_CONNECTIONS", "6").set("LEDGATE_LEDGERS_MAX_CONNECTIONS_EACH", "2");
        program.set("LEDGATE_DATABASE_ACQUIRE_TIMEOUT_SECONDS", "30");
        let mut serving = program.serve(&[]).await;
        let bases: Vec<String> = names.iter().map(|name| format!("/ledgers/{name}")).collect();
        let calls = (0..40).map(|call| status(&serving, &bases[call % 5], &tokens[call % 5]));
        assert_eq!(join_all(calls).await, [200; 40]);
        serving.signal("TERM");
        serving.ended().await;
        assert_eq!(most_open(&serving), 2);
    }

    async fn one_in_use_is_not_closed_for_another(program: Program) {
        with_ledgers(&mut program, &["acme", "beta"]).await;
        let command = program.command(&[]);
        let text = |text: &std::ffi::OsStr| text.to_str().unwrap().to_owned();
        let variables = command.get_envs().filter_map(|(name, value)| Some((text(name), text(value?))));
        let room = [("MAX_CONNECTIONS", "4"), ("MAX_CONNECTIONS_EACH", "2")];
        let room = room.map(|(name, value)| (format!("LEDGATE_LEDGERS_{name}"), value.to_owned()));
        let mut settings =
            Settings::load_from(&Overrides::default(), variables.chain(room), &program.path("")).unwrap();
        if program.is_sqlite() {
            settings.ledgers.folder = program.path("ledgers");
        }
        settings.database.acquire_timeout_seconds = 1;
        let main = open(&settings.database, Clock::system()).await.unwrap();
        let ledgers = Ledgers::new(main, &settings);
        let name = |name: &str| name.parse::<LedgerName>().unwrap();
        let acme = ledgers.get(&name("acme")).await.unwrap().unwrap();
        assert!(matches!(ledgers.get(&name("beta")).await, Err(NotOpen::NoRoom(1))));
        assert!(!acme.has_tokens().await.unwrap(), "it is open all the time");
        let listing = Listing { scope: Scope::Ledger, filter: None, order: Order::default() };
        let export = acme.stream(listing, None).await.unwrap();
        drop(acme);
        assert!(matches!(ledgers.get(&name("beta")).await, Err(NotOpen::NoRoom(1))), "a stream uses it");
        drop(export);
        assert_eq!(ledgers.get(&name("beta")).await.unwrap().unwrap().name(), "beta");
        assert!(ledgers.get(&name("nothing")).await.unwrap().is_none());
        ledgers.close().await;
    }

    async fn one_that_is_closed_has_its_background_work_done(program: Program) {
        with_ledgers(&mut program, &["acme"]).await;
        let acme = token(&program, Some("acme"));
        let mut serving = program.serve(&[]).await;
        record(&serving, "/ledgers/acme", &acme, &["T:1", "T:2", "T:3"]).await;
        let query = "mutation { markExported(input: { entries: [{ entryId: \"1\", systemId: \"erp\" }] }) {
            userErrors { message } } }";
        data(&serving, "/ledgers/acme", &acme, query).await;
        serving.signal("TERM");
        serving.ended().await;

        // As if it had been stopped while it took over the history of the system.
        let ran: Value = serde_json::from_str(&program.ok(&["ledger", "list", "--json"])).unwrap();
        assert_eq!(ran["ledgers"][1]["name"], "acme");
        let url = if program.is_sqlite() {
            format!("sqlite://{}", program.path("ledgers/acme.db").display())
        } else {
            address(&program)
        };
        let alone = Program::on(url);
        alone.execute("UPDATE export_systems SET taken_over_to = 0, history_end = 3").await;
        let _serving = program.serve(&[]).await;
        let other = alone.other_program().await;
        let unfinished = "SELECT count(*) AS n FROM export_systems
            WHERE history_end IS NULL OR history_end > taken_over_to";
        let done = async {
            while number(&other, unfinished).await > 0 {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(60), done).await.expect("nobody does the work");
        other.close().await.unwrap();
    }
}

#[tokio::test]
async fn a_ledger_that_is_made_or_taken_away_while_the_gateway_serves_is_there_or_gone() {
    let mut program = Program::on_sqlite();
    program.set("LEDGATE_LEDGERS_FOLDER", "ledgers").set("LEDGATE_LEDGERS_CLOSE_IDLE_AFTER_SECONDS", "1");
    let mut serving = program.serve(&[]).await;
    program.ok(&["ledger", "create", "acme"]);
    let acme = token(&program, Some("acme"));
    assert_eq!(status(&serving, "/ledgers/acme", &acme).await, 200);
    std::fs::remove_file(program.path("ledgers/acme.db")).unwrap();
    serving.logged("closed a ledger").await;
    assert_eq!(status(&serving, "/ledgers/acme", &acme).await, 401);
    program.ok(&["ledger", "create", "acme"]);
    assert_eq!(status(&serving, "/ledgers/acme", &acme).await, 401, "it is another ledger");
    let acme = token(&program, Some("acme"));
    assert_eq!(status(&serving, "/ledgers/acme", &acme).await, 200);
}

/// `main` has an address of its own to listen at, which is none of theirs.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgres_each_listens_in_its_own_database_while_it_is_open() {
    let mut program = Program::on_postgres().await;
    with_ledgers(&mut program, &["acme"]).await;
    let acme = token(&program, Some("acme"));
    let own = program.database_url.clone();
    program.set("LEDGATE_DATABASE_LISTEN_URL", own).set("LEDGATE_LEDGERS_CLOSE_IDLE_AFTER_SECONDS", "3");
    let (main, other) = (program.other_program().await, Program::on(address(&program)).other_program().await);
    let mut serving = program.serve(&[]).await;
    listeners(&main, 1, &[]).await;
    listeners(&other, 0, &[]).await;
    record(&serving, "/ledgers/acme", &acme, &["T:1"]).await;
    listeners(&other, 1, &[]).await;
    serving.logged("closed a ledger").await;
    listeners(&other, 0, &[]).await;
    listeners(&main, 1, &[]).await;
}
