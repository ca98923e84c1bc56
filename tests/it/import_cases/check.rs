//! What a step expects, compared with what is there.

use ledgate::domain::Money;
use regex::RegexBuilder;
use serde_json::{Map, Value};

use super::numbers::integer;

/// The fields of an entry that are decimals.
const DECIMALS: [&str; 4] = ["debit", "credit", "amount", "foreign_amount"];

/// An error unless this is so.
pub fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}

/// Whether the regular expression is found; a point matches line ends too.
pub fn is_found(expression: &str, text: &str) -> bool {
    RegexBuilder::new(expression).dot_matches_new_line(true).build().unwrap().is_match(text)
}

/// A decimal in ten-thousandths.
pub fn decimal(text: &str) -> i64 {
    text.parse::<Money>().unwrap_or_else(|error| panic!("{text} {error}")).ten_thousandths()
}

/// Whether an entry fits a line of a case.
pub fn fits(entry: &Value, line: &Value) -> bool {
    let fits = |(name, expected): (&String, &Value)| {
        let found = &entry[name];
        match expected {
            Value::Object(attributes) if name == "attributes" => has(found, attributes),
            Value::Object(pattern) => {
                let expression = pattern["matches"].as_str().unwrap();
                found.as_str().is_some_and(|text| is_found(expression, text))
            }
            Value::String(text) if DECIMALS.contains(&name.as_str()) => {
                found.as_str().is_some_and(|found| decimal(found) == decimal(text))
            }
            other => {
                assert!(entry.get(name).is_some(), "an entry has no {name}");
                found == other
            }
        }
    };
    line.as_object().unwrap().iter().all(fits)
}

/// Whether attributes have these values, and none where null stands. Numbers are compared digit by digit.
fn has(attributes: &Value, expected: &Map<String, Value>) -> bool {
    expected.iter().all(|(name, value)| match (attributes.get(name), value) {
        (found, Value::Null) => found.is_none(),
        (found, value) => found == Some(value),
    })
}

/// Compares entries with what a step says of them: `lines`, `count`, `debit`, `credit`.
pub fn entries(entries: &[Value], expected: &Value) -> Result<(), String> {
    if let Some(lines) = expected["lines"].as_array() {
        ensure(lines.len() == entries.len() && can_pair(entries, lines), || {
            format!("the entries are\n{entries:#?}\nand not\n{lines:#?}")
        })?;
    }
    if let Some(count) = integer(&expected["count"]) {
        ensure(count == entries.len() as i64, || format!("{} entries and not {count}", entries.len()))?;
    }
    for side in ["debit", "credit"] {
        if let Some(sum) = expected[side].as_str() {
            let found: i64 = entries.iter().map(|entry| decimal(entry[side].as_str().unwrap())).sum();
            ensure(found == decimal(sum), || format!("{side} is {found} ten-thousandths and not {sum}"))?;
        }
    }
    Ok(())
}

/// Whether every line fits an entry of its own.
fn can_pair(entries: &[Value], lines: &[Value]) -> bool {
    let Some((line, others)) = lines.split_first() else { return true };
    let fitting = (0..entries.len()).filter(|index| fits(&entries[*index], line));
    for index in fitting {
        let mut left = entries.to_vec();
        left.swap_remove(index);
        if can_pair(&left, others) {
            return true;
        }
    }
    false
}

#[test]
fn lines_and_entries_are_paired() {
    let entry = |account: &str, debit: &str| serde_json::json!({ "account": account, "debit": debit, "attributes": {} });
    let here = [entry("1", "8.00"), entry("2", "8.00")];
    let lines = |json: &str| serde_json::from_str::<Vec<Value>>(json).unwrap();
    assert!(can_pair(&here, &lines(r#"[{"debit": "8"}, {"account": "1"}]"#)));
    assert!(!can_pair(&here, &lines(r#"[{"account": "1"}, {"account": "1"}]"#)));
    assert!(can_pair(&here, &lines(r#"[{"account": {"matches": "^[12]$"}}, {"attributes": {"a": null}}]"#)));
    assert!(!can_pair(&here, &lines(r##"[{"attributes": {"a": "#1"}}, {}]"##)));
}
