//! Many ledgers behind one gateway: what is in one is in no other, and what one lacks hurts no other.

mod command_line;
mod opening;
mod refusals;
mod separate;
mod troubles;

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::support::gateway::entry;
use crate::support::postgres;
use crate::support::program::{Program, Serving};

/// Gives the settings of the program these ledgers beside `main`, and makes them: files of a folder on SQLite, databases
/// of the same server on PostgreSQL.
async fn with_ledgers(program: &mut Program, names: &[&str]) {
    listed(program, names).await;
    for name in names {
        program.ok(&["ledger", "create", name]);
    }
}

/// The same, without making them.
async fn listed(program: &mut Program, names: &[&str]) {
    if program.is_sqlite() {
        program.set("LEDGATE_LEDGERS_FOLDER", "ledgers");
        return;
    }
    let mut urls = Vec::new();
    for name in names {
        urls.push(format!("{name}={}", postgres::fresh_database().await));
    }
    program.set("LEDGATE_LEDGERS_URLS", urls.join(" "));
}

/// Makes a token that may do everything in a ledger, and gives its text. `main` is the one without a name.
fn token(program: &Program, ledger: Option<&str>) -> String {
    let mut arguments = vec!["token", "create", "--name", "tester", "--can", "admin"];
    arguments.extend(ledger.iter().flat_map(|name| ["--ledger", name]));
    let ran = program.run(&arguments);
    assert_eq!(ran.code, 0, "{ran:?}");
    ran.stdout.trim().to_owned()
}

/// A GraphQL operation on a ledger, to be sent. `base` is what stands in front of `/graphql`.
fn graphql(serving: &Serving, base: &str, token: &str, query: &str) -> RequestBuilder {
    let body = json!({ "query": query });
    serving.request(Method::POST, &format!("{base}/graphql")).bearer_auth(token).json(&body)
}

/// Runs an operation that has to succeed, and gives its data.
async fn data(serving: &Serving, base: &str, token: &str, query: &str) -> Value {
    let answer: Value = graphql(serving, base, token, query).send().await.unwrap().json().await.unwrap();
    assert_eq!(answer.get("errors"), None, "{answer:#}");
    answer["data"].clone()
}

/// Records entries with these external ids through REST.
async fn record(serving: &Serving, base: &str, token: &str, ids: &[&str]) {
    let query = "mutation($input: RecordAccountingEntriesInput!) {
        recordAccountingEntries(input: $input) { userErrors { message } } }";
    let entries: Vec<Value> = ids.iter().map(|id| entry(id)).collect();
    let body = json!({ "query": query, "variables": { "input": { "entries": entries } } });
    let request = serving.request(Method::POST, &format!("{base}/graphql")).bearer_auth(token).json(&body);
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["data"]["recordAccountingEntries"]["userErrors"], json!([]), "{answer:#}");
}

/// The external ids of what a system has not been sent.
async fn unexported(serving: &Serving, base: &str, token: &str, system: &str) -> Vec<String> {
    let query =
        format!("{{ unexportedEntries(systemId: \"{system}\", first: 100) {{ nodes {{ externalId }} }} }}");
    let data = data(serving, base, token, &query).await;
    let nodes = data["unexportedEntries"]["nodes"].as_array().unwrap();
    nodes.iter().map(|node| node["externalId"].as_str().unwrap().to_owned()).collect()
}

/// How many lines of the log so far have this message, about this ledger.
fn logged(serving: &Serving, message: &str, ledger: &str) -> usize {
    let is_it = |line: &&Value| line["message"] == message && line["ledger"] == ledger;
    serving.log.iter().filter(is_it).count()
}
