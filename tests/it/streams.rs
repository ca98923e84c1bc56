//! Exports that stream: what a complete one tells of itself, and that one that broke off is seen to be incomplete.

mod behind_nginx;
mod broken;
mod files;

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::on_both_databases;
use crate::support::program::{Program, Serving};
use crate::support::{entries, large_ledger, ndjson};

const EXPORT: &str = "/v10/accounting-entries/export?system_id=erp";
const JSON: &str = "application/json";
const NDJSON: &str = "application/x-ndjson";

/// More than the buffers between a gateway and a client that does not read can hold.
const MANY: u64 = 60_000;

/// A ledger of so many entries.
async fn fill(program: &Program, entries: u64) {
    use sea_orm::ConnectionTrait;
    program.ok(&["migrate", "up"]);
    let other = program.other_program().await;
    let sql = large_ledger::inserted_elsewhere(entries, other.get_database_backend());
    other.execute_unprepared(&sql).await.unwrap();
    other.close().await.unwrap();
}

/// Asserts that what came of an answer cannot be taken for a complete one, although some of it came.
fn assert_incomplete(form: &str, body: &[u8], entries: u64) {
    let text = String::from_utf8_lossy(body);
    if form == NDJSON {
        let lines = ndjson::whole_lines_of_a_part(&text);
        assert!((1..entries).contains(&(lines as u64)), "{lines} of {entries} entries");
    } else {
        assert!(text.starts_with("{\"accounting_entries\":[{"), "{}", &text[..text.len().min(300)]);
        assert!(serde_json::from_str::<Value>(&text).is_err(), "a part can be read as if it were the whole");
    }
}

/// What can be read of an answer, and whether it ended without an error.
async fn read_on(mut answer: Response, body: &mut Vec<u8>) -> bool {
    loop {
        match answer.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return true,
            Err(_) => return false,
        }
    }
}

async fn export(serving: &Serving, form: &str) -> Response {
    let answer = serving.request(Method::GET, EXPORT).header("accept", form).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer
}

on_both_databases! {
    async fn every_form_tells_its_moment_and_ndjson_its_number_and_the_next_page(gateway: Gateway) {
        let ids = gateway.record(entries(5)).await;
        gateway.set_clock("2026-03-02T12:00:00.25Z");
        let moment = "2026-03-02T12:00:00.250000Z";
        let ask = async |parameters: &str, form: &str| {
            let request = gateway.request(Method::GET, &format!("{EXPORT}{parameters}")).header("accept", form);
            let answer = request.send().await.unwrap();
            assert_eq!((answer.status().as_u16(), &answer.headers()["x-as-of"]), (200, &moment.parse().unwrap()));
            answer.text().await.unwrap()
        };
        for (parameters, expected, more) in [("", 5, false), ("&limit=2", 2, true), ("&limit=5", 5, false)] {
            let answer: Value = serde_json::from_str(&ask(parameters, JSON).await).unwrap();
            let (lines, end) = ndjson::read(&ask(parameters, NDJSON).await);
            assert_eq!(answer["accounting_entries"], json!(lines));
            assert_eq!(lines.len(), expected);
            assert_eq!((&end["entries"], &end["as_of"]), (&json!(expected), &json!(moment)));
            assert_eq!(end.as_object().unwrap().len(), 3, "{end}");
            assert_eq!((end["next"].is_string(), &end["next"]), (more, &answer["next_after"]));
        }
        let (mut found, mut after) = (Vec::new(), String::new());
        loop {
            let (lines, end) = ndjson::read(&ask(&format!("&limit=2{after}"), NDJSON).await);
            found.extend(lines.iter().map(|line| line["id"].as_i64().unwrap()));
            let Some(next) = end["next"].as_str() else { break };
            after = format!("&after={next}");
        }
        assert_eq!(found, ids);
    }

    async fn the_moment_of_an_answer_leads_back_to_what_was_marked_because_of_it(gateway: Gateway) {
        let ids = gateway.record(entries(4)).await;
        gateway.mark("erp", &ids[..1]).await;
        gateway.set_clock("2026-03-02T12:00:00Z");
        let answer = gateway.get(EXPORT).await;
        let moment = answer.headers()["x-as-of"].to_str().unwrap().to_owned();
        gateway.set_clock("2026-03-02T12:00:00.000001Z");
        gateway.mark("erp", &ids[1..]).await;
        gateway.set_clock("2026-03-05T00:00:00Z");
        assert_eq!(gateway.unexported("erp").await, [0; 0]);
        let again = gateway.request(Method::GET, &format!("{EXPORT}&not_exported_since={moment}"));
        let again = ndjson::entries(&again.header("accept", NDJSON).send().await.unwrap().text().await.unwrap());
        let again: Vec<i64> = again.iter().map(|entry| entry["id"].as_i64().unwrap()).collect();
        assert_eq!(again, ids[1..]);
    }
}
