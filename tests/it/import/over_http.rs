//! `POST /v10/imports`: the same with a file as the body.

use ledgate::ledger_files::DEMO;
use reqwest::{Body, Method, Response};
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::gateway::{Gateway, entry};

async fn import(gateway: &Gateway, query: &str, body: impl Into<Body>) -> Response {
    gateway.request(Method::POST, &format!("/v10/imports{query}")).body(body).send().await.unwrap()
}

async fn answer(response: Response) -> Value {
    let status = response.status();
    let text = response.text().await.unwrap();
    assert_eq!(status, 200, "{text}");
    serde_json::from_str(&text).unwrap()
}

on_both_databases! {
    async fn a_file_is_imported_and_again_nothing_changes(gateway: Gateway) {
        let told = answer(import(&gateway, "?name=books.txt&dry_run=true", DEMO).await).await;
        assert_eq!((&told["inserted"], &told["is_written"], &told["import_id"]), (&json!(57), &json!(false), &json!(null)));
        assert_eq!(gateway.unexported("erp").await.len(), 0);
        let told = answer(import(&gateway, "?name=books.txt", DEMO).await).await;
        assert_eq!((&told["inserted"], &told["is_written"], &told["is_in_order"]), (&json!(57), &json!(true), &json!(true)));
        assert_eq!(told["sha256"].as_str().unwrap().len(), 64);
        assert_eq!(told["ledger_debit"], "63084.80");
        assert_eq!(gateway.unexported("erp").await.len(), 57);
        let told = answer(import(&gateway, "", DEMO).await).await;
        assert_eq!((&told["inserted"], &told["unchanged"]), (&json!(0), &json!(57)));
    }

    async fn an_entry_knows_the_import_the_file_and_the_line_it_came_from(gateway: Gateway) {
        gateway.record(vec![entry("by hand")]).await;
        let told = answer(import(&gateway, "?name=books.txt", DEMO).await).await;
        let query = "{ accountingEntries(first: 58) { nodes { externalId debit importLine importFile { name }
                       import { importId at by files { name sha256 } summary } } } }";
        let data = gateway.data(query, json!({})).await;
        let (by_hand, imported): (Vec<&Value>, Vec<&Value>) =
            data["accountingEntries"]["nodes"].as_array().unwrap().iter().partition(|node| node["externalId"] == "by hand");
        assert_eq!((by_hand.len(), imported.len()), (1, 57));
        assert_eq!((&by_hand[0]["import"], &by_hand[0]["importLine"]), (&json!(null), &json!(null)));
        for node in &imported {
            assert_eq!(node["import"]["importId"], told["import_id"].to_string());
            assert_eq!(node["import"]["files"], json!([{ "name": "books.txt", "sha256": told["sha256"] }]));
            assert_eq!(node["import"]["summary"]["inserted"], 57);
            assert_eq!(node["importFile"]["name"], "books.txt");
        }
        // Each line of the file is one of them.
        let mut lines: Vec<i64> = imported.iter().map(|node| node["importLine"].as_i64().unwrap()).collect();
        lines.sort_unstable();
        assert_eq!(lines, (2..=58).collect::<Vec<_>>());
    }

    async fn a_body_larger_than_that_of_other_calls_comes_in_as_a_stream(gateway: Gateway) {
        // Ten times the demo, its vouchers renumbered: with a description long enough to pass the limit of other bodies.
        let (header, rest) = DEMO.split_once('\n').unwrap();
        let long = "x".repeat(1_900);
        let mut file = format!("{header}\n");
        for round in 0..22 {
            for line in rest.lines() {
                let mut cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
                cells[2] = format!("{round}-{}", cells[2]);
                cells[10] = long.clone();
                file.push_str(&cells.join("\t"));
                file.push('\n');
            }
        }
        assert!(file.len() > 2_200_000, "{}", file.len());
        let told = answer(import(&gateway, "", file).await).await;
        assert_eq!(told["inserted"], 22 * 57, "{told}");
    }

    async fn what_cannot_be_read_is_told_and_nothing_is_written(gateway: Gateway) {
        for (query, body, status, code) in [
            ("", "", 422, "INVALID_FILE"),
            ("", "Dear accountant,\n", 422, "INVALID_FILE"),
            ("?dry_run=yes", DEMO, 400, "BAD_USER_INPUT"),
            ("?dryrun=true", DEMO, 400, "BAD_USER_INPUT"),
            ("?format=xlsx&currency=euro", DEMO, 400, "BAD_USER_INPUT"),
        ] {
            let response = import(&gateway, query, body).await;
            assert_eq!(response.status(), status, "{query} {body:.20}");
            let problem: Value = response.json().await.unwrap();
            assert_eq!(problem["code"], code, "{problem}");
        }
        assert_eq!(gateway.unexported("erp").await.len(), 0);
    }

    async fn a_file_of_another_company_is_refused(gateway: Gateway) {
        answer(import(&gateway, "?name=123456789FEC20251231.txt", DEMO).await).await;
        let response = import(&gateway, "?name=987654321FEC20251231.txt", DEMO).await;
        assert_eq!(response.status(), 422);
        let problem: Value = response.json().await.unwrap();
        assert_eq!(problem["code"], "OTHER_COMPANY", "{problem}");
    }
}
