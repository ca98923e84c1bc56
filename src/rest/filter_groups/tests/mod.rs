//! The contract's paragraph, row by row. What both spellings can say is run through both.

mod json;
mod meaning;
mod properties;
mod query;
mod refusals;

use serde_json::{Value as Json, json};

use super::{from_json, from_query};
use crate::domain::{Code, Error, Fault, Field, Filter, Step, Test, Value};

/// Groups written with query brackets, the elements of lists numbered by `index`.
fn brackets(groups: &Json, index: &dyn Fn(usize) -> String) -> String {
    fn flatten(
        name: String,
        value: &Json,
        index: &dyn Fn(usize) -> String,
        pairs: &mut Vec<(String, String)>,
    ) {
        match value {
            Json::Array(items) => items
                .iter()
                .enumerate()
                .for_each(|(i, v)| flatten(format!("{name}[{}]", index(i)), v, index, pairs)),
            Json::Object(map) => {
                map.iter().for_each(|(k, v)| flatten(format!("{name}[{k}]"), v, index, pairs))
            }
            Json::String(text) => pairs.push((name, text.clone())),
            Json::Null => pairs.push((name, String::new())),
            other => pairs.push((name, other.to_string())),
        }
    }
    let mut pairs = Vec::new();
    flatten("filter_groups".to_owned(), groups, index, &mut pairs);
    serde_urlencoded::to_string(pairs).unwrap()
}

/// What both spellings of the groups are read as; they have to agree, down to the faults' paths.
fn both(groups: &Json) -> Result<Filter, Vec<Fault>> {
    let query = brackets(groups, &|i| i.to_string());
    let from_query = refusal(from_query(&query)).map(|filter| filter.expect(&query));
    let from_json = refusal(from_json(groups));
    let paths = |result: &Result<Filter, Vec<Fault>>| match result {
        Ok(filter) => Ok(filter.clone()),
        Err(faults) => Err(faults.iter().map(way).collect::<Vec<_>>()),
    };
    let sorted = |result| {
        paths(result).map_err(|mut paths| {
            paths.sort();
            paths
        })
    };
    assert_eq!(sorted(&from_query), sorted(&from_json), "{groups} {query}\n{from_query:?}\n{from_json:?}");
    from_json
}

/// The faults, if there are any; they are always of the filter and always have a path.
fn refusal<T>(result: Result<T, Error>) -> Result<T, Vec<Fault>> {
    result.map_err(|error| match error {
        Error::Refused(faults) => {
            assert!(!faults.is_empty());
            for fault in &faults {
                assert_eq!(fault.code, Code::InvalidFilter);
                assert_eq!(fault.path.first(), Some(&Step::from("filter_groups")), "{fault:?}");
            }
            faults
        }
        other => panic!("{other:?}"),
    })
}

/// A path with dots, without its first step.
fn way(fault: &Fault) -> String {
    let steps = fault.path.iter().skip(1).map(|step| match step {
        Step::Index(index) => index.to_string(),
        Step::Field(name) => name.clone(),
    });
    steps.collect::<Vec<_>>().join(".")
}

/// One group with one filter.
fn one(key: &str, operator: &str, value: Json, not: bool) -> Json {
    json!([{ "filters": [{ "key": key, "operator": operator, "value": value, "not": not }] }])
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn day(text: &str) -> Value {
    Value::Date(text.parse().unwrap())
}

fn moment(text: &str) -> Value {
    Value::Timestamp(text.parse().unwrap())
}

fn money(text: &str) -> Value {
    Value::Money(text.parse().unwrap())
}

fn field(field: Field, test: Test) -> Filter {
    Filter::Field(field, test)
}

fn not(filter: Filter) -> Filter {
    Filter::Not(Box::new(filter))
}
