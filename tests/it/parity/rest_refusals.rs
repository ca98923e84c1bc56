//! What REST refuses: each parameter, header, body and field that is wrong is named, in problems as RFC 9457 has them.

use reqwest::Method;
use serde_json::{Value, json};

use super::{EXPORT, LIST, MARK, faults, problem};
use crate::on_both_databases;
use crate::support::entries;

on_both_databases! {
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
            (format!("{LIST}?include=marks"), "BAD_USER_INPUT", json!(["include"])),
            (format!("{one}?fields=id"), "BAD_USER_INPUT", json!(["fields"])),
            (format!("{one}?include=exports,"), "BAD_USER_INPUT", json!(["include"])),
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
        for (field, value) in [
            ("debit", json!(12.5)),
            ("credit", json!("1,5")),
            ("currency", json!("Euro")),
            ("posting_date", json!("31.01.2026")),
            ("posting_date", json!("2026-02-30")),
            ("posting_date", json!("2026-1-5")),
            ("validated_on", json!("+2026-01-1")),
            ("posting_date", json!(" 2026-01-31")),
            ("document_date", json!(20_260_131)),
            ("description", json!(7)),
            ("attributes", json!("x")),
            ("colour", json!("x")),
            ("amount", json!("1.00")),
            ("external_id", json!(null)),
        ] {
            let problem = record(json!([content("id_is_not_there", json!(null)), content(field, value.clone())])).await;
            let place = json!(["accounting_entries", 1, field]);
            assert!(faults(&problem["errors"]).contains(&("INVALID_ENTRY".to_owned(), place)), "{field} {value}: {problem:#}");
        }
        let several = record(json!([
            content("account_number", json!("")), content("debit", json!(1)), content("attributes", json!({ "a": "\u{0}" })),
            content("document_date", json!("0000-01-01")),
        ])).await;
        // All four have one external id; that of the second cannot be known, since it cannot be read.
        let expected = [
            ("INVALID_ENTRY", 0, "account_number"), ("INVALID_ENTRY", 1, "debit"), ("INVALID_ENTRY", 2, "attributes"),
            ("DUPLICATE_ITEM", 2, "external_id"), ("INVALID_ENTRY", 3, "document_date"), ("DUPLICATE_ITEM", 3, "external_id"),
        ];
        let expected = expected.map(|(code, index, field)| (code.to_owned(), json!(["accounting_entries", index, field])));
        assert_eq!(faults(&several["errors"]), expected, "every fault is told");
        // Also those of one entry, what could not be read beside what breaks a rule.
        let one = json!({
            "external_id": "", "journal_code": null, "entry_number": 17, "posting_date": "31.01.2026",
            "account_number": "707000", "description": "x", "debit": 120.00, "currency": "EUR", "amount": "1.00",
            "cost_center": "410",
        });
        let problem = record(json!([one])).await;
        let places = ["journal_code", "entry_number", "posting_date", "debit", "amount", "cost_center", "external_id"];
        let expected = places.map(|field| ("INVALID_ENTRY".to_owned(), json!(["accounting_entries", 0, field])));
        assert_eq!(faults(&problem["errors"]), expected, "{problem:#}");
        let messages: Vec<&str> =
            problem["errors"].as_array().unwrap().iter().map(|error| error["message"].as_str().unwrap()).collect();
        for (message, told) in messages.iter().zip([
            "journal_code: is missing",
            "entry_number: 17 is a number: write it in quotes: \"17\"",
            "posting_date: \"31.01.2026\" is not a date such as \"2026-01-31\"",
            "write it in quotes: \"120.00\", since JSON numbers lose digits",
            "the ledger makes this itself: leave it out",
            "an entry has no field of this name",
            "external_id is empty",
        ]) {
            assert!(message.contains(told), "{message} does not say {told}");
        }
        let unknown: serde_json::Map<_, _> = (0..5_000).map(|n| (format!("f{n}"), json!(1))).collect();
        let told = record(json!([unknown])).await["errors"].as_array().unwrap().len();
        assert!((10..30).contains(&told), "{told} faults for 5,000 fields that there are not");
        assert_eq!(gateway.unexported("erp").await.len(), 1, "something was recorded or marked");
    }
}
