//! What is refused, where, and with which words.

use super::*;
use crate::domain::field::MAX_TEXT;
use crate::domain::filter::{MAX_CONDITIONS, MAX_LIST};

/// The one fault of these groups: its path and its message.
fn fault(groups: &Json) -> (String, String) {
    let faults = both(groups).expect_err(&groups.to_string());
    assert_eq!(faults.len(), 1, "{groups} {faults:?}");
    (way(&faults[0]), faults[0].message.clone())
}

#[test]
fn what_is_not_known_is_refused_with_its_path() {
    let good = || json!(["debit", "gt", "10"]);
    let long = "x".repeat(MAX_TEXT + 1);
    let rows = [
        // Keys and operators, and the known ones in the answer.
        (one("nope", "eq", json!("1"), false), "0.filters.0.key", "updated_at"),
        (one("Created_At", "eq", json!("2026-01-31"), false), "0.filters.0.key", "created_at"),
        (one("attributes", "eq", json!("1"), false), "0.filters.0.key", "journal_code"),
        (one("id; DROP TABLE entries", "ct", json!("1"), false), "0.filters.0.key", "one of id, "),
        (
            one("debit", "ne", json!("1"), false),
            "0.filters.0.operator",
            "eq, gt, gte, lt, lte, in, bt, ct, sw, ew",
        ),
        (one("debit", "GT", json!("1"), false), "0.filters.0.operator", "\"GT\""),
        (one("debit", "", json!("1"), false), "0.filters.0.operator", "this is \"\""),
        // Searching in what is no text.
        (one("debit", "ct", json!("1"), false), "0.filters.0.operator", "searches in text"),
        (one("created_at", "sw", json!("2026"), true), "0.filters.0.operator", "searches in text"),
        // Null goes with eq and in only.
        (one("debit", "gt", json!("null"), false), "0.filters.0.value", "IS NULL"),
        (one("description", "ct", json!(""), true), "0.filters.0.value", "IS NULL"),
        (one("debit", "bt", json!(["1", null]), false), "0.filters.0.value.1", "IS NULL"),
        // Shapes.
        (one("debit", "bt", json!("1,2"), false), "0.filters.0.value", "list of two values"),
        (one("debit", "bt", json!("null"), false), "0.filters.0.value", "list of two values"),
        (one("debit", "bt", json!(["1"]), false), "0.filters.0.value", "a list of 1"),
        (one("debit", "bt", json!(["1", "2", "3"]), false), "0.filters.0.value", "a list of 3"),
        (one("debit", "bt", json!({ "0": "1", "to": "2" }), false), "0.filters.0.value.to", "number them"),
        (one("debit", "eq", json!(["1"]), false), "0.filters.0.value", "one value"),
        (one("debit", "gt", json!({ "from": "1" }), false), "0.filters.0.value", "one value"),
        (one("debit", "in", json!({ "from": "1" }), false), "0.filters.0.value.from", "number them"),
        (one("debit", "in", json!([["1"]]), false), "0.filters.0.value.0", "nested deeper"),
        // Values.
        (one("debit", "eq", json!("12,5"), false), "0.filters.0.value", "not a decimal"),
        (one("debit", "eq", json!("0.00001"), false), "0.filters.0.value", "more than 4 digits"),
        (one("posting_date", "eq", json!("2026-02-30"), false), "0.filters.0.value", "not a date"),
        (one("posting_date", "eq", json!("2026-1-31"), false), "0.filters.0.value", "not a date"),
        (one("posting_date", "eq", json!("2026-01-31T00:00:00Z"), false), "0.filters.0.value", "not a date"),
        (one("posting_date", "eq", json!("0000-01-31"), false), "0.filters.0.value", "out of range"),
        (one("created_at", "eq", json!("yesterday"), false), "0.filters.0.value", "not a date and time"),
        (one("created_at", "eq", json!("2026-01-31T12:00:00.1234567Z"), false), "0.filters.0.value", "finer"),
        (one("id", "in", json!(["1", "x"]), false), "0.filters.0.value.1", "whole number"),
        (one("id", "eq", json!("9223372036854775808"), false), "0.filters.0.value", "whole number"),
        (one("id", "eq", json!("1.0"), false), "0.filters.0.value", "whole number"),
        (one("id", "in", json!("1,2"), false), "0.filters.0.value", "each value on its own"),
        (one("journal_code", "in", json!("ANO,VE"), false), "0.filters.0.value", "each value on its own"),
        (one("description", "eq", json!(long), false), "0.filters.0.value", "at most 256"),
        (one("description", "ct", json!(long), true), "0.filters.0.value", "at most 256"),
        (one("description", "eq", json!("a\0b"), false), "0.filters.0.value", "NUL"),
        // Booleans.
        (json!([{ "or": "yes", "filters": [good()] }]), "0.or", "true, false, 1 or 0"),
        (json!([{ "or": "TRUE", "filters": [good()] }]), "0.or", "true, false, 1 or 0"),
        (json!([{ "or": "", "filters": [good()] }]), "0.or", "true, false, 1 or 0"),
        (json!([{ "or": 2, "filters": [good()] }]), "0.or", "true, false, 1 or 0"),
        (json!([{ "filters": [["debit", "gt", "10", "no"]] }]), "0.filters.0.3", "true, false, 1 or 0"),
        // Parts missing, unknown or misplaced.
        (json!([{ "filters": [{ "operator": "eq", "value": "1" }] }]), "0.filters.0.key", "needs its key"),
        (
            json!([{ "filters": [{ "key": "debit", "value": "1" }] }]),
            "0.filters.0.operator",
            "needs its operator",
        ),
        (json!([{ "filters": [{ "key": "debit", "operator": "eq" }] }]), "0.filters.0.value", "IS NULL"),
        (json!([{ "filters": [["debit", "eq"]] }]), "0.filters.0.2", "needs its value"),
        (json!([{ "filters": [["debit", "eq", "1", "0", "x"]] }]), "0.filters.0.4", "not this one"),
        (json!([{ "filters": [{ "0": "debit", "1": "eq", "3": "1" }] }]), "0.filters.0.2", "needs its value"),
        (
            json!([{ "filters": [{ "key": "debit", "operator": "eq", "value": "1", "negate": "1" }] }]),
            "0.filters.0.negate",
            "key, operator, value, not",
        ),
        (
            json!([{ "filters": [{ "key": "debit", "operator": "eq", "value": "1", "3": "1" }] }]),
            "0.filters.0.3",
            "not this one",
        ),
        (json!([{ "0": true, "filters": [good()] }]), "0.0", "not this one"),
        (json!([{ "and": true, "filters": [good()] }]), "0.and", "or, filters"),
        (json!([{ "or": true }]), "0.filters", "needs its filters"),
        (json!([{ "filters": { "first": good() } }]), "0.filters.first", "number them"),
        (json!([{ "filters": ["debit"] }]), "0.filters.0", "key, operator, value, not"),
        (json!([{ "filters": "debit" }]), "0.filters", "a list"),
        (json!(["x"]), "0", "or, filters"),
        (json!({ "filters": [good()] }), "filters", "number them"),
        (json!("x"), "", "are a list"),
        (json!(""), "", "are a list"),
        (json!([{ "filters": [["debit", "in", [[["1"]]]]] }]), "0.filters.0.2.0", "nested deeper"),
    ];
    for (groups, path, message) in rows {
        let (found_path, found_message) = fault(&groups);
        assert_eq!(found_path, path, "{groups} {found_message}");
        assert!(found_message.contains(message), "{groups}: {found_message:?} lacks {message:?}");
    }
}

#[test]
fn every_fault_is_told_at_once() {
    let groups = json!([
        { "or": "maybe", "filters": [{ "key": "nope", "operator": "like", "value": "1", "not": "no" }] },
        { "filters": [["debit", "gt", "x"], ["id", "in", ["a", "1", "b"]], ["debit", "lt"]] },
        "nothing",
    ]);
    let faults = both(&groups).unwrap_err();
    assert_eq!(
        faults.iter().map(way).collect::<Vec<_>>(),
        [
            "0.or",
            "0.filters.0.key",
            "0.filters.0.operator",
            "0.filters.0.not",
            "1.filters.0.2",
            "1.filters.1.2.0",
            "1.filters.1.2.2",
            "1.filters.2.2",
            "2"
        ]
    );
}

#[test]
fn the_bounds_of_the_domain_hold_with_a_path() {
    let list = |n: usize| (0..n).map(|i| json!(i.to_string())).collect::<Vec<_>>();
    assert!(both(&one("id", "in", json!(list(MAX_LIST)), false)).is_ok());
    assert_eq!(fault(&one("id", "in", json!(list(MAX_LIST + 1)), false)).0, "0.filters.0.value");

    let filters = |n: usize| vec![json!(["id", "eq", "1"]); n];
    assert!(both(&json!([{ "filters": filters(MAX_CONDITIONS) }])).is_ok());
    for groups in [
        json!([{ "filters": filters(MAX_CONDITIONS + 1) }]),
        json!([{ "filters": filters(MAX_CONDITIONS) }, { "filters": filters(1) }]),
        json!(vec![json!({ "filters": filters(1) }); MAX_CONDITIONS + 1]),
        // Each null makes two conditions of one.
        json!([{ "filters": vec![json!(["account_name", "in", ["a", ""]]); MAX_CONDITIONS / 2 + 1] }]),
    ] {
        let (path, message) = fault(&groups);
        assert_eq!(path, "");
        assert!(message.contains("50"), "{message}");
    }
}

#[test]
fn what_was_sent_is_quoted_and_cut() {
    let (_, message) = fault(&one(&"é".repeat(10_000), "eq", json!("1"), false));
    assert!(message.contains("éé\"…") && message.len() < 600, "{message}");
}

#[test]
fn a_flood_of_faults_is_cut_and_says_so() {
    let bad = vec![json!("x"); MAX_LIST];
    let groups = json!([{ "filters": [["id", "in", bad], ["id", "in", bad]] }]);
    let faults = both(&groups).unwrap_err();
    assert_eq!(faults.len(), 101);
    assert_eq!(faults[100].message, "100 more faults are left out here");
}
