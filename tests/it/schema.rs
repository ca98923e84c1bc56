//! The schema is a contract: printed, described, and of the shape that clients rely on.

mod after_sent;
mod claims;
mod contract;
mod webhooks;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use after_sent::AFTER_SENT;
use claims::CLAIMS;
use contract::CONTRACT;
use webhooks::WEBHOOKS;

use crate::support::Gateway;

/// A type as GraphQL writes it, by its introspection.
fn written(ty: &Value) -> String {
    match ty["kind"].as_str().unwrap() {
        "NON_NULL" => format!("{}!", written(&ty["ofType"])),
        "LIST" => format!("[{}]", written(&ty["ofType"])),
        _ => ty["name"].as_str().unwrap().to_owned(),
    }
}

const TYPES: &str = "query {
    __schema { types { kind name description specifiedByURL
        fields(includeDeprecated: true) { name description type { ...T } args { name description type { ...T } } }
        inputFields { name description type { ...T } }
        enumValues(includeDeprecated: true) { name description }
    } }
}
fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

/// The types of our own, by name.
async fn types() -> BTreeMap<String, Value> {
    let gateway = Gateway::on_sqlite().await;
    let data = gateway.data(TYPES, json!({})).await;
    let types = data["__schema"]["types"].as_array().unwrap().clone();
    let named = types.into_iter().map(|ty| (ty["name"].as_str().unwrap().to_owned(), ty));
    let foreign = ["Boolean", "Float", "ID", "Int", "String"];
    named.filter(|(name, _)| !name.starts_with("__") && !foreign.contains(&name.as_str())).collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The fields of a type as `name(argument: Type): Type`, in the order of their names.
fn shape(ty: &Value) -> BTreeSet<String> {
    let typed = |field: &Value| format!("{}: {}", field["name"].as_str().unwrap(), written(&field["type"]));
    let field = |field: &Value| {
        let arguments: Vec<String> = list(&field["args"]).iter().map(typed).collect();
        if arguments.is_empty() {
            return typed(field);
        }
        let (name, ty) = (field["name"].as_str().unwrap(), written(&field["type"]));
        format!("{name}({}): {ty}", arguments.join(", "))
    };
    let values = list(&ty["enumValues"]).iter().map(|value| value["name"].as_str().unwrap().to_owned());
    list(&ty["fields"])
        .iter()
        .map(field)
        .chain(list(&ty["inputFields"]).iter().map(typed))
        .chain(values)
        .collect()
}

#[test]
fn the_schema_in_the_repository_is_the_one_the_program_prints() {
    let kept = include_str!("../../schema.graphql");
    let printed = ledgate::graphql::sdl();
    let first = kept.lines().zip(printed.lines()).enumerate().find(|(_, (kept, printed))| kept != printed);
    assert!(
        kept == printed,
        "schema.graphql is not what the program prints, from {first:?} on. If the change is meant: \
         cargo run -- schema > schema.graphql"
    );
}

#[tokio::test]
async fn everything_in_the_schema_is_described() {
    let mut bare = Vec::new();
    let mut look = |place: String, value: &Value| {
        if value["description"].as_str().is_none_or(|text| text.trim().len() < 4) {
            bare.push(place);
        }
    };
    let types = types().await;
    assert!(types.len() >= 38, "only {} types: {:?}", types.len(), types.keys());
    for (name, ty) in &types {
        look(name.clone(), ty);
        for kind in ["fields", "inputFields", "enumValues"] {
            for part in list(&ty[kind]) {
                let place = format!("{name}.{}", part["name"].as_str().unwrap());
                look(place.clone(), part);
                for argument in list(&part["args"]) {
                    look(format!("{place}({})", argument["name"].as_str().unwrap()), argument);
                }
            }
        }
    }
    assert_eq!(bare, [] as [&str; 0]);
}

#[tokio::test]
async fn every_scalar_of_ours_says_where_it_is_specified() {
    let types = types().await;
    let scalars: BTreeMap<&str, &Value> = types
        .values()
        .filter(|ty| ty["kind"] == json!("SCALAR"))
        .map(|ty| (ty["name"].as_str().unwrap(), &ty["specifiedByURL"]))
        .collect();
    let expected = ["CurrencyCode", "Date", "DateTime", "Decimal", "JSONObject", "SystemId"];
    assert_eq!(scalars.keys().copied().collect::<Vec<_>>(), expected);
    for (name, url) in scalars {
        assert!(url.as_str().is_some_and(|url| url.starts_with("https://")), "{name}: {url}");
        let printed = format!("scalar {name} @specifiedBy(url: {url})");
        assert!(ledgate::graphql::sdl().contains(&printed), "{printed}");
    }
}

#[tokio::test]
async fn types_have_the_fields_that_the_contract_gives_them() {
    let types = types().await;
    for (name, expected) in CONTRACT.iter().chain(AFTER_SENT).chain(CLAIMS).chain(WEBHOOKS) {
        let expected: BTreeSet<String> = expected.iter().map(|field| (*field).to_owned()).collect();
        let ty = types.get(*name).unwrap_or_else(|| panic!("there is no {name}"));
        assert_eq!(shape(ty), expected, "{name}");
    }
}

#[tokio::test]
async fn filters_have_a_test_for_each_way_to_compare() {
    let types = types().await;
    for (filter, operand) in [
        ("DateTimeFilter", "DateTime"),
        ("DateFilter", "Date"),
        ("DecimalFilter", "Decimal"),
        ("CurrencyFilter", "CurrencyCode"),
        ("IdFilter", "ID"),
        ("StringFilter", "String"),
    ] {
        let one = ["eq", "ne", "gt", "gte", "lt", "lte"].map(|test| format!("{test}: {operand}"));
        let several = ["in", "notIn", "between"].map(|test| format!("{test}: [{operand}!]"));
        let mut expected: BTreeSet<String> = one.into_iter().chain(several).collect();
        expected.insert("isNull: Boolean".to_owned());
        if filter == "StringFilter" {
            expected.extend(["contains", "startsWith", "endsWith"].map(|test| format!("{test}: String")));
        }
        assert_eq!(shape(&types[filter]), expected, "{filter}");
    }
    // Each field of an entry that holds one value can be asked for.
    let entry: BTreeSet<String> = list(&types["AccountingEntry"]["fields"])
        .iter()
        .map(|field| field["name"].as_str().unwrap().to_owned())
        .filter(|name| {
            let of_others = [
                "exports",
                "export",
                "exportStatus",
                "voucher",
                "timeline",
                "import",
                "importFile",
                "importLine",
            ];
            !["id", "entryId", "attributes"].contains(&name.as_str()) && !of_others.contains(&name.as_str())
        })
        .collect();
    let filterable: BTreeSet<String> = list(&types["AccountingEntryFilter"]["inputFields"])
        .iter()
        .map(|field| field["name"].as_str().unwrap().to_owned())
        .filter(|name| !["and", "or", "not", "id"].contains(&name.as_str()))
        .collect();
    assert_eq!(entry, filterable);
}

#[tokio::test]
async fn what_can_fail_may_be_null_so_that_its_failure_stays_its_own() {
    let types = types().await;
    let is_nullable = |ty: &str, field: &str| {
        let fields = list(&types[ty]["fields"]);
        let field = fields.iter().find(|found| found["name"] == json!(field)).unwrap();
        field["type"]["kind"] != json!("NON_NULL")
    };
    for root in ["Query", "Mutation"] {
        for field in list(&types[root]["fields"]) {
            // Relay's specification has this list without null; each of its nodes may be null.
            if field["name"] == json!("nodes") {
                continue;
            }
            assert!(is_nullable(root, field["name"].as_str().unwrap()), "{root}.{}", field["name"]);
        }
    }
    for (ty, field) in [
        ("AccountingEntry", "exports"),
        ("AccountingEntry", "export"),
        ("AccountingEntry", "timeline"),
        ("AccountingEntryConnection", "totalCount"),
        ("AccountingEntryConnection", "totals"),
        ("ExportClaim", "entries"),
        ("ExportClaim", "vouchers"),
        ("EntryExport", "entry"),
        ("EntryExport", "system"),
        ("TimelineEvent", "system"),
        ("Webhook", "deliveries"),
        ("ExportSystem", "backlog"),
        ("ExportSystem", "states"),
        ("ExportSystem", "oldestUnexportedAt"),
        ("ExportSystem", "lastMarkedAt"),
        ("ExportSystem", "oldestUnexportedEntry"),
        ("ExportSystem", "lastFailure"),
        ("ExportFailure", "entry"),
    ] {
        assert!(is_nullable(ty, field), "{ty}.{field} is loaded by another query");
    }
}
