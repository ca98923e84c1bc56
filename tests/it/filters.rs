//! Filters through GraphQL: every operator of every kind of field means the same on both databases, and `not` is an
//! exact complement.

mod refused;

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
    async fn text_is_compared_by_code_point_and_case_counts(gateway: Gateway) {
        record(&gateway).await;
        check_field(&gateway, "documentReference", vec![
            ("eq", json!("FA-1"), "e"),
            ("eq", json!("fa-1"), "f"),
            ("eq", json!(""), "b"),
            ("eq", json!("%"), "c"),
            ("eq", json!("_"), "i"),
            ("eq", json!("été"), ""),
            ("ne", json!("FA-1"), "a b c d f g h i j k l m n"),
            ("gt", json!("FA-1"), "d f g i j k l m"),
            ("gte", json!("FA-1"), "d e f g i j k l m"),
            ("lt", json!("FA-1"), "b c"),
            ("lte", json!("FA-1"), "b c e"),
            ("lt", json!(""), ""),
            ("gte", json!(""), "b c d e f g i j k l m"),
            ("gt", json!("\u{fffd}"), "l"),
            ("gt", json!("z"), "d l m"),
            ("in", json!(["FA-1", "fa-1", "nothing", ""]), "b e f"),
            ("notIn", json!(["FA-1", "fa-1", "nothing", ""]), "a c d g h i j k l m n"),
            ("between", json!(["FA-1", "FA-2"]), "e g j"),
            ("between", json!(["FA-2", "FA-1"]), ""),
            ("between", json!(["😀", "😀"]), "l"),
            ("isNull", json!(true), "a h n"),
            ("isNull", json!(false), "b c d e f g i j k l m"),
            ("contains", json!("fa-1"), "e f j"),
            ("startsWith", json!("fA-"), "e f g j"),
            ("endsWith", json!("a-1"), "e f"),
            ("contains", json!("%"), "c"),
            ("startsWith", json!("_"), "i"),
        ]).await;
        check_field(&gateway, "description", vec![
            ("eq", json!(""), "m"),
            ("ne", json!(""), "a b c d e f g h i j k l n"),
            ("eq", json!("οδος"), "f"),
            ("isNull", json!(true), ""),
            ("isNull", json!(false), EVERYTHING),
        ]).await;
    }

    async fn wildcards_stand_for_themselves(gateway: Gateway) {
        record(&gateway).await;
        let mut cases = Vec::new();
        for (test, text, found) in [
            ("contains", "%", "a"), ("contains", "_", "a b"), ("contains", "a_b", "b"),
            ("startsWith", "100%", "a"), ("endsWith", "_ALL", "a"), ("startsWith", "%", ""),
            ("contains", "\\", "b"), ("startsWith", "A_B\\", "b"), ("endsWith", "\\C", "b"),
            ("contains", "\\\\", ""), ("contains", "\\d", ""), ("contains", "\\%", ""),
            ("contains", "'", "c"), ("contains", "IT'S", "c"), ("contains", "\"", "c"), ("contains", "\"Q", "c"),
            ("contains", "[", "c"), ("contains", "[x]", "c"), ("contains", "[a-z]", ""),
            ("contains", "^", "c"), ("startsWith", "^", ""), ("startsWith", "^it", ""),
            ("contains", "$", "c"), ("contains", "$ END.", "c"), ("endsWith", "$", ""), ("endsWith", "b$", ""),
            ("contains", ".", "c"), ("contains", "*", "c"), ("endsWith", "a*B", "c"), ("contains", ".*", ""),
            ("contains", "a|b", ""), ("startsWith", "***=it", ""), ("startsWith", "(?i)it", ""),
            ("contains", "{1}", ""), ("contains", "a+", ""), ("contains", "?", ""),
        ] {
            cases.push((test, json!(text), found));
        }
        check_field(&gateway, "description", cases).await;
    }

    async fn searching_ignores_the_case_of_every_letter(gateway: Gateway) {
        record(&gateway).await;
        let mut cases = Vec::new();
        for (test, text, found) in [
            ("contains", "été", "d"), ("startsWith", "üNÏ", "d"), ("endsWith", "éTé", "d"),
            ("contains", "E", "c d g h i l"), ("endsWith", "e", "g h i"),
            // A sigma is a sigma, at the end of a word too.
            ("contains", "σ", "e f"), ("endsWith", "σ", "e f"), ("endsWith", "ς", "e f"), ("endsWith", "Σ", "e f"),
            ("startsWith", "οδοσ", "e f"), ("contains", "ΔΟς", "e f"),
            // Letter by letter: the two sharp s differ in case only, and neither is two letters.
            ("contains", "ß", "g i"), ("contains", "ẞ", "g i"), ("startsWith", "STRAß", "g i"),
            ("contains", "ss", "h"), ("contains", "strasse", "h"),
            // The dotless and the dotted i of Turkish are letters of their own.
            ("contains", "istanbul", "j"), ("contains", "ISTANBUL", "j"), ("contains", "ıSTANBUL", "k"),
            ("endsWith", "İ", "k"), ("contains", "i", "c j"), ("contains", "ı", "k"),
            // The sign for kelvin and the long s are letters k and s.
            ("startsWith", "300 k", "n"), ("endsWith", "STOP", "n"), ("contains", "300 \u{212a}", "n"),
            ("contains", "😀", "l"), ("startsWith", "😀 E", "l"),
            // As written: a letter with its accent and a letter before its accent are different texts.
            ("contains", "E\u{301}", "l"), ("contains", "\u{301}", "l"), ("endsWith", "\u{301}", "l"),
            ("contains", "é", "d"),
        ] {
            cases.push((test, json!(text), found));
        }
        check_field(&gateway, "description", cases).await;
    }

    async fn decimals_are_compared_exactly(gateway: Gateway) {
        record(&gateway).await;
        check_field(&gateway, "foreignAmount", vec![
            ("eq", json!("13.1"), "c k"),
            ("eq", json!("13.10000000"), "c k"),
            ("ne", json!("13.1"), "a b d e f g h i j l m n"),
            ("gt", json!("13.1"), "d"),
            ("gte", json!("13.1"), "c d k"),
            ("lt", json!("-0.0001"), "b e"),
            ("lte", json!("-0.0001"), "b e h"),
            ("in", json!([MAX, MIN, "7"]), "d e"),
            ("notIn", json!([MAX, MIN, "7"]), "a b c f g h i j k l m n"),
            ("between", json!(["-0.0001", "0"]), "g h"),
            ("between", json!([MIN, MAX]), "b c d e g h k"),
            ("between", json!(["1", "-1"]), ""),
            ("isNull", json!(true), "a f i j l m n"),
            ("isNull", json!(false), "b c d e g h k"),
        ]).await;
        check_field(&gateway, "amount", vec![
            ("eq", json!("123456789012345.6789"), "f"),
            ("eq", json!("123456789012345.6788"), ""),
            ("gt", json!("123456789012345.6788"), "d f"),
            ("gt", json!("922337203685477.5806"), "d"),
            ("gte", json!(MAX), "d"),
            ("gt", json!(MAX), ""),
            ("lt", json!("-922337203685477.5807"), "e"),
            ("lte", json!(MIN), "e"),
            ("lt", json!(MIN), ""),
            ("eq", json!("-12.5"), "b j"),
            ("eq", json!("0"), "h i l m n"),
            ("between", json!(["-0.0001", "0.0001"]), "a g h i l m n"),
        ]).await;
        check_field(&gateway, "debit", vec![("lt", json!("0"), "e j"), ("eq", json!("12.5"), "c k")]).await;
        check_field(&gateway, "credit", vec![("gt", json!("0"), "b g h"), ("in", json!(["5", "12.5"]), "b h")]).await;
    }

    async fn dates_are_compared_by_day(gateway: Gateway) {
        record(&gateway).await;
        check_field(&gateway, "documentDate", vec![
            ("eq", json!("2026-01-30"), "b h"),
            ("ne", json!("2026-01-30"), "a c d e f g i j k l m n"),
            ("gt", json!("2026-01-30"), "c e"),
            ("gte", json!("2026-01-30"), "b c e h"),
            ("lt", json!("2026-01-30"), "d g k"),
            ("lte", json!("2026-01-30"), "b d g h k"),
            ("in", json!(["2024-02-29", "9999-12-31", "2000-01-01"]), "e g"),
            ("notIn", json!(["2024-02-29", "9999-12-31", "2000-01-01"]), "a b c d f h i j k l m n"),
            ("between", json!(["1999-12-31", "2026-01-30"]), "b g h k"),
            ("between", json!(["0001-01-01", "9999-12-31"]), "b c d e g h k"),
            ("between", json!(["2026-02-01", "2026-01-30"]), ""),
            ("isNull", json!(true), "a f i j l m n"),
            ("isNull", json!(false), "b c d e g h k"),
        ]).await;
        check_field(&gateway, "postingDate", vec![
            ("eq", json!("2026-01-31"), "a f i j l m n"),
            ("lt", json!("0001-01-01"), ""),
            ("gte", json!("9999-12-31"), "e"),
            ("isNull", json!(true), ""),
        ]).await;
    }

    async fn moments_are_compared_to_the_microsecond(gateway: Gateway) {
        record(&gateway).await;
        let [first, second, third] = MOMENTS;
        let cases = || vec![
            ("eq", json!(first), "a b c d e"),
            ("eq", json!("2026-03-01T13:00:00+01:00"), "a b c d e"),
            ("eq", json!("2026-02-28T23:30:00.000001-12:30"), "f g h i j"),
            ("ne", json!(first), "f g h i j k l m n"),
            ("gt", json!(first), "f g h i j k l m n"),
            ("gte", json!(second), "f g h i j k l m n"),
            ("lt", json!(second), "a b c d e"),
            ("lte", json!(second), "a b c d e f g h i j"),
            ("gt", json!("2026-03-02T05:30:00+05:30"), ""),
            ("gte", json!("2026-03-02T05:30:00+05:30"), "k l m n"),
            ("in", json!([first, third, "1999-01-01T00:00:00Z"]), "a b c d e k l m n"),
            ("notIn", json!([first, third]), "f g h i j"),
            ("between", json!([second, third]), "f g h i j k l m n"),
            ("between", json!(["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"]), EVERYTHING),
            ("isNull", json!(true), ""),
            ("isNull", json!(false), EVERYTHING),
        ];
        check_field(&gateway, "createdAt", cases()).await;
        check_field(&gateway, "updatedAt", cases()).await;
    }

    async fn ids_and_currencies_can_be_asked_for(gateway: Gateway) {
        let ids: Vec<String> = record(&gateway).await.iter().map(i64::to_string).collect();
        let id = |name: &str| ids[LEDGER.iter().position(|row| row.0 == name).unwrap()].clone();
        check_field(&gateway, "id", vec![
            ("eq", json!(id("c")), "c"),
            // An ID may come as a number, as the specification of GraphQL says.
            ("eq", json!(id("c").parse::<i64>().unwrap()), "c"),
            ("ne", json!(id("c")), "a b d e f g h i j k l m n"),
            ("gt", json!(id("k")), "l m n"),
            ("gte", json!(id("k")), "k l m n"),
            ("lt", json!(id("c")), "a b"),
            ("lte", json!(id("c")), "a b c"),
            ("in", json!([id("n"), id("a"), "0"]), "a n"),
            // Either form of an id.
            ("eq", json!(format!("entry/{}", id("c"))), "c"),
            ("in", json!([format!("entry/{}", id("n")), id("a")]), "a n"),
            ("notIn", json!([id("n"), id("a"), "0"]), "b c d e f g h i j k l m"),
            ("between", json!([id("b"), id("d")]), "b c d"),
            ("lt", json!(i64::MAX.to_string()), EVERYTHING),
            ("lte", json!(i64::MIN.to_string()), ""),
            ("isNull", json!(true), ""),
            ("isNull", json!(false), EVERYTHING),
        ]).await;
        check_field(&gateway, "foreignCurrency", vec![
            ("eq", json!("JPY"), "d k"),
            ("ne", json!("JPY"), "a b c e f g h i j l m n"),
            ("gt", json!("JPY"), "b c e g h"),
            ("gte", json!("JPY"), "b c d e g h k"),
            ("lt", json!("USD"), "d k"),
            ("lte", json!("USD"), "b c d e g h k"),
            ("in", json!(["JPY", "CHF"]), "d k"),
            ("notIn", json!(["JPY", "CHF"]), "a b c e f g h i j l m n"),
            ("between", json!(["JPY", "JPY"]), "d k"),
            ("isNull", json!(true), "a f i j l m n"),
        ]).await;
        check_field(&gateway, "currency", vec![("eq", json!("CHF"), "n"), ("isNull", json!(true), "")]).await;
    }

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
