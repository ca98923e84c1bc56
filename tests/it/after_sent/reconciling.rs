//! A system's own list of what it has, compared with what it was sent.

use std::io::Cursor;
use std::pin::pin;

use futures_util::TryStreamExt;
use ledgate::domain::Right::{Export, Read};
use ledgate::service::{DifferenceKind, Reconciled};
use reqwest::{Body, Method, Response};
use serde_json::{Value, json};

use super::*;
use crate::on_both_databases;
use crate::support::entries;
use crate::tokens::token;

const PATH: &str = "/v10/accounting-entries/reconcile?system_id=erp";

async fn send(gateway: &Gateway, list: impl Into<Body>) -> Response {
    gateway.request(Method::POST, PATH).body(list).send().await.unwrap()
}

/// The differences of a complete answer, and its end.
async fn reconcile(gateway: &Gateway, list: impl Into<Body>) -> (Vec<Value>, Value) {
    let response = send(gateway, list).await;
    let status = response.status();
    let content_type = response.headers()["content-type"].clone();
    let text = response.text().await.unwrap();
    assert_eq!(status, 200, "{text}");
    assert_eq!(content_type, "application/x-ndjson");
    let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let end = lines.pop().unwrap()["end"].clone();
    assert_eq!(end["differences"], json!(lines.len()), "{text}");
    let of_kinds: u64 = end["kinds"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum();
    assert_eq!(of_kinds, lines.len() as u64, "{end}");
    (lines, end)
}

/// What a difference is about: kind, line, first line, entry and its external id.
fn about(difference: &Value) -> Value {
    let names = ["kind", "line", "first_line", "accounting_entry_id", "external_id"];
    json!(names.map(|name| difference[name].clone()))
}

/// Where a refused list is at fault.
async fn refused(gateway: &Gateway, list: impl Into<Body>) -> Vec<Value> {
    let response = send(gateway, list).await;
    assert_eq!(response.status(), 422);
    let problem: Value = response.json().await.unwrap();
    assert_eq!(problem["code"], json!("INVALID_FILE"), "{problem:#}");
    problem["errors"].as_array().unwrap().iter().map(|fault| fault["path"].clone()).collect()
}

on_both_databases! {
    async fn every_difference_is_told_with_its_place_and_both_sides_are_totalled(gateway: Gateway) {
        let ids = gateway.record(entries(7)).await;
        gateway.mark("erp", &ids[..6]).await;
        run(&gateway, &format!("UPDATE accounting_entries SET description = 'mended' WHERE id = {}", ids[3])).await;
        run(&gateway, &format!("UPDATE accounting_entries SET withdrawn_at = 1770000000000000 WHERE id = {}", ids[5])).await;
        let list = [
            json!({ "accounting_entry_id": ids[0], "debit": "0", "credit": "12.5000", "account": "707000" }),
            json!({ "external_id": "T:2", "credit": 12.5 }),
            json!({ "accounting_entry_id": ids[1].to_string(), "debit": null }),
            json!({ "accounting_entry_id": ids[2], "debit": "1.00", "reference": "GL-3" }),
            json!({ "accounting_entry_id": ids[3] }),
            json!({ "external_id": "T:6" }),
            json!({ "external_id": "T:7" }),
            json!({ "external_id": "nobody", "debit": "5" }),
        ];
        let list: Vec<String> = list.iter().map(Value::to_string).collect();
        let (differences, end) = reconcile(&gateway, list.join("\n")).await;
        let told: Vec<Value> = differences.iter().map(about).collect();
        assert_eq!(told, [
            json!(["AMOUNT_DIFFERS", 4, null, ids[2], "T:3"]),
            json!(["CHANGED_SINCE", 5, null, ids[3], "T:4"]),
            json!(["CHANGED_SINCE", 6, null, ids[5], "T:6"]),
            json!(["NOT_MARKED", 7, null, ids[6], "T:7"]),
            json!(["UNKNOWN_ENTRY", 8, null, null, "nobody"]),
            json!(["TWICE", 3, 2, ids[1], null]),
            json!(["MISSING_THERE", null, null, ids[4], "T:5"]),
        ]);
        assert_eq!(differences[0], json!({
            "kind": "AMOUNT_DIFFERS", "line": 4, "first_line": null, "accounting_entry_id": ids[2], "external_id": "T:3",
            "reference": "GL-3", "debit": "0.00", "credit": "12.50", "their_debit": "1.00", "their_credit": null,
            "currency": "EUR", "sent_version": 1, "version": 1, "withdrawn": false,
        }));
        let versions = |difference: &Value| ["sent_version", "version", "withdrawn"].map(|name| difference[name].clone());
        assert_eq!(versions(&differences[1]), [json!(1), json!(2), json!(false)]);
        assert_eq!(versions(&differences[2]), [json!(1), json!(1), json!(true)]);
        assert_eq!(versions(&differences[3]), [json!(null), json!(1), json!(false)]);
        let totals = json!([
            { "currency": null, "debit": "0.00", "credit": "0.00", "their_debit": "5.00", "their_credit": "0.00" },
            { "currency": "EUR", "debit": "0.00", "credit": "75.00", "their_debit": "1.00", "their_credit": "25.00" },
        ]);
        assert_eq!(end["totals"], totals);
        assert_eq!([&end["lines"], &end["lines_without_amounts"], &end["marked"]], [&json!(8), &json!(4), &json!(6)]);
        assert_eq!(end["kinds"]["changed_since"], json!(2));
        whole(&gateway).await;
    }

    async fn a_spreadsheet_that_agrees_has_no_difference(gateway: Gateway) {
        let ids = gateway.record(entries(2)).await;
        gateway.mark("erp", &ids).await;
        for list in [
            "Text;External_Id;Debit;Credit\nSale;T:1;;12,50\n\"a; b\";T:2;0,00;12,5\n".to_owned(),
            format!("accounting_entry_id\n{}\n{}\n", ids[1], ids[0]),
            format!("\u{feff}credit\taccounting_entry_id\r\n12.500\t{}\r\n\t{}\r\n", ids[0], ids[1]),
        ] {
            let (differences, end) = reconcile(&gateway, list.clone()).await;
            assert_eq!(differences, Vec::<Value>::new(), "{list}");
            assert_eq!((&end["lines"], &end["marked"]), (&json!(2), &json!(2)));
        }
        let (differences, _) = reconcile(&gateway, "external_id\n").await;
        assert_eq!(differences.iter().map(about).collect::<Vec<_>>(), [
            json!(["MISSING_THERE", null, null, ids[0], "T:1"]),
            json!(["MISSING_THERE", null, null, ids[1], "T:2"]),
        ]);
    }

    async fn to_a_system_that_is_not_known_nothing_was_sent(gateway: Gateway) {
        let ids = gateway.record(entries(1)).await;
        let (differences, end) = reconcile(&gateway, "external_id\nT:1\n").await;
        assert_eq!(differences.iter().map(about).collect::<Vec<_>>(), [json!(["NOT_MARKED", 2, null, ids[0], "T:1"])]);
        assert_eq!((&end["marked"], &end["totals"]), (&json!(0), &json!([])));
    }

    async fn a_list_with_lines_that_cannot_be_compared_is_refused_with_their_places(gateway: Gateway) {
        let list = "accounting_entry_id,debit\nx,1.00\n2,abc\n,5\n3,1,4\n4,\"1,234\"\n5,1.00\n";
        assert_eq!(refused(&gateway, list).await, [
            json!(["lines", 1, "accounting_entry_id"]), json!(["lines", 2, "debit"]), json!(["lines", 3]),
            json!(["lines", 4]), json!(["lines", 5, "debit"]),
        ]);
        let list = "{\"accounting_entry_id\": 1}\n{nope\n{\"external_id\": [1], \"credit\": \"1,50\"}\n{\"debit\": 1}";
        assert_eq!(refused(&gateway, list).await, [
            json!(["lines", 1]), json!(["lines", 2, "external_id"]), json!(["lines", 3]),
        ]);
        assert_eq!(refused(&gateway, "\nname,debit\nT:1,1.00\n").await, [json!(["lines", 1])]);
        for list in ["", "[1]", "external_id,external_id\nT:1,T:1\n"] {
            assert_eq!(refused(&gateway, list).await, [json!([])], "{list}");
        }
        assert_eq!(refused(&gateway, format!("external_id\n{}", "\"a\n".repeat(400))).await.len(), 100);
        let nameless = gateway.request(Method::POST, "/v10/accounting-entries/reconcile").body("external_id\n");
        let response = nameless.send().await.unwrap();
        assert_eq!(response.status(), 400);
        assert_eq!(response.json::<Value>().await.unwrap()["code"], json!("INVALID_SYSTEM_ID"));
    }

    async fn long_lists_and_many_marks_are_compared_some_at_a_time(gateway: Gateway) {
        gateway.insert_elsewhere(2_600).await;
        let first = gateway.data("{ accountingEntries(first: 1) { nodes { entryId } } }", json!({})).await;
        let first: i64 = first["accountingEntries"]["nodes"][0]["entryId"].as_str().unwrap().parse().unwrap();
        gateway.mark("erp", &[first]).await;
        gateway.mark("crm", &[first]).await;
        run(&gateway, &format!(
            "INSERT INTO export_marks (entry_id, system_key, marked_at) SELECT e.id, s.key, 1770000000000000
             FROM accounting_entries e, export_systems s WHERE e.id > {first}"
        )).await;
        let all = first..first + 2_600;
        let listed = |id: &i64| (id - first) % 2 == 0;
        // From the end to the beginning, and the first of them once more.
        let ids: Vec<String> = all.clone().rev().filter(listed).chain([first]).map(|id| id.to_string()).collect();
        let list = format!("accounting_entry_id\n{}\n", ids.join("\n"));
        let told = gateway.ledger.reconcile(&"erp".parse().unwrap(), Box::new(Cursor::new(list))).await.unwrap();
        let mut told = pin!(told);
        let (mut missing, mut twice, mut end) = (Vec::new(), Vec::new(), None);
        while let Some(told) = told.try_next().await.unwrap() {
            assert_eq!(end, None, "nothing comes behind the end");
            match told {
                Reconciled::Difference(difference) if difference.kind == DifferenceKind::Twice => {
                    twice.push((difference.line, difference.first_line, difference.entry_id));
                }
                Reconciled::Difference(difference) => {
                    assert_eq!(difference.kind, DifferenceKind::MissingThere);
                    missing.extend(difference.entry_id);
                }
                Reconciled::End(summary) => end = Some(summary),
            }
        }
        let end = end.expect("an end");
        assert_eq!((end.lines, end.marked), (1_301, 2_600));
        assert_eq!(end.counts.all(), 1_301);
        assert_eq!(missing, all.filter(|id| !listed(id)).collect::<Vec<_>>());
        assert_eq!(twice, [(Some(1_302), Some(1_301), Some(first))]);
    }

    async fn it_takes_the_right_to_export_for_the_system(gateway: Gateway) {
        gateway.record(entries(1)).await;
        let erp = token(&gateway, "ERP", &[Export], Some(&["erp"])).await;
        let reader = token(&gateway, "reader", &[Read], None).await;
        let crm = token(&gateway, "CRM", &[Export], Some(&["crm"])).await;
        let door = gateway.another().await;
        for (token, status) in [(&erp, 200), (&reader, 403), (&crm, 403)] {
            let request = door.request(Method::POST, PATH).bearer_auth(token).body("external_id\nT:1\n");
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), status);
        }
    }
}
