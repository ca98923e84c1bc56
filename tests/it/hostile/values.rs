//! Values that no honest client sends.

use ledgate::domain::Code;
use reqwest::Method;
use serde_json::{Value, json};

use super::{operation, refusal, still_answers};
use crate::graphql_http::{JSON, post};
use crate::on_both_databases;
use crate::support::gateway::{entries, entry};

/// What an answer says went wrong, as an error or as data; none of it is a fault of ours.
fn complaints(answer: &Value) -> Vec<String> {
    let of_errors = answer["errors"].as_array().into_iter().flatten();
    let mut codes: Vec<Value> = of_errors.map(|error| error["extensions"]["code"].clone()).collect();
    for payload in answer["data"].as_object().into_iter().flat_map(|data| data.values()) {
        let errors = payload["userErrors"].as_array().into_iter().flatten();
        codes.extend(errors.map(|error| error["code"].clone()));
    }
    let codes: Vec<String> = codes.iter().map(|code| code.as_str().unwrap_or("none").to_owned()).collect();
    for code in &codes {
        assert!(Code::ALL.iter().any(|known| known.as_str() == code), "{code}: {answer:#}");
        assert_ne!(code, "INTERNAL_SERVER_ERROR", "{answer:#}");
        assert_ne!(code, "UNAVAILABLE", "{answer:#}");
    }
    codes
}

const HUGE: [&str; 9] = [
    "2147483648",
    "-2147483649",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "18446744073709551616",
    "340282366920938463463374607431768211456",
    "1e308",
    "1e400",
];

on_both_databases! {
    async fn a_huge_number_is_refused_in_every_argument_that_takes_one(gateway: Gateway) {
        gateway.record(entries(1)).await;
        let digits = "9".repeat(1_000);
        for number in HUGE.into_iter().chain([digits.as_str()]) {
            for query in [
                "{ accountingEntries(first: #) { nodes { id } } }",
                "{ accountingEntries(last: #) { nodes { id } } }",
                "{ unexportedEntries(systemId: \"erp\", first: #) { nodes { id } } }",
                "{ unexportedEntries(systemId: \"erp\", last: #) { nodes { id } } }",
                "{ exportSystems(first: #) { nodes { id } } }",
                "{ imports(first: #) { nodes { id } } }",
                "{ accountingEntries { nodes { timeline(first: #) { nodes { id } } } } }",
            ] {
                let answer = gateway.graphql(&query.replace('#', number), json!({})).await;
                assert!(!complaints(&answer).is_empty(), "{query} {number}: {answer:#}");
                let query = query.replacen('{', "query($n: Int) {", 1).replace('#', "$n");
                let body = format!("{{\"query\": {}, \"variables\": {{\"n\": {number}}}}}", json!(query));
                let answer: Value = post(&gateway, JSON, body).send().await.unwrap().json().await.unwrap();
                assert!(!complaints(&answer).is_empty(), "{query} {number}: {answer:#}");
            }
            for query in [
                "{ accountingEntry(id: #) { id } }",
                "{ import(id: #) { id } }",
                "{ accountingEntries(filter: { id: { gt: # } }) { nodes { id } } }",
                "mutation { markExported(input: { entries: [{ entryId: #, systemId: \"erp\" }] }) { userErrors { code } } }",
            ] {
                // 64 bits are enough for an id that is not there.
                complaints(&gateway.graphql(&query.replace('#', number), json!({})).await);
                complaints(&gateway.graphql(&query.replace('#', &format!("\"{number}\"")), json!({})).await);
            }
            for path in [
                "/v10/accounting-entries?limit=#",
                "/v10/accounting-entries/export?system_id=erp&limit=#",
                "/v10/accounting-entries/1/timeline?limit=#",
                "/v10/accounting-entries/#",
                "/v10/imports?limit=#",
                "/v10/imports/#",
            ] {
                let (status, code, _) = refusal(gateway.get(&path.replace('#', number)).await).await;
                assert!([400, 404].contains(&status) && code != "INTERNAL_SERVER_ERROR", "{path} {number}: {status}");
            }
            let item = format!("{{\"accounting_entry_id\": {number}, \"system_id\": \"erp\"}}");
            let request = gateway.request(Method::POST, "/v10/accounting-entries/mark-as-exported");
            let request = request.header("content-type", JSON).body(format!("{{\"accounting_entries\": [{item}]}}"));
            let (status, ..) = refusal(request.send().await.unwrap()).await;
            assert!([400, 422].contains(&status), "{number}: {status}");
        }
        assert_eq!(gateway.unexported("erp").await.len(), 1);
        still_answers(&gateway).await;
    }

    async fn a_nul_is_refused_or_kept_but_breaks_nothing(gateway: Gateway) {
        gateway.record(entries(1)).await;
        let record = "mutation($e: [AccountingEntryInput!]!) { recordAccountingEntries(input: { entries: $e }) {
            entries { externalId attributes } userErrors { code } } }";
        let mark = "mutation($i: MarkExportedInput!) { markExported(input: $i) { userErrors { code } } }";
        let with = |field: &str, value: Value| {
            let mut entry = entry("NUL");
            entry[field] = value;
            json!({ "e": [entry] })
        };
        let item = |system: &str, note: &str| json!({ "entryId": "1", "systemId": system, "note": note });
        for (query, variables) in [
            ("query($s: SystemId!) { exportSystem(systemId: $s) { backlog { count } } }", json!({ "s": "a\0b" })),
            ("query($s: SystemId!) { unexportedEntries(systemId: $s) { nodes { id } } }", json!({ "s": "\0" })),
            ("query($a: String) { accountingEntries(after: $a) { nodes { id } } }", json!({ "a": "\0" })),
            ("query($i: ID!) { accountingEntry(id: $i) { id } }", json!({ "i": "1\0" })),
            (record, with("externalId", json!("a\0b"))),
            (record, with("description", json!("\0"))),
            (record, with("postingDate", json!("2026-01-31\0"))),
            (record, with("debit", json!("1.00\0"))),
            (record, with("currency", json!("EU\0"))),
            (mark, json!({ "i": { "entries": [item("e\0", "")] } })),
            (mark, json!({ "i": { "entries": [item("erp", "\0")] } })),
            (mark, json!({ "i": { "entries": [item("erp", "")], "idempotencyKey": "k\0" } })),
        ] {
            let answer = gateway.graphql(query, variables.clone()).await;
            assert!(!complaints(&answer).is_empty(), "{query} {variables}: {answer:#}");
        }
        for attributes in [json!({ "a": "\0" }), json!({ "\0": 1 })] {
            complaints(&gateway.graphql(record, with("attributes", attributes)).await);
        }
        for field in ["description", "externalId", "journalCode"] {
            for operator in ["eq", "contains", "startsWith", "endsWith", "gt"] {
                let filter = json!({ "f": { field: { operator: "a\0b" } } });
                let query = "query($f: AccountingEntryFilter) { accountingEntries(filter: $f) { nodes { id } totalCount { count } } }";
                complaints(&gateway.graphql(query, filter).await);
            }
        }
        // In the document itself.
        complaints(&gateway.graphql("{ __typename \0 }", json!({})).await);
        complaints(&gateway.graphql("{ exportSystem(systemId: \"a\0b\") { id } }", json!({})).await);
        complaints(&gateway.graphql("{ exportSystem(systemId: \"a\\u0000b\") { id } }", json!({})).await);
        for path in [
            "/v10/accounting-entries/export?system_id=%00",
            "/v10/accounting-entries?after=%00",
            "/v10/accounting-entries?sort=%00",
            "/v10/accounting-entries?%00=1",
            "/v10/accounting-entries/%00",
        ] {
            let (status, code, _) = refusal(gateway.get(path).await).await;
            assert_eq!(status, 400, "{path} {code}");
        }
        let filter = "/v10/accounting-entries?filter_groups[0][filters][0][key]=description\
                      &filter_groups[0][filters][0][operator]=ct&filter_groups[0][filters][0][value]=a%00b";
        assert!(gateway.get(filter).await.status().as_u16() < 500);
        assert_eq!(gateway.get("/assets/graphiql/%00").await.status(), 404);
        still_answers(&gateway).await;
    }

    async fn half_a_character_is_refused(gateway: Gateway) {
        gateway.record(entries(1)).await;
        for half in ["\\ud800", "\\udfff", "\\udc00\\ud800", "a\\ud83d"] {
            for body in [
                format!("{{\"query\": \"{{ __typename }} #{half}\"}}"),
                format!("{{\"query\": \"{{ __typename }}\", \"variables\": {{\"x\": \"{half}\"}}}}"),
                format!("{{\"query\": \"{{ __typename }}\", \"operationName\": \"{half}\"}}"),
            ] {
                let (status, code, _) = refusal(post(&gateway, JSON, body.clone()).send().await.unwrap()).await;
                assert_eq!((status, code.as_str()), (400, "INVALID_BODY"), "{body}");
            }
            // Written in the document, where the escape is GraphQL's.
            let query = format!("{{ accountingEntries(filter: {{ description: {{ contains: \"{half}\" }} }}) {{ nodes {{ id }} }} }}");
            let answer = gateway.graphql(&query, json!({})).await;
            assert!(!complaints(&answer).is_empty(), "{query}: {answer:#}");
            let items = format!("{{\"accounting_entries\": [{{\"accounting_entry_id\": 1, \"system_id\": \"{half}\"}}]}}");
            let request = gateway.request(Method::POST, "/v10/accounting-entries/mark-as-exported");
            let (status, ..) = refusal(request.header("content-type", JSON).body(items).send().await.unwrap()).await;
            assert_eq!(status, 400);
        }
        for path in ["/v10/accounting-entries?after=%ED%A0%80", "/v10/accounting-entries/%ED%A0%80", "/v10/accounting-entries?after=%FF"] {
            assert_eq!(refusal(gateway.get(path).await).await.0, 400, "{path}");
        }
        still_answers(&gateway).await;
    }

    async fn deep_json_is_refused_before_it_uses_up_the_stack(gateway: Gateway) {
        let wrapped = |levels: usize, open: &str, close: &str| format!("{}1{}", open.repeat(levels), close.repeat(levels));
        for levels in [130, 10_000, 900_000] {
            for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
                if levels * (open.len() + close.len()) > 2_000_000 {
                    continue;
                }
                let deep = wrapped(levels, open, close);
                for body in [deep.clone(), format!("{{\"query\": \"{{ __typename }}\", \"variables\": {{\"x\": {deep}}}}}")] {
                    let (status, code, _) = refusal(post(&gateway, JSON, body).send().await.unwrap()).await;
                    assert_eq!((status, code.as_str()), (400, "INVALID_BODY"), "{levels} of {open}");
                }
                let request = gateway.request(Method::POST, "/v10/accounting-entries").header("content-type", JSON);
                let body = format!("{{\"accounting_entries\": [{deep}]}}");
                assert_eq!(refusal(request.body(body).send().await.unwrap()).await.0, 400, "{levels} of {open}");
            }
        }
        // As deep as JSON is read, where any JSON may stand and where it may not.
        let deep: Value = serde_json::from_str(&wrapped(110, "[", "]")).unwrap();
        let mut recorded = entry("DEEP");
        recorded["attributes"] = json!({ "deep": deep });
        gateway.record(vec![recorded]).await;
        let data = gateway.data("{ accountingEntries { nodes { attributes } } }", json!({})).await;
        assert_eq!(data["accountingEntries"]["nodes"][0]["attributes"]["deep"], deep);
        let query = "query($f: AccountingEntryFilter) { accountingEntries(filter: $f) { nodes { id } } }";
        for filter in [deep.clone(), json!({ "id": deep }), json!({ "id": { "in": deep } })] {
            assert!(!complaints(&gateway.graphql(query, json!({ "f": filter })).await).is_empty());
        }
        still_answers(&gateway).await;
    }

    async fn a_text_of_megabytes_is_refused_with_a_short_answer(gateway: Gateway) {
        gateway.record(entries(1)).await;
        let long = "x".repeat(2_000_000);
        let filter = "query($f: AccountingEntryFilter) { accountingEntries(filter: $f) { nodes { id } } }";
        let record = "mutation($e: [AccountingEntryInput!]!) { recordAccountingEntries(input: { entries: $e }) {
            userErrors { code message } } }";
        let mark = "mutation($i: MarkExportedInput!) { markExported(input: $i) { userErrors { code message } } }";
        let mut described = entry("LONG");
        described["description"] = json!(long);
        let mut attributes = entry("LONG");
        attributes["attributes"] = json!({ "a": long });
        for (query, variables) in [
            (filter, json!({ "f": { "description": { "contains": long } } })),
            (filter, json!({ "f": { "debit": { "eq": "9".repeat(2_000_000) } } })),
            ("query($s: SystemId!) { exportSystem(systemId: $s) { id } }", json!({ "s": long })),
            ("query($a: String) { accountingEntries(after: $a) { nodes { id } } }", json!({ "a": long })),
            ("query($i: ID!) { accountingEntry(id: $i) { id } }", json!({ "i": long })),
            (record, json!({ "e": [entry(&long)] })),
            (record, json!({ "e": [described] })),
            (record, json!({ "e": [attributes] })),
            (mark, json!({ "i": { "entries": [{ "entryId": long, "systemId": "erp" }] } })),
            (mark, json!({ "i": { "entries": [{ "entryId": "1", "systemId": "erp", "note": long }] } })),
            (mark, json!({ "i": { "entries": [{ "entryId": "1", "systemId": "erp" }], "idempotencyKey": long } })),
        ] {
            let answer = operation(&gateway, query, variables).send().await.unwrap().text().await.unwrap();
            assert!(answer.len() < 10_000, "{query}: {} bytes", answer.len());
            let answer: Value = serde_json::from_str(&answer).unwrap();
            assert!(!complaints(&answer).is_empty(), "{query}: {answer:#}");
        }
        let body = json!({ "query": "{ __typename }", "operationName": long }).to_string();
        let answer = post(&gateway, JSON, body).send().await.unwrap().text().await.unwrap();
        assert!(answer.len() < 10_000, "{} bytes", answer.len());
        assert_eq!(gateway.unexported("erp").await.len(), 1);
        still_answers(&gateway).await;
    }
}
