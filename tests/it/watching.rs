//! What running it needs: metrics of how far systems are behind, and alerts that are made of them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use ledgate::domain::Clock;
use regex::Regex;
use serde_json::{Value, json};

use crate::support::gateway;
use crate::support::program::{Program, Serving};

/// No test waits longer than this for a figure.
const PATIENCE: Duration = Duration::from_secs(60);

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    let path = root().join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The metrics of a program that serves them.
struct Metrics {
    url: String,
    client: reqwest::Client,
}

impl Metrics {
    fn of(serving: &Serving) -> Self {
        let line = serving.log.iter().find(|line| line["message"] == "metrics are at /metrics").unwrap();
        let url = format!("http://{}/metrics", line["address"].as_str().unwrap());
        Self { url, client: reqwest::Client::builder().no_proxy().build().unwrap() }
    }

    async fn text(&self) -> String {
        self.client.get(&self.url).send().await.unwrap().text().await.unwrap()
    }

    /// Waits until this holds of the text, and gives it.
    async fn until(&self, what: &str, holds: impl Fn(&str) -> bool) -> String {
        let begun = tokio::time::Instant::now();
        loop {
            let text = self.text().await;
            if holds(&text) {
                return text;
            }
            assert!(begun.elapsed() < PATIENCE, "never told: {what}\n{text}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until all of these lines are there, and gives the text.
    async fn told(&self, lines: &[&str]) -> String {
        let has_all = |text: &str| lines.iter().all(|line| text.lines().any(|found| found == *line));
        self.until(&lines.join("\n"), has_all).await
    }
}

/// The value of the metric with these labels.
fn value(text: &str, metric: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(metric)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("{metric} is missing in\n{text}")).parse().unwrap()
}

/// Entries that are vouchers by themselves, by these numbers; their ids.
async fn record(serving: &Serving, numbers: &[&str]) -> Vec<i64> {
    let entry = |number: &&str| {
        let mut entry = gateway::entry(&format!("W:{number}"));
        entry["entryNumber"] = json!(number);
        entry
    };
    let entries: Vec<Value> = numbers.iter().map(entry).collect();
    let query = "mutation($input: RecordAccountingEntriesInput!) {
        recordAccountingEntries(input: $input) { entries { entryId } userErrors { message } } }";
    let data = serving.data(query, json!({ "input": { "entries": entries } })).await;
    assert_eq!(data["recordAccountingEntries"]["userErrors"], json!([]));
    gateway::ids(&data["recordAccountingEntries"]["entries"])
}

/// The id of a claim of one entry for `erp`.
async fn claim(serving: &Serving) -> Value {
    let query = "mutation { claimExports(input: { systemId: \"erp\", first: 1, worker: \"w\" }) { claim { claimId } } }";
    let begun = tokio::time::Instant::now();
    loop {
        let claimed = serving.data(query, json!({})).await["claimExports"]["claim"]["claimId"].clone();
        if !claimed.is_null() {
            return claimed;
        }
        assert!(begun.elapsed() < PATIENCE, "there is nothing to claim");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

crate::program_on_both_databases! {
    async fn what_waits_fails_and_is_claimed_is_told(program: Program) {
        program.set("LEDGATE_METRICS_LISTEN", "127.0.0.1:0").set("LEDGATE_METRICS_MEASURE_SECONDS", "1");
        let serving = program.serve(&[]).await;
        let metrics = Metrics::of(&serving);
        // Events are counted from the first measurement on.
        metrics.told(&["ledgate_systems{ledger=\"main\"} 0", "ledgate_log_position{ledger=\"main\"} 0"]).await;
        let first = record(&serving, &["1"]).await;
        serving.export("erp", &first, None).await;
        let ids = record(&serving, &["2", "3", "4"]).await;
        let item = json!({ "entryId": ids[0].to_string(), "systemId": "erp", "type": "VALIDATION", "reason": "no" });
        let report = "mutation($item: ReportExportFailureItemInput!) {
            reportExportFailures(input: { items: [$item] }) { failures { state } userErrors { code } } }";
        let failed = serving.data(report, json!({ "item": item })).await;
        assert_eq!(failed["reportExportFailures"]["failures"], json!([{ "state": "FAILED" }]), "{failed}");
        let claim_id = claim(&serving).await;

        let pool = if program.is_sqlite() { "readers" } else { "all" };
        let text = metrics
            .told(&[
                "ledgate_systems{ledger=\"main\"} 1",
                "ledgate_unexported_entries{ledger=\"main\",system=\"erp\",state=\"PENDING\"} 1",
                "ledgate_unexported_entries{ledger=\"main\",system=\"erp\",state=\"CLAIMED\"} 1",
                "ledgate_unexported_entries{ledger=\"main\",system=\"erp\",state=\"FAILED\"} 1",
                "ledgate_unexported_entries{ledger=\"main\",system=\"erp\",state=\"PARKED\"} 0",
                "ledgate_changed_entries{ledger=\"main\",system=\"erp\"} 0",
                "ledgate_open_conflicts{ledger=\"main\",system=\"erp\"} 0",
                "ledgate_failures_reported_total{ledger=\"main\",type=\"VALIDATION\"} 1",
                "ledgate_claims_total{ledger=\"main\",outcome=\"made\"} 1",
                "ledgate_events_total{ledger=\"main\",kind=\"EXPORTED\"} 1",
                "ledgate_events_total{ledger=\"main\",kind=\"FAILED\"} 1",
                "ledgate_events_total{ledger=\"main\",kind=\"CLAIMED\"} 1",
                &format!("ledgate_database_connections_max{{ledger=\"main\",pool=\"{pool}\"}} 8"),
            ])
            .await;
        let now = Clock::system().now().micros() as f64 / 1e6;
        let marked = value(&text, "ledgate_last_marked_timestamp_seconds{ledger=\"main\",system=\"erp\"}");
        assert!((now - 120.0..=now).contains(&marked), "{marked} at {now}");
        let oldest = value(&text, "ledgate_oldest_unexported_seconds{ledger=\"main\",system=\"erp\"}");
        assert!(oldest > 0.0 && oldest < 120.0, "{oldest}");
        assert!(value(&text, "ledgate_process_resident_memory_bytes") > 1e6);
        assert!(value(&text, "ledgate_process_open_fds") > 3.0);
        let of_pool = |state: &str| {
            value(&text, &format!("ledgate_database_connections{{ledger=\"main\",pool=\"{pool}\",state=\"{state}\"}}"))
        };
        assert!(of_pool("in_use") + of_pool("idle") >= 1.0, "{text}");

        let release = "mutation($id: ID!) { releaseClaim(input: { claimId: $id }) { userErrors { code } } }";
        serving.data(release, json!({ "id": claim_id })).await;
        metrics
            .told(&[
                "ledgate_claims_total{ledger=\"main\",outcome=\"released\"} 1",
                "ledgate_unexported_entries{ledger=\"main\",system=\"erp\",state=\"PENDING\"} 2",
            ])
            .await;

        let settle = "mutation($input: SettleClaimInput!) { settleClaim(input: $input) { remainingCount userErrors { code } } }";
        let claim_id = claim(&serving).await;
        let query = "query($id: ID!) { exportClaim(claimId: $id) { entries(first: 9) { nodes { entry { entryId } } } } }";
        let claimed = serving.data(query, json!({ "id": claim_id })).await;
        let entry_id = claimed["exportClaim"]["entries"]["nodes"][0]["entry"]["entryId"].clone();
        let refused = json!({ "entryId": entry_id, "type": "PERIOD_CLOSED", "reason": "closed" });
        let settled = serving.data(settle, json!({ "input": { "claimId": claim_id, "failed": [refused] } })).await;
        assert_eq!(settled["settleClaim"]["remainingCount"], json!(0), "{settled}");
        metrics
            .told(&[
                "ledgate_claims_total{ledger=\"main\",outcome=\"settled\"} 1",
                "ledgate_failures_reported_total{ledger=\"main\",type=\"PERIOD_CLOSED\"} 1",
                "ledgate_unexported_entries{ledger=\"main\",system=\"erp\",state=\"FAILED\"} 2",
            ])
            .await;

        // A system that is retired is told no longer.
        let retire = "mutation { retireExportSystem(input: { systemId: \"erp\" }) { userErrors { code } } }";
        serving.data(retire, json!({})).await;
        metrics.until("nothing of erp", |text| !text.contains("system=\"erp\"")).await;
    }
}

/// The names of metrics in a text, those of the parts of a histogram by the name of the histogram.
fn names(text: &str, pattern: &str) -> BTreeSet<String> {
    let pattern = Regex::new(pattern).unwrap();
    pattern.captures_iter(text).map(|found| found[1].trim_end_matches("_bucket").to_owned()).collect()
}

/// The names of the metrics that the source has, those of the process left out.
fn of_the_source() -> BTreeSet<String> {
    let mut text = read("src/telemetry/metrics.rs");
    let folder = root().join("src/telemetry/metrics");
    for file in std::fs::read_dir(folder).unwrap() {
        text.push_str(&std::fs::read_to_string(file.unwrap().path()).unwrap());
    }
    let names = names(&text, r#"const [A-Z_]+: &str = "(ledgate_[a-z_]+[a-z])";"#);
    assert!(names.len() > 20, "only {} names were found: the test looks in the wrong place", names.len());
    names
}

fn alerts() -> BTreeSet<String> {
    let alerts = names(&read("deploy/prometheus/alerts.yml"), r"(?m)^ +- alert: (\w+)$");
    assert!(alerts.len() > 10, "only {} alerts were found", alerts.len());
    alerts
}

#[tokio::test]
async fn alerts_are_made_of_metrics_that_there_are() {
    let mut program = Program::on_sqlite();
    program.set("LEDGATE_METRICS_LISTEN", "127.0.0.1:0");
    let serving = program.serve(&[]).await;
    let told = names(&Metrics::of(&serving).text().await, r"(?m)^# TYPE (ledgate_process_\w+) ");
    assert!(told.contains("ledgate_process_open_fds"), "{told:?}");
    let known: BTreeSet<String> = of_the_source().into_iter().chain(told).collect();
    for file in ["deploy/prometheus/alerts.yml", "deploy/prometheus/alerts_test.yml"] {
        let text = read(file);
        let text: String = text.lines().filter(|line| !line.trim().starts_with('#')).collect();
        let used = names(&text, r"\b(ledgate_[a-z_]+)");
        let unknown: Vec<&String> = used.difference(&known).collect();
        assert!(used.len() > 10 && unknown.is_empty(), "{file}: {unknown:?}");
    }
}

#[test]
fn the_documentation_explains_every_metric_and_every_alert() {
    let text = read("docs/operations.md");
    for name in of_the_source().iter().chain(&alerts()) {
        let rows = text.lines().filter(|line| line.starts_with(&format!("| `{name}`")));
        assert_eq!(rows.count(), 1, "docs/operations.md has to explain {name} in one row");
    }
}

#[test]
fn every_alert_is_tried() {
    let tried = read("deploy/prometheus/alerts_test.yml");
    for alert in alerts() {
        assert!(tried.contains(&format!("alertname=\"{alert}\"")), "no test has {alert} come");
    }
}

#[test]
fn prometheus_takes_the_alerts_and_they_come_when_they_should() {
    let folder = root().join("deploy/prometheus");
    promtool(&folder, &["check", "rules", "alerts.yml"]);
    promtool(&folder, &["test", "rules", "alerts_test.yml"]);
}

fn promtool(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("promtool");
    let ran = command.args(arguments).current_dir(folder).stdin(Stdio::null()).output();
    let output = ran.unwrap_or_else(|error| {
        panic!("this test needs promtool ({error}): apt-get install -y prometheus, or scripts/setup")
    });
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "promtool {arguments:?}: {}", String::from_utf8_lossy(&said));
}
