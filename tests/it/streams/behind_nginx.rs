//! Exports through nginx, which by default speaks HTTP/1.0 to the servers behind it and gives a stream that broke off
//! there to its client as a complete one.

use super::{EXPORT, JSON, NDJSON, assert_incomplete, fill, read_on};
use crate::program_on_both_databases;
use crate::support::ndjson;
use crate::support::nginx::Nginx;

/// More than a gateway sends between the first bytes that reach the client and the signal, although nginx reads ahead.
const TOO_MANY: u64 = 100_000;

/// What nginx is told beside the gateway's address, and whether its client then sees by the transport that a stream broke.
const SETTINGS: [(&str, bool); 2] = [("", false), ("proxy_http_version 1.1;", true)];

async fn export(nginx: &Nginx, form: &str) -> reqwest::Response {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client.get(format!("{}{EXPORT}", nginx.url)).header("accept", form).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer
}

program_on_both_databases! {
    async fn a_complete_answer_has_its_end_behind_nginx(program: Program) {
        program.write("demo.txt", ledgate::ledger_files::DEMO);
        program.ok(&["import", "demo.txt"]);
        let serving = program.serve(&[]).await;
        for (setting, _) in SETTINGS {
            let nginx = Nginx::before(&serving.url, "/", setting);
            let answer = export(&nginx, NDJSON).await;
            let moment = answer.headers()["x-as-of"].to_str().unwrap().to_owned();
            let (lines, end) = ndjson::read(&answer.text().await.unwrap());
            assert_eq!((lines.len(), end["as_of"].as_str()), (57, Some(moment.as_str())), "{setting:?}");
            let whole: serde_json::Value = export(&nginx, JSON).await.json().await.unwrap();
            assert_eq!(whole["accounting_entries"], serde_json::json!(lines), "{setting:?}");
        }
    }

    async fn a_gateway_that_is_killed_leaves_no_answer_that_looks_complete_behind_nginx(program: Program) {
        fill(&program, TOO_MANY).await;
        for (setting, seen_by_transport) in SETTINGS {
            for form in [JSON, NDJSON] {
                let serving = program.serve(&[]).await;
                let nginx = Nginx::before(&serving.url, "/", setting);
                let mut answer = export(&nginx, form).await;
                let mut body = answer.chunk().await.unwrap().unwrap().to_vec();
                serving.signal("KILL");
                let ended_well = read_on(answer, &mut body).await;
                assert!(!(ended_well && seen_by_transport), "{setting:?} {form}: nginx tells its client");
                assert_incomplete(form, &body, TOO_MANY);
            }
        }
    }
}
