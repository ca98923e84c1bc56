//! The package `@ledgate/client` of clients/typescript: built from schema.graphql, tested by its own tests, and at work
//! on a gateway that is killed.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::generated::{done, emptied, once};
use crate::program_on_both_databases;
use crate::support::gateway::entry;
use crate::support::program::Serving;
use crate::support::tools;

/// No test waits longer than this for a line of the driver.
const PATIENCE: Duration = Duration::from_secs(120);
/// Vouchers that are to be sent. The driver refuses every tenth.
const VOUCHERS: usize = 120;
/// Lines of the last voucher: more than a page has.
const LONG: usize = 620;

/// The folder of the package, built from a copy of its sources beside schema.graphql, as in the repository.
fn package() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    once(&FOLDER, || {
        let source = Path::new(env!("CARGO_MANIFEST_DIR"));
        let packages = source.join("clients/typescript/node_modules");
        // npm writes this file at the end of an install that went well.
        assert!(
            packages.join(".package-lock.json").exists(),
            "scripts/tools installs what clients/typescript needs"
        );
        let top = emptied("ledgate-client");
        std::fs::copy(source.join("schema.graphql"), top.join("schema.graphql")).unwrap();
        let folder = top.join("clients/typescript");
        for part in ["documents", "src", "test"] {
            copied(&source.join("clients/typescript").join(part), &folder.join(part));
        }
        for file in ["README.md", "codegen.ts", "package.json", "tsconfig.json"] {
            std::fs::copy(source.join("clients/typescript").join(file), folder.join(file)).unwrap();
        }
        std::os::unix::fs::symlink(&packages, folder.join("node_modules")).unwrap();
        let generated = tool(&folder, "graphql-codegen").args(["--config", "codegen.ts"]).output().unwrap();
        assert!(
            generated.status.success(),
            "clients/typescript/documents does not fit schema.graphql: mend the documents, and see with\n    \
             npm --prefix clients/typescript run build\n{}{}",
            String::from_utf8_lossy(&generated.stdout),
            String::from_utf8_lossy(&generated.stderr),
        );
        done(tool(&folder, "tsc").args(["--project", "."]));
        folder
    })
}

/// Copies a folder with everything in it, but for what is generated.
fn copied(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if !path.is_dir() {
            std::fs::copy(&path, &target).unwrap();
        } else if !path.ends_with("generated") {
            copied(&path, &target);
        }
    }
}

/// A program of the packages that the package is built with.
fn tool(folder: &Path, name: &str) -> Command {
    let mut command = tools::node_command();
    command.arg(folder.join("node_modules/.bin").join(name)).current_dir(folder);
    command
}

/// The driver of the package at work. Killed when it is dropped.
struct Driver {
    child: Child,
    lines: UnboundedReceiver<String>,
    complaints: File,
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Driver {
    /// Works `erp` to its end; each voucher takes so many milliseconds. `trusted` names documents by hashes.
    fn start(serving: &Serving, milliseconds: u32, arguments: &[&str]) -> Self {
        let complaints = tempfile::tempfile().unwrap();
        let mut child = tools::node_command()
            .arg(package().join("test/driver.mjs"))
            .args([format!("{}/graphql", serving.url), "erp".to_owned(), milliseconds.to_string()])
            .args(arguments)
            .env("NO_PROXY", "127.0.0.1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(complaints.try_clone().unwrap())
            .spawn()
            .unwrap();
        let printed = BufReader::new(child.stdout.take().unwrap()).lines();
        let (sender, lines) = unbounded_channel();
        std::thread::spawn(move || printed.map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { child, lines, complaints }
    }

    /// What it tells next.
    async fn told(&mut self) -> Value {
        let line = tokio::time::timeout(PATIENCE, self.lines.recv()).await;
        let Ok(Some(line)) = line else {
            let mut said = String::new();
            self.complaints.rewind().unwrap();
            self.complaints.read_to_string(&mut said).unwrap();
            panic!("the driver tells nothing more: {said}")
        };
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("the driver printed {line}"))
    }
}

/// Records vouchers of two lines each, and one of very many.
async fn record(serving: &Serving) {
    let line = |voucher: usize, place: usize| {
        let mut one = entry(&format!("T:{voucher}:{place}"));
        one["entryNumber"] = json!(voucher.to_string());
        let amounts = if place.is_multiple_of(2) { ["0.10", "0.00"] } else { ["0.00", "0.10"] };
        [one["debit"], one["credit"]] = amounts.map(Value::from);
        one
    };
    let short = (1..VOUCHERS).flat_map(|voucher| (0..2).map(move |place| (voucher, place)));
    let long = (0..LONG).map(|place| (VOUCHERS + 1, place));
    let entries: Vec<Value> = short.chain(long).map(|(voucher, place)| line(voucher, place)).collect();
    let query = "mutation($input: RecordAccountingEntriesInput!) {
        recordAccountingEntries(input: $input) { userErrors { message } } }";
    for entries in entries.chunks(500) {
        let data = serving.data(query, json!({ "input": { "entries": entries } })).await;
        assert_eq!(data["recordAccountingEntries"]["userErrors"], json!([]));
    }
}

/// All of a list of `erp`, page by page.
async fn all(serving: &Serving, list: &str, fields: &str) -> Vec<Value> {
    let query = format!(
        "query($after: String) {{ list: {list}(systemId: \"erp\", first: 500, after: $after) {{
            nodes {{ {fields} }} pageInfo {{ hasNextPage endCursor }} }} }}"
    );
    let (mut found, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = serving.data(&query, json!({ "after": after })).await["list"].clone();
        found.extend(page["nodes"].as_array().unwrap().iter().cloned());
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            return found;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

program_on_both_databases! {
    async fn each_voucher_is_handed_over_and_settled_once_whatever_becomes_of_the_gateway(program: Program) {
        let mut serving = program.serve(&[]).await;
        let address = serving.url.strip_prefix("http://").unwrap().to_owned();
        record(&serving).await;

        let mut driver = Driver::start(&serving, 30, &[]);
        let mut handed: Vec<Value> = Vec::new();
        let summary = loop {
            let told = driver.told().await;
            if told["summary"].is_object() {
                break told["summary"].clone();
            }
            handed.push(told);
            if [20, 60].contains(&handed.len()) {
                drop(serving);
                serving = program.serve_at(&address).await;
            }
        };

        let refused = (VOUCHERS - 1) / 10;
        let keys: BTreeSet<&str> = handed.iter().map(|told| told["dispatchKey"].as_str().unwrap()).collect();
        assert_eq!((handed.len(), keys.len()), (VOUCHERS, VOUCHERS), "handed over, and under how many keys");
        let long = handed.iter().find(|told| told["voucherId"] == "voucher/2026-01-31/VE/121").unwrap();
        assert_eq!(long["entryIds"].as_array().unwrap().len(), LONG);
        assert_eq!(long["totals"], json!([{ "currency": "EUR", "debit": "31.00", "credit": "31.00" }]));
        let counts = ["vouchers", "exported", "failed", "released", "lost"].map(|name| summary[name].clone());
        assert_eq!(json!(counts), json!([VOUCHERS, VOUCHERS - refused, refused, 0, 0]), "{summary}");
        assert_eq!(summary["unsettled"], json!([]));

        let status = "exportStatus(systemId: \"erp\") { state attempts lastFailure { type reason } }";
        let failed = all(&serving, "unexportedEntries", &format!("entryNumber {status}")).await;
        assert_eq!(failed.len(), 2 * refused);
        for entry in failed {
            let reason = format!("the period of {} is closed", entry["entryNumber"].as_str().unwrap());
            let failure = json!({ "type": "PERIOD_CLOSED", "reason": reason });
            let status = json!({ "state": "FAILED", "attempts": 1, "lastFailure": failure });
            assert_eq!(entry["exportStatus"], status);
        }
        let fields = "remarked note reference { documentId } entry { entryNumber }";
        let marks = all(&serving, "entryExports", fields).await;
        assert_eq!(marks.len(), 2 * (VOUCHERS - 1 - refused) + LONG);
        for mark in marks {
            let document = format!("GL-{}", mark["entry"]["entryNumber"].as_str().unwrap());
            assert_eq!(mark["reference"]["documentId"], json!(document));
            assert_eq!((&mark["remarked"], &mark["note"]), (&json!(false), &json!("posted by the driver")));
        }
    }

    async fn a_gateway_that_trusts_the_documents_of_the_package_is_worked_for(program: Program) {
        let serving = program.serve(&[]).await;
        let ids: Vec<String> = serving.record("T", 0..3).await.iter().map(ToString::to_string).collect();
        drop(serving);
        let manifest = package().join("src/generated/persisted-documents.json");
        program.set("LEDGATE_GRAPHQL_TRUSTED_DOCUMENTS", manifest.display().to_string());
        let serving = program.serve(&[]).await;
        let mut driver = Driver::start(&serving, 0, &["trusted"]);
        assert_eq!(driver.told().await["entryIds"], json!(ids));
        assert_eq!(driver.told().await["summary"]["exported"], 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_documents_fit_the_schema_and_are_in_the_manifest() {
    let folder = package().join("src/generated");
    let manifest: Value =
        serde_json::from_slice(&std::fs::read(folder.join("persisted-documents.json")).unwrap()).unwrap();
    let texts: Vec<&str> =
        manifest.as_object().unwrap().values().map(|text| text.as_str().unwrap()).collect();
    for operation in [
        "mutation ClaimExports(",
        "query ClaimEntries(",
        "mutation SettleClaim(",
        "query UnexportedVouchers(",
    ] {
        assert!(texts.iter().any(|text| text.contains(operation)), "{operation} is missing");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_own_tests_of_the_package_pass() {
    tokio::task::block_in_place(|| done(tool(package(), "tsc").args(["--project", "test"])));
    let tests = std::fs::read_dir(package().join("test")).unwrap().map(|entry| entry.unwrap().path());
    let tests: Vec<PathBuf> = tests.filter(|path| path.to_string_lossy().ends_with(".test.mjs")).collect();
    assert!(tests.len() > 5, "{tests:?}");
    let mut command = tools::node_command();
    command
        .args(["--test", "--test-concurrency=4"])
        .args(tests)
        .current_dir(package())
        .env("NO_PROXY", "127.0.0.1");
    tokio::task::block_in_place(|| done(&mut command));
}
