//! PostgreSQL: the plans that the server itself wrote to its log, with the rows that each place in them read. Also
//! those of statements inside triggers.

use super::*;
use crate::support::postgres;

const EXPLAIN: [&str; 6] = [
    "session_preload_libraries = 'auto_explain'",
    "auto_explain.log_min_duration = 0",
    "auto_explain.log_format = json",
    "auto_explain.log_nested_statements = on",
    "auto_explain.log_analyze = on",
    "auto_explain.log_timing = off",
];

/// What each index is ordered by first: a condition without it walks the whole index.
const LEADING: [(&str, &str); 25] = [
    ("accounting_entries_pkey", "id"),
    ("accounting_entries_external_id_key", "external_id"),
    ("accounting_entries_created_at", "created_at"),
    ("accounting_entries_updated_at", "updated_at"),
    ("accounting_entries_posting_date", "posting_date"),
    ("accounting_entries_voucher", "journal_code"),
    ("timeline_events_pkey", "id"),
    ("timeline_events_entry", "entry_id"),
    ("pending_exports_pkey", "system_key"),
    ("pending_exports_by_progress", "system_key"),
    ("pending_exports_due", "system_key"),
    ("changed_exports_pkey", "system_key"),
    ("export_claims_pkey", "key"),
    ("export_claims_id_key", "id"),
    ("export_claims_open", "system_key"),
    ("export_claims_ended", "ended_at"),
    ("export_conflicts_pkey", "id"),
    ("export_conflicts_open", "system_key"),
    ("export_conflicts_resolved", "system_key"),
    ("export_events_pkey", "position"),
    ("export_events_of_system", "system_id"),
    ("export_events_of_kind", "system_id"),
    ("export_marks_pkey", "entry_id"),
    ("export_marks_by_time", "system_key"),
    ("export_marks_by_block", "system_key"),
];

/// What of the plan reads more than it should.
fn faults(node: &Value, question: &Question, faults: &mut Vec<String>) {
    let text = |key: &str| node[key].as_str().unwrap_or_default();
    let number = |key: &str| node[key].as_f64().unwrap_or_default();
    let (index, condition) = (text("Index Name"), text("Index Cond"));
    if text("Node Type") == "Seq Scan" && LARGE.contains(&text("Relation Name")) {
        faults.push(format!("scans {}", text("Relation Name")));
    }
    if let Some((_, leading)) = LEADING.iter().find(|(name, _)| *name == index) {
        let bounded =
            condition.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == *leading);
        if !bounded && !question.walks.contains(&index) {
            faults.push(format!("walks {index} ({condition})"));
        }
    } else if LARGE.iter().any(|table| index.starts_with(table)) {
        faults.push(format!("{index} is not known to this test"));
    }
    if LARGE.contains(&text("Relation Name")) && node.get("Operation").is_none() {
        let removed = number("Rows Removed by Filter") + number("Rows Removed by Index Recheck");
        let rows = (number("Actual Rows") + removed) * number("Actual Loops");
        if rows > question.rows as f64 {
            faults.push(format!("reads {rows} rows of {}, not {}", text("Relation Name"), question.rows));
        }
    }
    let compared = number("Rows Removed by Join Filter") * number("Actual Loops");
    if compared > question.rows as f64 {
        faults.push(format!("compares {compared} pairs of rows"));
    }
    for child in node["Plans"].as_array().into_iter().flatten() {
        self::faults(child, question, faults);
    }
}

/// The plans in a piece of the server's log.
fn explained(log: &str) -> Vec<Value> {
    let mut messages: Vec<String> = Vec::new();
    for line in log.lines() {
        match (line.strip_prefix('\t'), messages.last_mut()) {
            (Some(rest), Some(message)) => message.push_str(rest),
            _ => messages.push(line.to_owned()),
        }
    }
    let plans = messages.iter().filter_map(|message| message.split_once("plan:"));
    plans
        .map(|(_, plan)| serde_json::from_str(plan).unwrap_or_else(|error| panic!("{plan}: {error}")))
        .collect()
}

/// Does this while the server explains, and gives the plans.
async fn watch(
    program: &Program,
    serving: &mut Serving,
    asked: impl AsyncFnOnce(&mut Serving),
) -> Vec<Value> {
    let before = postgres::log_of(&program.database_url).len();
    asked(serving).await;
    // On the only connection there is: what came before is in the server's log now.
    assert_eq!(serving.get("/readyz").await.0, 200);
    explained(&postgres::log_of(&program.database_url)[before..])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgres_no_question_reads_the_ledger() {
    let mut program = Program::on_postgres().await;
    prepare(&mut program).await;
    let database = program.database_url.rsplit('/').next().unwrap();
    for setting in EXPLAIN {
        program.execute(&format!("ALTER DATABASE {database} SET {setting}")).await;
    }
    let mut wrong = Vec::new();
    // First as a ledger is that was imported a moment ago: the planner knows nothing of it.
    for (statistics, first) in [(false, 60), (true, 60 + TIMES)] {
        if statistics {
            program.execute("ANALYZE").await;
        }
        let mut serving = program.serve(&[]).await;
        let cursors = cursors(&serving).await;
        let mut plans: Vec<(&Question, Value)> = Vec::new();
        for question in questions() {
            let asked = async |serving: &mut Serving| {
                for time in first..first + TIMES {
                    ask(serving, question, time, &cursors).await;
                }
            };
            let found = watch(&program, &mut serving, asked).await;
            assert!(found.len() >= question.statements * TIMES, "{}: {} plans", question.name, found.len());
            plans.extend(found.into_iter().map(|plan| (question, plan)));
        }
        if statistics {
            let asked = async |serving: &mut Serving| take_over(&program, serving).await;
            let found = watch(&program, &mut serving, asked).await;
            plans.extend(found.into_iter().map(|plan| (&TAKEOVER, plan)));
        }
        let sent = end(serving).await;
        assert_counts(&sent, first..first + TIMES);
        for (question, plan) in plans {
            // The background tries again and again, also while something is asked.
            let background = sent[""].iter().any(|sql| plan["Query Text"] == sql.as_str());
            let question = if background { &TAKEOVER } else { question };
            let mut found = Vec::new();
            faults(&plan["Plan"], question, &mut found);
            if !found.is_empty() {
                let found = found.join(", ");
                wrong.push(format!("{} (statistics: {statistics}): {found}\n{plan:#}", question.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A system that was marked for since the last ANALYZE has no marks as far as the planner knows, beside another system
/// whose marks it knows. It joined the entries to these marks in the worst way there is, 24 seconds a page.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgres_no_page_depends_on_statistics_while_a_history_is_taken_over() {
    let mut program = Program::on_postgres().await;
    prepare(&mut program).await;
    let database = program.database_url.rsplit('/').next().unwrap();
    for setting in EXPLAIN {
        program.execute(&format!("ALTER DATABASE {database} SET {setting}")).await;
    }
    program.execute("ANALYZE").await;
    for sql in large_ledger::fresh_system() {
        program.execute(&sql).await;
    }
    let mut plans: Vec<(&Question, Value)> = Vec::new();
    let mut serving = program.serve(&[]).await;
    for question in WHILE_TAKEN_OVER {
        // The first and a later one, for which the server may keep one plan for all values.
        let asked = async |serving: &mut Serving| {
            for time in 0..TIMES {
                ask(serving, question, time, &[]).await;
            }
        };
        let found = watch(&program, &mut serving, asked).await;
        assert!(found.len() >= TIMES, "{}: {} plans", question.name, found.len());
        plans.extend(found.into_iter().map(|plan| (question, plan)));
    }
    let sent = end(serving).await;
    let mut wrong = Vec::new();
    for (question, plan) in plans {
        let mut found = Vec::new();
        faults(&plan["Plan"], question, &mut found);
        // The mover takes the history over meanwhile.
        let sql = plan["Query Text"].as_str().unwrap_or_default();
        let background = !sql.starts_with("SELECT") || sent[""].iter().any(|of_mover| of_mover == sql);
        if !found.is_empty() && !background {
            wrong.push(format!("{}: {}\n{plan:#}", question.name, found.join(", ")));
        }
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
