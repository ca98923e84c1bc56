//! What only REST promises: whole answers as a stream, the original's spellings, problems as RFC 9457 has them.

use reqwest::Method;
use serde_json::{Value, json};

use super::*;
use crate::on_both_databases;
use crate::support::{entries, ndjson};

on_both_databases! {
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
                ndjson::entries(&response.text().await.unwrap())
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
        assert_eq!(lines.status(), 200);
        assert_eq!(ndjson::entries(&lines.text().await.unwrap()), [Value::Null; 0]);
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

    async fn debit_and_credit_may_be_left_out_as_through_graphql(gateway: Gateway) {
        let mut contents = Vec::new();
        for (name, left_out) in [("both", vec!["debit", "credit"]), ("credit", vec!["credit"]), ("null", vec![])] {
            let mut content = json!({
                "external_id": name, "journal_code": "VE", "entry_number": "1", "posting_date": "2026-01-31",
                "account_number": "707000", "description": "", "debit": "1.50", "credit": null, "currency": "EUR",
            });
            left_out.into_iter().for_each(|field| drop(content.as_object_mut().unwrap().remove(field)));
            contents.push(content);
        }
        let answer = json_of(gateway.post(LIST, &json!({ "accounting_entries": contents })).await).await;
        let entries = answer["accounting_entries"].as_array().unwrap();
        let sides: Vec<(&str, &str)> =
            entries.iter().map(|entry| (entry["debit"].as_str().unwrap(), entry["credit"].as_str().unwrap())).collect();
        assert_eq!(sides, [("0.00", "0.00"), ("1.50", "0.00"), ("1.50", "0.00")]);
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
