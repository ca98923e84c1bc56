//! GraphQL and REST are two spellings of one thing: the same question has the same entries, the same mistake the
//! same code in the same place. And what only REST promises: whole answers as a stream, the original's spellings,
//! problems as RFC 9457 has them.

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::gateway::entry;
use crate::support::{Gateway, entries};

const LIST: &str = "/v10/accounting-entries";
const EXPORT: &str = "/v10/accounting-entries/export";
const MARK: &str = "/v10/accounting-entries/mark-as-exported";

/// Every field of an entry.
const FIELDS: &str = "id externalId journalCode journalName entryNumber postingDate accountNumber accountName
    subledgerAccountNumber subledgerAccountName documentReference documentDate description debit credit amount
    currency foreignAmount foreignCurrency reconciliationCode reconciledOn validatedOn attributes createdAt updatedAt";

/// Parameters of a query string.
type Parameters = Vec<(String, String)>;
/// Arguments of GraphQL, the parameters of REST that mean the same, and the names of the entries found.
type Question = (Value, Parameters, Vec<&'static str>);
/// A document of GraphQL, the address and parameters of REST with the same mistake, its code, and where GraphQL and
/// where REST see it.
type Mistake = (String, &'static str, Parameters, &'static str, Value, Value);

fn snake_case(name: &str) -> String {
    let letter =
        |c: char| if c.is_ascii_uppercase() { format!("_{}", c.to_ascii_lowercase()) } else { c.to_string() };
    name.chars().map(letter).collect()
}

/// An entry of GraphQL as REST writes it: other names, and the id as a number.
fn as_rest(node: &Value) -> Value {
    let field = |(name, value): (&String, &Value)| match name.as_str() {
        "id" => (name.clone(), json!(value.as_str().unwrap().parse::<i64>().unwrap())),
        _ => (snake_case(name), value.clone()),
    };
    Value::Object(node.as_object().unwrap().iter().map(field).collect())
}

/// A path of GraphQL, with or without dots between, as REST writes it.
fn path_as_rest(path: &Value) -> Value {
    let step = |step: &Value| {
        let step = step.as_str().unwrap();
        match step.parse::<u64>() {
            Ok(index) => json!(index),
            Err(_) => match step {
                "entries" => json!("accounting_entries"),
                "entryId" => json!("accounting_entry_id"),
                "idempotencyKey" => json!("Idempotency-Key"),
                "first" => json!("limit"),
                other => json!(snake_case(other)),
            },
        }
    };
    path.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(step).collect()
}

/// Six entries: one with everything, one with no more than it has to, and some between.
fn ledger() -> Vec<Value> {
    let with = |name: &str, fields: Value| {
        let mut entry = entry(name);
        entry.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        entry
    };
    vec![
        with(
            "full",
            json!({
                "journalCode": "AC", "journalName": "Achats & Co", "entryNumber": "42", "postingDate": "2026-02-28",
                "accountNumber": "401000", "accountName": "Fournisseurs", "subledgerAccountNumber": "F0042",
                "subledgerAccountName": "Société \"Été\" <SARL>", "documentReference": "FA-2026-0117",
                "documentDate": "2026-02-27", "description": "Facture 100% \\ 漢字 😀\nzweite Zeile",
                "debit": "0", "credit": "123456789012345.6789", "foreignAmount": "-1310.4", "foreignCurrency": "USD",
                "reconciliationCode": "AB", "reconciledOn": "2026-03-01", "validatedOn": "2026-03-02",
                "attributes": { "CostCentre": "410", "nested": { "list": [1, -2.5, true, null, "é"] }, "Empty": "" },
            }),
        ),
        with("minimal", json!({})),
        with(
            "reversal",
            json!({ "debit": "-12.5", "credit": "0", "documentReference": "", "postingDate": "2026-01-30" }),
        ),
        with("largest", json!({ "debit": "922337203685477.5807", "credit": "0", "currency": "JPY" })),
        with(
            "été_1",
            json!({ "description": "ÉTÉ_1", "documentReference": "fa-7", "postingDate": "2026-01-01" }),
        ),
        with(
            "été%1",
            json!({ "description": "été%1", "documentReference": "FA-77", "documentDate": "2026-01-02" }),
        ),
    ]
}

async fn record(gateway: &Gateway) -> Vec<i64> {
    let mut ids = Vec::new();
    for (second, entry) in ledger().into_iter().enumerate() {
        gateway.set_clock(&format!("2026-03-01T12:00:0{}Z", second / 2));
        ids.extend(gateway.record(vec![entry]).await);
    }
    ids
}

/// The names of entries of REST.
fn names(entries: &Value) -> Vec<&str> {
    entries.as_array().unwrap().iter().map(|entry| entry["external_id"].as_str().unwrap()).collect()
}

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

fn pairs(pairs: &[(&str, &str)]) -> Parameters {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

async fn rest(gateway: &Gateway, path: &str, parameters: &[(String, String)]) -> Response {
    gateway.request(Method::GET, path).query(parameters).send().await.unwrap()
}

async fn json_of(response: Response) -> Value {
    let status = response.status();
    let body: Value = response.json().await.unwrap();
    assert_eq!(status, 200, "{body:#}");
    body
}

/// The problem that the response is, whose every part has its form.
async fn problem(response: Response, status: u16) -> Value {
    let (found, headers) = (response.status(), response.headers().clone());
    let text = response.text().await.unwrap();
    assert_eq!(found, status, "{text}");
    assert_eq!(headers["content-type"], "application/problem+json", "{text}");
    let problem: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(problem["status"], json!(status));
    assert_eq!(problem["title"], json!(found.canonical_reason().unwrap()));
    let code = problem["code"].as_str().unwrap();
    assert_eq!(problem["type"], json!(format!("urn:ledgate:problem:{code}")));
    assert_eq!(problem["request_id"].as_str().unwrap(), headers["x-request-id"].to_str().unwrap());
    assert!(!problem["detail"].as_str().unwrap().is_empty());
    problem
}

/// (code, path) of each fault.
fn faults(errors: &Value) -> Vec<(String, Value)> {
    let errors = errors.as_array().map(Vec::as_slice).unwrap_or_default();
    errors.iter().map(|error| (error["code"].as_str().unwrap().to_owned(), error["path"].clone())).collect()
}

/// (code, path) of each `userErrors`, the path as REST writes it.
fn user_errors(payload: &Value) -> Vec<(String, Value)> {
    let errors = payload["userErrors"].as_array().unwrap();
    errors.iter().map(|e| (e["code"].as_str().unwrap().to_owned(), path_as_rest(&e["field"]))).collect()
}

/// `@` in a system or key stands for the surface's own letter, so that one does not see what the other wrote.
fn own(text: &str, surface: &str) -> String {
    text.replace('@', surface)
}

/// One call of marking, given as REST writes it, through both. The same is marked, the same refused.
async fn mark_through_both(
    gateway: &Gateway,
    items: &Value,
    key: Option<&str>,
) -> (u16, Vec<(String, Value)>, usize) {
    let items = items.as_array().unwrap();
    let graphql_items = items.iter().map(|item| {
        let id = &item["accounting_entry_id"];
        let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        json!({ "entryId": id, "systemId": own(item["system_id"].as_str().unwrap(), ".g"), "note": item.get("note") })
    });
    let graphql_key = key.map(|key| own(key, ".g"));
    let payload = gateway.mark_items(graphql_items.collect(), graphql_key.as_deref()).await;

    let rest_items = items.iter().map(|item| {
        let mut item = item.clone();
        item["system_id"] = json!(own(item["system_id"].as_str().unwrap(), ".r"));
        item
    });
    let body = json!({ "accounting_entries": rest_items.collect::<Vec<_>>() });
    let request = gateway.request(Method::POST, MARK).json(&body);
    let request =
        key.into_iter().fold(request, |request, key| request.header("Idempotency-Key", own(key, ".r")));
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let answer = if status == 200 { json_of(response).await } else { problem(response, 422).await };

    let marked = answer["accounting_entries"].as_array().cloned().unwrap_or_default();
    let expected: Vec<Value> = payload["exports"]
        .as_array()
        .unwrap()
        .iter()
        .map(|export| {
            json!({
                "accounting_entry_id": export["entryId"].as_str().unwrap().parse::<i64>().unwrap(),
                "system_id": export["systemId"].as_str().unwrap().replace(".g", ".r"),
                "exported_at": export["exportedAt"],
                "note": export["note"],
                "remarked": export["remarked"],
            })
        })
        .collect();
    assert_eq!(marked, expected);
    let found = faults(&answer["errors"]);
    assert_eq!(found, user_errors(&payload), "{body}");
    assert_eq!(status == 200, !marked.is_empty(), "{answer:#}");
    let entries = answer["errors"].as_array().unwrap().iter().map(|error| error.get("accounting_entry_id"));
    let expected = payload["userErrors"].as_array().unwrap().iter().map(|error| error["entryId"].as_str());
    for (id, expected) in entries.zip(expected) {
        assert_eq!(id.map(Value::to_string).as_deref(), expected);
    }
    (status, found, marked.len())
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
            (list("first: 0"), LIST, pairs(&[("limit", "0")]), "INVALID_PAGE_SIZE", json!(["first"]), json!(["limit"])),
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

    async fn the_same_call_marks_the_same(gateway: Gateway) {
        let ids = gateway.record(entries(11)).await;
        gateway.set_clock("2026-03-01T13:00:00Z");
        let item = |id: i64, system: &str| json!({ "accounting_entry_id": id, "system_id": system });
        let with_note = |id: i64, note: &str| json!({ "accounting_entry_id": id, "system_id": "erp@", "note": note });
        let place = |index: usize, field: &str| json!(["accounting_entries", index, field]);
        let whole = json!(["accounting_entries"]);
        let key = json!(["Idempotency-Key"]);
        let (long_note, long_key) = ("n".repeat(2_001), "k".repeat(201));
        for (items, idempotency_key, status, expected, marked) in [
            (json!([with_note(ids[0], "posted as GL-1 \" é 漢字 😀")]), None, 200, vec![], 1),
            (json!([{ "accounting_entry_id": ids[0], "system_id": "erp@", "note": null }]), None, 200, vec![], 1),
            (json!([item(ids[0], "erp@"), item(ids[0], "other@"), item(ids[1], "erp@")]), Some("run@"), 200, vec![], 3),
            // The same again is the first answer again.
            (json!([item(ids[0], "erp@"), item(ids[0], "other@"), item(ids[1], "erp@")]), Some("run@"), 200, vec![], 3),
            (json!([item(ids[1], "erp@")]), Some("run@"), 422, vec![("IDEMPOTENCY_KEY_REUSED", key.clone())], 0),
            (json!([item(ids[2], "erp@"), item(999_999, "erp@"), item(ids[3], "erp@"), item(-1, "erp@")]), None, 200,
                vec![("ENTRY_NOT_FOUND", place(1, "accounting_entry_id")), ("ENTRY_NOT_FOUND", place(3, "accounting_entry_id"))], 2),
            (json!([item(999_999, "erp@"), item(0, "erp@")]), None, 422,
                vec![("ENTRY_NOT_FOUND", place(0, "accounting_entry_id")), ("ENTRY_NOT_FOUND", place(1, "accounting_entry_id"))], 0),
            (json!([]), None, 422, vec![("NO_ITEMS", whole.clone())], 0),
            (json!([]), Some(""), 422, vec![("INVALID_IDEMPOTENCY_KEY", key.clone()), ("NO_ITEMS", whole.clone())], 0),
            (ids.iter().map(|id| item(*id, "erp@")).collect(), None, 422, vec![("TOO_MANY_ITEMS", whole.clone())], 0),
            (json!([item(ids[4], "erp@"), item(ids[4], "erp@")]), None, 422,
                vec![("DUPLICATE_ITEM", json!(["accounting_entries", 1]))], 0),
            (json!([item(ids[4], "erp@"), item(ids[4], ""), item(ids[5], "no good"), with_note(ids[6], &long_note)]), None, 422,
                vec![("INVALID_SYSTEM_ID", place(1, "system_id")), ("INVALID_SYSTEM_ID", place(2, "system_id")),
                    ("NOTE_TOO_LONG", place(3, "note"))], 0),
            (json!([{ "accounting_entry_id": "seven", "system_id": "é" }]), Some(&long_key), 422,
                vec![("INVALID_IDEMPOTENCY_KEY", key.clone()), ("INVALID_ENTRY_ID", place(0, "accounting_entry_id")),
                    ("INVALID_SYSTEM_ID", place(0, "system_id"))], 0),
        ] {
            let expected: Vec<(String, Value)> = expected.into_iter().map(|(code, path)| (code.to_owned(), path)).collect();
            let found = mark_through_both(&gateway, &items, idempotency_key).await;
            assert_eq!(found, (status, expected, marked), "{items} {idempotency_key:?}");
        }
        let unmarked: Vec<i64> = ids[4..].to_vec();
        assert_eq!(gateway.unexported("erp.g").await, unmarked);
        assert_eq!(gateway.unexported("erp.r").await, unmarked);
    }

    async fn a_key_used_through_one_is_known_to_the_other(gateway: Gateway) {
        let ids = gateway.record(entries(2)).await;
        let first = gateway.mark_items(vec![json!({ "entryId": ids[0].to_string(), "systemId": "erp" })], Some("run-1")).await;
        gateway.set_clock("2026-03-01T18:00:00Z");
        let mark = async |id: i64, key: &str| {
            let body = json!({ "accounting_entries": [{ "accounting_entry_id": id, "system_id": "erp" }] });
            gateway.request(Method::POST, MARK).json(&body).header("idempotency-key", key).send().await.unwrap()
        };
        let again = json_of(mark(ids[0], "run-1").await).await;
        assert_eq!(again["accounting_entries"][0]["exported_at"], first["exports"][0]["exportedAt"]);
        assert_eq!(again["accounting_entries"][0]["remarked"], json!(false));
        let other = problem(mark(ids[1], "run-1").await, 422).await;
        assert_eq!(faults(&other["errors"]), [("IDEMPOTENCY_KEY_REUSED".to_owned(), json!(["Idempotency-Key"]))]);
        assert_eq!(gateway.unexported("erp").await, ids[1..]);
    }

    async fn an_entry_and_its_timeline_are_the_same(gateway: Gateway) {
        let ids = record(&gateway).await;
        gateway.set_clock("2026-03-02T12:00:00Z");
        gateway.mark("erp", &ids[..1]).await;
        gateway.set_clock("2026-03-03T12:00:00Z");
        let body = json!({ "accounting_entries": [
            { "accounting_entry_id": ids[0], "system_id": "erp", "note": "again" },
            { "accounting_entry_id": ids[0], "system_id": "other" },
        ] });
        json_of(gateway.post(MARK, &body).await).await;
        let query = format!(
            "query($id: ID!, $first: Int, $after: String) {{ accountingEntry(id: $id) {{ {FIELDS}
                timeline(first: $first, after: $after) {{
                    nodes {{ id kind at systemId note actor }} pageInfo {{ hasNextPage endCursor }} }} }} }}"
        );
        let mut node = gateway.data(&query, json!({ "id": ids[0].to_string() })).await["accountingEntry"].clone();
        let timeline = node.as_object_mut().unwrap().remove("timeline").unwrap();
        let path = format!("{LIST}/{}", ids[0]);
        assert_eq!(json_of(gateway.get(&path).await).await, as_rest(&node));
        let in_rest = json_of(gateway.get(&format!("{path}/timeline")).await).await;
        assert_eq!(in_rest["next_after"], json!(null));
        let events = in_rest["timeline"].as_array().unwrap();
        let kinds: Vec<&Value> = events.iter().map(|event| &event["kind"]).collect();
        assert_eq!(kinds, ["RECORDED", "EXPORTED", "EXPORTED", "EXPORTED"]);
        assert_eq!(events[2]["actor"], json!("rest"));
        let in_graphql: Vec<Value> = timeline["nodes"].as_array().unwrap().iter().map(|event| json!({
            "id": event["id"].as_str().unwrap().rsplit_once(':').unwrap().1.parse::<i64>().unwrap(),
            "kind": event["kind"], "at": event["at"], "system_id": event["systemId"], "note": event["note"],
            "actor": event["actor"],
        })).collect();
        assert_eq!(in_rest["timeline"], json!(in_graphql));
        // Page by page, and on with the other's cursor.
        let first = json_of(gateway.get(&format!("{path}/timeline?limit=1")).await).await;
        assert_eq!(first["timeline"], json!([events[0]]));
        let variables = json!({ "id": ids[0].to_string(), "first": 2, "after": first["next_after"] });
        let second = gateway.data(&query, variables).await["accountingEntry"]["timeline"].clone();
        assert_eq!(second["nodes"].as_array().unwrap().len(), 2);
        let after = second["pageInfo"]["endCursor"].as_str().unwrap();
        let third = json_of(gateway.get(&format!("{path}/timeline?after={after}")).await).await;
        assert_eq!(third["timeline"], json!([events[3]]));

        for nowhere in ["999999", "-1", "9223372036854775807"] {
            let entry = gateway.data(&query, json!({ "id": nowhere })).await["accountingEntry"].clone();
            assert_eq!(entry, json!(null));
            for path in [format!("{LIST}/{nowhere}"), format!("{LIST}/{nowhere}/timeline")] {
                assert_eq!(problem(gateway.get(&path).await, 404).await["code"], json!("ENTRY_NOT_FOUND"), "{path}");
            }
        }
    }

    async fn what_one_records_the_other_knows(gateway: Gateway) {
        let mutation = format!(
            "mutation($entries: [AccountingEntryInput!]!) {{ recordAccountingEntries(input: {{ entries: $entries }}) {{
                entries {{ {FIELDS} }} recorded updated unchanged userErrors {{ field code }} }} }}"
        );
        let in_graphql = async |entries: &[Value]| {
            let data = gateway.data(&mutation, json!({ "entries": entries })).await;
            data["recordAccountingEntries"].clone()
        };
        let in_rest = async |entries: &[Value]| {
            let snake = |entry: &Value| -> Value {
                let fields = entry.as_object().unwrap().iter();
                Value::Object(fields.map(|(name, value)| (snake_case(name), value.clone())).collect())
            };
            let body: Vec<Value> = entries.iter().map(snake).collect();
            gateway.post(LIST, &json!({ "accounting_entries": body })).await
        };
        let counts = |payload: &Value| ["recorded", "updated", "unchanged"].map(|name| payload[name].as_i64().unwrap());
        let nodes = |payload: &Value| -> Value { payload["entries"].as_array().unwrap().iter().map(as_rest).collect() };

        let mut contents = ledger();
        let first = in_graphql(&contents[..4]).await;
        assert_eq!(counts(&first), [4, 0, 0]);
        gateway.set_clock("2026-03-01T13:00:00Z");
        contents[1]["description"] = json!("changed through REST");
        let second = json_of(in_rest(&contents).await).await;
        assert_eq!(counts(&second), [2, 1, 3]);
        assert_eq!(second["accounting_entries"][0], nodes(&first)[0]);
        let third = in_graphql(&contents).await;
        assert_eq!(counts(&third), [0, 0, 6]);
        assert_eq!(nodes(&third), second["accounting_entries"]);

        let invalid = |field: &str, value: Value| {
            let mut entry = entry("invalid");
            entry[field] = value;
            entry
        };
        let place = |index: usize, field: &str| json!(["accounting_entries", index, field]);
        for (entries, expected) in [
            (vec![], vec![("NO_ITEMS", json!(["accounting_entries"]))]),
            (vec![invalid("externalId", json!(""))], vec![("INVALID_ENTRY", place(0, "external_id"))]),
            (vec![entry("a"), invalid("description", json!("x".repeat(2_001)))], vec![("INVALID_ENTRY", place(1, "description"))]),
            (vec![entry("a"), entry("b"), entry("a")], vec![("DUPLICATE_ITEM", place(2, "external_id"))]),
            (vec![invalid("subledgerAccountNumber", json!("\u{0}")), invalid("accountNumber", json!(""))],
                vec![("INVALID_ENTRY", place(0, "subledger_account_number")), ("INVALID_ENTRY", place(1, "account_number")),
                    ("DUPLICATE_ITEM", place(1, "external_id"))]),
            ((0..501).map(|n| entry(&n.to_string())).collect(), vec![("TOO_MANY_ITEMS", json!(["accounting_entries"]))]),
        ] {
            let expected: Vec<(String, Value)> = expected.into_iter().map(|(code, path)| (code.to_owned(), path)).collect();
            assert_eq!(user_errors(&in_graphql(&entries).await), expected);
            assert_eq!(faults(&problem(in_rest(&entries).await, 422).await["errors"]), expected);
        }
    }

    async fn everything_is_streamed_as_the_pages_have_it(gateway: Gateway) {
        record(&gateway).await;
        gateway.insert_elsewhere(1_203).await;
        let first: Vec<i64> = gateway.unexported("erp").await[..10].to_vec();
        gateway.mark("erp", &first[2..5]).await;
        for system in ["erp", "unknown"] {
            let (mut pages, mut after) = (Vec::new(), None::<String>);
            loop {
                let mut parameters = pairs(&[("system_id", system), ("limit", "500")]);
                parameters.extend(after.map(|after| ("after".to_owned(), after)));
                let page = json_of(rest(&gateway, EXPORT, &parameters).await).await;
                assert_eq!(page.as_object().unwrap().len(), 2);
                pages.extend(page["accounting_entries"].as_array().unwrap().clone());
                after = page["next_after"].as_str().map(str::to_owned);
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(pages.len(), 1_209 - if system == "erp" { 3 } else { 0 });

            let response = rest(&gateway, EXPORT, &pairs(&[("system_id", system)])).await;
            assert_eq!(response.headers()["content-type"], "application/json");
            assert_eq!(response.headers().get("content-length"), None, "a stream does not know its length");
            assert_eq!(json_of(response).await, json!({ "accounting_entries": pages }));

            let lines = async |parameters: &[(&str, &str)]| {
                let request = gateway.request(Method::GET, EXPORT).query(&pairs(parameters));
                let response = request.header("accept", "application/x-ndjson").send().await.unwrap();
                assert_eq!(response.status(), 200);
                assert_eq!(response.headers()["content-type"], "application/x-ndjson");
                let text = response.text().await.unwrap();
                assert!(text.is_empty() || text.ends_with('\n'));
                text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Value>>()
            };
            assert_eq!(lines(&[("system_id", system)]).await, pages);
            assert_eq!(lines(&[("system_id", system), ("limit", "3")]).await, pages[..3]);
            // From behind a cursor to the end.
            let page = json_of(rest(&gateway, EXPORT, &pairs(&[("system_id", system), ("limit", "7")])).await).await;
            let after = page["next_after"].as_str().unwrap();
            assert_eq!(lines(&[("system_id", system), ("after", after)]).await, pages[7..]);
            let rest_of_it = json_of(rest(&gateway, EXPORT, &pairs(&[("system_id", system), ("after", after)])).await).await;
            assert_eq!(rest_of_it, json!({ "accounting_entries": pages[7..] }));
        }
    }

    async fn nothing_to_export_is_an_empty_list(gateway: Gateway) {
        let response = rest(&gateway, EXPORT, &pairs(&[("system_id", "erp")])).await;
        assert_eq!(json_of(response).await, json!({ "accounting_entries": [] }));
        let page = rest(&gateway, EXPORT, &pairs(&[("system_id", "erp"), ("limit", "5")])).await;
        assert_eq!(json_of(page).await, json!({ "accounting_entries": [], "next_after": null }));
        let request = gateway.request(Method::GET, &format!("{EXPORT}?system_id=erp"));
        let lines = request.header("accept", "text/plain, application/x-ndjson;q=0.9").send().await.unwrap();
        assert_eq!((lines.status().as_u16(), lines.text().await.unwrap()), (200, String::new()));
    }

    async fn moments_are_read_as_the_original_reads_them(gateway: Gateway) {
        let ids = gateway.record(entries(3)).await;
        gateway.set_clock("2026-03-02T12:00:00Z");
        gateway.mark("erp", &ids[..1]).await;
        gateway.set_clock("2026-03-02T13:00:00Z");
        gateway.mark("erp", &ids[1..2]).await;
        gateway.set_clock("2026-03-05T00:00:00Z");
        for (query, expected) in [
            ("not_exported_since=2026-03-02T12:00:00Z", &ids[1..]),
            ("not_export_since=2026-03-02T12:00:00Z", &ids[1..]),
            ("not_exported_since=2026-03-02T12:00:00", &ids[1..]),
            ("not_exported_since=2026-03-02T11:59:59.999999", &ids[..]),
            ("not_exported_since=2026-03-02+12:00:00", &ids[1..]),
            ("not_exported_since=2026-03-02%2012:00:00", &ids[1..]),
            ("not_exported_since=2026-03-02", &ids[..]),
            ("not_exported_since=2026-03-03", &ids[2..]),
            ("not_exported_since=2026-03-02T13:00:00%2B01:00", &ids[1..]),
            // The + of the offset became a space on the way.
            ("not_exported_since=2026-03-02T13:00:00+01:00", &ids[1..]),
            ("not_exported_since=2026-03-02T12:59:59+01:00", &ids[..]),
            ("not_export_since=2026-03-02+13:00:00+01:00", &ids[1..]),
            ("not_exported_since=2026-03-02T07:00:00-05:00", &ids[1..]),
        ] {
            let answer = json_of(gateway.get(&format!("{EXPORT}?system_id=erp&{query}")).await).await;
            let found: Vec<i64> = answer["accounting_entries"].as_array().unwrap().iter().map(|e| e["id"].as_i64().unwrap()).collect();
            assert_eq!(found, expected, "{query}");
        }
        // A moment in a filter likewise.
        for (value, expected) in [
            ("2026-03-01T12:00:00", 3), ("2026-03-01T13:00:00+01:00", 3), ("2026-03-01", 0), ("2026-03-01+12:00:00", 3),
        ] {
            let query = format!("filter_groups[0][filters][0][]=created_at&filter_groups[0][filters][0][]=eq&filter_groups[0][filters][0][]={value}");
            let answer = json_of(gateway.get(&format!("{LIST}?{query}")).await).await;
            assert_eq!(answer["accounting_entries"].as_array().unwrap().len(), expected, "{value}");
        }
    }

    async fn what_is_wrong_with_a_parameter_is_told_with_its_name(gateway: Gateway) {
        let ids = gateway.record(entries(1)).await;
        let one = format!("{LIST}/{}", ids[0]);
        let cases = [
            (format!("{EXPORT}?"), "INVALID_SYSTEM_ID", json!(["system_id"])),
            (format!("{EXPORT}?systemId=erp"), "BAD_USER_INPUT", json!(["systemId"])),
            (format!("{EXPORT}?system_id=erp&filter=x"), "BAD_USER_INPUT", json!(["filter"])),
            (format!("{EXPORT}?system_id=erp&system_id=erp"), "BAD_USER_INPUT", json!(["system_id"])),
            (format!("{EXPORT}?system_id=erp&limit=ten"), "BAD_USER_INPUT", json!(["limit"])),
            (format!("{EXPORT}?system_id=erp&limit="), "BAD_USER_INPUT", json!(["limit"])),
            (format!("{EXPORT}?system_id=erp&sort=id"), "BAD_USER_INPUT", json!(["sort"])),
            (format!("{EXPORT}?system_id=erp&not_exported_since="), "BAD_USER_INPUT", json!(["not_exported_since"])),
            (format!("{EXPORT}?system_id=erp&not_export_since=tomorrow"), "BAD_USER_INPUT", json!(["not_export_since"])),
            (format!("{EXPORT}?system_id=erp&not_exported_since=2026-03-01&not_export_since=2026-03-01"), "BAD_USER_INPUT",
                json!(["not_export_since"])),
            (format!("{LIST}?system_id=erp"), "BAD_USER_INPUT", json!(["system_id"])),
            (format!("{LIST}?sort=amount"), "BAD_USER_INPUT", json!(["sort"])),
            (format!("{LIST}?sort=+id"), "BAD_USER_INPUT", json!(["sort"])),
            (format!("{LIST}?filter_group[0]=x"), "BAD_USER_INPUT", json!(["filter_group[0]"])),
            (format!("{LIST}?filter_groups"), "INVALID_FILTER", json!(["filter_groups"])),
            (format!("{LIST}?filter_groups="), "INVALID_FILTER", json!(["filter_groups"])),
            (format!("{LIST}?filter_groups[0][filters][3][]=colour&filter_groups[0][filters][3][]=eq&filter_groups[0][filters][3][]=x"),
                "INVALID_FILTER", json!(["filter_groups", 0, "filters", 3, 0])),
            (format!("{LIST}?filter_groups[0][filters][0][]=id&filter_groups[0][filters][0][]=like&filter_groups[0][filters][0][]=1"),
                "INVALID_FILTER", json!(["filter_groups", 0, "filters", 0, 1])),
            (format!("{LIST}?filter_groups[0][filters][0][]=amount&filter_groups[0][filters][0][]=gt&filter_groups[0][filters][0][]=1e3"),
                "INVALID_FILTER", json!(["filter_groups", 0, "filters", 0, 2])),
            (format!("{one}?fields=id"), "BAD_USER_INPUT", json!(["fields"])),
            (format!("{one}/timeline?first=1"), "BAD_USER_INPUT", json!(["first"])),
            (format!("{one}/timeline?limit=1.5"), "BAD_USER_INPUT", json!(["limit"])),
        ];
        for (path, code, place) in cases {
            let problem = problem(gateway.get(&path).await, 400).await;
            assert_eq!(problem["code"], json!(code), "{path}");
            assert_eq!(faults(&problem["errors"]), [(code.to_owned(), place)], "{path}");
        }
        // All of them at once.
        let problem = problem(gateway.get(&format!("{LIST}?limit=1&limit=2&colour=x")).await, 400).await;
        let expected = [("BAD_USER_INPUT".to_owned(), json!(["limit"])), ("BAD_USER_INPUT".to_owned(), json!(["colour"]))];
        assert_eq!(faults(&problem["errors"]), expected);
    }

    async fn what_cannot_be_read_at_all_is_a_problem_too(gateway: Gateway) {
        gateway.record(entries(1)).await;
        for path in [format!("{LIST}?after=%FF"), format!("{LIST}/%FF"), format!("{LIST}/%FF/timeline"), format!("{LIST}/1e3"), format!("{LIST}/1?id=%FF")] {
            problem(gateway.get(&path).await, 400).await;
        }
        // More than the 2 MiB that a body may have, by one byte.
        let large = " ".repeat(2 * 1024 * 1024 + 1);
        for (method, path) in [(Method::GET, LIST), (Method::GET, EXPORT), (Method::POST, LIST), (Method::POST, MARK)] {
            let request = gateway.request(method, path).header("content-type", "application/json").body(large.clone());
            let problem = problem(request.send().await.unwrap(), 413).await;
            assert_eq!(problem["code"], json!("PAYLOAD_TOO_LARGE"), "{path}");
        }
        let key = reqwest::header::HeaderValue::from_bytes("clé".as_bytes()).unwrap();
        let request = gateway.request(Method::POST, MARK).json(&json!({ "accounting_entries": [] })).header("idempotency-key", key);
        let refused = problem(request.send().await.unwrap(), 422).await;
        assert_eq!(faults(&refused["errors"]), [("INVALID_IDEMPOTENCY_KEY".to_owned(), json!(["Idempotency-Key"]))]);
        for path in [MARK, LIST] {
            let send = async |content_type: Option<&str>, body: &str| {
                let request = gateway.request(Method::POST, path).body(body.to_owned());
                let request = content_type.into_iter().fold(request, |request, kind| request.header("content-type", kind));
                request.send().await.unwrap()
            };
            let json = Some("application/json");
            for kind in [None, Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("application/problem+json"), Some("json")] {
                let problem = problem(send(kind, "{\"accounting_entries\":[]}").await, 415).await;
                assert_eq!(problem["code"], json!("UNSUPPORTED_MEDIA_TYPE"), "{path} {kind:?}");
            }
            for body in ["", "{", "{\"accounting_entries\": [}", "\u{feff}{}", "NaN"] {
                assert_eq!(problem(send(json, body).await, 400).await["code"], json!("INVALID_BODY"), "{path} {body:?}");
            }
            for body in ["{}", "[]", "null", "7", "{\"accounting_entries\": {}}", "{\"accounting_entries\": [], \"more\": 1}", "{\"entries\": []}"] {
                assert_eq!(problem(send(json, body).await, 422).await["code"], json!("INVALID_BODY"), "{path} {body}");
            }
            let items = problem(send(Some("application/json; charset=utf-8"), "{\"accounting_entries\": []}").await, 422).await;
            assert_eq!(items["code"], json!("NO_ITEMS"), "{path}");
        }
        let mark = async |item: Value| problem(gateway.post(MARK, &json!({ "accounting_entries": [item] })).await, 422).await;
        for (item, code, place) in [
            (json!(7), "INVALID_BODY", json!(["accounting_entries", 0])),
            (json!({ "accounting_entry_id": 1, "system_id": "erp", "notes": "x" }), "INVALID_BODY", json!(["accounting_entries", 0, "notes"])),
            (json!({ "accounting_entry_id": 1, "system_id": "erp", "note": 7 }), "INVALID_BODY", json!(["accounting_entries", 0, "note"])),
            (json!({ "entry_id": 1, "system_id": "erp" }), "INVALID_BODY", json!(["accounting_entries", 0, "entry_id"])),
            (json!({ "system_id": "erp" }), "INVALID_ENTRY_ID", json!(["accounting_entries", 0, "accounting_entry_id"])),
            (json!({ "accounting_entry_id": 1.5, "system_id": "erp" }), "INVALID_ENTRY_ID", json!(["accounting_entries", 0, "accounting_entry_id"])),
            (json!({ "accounting_entry_id": 1 }), "INVALID_SYSTEM_ID", json!(["accounting_entries", 0, "system_id"])),
            (json!({ "accounting_entry_id": 1, "system_id": 7 }), "INVALID_SYSTEM_ID", json!(["accounting_entries", 0, "system_id"])),
        ] {
            assert_eq!(faults(&mark(item.clone()).await["errors"]), [(code.to_owned(), place)], "{item}");
        }
        let record = async |entries: Value| problem(gateway.post(LIST, &json!({ "accounting_entries": entries })).await, 422).await;
        let content = |field: &str, value: Value| {
            let mut content = json!({
                "external_id": "x", "journal_code": "VE", "entry_number": "1", "posting_date": "2026-01-31",
                "account_number": "707000", "description": "", "debit": "0", "credit": "0", "currency": "EUR",
            });
            match value {
                Value::Null => _ = content.as_object_mut().unwrap().remove(field),
                value => content[field] = value,
            }
            content
        };
        for (field, value, shown) in [
            ("debit", json!(12.5), Some("debit")),
            ("credit", json!("1,5"), Some("credit")),
            ("currency", json!("Euro"), Some("currency")),
            ("posting_date", json!("31.01.2026"), Some("posting_date")),
            ("posting_date", json!("2026-02-30"), Some("posting_date")),
            ("posting_date", json!("2026-1-5"), Some("posting_date")),
            ("validated_on", json!("+2026-01-1"), Some("validated_on")),
            ("posting_date", json!(" 2026-01-31"), Some("posting_date")),
            ("document_date", json!(20_260_131), Some("document_date")),
            ("description", json!(7), Some("description")),
            ("attributes", json!("x"), Some("attributes")),
            ("colour", json!("x"), Some("colour")),
            ("amount", json!("1.00"), Some("amount")),
            ("external_id", json!(null), None),
        ] {
            let problem = record(json!([content("id_is_not_there", json!(null)), content(field, value.clone())])).await;
            let mut place = vec![json!("accounting_entries"), json!(1)];
            place.extend(shown.map(|field| json!(field)));
            assert!(faults(&problem["errors"]).contains(&("INVALID_ENTRY".to_owned(), json!(place))), "{field} {value}: {problem:#}");
        }
        let several = record(json!([
            content("account_number", json!("")), content("debit", json!(1)), content("attributes", json!({ "a": "\u{0}" })),
            content("document_date", json!("0000-01-01")),
        ])).await;
        let expected = [(0, "account_number"), (1, "debit"), (2, "attributes"), (3, "document_date")];
        let expected = expected.map(|(index, field)| ("INVALID_ENTRY".to_owned(), json!(["accounting_entries", index, field])));
        assert_eq!(faults(&several["errors"]), expected, "every fault is told");
        assert_eq!(gateway.unexported("erp").await.len(), 1, "something was recorded or marked");
    }

    async fn filter_groups_may_stand_in_a_body_instead(gateway: Gateway) {
        record(&gateway).await;
        let ask = async |path: &str, body: &str| gateway.request(Method::GET, path).body(body.to_owned()).send().await.unwrap();
        let groups = json!([{ "or": "1", "filters": [
            { "key": "description", "operator": "ct", "value": "ÉTÉ_", "not": false },
            ["currency", "eq", "JPY"],
            ["amount", "gt", "1", 0],
        ] }, { "filters": [["document_date", "eq", null]] }]);
        let body = json!({ "filter_groups": groups }).to_string();
        for path in [LIST.to_owned(), format!("{EXPORT}?system_id=erp"), format!("{LIST}?limit=5&sort=id")] {
            let answer = json_of(ask(&path, &body).await).await;
            assert_eq!(names(&answer["accounting_entries"]), ["largest", "été_1"], "{path}");
            let spaces = json_of(ask(&path, " \n ").await).await;
            assert!(spaces["accounting_entries"].as_array().unwrap().len() >= 5, "{path}");
        }
        let in_query = "filter_groups[0][filters][0][]=id&filter_groups[0][filters][0][]=gt&filter_groups[0][filters][0][]=0";
        for (path, body, code) in [
            (format!("{LIST}?{in_query}"), body.as_str(), "INVALID_BODY"),
            (LIST.to_owned(), "{}", "INVALID_BODY"),
            (LIST.to_owned(), "{\"filter_groups\": [], \"limit\": 5}", "INVALID_BODY"),
            (LIST.to_owned(), "{\"filter_group\": []}", "INVALID_BODY"),
            (LIST.to_owned(), "filter_groups", "INVALID_BODY"),
            (LIST.to_owned(), "[]", "INVALID_BODY"),
            (LIST.to_owned(), "{\"filter_groups\": null}", "INVALID_FILTER"),
            (LIST.to_owned(), "{\"filter_groups\": []}", "INVALID_FILTER"),
            (LIST.to_owned(), "{\"filter_groups\": [{\"filters\": [[\"amount\", \"gt\", 1]]}]}", "INVALID_FILTER"),
        ] {
            assert_eq!(problem(ask(&path, body).await, 400).await["code"], json!(code), "{path} {body}");
        }
    }
}
