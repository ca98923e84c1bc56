//! Documents with variables that graphql-js and the gateway have to judge alike.

use serde_json::{Value, json};

/// The filters of a list by one variable or by values in the document.
fn listing(definitions: &str, arguments: &str) -> String {
    format!("query Q({definitions}) {{ accountingEntries({arguments}) {{ nodes {{ id }} }} }}")
}

/// Documents with variables, each with variables that graphql-js and the gateway have to judge alike.
pub fn cases() -> Vec<(String, Vec<Value>)> {
    let mut cases = Vec::new();
    let mut case = |query: String, variables: &[Value]| cases.push((query, variables.to_vec()));
    let of = |values: &[Value]| -> Vec<Value> {
        std::iter::once(json!({})).chain(values.iter().map(|value| json!({ "v": value }))).collect()
    };
    let any = [
        json!(null),
        json!(1),
        json!(1.0),
        json!(1.5),
        json!(-1),
        json!(2_147_483_647),
        json!(2_147_483_648_i64),
        json!("1"),
        json!(""),
        json!(true),
        json!([]),
        json!([1]),
        json!(["1"]),
        json!([null]),
        json!([["1"]]),
        json!({}),
        json!({ "eq": "1" }),
        json!({ "eq": null }),
        json!({ "eq": 1 }),
        json!({ "no": 1 }),
        json!("ID"),
        json!("id"),
        json!({ "field": "ID" }),
        json!({ "field": "ID", "direction": null }),
        json!({ "field": "ID", "direction": "DESC" }),
        json!({ "field": null }),
        json!({ "id": { "eq": "1" } }),
        json!([{ "id": { "in": "1" } }]),
        json!({ "id": "1" }),
        json!({ "and": { "id": { "eq": 7 } } }),
        json!({ "and": [null] }),
        json!({ "isNull": "true" }),
    ];
    let types = [
        "Int",
        "Int!",
        "[Int]",
        "[Int!]!",
        "String",
        "String!",
        "[String!]",
        "ID",
        "ID!",
        "[ID]",
        "[ID!]",
        "[ID!]!",
        "Boolean",
        "Boolean!",
        "AccountingEntryFilter",
        "AccountingEntryFilter!",
        "[AccountingEntryFilter!]",
        "[AccountingEntryFilter!]!",
        "[AccountingEntryFilter]",
        "AccountingEntryOrder",
        "AccountingEntryOrderField",
        "AccountingEntryOrderField!",
        "OrderDirection",
        "OrderDirection!",
        "StringFilter",
        "IdFilter",
        "Float",
        "Nothing",
        "[Nothing]",
        "AccountingEntry",
        "Query",
    ];
    let places = [
        ("first: $v", "Int"),
        ("after: $v", "String"),
        ("filter: $v", "AccountingEntryFilter"),
        ("orderBy: $v", "AccountingEntryOrder"),
        ("filter: { id: $v }", "IdFilter"),
        ("filter: { id: { eq: $v } }", "ID"),
        ("filter: { id: { in: $v } }", "ID"),
        ("filter: { id: { in: [$v] } }", "ID"),
        ("filter: { and: $v }", "AccountingEntryFilter"),
        ("filter: { and: [$v] }", "AccountingEntryFilter"),
        ("filter: { not: $v }", "AccountingEntryFilter"),
        ("filter: { externalId: { eq: $v, gt: \"\" } }", "String"),
        ("filter: { documentReference: { isNull: $v } }", "Boolean"),
        ("orderBy: { field: $v }", "AccountingEntryOrderField"),
        ("orderBy: { field: ID, direction: $v }", "OrderDirection"),
        ("filter: { nothing: $v }", ""),
        ("nothing: $v", ""),
        ("filter: [$v]", "AccountingEntryFilter"),
        ("filter: { id: { eq: [$v] } }", "ID"),
        ("orderBy: { field: ID, direction: $w }", ""),
        ("first: 1", ""),
    ];
    for (place, wanted) in places {
        for ty in types {
            // A type that cannot stand there is refused whatever the value.
            let fits = ty.trim_matches(['[', ']', '!']) == wanted;
            let variables = if fits { of(&any) } else { vec![json!({})] };
            case(listing(&format!("$v: {ty}"), place), &variables);
        }
    }
    for (definition, place) in [
        ("$v: Int = 1", "first: $v"),
        ("$v: Int = null", "first: $v"),
        ("$v: Int! = 1", "first: $v"),
        ("$v: Int! = null", "first: $v"),
        ("$v: Int = \"1\"", "first: $v"),
        ("$v: Int = 1.0", "first: $v"),
        ("$v: Int = 2147483648", "first: $v"),
        ("$v: OrderDirection = ASC", "orderBy: { field: ID, direction: $v }"),
        ("$v: OrderDirection = \"ASC\"", "orderBy: { field: ID, direction: $v }"),
        ("$v: OrderDirection = null", "orderBy: { field: ID, direction: $v }"),
        ("$v: AccountingEntryOrderField = ID", "orderBy: { field: $v }"),
        ("$v: AccountingEntryOrderField = null", "orderBy: { field: $v }"),
        ("$v: AccountingEntryOrderField = SIZE", "orderBy: { field: $v }"),
        ("$v: [ID!] = [1]", "filter: { id: { in: $v } }"),
        ("$v: [ID!] = 1", "filter: { id: { in: $v } }"),
        ("$v: [ID!] = [null]", "filter: { id: { in: $v } }"),
        ("$v: [ID] = [1]", "filter: { id: { in: $v } }"),
        ("$v: AccountingEntryFilter = { id: { eq: 1 } }", "filter: $v"),
        ("$v: AccountingEntryFilter = { id: 1 }", "filter: $v"),
        ("$v: AccountingEntryFilter = { no: 1 }", "filter: $v"),
        ("$v: AccountingEntryFilter = { id: { eq: 1 } }", "filter: { and: [$v] }"),
        ("$v: AccountingEntryOrder = { direction: ASC }", "orderBy: $v"),
        ("$v: Int, $v: Int", "first: $v"),
        ("$v: Int, $w: Int", "first: $v"),
        ("$v: Int @skip(if: true)", "first: $v"),
        ("$v: Int @nothing", "first: $v"),
        ("$v: Int", "first: $v, last: $w"),
    ] {
        case(listing(definition, place), &of(&any));
    }
    for written in [
        "first: 1",
        "first: 1.0",
        "first: \"1\"",
        "first: null",
        "first: 2147483648",
        "first: ID",
        "first: [1]",
        "first: true",
        "after: 1",
        "after: \"1\"",
        "after: x",
        "filter: { id: { eq: 1 } }",
        "filter: { id: { eq: \"1\" } }",
        "filter: { id: { eq: 1.5 } }",
        "filter: { id: { eq: x } }",
        "filter: { id: { in: 1 } }",
        "filter: { id: { in: [[1]] } }",
        "filter: { id: { in: [1, null] } }",
        "filter: { id: 1 }",
        "filter: { no: 1 }",
        "filter: [{ id: { eq: 1 } }]",
        "filter: { and: { id: { eq: 1 } } }",
        "orderBy: { field: ID }",
        "orderBy: { field: \"ID\" }",
        "orderBy: { field: id }",
        "filter: { id: { eq: 1, eq: 2 } }",
        "filter: { id: { eq: 1, ne: 1 }, entryNumber: { eq: \"1\" } }",
        "filter: { and: [{ id: { eq: 1 } }, { id: { eq: 2 } }], and: [] }",
        "orderBy: {}",
        "orderBy: { direction: ASC }",
        "orderBy: { field: ID, direction: null }",
        "orderBy: ID",
        "filter: { documentReference: { isNull: true } }",
        "filter: { documentReference: { isNull: 1 } }",
        "nothing: 1",
    ] {
        case(format!("{{ accountingEntries({written}) {{ nodes {{ id }} }} }}"), &[json!({})]);
    }
    let conditions = [json!(null), json!(true), json!("true"), json!(1)];
    for ty in [
        "Boolean",
        "Boolean!",
        "Boolean = true",
        "Boolean = null",
        "Boolean! = false",
        "String!",
        "[Boolean!]!",
    ] {
        for place in
            ["a: __typename @skip(if: $v)", "... @include(if: $v) { a: __typename }", "...F @include(if: $v)"]
        {
            let fragment = if place.contains("F") { "fragment F on Query { a: __typename }" } else { "" };
            case(format!("query Q($v: {ty}) {{ __typename {place} }} {fragment}"), &of(&conditions));
        }
    }
    // By way of fragments, with others beside it.
    let fragment =
        "fragment F on Query { ...G } fragment G on Query { accountingEntries(first: $v) { nodes { id } } }";
    for query in [
        format!("query Q($v: Int) {{ ...F ...G }} {fragment}"),
        format!("query Q($v: String) {{ ...F }} {fragment}"),
        format!("query Q {{ ...F }} {fragment}"),
        format!("query Q($v: Int) {{ ...F }} query R($v: Int) {{ ...G }} {fragment}"),
        format!("query Q($v: Int) {{ ...F }} query R($v: Int!) {{ ...G }} {fragment}"),
        format!("query Q($v: Int) {{ ...F }} query R {{ ...G }} {fragment}"),
        format!("query Q($v: Int) {{ ...F }} query R($v: ID) {{ ...G }} {fragment}"),
        format!("query Q {{ __typename }} query R($v: Int) {{ ...F }} {fragment}"),
        "query Q { __typename } query R($v: Int) { __typename }".to_owned(),
        format!("query Q($v: Int) {{ __typename }} {fragment}"),
        format!("query Q($v: Int) {{ ...F }} {fragment} fragment H on Query {{ __typename }}"),
    ] {
        case(query, &[json!({}), json!({ "v": 1 }), json!({ "v": null }), json!({ "v": "1" })]);
    }
    cases
}
