//! Answers are compressed for those who take that, and only where it is worth it.

use async_compression::tokio::bufread::{BrotliDecoder, GzipDecoder, ZstdDecoder};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::support::{Gateway, entries};

async fn unpacked(coding: &str, packed: &[u8]) -> Vec<u8> {
    let mut reader: Box<dyn AsyncRead + Unpin + '_> = match coding {
        "gzip" => Box::new(GzipDecoder::new(packed)),
        "br" => Box::new(BrotliDecoder::new(packed)),
        _ => Box::new(ZstdDecoder::new(packed)),
    };
    let mut whole = Vec::new();
    reader.read_to_end(&mut whole).await.unwrap();
    whole
}

fn page(gateway: &Gateway, first: usize) -> RequestBuilder {
    let query =
        format!("{{ accountingEntries(first: {first}) {{ nodes {{ id externalId description credit }} }} }}");
    gateway.request(Method::POST, "/graphql").json(&json!({ "query": query }))
}

#[tokio::test]
async fn an_answer_is_the_same_compressed() {
    let gateway = Gateway::on_sqlite().await;
    gateway.record(entries(200)).await;
    let export = || gateway.request(Method::GET, "/v10/accounting-entries/export?system_id=erp");
    for request in [page(&gateway, 100), export(), export().header("accept", "application/x-ndjson")] {
        let plain = request.try_clone().unwrap().send().await.unwrap();
        assert_eq!(plain.headers().get("content-encoding"), None);
        assert!(plain.headers()["vary"].to_str().unwrap().contains("accept-encoding"));
        let plain = plain.bytes().await.unwrap();
        for coding in ["gzip", "br", "zstd"] {
            let request = request.try_clone().unwrap().header("accept-encoding", coding);
            let answer = request.send().await.unwrap();
            assert_eq!(answer.headers()["content-encoding"], coding);
            let packed = answer.bytes().await.unwrap();
            assert!(packed.len() * 4 < plain.len(), "{coding}: {} of {} bytes", packed.len(), plain.len());
            assert_eq!(unpacked(coding, &packed).await, plain);
        }
    }
}

#[tokio::test]
async fn zstd_is_for_those_who_take_nothing_else_or_like_it_better() {
    let gateway = Gateway::on_sqlite().await;
    gateway.record(entries(20)).await;
    for (accepted, coding) in [
        // Node 20 with whatwg-node, and browsers.
        ("gzip, deflate, br, zstd", "br"),
        ("zstd, br, gzip", "br"),
        ("gzip, zstd", "gzip"),
        ("zstd;q=0.5, gzip;q=0.5", "gzip"),
        ("zstd", "zstd"),
        ("zstd, deflate", "zstd"),
        ("zstd;q=1.0, br;q=0.9, gzip;q=0.8", "zstd"),
        ("br;q=0, zstd", "zstd"),
        ("ZSTD, BR", "br"),
        // curl --compressed, and older clients.
        ("deflate, gzip, br", "br"),
        ("gzip", "gzip"),
    ] {
        let answer = page(&gateway, 20).header("accept-encoding", accepted).send().await.unwrap();
        assert_eq!(answer.headers()["content-encoding"], coding, "{accepted}");
    }
}

#[tokio::test]
async fn what_is_small_or_not_asked_for_stays_as_it_is() {
    let gateway = Gateway::on_sqlite().await;
    gateway.record(entries(20)).await;
    let whole = |answer: Value| answer["data"]["accountingEntries"]["nodes"].as_array().unwrap().len();
    for (accepted, first) in [("gzip", 2), ("identity", 20), ("x", 20), ("gzip;q=0", 20)] {
        let answer = page(&gateway, first).header("accept-encoding", accepted).send().await.unwrap();
        assert_eq!(answer.headers().get("content-encoding"), None, "{accepted}");
        assert_eq!(whole(answer.json().await.unwrap()), first);
    }
    let gateway = Gateway::on_sqlite_with(&[("LEDGATE_HTTP_COMPRESSION", "false")]).await;
    gateway.record(entries(20)).await;
    let answer = page(&gateway, 20).header("accept-encoding", "gzip").send().await.unwrap();
    assert_eq!(answer.headers().get("content-encoding"), None, "it is switched off");
}
