//! Each ledger is an API of its own: entries, marks, systems, keys and tokens are in the ledger that they are for.

use reqwest::Method;
use serde_json::{Value, json};

use super::{data, graphql, record, token, unexported, with_ledgers};
use crate::program_on_both_databases;
use crate::support::program::Serving;

const ACME: &str = "/ledgers/acme";
const BETA: &str = "/ledgers/beta";

async fn mark(serving: &Serving, base: &str, token: &str, key: &str) -> (u16, Value) {
    let item = json!({ "accounting_entry_id": 1, "system_id": "erp" });
    let request = serving.request(Method::POST, &format!("{base}/v10/accounting-entries/mark-as-exported"));
    let request = request.bearer_auth(token).header("idempotency-key", key);
    let answer = request.json(&json!({ "accounting_entries": [item] })).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

program_on_both_databases! {
    async fn what_is_in_one_ledger_is_in_no_other(program: Program) {
        with_ledgers(&mut program, &["acme", "beta"]).await;
        let (main, acme, beta) = (token(&program, None), token(&program, Some("acme")), token(&program, Some("beta")));
        let serving = program.serve(&[]).await;
        record(&serving, "", &main, &["T:1"]).await;
        record(&serving, ACME, &acme, &["T:1", "T:2", "acme only"]).await;
        record(&serving, BETA, &beta, &["T:1", "T:2"]).await;

        // The same key, entry and system: each ledger takes it for the first time.
        for (base, token) in [(ACME, &acme), ("", &main)] {
            let (status, answer) = mark(&serving, base, token, "key").await;
            assert_eq!(status, 200, "{answer:#}");
            assert!(answer.to_string().contains("\"remarked\":false"), "{answer:#}");
        }
        assert_eq!(unexported(&serving, ACME, &acme, "erp").await, ["T:2", "acme only"]);
        assert_eq!(unexported(&serving, "", &main, "erp").await, [""; 0]);
        assert_eq!(unexported(&serving, BETA, &beta, "erp").await, ["T:1", "T:2"]);
        let systems = "{ exportSystems { nodes { systemId } } }";
        assert_eq!(data(&serving, BETA, &beta, systems).await, json!({ "exportSystems": { "nodes": [] } }));

        let timeline = "{ accountingEntry(id: \"1\") { timeline { nodes { kind } } } }";
        let events = async |base: &str, token: &str| {
            let data = data(&serving, base, token, timeline).await;
            data["accountingEntry"]["timeline"]["nodes"].as_array().unwrap().len()
        };
        assert_eq!((events(ACME, &acme).await, events(BETA, &beta).await), (2, 1));
        let read = async |base: &str, token: &str| {
            let path = format!("{base}/v10/accounting-entries?limit=10");
            let answer = serving.request(Method::GET, &path).bearer_auth(token).send().await.unwrap();
            let answer: Value = answer.json().await.unwrap();
            answer["accounting_entries"].as_array().unwrap().len()
        };
        assert_eq!((read("", &main).await, read(ACME, &acme).await, read(BETA, &beta).await), (1, 3, 2));
        assert_eq!(program.exported("erp").len(), 0);
        assert_eq!(program.ok(&["export", "--system", "erp", "--ledger", "beta"]).lines().count(), 3);
    }

    async fn a_token_is_valid_in_its_ledger_and_in_no_other(program: Program) {
        with_ledgers(&mut program, &["acme", "beta"]).await;
        let (main, acme) = (token(&program, None), token(&program, Some("acme")));
        token(&program, Some("beta"));
        let serving = program.serve(&[]).await;
        let status = async |base: &str, token: &str| {
            graphql(&serving, base, token, "{ viewer { name } }").send().await.unwrap().status().as_u16()
        };
        for (base, token, expected) in [
            ("", &main, 200),
            ("/ledgers/main", &main, 200),
            (ACME, &acme, 200),
            (ACME, &main, 401),
            ("", &acme, 401),
            (BETA, &acme, 401),
            (BETA, &main, 401),
        ] {
            assert_eq!(status(base, token).await, expected, "{base}");
        }
        program.ok(&["token", "revoke", "tester", "--ledger", "acme"]);
        assert_eq!((status(ACME, &acme).await, status("", &main).await), (401, 200));
    }

    async fn every_ledger_answers_for_itself_and_has_its_page(program: Program) {
        with_ledgers(&mut program, &["acme"]).await;
        let acme = token(&program, Some("acme"));
        let serving = program.serve(&[]).await;
        let ready = serving.request(Method::GET, "/ledgers/acme/readyz").bearer_auth(&acme).send().await.unwrap();
        let own = ready.headers()["x-ledgate-ledger"].clone();
        assert_eq!((ready.status().as_u16(), ready.text().await.unwrap()), (200, "{\"ready\":true}".to_owned()));
        let main = serving.request(Method::GET, "/readyz").send().await.unwrap();
        assert_eq!(main.status(), 200);
        assert_ne!(main.headers()["x-ledgate-ledger"], own);

        // The page holds nothing, so it is there for every name.
        for name in ["acme", "nothing"] {
            let page = serving.request(Method::GET, &format!("/ledgers/{name}")).send().await.unwrap();
            assert_eq!((page.status().as_u16(), page.url().path()), (200, format!("/ledgers/{name}/").as_str()));
            assert!(page.text().await.unwrap().contains("<html"), "{name}");
            for path in ["assets/page/page.js", "schema.graphql", "openapi.json"] {
                assert_eq!(serving.get(&format!("/ledgers/{name}/{path}")).await.0, 200, "{path}");
            }
        }
        assert_eq!(serving.get("/ledgers").await.0, 404);
        assert_eq!(serving.get("/ledgers/acme/ledgers/acme/graphql").await.0, 404);
    }

    async fn metrics_and_the_log_name_the_ledgers_that_there_are(program: Program) {
        with_ledgers(&mut program, &["acme"]).await;
        let acme = token(&program, Some("acme"));
        program.set("LEDGATE_METRICS_LISTEN", "127.0.0.1:0");
        let mut serving = program.serve(&[]).await;
        let line = serving.log.iter().find(|line| line["message"] == "metrics are at /metrics").unwrap();
        let metrics = format!("http://{}/metrics", line["address"].as_str().unwrap());
        record(&serving, ACME, &acme, &["T:1", "T:2"]).await;
        for name in ["nothing", "..", "NOTHING"] {
            let path = format!("/ledgers/{name}/v10/accounting-entries");
            serving.request(Method::GET, &path).bearer_auth(&acme).send().await.unwrap();
        }
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let text = client.get(metrics).send().await.unwrap().text().await.unwrap();
        for line in [
            "ledgate_entries_recorded_total{ledger=\"acme\"} 2",
            "ledgate_http_requests_total{method=\"POST\",route=\"/graphql\",status=\"200\",ledger=\"acme\"} 1",
            "ledgate_operations_total{operation=\"record_accounting_entries\",outcome=\"done\",ledger=\"acme\"} 1",
            "ledgate_ledgers_open 1",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        assert!(!text.to_lowercase().contains("ledger=\"nothing\""), "{text}");
        assert!(text.contains("status=\"401\",ledger=\"none\""), "{text}");
        let answered = serving.logged("answered").await;
        assert_eq!((&answered["span"]["ledger"], &answered["span"]["path"]), (&json!("acme"), &json!("/graphql")));
    }
}
