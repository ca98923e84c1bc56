//! A minute of an ordinary day: no request fails, and neither memory nor descriptors grow. It shows a leak at every request;
//! slower ones take the hour of `scripts/bench soak`.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::gateway::entry;
use crate::support::program::{Program, Serving};

const LONG: Duration = Duration::from_secs(60);
/// In the first part caches and pools fill.
const SETTLING: Duration = Duration::from_secs(20);
/// Between two requests of a client.
const PACE: Duration = Duration::from_millis(40);
/// What the allocator may keep for a while.
const SLACK_KIB: u64 = 16 * 1024;
/// Connections that open and close.
const SLACK_DESCRIPTORS: usize = 8;

/// What a process holds.
#[derive(Clone, Copy, Debug, Default)]
struct Held {
    memory_kib: u64,
    descriptors: usize,
}

impl Held {
    fn by(process: u32) -> Self {
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
        let memory = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        Self {
            memory_kib: memory.trim().trim_end_matches(" kB").parse().unwrap(),
            descriptors: std::fs::read_dir(format!("/proc/{process}/fd")).unwrap().count(),
        }
    }

    fn most(self, other: Self) -> Self {
        Self {
            memory_kib: self.memory_kib.max(other.memory_kib),
            descriptors: self.descriptors.max(other.descriptors),
        }
    }
}

/// Every question must be answered, whole.
async fn ask(serving: &Serving, number: usize) {
    let page = "nodes { id debit credit exports { systemId } timeline(first: 5) { nodes { kind note } } }";
    let request =
        match number % 8 {
            0 | 4 => serving
                .graphql(&format!("{{ unexportedEntries(systemId: \"erp\", first: 20) {{ {page} }} }}")),
            1 => serving
                .graphql(&format!("{{ accountingEntries(last: 20) {{ totalCount {{ count }} {page} }} }}")),
            2 => {
                let entries: Vec<Value> =
                    (0..5).map(|index| entry(&format!("soak:{}", number / 2 + index))).collect();
                let query = "mutation ($entries: [AccountingEntryInput!]!) {
                recordAccountingEntries(input: { entries: $entries }) { recorded unchanged } }";
                let body = json!({ "query": query, "variables": { "entries": entries } });
                serving.request(Method::POST, "/graphql").json(&body)
            }
            3 | 5 => serving.mark(i64::try_from(number % 50 + 1).unwrap(), "erp"),
            6 => serving.request(Method::GET, "/v10/accounting-entries/export?system_id=crm"),
            _ => serving.request(Method::GET, "/readyz"),
        };
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200, "request {number}");
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(
        answer.get("errors").filter(|errors| **errors != json!([])),
        None,
        "request {number}: {answer}"
    );
}

async fn soak(program: Program) -> usize {
    let serving = program.serve(&[]).await;
    serving.record("first", 0..50).await;
    let began = Instant::now();
    let client = async |first: usize| {
        let mut asked = 0;
        while began.elapsed() < LONG {
            ask(&serving, first + asked).await;
            asked += 1;
            tokio::time::sleep(PACE).await;
        }
        asked
    };
    let watch = async {
        let (mut early, mut late) = (Held::default(), Held::default());
        while began.elapsed() < LONG {
            let held = Held::by(serving.process());
            if (SETTLING..SETTLING * 2).contains(&began.elapsed()) {
                early = early.most(held);
            } else if began.elapsed() > SETTLING * 2 {
                late = late.most(held);
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        (early, late)
    };
    let (one, two, (early, late)) = tokio::join!(client(0), client(1_000_000), watch);
    assert!(
        early.memory_kib > 0 && late.memory_kib <= early.memory_kib + SLACK_KIB,
        "{early:?}, then {late:?}"
    );
    assert!(late.descriptors <= early.descriptors + SLACK_DESCRIPTORS, "{early:?}, then {late:?}");
    one + two
}

/// One test, so that both take the time of one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ordinary_day_leaves_nothing_behind_in_the_process() {
    let (sqlite, postgres) = (Program::on_sqlite(), Program::on_postgres().await);
    let (sqlite, postgres) = tokio::join!(soak(sqlite), soak(postgres));
    assert!(sqlite > 500 && postgres > 500, "only {sqlite} and {postgres} requests");
}
