//! `ledgate work`: any script is a connector, and nothing is posted twice or forgotten, whoever dies.

mod client;
mod erp;
mod examples;
mod faults;
mod killed;
mod lines;
mod secure;
mod stopping;
mod waking;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use ledgate::ledger_files::DEMO;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::program::{Program, Ran, Serving};
use erp::Erp;

/// No test waits longer than this for something to happen.
const PATIENCE: Duration = Duration::from_secs(120);

/// Answers every voucher that it reads. The vouchers of these tests have nothing in their ids that JSON would escape.
const ECHO: &str = r#"sed -u 's/.*"voucher_id":"\([^"]*\)".*/{"voucher_id":"\1"}/'"#;

/// Lines of a FEC with its header: so many vouchers of two lines, each with the account that the function gives for the
/// second.
fn books(vouchers: usize, account: impl Fn(usize) -> &'static str) -> String {
    let header = DEMO.lines().next().unwrap();
    let lines = (0..vouchers).map(|voucher| {
        let (amount, account) = (format!("{},50", voucher + 1), account(voucher));
        line(voucher, "411000", &amount, "0,00") + &line(voucher, account, "0,00", &amount)
    });
    format!("{header}\n{}", lines.collect::<String>())
}

fn line(voucher: usize, account: &str, debit: &str, credit: &str) -> String {
    format!(
        "VE\tVentes\t{voucher}\t20260131\t{account}\t\t\t\tF{voucher}\t20260131\tFacture {voucher}\t{debit}\t{credit}\t\t\t\
         20260228\t\t\n"
    )
}

/// Sells goods, whatever the voucher.
fn goods(_: usize) -> &'static str {
    "707000"
}

/// Loads these books, and serves them to workers, which find their programs in the path of the tests.
async fn serve(program: &mut Program, books: &str) -> Serving {
    program.write("books.txt", books);
    program.ok(&["import", "books.txt"]);
    program.set("PATH", std::env::var("PATH").unwrap());
    program.serve(&[]).await
}

/// The arguments of a worker for `erp` that runs this.
fn arguments<'a>(serving: &'a Serving, flags: &[&'a str], command: &[&'a str]) -> Vec<&'a str> {
    arguments_for(&serving.url, flags, command)
}

/// The same for the gateway at this address.
fn arguments_for<'a>(server: &'a str, flags: &[&'a str], command: &[&'a str]) -> Vec<&'a str> {
    let begin = ["work", "--server", server, "--system", "erp"];
    begin.iter().chain(flags).chain(&["--"]).chain(command).copied().collect()
}

/// Runs a worker until there is nothing to do, and gives how it ended and its summary.
fn once(program: &Program, serving: &Serving, flags: &[&str], command: &[&str]) -> (Ran, Value) {
    let flags: Vec<&str> = ["--once", "--json"].iter().chain(flags).copied().collect();
    let ran = program.run(&arguments(serving, &flags, command));
    let summary = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("no summary: {ran:?}"));
    (ran, summary)
}

/// What a summary counts, of claimed vouchers: sent, failed, given back, lost.
fn counts(summary: &Value) -> [u64; 4] {
    assert_eq!((&summary["conflicts"], &summary["unsettled"]), (&json!(0), &json!([])), "{summary}");
    ["exported", "failed", "released", "lost"].map(|name| summary[name].as_u64().unwrap())
}

/// The types and reasons of what failed, by entry.
fn failures(program: &Program) -> Vec<(String, String)> {
    let lines = program.ok(&["failures", "--system", "erp", "--json"]);
    let failure = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        let failure = &line["export_status"]["last_failure"];
        let text = |name: &str| failure[name].as_str().unwrap().to_owned();
        (text("type"), text("reason"))
    };
    lines.lines().map(failure).collect()
}

/// What `erp` has not been sent and is in this state, and how many attempts each had, without doubles.
async fn waiting(serving: &Serving, state: &str) -> (usize, Vec<i64>) {
    let query =
        "query($state: ExportState!) { unexportedEntries(systemId: \"erp\", states: [$state], first: 100) {
        nodes { exportStatus(systemId: \"erp\") { attempts } } } }";
    let data = serving.data(query, json!({ "state": state })).await;
    let nodes = data["unexportedEntries"]["nodes"].as_array().unwrap();
    let attempts = nodes.iter().map(|node| node["exportStatus"]["attempts"].as_i64().unwrap());
    let mut attempts: Vec<i64> = attempts.collect();
    let count = attempts.len();
    attempts.sort_unstable();
    attempts.dedup();
    (count, attempts)
}

/// Waits until it holds.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds().await {
        assert!(Instant::now() < deadline, "in vain waited for {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// What the ERP has is what was marked: nothing is missing, nothing is there twice, and the amounts agree.
async fn agrees(serving: &Serving, erp: &Erp, entries: usize) {
    let request = serving.request(Method::POST, "/v10/accounting-entries/reconcile?system_id=erp");
    let answer = request.body(erp.list()).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let text = answer.text().await.unwrap();
    let told: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(told.len(), 1, "{text}");
    let end = &told[0]["end"];
    assert_eq!((&end["lines"], &end["marked"]), (&json!(entries), &json!(entries)), "{text}");
    assert_eq!(erp.posted_under_two_keys(), 0);
}

/// An example, by its file.
fn example(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
    assert!(path.is_file(), "{} is missing", path.display());
    path.display().to_string()
}

/// A worker at work. What it says is in a file. Killed when it is dropped.
struct Worker {
    child: Child,
    said: PathBuf,
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Worker {
    fn start(program: &Program, serving: &Serving, flags: &[&str], command: &[&str]) -> Self {
        Self::started(program, &arguments(serving, flags, command))
    }

    fn started(program: &Program, arguments: &[&str]) -> Self {
        let said = program.path("worker.err");
        let child = program.command(arguments).stderr(File::create(&said).unwrap()).spawn().unwrap();
        Self { child, said }
    }

    /// What it has said on standard error.
    fn said(&self) -> String {
        std::fs::read_to_string(&self.said).unwrap()
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(std::process::Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    /// Waits for its end. Gives the exit code and standard output.
    async fn ended(&mut self) -> (i32, String) {
        until("the end of the worker", async || self.child.try_wait().unwrap().is_some()).await;
        let mut stdout = String::new();
        std::io::Read::read_to_string(&mut self.child.stdout.take().unwrap(), &mut stdout).unwrap();
        (self.child.wait().unwrap().code().unwrap_or(-1), stdout)
    }
}
