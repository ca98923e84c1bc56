//! The description of the REST side: accepted by a validator, complete, and true to the answers.

mod calls;

use std::collections::BTreeSet;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Gateway, entries, tools};
use calls::{CALLS, NAMES};

fn document() -> Value {
    serde_json::to_value(ledgate::rest::document()).unwrap()
}

/// Every operation, with its path and method.
fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    paths
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap().iter();
            methods.map(move |(method, operation)| (format!("{method} {path}"), operation))
        })
        .collect()
}

#[tokio::test]
async fn the_document_is_served_as_it_is_made() {
    let gateway = Gateway::on_sqlite().await;
    let response = gateway.get("/openapi.json").await;
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.json::<Value>().await.unwrap(), document());
}

#[test]
fn it_describes_the_calls_of_the_contract_each_under_a_name_of_its_own() {
    let document = document();
    let operations = operations(&document);
    let calls: Vec<&str> = operations.iter().map(|(call, _)| call.as_str()).collect();
    assert_eq!(calls, CALLS);
    let names: BTreeSet<&str> =
        operations.iter().map(|(_, op)| op["operationId"].as_str().unwrap()).collect();
    assert_eq!(names, BTreeSet::from(NAMES));
}

#[test]
fn every_parameter_body_and_answer_is_described_errors_as_problems() {
    let document = document();
    for (call, operation) in operations(&document) {
        assert!(operation["summary"].as_str().is_some_and(|text| text.len() > 10), "{call}");
        for parameter in operation["parameters"].as_array().unwrap_or(&Vec::new()) {
            let name = parameter["name"].as_str().unwrap();
            assert!(parameter["description"].as_str().is_some_and(|text| text.len() > 10), "{call} {name}");
            let schema = &parameter["schema"];
            assert!(schema["type"].is_string(), "{call} {name}: a parameter cannot be null: {schema}");
        }
        let responses = operation["responses"].as_object().unwrap();
        for code in
            ["200", "400", "401", "403", "408", "413", "414", "415", "421", "429", "431", "500", "503", "504"]
        {
            assert!(responses.contains_key(code), "{call} does not tell of {code}");
        }
        for (status, response) in responses {
            assert!(response["description"].as_str().is_some_and(|text| text.len() > 4), "{call} {status}");
            // The server has no room for the head of these, and reads and says no more.
            if ["414", "431"].contains(&status.as_str()) {
                assert_eq!(response.get("content"), None, "{call} {status}");
                continue;
            }
            if ["429", "503"].contains(&status.as_str()) {
                assert!(response["headers"]["Retry-After"].is_object(), "{call} {status}");
            }
            if status != "200" {
                let schema = &response["content"]["application/problem+json"]["schema"];
                assert_eq!(schema["$ref"], json!("#/components/schemas/Problem"), "{call} {status}");
            }
        }
    }
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        assert!(schema["description"].is_string(), "{name}");
        let Some(properties) = schema["properties"].as_object() else {
            assert!(schema["oneOf"].is_array(), "{name} is neither an object nor one of several");
            continue;
        };
        for (field, property) in properties {
            // Of an object that may be null, the description stands beside its reference.
            let described = if property["oneOf"].is_array() { &property["oneOf"][0] } else { property };
            assert!(described["description"].as_str().is_some_and(|text| text.len() > 3), "{name}.{field}");
        }
    }
}

#[test]
fn limits_and_filters_are_told() {
    let document = document();
    let operations = operations(&document);
    let parameter = |call: &str, name: &str| {
        let (_, operation) = operations.iter().find(|(found, _)| found == call).unwrap();
        let parameters = operation["parameters"].as_array().unwrap();
        parameters.iter().find(|found| found["name"] == json!(name)).unwrap().clone()
    };
    let limit = parameter("get /v10/accounting-entries", "limit")["schema"].clone();
    assert_eq!((&limit["minimum"], &limit["maximum"]), (&json!(1), &json!(500)));
    let system = parameter("get /v10/accounting-entries/export", "system_id");
    assert_eq!(system["schema"]["pattern"], json!("^[A-Za-z0-9._:-]{1,64}$"));
    let key = parameter("post /v10/accounting-entries/mark-as-exported", "Idempotency-Key");
    assert_eq!((&key["required"], &key["schema"]["maxLength"]), (&json!(false), &json!(200)));

    let groups = parameter("get /v10/accounting-entries/export", "filter_groups");
    assert_eq!(groups["style"], json!("deepObject"));
    assert_eq!(groups["schema"]["items"]["$ref"], json!("#/components/schemas/FilterGroup"));
    let filter = &document["components"]["schemas"]["Filter"]["properties"];
    let operators = ["eq", "gt", "gte", "lt", "lte", "in", "bt", "ct", "sw", "ew"];
    assert_eq!(filter["operator"]["enum"], json!(operators));
    let keys: Vec<&str> = ledgate::domain::Field::ALL.iter().map(|field| field.name()).collect();
    assert_eq!(filter["key"]["enum"], json!(keys));
    let calls = &document["components"]["schemas"]["MarkAsExported"]["properties"]["accounting_entries"];
    assert_eq!((&calls["minItems"], &calls["maxItems"]), (&json!(1), &json!(10)));
}

/// An answer, for the validator to compare with what the document says of it; of NDJSON one of its lines.
async fn answer(operation: &str, request: reqwest::RequestBuilder, status: u16) -> Value {
    answer_line(operation, request, status, 0).await
}

async fn answer_line(operation: &str, request: reqwest::RequestBuilder, status: u16, line: usize) -> Value {
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), StatusCode::from_u16(status).unwrap(), "{operation}");
    let content_type = response.headers()["content-type"].to_str().unwrap();
    let content_type = content_type.split(';').next().unwrap().to_owned();
    let text = response.text().await.unwrap();
    let text = if content_type == "application/x-ndjson" { text.lines().nth(line).unwrap() } else { &text };
    let value: Value = serde_json::from_str(text).unwrap();
    json!({ "operation": operation, "status": status, "type": content_type, "value": value })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_validator_accepts_the_document_its_examples_and_the_answers_it_describes() {
    let gateway = Gateway::on_sqlite().await;
    let mut recorded = entries(3);
    // One with everything, so that each field is seen full and empty.
    recorded[0].as_object_mut().unwrap().extend([
        ("journalName".to_owned(), json!("Sales")),
        ("documentDate".to_owned(), json!("2026-01-30")),
        ("foreignAmount".to_owned(), json!("-13.1")),
        ("foreignCurrency".to_owned(), json!("USD")),
        ("validatedOn".to_owned(), json!("2026-02-28")),
        ("attributes".to_owned(), json!({ "CostCentre": "410", "Nested": { "a": [1, null] } })),
    ]);
    let ids = gateway.record(recorded).await;
    let base = "/v10/accounting-entries";
    let get = |path: &str| gateway.request(Method::GET, &format!("{base}{path}"));
    let post = |path: &str, body: Value| gateway.request(Method::POST, &format!("{base}{path}")).json(&body);
    let mark = |id: i64, system: &str| {
        json!({ "accounting_entries": [
            { "accounting_entry_id": ids[0], "system_id": system, "note": "posted" },
            { "accounting_entry_id": id, "system_id": system },
        ] })
    };
    let entry = json!({
        "external_id": "R:1", "journal_code": "VE", "entry_number": "1", "posting_date": "2026-01-31",
        "account_number": "707000", "description": "by REST", "debit": "1.5", "credit": "0", "currency": "EUR",
    });
    let (export, marking) = ("listUnexportedAccountingEntries", "markAccountingEntriesAsExported");
    let (list, recording) = ("listAccountingEntries", "recordAccountingEntries");
    let (one, timeline) = ("getAccountingEntry", "getAccountingEntryTimeline");
    let (vouchers, marking_vouchers) = ("listUnexportedVouchers", "markVouchersAsExported");
    let whole =
        |more: &str| gateway.request(Method::GET, &format!("/v10/vouchers/export?system_id=whole{more}"));
    let mark_voucher = |id: &str| {
        let items = json!([{ "voucher_id": id, "system_id": "whole" }, { "voucher_id": "voucher/entry/404", "system_id": "whole" }]);
        gateway.request(Method::POST, "/v10/vouchers/mark-as-exported").json(&json!({ "vouchers": items }))
    };
    let id = ids[0];
    let (importing, imports, import) = ("importLedgerFile", "listImports", "getImport");
    let post_file =
        |body: &'static str| gateway.request(Method::POST, "/v10/imports?name=demo.txt").body(body);
    let get_imports = |more: &str| gateway.request(Method::GET, &format!("/v10/imports{more}"));
    let ndjson = || get("/export?system_id=erp").header("accept", "application/x-ndjson");
    let ndjson_page = get("/export?system_id=erp&limit=1").header("accept", "application/x-ndjson");
    let answers = vec![
        answer(export, get("/export?system_id=erp"), 200).await,
        answer(export, get("/export?system_id=erp&limit=1"), 200).await,
        answer(export, ndjson(), 200).await,
        answer_line(export, ndjson(), 200, 3).await,
        answer_line(export, ndjson_page, 200, 1).await,
        answer(export, get("/export"), 400).await,
        answer(export, get("/export?system_id=new&include=exports&limit=3"), 200).await,
        answer(export, get("/export?system_id=new&include=marks"), 400).await,
        answer(marking, post("/mark-as-exported", mark(ids[1], "erp")), 200).await,
        answer(marking, post("/mark-as-exported", mark(404, "bank")), 200).await,
        answer(marking, post("/mark-as-exported", mark(ids[1], "not one")), 422).await,
        answer(marking, post("/mark-as-exported", json!({ "accounting_entries": [] })), 422).await,
        answer(list, get("?limit=2&sort=-posting_date"), 200).await,
        answer(list, get("?filter_groups[0][filters][0][key]=nothing"), 400).await,
        answer(recording, post("", json!({ "accounting_entries": [entry] })), 200).await,
        answer(recording, post("", json!({ "accounting_entries": [{}] })), 422).await,
        answer(recording, gateway.request(Method::POST, base).body("x"), 415).await,
        answer(one, get(&format!("/{id}")), 200).await,
        answer(one, get(&format!("/{id}?include=exports")), 200).await,
        answer(list, get("?include=exports"), 200).await,
        answer(one, get("/404"), 404).await,
        answer(one, get("/x"), 400).await,
        answer(timeline, get(&format!("/{id}/timeline")), 200).await,
        answer(timeline, get(&format!("/{id}/timeline?limit=1")), 200).await,
        answer(timeline, get("/404/timeline"), 404).await,
        answer(vouchers, whole(""), 200).await,
        answer(vouchers, whole("&limit=1"), 200).await,
        answer(vouchers, whole("&include=exports"), 200).await,
        answer(vouchers, whole("").header("accept", "application/x-ndjson"), 200).await,
        answer_line(vouchers, whole("").header("accept", "application/x-ndjson"), 200, 1).await,
        answer(vouchers, whole("&limit=0"), 400).await,
        answer(marking_vouchers, mark_voucher("voucher/2026-01-31/VE/1"), 200).await,
        answer(marking_vouchers, mark_voucher("17"), 422).await,
        answer(importing, post_file(ledgate::ledger_files::DEMO), 200).await,
        answer(importing, post_file("Dear accountant,"), 422).await,
        answer(imports, get_imports(""), 200).await,
        answer(imports, get_imports("?limit=0"), 400).await,
        answer(import, get_imports("/1"), 200).await,
        answer(import, get_imports("/404"), 404).await,
        answer(import, get_imports("/x"), 400).await,
    ];
    let input = json!({ "document": document(), "answers": answers }).to_string();
    tools::run("check-openapi.mjs", "", &input).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[should_panic(expected = "must match pattern")]
async fn an_answer_that_is_not_as_described_would_be_found() {
    let gateway = Gateway::on_sqlite().await;
    gateway.record(entries(1)).await;
    let request = gateway.request(Method::GET, "/v10/accounting-entries");
    let mut answer = answer("listAccountingEntries", request, 200).await;
    answer["value"]["accounting_entries"][0]["credit"] = json!("12,50");
    let input = json!({ "document": document(), "answers": [answer] }).to_string();
    tools::run("check-openapi.mjs", "", &input).await;
}
