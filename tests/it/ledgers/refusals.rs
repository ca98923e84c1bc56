//! Without a token that is valid there, nobody learns which ledgers there are.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use ledgate::config::LedgerName;
use reqwest::Method;
use serde_json::{Value, json};

use super::{graphql, logged, token, with_ledgers};
use crate::program_on_both_databases;
use crate::support::program::{Program, Serving};

/// Names that lead to no ledger: some are none, some would be paths.
const NOBODY: [&str; 8] = ["nothing", "..", "%2e%2e", "Acme", "acme.db", "..%2Facme", "acme%00", "a%20b"];

/// What a client can see of an answer, but for the moment and the id of the request.
async fn seen(serving: &Serving, path: &str, token: Option<&str>) -> (u16, Vec<(String, String)>, String) {
    let mut request = match path.ends_with("/graphql") {
        true => serving.request(Method::POST, path).json(&json!({ "query": "{ viewer { name } }" })),
        false => serving.request(Method::GET, path),
    };
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let begun = Instant::now();
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    assert!(status != 401 || begun.elapsed() >= Duration::from_millis(250), "{path}: the time tells");
    let mut headers: Vec<(String, String)> = answer
        .headers()
        .iter()
        .filter(|(name, _)| !["date", "x-request-id"].contains(&name.as_str()))
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    headers.sort();
    let mut body = answer.text().await.unwrap();
    if let Ok(mut problem) = serde_json::from_str::<Value>(&body)
        && problem.as_object_mut().is_some_and(|problem| problem.remove("request_id").is_some())
    {
        body = problem.to_string();
    }
    (status, headers, body)
}

program_on_both_databases! {
    async fn the_refusal_is_the_same_for_every_name(program: Program) {
        with_ledgers(&mut program, &["acme", "beta"]).await;
        let (main, beta) = (token(&program, None), token(&program, Some("beta")));
        token(&program, Some("acme"));
        let unknown = format!("lgt_{}_{}", "0".repeat(8), "0".repeat(64));
        let mut serving = program.serve(&[]).await;
        for surface in ["graphql", "v10/accounting-entries", "readyz"] {
            let mut refusals = Vec::new();
            for token in [None, Some("secret"), Some("lgt_x_y"), Some(unknown.as_str()), Some(beta.as_str())] {
                let paths = ["acme"].iter().chain(&NOBODY).map(|name| format!("/ledgers/{name}/{surface}"));
                let serving = &serving;
                refusals.extend(join_all(paths.map(async |path| seen(serving, &path, token).await)).await);
            }
            assert_eq!(refusals[0].0, 401, "{refusals:?}");
            assert!(refusals[0].2.contains("a token that is valid in this ledger"), "{refusals:?}");
            assert!(refusals[0].1.contains(&("www-authenticate".to_owned(), "Bearer".to_owned())));
            refusals.dedup();
            assert_eq!(refusals.len(), 1, "{surface}: {refusals:#?}");
        }
        // Who has a token of main is told which names lead nowhere, and of the others what everybody is told.
        for name in NOBODY {
            let (status, _, body) = seen(&serving, &format!("/ledgers/{name}/graphql"), Some(&main)).await;
            assert!(body.contains("LEDGER_NOT_FOUND"), "{name}: {body}");
            assert!(status == 404 || status == 200, "{status}");
            let (status, _, body) = seen(&serving, &format!("/ledgers/{name}/v10/accounting-entries"), Some(&main)).await;
            assert_eq!(status, 404, "{body}");
            assert!(body.contains("LEDGER_NOT_FOUND"), "{name}: {body}");
        }
        assert_eq!(seen(&serving, "/ledgers/acme/graphql", Some(&main)).await.0, 401);
        serving.signal("TERM");
        serving.ended().await;
        assert_eq!(logged(&serving, "opened a ledger", "acme"), 1, "well-formed tokens open it, once");
        assert_eq!(logged(&serving, "opened a ledger", "nothing"), 0);
    }

    async fn what_cannot_be_a_token_opens_no_database(program: Program) {
        with_ledgers(&mut program, &["acme"]).await;
        let mut serving = program.serve(&[]).await;
        for token in ["", "secret", "lgt_", "lgt_00000000_", "lgt_00000000_zz"] {
            let answer = graphql(&serving, "/ledgers/acme", token, "{ viewer { name } }").send().await.unwrap();
            assert_eq!(answer.status(), 401, "{token}");
        }
        // Only main may be open: a ledger without any token lets nobody in.
        let answer = serving.request(Method::GET, "/ledgers/acme/v10/accounting-entries").send().await.unwrap();
        assert_eq!(answer.status(), 401);
        assert_eq!(serving.get("/v10/accounting-entries").await.0, 200);
        serving.signal("TERM");
        serving.ended().await;
        assert_eq!(logged(&serving, "opened a ledger", "acme"), 0);
    }
}

#[tokio::test]
async fn no_name_leads_out_of_the_folder() {
    let mut program = Program::on_sqlite();
    with_ledgers(&mut program, &["acme"]).await;
    program.ok(&["migrate", "up"]);
    let outside = token(&program, None);
    std::os::unix::fs::symlink(program.path("ledger.db"), program.path("ledgers/link.db")).unwrap();
    std::os::unix::fs::symlink(program.path(""), program.path("ledgers/up.db")).unwrap();
    let serving = program.serve(&[]).await;
    // The token is valid in the file outside, which is main: so each name that led there would let it in.
    for name in ["link", "up", "../ledger", "..%2Fledger", "%2e%2e%2fledger", "..", "ledger"] {
        let answer = serving.request(Method::GET, &format!("/ledgers/{name}/v10/accounting-entries"));
        let answer = answer.bearer_auth(&outside).send().await.unwrap();
        assert_eq!(answer.status(), 404, "{name}");
    }
    for name in ["link", "up", "../ledger", "main", "", "a/b"] {
        assert!(name.parse::<LedgerName>().is_err() || program.run(&["systems", "--ledger", name]).code == 2);
    }
}
