//! SQLite: `EXPLAIN QUERY PLAN` of the statements from the log, through another connection to the same file.
//!
//! No values are bound: they sway a plan only after ANALYZE, which ledgate never runs.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

use super::*;

async fn plan(connection: &DatabaseConnection, sql: &str) -> Vec<String> {
    let statement = Statement::from_string(DbBackend::Sqlite, format!("EXPLAIN QUERY PLAN {sql}"));
    let rows = connection.query_all_raw(statement).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    rows.iter().map(|row| row.try_get("", "detail").unwrap()).collect()
}

/// What of the plan reads more than it should.
fn faults(plan: &[String], question: &Question) -> Vec<String> {
    let scan_of = |line: &str, table: &str| {
        line == format!("SCAN {table}") || line.starts_with(&format!("SCAN {table} "))
    };
    let mut faults: Vec<String> = plan.iter().filter(|line| line.contains("AUTOMATIC")).cloned().collect();
    for table in LARGE {
        // A subquery may be named like the table it stands for.
        let named = plan.iter().filter(|line| **line == format!("CO-ROUTINE {table}")).count();
        let scans = plan.iter().filter(|line| scan_of(line, table)).filter(|line| {
            let index =
                line.rsplit_once("INDEX ").map_or(format!("{table}_pkey"), |(_, index)| index.to_owned());
            !question.walks.contains(&index.as_str())
        });
        faults.extend(scans.skip(named).cloned());
    }
    faults
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_sqlite_no_question_reads_the_ledger() {
    let mut program = Program::on_sqlite();
    prepare(&mut program).await;
    let mut serving = program.serve(&[]).await;
    let cursors = cursors(&serving).await;
    for question in questions() {
        for time in [60, 61] {
            ask(&serving, question, time, &cursors).await;
        }
    }
    take_over(&program, &mut serving).await;
    let sent = end(serving).await;
    assert_counts(&sent, 60..62);

    let other = program.other_program().await;
    let mut wrong = Vec::new();
    for (id, statements) in &sent {
        let name = id.split(':').next().unwrap_or_default();
        let known = questions().find(|question| question.name == name);
        let Some(question) = known.or(id.is_empty().then_some(&TAKEOVER)) else { continue };
        for sql in statements.iter().filter(|sql| !sql.starts_with("CREATE")).collect::<BTreeSet<_>>() {
            let plan = plan(&other, sql).await;
            if !faults(&plan, question).is_empty() {
                wrong.push(format!("{id}\n{sql}\n  {}", plan.join("\n  ")));
            }
        }
    }
    let moved = |sql: &String| sql.starts_with("INSERT INTO \"pending_exports\"");
    assert!(sent[""].iter().any(moved), "{:#?}", sent[""]);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The same situation as on PostgreSQL: the marks of a system are looked up entry by entry, by their key.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_sqlite_marks_are_looked_up_by_their_key_while_a_history_is_taken_over() {
    let mut program = Program::on_sqlite();
    prepare(&mut program).await;
    for sql in large_ledger::fresh_system() {
        program.execute(&sql).await;
    }
    let serving = program.serve(&[]).await;
    for question in WHILE_TAKEN_OVER {
        ask(&serving, question, 0, &[]).await;
    }
    let sent = end(serving).await;
    let other = program.other_program().await;
    let (mut wrong, mut looks) = (Vec::new(), 0);
    for question in WHILE_TAKEN_OVER {
        // Only the program's own connections have the function REGEXP.
        for sql in sent[&format!("{}:0", question.name)].iter().filter(|sql| !sql.contains(" REGEXP ")) {
            let plan = plan(&other, sql).await;
            let by_key = "SEARCH export_marks USING PRIMARY KEY (entry_id=? AND system_key=?)";
            looks += plan.iter().filter(|line| line.as_str() == by_key).count();
            if !faults(&plan, question).is_empty() {
                wrong.push(format!("{}\n{sql}\n  {}", question.name, plan.join("\n  ")));
            }
        }
    }
    assert!(looks >= 8, "{looks} looks for a mark");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
