//! What only REST promises: whole answers as a stream, and the original's spellings.

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
