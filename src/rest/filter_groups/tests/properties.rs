//! What holds for every input.

use proptest::prelude::*;

use super::*;
use crate::domain::Kind;
use crate::domain::{Entry, EntryContent, Money, Timestamp};
use crate::rest::filter_groups::restore_lost_plus;

/// A value of the kind, as JSON and query both write it; never one that means null.
fn value(kind: Kind) -> BoxedStrategy<String> {
    match kind {
        Kind::Id => any::<i64>().prop_map(|id| id.to_string()).boxed(),
        Kind::Integer => any::<i32>().prop_map(|number| number.to_string()).boxed(),
        Kind::Text | Kind::Currency => "\\PC{1,20}".prop_filter("null", |text| text != "null").boxed(),
        Kind::Money => any::<i64>().prop_map(|value| Money::from_ten_thousandths(value).to_string()).boxed(),
        Kind::Date => {
            (1..=9999, 1..=12, 1..=28).prop_map(|(y, m, d)| format!("{y:04}-{m:02}-{d:02}")).boxed()
        }
        Kind::Timestamp => (0..4_000_000_000_000_000i64)
            .prop_map(|micros| Timestamp::from_micros(micros).unwrap().to_string())
            .boxed(),
    }
}

/// One filter: long or short, with one value or a list.
fn filter() -> impl Strategy<Value = Json> {
    let field = prop::sample::select(Field::ALL.to_vec());
    let operator = prop::sample::select(vec!["eq", "gt", "gte", "lt", "lte", "in", "bt", "ct", "sw", "ew"]);
    (field, operator, any::<bool>(), any::<bool>())
        .prop_flat_map(|(field, operator, not, is_short)| {
            let for_text = matches!(operator, "ct" | "sw" | "ew");
            let field = if for_text { Field::Description } else { field };
            let length = match operator {
                "in" => 1..=5,
                "bt" => 2..=2,
                _ => 1..=1,
            };
            (prop::collection::vec(value(field.kind()), length), Just((field, operator, not, is_short)))
        })
        .prop_map(|(values, (field, operator, not, is_short))| {
            let value = match operator {
                "in" | "bt" => json!(values),
                _ => json!(values[0]),
            };
            match is_short {
                true => json!([field.name(), operator, value, not]),
                false => json!({ "key": field.name(), "operator": operator, "value": value, "not": not }),
            }
        })
}

fn groups() -> impl Strategy<Value = Json> {
    let group = (any::<bool>(), prop::collection::vec(filter(), 1..5))
        .prop_map(|(or, filters)| json!({ "or": or, "filters": filters }));
    prop::collection::vec(group, 1..4).prop_map(Json::Array)
}

/// Spreads the indices of lists, but not the places of the short form.
fn with_gaps(groups: &Json, gap: usize) -> String {
    let mut pairs = Vec::new();
    for (g, group) in groups.as_array().unwrap().iter().enumerate() {
        let at = format!("filter_groups[{}]", (g + 3) * gap);
        pairs.push((format!("{at}[or]"), group["or"].to_string()));
        for (f, filter) in group["filters"].as_array().unwrap().iter().enumerate() {
            let at = format!("{at}[filters][{}]", 900 - f * gap);
            let parts: Vec<(String, &Json)> = match filter {
                Json::Array(parts) => parts.iter().enumerate().map(|(i, v)| (i.to_string(), v)).collect(),
                named => named.as_object().unwrap().iter().map(|(k, v)| (k.clone(), v)).collect(),
            };
            for (name, value) in parts {
                match value {
                    Json::Array(values) => pairs.extend(
                        values.iter().map(|v| (format!("{at}[{name}][]"), v.as_str().unwrap().to_owned())),
                    ),
                    Json::String(text) => pairs.push((format!("{at}[{name}]"), text.clone())),
                    other => pairs.push((format!("{at}[{name}]"), other.to_string())),
                }
            }
        }
    }
    serde_urlencoded::to_string(pairs).unwrap()
}

/// An entry that lacks nothing.
fn full(text: &str, n: i64) -> Entry {
    let moment = Timestamp::from_micros(n.unsigned_abs() as i64 / 10_000).unwrap();
    let amount = Money::from_ten_thousandths(n / 2);
    let content = EntryContent::from_values(|field| {
        Some(match field.kind() {
            Kind::Id => Value::Id(n),
            Kind::Integer => Value::Integer(n as i32),
            Kind::Text => Value::Text(text.to_owned()),
            Kind::Currency => Value::Text("EUR".to_owned()),
            Kind::Money if field == Field::Credit => Value::Money(Money::ZERO),
            Kind::Money => Value::Money(amount),
            Kind::Date => Value::Date("2026-01-31".parse().unwrap()),
            Kind::Timestamp => Value::Timestamp(moment),
        })
    });
    Entry {
        id: n,
        content,
        amount,
        created_at: moment,
        updated_at: moment,
        version: n as i32,
        withdrawn_at: Some(moment),
        recorded_by: None,
    }
}

proptest! {
    #[test]
    fn a_valid_filter_survives_its_spelling(groups in groups(), gap in 1usize..200) {
        let expected = both(&groups).map_err(|faults| TestCaseError::fail(format!("{faults:?}")))?;
        prop_assert_eq!(from_query(&with_gaps(&groups, gap)).unwrap(), Some(expected));
    }

    #[test]
    fn not_is_the_opposite_where_there_is_a_value(filter in filter(), text in "\\PC{0,3}", n: i64) {
        let said = |not: bool| {
            let mut filter = filter.clone();
            match &mut filter {
                Json::Array(parts) => parts[3] = json!(not),
                named => named["not"] = json!(not),
            }
            from_json(&json!([{ "filters": [filter] }])).unwrap()
        };
        let entry = full(&text, n);
        prop_assert_ne!(said(true).matches(&entry), said(false).matches(&entry));
    }

    #[test]
    fn no_text_panics(text in "\\PC*", name in "[\\[\\]0-9a-z%&=+ _]{0,60}") {
        let _ = from_query(&text);
        for text in [&text, &name] {
            let begun = format!("filter_groups{text}");
            prop_assert!(from_query(&begun).is_err());
            let begun = format!("filter_groups[0][filters][0]{text}");
            prop_assert!(from_query(&begun).is_err());
            let _ = from_query(&query_of("description", "eq", text));
            let _ = from_query(&query_of("created_at", "bt", text));
            let _ = restore_lost_plus(text);
        }
        let _ = from_json(&json!([{ "filters": [[text, "eq", text], [text]] }]));
    }
}

fn query_of(key: &str, operator: &str, value: &str) -> String {
    let at = "filter_groups[0][filters][0][]";
    format!("{at}={key}&{at}={operator}&{at}={value}")
}
