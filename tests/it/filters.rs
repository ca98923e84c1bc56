//! Filters through GraphQL: every operator of every kind of field means the same on both databases, and `not` is an
//! exact complement.

mod refused;
mod text;
mod values;

use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::Gateway;

/// What is told apart: name (the external id), description, reference, date of the document, debit, credit,
/// foreign amount and currency.
type Row = (
    &'static str,
    &'static str,
    Option<&'static str>,
    Option<&'static str>,
    &'static str,
    &'static str,
    Option<(&'static str, &'static str)>,
);

const MAX: &str = "922337203685477.5807";
const MIN: &str = "-922337203685477.5808";

const LEDGER: [Row; 14] = [
    ("a", "100% off_all", None, None, "0.0001", "0", None),
    ("b", "a_b\\c", Some(""), Some("2026-01-30"), "0", "12.5", Some(("-13.10", "USD"))),
    (
        "c",
        "it's \"quoted\" [x] ^start$ end. a*b",
        Some("%"),
        Some("2026-02-01"),
        "12.50",
        "0",
        Some(("13.10", "USD")),
    ),
    ("d", "Ünïcode ÉTÉ", Some("Été"), Some("1900-01-01"), MAX, "0", Some((MAX, "JPY"))),
    ("e", "ΟΔΟΣ", Some("FA-1"), Some("9999-12-31"), MIN, "0", Some((MIN, "USD"))),
    ("f", "οδος", Some("fa-1"), None, "123456789012345.6789", "0", None),
    ("g", "Straße", Some("FA-2"), Some("2024-02-29"), "0", "0.0001", Some(("0", "USD"))),
    ("h", "STRASSE", None, Some("2026-01-30"), "5", "5", Some(("-0.0001", "USD"))),
    ("i", "STRAẞE", Some("_"), None, "0", "0", None),
    ("j", "ISTANBUL", Some("FA-10"), None, "-12.50", "0", None),
    ("k", "ıstanbul İ", Some("z"), Some("1999-12-31"), "12.5000", "0", Some(("13.1", "JPY"))),
    ("l", "😀 e\u{301}", Some("😀"), None, "0", "0", None),
    ("m", "", Some("\u{fffd}"), None, "0", "0", None),
    ("n", "300 \u{212a}, ſtop", None, None, "0", "0", None),
];

const EVERYTHING: &str = "a b c d e f g h i j k l m n";
/// When a to e, f to j, and the others were recorded.
const MOMENTS: [&str; 3] = ["2026-03-01T12:00:00Z", "2026-03-01T12:00:00.000001Z", "2026-03-02T00:00:00Z"];

/// Records the ledger and gives the ids.
async fn record(gateway: &Gateway) -> Vec<i64> {
    let entry = |(name, description, reference, document_date, debit, credit, foreign): &Row| {
        json!({
            "externalId": name,
            "journalCode": "VE",
            "entryNumber": "1",
            "postingDate": document_date.unwrap_or("2026-01-31"),
            "accountNumber": "707000",
            "description": description,
            "documentReference": reference,
            "documentDate": document_date,
            "debit": debit,
            "credit": credit,
            "currency": if *name == "n" { "CHF" } else { "EUR" },
            "foreignAmount": foreign.map(|(amount, _)| amount),
            "foreignCurrency": foreign.map(|(_, currency)| currency),
        })
    };
    let mut ids = Vec::new();
    for (moment, rows) in MOMENTS.iter().zip([&LEDGER[..5], &LEDGER[5..10], &LEDGER[10..]]) {
        gateway.set_clock(moment);
        ids.extend(gateway.record(rows.iter().map(entry).collect()).await);
    }
    ids
}

/// The names of the entries that pass, by id. Their count has to agree.
async fn passing(gateway: &Gateway, filter: &Value) -> String {
    let query = "query($f: AccountingEntryFilter!) { accountingEntries(filter: $f) {
        nodes { externalId } totalCount { count precision } } }";
    let found = gateway.data(query, json!({ "f": filter })).await["accountingEntries"].clone();
    let names = names(&found["nodes"]);
    let count = json!({ "count": names.split_whitespace().count(), "precision": "EXACT" });
    assert_eq!(found["totalCount"], count, "{filter}");
    names
}

fn names(nodes: &Value) -> String {
    let names: Vec<&str> =
        nodes.as_array().unwrap().iter().map(|node| node["externalId"].as_str().unwrap()).collect();
    names.join(" ")
}

/// What is left of everything.
fn others(names: &str) -> String {
    let is_other = |name: &&str| !names.split_whitespace().any(|found| found == *name);
    EVERYTHING.split_whitespace().filter(is_other).collect::<Vec<_>>().join(" ")
}

/// Each filter finds what stands beside it, and its `not` exactly the others.
async fn check(gateway: &Gateway, cases: &[(Value, &str)]) {
    for (filter, expected) in cases {
        assert_eq!(passing(gateway, filter).await, *expected, "{filter}");
        assert_eq!(passing(gateway, &json!({ "not": filter })).await, others(expected), "not {filter}");
    }
}

/// The same for one field: cases are of (operator, operand, names).
async fn check_field(gateway: &Gateway, field: &str, cases: Vec<(&str, Value, &str)>) {
    let cases: Vec<(Value, &str)> = cases
        .into_iter()
        .map(|(test, operand, names)| (json!({ field: { test: operand } }), names))
        .collect();
    check(gateway, &cases).await;
}

/// A filter `levels` deep that ends in one test.
fn nested(levels: usize) -> Value {
    (0..levels).fold(json!({ "id": { "gt": "0" } }), |inner, level| match level % 3 {
        0 => json!({ "and": [inner] }),
        1 => json!({ "or": [inner] }),
        _ => json!({ "not": inner }),
    })
}

on_both_databases! {
    async fn conditions_are_joined_by_and_or_and_not(gateway: Gateway) {
        record(&gateway).await;
        let e = json!({ "description": { "contains": "e" } });
        let late = json!({ "createdAt": { "gte": MOMENTS[1] } });
        let missing = json!({ "documentReference": { "isNull": true } });
        check(&gateway, &[
            // Tests of one field, and fields of one object.
            (json!({ "amount": { "gt": "0", "lte": "12.50", "ne": "0.0001" } }), "c k"),
            (json!({ "documentReference": { "startsWith": "fa", "ne": "fa-1", "lt": "FA-2" } }), "e j"),
            (json!({ "description": { "contains": "e" }, "documentReference": { "isNull": true } }), "h"),
            (json!({ "and": [e, late] }), "g h i l"),
            (json!({ "or": [e, missing] }), "a c d g h i l n"),
            (json!({ "and": [e] }), "c d g h i l"),
            (json!({ "or": [e] }), "c d g h i l"),
            (json!({ "not": { "not": e } }), "c d g h i l"),
            (json!({ "and": [e, { "not": late }] }), "c d"),
            (json!({ "or": [{ "not": e }, missing] }), "a b e f h j k m n"),
            (json!({ "not": { "or": [e, missing] } }), "b e f j k m"),
            (json!({ "not": { "and": [e, missing] } }), "a b c d e f g i j k l m n"),
            // and, or, not and fields in one object all hold.
            (json!({ "or": [e, missing], "not": late, "and": [{ "amount": { "gte": "0" } }],
                     "documentDate": { "isNull": false } }), "c d"),
            // A missing value passes no comparison, and the opposite of each.
            (json!({ "foreignAmount": { "gt": "0" } }), "c d k"),
            (json!({ "not": { "foreignAmount": { "gt": "0" } } }), "a b e f g h i j l m n"),
            (json!({ "or": [{ "foreignAmount": { "gt": "0" } }, { "foreignAmount": { "lte": "0" } }] }), "b c d e g h k"),
            (json!({ "not": { "documentReference": { "contains": "a" } } }), "a b c d h i k l m n"),
            (nested(4), ""),
        ]).await;
    }

    async fn a_filter_that_is_left_out_null_or_empty_lets_all_pass(gateway: Gateway) {
        record(&gateway).await;
        for list in ["accountingEntries(", "unexportedEntries(systemId: \"erp\", "] {
            let fixed = format!("query($f: AccountingEntryFilter) {{ {list}filter: $f) {{ nodes {{ externalId }} }} }}");
            let written = |filter: &str| format!("{{ {list}filter: {filter}) {{ nodes {{ externalId }} }} }}");
            for (query, variables) in [
                (&fixed, json!({})),
                (&fixed, json!({ "f": null })),
                (&fixed, json!({ "f": {} })),
                (&written("null"), json!({})),
                (&written("{}"), json!({})),
            ] {
                let data = gateway.data(query, variables.clone()).await;
                let nodes = data.as_object().unwrap().values().next().unwrap()["nodes"].clone();
                assert_eq!(names(&nodes), EVERYTHING, "{query} {variables}");
            }
        }
    }

    async fn a_filter_narrows_what_a_system_has_not_been_sent(gateway: Gateway) {
        let ids = record(&gateway).await;
        gateway.set_clock("2026-03-03T00:00:00Z");
        gateway.mark("erp", &ids[..4]).await;
        gateway.set_clock("2026-03-04T00:00:00Z");
        gateway.mark("erp", &ids[6..9]).await;
        gateway.set_clock("2026-03-05T00:00:00Z");
        let query = "query($system: SystemId!, $since: DateTime, $f: AccountingEntryFilter!) {
            unexportedEntries(systemId: $system, notExportedSince: $since, filter: $f) {
                nodes { externalId } totalCount { count precision } } }";
        let e = json!({ "description": { "contains": "e" } });
        let no_document = json!({ "documentDate": { "isNull": true }, "amount": { "lt": "0.01" } });
        for (system, since, filter, expected) in [
            ("erp", None, &e, "l"),
            ("erp", None, &no_document, "j l m n"),
            ("erp", Some("2026-03-03T00:00:00Z"), &e, "g h i l"),
            ("erp", Some("2026-03-03T00:00:00Z"), &no_document, "i j l m n"),
            ("erp", Some("2026-03-02T23:59:59.999999Z"), &e, "c d g h i l"),
            ("erp", Some("2026-03-04T01:00:00+01:00"), &e, "l"),
            ("erp", Some("9999-01-01T00:00:00Z"), &e, "l"),
            ("unknown", None, &e, "c d g h i l"),
            ("unknown", Some("2026-03-03T00:00:00Z"), &no_document, "a i j l m n"),
        ] {
            let found = gateway.data(query, json!({ "system": system, "since": since, "f": filter })).await;
            let found = &found["unexportedEntries"];
            assert_eq!(names(&found["nodes"]), expected, "{system} {since:?} {filter}");
            let count = json!({ "count": expected.split(' ').count(), "precision": "EXACT" });
            assert_eq!(found["totalCount"], count, "{system} {since:?} {filter}");
        }
    }
}
