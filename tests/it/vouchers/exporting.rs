//! Whole vouchers through REST and the command line: the same as through GraphQL.

use super::*;

const EXPORT: &str = "/v10/vouchers/export?system_id=erp";

/// What REST says of the unexported vouchers, made of what GraphQL says.
async fn expected(gateway: &Gateway) -> Value {
    let query = "{ unexportedVouchers(systemId: \"erp\", first: 10) { nodes {
        id journalCode postingDate entryNumber balanced partlyExported(systemId: \"erp\")
        totals { currency debit credit entryCount } entries(first: 50) { nodes { externalId } } } } }";
    let data = gateway.data(query, json!({})).await;
    let nodes = data["unexportedVouchers"]["nodes"].as_array().unwrap().iter().map(|node| {
        let totals = node["totals"].as_array().unwrap().iter().map(|total| {
            json!({ "currency": total["currency"], "debit": total["debit"], "credit": total["credit"], "entry_count": total["entryCount"] })
        });
        let names: Vec<Value> =
            node["entries"]["nodes"].as_array().unwrap().iter().map(|entry| entry["externalId"].clone()).collect();
        json!({
            "id": node["id"], "journal_code": node["journalCode"], "posting_date": node["postingDate"],
            "entry_number": node["entryNumber"], "balanced": node["balanced"], "partly_exported": node["partlyExported"],
            "totals": totals.collect::<Vec<_>>(), "accounting_entries": names,
        })
    });
    Value::Array(nodes.collect())
}

/// The vouchers of an answer, with the names of their entries in place of these.
fn named(vouchers: &[Value]) -> Value {
    let name = |voucher: &Value| {
        let mut voucher = voucher.clone();
        let entries = voucher["accounting_entries"].as_array().unwrap().iter();
        let names: Vec<Value> = entries.map(|entry| entry["external_id"].clone()).collect();
        voucher["accounting_entries"] = json!(names);
        voucher
    };
    Value::Array(vouchers.iter().map(name).collect())
}

async fn json_of(response: reqwest::Response) -> Value {
    let status = response.status();
    let body: Value = response.json().await.unwrap();
    assert_eq!(status, 200, "{body:#}");
    body
}

on_both_databases! {
    async fn rest_gives_and_marks_the_vouchers_of_graphql(gateway: Gateway) {
        let ids = ledger(&gateway).await;
        // In each of the states of a system: unknown, with an open history, taken over.
        for state in ["unknown", "open", "taken over"] {
            match state {
                "open" => {
                    gateway.stop_background().await;
                    gateway.mark("erp", &ids[..1]).await;
                }
                "taken over" => gateway.history_taken_over().await,
                _ => {}
            }
            let expected = expected(&gateway).await;
            let response = gateway.get(EXPORT).await;
            assert!(response.headers().contains_key("x-as-of"));
            let streamed = json_of(response).await;
            assert_eq!(named(streamed["vouchers"].as_array().unwrap()), expected, "{state}");
            let lines = gateway.request(reqwest::Method::GET, EXPORT).header("accept", "application/x-ndjson");
            let text = lines.send().await.unwrap().text().await.unwrap();
            let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            let end = lines.pop().unwrap();
            assert_eq!(named(&lines), expected);
            assert_eq!((&end["end"]["vouchers"], &end["end"]["entries"]), (&json!(4), &json!(7)), "{end}");
            let (mut paged, mut after) = (Vec::new(), String::new());
            loop {
                let page = json_of(gateway.get(&format!("{EXPORT}&limit=1{after}")).await).await;
                let vouchers = page["vouchers"].as_array().unwrap();
                assert_eq!(vouchers.len(), 1);
                paged.extend(vouchers.clone());
                match page["next_after"].as_str() {
                    Some(cursor) => after = format!("&after={cursor}"),
                    None => break,
                }
            }
            assert_eq!(named(&paged), expected);
        }
        let body = json!({ "vouchers": [
            { "voucher_id": A, "system_id": "erp", "note": "posted" },
            { "voucher_id": "voucher/entry/404", "system_id": "erp" },
        ] });
        let path = "/v10/vouchers/mark-as-exported";
        let mut answer = json_of(gateway.post(path, &body).await).await;
        assert!(answer["vouchers"][0]["exported_at"].take().is_string());
        assert_eq!(answer["vouchers"], json!([{ "voucher_id": A, "system_id": "erp", "exported_at": null, "note": "posted",
            "entry_count": 3, "remarked": false, "reference": null }]));
        assert_eq!(answer["errors"][0]["code"], json!("VOUCHER_NOT_FOUND"));
        assert_eq!(answer["errors"][0]["path"], json!(["vouchers", 1, "voucher_id"]));
        assert_eq!(named(json_of(gateway.get(EXPORT).await).await["vouchers"].as_array().unwrap()), expected(&gateway).await);
        for (wrong, status, code, path_of_fault) in [
            (json!({ "accounting_entries": [] }), 422, "INVALID_BODY", json!([])),
            (json!({ "vouchers": [] }), 422, "NO_ITEMS", json!(["vouchers"])),
            (json!({ "vouchers": [{ "voucher_id": "17", "system_id": "erp" }] }), 422, "INVALID_VOUCHER_ID", json!(["vouchers", 0, "voucher_id"])),
            (json!({ "vouchers": [{ "id": A, "system_id": "erp" }] }), 422, "INVALID_BODY", json!(["vouchers", 0, "id"])),
        ] {
            let response = gateway.post(path, &wrong).await;
            assert_eq!(response.status().as_u16(), status);
            let problem: Value = response.json().await.unwrap();
            let fault = problem["errors"].get(0).unwrap_or(&problem);
            assert_eq!(fault["code"], json!(code), "{problem:#}");
            assert_eq!(fault.get("path").cloned().unwrap_or(json!([])), path_of_fault, "{problem:#}");
        }
        for (parameters, code) in [("limit=101", "INVALID_PAGE_SIZE"), ("after=x", "INVALID_CURSOR"), ("sort=id", "BAD_USER_INPUT")] {
            let response = gateway.get(&format!("{EXPORT}&{parameters}")).await;
            assert_eq!(response.status(), 400);
            assert_eq!(response.json::<Value>().await.unwrap()["code"], json!(code));
        }
    }
}

crate::program_on_both_databases! {
    async fn the_command_line_exports_whole_vouchers(program: Program) {
        program.ok(&["migrate", "up"]);
        for (name, number) in [("a1", "17"), ("b1", "18"), ("a2", "17")] {
            let sql = format!(
                "INSERT INTO accounting_entries (external_id, journal_code, entry_number, posting_date, account_number,
                    description, debit_ten_thousandths, credit_ten_thousandths)
                 VALUES ('{name}', 'VE', '{number}', '2026-01-31', '707000', '', 10000, 0)"
            );
            program.execute(&sql).await;
        }
        let text = program.ok(&["export", "--system", "erp", "--vouchers"]);
        let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let end = lines.pop().unwrap();
        assert_eq!((&end["end"]["vouchers"], &end["end"]["entries"]), (&json!(2), &json!(3)));
        let vouchers: BTreeMap<&str, usize> = lines.iter()
            .map(|line| (line["id"].as_str().unwrap(), line["accounting_entries"].as_array().unwrap().len())).collect();
        assert_eq!(vouchers, BTreeMap::from([(A, 2), ("voucher/2026-01-31/VE/18", 1)]));
        let text = program.ok(&["export", "--system", "erp", "--vouchers", "--format", "csv"]);
        let names: Vec<&str> = text.lines().skip(1).map(|row| row.split(',').nth(1).unwrap()).collect();
        assert_eq!(names, ["a1", "a2", "b1"], "{text}");
    }
}
