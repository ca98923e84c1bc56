//! Bodies that are too much, too slow, or more than they look; and clients that say nothing.

use std::time::{Duration, Instant};

use async_compression::Level;
use async_compression::tokio::write::{BrotliEncoder, GzipEncoder, ZstdEncoder};
use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{connect, raw, refusal, still_answers};
use crate::support::{Gateway, entries};

const PATHS: [&str; 2] = ["/graphql", "/v10/accounting-entries/mark-as-exported"];

/// Eight megabytes of blanks in front of a body, in a few kilobytes.
async fn bomb(coding: &str, body: &str) -> Vec<u8> {
    let (blanks, mut out) = (vec![b' '; 8 << 20], Vec::new());
    macro_rules! fill {
        ($encoder:expr) => {{
            let mut encoder = $encoder;
            encoder.write_all(&blanks).await.unwrap();
            encoder.write_all(body.as_bytes()).await.unwrap();
            encoder.shutdown().await.unwrap();
        }};
    }
    match coding {
        "br" => fill!(BrotliEncoder::with_quality(&mut out, Level::Fastest)),
        "zstd" => fill!(ZstdEncoder::with_quality(&mut out, Level::Fastest)),
        _ => fill!(GzipEncoder::with_quality(&mut out, Level::Fastest)),
    }
    out
}

#[tokio::test]
async fn a_compressed_body_is_refused_without_being_unfolded() {
    let gateway = Gateway::on_sqlite().await;
    let ids = gateway.record(entries(1)).await;
    let query = format!(
        "mutation {{ markExported(input: {{ entries: [{{ entryId: {}, systemId: \"erp\" }}] }}) {{
            userErrors {{ code }} }} }}",
        ids[0]
    );
    let body = json!({ "query": query }).to_string();
    let (gzip, br, zstd) = (bomb("gzip", &body).await, bomb("br", &body).await, bomb("zstd", &body).await);
    for (coding, packed) in [
        ("gzip", &gzip),
        ("GZIP", &gzip),
        ("identity, gzip", &gzip),
        ("x", &gzip),
        ("br", &br),
        ("zstd", &zstd),
    ] {
        assert!(packed.len() < 100_000, "{} bytes", packed.len());
        for path in PATHS {
            let request = gateway.request(Method::POST, path).header("content-type", "application/json");
            let answer =
                request.header("content-encoding", coding).body(packed.clone()).send().await.unwrap();
            assert_eq!(answer.headers()["accept-encoding"], "identity");
            let (status, code, _) = refusal(answer).await;
            assert_eq!((status, code.as_str()), (415, "COMPRESSED_BODY"), "{path} {coding}");
        }
    }
    assert_eq!(gateway.unexported("erp").await, ids, "something was executed");
    let request = gateway.request(Method::POST, "/graphql").header("content-type", "application/json");
    assert_eq!(request.header("content-encoding", "identity").body(body).send().await.unwrap().status(), 200);
    assert_eq!(gateway.unexported("erp").await, [] as [i64; 0]);
}

#[tokio::test]
async fn ten_megabytes_are_refused_and_their_sender_reads_the_refusal() {
    let gateway = Gateway::on_sqlite().await;
    let text = "x".repeat(10 << 20);
    for path in PATHS {
        let (status, code, message) = refusal(gateway.post(path, &json!({ "query": text })).await).await;
        assert_eq!((status, code.as_str()), (413, "PAYLOAD_TOO_LARGE"), "{path}");
        assert!(message.contains("10485772 bytes; at most 2097152"), "{message}");
        // Without a length in front, chunk by chunk.
        let chunks = (0..10).map(|_| Ok::<_, std::io::Error>(vec![b' '; 1 << 20]));
        let body = reqwest::Body::wrap_stream(futures_util::stream::iter(chunks));
        let request = gateway.request(Method::POST, path).header("content-type", "application/json");
        assert_eq!(refusal(request.body(body).send().await.unwrap()).await.0, 413, "{path}");
        // Who asks first is told before sending anything.
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 10000000\r\n\
             expect: 100-continue\r\nconnection: close\r\n\r\n"
        );
        let answer = raw(&gateway, head.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    }
    still_answers(&gateway).await;
}

#[tokio::test]
async fn who_sends_everything_before_reading_finds_the_refusal() {
    let gateway = Gateway::on_sqlite().await;
    let packed = "content-encoding: gzip\r\n";
    for path in PATHS {
        // More than is read before the refusal; a body that is refused unread; a name that is not the server's.
        for (host, header, status) in
            [("localhost", "", "413"), ("localhost", packed, "415"), ("evil.example", "", "421")]
        {
            let mut client = connect(&gateway).await;
            let size = 64 << 20;
            let head = format!(
                "POST {path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n{header}content-length: {size}\r\n\r\n"
            );
            client.write_all(head.as_bytes()).await.unwrap();
            let megabyte = vec![b' '; 1 << 20];
            for _ in 0..size >> 20 {
                client.write_all(&megabyte).await.expect("the pipe is broken while the body is being sent");
            }
            let mut answer = String::new();
            client.read_to_string(&mut answer).await.expect("the refusal is lost");
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
        }
    }
}

#[tokio::test]
async fn a_body_that_does_not_come_is_waited_for_only_so_long_and_takes_nobody_s_place() {
    let settings = [("LEDGATE_HTTP_BODY_TIMEOUT_SECONDS", "1"), ("LEDGATE_HTTP_MAX_RUNNING_REQUESTS", "1")];
    let gateway = Gateway::on_sqlite_with(&settings).await;
    for path in PATHS {
        let mut slow = Vec::new();
        for _ in 0..20 {
            let mut client = connect(&gateway).await;
            let head = format!(
                "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{{"
            );
            client.write_all(head.as_bytes()).await.unwrap();
            slow.push(client);
        }
        still_answers(&gateway).await;
        for mut client in slow {
            let mut answer = String::new();
            client.read_to_string(&mut answer).await.unwrap();
            assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("BODY_TIMEOUT"), "{answer}");
        }
    }
}

#[tokio::test]
async fn heads_that_are_too_much_are_refused() {
    let gateway = Gateway::on_sqlite().await;
    let line =
        |length: usize| format!("GET /livez?{} HTTP/1.1\r\nhost: localhost\r\n\r\n", "x".repeat(length));
    let headers = format!("GET /livez HTTP/1.1\r\nhost: localhost\r\n{}\r\n", "a: b\r\n".repeat(200));
    let long = format!("GET /livez HTTP/1.1\r\nhost: localhost\r\na: {}\r\n\r\n", "x".repeat(1 << 20));
    for (request, status) in [(line(70_000), "414"), (headers, "431"), (long, "431")] {
        let mut client = connect(&gateway).await;
        // Cut off in the middle of it, which is as good as an answer.
        client.write_all(request.as_bytes()).await.ok();
        let mut answer = Vec::new();
        client.read_to_end(&mut answer).await.ok();
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.is_empty() || answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
        still_answers(&gateway).await;
    }
}

#[tokio::test]
async fn an_idle_connection_is_kept_for_longer_than_answers_say() {
    let gateway = Gateway::on_sqlite_with(&[("LEDGATE_HTTP_HEAD_TIMEOUT_SECONDS", "2")]).await;
    let began = Instant::now();
    let answer = raw(&gateway, b"GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("keep-alive: timeout=1\r\n"), "{answer}");
    assert!(began.elapsed() > Duration::from_secs(1), "closed after {:?}", began.elapsed());
}
