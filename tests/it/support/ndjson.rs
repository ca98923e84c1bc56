//! Exports in NDJSON, read as a careful consumer reads them.

use serde_json::Value;

/// The entries of a complete answer, and what its end line tells. Fails on an answer that is not complete.
pub fn read(text: &str) -> (Vec<Value>, Value) {
    assert!(text.ends_with('\n'), "the last line is cut: {:?}", text.lines().last());
    let mut lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
        .collect();
    let last = lines.pop().unwrap();
    let end = last["end"].clone();
    assert!(last.as_object().unwrap().len() == 1 && end.is_object(), "the end line is missing: {last}");
    assert_eq!(end["entries"], lines.len(), "{end}");
    assert!(lines.iter().all(|line| line.get("end").is_none()), "an end line in the middle");
    (lines, end)
}

/// The entries of a complete answer.
pub fn entries(text: &str) -> Vec<Value> {
    read(text).0
}

/// Of an answer that broke off: how many whole lines came. Fails when it could be taken for a complete one.
pub fn whole_lines_of_a_part(text: &str) -> usize {
    let lines = text.matches('\n').count();
    let last = text.lines().nth(lines.saturating_sub(1)).unwrap_or_default();
    assert!(!last.contains("\"end\""), "it looks complete: {last}");
    assert!(!text.contains("{\"end\""), "it has an end line");
    lines
}
