//! Requests made to do harm: each is refused with a code that says why, nothing of it is executed, and the gateway
//! goes on answering.

mod bodies;
mod browsers;
mod compression;
mod cursors;
mod graphql_cop;
mod limits;
mod load;
mod schemathesis;
mod values;

use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::graphql_http::RESPONSE_JSON;
use crate::support::Gateway;

/// A GraphQL operation, of a client that reads the status.
pub fn operation(gateway: &Gateway, query: &str, variables: Value) -> RequestBuilder {
    let body = json!({ "query": query, "variables": variables });
    gateway.request(Method::POST, "/graphql").header("accept", RESPONSE_JSON).json(&body)
}

/// Status, code and message of a refusal, whichever surface made it.
pub async fn refusal(answer: Response) -> (u16, String, String) {
    let status = answer.status().as_u16();
    let body: Value = answer.json().await.unwrap();
    let text = |graphql: &str, rest: &str| {
        let found = body.pointer(graphql).or_else(|| body.pointer(rest)).and_then(Value::as_str);
        found.unwrap_or_else(|| panic!("no refusal: {body:#}")).to_owned()
    };
    (status, text("/errors/0/extensions/code", "/code"), text("/errors/0/message", "/detail"))
}

/// It has not been brought down, and works.
pub async fn still_answers(gateway: &Gateway) {
    assert_eq!(gateway.get("/livez").await.status(), 200);
    let listing =
        gateway.data("{ accountingEntries(first: 1) { pageInfo { hasNextPage } } }", json!({})).await;
    assert!(listing["accountingEntries"]["pageInfo"].is_object(), "{listing}");
}

/// What a gateway answers to these bytes, until it closes the connection.
pub async fn raw(gateway: &Gateway, request: &[u8]) -> String {
    let mut stream = connect(gateway).await;
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// A connection of a client that speaks for itself.
pub async fn connect(gateway: &Gateway) -> TcpStream {
    TcpStream::connect(gateway.url.trim_start_matches("http://")).await.unwrap()
}
