//! A ledger whose database is away or of another version says so itself, and hurts no other.

use std::time::{Duration, Instant};

use futures_util::future::{join, join_all};
use reqwest::Method;
use serde_json::Value;

use super::{graphql, logged, token, with_ledgers};
use crate::program_on_both_databases;
use crate::support::postgres;
use crate::support::program::{Program, Serving};

const SECRET: &str = "Tr0ub4dor";

/// The status, the code and the message of an answer of REST.
async fn told(serving: &Serving, ledger: &str, token: &str) -> (u16, String, String) {
    let path = format!("/ledgers/{ledger}/v10/accounting-entries");
    let answer = serving.request(Method::GET, &path).bearer_auth(token).send().await.unwrap();
    let status = answer.status().as_u16();
    let body: Value = answer.json().await.unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (status, text(&body["code"]), text(&body["detail"]))
}

/// Adds ledgers by their addresses to those that the settings list.
fn add(program: &mut Program, urls: &[(&str, String)]) {
    let command = program.command(&[]);
    let known = command.get_envs().find(|(name, _)| *name == "LEDGATE_LEDGERS_URLS");
    let known = known.and_then(|(_, urls)| Some(urls?.to_str()?.to_owned())).unwrap_or_default();
    let added = urls.iter().map(|(name, url)| format!(" {name}={url}")).collect::<String>();
    program.set("LEDGATE_LEDGERS_URLS", format!("{known}{added}"));
}

program_on_both_databases! {
    async fn one_that_cannot_be_used_says_why_and_the_others_answer(program: Program) {
        with_ledgers(&mut program, &["acme", "older", "newer"]).await;
        let (main, acme) = (token(&program, None), token(&program, Some("acme")));
        let (older, newer) = (token(&program, Some("older")), token(&program, Some("newer")));
        program.ok(&["migrate", "down", "--delete-data", "--ledger", "older"]);
        let closed = postgres::free_ports()[0];
        let away = format!("postgres://someone:{SECRET}@127.0.0.1:{closed}/books");
        add(&mut program, &[("away", away), ("empty", postgres::fresh_database().await)]);
        program.write("rubbish.db", "this is no database, however long it is ".repeat(500));
        let rubbish = format!("sqlite://{}", program.path("rubbish.db").display());
        add(&mut program, &[("rubbish", rubbish)]);
        program.set("LEDGATE_DATABASE_ACQUIRE_TIMEOUT_SECONDS", "1");
        let mut serving = program.serve(&[]).await;

        for (ledger, token, reason) in [
            ("older", &older, "its schema is older than the server"),
            ("older", &older, "ledgate migrate up --ledger older"),
            ("away", &acme, "its database does not answer"),
            ("empty", &acme, "it is not set up"),
            ("rubbish", &acme, "its database does not answer"),
        ] {
            let (status, code, message) = told(&serving, ledger, token).await;
            assert_eq!((status, code.as_str()), (503, "UNAVAILABLE"), "{ledger}: {message}");
            assert!(message.contains(&format!("the ledger {ledger} cannot be used just now")), "{message}");
            assert!(message.contains(reason), "{message}");
            for hidden in [SECRET, "someone", "127.0.0.1", "sqlite:", "rubbish.db"] {
                assert!(!message.contains(hidden), "{message}");
            }
        }
        // Without what may be a token nobody learns that they are there.
        assert_eq!(told(&serving, "away", "secret").await.0, 401);
        for (ledger, token) in [("acme", &acme), ("newer", &newer)] {
            assert_eq!(told(&serving, ledger, token).await.0, 200);
        }
        let answer = graphql(&serving, "", &main, "{ viewer { name } }").send().await.unwrap();
        assert_eq!((answer.status().as_u16(), serving.get("/readyz").await.0), (200, 200));

        // Brought up to date, it is there without a restart.
        program.ok(&["migrate", "up", "--ledger", "older"]);
        tokio::time::timeout(Duration::from_secs(20), async {
            while told(&serving, "older", &older).await.0 == 503 {}
        })
        .await
        .expect("it is tried again");
        assert_eq!(told(&serving, "older", &older).await.0, 401, "its tokens were in the tables that went");
        serving.signal("TERM");
        assert_eq!(serving.ended().await.0, 0);
        assert!(!format!("{:?}", serving.log).contains(SECRET), "the log tells the password");
        assert_eq!(logged(&serving, "opened a ledger", "away"), 0);
    }

    async fn one_that_lets_everybody_wait_leaves_room_for_the_others(program: Program) {
        with_ledgers(&mut program, &["acme"]).await;
        let acme = token(&program, Some("acme"));
        // Takes connections and never says a word.
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let silent_url = format!("postgres://u:p@{}/books", silent.local_addr().unwrap());
        add(&mut program, &[("silent", silent_url)]);
        program.set("LEDGATE_HTTP_MAX_RUNNING_REQUESTS", "8");
        program.set("LEDGATE_LEDGERS_MAX_RUNNING_REQUESTS_EACH", "4");
        let serving = program.serve(&[]).await;
        let waiting = join_all((0..40).map(|_| told(&serving, "silent", &acme)));
        let others = async {
            let mut statuses = Vec::new();
            for _ in 0..20 {
                statuses.push(told(&serving, "acme", &acme).await.0);
            }
            statuses
        };
        let (waited, others) = join(waiting, others).await;
        assert_eq!(others, [200; 20]);
        assert!(waited.iter().all(|(status, ..)| *status == 503), "{waited:?}");
        // It failed a moment ago: one asks again, and the others are told at once.
        let begun = Instant::now();
        assert_eq!(told(&serving, "silent", &acme).await.0, 503);
        assert!(begun.elapsed() < Duration::from_secs(30));
        drop(silent);
    }
}
