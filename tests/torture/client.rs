//! The public doors, as a client sees them through its network: GraphQL and REST of one gateway.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ledgate::domain::Timestamp;
use serde_json::{Value, json};

use crate::listing::{Asked, Seen, complete_lines, debit, description, rest_entry, voucher};
use crate::model::{Item, Marked, note};
use crate::record::{About, Record};

/// A client waits no longer for an answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Refusals that a fault excuses; what was asked for may have happened or not.
pub const EXCUSED: [&str; 3] = ["UNAVAILABLE", "TIMEOUT", "BODY_TIMEOUT"];

/// What came of a request.
#[derive(Debug)]
pub enum Outcome<T> {
    /// It was carried out, and this is the answer.
    Answered(T),
    /// It was refused with a code that no fault excuses.
    Refused(String),
    /// Not answered, or told to try again: it may have been carried out or not.
    Unknown(String),
}

/// Through which door to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// `POST /graphql`.
    Graphql,
    /// `/v10/accounting-entries`.
    Rest,
}

/// A gateway's doors.
#[derive(Clone)]
pub struct Client {
    /// The gateway's name.
    pub gateway: &'static str,
    url: String,
    http: reqwest::Client,
    log: PathBuf,
}

impl Client {
    /// For a gateway that is reached at this address and logs there.
    pub fn new(gateway: &'static str, address: std::net::SocketAddr, log: &Path) -> Self {
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
        Self { gateway, url: format!("http://{address}"), http, log: log.to_owned() }
    }

    /// `GET` of a path.
    pub fn get(&self, path: &str) -> reqwest::RequestBuilder {
        self.http.get(format!("{}{path}", self.url))
    }

    /// Sends a request and reads the answer to its end.
    pub async fn send(
        &self,
        record: &Record,
        kind: &str,
        request: reqwest::RequestBuilder,
    ) -> Outcome<Value> {
        let begun = Instant::now();
        let outcome = self.exchange(request).await;
        let result = match &outcome {
            Outcome::Answered(_) => "answered",
            Outcome::Refused(text) => text.split(':').next().unwrap_or_default(),
            Outcome::Unknown(text) => text.split(':').next().unwrap_or_default(),
        };
        record.request(kind, result, begun);
        outcome
    }

    async fn exchange(&self, request: reqwest::RequestBuilder) -> Outcome<Value> {
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) => return Outcome::Unknown(cut(&error)),
        };
        let status = answer.status();
        let lines = answer.headers().get("content-type").is_some_and(|kind| kind == "application/x-ndjson");
        let text = match answer.text().await {
            Ok(text) => text,
            Err(error) => return Outcome::Unknown(format!("cut in the middle: {error}")),
        };
        let body = if lines { complete_lines(&text) } else { serde_json::from_str(&text).ok() };
        let Some(body) = body else {
            // The transport said that it was complete.
            let end = text.char_indices().rev().nth(300).map_or(0, |(at, _)| at);
            return Outcome::Refused(format!("NOT COMPLETE: {status} … {}", &text[end..]));
        };
        let error = &body["errors"][0];
        let code = error["extensions"]["code"].as_str().or_else(|| body["code"].as_str());
        match code {
            None if status.is_success() => Outcome::Answered(body),
            None => Outcome::Refused(format!("NO CODE: {status} {body}")),
            Some(code) if EXCUSED.contains(&code) => Outcome::Unknown(code.to_owned()),
            Some(code) => Outcome::Refused(format!("{code}: {status} {body}")),
        }
    }

    /// Runs an operation, and gives its data.
    pub async fn graphql(
        &self,
        record: &Record,
        kind: &str,
        query: &str,
        variables: Value,
    ) -> Outcome<Value> {
        let request = self.http.post(format!("{}/graphql", self.url));
        let request = request.json(&json!({ "query": query, "variables": variables }));
        self.send(record, kind, request).await.map(|body| body["data"].clone())
    }

    /// Records versions of entries. Gives their ids.
    pub async fn record(&self, record: &Record, door: Door, entries: &[(String, u32)]) -> Outcome<Vec<i64>> {
        let one = |(entry, version): &(String, u32)| {
            let (debit, description) = (debit(entry), description(entry, *version));
            match door {
                Door::Graphql => {
                    json!({ "externalId": entry, "journalCode": "VE", "entryNumber": voucher(entry),
                    "postingDate": "2026-01-31", "accountNumber": "707000", "description": description,
                    "debit": debit, "credit": "0.00", "currency": "EUR" })
                }
                Door::Rest => rest_entry(entry, *version),
            }
        };
        let entries: Vec<Value> = entries.iter().map(one).collect();
        if door == Door::Rest {
            let request = self.http.post(format!("{}/v10/accounting-entries", self.url));
            let answer =
                self.send(record, "record rest", request.json(&json!({ "accounting_entries": entries })));
            return answer.await.map(|body| ids(&body["accounting_entries"]));
        }
        let query = "mutation($input: RecordAccountingEntriesInput!) {
            recordAccountingEntries(input: $input) { entries { id: entryId } userErrors { code message } } }";
        let variables = json!({ "input": { "entries": entries } });
        let answer = self.graphql(record, "record graphql", query, variables).await;
        answer.map(|data| ids(&data["recordAccountingEntries"]["entries"]))
    }

    /// Sends a marking call.
    pub async fn mark(
        &self,
        record: &Record,
        door: Door,
        items: &[Item],
        number: usize,
        key: Option<&str>,
    ) -> Outcome<Vec<Marked>> {
        let note = note(number);
        if door == Door::Rest {
            let items: Vec<Value> = items
                .iter()
                .map(|item| json!({ "accounting_entry_id": item.id, "system_id": item.system, "note": note }))
                .collect();
            let mut request = self.http.post(format!("{}/v10/accounting-entries/mark-as-exported", self.url));
            if let Some(key) = key {
                request = request.header("idempotency-key", key);
            }
            let request = request.json(&json!({ "accounting_entries": items }));
            let answer = self.send(record, "mark rest", request).await;
            return answer.map(|body| marked(&body["accounting_entries"]));
        }
        let items: Vec<Value> = items
            .iter()
            .map(|item| json!({ "entryId": item.id.to_string(), "systemId": item.system, "note": note }))
            .collect();
        let query = "mutation($input: MarkExportedInput!) { markExported(input: $input) {
            exports { entryId systemId exportedAt note remarked } userErrors { code message } } }";
        let mut input = json!({ "entries": items });
        if let Some(key) = key {
            input["idempotencyKey"] = json!(key);
        }
        let answer = self.graphql(record, "mark graphql", query, json!({ "input": input })).await;
        match answer {
            Outcome::Answered(data) if data["markExported"]["userErrors"] != json!([]) => {
                let error = &data["markExported"]["userErrors"][0];
                Outcome::Refused(format!("{}: {error}", error["code"].as_str().unwrap_or("NO CODE")))
            }
            answer => answer.map(|data| marked(&data["markExported"]["exports"])),
        }
    }

    /// What a system has not been sent, page by page.
    pub async fn pages(&self, record: &Record, asked: &Asked, size: u64) -> Outcome<Vec<Seen>> {
        let query = "query($system: SystemId!, $since: DateTime, $after: String, $first: Int) {
            unexportedEntries(systemId: $system, notExportedSince: $since, first: $first, after: $after) {
                nodes { id: entryId externalId description debit } pageInfo { hasNextPage endCursor } } }";
        let (mut found, mut after) = (Vec::new(), Value::Null);
        loop {
            let variables = json!({ "system": asked.system, "since": asked.since.map(moment), "after": after,
                "first": size });
            let page = match self.graphql(record, "page graphql", query, variables).await {
                Outcome::Answered(data) => data["unexportedEntries"].clone(),
                Outcome::Refused(text) => return Outcome::Refused(text),
                Outcome::Unknown(text) => return Outcome::Unknown(text),
            };
            found.extend(seen(&page["nodes"], "externalId"));
            if page["pageInfo"]["hasNextPage"] == json!(false) {
                return Outcome::Answered(found);
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    }

    /// The same in one stream.
    pub async fn stream(&self, record: &Record, asked: &Asked, lines: bool) -> Outcome<Vec<Seen>> {
        let mut request = self.get("/v10/accounting-entries/export").query(&[("system_id", &asked.system)]);
        if let Some(since) = asked.since {
            request = request.query(&[("not_exported_since", moment(since))]);
        }
        let kind = if lines { "stream ndjson" } else { "stream json" };
        if lines {
            request = request.header("accept", "application/x-ndjson");
        }
        let answer = self.send(record, kind, request).await;
        answer.map(|body| seen(&body["accounting_entries"], "external_id"))
    }

    /// A refusal that no fault excuses is a failure, told with what the gateway logged of it.
    pub fn refused(&self, record: &Record, about: About, text: &str) {
        let code = text.split(':').next().unwrap_or_default();
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        // The request's id: the only word of its length between quotes.
        let id = text.split('"').find(|word| word.len() == 36 && word.matches('-').count() == 4);
        let logged = id.into_iter().flat_map(|id| log.lines().filter(move |line| line.contains(id)));
        let logged: String = logged.map(|line| format!("\n    {line}")).collect();
        record.failure(&format!("refused with {code}"), about, format!("{}: {text}{logged}", self.gateway));
    }
}

impl<T> Outcome<T> {
    /// The same with another answer.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Outcome<U> {
        match self {
            Outcome::Answered(answer) => Outcome::Answered(change(answer)),
            Outcome::Refused(text) => Outcome::Refused(text),
            Outcome::Unknown(text) => Outcome::Unknown(text),
        }
    }
}

fn cut(error: &reqwest::Error) -> String {
    let kind = match () {
        () if error.is_connect() => "no connection",
        () if error.is_timeout() => "no answer in time",
        () => "cut",
    };
    format!("{kind}: {error}")
}

/// A moment as both doors take it.
pub fn moment(micros: i64) -> String {
    Timestamp::from_micros(micros).unwrap().to_string()
}

/// An id in either door's form.
pub fn id(value: &Value) -> i64 {
    value.as_i64().or_else(|| value.as_str()?.trim_start_matches("entry/").parse().ok()).unwrap_or_default()
}

fn ids(entries: &Value) -> Vec<i64> {
    entries.as_array().into_iter().flatten().map(|entry| id(&entry["id"])).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn seen(entries: &Value, name: &str) -> Vec<Seen> {
    let one = |entry: &Value| Seen {
        id: id(&entry["id"]),
        entry: text(&entry[name]),
        description: text(&entry["description"]),
        debit: text(&entry["debit"]),
    };
    entries.as_array().into_iter().flatten().map(one).collect()
}

fn marked(marks: &Value) -> Vec<Marked> {
    let either = |mark: &Value, one: &str, other: &str| {
        if mark[one].is_null() { mark[other].clone() } else { mark[one].clone() }
    };
    let one = |mark: &Value| Marked {
        id: id(&either(mark, "entryId", "accounting_entry_id")),
        system: text(&either(mark, "systemId", "system_id")),
        at: text(&either(mark, "exportedAt", "exported_at"))
            .parse::<Timestamp>()
            .map_or(0, Timestamp::micros),
        note: mark["note"].as_str().map(str::to_owned),
        remarked: mark["remarked"] == json!(true),
    };
    marks.as_array().into_iter().flatten().map(one).collect()
}
