//! Every case of `tests/data/imports`, through the command line, on both databases: what its README says a case is, and
//! nothing that knows of a single one.

mod check;
mod ledger;
mod numbers;
mod steps;

use std::path::PathBuf;

use serde_json::Value;

use crate::support::program::Program;
use ledger::Working;

/// Cases that do not hold yet, and what is missing. One that holds has to leave the list.
const WAITING: &[(&str, &str)] = &[];

/// The folders of the cases, in order.
fn cases() -> Vec<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/imports");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    cases.sort();
    cases
}

/// Plays a case. An error says which step failed, and how.
async fn play(case: &PathBuf, program: Program) -> Result<(), String> {
    let text = std::fs::read_to_string(case.join("case.json")).unwrap();
    let case_json: Value = serde_json::from_str(&numbers::as_texts(&text)).unwrap();
    let mut working = Working::new(program);
    for file in std::fs::read_dir(case).unwrap().map(|entry| entry.unwrap()) {
        if file.file_name() != "case.json" {
            let content = std::fs::read(file.path()).unwrap();
            working.program.write(file.file_name().to_str().unwrap(), content);
        }
    }
    let all = case_json["steps"].as_array().unwrap();
    assert!(!all.is_empty(), "a case without a step");
    for (index, step) in all.iter().enumerate() {
        steps::take(&mut working, step).await.map_err(|reason| format!("step {}: {reason}", index + 1))?;
    }
    Ok(())
}

/// Plays all cases, and asserts that all hold but those that wait for something.
async fn play_all(program: impl AsyncFn() -> Program) {
    let cases = cases();
    assert!(cases.len() >= 37, "{} cases", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let name = case.file_name().unwrap().to_str().unwrap();
        let waiting = WAITING.iter().find(|(waiting, _)| *waiting == name);
        match (play(case, program().await).await, waiting) {
            (Ok(()), None) | (Err(_), Some(_)) => {}
            (Err(reason), None) => wrong.push(format!("{name}: {reason}")),
            (Ok(()), Some((_, missing))) => {
                wrong.push(format!("{name}: holds, take it off the list of what waits for {missing}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let names: Vec<&str> = cases.iter().filter_map(|case| case.file_name()?.to_str()).collect();
    assert!(WAITING.iter().all(|(name, _)| names.contains(name)), "a case that is not there is waited for");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_case_of_an_import_ends_in_the_right_ledger_on_sqlite() {
    play_all(async || Program::on_sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_case_of_an_import_ends_in_the_right_ledger_on_postgres() {
    play_all(async || Program::on_postgres().await).await;
}
