//! The same question has the same entries through both, and the same mistake the same code in the same place.

use serde_json::{Value, json};

use super::*;
use crate::on_both_databases;
use crate::support::entries;

/// Arguments of GraphQL, the parameters of REST that mean the same, and the names of the entries found.
type Question = (Value, Parameters, Vec<&'static str>);
/// A document of GraphQL, the address and parameters of REST with the same mistake, its code, and where GraphQL and
/// where REST see it.
type Mistake = (String, &'static str, Parameters, &'static str, Value, Value);

/// One group of conditions as parameters.
fn group(number: usize, or: bool, filters: &[(&str, &str, &[&str], bool)]) -> Parameters {
    let mut pairs = vec![(format!("filter_groups[{number}][or]"), or.to_string())];
    for (place, (key, operator, values, not)) in filters.iter().enumerate() {
        let at = format!("filter_groups[{number}][filters][{place}]");
        pairs.push((format!("{at}[key]"), (*key).to_owned()));
        pairs.push((format!("{at}[operator]"), (*operator).to_owned()));
        pairs.push((format!("{at}[not]"), not.to_string()));
        let is_list = ["in", "bt"].contains(operator);
        let name = if is_list { format!("{at}[value][]") } else { format!("{at}[value]") };
        pairs.extend(values.iter().map(|value| (name.clone(), (*value).to_owned())));
    }
    pairs
}

fn one(key: &str, operator: &str, value: &str) -> Parameters {
    group(0, false, &[(key, operator, &[value], false)])
}

on_both_databases! {
    async fn the_same_question_has_the_same_entries(gateway: Gateway) {
        record(&gateway).await;
        let all = ["full", "minimal", "reversal", "largest", "été_1", "été%1"];
        let cases: Vec<Question> = vec![
            (json!({}), vec![], all.to_vec()),
            (json!({ "orderBy": { "field": "ID", "direction": "DESC" } }), pairs(&[("sort", "-id")]),
                all.into_iter().rev().collect()),
            (json!({ "orderBy": { "field": "POSTING_DATE" } }), pairs(&[("sort", "posting_date")]),
                vec!["été_1", "reversal", "minimal", "largest", "été%1", "full"]),
            (json!({ "orderBy": { "field": "CREATED_AT", "direction": "DESC" } }), pairs(&[("sort", "-created_at")]),
                vec!["été%1", "été_1", "largest", "reversal", "minimal", "full"]),
            (json!({ "orderBy": { "field": "UPDATED_AT" } }), pairs(&[("sort", "updated_at")]), all.to_vec()),
            (json!({ "filter": { "description": { "contains": "é" } } }), one("description", "ct", "É"), vec!["été_1", "été%1"]),
            (json!({ "filter": { "description": { "contains": "%" } } }), one("description", "ct", "%"), vec!["full", "été%1"]),
            (json!({ "filter": { "description": { "startsWith": "été_" } } }), one("description", "sw", "ÉTÉ_"), vec!["été_1"]),
            (json!({ "filter": { "documentReference": { "endsWith": "7" } } }), one("document_reference", "ew", "7"),
                vec!["full", "été_1", "été%1"]),
            (json!({ "filter": { "documentReference": { "isNull": true } } }), one("document_reference", "eq", ""),
                vec!["minimal", "largest"]),
            (json!({ "filter": { "documentReference": { "isNull": true } } }), one("document_reference", "eq", "null"),
                vec!["minimal", "largest"]),
            (json!({ "filter": { "documentReference": { "isNull": false } } }),
                group(0, false, &[("document_reference", "eq", &["null"], true)]),
                vec!["full", "reversal", "été_1", "été%1"]),
            (json!({ "filter": { "documentReference": { "ne": "fa-7" } } }),
                group(0, false, &[("document_reference", "eq", &["fa-7"], true)]),
                vec!["full", "minimal", "reversal", "largest", "été%1"]),
            (json!({ "filter": { "documentDate": { "lte": "2026-02-26" } } }),
                group(0, false, &[("document_date", "gt", &["2026-02-26"], true)]), vec!["été%1"]),
            (json!({ "filter": { "not": { "documentReference": { "contains": "fa" } } } }),
                group(0, false, &[("document_reference", "ct", &["fa"], true)]), vec!["minimal", "reversal", "largest"]),
            (json!({ "filter": { "amount": { "gte": "922337203685477.5807" } } }),
                one("amount", "gte", "922337203685477.5807"), vec!["largest"]),
            (json!({ "filter": { "amount": { "lt": "-12.4999" } } }), one("amount", "lt", "-12.4999"),
                vec!["full", "minimal", "reversal", "été_1", "été%1"]),
            (json!({ "filter": { "credit": { "eq": "123456789012345.6789" } } }), one("credit", "eq", "123456789012345.6789"),
                vec!["full"]),
            (json!({ "filter": { "externalId": { "in": ["full", "Minimal", "été_1"] } } }),
                group(0, false, &[("external_id", "in", &["full", "Minimal", "été_1"], false)]), vec!["full", "été_1"]),
            (json!({ "filter": { "currency": { "notIn": ["EUR", "USD"] } } }),
                group(0, false, &[("currency", "in", &["EUR", "USD"], true)]), vec!["largest"]),
            (json!({ "filter": { "postingDate": { "between": ["2026-01-01", "2026-01-30"] } } }),
                group(0, false, &[("posting_date", "bt", &["2026-01-01", "2026-01-30"], false)]), vec!["reversal", "été_1"]),
            (json!({ "filter": { "createdAt": { "gte": "2026-03-01T12:00:01Z" } } }),
                one("created_at", "gte", "2026-03-01T13:00:01+01:00"), vec!["reversal", "largest", "été_1", "été%1"]),
            (json!({ "filter": { "createdAt": { "eq": "2026-03-01T12:00:02Z" } } }),
                one("created_at", "eq", "2026-03-01 12:00:02"), vec!["été_1", "été%1"]),
            (json!({ "filter": { "or": [{ "journalCode": { "eq": "AC" } }, { "currency": { "eq": "JPY" } }] } }),
                group(0, true, &[("journal_code", "eq", &["AC"], false), ("currency", "eq", &["JPY"], false)]),
                vec!["full", "largest"]),
            (json!({ "filter": { "or": [{ "journalCode": { "eq": "AC" } }, { "description": { "contains": "été" } }],
                                 "documentDate": { "isNull": false } }, "orderBy": { "field": "POSTING_DATE" } }),
                [group(7, true, &[("journal_code", "eq", &["AC"], false), ("description", "ct", &["été"], false)]),
                    group(2, false, &[("document_date", "eq", &[""], true)]), pairs(&[("sort", "posting_date")])].concat(),
                vec!["été%1", "full"]),
            (json!({ "filter": { "externalId": { "eq": "nothing" } } }), one("external_id", "eq", "nothing"), vec![]),
        ];
        for (arguments, parameters, expected) in cases {
            let filter = if arguments.get("filter").is_some() {
                ["$filter: AccountingEntryFilter!,", "filter: $filter,"]
            } else {
                ["", ""]
            };
            let query = format!(
                "query({} $orderBy: AccountingEntryOrder) {{
                    accountingEntries({} orderBy: $orderBy) {{ nodes {{ {FIELDS} }} }} }}", filter[0], filter[1]
            );
            let nodes = gateway.data(&query, arguments.clone()).await["accountingEntries"]["nodes"].clone();
            let in_graphql: Vec<Value> = nodes.as_array().unwrap().iter().map(as_rest).collect();
            let in_rest = json_of(rest(&gateway, LIST, &parameters).await).await;
            assert_eq!(names(&in_rest["accounting_entries"]), expected, "{arguments}");
            assert_eq!(in_rest["accounting_entries"], json!(in_graphql), "{arguments}");
            assert_eq!(in_rest["next_after"], json!(null));
        }
    }

    async fn the_same_system_has_been_sent_the_same(gateway: Gateway) {
        let ids = record(&gateway).await;
        gateway.set_clock("2026-03-02T12:00:00Z");
        gateway.mark("erp", &ids[..2]).await;
        gateway.set_clock("2026-03-03T12:00:00Z");
        gateway.mark("erp", &ids[3..4]).await;
        gateway.set_clock("2026-03-04T12:00:00Z");
        for (system, since, filter, parameters, expected) in [
            ("erp", None, None, vec![], vec!["reversal", "été_1", "été%1"]),
            ("other", None, None, vec![], vec!["full", "minimal", "reversal", "largest", "été_1", "été%1"]),
            ("erp", Some("2026-03-02T12:00:00Z"), None, vec![], vec!["reversal", "largest", "été_1", "été%1"]),
            ("erp", Some("2026-03-02T11:59:59.999999Z"), None, vec![],
                vec!["full", "minimal", "reversal", "largest", "été_1", "été%1"]),
            ("erp", Some("2027-01-01T00:00:00Z"), None, vec![], vec!["reversal", "été_1", "été%1"]),
            ("erp", None, Some(json!({ "updatedAt": { "gt": "2026-03-01T12:00:01Z" } })),
                one("updated_at", "gt", "2026-03-01T12:00:01Z"), vec!["été_1", "été%1"]),
            ("erp", Some("2026-03-02T12:00:00Z"), Some(json!({ "description": { "contains": "sale" } })),
                one("description", "ct", "SALE"), vec!["reversal", "largest"]),
        ] {
            let optional = if filter.is_some() { ["$f: AccountingEntryFilter!,", "filter: $f,"] } else { ["", ""] };
            let query = format!(
                "query({} $system: SystemId!, $since: DateTime) {{
                    unexportedEntries({} systemId: $system, notExportedSince: $since) {{ nodes {{ {FIELDS} }} }} }}",
                optional[0], optional[1]
            );
            let mut variables = json!({ "system": system, "since": since });
            if let Some(filter) = &filter {
                variables["f"] = filter.clone();
            }
            let nodes = gateway.data(&query, variables).await["unexportedEntries"]["nodes"].clone();
            let in_graphql: Vec<Value> = nodes.as_array().unwrap().iter().map(as_rest).collect();
            let scope = since.map(|since| ("not_exported_since", since)).into_iter().chain([("system_id", system)]);
            let scope: Vec<(&str, &str)> = scope.collect();
            let in_rest = json_of(rest(&gateway, EXPORT, &[pairs(&scope), parameters].concat()).await).await;
            assert_eq!(names(&in_rest["accounting_entries"]), expected, "{system} {since:?} {filter:?}");
            assert_eq!(in_rest["accounting_entries"], json!(in_graphql), "{system} {since:?} {filter:?}");
        }
    }

    async fn pages_of_both_go_on_where_the_other_stopped(gateway: Gateway) {
        let ids = gateway.record(entries(7)).await;
        gateway.mark("erp", &ids[..1]).await;
        for (path, list) in [(LIST, "accountingEntries("), (EXPORT, "unexportedEntries(systemId: \"erp\", ")] {
            let expected = if path == LIST { &ids[..] } else { &ids[1..] };
            let query = format!(
                "query($after: String) {{ list: {list} first: 2, after: $after) {{
                    nodes {{ id }} pageInfo {{ endCursor hasNextPage }} }} }}"
            );
            let (mut seen, mut after, mut through_rest) = (Vec::new(), json!(null), true);
            loop {
                if through_rest {
                    let mut parameters = vec![("limit", "2")];
                    parameters.extend(after.as_str().map(|after| ("after", after)));
                    if path == EXPORT {
                        parameters.push(("system_id", "erp"));
                    }
                    let page = json_of(rest(&gateway, path, &pairs(&parameters)).await).await;
                    let found = page["accounting_entries"].as_array().unwrap();
                    seen.extend(found.iter().map(|entry| entry["id"].as_i64().unwrap()));
                    after = page["next_after"].clone();
                } else {
                    let page = gateway.data(&query, json!({ "after": after })).await["list"].clone();
                    seen.extend(crate::support::gateway::ids(&page["nodes"]));
                    let more = page["pageInfo"]["hasNextPage"] == json!(true);
                    after = if more { page["pageInfo"]["endCursor"].clone() } else { json!(null) };
                }
                through_rest = !through_rest;
                if after.is_null() {
                    break;
                }
            }
            assert_eq!(seen, expected, "{path}");
        }
    }

    async fn the_same_mistake_has_the_same_code_in_the_same_place(gateway: Gateway) {
        record(&gateway).await;
        let list = |arguments: &str| format!("{{ accountingEntries({arguments}) {{ nodes {{ id }} }} }}");
        let export = |arguments: &str| format!("{{ unexportedEntries({arguments}) {{ nodes {{ id }} }} }}");
        let erp = |more: &[(&str, &str)]| [pairs(&[("system_id", "erp")]), pairs(more)].concat();
        let long = "x".repeat(257);
        let many: Vec<String> = (0..101).map(|n| n.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let value = json!(["filter_groups", 0, "filters", 0, "value"]);
        let filters: Vec<(&str, &str, &[&str], bool)> = vec![("journal_code", "eq", &["x"], false); 51];
        let tests = "{ journalCode: { eq: \"x\" } }".repeat(51);
        let cases: Vec<Mistake> = vec![
            (list("first: -1"), LIST, pairs(&[("limit", "-1")]), "INVALID_PAGE_SIZE", json!(["first"]), json!(["limit"])),
            (list("first: -1"), LIST, pairs(&[("limit", "-1")]), "INVALID_PAGE_SIZE", json!(["first"]), json!(["limit"])),
            (list("first: 501"), LIST, pairs(&[("limit", "501")]), "INVALID_PAGE_SIZE", json!(["first"]), json!(["limit"])),
            (export("systemId: \"erp\", first: 501"), EXPORT, erp(&[("limit", "501")]), "INVALID_PAGE_SIZE",
                json!(["first"]), json!(["limit"])),
            (list("after: \"x\""), LIST, pairs(&[("after", "x")]), "INVALID_CURSOR", json!(["after"]), json!(["after"])),
            (export("systemId: \"erp\", after: \"\""), EXPORT, erp(&[("after", "")]), "INVALID_CURSOR",
                json!(["after"]), json!(["after"])),
            (export("systemId: \"\""), EXPORT, pairs(&[("system_id", "")]), "INVALID_SYSTEM_ID",
                json!(["systemId"]), json!(["system_id"])),
            (export("systemId: \"é\""), EXPORT, pairs(&[("system_id", "é")]), "INVALID_SYSTEM_ID",
                json!(["systemId"]), json!(["system_id"])),
            (export("systemId: \"erp\", notExportedSince: \"soon\""), EXPORT, erp(&[("not_exported_since", "soon")]),
                "BAD_USER_INPUT", json!(["notExportedSince"]), json!(["not_exported_since"])),
            (export("systemId: \"erp\", notExportedSince: \"2026-03-01T12:00:00.1234567Z\""), EXPORT,
                erp(&[("not_exported_since", "2026-03-01T12:00:00.1234567Z")]),
                "BAD_USER_INPUT", json!(["notExportedSince"]), json!(["not_exported_since"])),
            (list(&format!("filter: {{ description: {{ contains: \"{long}\" }} }}")), LIST, one("description", "ct", &long),
                "INVALID_FILTER", json!(["filter", "description", "contains"]), value.clone()),
            (list(&format!("filter: {{ description: {{ in: {many:?} }} }}")), LIST,
                group(0, false, &[("description", "in", &many, false)]),
                "INVALID_FILTER", json!(["filter", "description", "in"]), value.clone()),
            (list("filter: { amount: { between: [\"1\", \"2\", \"3\"] } }"), LIST,
                group(0, false, &[("amount", "bt", &["1", "2", "3"], false)]),
                "INVALID_FILTER", json!(["filter", "amount", "between"]), value.clone()),
            (list("filter: { id: { eq: \"seven\" } }"), LIST, one("id", "eq", "seven"),
                "INVALID_FILTER", json!(["filter", "id", "eq"]), value.clone()),
            (list(&format!("filter: {{ and: [{tests}] }}")), LIST, group(0, false, &filters),
                "INVALID_FILTER", json!(["filter"]), json!(["filter_groups"])),
            ("{ accountingEntry(id: \"seven\") { id } }".to_owned(), "/v10/accounting-entries/seven", vec![],
                "INVALID_ENTRY_ID", json!(["id"]), json!(["id"])),
            ("{ accountingEntries(first: 1) { nodes { timeline(first: 101) { nodes { id } } } } }".to_owned(),
                "/v10/accounting-entries/1/timeline", pairs(&[("limit", "101")]),
                "INVALID_PAGE_SIZE", json!(["first"]), json!(["limit"])),
            ("{ accountingEntries(first: 1) { nodes { timeline(after: \"x\") { nodes { id } } } } }".to_owned(),
                "/v10/accounting-entries/1/timeline", pairs(&[("after", "x")]),
                "INVALID_CURSOR", json!(["after"]), json!(["after"])),
        ];
        for (query, path, parameters, code, argument, place) in cases {
            let answer = gateway.graphql(&query, json!({})).await;
            let extensions = &answer["errors"][0]["extensions"];
            assert_eq!((&extensions["code"], &extensions["argument"]), (&json!(code), &argument), "{query}: {answer:#}");
            let problem = problem(rest(&gateway, path, &parameters).await, 400).await;
            assert_eq!(problem["code"], json!(code), "{path} {parameters:?}");
            assert_eq!(faults(&problem["errors"]), [(code.to_owned(), place)], "{path} {parameters:?}");
        }
    }
}
