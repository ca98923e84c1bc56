//! What is understood, and as what.

use super::*;

#[test]
fn every_operator_and_its_negation() {
    let low = || moment("2026-01-01T00:00:00Z");
    let high = || moment("2026-01-31T12:00:00.123456Z");
    let (l, h) = ("2026-01-01T00:00:00Z", "2026-01-31T12:00:00.123456Z");
    let at = |test| field(Field::CreatedAt, test);
    let name = |test| field(Field::AccountName, test);
    let rows = [
        ("created_at", "eq", json!(l), at(Test::Eq(low())), at(Test::Ne(low()))),
        ("created_at", "gt", json!(l), at(Test::Gt(low())), at(Test::Lte(low()))),
        ("created_at", "gte", json!(l), at(Test::Gte(low())), at(Test::Lt(low()))),
        ("created_at", "lt", json!(l), at(Test::Lt(low())), at(Test::Gte(low()))),
        ("created_at", "lte", json!(l), at(Test::Lte(low())), at(Test::Gt(low()))),
        (
            "created_at",
            "bt",
            json!([l, h]),
            at(Test::Between(low(), high())),
            not(at(Test::Between(low(), high()))),
        ),
        (
            "created_at",
            "in",
            json!([h, l]),
            at(Test::In(vec![high(), low()])),
            at(Test::NotIn(vec![high(), low()])),
        ),
        // A value alone is a list of one. In a list a comma is a comma; alone it is refused.
        (
            "account_name",
            "in",
            json!("a"),
            name(Test::In(vec![text("a")])),
            name(Test::NotIn(vec![text("a")])),
        ),
        (
            "account_name",
            "in",
            json!(["a,b"]),
            name(Test::In(vec![text("a,b")])),
            name(Test::NotIn(vec![text("a,b")])),
        ),
        (
            "account_name",
            "ct",
            json!("5%_"),
            name(Test::Contains("5%_".into())),
            not(name(Test::Contains("5%_".into()))),
        ),
        (
            "account_name",
            "sw",
            json!("É"),
            name(Test::StartsWith("É".into())),
            not(name(Test::StartsWith("É".into()))),
        ),
        (
            "account_name",
            "ew",
            json!("=&["),
            name(Test::EndsWith("=&[".into())),
            not(name(Test::EndsWith("=&[".into()))),
        ),
        ("account_name", "eq", json!("null"), name(Test::IsNull(true)), name(Test::IsNull(false))),
        ("account_name", "eq", json!(""), name(Test::IsNull(true)), name(Test::IsNull(false))),
        ("account_name", "eq", json!(null), name(Test::IsNull(true)), name(Test::IsNull(false))),
        // Null goes before the operator.
        ("account_name", "ct", json!(""), name(Test::IsNull(true)), name(Test::IsNull(false))),
        ("account_name", "gt", json!("null"), name(Test::IsNull(true)), name(Test::IsNull(false))),
        // Only these spellings are null.
        ("account_name", "eq", json!("NULL"), name(Test::Eq(text("NULL"))), name(Test::Ne(text("NULL")))),
        ("account_name", "eq", json!(" "), name(Test::Eq(text(" "))), name(Test::Ne(text(" ")))),
        // A null among others: one of these, or missing.
        (
            "account_name",
            "in",
            json!(["a", null, "null"]),
            Filter::Any(vec![name(Test::In(vec![text("a")])), name(Test::IsNull(true))]),
            Filter::All(vec![name(Test::NotIn(vec![text("a")])), name(Test::IsNull(false))]),
        ),
        ("account_name", "in", json!([""]), name(Test::IsNull(true)), name(Test::IsNull(false))),
        ("account_name", "in", json!(null), name(Test::IsNull(true)), name(Test::IsNull(false))),
    ];
    for (key, operator, value, plain, negated) in rows {
        assert_eq!(both(&one(key, operator, value.clone(), false)), Ok(plain), "{key} {operator} {value}");
        assert_eq!(
            both(&one(key, operator, value.clone(), true)),
            Ok(negated),
            "not {key} {operator} {value}"
        );
        let bare = json!([{ "filters": [{ "key": key, "operator": operator, "value": value }] }]);
        assert_eq!(both(&bare), both(&one(key, operator, value, false)), "without not: {bare}");
    }
}

#[test]
fn a_value_is_read_by_the_kind_of_its_field() {
    let rows = [
        ("id", "7", Value::Id(7)),
        ("id", "-7", Value::Id(-7)),
        ("id", "9223372036854775807", Value::Id(i64::MAX)),
        ("debit", "123456789012345.6789", money("123456789012345.6789")),
        ("foreign_amount", "-0.5", money("-0.50")),
        ("posting_date", "2026-01-31", day("2026-01-31")),
        ("created_at", "2026-01-31T13:00:00+01:00", moment("2026-01-31T12:00:00Z")),
        ("created_at", "2026-01-31T12:00:00", moment("2026-01-31T12:00:00Z")),
        ("created_at", "2026-01-31 12:00:00", moment("2026-01-31T12:00:00Z")),
        ("updated_at", "2026-01-31", moment("2026-01-31T00:00:00Z")),
        ("currency", "EUR", text("EUR")),
        ("account_number", "411000", text("411000")),
        ("description", "true", text("true")),
        ("description", "0", text("0")),
        ("description", "plus + and 100 %", text("plus + and 100 %")),
    ];
    for (key, value, expected) in rows {
        let expected = field(Field::from_name(key).unwrap(), Test::Eq(expected));
        assert_eq!(both(&one(key, "eq", json!(value), false)), Ok(expected), "{key} {value}");
    }
}

#[test]
fn every_field_of_an_entry_is_a_key() {
    for known in Field::ALL {
        let expected = field(known, Test::IsNull(true));
        assert_eq!(both(&one(known.name(), "eq", json!("null"), false)), Ok(expected));
    }
}

#[test]
fn groups_are_anded_and_or_joins_within_a_group() {
    let filter = |value: &str| json!({ "key": "description", "operator": "eq", "value": value });
    let is = |value: &str| field(Field::Description, Test::Eq(text(value)));
    let any = || Filter::Any(vec![is("a"), is("b")]);
    let all = || Filter::All(vec![is("a"), is("b")]);
    let pair = || json!([filter("a"), filter("b")]);
    for (or, expected) in [
        (json!(true), any()),
        (json!(1), any()),
        (json!("true"), any()),
        (json!("1"), any()),
        (json!(false), all()),
        (json!(0), all()),
        (json!("false"), all()),
        (json!("0"), all()),
    ] {
        assert_eq!(both(&json!([{ "or": or, "filters": pair() }])), Ok(expected), "{or}");
    }
    assert_eq!(both(&json!([{ "filters": pair() }])), Ok(all()));
    let several = json!([
        { "or": true, "filters": pair() },
        { "or": true, "filters": [filter("c")] },
        { "filters": pair() },
    ]);
    assert_eq!(both(&several), Ok(Filter::All(vec![any(), is("c"), is("a"), is("b")])));
    // A null in an OR group is joined by OR like the rest (the original joined it by AND).
    assert_eq!(
        both(&json!([{ "or": true, "filters": [filter("a"), ["journal_name", "eq", "null"]] }])),
        Ok(Filter::Any(vec![is("a"), field(Field::JournalName, Test::IsNull(true))]))
    );
}

#[test]
fn the_short_form_says_the_same() {
    let gt = || field(Field::Debit, Test::Gt(money("10")));
    let lte = || field(Field::Debit, Test::Lte(money("10")));
    for (short, expected) in [
        (json!(["debit", "gt", "10"]), gt()),
        (json!(["debit", "gt", "10", false]), gt()),
        (json!(["debit", "gt", "10", "false"]), gt()),
        (json!(["debit", "gt", "10", 0]), gt()),
        (json!(["debit", "gt", "10", true]), lte()),
        (json!(["debit", "gt", "10", "1"]), lte()),
        (json!(["debit", "in", ["10", "11"]]), field(Field::Debit, Test::In(vec![money("10"), money("11")]))),
        (json!(["journal_name", "eq", ""]), field(Field::JournalName, Test::IsNull(true))),
        (json!(["journal_name", "eq", null, true]), field(Field::JournalName, Test::IsNull(false))),
    ] {
        assert_eq!(both(&json!([{ "filters": [short] }])), Ok(expected), "{short}");
    }
}
