//! Cost follows the question and not the ledger: how many statements a request sends, and that none of them reads
//! more than it answers with. Both are taken from what the program really sends, on a ledger of 200,000 entries.

mod after_sent;
mod postgres;
mod questions;
mod sqlite;
mod while_taken_over;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::large_ledger;
use crate::support::program::{Program, Serving};
use after_sent::AFTER_SENT;
use questions::{Ask, BEFORE_SENT, Question};
use while_taken_over::{TAKEOVER, WHILE_TAKEN_OVER};

/// The tables that grow.
const LARGE: [&str; 8] = [
    "accounting_entries",
    "changed_exports",
    "export_claims",
    "export_conflicts",
    "export_events",
    "export_marks",
    "pending_exports",
    "timeline_events",
];

/// Each is asked so often in a round: from the sixth time on PostgreSQL may keep one plan for all values.
const TIMES: usize = 7;

fn questions() -> impl Iterator<Item = &'static Question> {
    BEFORE_SENT.iter().chain(AFTER_SENT)
}

/// The program on the large ledger, with `midway`'s history open. One connection: the statements of a request are
/// at an end when the next one is answered.
async fn prepare(program: &mut Program) {
    large_ledger::fill(program).await;
    large_ledger::hold(program).await;
    program.set("LEDGATE_LOG_FILTER", "info,sqlx::query=debug");
    program.set("LEDGATE_DATABASE_MAX_CONNECTIONS", "1");
}

/// Sends the question, and asserts that it is answered.
async fn ask(serving: &Serving, question: &Question, time: usize, cursors: &[(&str, String)]) {
    let fill = |text: &str| {
        let text = text.replace("TIME", &time.to_string());
        cursors.iter().fold(text, |text, (name, cursor)| text.replace(name, cursor))
    };
    let request = match question.ask {
        Ask::GraphQl(query) => serving.graphql(&fill(query)),
        Ask::Get(path) => serving.request(reqwest::Method::GET, path),
    };
    let answer = request.header("x-request-id", format!("{}:{time}", question.name)).send().await.unwrap();
    let answer: Value = answer.json().await.unwrap();
    let name = question.name;
    assert!(answer.get("errors").is_none() && answer.get("code").is_none(), "{name}: {answer:#}");
    let errors = answer["data"].as_object().and_then(|data| data.values().next()?.get("userErrors"));
    assert!(errors.is_none_or(|errors| *errors == serde_json::json!([])), "{name}: {answer:#}");
}

/// Lets the takeover go on, and waits for its two steps.
async fn take_over(program: &Program, serving: &mut Serving) {
    large_ledger::release(program).await;
    ask(serving, &TAKEOVER, 0, &[]).await;
    for _ in 0..2 {
        serving.logged_under("summary", "UPDATE \"export_systems\" SET \"taken_over_to\"").await;
    }
}

/// Ends it, so that its log is complete.
async fn end(mut serving: Serving) -> BTreeMap<String, Vec<String>> {
    serving.signal("TERM");
    assert_eq!(serving.ended().await.0, 0);
    statements(&serving.log)
}

/// Places in the lists that are paged through.
async fn cursors(serving: &Serving) -> [(&'static str, String); 2] {
    let cursor = async |list: &str, end: &str| {
        let query = format!("{{ unexportedEntries({list}) {{ pageInfo {{ {end} }} }} }}");
        let answer: Value = serving.graphql(&query).send().await.unwrap().json().await.unwrap();
        answer["data"]["unexportedEntries"]["pageInfo"][end].as_str().unwrap().to_owned()
    };
    [
        ("ERP_CURSOR", cursor("systemId: \"erp\", first: 100", "endCursor").await),
        ("NEW_CURSOR", cursor("systemId: \"new\", last: 200", "startCursor").await),
    ]
}

/// The statements in the log, by the id of their request; those of the background under the empty id.
fn statements(log: &[Value]) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in log.iter().filter(|line| line["target"] == "sqlx::query") {
        let id = line["span"]["id"].as_str().unwrap_or_default().to_owned();
        let text = |field: &str| line[field].as_str().unwrap_or_default().trim();
        let sql = if text("db.statement").is_empty() { text("summary") } else { text("db.statement") };
        // Who calls is asked before any question: here once a second whether a token was made.
        let who_calls = sql.contains("FROM \"access_tokens\"");
        if !who_calls && !["SET ", "PRAGMA ", "COMMIT", "BEGIN"].iter().any(|begin| sql.starts_with(begin)) {
            found.entry(id).or_default().push(sql.to_owned());
        }
    }
    found
}

/// Every question is a fixed number of statements, whenever it is asked.
fn assert_counts(statements: &BTreeMap<String, Vec<String>>, times: std::ops::Range<usize>) {
    let sent = || statements.values().flatten();
    assert!(!sent().any(|sql| sql.contains("L:150000") || sql.contains("707000")), "the log holds values");
    let mut wrong = Vec::new();
    for question in questions() {
        for time in times.clone() {
            let sent = statements.get(&format!("{}:{time}", question.name)).map_or(&[][..], Vec::as_slice);
            if sent.len() != question.statements {
                wrong.push(format!("{}:{time} sends {}: {sent:#?}", question.name, sent.len()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
