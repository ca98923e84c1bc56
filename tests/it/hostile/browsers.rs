//! What a page of the internet can do to a gateway that a browser can reach: nothing, unless it is told to let it.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{raw, refusal, still_answers};
use crate::on_both_databases;
use crate::support::program::{Program, Serving};
use crate::support::{Gateway, entries};

const PAGE: &str = "https://app.example.com";

/// A mark of one entry for each surface: its path and its body.
fn marks(id: i64) -> [(&'static str, Value); 2] {
    let query = format!(
        "mutation {{ markExported(input: {{ entries: [{{ entryId: {id}, systemId: \"erp\" }}] }}) {{
            userErrors {{ code }} }} }}"
    );
    let item = json!({ "accounting_entry_id": id, "system_id": "erp" });
    [
        ("/graphql", json!({ "query": query })),
        ("/v10/accounting-entries/mark-as-exported", json!({ "accounting_entries": [item] })),
    ]
}

on_both_databases! {
    async fn what_a_form_can_send_is_refused_and_not_executed(gateway: Gateway) {
        let ids = gateway.record(entries(1)).await;
        for (path, body) in marks(ids[0]) {
            for simple in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""] {
                let request = gateway.request(Method::POST, path).header("content-type", simple).header("origin", PAGE);
                let (status, code, _) = refusal(request.body(body.to_string()).send().await.unwrap()).await;
                assert_eq!((status, code.as_str()), (415, "UNSUPPORTED_MEDIA_TYPE"), "{path} {simple}");
            }
        }
        assert_eq!(gateway.unexported("erp").await, ids, "something was executed");
        still_answers(&gateway).await;
    }

    async fn a_name_that_is_not_the_gateway_s_is_answered_nothing(gateway: Gateway) {
        let ids = gateway.record(entries(1)).await;
        for foreign in ["evil.example", "evil.example:80", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1"] {
            for path in ["/", "/graphql", "/v10/accounting-entries", "/openapi.json", "/schema.graphql", "/livez", "/nothing"] {
                let answer = gateway.request(Method::GET, path).header("host", foreign).send().await.unwrap();
                let (status, code, message) = refusal(answer).await;
                assert_eq!((status, code.as_str()), (421, "MISDIRECTED_REQUEST"), "{foreign} {path}");
                assert!(message.contains("http.hosts"), "{message}");
            }
            for (path, body) in marks(ids[0]) {
                let request = gateway.request(Method::POST, path).header("host", foreign).json(&body);
                assert_eq!(refusal(request.send().await.unwrap()).await.0, 421, "{foreign} {path}");
            }
        }
        assert_eq!(gateway.unexported("erp").await, ids, "something was executed");
        for own in ["localhost", "LOCALHOST:8080", "127.0.0.1:1", "[::1]", "[::1]:9000"] {
            let answer = gateway.request(Method::GET, "/livez").header("host", own).send().await.unwrap();
            assert_eq!(answer.status(), 200, "{own}");
        }
    }
}

#[tokio::test]
async fn a_request_names_one_host_wherever_it_does() {
    let gateway = Gateway::on_sqlite().await;
    for (request, status) in [
        ("GET /livez HTTP/1.1\r\nhost: localhost\r\n", "200"),
        ("GET /livez HTTP/1.1\r\n", "400"),
        ("GET /livez HTTP/1.1\r\nhost: localhost\r\nhost: localhost\r\n", "400"),
        ("GET /livez HTTP/1.1\r\nhost: \r\n", "421"),
        ("GET /livez HTTP/1.1\r\nhost: a b\r\n", "421"),
        ("GET http://evil.example/livez HTTP/1.1\r\nhost: localhost\r\n", "421"),
        ("GET http://localhost/livez HTTP/1.1\r\nhost: evil.example\r\n", "421"),
        ("GET http://localhost/livez HTTP/1.1\r\nhost: localhost\r\n", "200"),
        // Load balancers of old ask for the health like this; no browser does.
        ("GET /livez HTTP/1.0\r\n", "200"),
    ] {
        let answer = raw(&gateway, format!("{request}connection: close\r\n\r\n").as_bytes()).await;
        assert_eq!(answer.split(' ').nth(1), Some(status), "{request:?}: {answer}");
    }
}

#[tokio::test]
async fn names_that_are_configured_are_answered() {
    let hosts = [("LEDGATE_HTTP_HOSTS", "ledger.example.com, gate")];
    let gateway = Gateway::on_sqlite_with(&hosts).await;
    for (host, status) in
        [("Ledger.Example.com:443", 200), ("gate", 200), ("localhost", 200), ("x.example.com", 421)]
    {
        let answer = gateway.request(Method::GET, "/livez").header("host", host).send().await.unwrap();
        assert_eq!(answer.status(), status, "{host}");
    }
}

#[tokio::test]
async fn where_others_can_call_anyway_every_name_is_answered_unless_some_are_configured() {
    let mut program = Program::on_sqlite();
    program.set("LEDGATE_HTTP_SERVE_ANYONE_WITHOUT_A_TOKEN", "true");
    let ask = async |serving: &Serving, host: &str| {
        let request = serving.request(Method::GET, "/livez").header("host", host);
        request.send().await.unwrap().status().as_u16()
    };
    let serving = program.serve_at("0.0.0.0:0").await;
    assert_eq!(ask(&serving, "ledger.lan").await, 200);
    drop(serving);
    program.set("LEDGATE_HTTP_HOSTS", "ledger.lan");
    let serving = program.serve_at("0.0.0.0:0").await;
    assert_eq!(ask(&serving, "ledger.lan").await, 200);
    assert_eq!(ask(&serving, "10.0.0.1").await, 200, "led here by no name");
    assert_eq!(ask(&serving, "evil.example").await, 421);
}

#[tokio::test]
async fn no_page_of_another_origin_may_call() {
    let gateway = Gateway::on_sqlite().await;
    for path in ["/graphql", "/v10/accounting-entries"] {
        let request = gateway.request(Method::OPTIONS, path).header("origin", PAGE);
        let asked = request.header("access-control-request-method", "POST").send().await.unwrap();
        assert_eq!(asked.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
        let read = gateway.request(Method::GET, path).header("origin", PAGE).send().await.unwrap();
        for answer in [asked, read] {
            let allowed = answer.headers().keys().any(|name| name.as_str().starts_with("access-control-"));
            assert!(!allowed, "{path}: {:?}", answer.headers());
        }
    }
}

#[tokio::test]
async fn pages_of_the_configured_origins_may_call() {
    let origins = [("LEDGATE_HTTP_ALLOWED_ORIGINS", "https://app.example.com,http://localhost:3000")];
    let gateway = Gateway::on_sqlite_with(&origins).await;
    for (origin, allowed) in
        [(PAGE, true), ("http://localhost:3000", true), ("https://evil.example", false), ("null", false)]
    {
        let request = gateway.request(Method::OPTIONS, "/graphql").header("origin", origin);
        let request = request.header("access-control-request-method", "POST");
        let asked = request.header("access-control-request-headers", "content-type").send().await.unwrap();
        let called = gateway.request(Method::POST, "/graphql").header("origin", origin);
        let called = called.json(&json!({ "query": "{ __typename }" })).send().await.unwrap();
        assert_eq!(called.status(), 200);
        for answer in [&asked, &called] {
            let named =
                answer.headers().get("access-control-allow-origin").map(|name| name.to_str().unwrap());
            assert_eq!(named, allowed.then_some(origin), "{origin}");
            assert_eq!(answer.headers().get("access-control-allow-credentials"), None);
        }
    }
}

#[tokio::test]
async fn pages_may_send_the_headers_of_tracing_and_of_apollo_and_those_that_are_configured() {
    let preflight = async |gateway: &Gateway, header: &str| {
        let request = gateway.request(Method::OPTIONS, "/graphql").header("origin", PAGE);
        let request = request.header("access-control-request-method", "POST");
        let answer = request.header("access-control-request-headers", header).send().await.unwrap();
        let allowed = answer.headers()["access-control-allow-headers"].to_str().unwrap().to_owned();
        allowed.split(',').any(|name| name == header)
    };
    let origins = ("LEDGATE_HTTP_ALLOWED_ORIGINS", PAGE);
    let usual = Gateway::on_sqlite_with(&[origins]).await;
    let own = Gateway::on_sqlite_with(&[origins, ("LEDGATE_HTTP_ALLOWED_HEADERS", "X-Own, baggage")]).await;
    for (header, usually, configured) in [
        ("authorization", true, true),
        ("content-type", true, true),
        ("idempotency-key", true, true),
        ("x-request-id", true, true),
        ("traceparent", true, false),
        ("tracestate", true, false),
        ("baggage", true, true),
        ("sentry-trace", true, false),
        ("apollographql-client-name", true, false),
        ("apollographql-client-version", true, false),
        ("x-own", false, true),
        ("cookie", false, false),
    ] {
        assert_eq!(preflight(&usual, header).await, usually, "{header}");
        assert_eq!(preflight(&own, header).await, configured, "{header}");
    }
}

#[tokio::test]
async fn every_answer_tells_browsers_not_to_keep_guess_or_frame_it() {
    let gateway = Gateway::on_sqlite().await;
    let graphql = gateway.post("/graphql", &json!({ "query": "{ __typename }" })).await;
    let mut answers = vec![("a query", graphql)];
    for path in [
        "/",
        "/page",
        "/graphql",
        "/v10/accounting-entries",
        "/v10/accounting-entries/7",
        "/openapi.json",
        "/livez",
        "/nothing",
    ] {
        answers.push((path, gateway.get(path).await));
    }
    for (what, answer) in answers {
        let header = |name: &str| answer.headers().get(name).map_or("", |value| value.to_str().unwrap());
        let is_page = ["/", "/page"].contains(&what);
        assert_eq!(header("cache-control"), if is_page { "no-cache" } else { "no-store" }, "{what}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{what}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{what}");
        assert_eq!(header("cross-origin-resource-policy"), "same-origin", "{what}");
        let policy = header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{what}: {policy}"
        );
        assert_eq!(policy.contains("script-src 'self'"), is_page, "{what}: {policy}");
        assert!(
            !policy.contains("unsafe-eval") && !policy.contains("script-src 'self' '"),
            "{what}: {policy}"
        );
    }
}
