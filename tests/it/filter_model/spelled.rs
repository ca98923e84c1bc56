//! How a filter is spelled, in GraphQL and in REST.

use ledgate::domain::{Field, Filter, Test, Value as Operand};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::made::{field, test};

/// The name of the test in GraphQL, and what it compares with as JSON.
fn in_graphql(test: &Test) -> (&'static str, Value) {
    match test {
        Test::Eq(value) => ("eq", written(value)),
        Test::Ne(value) => ("ne", written(value)),
        Test::Gt(value) => ("gt", written(value)),
        Test::Gte(value) => ("gte", written(value)),
        Test::Lt(value) => ("lt", written(value)),
        Test::Lte(value) => ("lte", written(value)),
        Test::In(values) => ("in", values.iter().map(written).collect()),
        Test::NotIn(values) => ("notIn", values.iter().map(written).collect()),
        Test::Between(low, high) => ("between", json!([written(low), written(high)])),
        Test::IsNull(wanted) => ("isNull", json!(wanted)),
        Test::Contains(text) => ("contains", json!(text)),
        Test::StartsWith(text) => ("startsWith", json!(text)),
        Test::EndsWith(text) => ("endsWith", json!(text)),
    }
}

fn written(operand: &Operand) -> Value {
    match operand {
        Operand::Id(id) => json!(id.to_string()),
        Operand::Integer(number) => json!(number),
        Operand::Text(text) => json!(text),
        Operand::Money(money) => json!(money),
        Operand::Date(date) => json!(date),
        Operand::Timestamp(moment) => json!(moment),
    }
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap().to_owned();
    words.fold(first, |camel, word| camel + &word[..1].to_uppercase() + &word[1..])
}

/// The filter as the input object of GraphQL.
pub fn graphql(filter: &Filter) -> Value {
    match filter {
        Filter::All(parts) => together(parts).unwrap_or_else(|| json!({ "and": list(parts) })),
        Filter::Any(parts) => json!({ "or": list(parts) }),
        Filter::Not(part) => json!({ "not": graphql(part) }),
        Filter::Field(field, test) => {
            let (name, operand) = in_graphql(test);
            json!({ camel_case(field.name()): { name: operand } })
        }
    }
}

fn list(parts: &[Filter]) -> Value {
    parts.iter().map(graphql).collect()
}

/// Two parts as one object, fields and tests side by side, where none would hide the other.
fn together(parts: &[Filter]) -> Option<Value> {
    let [first, second] = parts else { return None };
    let (mut object, second) = (graphql(first), graphql(second));
    for (name, inner) in second.as_object()? {
        if ["and", "or", "not"].contains(&name.as_str()) {
            return None;
        }
        match object.get_mut(name) {
            None => object[name] = inner.clone(),
            Some(tests) => {
                for (test, operand) in inner.as_object()? {
                    if tests.get(test).is_some() {
                        return None;
                    }
                    tests.as_object_mut()?.insert(test.clone(), operand.clone());
                }
            }
        }
    }
    Some(object)
}

/// One filter of REST's groups: the condition, and whether there is `not` before it.
#[derive(Clone, Debug)]
pub struct RestFilter {
    field: Field,
    operator: &'static str,
    value: Value,
    not: bool,
    /// What that means.
    meaning: Filter,
}

/// Every operator of REST, with and without `not`.
fn rest_filter() -> impl Strategy<Value = RestFilter> {
    // Empty and "null" would mean a missing value.
    let is_value = |value: &Operand| !matches!(value, Operand::Text(text) if text.is_empty());
    let test = field().prop_flat_map(|field| test(field).prop_map(move |test| (field, test)));
    (test, any::<bool>()).prop_filter_map("no operator of REST", move |((field, test), not)| {
        let opposite = |negated: Test| Filter::Field(field, if not { negated } else { test.clone() });
        let outside = || {
            let filter = Filter::Field(field, test.clone());
            if not { Filter::Not(Box::new(filter)) } else { filter }
        };
        let (operator, meaning) = match test.clone() {
            Test::Eq(value) => ("eq", opposite(Test::Ne(value))),
            Test::Gt(value) => ("gt", opposite(Test::Lte(value))),
            Test::Gte(value) => ("gte", opposite(Test::Lt(value))),
            Test::Lt(value) => ("lt", opposite(Test::Gte(value))),
            Test::Lte(value) => ("lte", opposite(Test::Gt(value))),
            Test::In(values) => ("in", opposite(Test::NotIn(values))),
            Test::Between(..) => ("bt", outside()),
            Test::Contains(_) => ("ct", outside()),
            Test::StartsWith(_) => ("sw", outside()),
            Test::EndsWith(_) => ("ew", outside()),
            Test::IsNull(true) => ("eq", opposite(Test::IsNull(false))),
            Test::Ne(_) | Test::NotIn(_) | Test::IsNull(false) => return None,
        };
        let readable = match &test {
            Test::Eq(value) | Test::Gt(value) | Test::Gte(value) | Test::Lt(value) | Test::Lte(value) => {
                is_value(value)
            }
            Test::In(values) => values.iter().all(is_value),
            Test::Between(low, high) => is_value(low) && is_value(high),
            _ => true,
        };
        let value = match &test {
            Test::IsNull(_) => json!(null),
            _ => in_graphql(&test).1,
        };
        readable.then_some(RestFilter { field, operator, value, not, meaning })
    })
}

/// Groups: whether a group is joined by OR, and its filters.
pub fn rest_groups() -> impl Strategy<Value = Vec<(bool, Vec<RestFilter>)>> {
    vec((any::<bool>(), vec(rest_filter(), 1..=3)), 1..=3)
}

pub fn rest_meaning(groups: &[(bool, Vec<RestFilter>)]) -> Filter {
    let group = |(or, filters): &(bool, Vec<RestFilter>)| {
        let parts = filters.iter().map(|filter| filter.meaning.clone()).collect();
        if *or { Filter::Any(parts) } else { Filter::All(parts) }
    };
    Filter::All(groups.iter().map(group).collect())
}

pub fn rest_body(groups: &[(bool, Vec<RestFilter>)]) -> Value {
    let filter = |f: &RestFilter| json!({ "key": f.field.name(), "operator": f.operator, "value": f.value, "not": f.not });
    let group = |(or, filters): &(bool, Vec<RestFilter>)| json!({ "or": or, "filters": filters.iter().map(filter).collect::<Vec<_>>() });
    json!({ "filter_groups": groups.iter().map(group).collect::<Vec<_>>() })
}

/// A text without its quotes; numbers and null as they are.
fn in_query(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

pub fn rest_query(groups: &[(bool, Vec<RestFilter>)]) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for (g, (or, filters)) in groups.iter().enumerate() {
        pairs.push((format!("filter_groups[{g}][or]"), or.to_string()));
        for (f, filter) in filters.iter().enumerate() {
            let at = format!("filter_groups[{g}][filters][{f}]");
            pairs.push((format!("{at}[key]"), filter.field.name().to_owned()));
            pairs.push((format!("{at}[operator]"), filter.operator.to_owned()));
            pairs.push((format!("{at}[not]"), u8::from(filter.not).to_string()));
            match &filter.value {
                Value::Array(values) => {
                    pairs.extend(values.iter().map(|value| (format!("{at}[value][]"), in_query(value))))
                }
                value => pairs.push((format!("{at}[value]"), in_query(value))),
            }
        }
    }
    pairs
}
