//! Trusted documents: where the server has manifests, the operations in them run and no others.

mod manifests;

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::command_line::doctor::doctor;
use crate::graphql_http::{JSON, RESPONSE_JSON, answer, post, refusal};
use crate::program_on_both_databases;
use crate::support::Gateway;
use crate::support::program::Program;

/// As @graphql-codegen/client-preset 6.2.0 wrote it for `schema.graphql` (preset `client`, `persistedDocuments: true`).
const MANIFEST: &str = r#"{
  "sha256:5eb8ae979ca6078cca2ed5dfdd140643164321e3166c36363a0acbd9210b6d7b": "fragment Line on AccountingEntry { description id } query Unexported($first: Int = 2, $system: SystemId!) { unexportedEntries(systemId: $system, first: $first) { nodes { ...Line } } }",
  "sha256:b5b54e2d39ed10b85a9cdb40f09b7adfbd7dd3667459c70615e01996df075a82": "mutation Mark($input: MarkExportedInput!) { markExported(input: $input) { exports { entryId } userErrors { code } } }"
}"#;
const UNEXPORTED: &str = "5eb8ae979ca6078cca2ed5dfdd140643164321e3166c36363a0acbd9210b6d7b";
const MARK: &str = "b5b54e2d39ed10b85a9cdb40f09b7adfbd7dd3667459c70615e01996df075a82";
/// An id that nobody has.
const UNKNOWN: &str = "0000000000000000000000000000000000000000000000000000000000000000";

fn text(hash: &str) -> String {
    let manifest: Value = serde_json::from_str(MANIFEST).unwrap();
    manifest[format!("sha256:{hash}")].as_str().unwrap().to_owned()
}

/// A gateway that trusts the manifest, and its folder.
async fn gateway(on_postgres: bool) -> (Gateway, TempDir) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("persisted-documents.json");
    std::fs::write(&file, MANIFEST).unwrap();
    let variables = [("LEDGATE_GRAPHQL_TRUSTED_DOCUMENTS", file.to_str().unwrap())];
    let gateway = if on_postgres {
        Gateway::on_postgres_with(&variables).await
    } else {
        Gateway::on_sqlite_with(&variables).await
    };
    (gateway, folder)
}

/// Entries that are there already, and their ids: no operation of the manifest records any.
async fn inserted(gateway: &Gateway, count: u64) -> Vec<String> {
    gateway.insert_elsewhere(count).await;
    unexported(gateway).await
}

/// The ids of what the ERP has not been sent.
async fn unexported(gateway: &Gateway) -> Vec<String> {
    let answer =
        gateway.get("/v10/accounting-entries/export?system_id=erp").await.json::<Value>().await.unwrap();
    let entries = answer["accounting_entries"].as_array().unwrap();
    entries.iter().map(|entry| entry["id"].to_string()).collect()
}

async fn every_way_to_name_a_document_runs_it(on_postgres: bool) {
    let (gateway, _folder) = gateway(on_postgres).await;
    let ids = inserted(&gateway, 3).await;
    let ask = |mut body: Value| {
        body["variables"] = json!({ "system": "erp" });
        post(&gateway, JSON, body.to_string()).header("accept", RESPONSE_JSON)
    };
    for body in [
        json!({ "documentId": format!("sha256:{UNEXPORTED}") }),
        json!({ "documentId": UNEXPORTED }),
        json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": UNEXPORTED } } }),
        json!({ "query": text(UNEXPORTED) }),
        json!({ "query": null, "documentId": UNEXPORTED, "operationName": "Unexported" }),
        // What Apollo's clients send after they were told that the hash is not known.
        json!({ "query": text(UNEXPORTED),
            "extensions": { "persistedQuery": { "version": 1, "sha256Hash": UNKNOWN } } }),
    ] {
        let (status, _, found) = answer(ask(body.clone())).await;
        let nodes = &found["data"]["unexportedEntries"]["nodes"];
        assert_eq!((status.as_u16(), nodes.as_array().map(Vec::len)), (200, Some(2)), "{body}: {found}");
        assert_eq!(nodes[0], json!({ "description": "often", "id": format!("entry/{}", ids[0]) }), "{body}");
    }

    let input = json!({ "entries": [{ "entryId": ids[0], "systemId": "erp" }] });
    let body = json!({ "documentId": MARK, "variables": { "input": input } });
    let (_, _, marked) = answer(post(&gateway, JSON, body.to_string())).await;
    assert_eq!(
        marked["data"]["markExported"],
        json!({ "exports": [{ "entryId": ids[0] }], "userErrors": [] })
    );
    assert_eq!(unexported(&gateway).await, ids[1..]);
}

async fn nothing_else_runs(on_postgres: bool) {
    let (gateway, _folder) = gateway(on_postgres).await;
    let ids = inserted(&gateway, 1).await;
    let written = text(MARK)
        .replace("$input)", &format!("{{ entries: [{{ entryId: {}, systemId: \"erp\" }}] }})", ids[0]));
    let long = "x".repeat(100_000);
    for body in [
        json!({ "query": written.replace("($input: MarkExportedInput!)", "") }),
        json!({ "query": format!("{} ", text(UNEXPORTED)) }),
        json!({ "query": text(UNEXPORTED).replace("first: $first", "first: 500") }),
        json!({ "query": "{ __typename }" }),
        json!({ "query": "{ __schema { types { name } } }" }),
        json!({ "query": "{" }),
        json!({ "query": "" }),
        json!({ "query": long, "documentId": UNEXPORTED }),
        json!({ "query": "{ __typename }", "extensions": { "persistedQuery": { "version": 1, "sha256Hash": UNEXPORTED } } }),
        json!({ "documentId": UNKNOWN }),
        json!({ "documentId": "" }),
        json!({ "documentId": long }),
        json!({ "documentId": format!("sha256:sha256:{UNEXPORTED}") }),
        json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": UNKNOWN } } }),
    ] {
        for (accept, refused) in [(RESPONSE_JSON, 400), (JSON, 200)] {
            let (status, _, found) =
                answer(post(&gateway, JSON, body.to_string()).header("accept", accept)).await;
            assert_eq!((status.as_u16(), refusal(&found)), (refused, "PERSISTED_QUERY_REQUIRED"), "{found}");
            assert!(found.to_string().len() < 400, "what was sent is not repeated");
        }
    }
    assert_eq!(unexported(&gateway).await, ids, "something was executed");
}

/// The same promise on SQLite and on PostgreSQL.
macro_rules! on_both {
    ($($promise:ident)*) => {$(
        mod $promise {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$promise(false).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                super::$promise(true).await;
            }
        }
    )*};
}

on_both! { every_way_to_name_a_document_runs_it nothing_else_runs }

#[tokio::test]
async fn variables_and_cost_are_looked_at_for_each_request() {
    let (gateway, _folder) = gateway(false).await;
    for (variables, code) in [
        (json!({}), "BAD_USER_INPUT"),
        (json!({ "system": "no system" }), "INVALID_SYSTEM_ID"),
        (json!({ "system": "erp", "first": vec![1; 1001] }), "LIST_TOO_LONG"),
    ] {
        let body = json!({ "documentId": UNEXPORTED, "variables": variables });
        let (_, _, found) = answer(post(&gateway, JSON, body.to_string())).await;
        assert_eq!(found["errors"][0]["extensions"]["code"], code, "{found}");
    }

    let costly = "query($first: Int!) { unexportedEntries(systemId: \"erp\", first: $first) {
        nodes { timeline(first: 100) { nodes { kind } } } } }";
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("m.json");
    std::fs::write(&file, json!({ "costly": costly }).to_string()).unwrap();
    let trusted = [("LEDGATE_GRAPHQL_TRUSTED_DOCUMENTS", file.to_str().unwrap())];
    let gateway = Gateway::on_sqlite_with(&trusted).await;
    for (first, code) in [(10, Value::Null), (500, json!("QUERY_TOO_COSTLY"))] {
        let body = json!({ "documentId": "costly", "variables": { "first": first } });
        let (_, _, found) = answer(post(&gateway, JSON, body.to_string())).await;
        assert_eq!(found["errors"][0]["extensions"]["code"], code, "{found}");
    }
}

#[tokio::test]
async fn a_server_without_manifests_says_that_it_keeps_no_documents() {
    let gateway = Gateway::on_sqlite().await;
    let apollo = json!({ "version": 1, "sha256Hash": UNEXPORTED });
    for body in [
        json!({ "documentId": UNEXPORTED }),
        json!({ "operationName": "Unexported", "extensions": { "persistedQuery": apollo } }),
    ] {
        for (accept, refused) in [(RESPONSE_JSON, 400), (JSON, 200)] {
            let (status, _, found) =
                answer(post(&gateway, JSON, body.to_string()).header("accept", accept)).await;
            assert_eq!((status.as_u16(), refusal(&found)), (refused, "PERSISTED_QUERY_NOT_SUPPORTED"));
            // urql compares it to the letter, and sends the text then.
            assert_eq!(found["errors"][0]["message"], json!("PersistedQueryNotSupported"));
        }
    }
    // Apollo's clients send the text then, and some the hash with it.
    let body = json!({ "query": "{ __typename }", "extensions": { "persistedQuery": apollo } });
    let (_, _, found) = answer(post(&gateway, JSON, body.to_string())).await;
    assert_eq!(found, json!({ "data": { "__typename": "Query" } }));

    for persisted in [json!(7), json!({}), json!({ "version": 2, "sha256Hash": UNEXPORTED }), json!([1])] {
        let body = json!({ "extensions": { "persistedQuery": persisted } });
        let (status, _, found) = answer(post(&gateway, JSON, body.to_string())).await;
        assert_eq!((status.as_u16(), refusal(&found)), (400, "INVALID_BODY"), "{found}");
        assert!(found["errors"][0]["message"].as_str().unwrap().contains("persistedQuery"), "{found}");
    }
}

#[tokio::test]
async fn the_page_says_it_and_the_schema_can_still_be_had() {
    let (gateway, _folder) = gateway(false).await;
    for path in ["/", "/page"] {
        let answer = gateway.request(Method::GET, path).send().await.unwrap();
        assert!(answer.headers()["content-security-policy"].to_str().unwrap().contains("script-src 'self'"));
        let page = answer.text().await.unwrap();
        assert!(page.contains("trusted documents only") && !page.contains("<script"), "{page}");
    }
    assert_eq!(gateway.get("/assets/page/page.css").await.status(), 200);
    let schema = gateway.get("/schema.graphql").await.text().await.unwrap();
    assert!(schema.contains("type Query"));
}

program_on_both_databases! {
    async fn a_server_with_a_bad_manifest_does_not_start_and_the_doctor_says_why(program: Program) {
        program.ok(&["migrate", "up"]);
        program.set("LEDGATE_HTTP_LISTEN", "127.0.0.1:0").set("LEDGATE_GRAPHQL_TRUSTED_DOCUMENTS", "app.json, b.json");
        program.write("b.json", "{\"hash\": \"{ nothing\"}");
        let told = |program: &Program, words: &[&str]| {
            let ran = program.run(&["serve"]);
            assert_eq!(ran.code, 2, "{ran:?}");
            assert!(words.iter().all(|word| ran.output().contains(word)), "{ran:?}");
            let (ok, findings) = doctor(program);
            assert!(!ok && findings.iter().any(|says| words.iter().all(|word| says.contains(word))), "{findings:?}");
        };
        told(&program, &["app.json", "cannot be read", "graphql.trusted_documents"]);
        program.write("app.json", MANIFEST);
        told(&program, &["b.json", "\"hash\"", "GRAPHQL_PARSE_FAILED"]);
        program.write("b.json", "{\"hash\": \"{ __typename }\"}");

        let (ok, findings) = doctor(&program);
        assert!(ok && findings.contains(&"3 are trusted, and no others run".to_owned()), "{findings:?}");
        let serving = program.serve(&[]).await;
        assert!(serving.log.iter().any(|line| line["documents"] == 3), "{:?}", serving.log);
        let refused = serving.graphql("{ a: __typename }").send().await.unwrap().text().await.unwrap();
        assert!(refused.contains("PERSISTED_QUERY_REQUIRED"), "{refused}");
    }
}
