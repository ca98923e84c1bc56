//! A running `ledgate serve`: its log as it comes, and requests to it.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::support::gateway;

/// No test waits longer than this for a line of the log: it fails and shows what came instead.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running `serve`. Killed when it is dropped.
pub struct Serving {
    /// `http://127.0.0.1:PORT`
    pub url: String,
    /// Every line of the log so far.
    pub log: Vec<Value>,
    child: Child,
    lines: UnboundedReceiver<String>,
    client: reqwest::Client,
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Serving {
    /// Starts this command, which is `serve` in some way and has its outputs caught, and waits until it says that it serves.
    pub async fn start(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let (sender, lines) = unbounded_channel();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn(move || {
            stderr.lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut serving = Self { url: String::new(), log: Vec::new(), child, lines, client };
        let line = serving.logged("serving").await;
        serving.url = format!("http://{}", line["address"].as_str().unwrap());
        serving
    }

    /// The first line of the log, from now on, whose message begins so.
    pub async fn logged(&mut self, message: &str) -> Value {
        self.logged_under("message", message).await
    }

    /// The first line of the log, from now on, whose field begins so.
    pub async fn logged_under(&mut self, field: &str, begin: &str) -> Value {
        loop {
            let line = tokio::time::timeout(PATIENCE, self.lines.recv()).await;
            let Ok(Some(line)) = line else {
                panic!("no {field} {begin:?} came; the log is {:#?}", self.log)
            };
            let line: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line} is no JSON"));
            self.log.push(line.clone());
            if line[field].as_str().is_some_and(|found| found.starts_with(begin)) {
                return line;
            }
        }
    }

    /// Its process id.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal, `TERM` say.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.process().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for its end. Gives the exit code and standard output; the log is complete then.
    pub async fn ended(&mut self) -> (i32, String) {
        while let Some(line) =
            tokio::time::timeout(PATIENCE, self.lines.recv()).await.expect("it does not end")
        {
            self.log.push(serde_json::from_str(&line).unwrap());
        }
        let mut stdout = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
        (self.child.wait().unwrap().code().unwrap_or(-1), stdout)
    }

    /// A request that the test goes on building.
    pub fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    /// `GET`: the status and the body.
    pub async fn get(&self, path: &str) -> (u16, String) {
        let answer = self.request(reqwest::Method::GET, path).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// A GraphQL operation, to be sent.
    pub fn graphql(&self, query: &str) -> reqwest::RequestBuilder {
        self.request(reqwest::Method::POST, "/graphql").json(&json!({ "query": query }))
    }

    /// One entry's mark, to be sent to the REST side.
    pub fn mark(&self, entry: i64, system: &str) -> reqwest::RequestBuilder {
        let item = json!({ "accounting_entry_id": entry, "system_id": system });
        self.request(reqwest::Method::POST, "/v10/accounting-entries/mark-as-exported")
            .json(&json!({ "accounting_entries": [item] }))
    }

    /// Runs an operation that has to succeed, and gives its data.
    pub async fn data(&self, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables });
        let answer = self.request(reqwest::Method::POST, "/graphql").json(&body).send().await.unwrap();
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer.get("errors"), None, "{answer:#}");
        answer["data"].clone()
    }

    /// Records one entry for each number, and gives their ids.
    pub async fn record(&self, name: &str, numbers: std::ops::Range<usize>) -> Vec<i64> {
        let entries: Vec<Value> = numbers.map(|number| gateway::entry(&format!("{name}:{number}"))).collect();
        let query = "mutation($input: RecordAccountingEntriesInput!) {
            recordAccountingEntries(input: $input) { entries { id } userErrors { message } } }";
        let data = self.data(query, json!({ "input": { "entries": entries } })).await;
        assert_eq!(data["recordAccountingEntries"]["userErrors"], json!([]));
        gateway::ids(&data["recordAccountingEntries"]["entries"])
    }

    /// Marks up to ten entries for a system, and gives what came of each.
    pub async fn export(&self, system: &str, ids: &[i64], idempotency_key: Option<&str>) -> Value {
        let items: Vec<Value> =
            ids.iter().map(|id| json!({ "entryId": id.to_string(), "systemId": system })).collect();
        let query = "mutation($input: MarkExportedInput!) { markExported(input: $input) {
            exports { entryId exportedAt remarked } userErrors { message } } }";
        let input = json!({ "entries": items, "idempotencyKey": idempotency_key });
        let payload = self.data(query, json!({ "input": input })).await["markExported"].clone();
        assert_eq!(payload["userErrors"], json!([]));
        payload["exports"].clone()
    }

    /// What the system has not been sent, read page by page; as of a moment if one is given.
    pub async fn paged(&self, system: &str, since: Option<&str>) -> Vec<i64> {
        gateway::paged(async |query, variables| self.data(query, variables).await, system, since).await
    }

    /// The same in one streamed answer.
    pub async fn streamed(&self, system: &str) -> Vec<i64> {
        let (status, body) = self.get(&format!("/v10/accounting-entries/export?system_id={system}")).await;
        assert_eq!(status, 200, "{body}");
        let answer: Value = serde_json::from_str(&body).unwrap();
        let entries = answer["accounting_entries"].as_array().unwrap();
        entries.iter().map(|entry| entry["id"].as_i64().unwrap()).collect()
    }
}
