//! Subscriptions over WebSocket, by a client that can send what no library would. The clients that people use are in
//! `clients/subscriptions.rs`.

mod behind_nginx;
mod door;
mod events;
mod limits;
mod stopping;

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderName;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::support::Gateway;

/// No test waits longer than this for a message: it fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// All events of the log that the arguments ask for.
const EVENTS: &str = "subscription($systemId: SystemId, $kinds: [ExportEventKind!], $after: String) {
    exportEvents(systemId: $systemId, kinds: $kinds, after: $after) { cursor kind systemId entryId } }";

/// What the gateway sent.
#[derive(Debug, PartialEq)]
enum Heard {
    /// A message.
    Said(Value),
    /// The end, with its code and its reason.
    Closed(u16, String),
    /// The end without a word.
    Gone,
}

/// A connection.
struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    /// Connects, with these headers beside those of the protocol. `Err` is the status of a refusal.
    async fn connect(gateway: &Gateway, headers: &[(&'static str, &str)]) -> Result<Self, StatusCode> {
        Self::connect_to(&format!("{}/graphql", gateway.url), headers, None).await
    }

    /// The same at any address, and with so many bytes of room for what was not read.
    async fn connect_to(
        address: &str,
        headers: &[(&'static str, &str)],
        room: Option<u32>,
    ) -> Result<Self, StatusCode> {
        let rest = address.strip_prefix("http://").unwrap();
        let (host, _) = rest.split_once('/').unwrap();
        let mut request = format!("ws://{rest}").into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
        for &(name, value) in headers {
            request.headers_mut().insert(HeaderName::from_static(name), value.parse().unwrap());
        }
        let socket = TcpSocket::new_v4().unwrap();
        if let Some(room) = room {
            socket.set_recv_buffer_size(room).unwrap();
        }
        let stream = socket.connect(host.parse().unwrap()).await.unwrap();
        match client_async(request, stream).await {
            Ok((socket, answer)) => {
                assert_eq!(answer.headers()["sec-websocket-protocol"], "graphql-transport-ws");
                let extensions = answer.headers().get("sec-websocket-extensions");
                assert_eq!(extensions, None, "what is compressed could become huge");
                Ok(Self(socket))
            }
            Err(tungstenite::Error::Http(answer)) => Err(answer.status()),
            Err(error) => panic!("{error}"),
        }
    }

    /// Connects and begins, with this token if one is given.
    async fn begun(gateway: &Gateway, token: Option<&str>) -> Self {
        let mut socket = Self::connect(gateway, &[]).await.unwrap();
        assert_eq!(socket.begin(token).await, Heard::Said(json!({ "type": "connection_ack" })));
        socket
    }

    /// Begins. Gives what comes back.
    async fn begin(&mut self, token: Option<&str>) -> Heard {
        let payload = token.map(|token| json!({ "authorization": format!("Bearer {token}") }));
        self.say(json!({ "type": "connection_init", "payload": payload })).await;
        self.hear().await
    }

    async fn say(&mut self, message: Value) {
        self.send(Message::text(message.to_string())).await;
    }

    async fn send(&mut self, message: Message) {
        // What the gateway has closed is seen by whoever reads.
        self.0.send(message).await.ok();
    }

    /// Follows events under this id.
    async fn follow(&mut self, id: &str, variables: Value) {
        self.subscribe(id, EVENTS, variables).await;
    }

    async fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        let payload = json!({ "query": query, "variables": variables });
        self.say(json!({ "type": "subscribe", "id": id, "payload": payload })).await;
    }

    /// What comes next. Pings are answered on the way.
    async fn hear(&mut self) -> Heard {
        timeout(PATIENCE, self.next()).await.expect("nothing came")
    }

    async fn next(&mut self) -> Heard {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => return Heard::Said(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(Some(frame)))) => {
                    return Heard::Closed(frame.code.into(), frame.reason.to_string());
                }
                Some(Ok(Message::Close(None)) | Err(_)) | None => return Heard::Gone,
                Some(Ok(_)) => {}
            }
        }
    }

    /// The code with which the gateway closes it, whatever comes before.
    async fn code(&mut self) -> u16 {
        let closed = async {
            loop {
                match self.next().await {
                    Heard::Said(_) => {}
                    Heard::Closed(code, reason) => {
                        assert!(!reason.is_empty(), "closed with {code} and not a word");
                        return code;
                    }
                    Heard::Gone => panic!("the connection ended without a word"),
                }
            }
        };
        timeout(PATIENCE, closed).await.expect("it was not closed")
    }

    /// The next message, which has to be an event of the operation with this id. Gives its data.
    async fn event(&mut self, id: &str) -> Value {
        match self.hear().await {
            Heard::Said(message) => {
                assert_eq!((&message["type"], &message["id"]), (&json!("next"), &json!(id)), "{message}");
                assert_eq!(message["payload"].get("errors"), None, "{message}");
                message["payload"]["data"].clone()
            }
            heard => panic!("no event: {heard:?}"),
        }
    }

    /// The next message, which has to end the operation with this id by one error. Gives its code.
    async fn refusal(&mut self, id: &str) -> String {
        match self.hear().await {
            Heard::Said(message) => {
                assert_eq!((&message["type"], &message["id"]), (&json!("error"), &json!(id)), "{message}");
                let errors = message["payload"].as_array().unwrap();
                assert_eq!(errors.len(), 1, "{message}");
                errors[0]["extensions"]["code"].as_str().unwrap().to_owned()
            }
            heard => panic!("no error: {heard:?}"),
        }
    }

    /// Nothing has come: a ping is answered first.
    async fn is_quiet(&mut self) {
        self.say(json!({ "type": "ping" })).await;
        assert_eq!(self.hear().await, Heard::Said(json!({ "type": "pong" })));
    }
}

/// The cursor of an event of the system `log`, for which this entry is marked first. All that happens later is behind it.
pub async fn cursor(gateway: &Gateway, entry: i64) -> String {
    gateway.mark("log", &[entry]).await;
    let event = async {
        loop {
            let newest = "{ exportEvents(systemId: \"log\", last: 1) { nodes { cursor } } }";
            let data = gateway.data(newest, json!({})).await;
            if let Some(cursor) = data["exportEvents"]["nodes"][0]["cursor"].as_str() {
                return cursor.to_owned();
            }
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, event).await.expect("the event did not come into the log")
}
