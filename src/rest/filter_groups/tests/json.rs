//! What only JSON can say.

use super::*;

fn fault(groups: Json) -> (String, String) {
    let faults = refusal(from_json(&groups)).expect_err(&groups.to_string());
    assert_eq!(faults.len(), 1, "{groups} {faults:?}");
    (way(&faults[0]), faults[0].message.clone())
}

#[test]
fn types_of_values() {
    assert_eq!(
        from_json(&one("id", "in", json!([1, "2", i64::MAX]), false)).unwrap(),
        field(Field::Id, Test::In(vec![Value::Id(1), Value::Id(2), Value::Id(i64::MAX)]))
    );
    for (key, value, message) in [
        ("debit", json!(12.5), "JSON numbers lose digits"),
        ("debit", json!(12), "JSON numbers lose digits"),
        ("debit", json!(true), "compared with a string"),
        ("id", json!(1.5), "whole number"),
        ("id", json!(u64::MAX), "whole number"),
        ("id", json!("+1"), "whole number"),
        ("id", json!(true), "whole number"),
        ("created_at", json!(1_769_860_800), "write a moment in quotes"),
        // Only a query string loses a plus.
        ("created_at", json!("2026-01-31T12:00:00 01:00"), "not a date and time"),
        ("account_number", json!(411_000), "write it in quotes: \"411000\""),
        ("description", json!(false), "compared with a string"),
    ] {
        let (path, found) = fault(one(key, "eq", value.clone(), false));
        assert_eq!(path, "0.filters.0.value");
        assert!(found.contains(message), "{key} {value}: {found}");
    }
}

#[test]
fn nothing_is_never_everything() {
    for (groups, path) in [
        (json!(null), ""),
        (json!([]), ""),
        (json!({}), ""),
        (json!(true), ""),
        (json!([null]), "0"),
        (json!([[]]), "0.filters"),
        (json!([{}]), "0.filters"),
        (json!([{ "filters": null }]), "0.filters"),
        (json!([{ "filters": [] }]), "0.filters"),
        (json!([{ "filters": {} }]), "0.filters"),
        (json!([{ "filters": [null] }]), "0.filters.0"),
        (json!([{ "filters": [["id", "in", []]] }]), "0.filters.0.2"),
        (json!([{ "filters": [["id", "eq", "1", null]] }]), "0.filters.0.3"),
        (json!([{ "or": null, "filters": [["id", "eq", "1"]] }]), "0.or"),
    ] {
        assert_eq!(fault(groups.clone()).0, path, "{groups}");
    }
    for groups in [json!([{ "filters": [[]] }]), json!([{ "filters": [{}] }])] {
        assert_eq!(refusal(from_json(&groups)).expect_err("empty").len(), 3, "key, operator, value");
    }
}

#[test]
fn an_object_with_numbers_is_a_list_in_their_order() {
    let id = |n: i64| json!(["id", "eq", n]);
    let is = |n: i64| field(Field::Id, Test::Eq(Value::Id(n)));
    let groups = json!({ "3": { "filters": { "10": id(10), "2": id(2), "999999999": id(9) } } });
    assert_eq!(from_json(&groups).unwrap(), Filter::All(vec![is(2), is(10), is(9)]));
    for label in ["01", "-1", "1.0", "9999999999", "", "x"] {
        assert_eq!(fault(json!({ label: { "filters": [id(1)] } })).0, label);
    }
}

#[test]
fn deep_and_wide_json_costs_little() {
    let mut deep = json!("1");
    for _ in 0..100 {
        deep = json!([deep]);
    }
    assert!(from_json(&deep).is_err());
    assert_eq!(fault(one("id", "in", deep, false)).0, "0.filters.0.value.0");
    let wide = json!(vec![json!({ "filters": "x" }); 100_000]);
    assert_eq!(fault(wide).0, "");
}
