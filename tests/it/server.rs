//! `ledgate serve` as a process: starting, its log, its limits, and a database that goes away.

mod stopping;

use std::net::TcpListener;

use ledgate::ledger_files::DEMO;
use reqwest::{Method, StatusCode};
use sea_orm::{ConnectionTrait, TransactionTrait};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::program_on_both_databases;
use crate::support::postgres;
use crate::support::program::{Program, Serving};

const MARK: &str = "mutation { markExported(input: { entries: [{ entryId: \"1\", systemId: \"erp\" }] }) {
    exports { entryId } } }";

program_on_both_databases! {
    async fn it_says_where_it_serves_and_that_it_is_ready(program: Program) {
        let serving = program.serve(&[]).await;
        assert_eq!(serving.get("/livez").await, (200, "ok\n".to_owned()));
        assert_eq!(serving.get("/readyz").await, (200, "{\"ready\":true}".to_owned()));
        assert_eq!(serving.get("/").await.0, 200);
        let said = serving.log.last().unwrap();
        assert_eq!(said["level"], "INFO");
        let address = said["database"].as_str().unwrap();
        assert!(program.is_sqlite() || address.contains("://postgres:***@127.0.0.1:"), "{said}");
    }

    async fn a_request_that_takes_too_long_is_given_up_and_leaves_nothing_behind(program: Program) {
        program.set("LEDGATE_HTTP_REQUEST_TIMEOUT_SECONDS", "1");
        let serving = with_the_demo_ledger(&program).await;
        let other = program.other_program().await;
        let lock = others_lock(&program, &other).await;
        let answer = serving.mark(1, "erp").send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::GATEWAY_TIMEOUT);
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["code"], "TIMEOUT", "{problem}");
        assert_eq!(problem["detail"], "the request took longer than 1 s and was given up");
        assert_eq!(serving.graphql(MARK).send().await.unwrap().status(), StatusCode::GATEWAY_TIMEOUT);
        lock.rollback().await.unwrap();
        assert_eq!(serving.mark(2, "erp").send().await.unwrap().status(), 200);
        let numbers: Vec<i64> = program.exported("erp").iter().map(|e| e["id"].as_i64().unwrap()).collect();
        assert_eq!((numbers.len(), numbers[0], numbers[1]), (56, 1, 3));
    }

    async fn it_is_not_ready_while_the_schema_is_another_and_ready_again_after(program: Program) {
        let serving = program.serve(&[]).await;
        program.execute("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_to_come_offline', 1)").await;
        let (status, body) = serving.get("/readyz").await;
        let reason = "the database's schema is newer than the program: update the program";
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!((status, body), (503, json!({ "ready": false, "reason": reason })));
        assert_eq!(serving.get("/livez").await.0, 200, "restarting it would not help");
        program.execute("DELETE FROM seaql_migrations WHERE version = 'm9999_to_come_offline'").await;
        assert_eq!(serving.get("/readyz").await.0, 200);
    }

    async fn an_internal_error_leads_to_its_cause_in_the_log_and_shows_nothing_of_it(program: Program) {
        let mut serving = with_the_demo_ledger(&program).await;
        program.execute("ALTER TABLE timeline_events RENAME TO gone").await;
        let graphql = serving.graphql(MARK).send().await.unwrap();
        let (header, body) = header_and_body(graphql).await;
        let error = &body["errors"][0];
        assert_eq!(body["data"], json!({ "markExported": null }));
        assert_eq!(error["extensions"], json!({ "code": "INTERNAL_SERVER_ERROR", "requestId": header }));
        let rest = serving.mark(1, "erp").send().await.unwrap();
        assert_eq!(rest.status(), 500);
        let (rest_header, problem) = header_and_body(rest).await;
        assert_eq!((&problem["code"], &problem["request_id"]), (&json!("INTERNAL_SERVER_ERROR"), &json!(rest_header)));
        for (id, shown) in [(header, body.to_string()), (rest_header, problem.to_string())] {
            assert!(!shown.contains("timeline_events") && !shown.contains("INSERT"), "{shown}");
            let line = serving.logged("internal error").await;
            assert_eq!((&line["level"], &line["span"]["id"]), (&json!("ERROR"), &json!(id)), "{line}");
            assert!(line["cause"].as_str().unwrap().contains("timeline_events"), "{line}");
        }
        program.execute("ALTER TABLE gone RENAME TO timeline_events").await;
        assert_eq!(serving.mark(1, "erp").send().await.unwrap().status(), 200);
        assert_eq!(program.exported("erp").len(), 56);
    }

    async fn each_answer_is_one_line_of_json_with_the_id_of_its_request(program: Program) {
        let mut serving = program.serve(&[]).await;
        let ask = |id: Option<&str>| {
            let request = serving.request(Method::GET, "/v10/accounting-entries");
            id.map_or_else(|| request.try_clone().unwrap(), |id| request.try_clone().unwrap().header("x-request-id", id))
        };
        let requests = [ask(Some("order-42:a.b_c")), ask(None), ask(Some("a b\"}")), ask(Some(&"x".repeat(65)))];
        let mut ids = Vec::new();
        for request in requests {
            let (id, _) = header_and_body(request.send().await.unwrap()).await;
            let line = serving.logged("answered").await;
            assert_eq!((&line["span"]["id"], &line["status"]), (&json!(id), &json!(200)), "{line}");
            assert_eq!((&line["span"]["method"], &line["span"]["path"]), (&json!("GET"), &json!("/v10/accounting-entries")));
            ids.push(id);
        }
        assert_eq!(ids[0], "order-42:a.b_c", "the caller's id is kept");
        // What monitoring asks all the time is logged at DEBUG.
        serving.get("/livez").await;
        serving.get("/readyz").await;
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        let request = serving.graphql("{ accountingEntry(id: \"x\") { id } }");
        let request = request.header("traceparent", format!("00-{trace}-00f067aa0ba902b7-01"));
        let answer = request.header("x-forwarded-for", "10.1.2.3").send().await.unwrap();
        let code = answer.json::<Value>().await.unwrap()["errors"][0]["extensions"]["code"].clone();
        let line = serving.logged("answered").await;
        assert_eq!((&line["span"]["path"], &line["code"]), (&json!("/graphql"), &code), "{line}");
        assert_eq!((&line["span"]["trace_id"], &line["span"]["forwarded_for"]), (&json!(trace), &json!("10.1.2.3")));
        assert!(line["span"]["client"].as_str().unwrap().starts_with("127.0.0.1:"), "{line}");
        assert_eq!(line["span"].get("token"), None, "nobody brought one");
        assert!(ids[1..].iter().all(|id| id.len() == 36), "others get a new one: {ids:?}");
    }
}

#[tokio::test]
async fn the_password_is_nowhere_in_the_most_talkative_log() {
    let mut program = Program::on_postgres().await;
    program.set("LEDGATE_LOG_FILTER", "trace");
    let mut serving = with_the_demo_ledger(&program).await;
    assert_eq!(serving.mark(1, "erp").send().await.unwrap().status(), 200);
    let mut stranger = TcpStream::connect(serving.url.trim_start_matches("http://")).await.unwrap();
    stranger.write_all(b"no HTTP\r\n\r\n").await.unwrap();
    let line = serving.logged("connection ended early").await;
    assert_eq!(line["level"], "DEBUG", "the filter is not in effect");
    serving.signal("TERM");
    assert_eq!(serving.ended().await.0, 0);
    let password = program.database_url.split(['@', ':']).nth(2).unwrap();
    assert!(program.database_url.contains(&format!(":{password}@")));
    let log = serving.log.iter().map(Value::to_string).collect::<String>();
    assert!(log.contains("postgres:***@") && !log.contains(password), "{log}");
}

#[tokio::test]
async fn it_is_not_ready_while_the_database_is_away_and_needs_no_restart_when_it_is_back() {
    let mut program = Program::on_postgres().await;
    program.set("LEDGATE_DATABASE_ACQUIRE_TIMEOUT_SECONDS", "1");
    let serving = with_the_demo_ledger(&program).await;
    let name = program.database_url.rsplit('/').next().unwrap();
    postgres::shut(name).await;

    let (status, body) = serving.get("/readyz").await;
    assert_eq!(
        (status, body.as_str()),
        (503, "{\"ready\":false,\"reason\":\"the database does not answer\"}")
    );
    assert_eq!(serving.get("/livez").await.0, 200);
    let rest = serving.mark(1, "erp").send().await.unwrap();
    assert_eq!((rest.status().as_u16(), &rest.headers()["retry-after"]), (503, &"1".parse().unwrap()));
    let problem: Value = rest.json().await.unwrap();
    assert_eq!(problem["code"], "UNAVAILABLE", "{problem}");
    let answer: Value = serving.graphql(MARK).send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAVAILABLE", "{answer}");

    postgres::open(name).await;
    assert_eq!(serving.get("/readyz").await.0, 200);
    assert_eq!(serving.mark(1, "erp").send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn the_demo_shows_something_at_once_and_is_gone_when_it_ends() {
    let program = Program::on_sqlite();
    let mut serving = program.serve(&["--demo"]).await;
    assert_eq!(program.temporary_files().len(), 1);
    let query = "{ erp: exportSystem(systemId: \"erp\") { backlog { count } }
        unexportedEntries(systemId: \"erp\", first: 3) { nodes { entryId } totalCount { count } }
        exportSystems { nodes { id } } }";
    let answer: Value = serving.graphql(query).send().await.unwrap().json().await.unwrap();
    assert_eq!(
        answer["data"],
        json!({
            "erp": { "backlog": { "count": 29 } },
            "unexportedEntries": {
                "nodes": [{ "entryId": "1" }, { "entryId": "3" }, { "entryId": "5" }],
                "totalCount": { "count": 29 },
            },
            "exportSystems": { "nodes": [{ "id": "system/erp" }, { "id": "system/warehouse" }] },
        })
    );
    serving.signal("INT");
    let (code, welcome) = serving.ended().await;
    assert_eq!(code, 0);
    assert!(welcome.contains(&format!("Explore   {}/\n", serving.url)), "{welcome}");
    assert_eq!((program.temporary_files(), program.files()), (vec![], vec![]));
}

#[test]
fn a_port_that_is_taken_is_told_and_nothing_is_made() {
    let mut program = Program::on_sqlite();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ran = program.run(&["serve", "--listen", &address]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    let told = format!(
        "error: {address} is taken by another program: choose another with --listen or LEDGATE_HTTP_LISTEN\n"
    );
    assert_eq!(ran.stderr, told);
    assert_eq!(program.files(), [""; 0]);

    program.set("LEDGATE_METRICS_LISTEN", &address);
    let ran = program.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.ends_with("taken by another program: choose another with LEDGATE_METRICS_LISTEN\n"));
}

#[tokio::test]
async fn metrics_have_an_address_of_their_own() {
    let mut program = Program::on_sqlite();
    program.set("LEDGATE_METRICS_LISTEN", "127.0.0.1:0");
    let mut serving = program.serve(&[]).await;
    let line = serving.log.iter().find(|line| line["message"] == "metrics are at /metrics").unwrap();
    let address = line["address"].as_str().unwrap().to_owned();
    assert_eq!(serving.get("/livez").await.0, 200);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let metrics = client.get(format!("http://{address}/metrics")).send().await.unwrap().text().await.unwrap();
    let counted =
        "ledgate_http_requests_total{method=\"GET\",route=\"/livez\",status=\"200\",ledger=\"main\"} 1";
    assert!(metrics.lines().any(|line| line == counted), "{metrics}");
    for (query, code) in [("{", "GRAPHQL_PARSE_FAILED"), ("{ nothing }", "GRAPHQL_VALIDATION_FAILED")] {
        serving.graphql(query).send().await.unwrap();
        let metrics =
            client.get(format!("http://{address}/metrics")).send().await.unwrap().text().await.unwrap();
        let counted = format!("ledgate_errors_total{{route=\"/graphql\",code=\"{code}\",ledger=\"main\"}} 1");
        assert!(metrics.lines().any(|line| line == counted), "{metrics}");
    }
    assert_eq!(serving.get("/metrics").await.0, 404, "the API's callers have no business there");
    serving.signal("TERM");
    assert_eq!(serving.ended().await.0, 0);
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_on_both_sides() {
    let mut program = Program::on_sqlite();
    program.set("LEDGATE_HTTP_BODY_LIMIT_BYTES", "1024");
    let serving = program.serve(&[]).await;
    let body = |length: usize| format!("{:<length$}", json!({ "query": "{ __typename }" }).to_string());
    for (path, code) in [("/graphql", "/errors/0/extensions/code"), ("/v10/accounting-entries", "/code")] {
        let send = |length| {
            let request = serving.request(Method::POST, path).header("content-type", "application/json");
            request.body(body(length)).send()
        };
        assert_ne!(send(1_024).await.unwrap().status(), 413);
        let answer = send(1_025).await.unwrap();
        assert_eq!(answer.status(), 413);
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer.pointer(code), Some(&json!("PAYLOAD_TOO_LARGE")), "{answer}");
    }
}

#[tokio::test]
async fn settings_of_file_environment_and_flag_are_in_effect() {
    let mut program = Program::on_sqlite();
    // Neither of these addresses could be listened on.
    let file = "[http]\nlisten = \"192.0.2.1:80\"\nbody_limit_bytes = 2048\nrequest_timeout_seconds = 7\n\
                [graphql]\nmax_query_characters = 100\n";
    program.write("ledgate.toml", file);
    program.set("LEDGATE_HTTP_LISTEN", "192.0.2.2:80").set("LEDGATE_HTTP_BODY_LIMIT_BYTES", "1024");
    let serving = program.serve(&[]).await;
    let length = |length: usize| {
        let query = format!("{:<length$}", "{ __typename }");
        serving.graphql(&query).send()
    };
    assert_eq!(length(100).await.unwrap().status(), 200);
    let too_long: Value = length(101).await.unwrap().json().await.unwrap();
    assert_eq!(too_long["errors"][0]["extensions"]["code"], "QUERY_TOO_LONG", "the file's");
    assert_eq!(length(1_500).await.unwrap().status(), 413, "the environment's, not the file's");
}

/// The demo ledger, imported and served.
async fn with_the_demo_ledger(program: &Program) -> Serving {
    program.write("demo.txt", DEMO);
    program.ok(&["import", "demo.txt"]);
    program.serve(&[]).await
}

/// Another program holds what every mark has to write to.
async fn others_lock(program: &Program, other: &sea_orm::DatabaseConnection) -> sea_orm::DatabaseTransaction {
    let lock = other.begin().await.unwrap();
    let sql = match program.is_sqlite() {
        // The first write takes the one write lock there is.
        true => "UPDATE seaql_migrations SET applied_at = applied_at",
        false => "LOCK TABLE export_marks IN ACCESS EXCLUSIVE MODE",
    };
    lock.execute_unprepared(sql).await.unwrap();
    lock
}

async fn header_and_body(answer: reqwest::Response) -> (String, Value) {
    let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    (id, answer.json().await.unwrap())
}
