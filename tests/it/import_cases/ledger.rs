//! The ledger that a case works on, and its last import.

use serde_json::{Value, json};

use super::numbers;
use crate::support::ndjson;
use crate::support::program::{Program, Ran};

/// A system that nobody marks for: all entries are unexported for it.
const NOBODY: &str = "nobody";

/// Most entries that one call marks.
const MARKED_AT_ONCE: usize = 10;

/// Where a case stands.
pub struct Working {
    /// The program, in the working directory, with its ledger.
    pub program: Program,
    /// How the last import ended.
    pub last: Option<Ran>,
}

impl Working {
    pub fn new(program: Program) -> Self {
        Self { program, last: None }
    }

    /// From here on another, new, empty ledger; the files stay.
    pub async fn begin_a_new_ledger(&mut self) {
        let fresh =
            if self.program.is_sqlite() { Program::on_sqlite() } else { Program::on_postgres().await };
        for file in self.program.files().iter().filter(|name| !name.starts_with("ledger.db")) {
            fresh.write(file, std::fs::read(self.program.path(file)).unwrap());
        }
        self.program = fresh;
    }

    /// All entries but withdrawn ones.
    pub fn entries(&self) -> Vec<Value> {
        self.unexported(NOBODY)
    }

    /// What the system has not been sent. Numbers are texts.
    pub fn unexported(&self, system: &str) -> Vec<Value> {
        let text = self.program.ok(&["export", "--system", system]);
        ndjson::entries(&text);
        let entry = |line: &str| serde_json::from_str(&numbers::as_texts(line)).unwrap();
        let mut lines: Vec<Value> = text.lines().map(entry).collect();
        lines.pop();
        lines
    }

    /// Marks those entries that are unexported for the system and fit.
    pub async fn mark(&self, system: &str, fits: impl Fn(&Value) -> bool) {
        let entries = self.unexported(system);
        let ids: Vec<i64> =
            entries.iter().filter(|entry| fits(entry)).filter_map(|e| numbers::integer(&e["id"])).collect();
        assert!(!ids.is_empty(), "nothing to mark for {system}");
        let serving = self.program.serve(&[]).await;
        for ids in ids.chunks(MARKED_AT_ONCE) {
            let item = |id: &i64| json!({ "accounting_entry_id": id, "system_id": system });
            let items: Vec<Value> = ids.iter().map(item).collect();
            let answer = serving
                .request(reqwest::Method::POST, "/v10/accounting-entries/mark-as-exported")
                .json(&json!({ "accounting_entries": items }))
                .send()
                .await
                .unwrap();
            assert_eq!(answer.status(), 200);
        }
    }
}
