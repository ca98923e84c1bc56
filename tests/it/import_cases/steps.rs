//! The steps that a case may have.

use serde_json::{Map, Value};

use super::check::{self, ensure};
use super::ledger::Working;
use super::numbers::integer;

/// The numbers of a summary.
const COUNTS: [&str; 8] =
    ["read", "inserted", "updated", "unchanged", "rejected", "held_back", "missing", "already_sent"];
/// The sums of a summary.
const SUMS: [&str; 4] = ["debit", "credit", "ledger_debit", "ledger_credit"];

/// Takes a step. An error says what was not as it should be.
pub async fn take(working: &mut Working, step: &Value) -> Result<(), String> {
    let step = step.as_object().unwrap();
    if let Some(files) = step.get("import") {
        import(working, &texts(files), &step.get("args").map(texts).unwrap_or_default());
        return step.get("expect").map_or(Ok(()), |expected| ended_as(working, expected));
    }
    let (name, value) = step.iter().next().unwrap();
    assert_eq!(step.len(), 1, "{step:?}");
    match name.as_str() {
        "expect" => ended_as(working, value),
        "ledger" => check::entries(&working.entries(), value),
        "unexported" => check::entries(&working.unexported(value["system"].as_str().unwrap()), value),
        "mark_all_for" => {
            working.mark(value.as_str().unwrap(), |_| true).await;
            Ok(())
        }
        "mark" => {
            let lines = value["lines"].as_array().unwrap();
            let fits = |entry: &Value| lines.iter().any(|line| check::fits(entry, line));
            working.mark(value["system"].as_str().unwrap(), fits).await;
            Ok(())
        }
        "export" => {
            let [system, format, to] = ["system", "format", "to"].map(|name| value[name].as_str().unwrap());
            let rows = working.program.ok(&["export", "--system", system, "--format", format]);
            working.program.write(to, rows);
            Ok(())
        }
        "new_ledger" => {
            working.begin_a_new_ledger().await;
            Ok(())
        }
        "either" => {
            let mut reasons = Vec::new();
            for checks in value.as_array().unwrap() {
                match all(working, checks.as_array().unwrap()) {
                    Ok(()) => return Ok(()),
                    Err(reason) => reasons.push(reason),
                }
            }
            Err(reasons.join("\nnor: "))
        }
        other => panic!("a case has no step {other}"),
    }
}

/// Checks, all of which have to hold.
fn all(working: &Working, checks: &[Value]) -> Result<(), String> {
    checks.iter().try_for_each(|check| match check.as_object().and_then(|check| check.iter().next()) {
        Some((name, expected)) if name == "expect" => ended_as(working, expected),
        Some((name, expected)) if name == "ledger" => check::entries(&working.entries(), expected),
        other => panic!("{other:?} is no check"),
    })
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

fn import(working: &mut Working, files: &[&str], arguments: &[&str]) {
    let arguments: Vec<&str> = [&["import"][..], files, &["--json"], arguments].concat();
    working.last = Some(working.program.run(&arguments));
}

/// Whether the last import ended so.
fn ended_as(working: &Working, expected: &Value) -> Result<(), String> {
    let ran = working.last.as_ref().unwrap();
    let printed = format!("{}{}", ran.stdout, ran.stderr);
    let summary =
        ran.stdout.lines().rev().find_map(|line| serde_json::from_str::<Map<String, Value>>(line).ok());
    let summary = summary.unwrap_or_default();
    for (name, expected) in expected.as_object().unwrap() {
        let wrong = || format!("{name} is not {expected}: {ran:?}");
        let holds = match name.as_str() {
            "exit" => match expected.as_array() {
                Some(codes) => codes.iter().any(|code| integer(code) == Some(ran.code.into())),
                None => integer(expected) == Some(ran.code.into()),
            },
            "message" => match expected.as_array() {
                Some(several) => several.iter().all(|one| check::is_found(one.as_str().unwrap(), &printed)),
                None => check::is_found(expected.as_str().unwrap(), &printed),
            },
            name if COUNTS.contains(&name) => {
                let found = summary.get(name).map_or(Some(0), Value::as_i64);
                found == integer(expected)
            }
            name if SUMS.contains(&name) => {
                let found = summary.get(name).and_then(Value::as_str);
                found.map(check::decimal) == expected.as_str().map(check::decimal)
            }
            other => panic!("a case expects no {other}"),
        };
        ensure(holds, wrong)?;
    }
    Ok(())
}
