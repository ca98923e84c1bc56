//! Listening by a subscription to all systems, over WebSocket with the protocol graphql-transport-ws.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fastrand::Rng;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use super::{End, Event, Heard, is_over, systems};
use crate::client::{EXCUSED, Outcome};
use crate::record::About;
use crate::world::World;

/// What is followed.
const EVENTS: &str =
    "subscription($after: String) { exportEvents(after: $after) { cursor kind at systemId entryId } }";
/// How the first event of a system is found.
const FIRST: &str = "query($system: SystemId!) {
    exportEvents(systemId: $system, first: 1) { nodes { cursor kind at systemId entryId } } }";
/// How long a connection may take to be made.
const CONNECTED: Duration = Duration::from_secs(10);
/// A connection without a word for so long is lost. A gateway pings more often.
const SILENCE: Duration = Duration::from_secs(45);
/// Close codes that docs/signals.md answers with "come again": it stops, there is no room, the network was too slow.
const COME_AGAIN: [u16; 4] = [1012, 1013, 4408, 4413];

type Socket = WebSocketStream<TcpStream>;

/// Why a subscription ended.
enum Ended {
    /// All that there is was heard.
    Over,
    /// The listener went away by itself, in the middle.
    Left,
    /// It was cut off, or told to come again.
    Cut(String),
    /// It was refused with a code that no fault excuses; a sentence follows behind a colon.
    Refused(String),
}

/// Listens until there is nothing more to hear.
pub(super) async fn listen(world: Arc<World>, mut rng: Rng, heard: Arc<Heard>, mut end: End) {
    let Some(first) = first(&world, &mut rng, &end).await else { return };
    heard.take(&world, &first);
    let mut cursor = text(&first["cursor"]);
    loop {
        let (gateway, begun) = (world.gateway(&mut rng), Instant::now());
        let address = gateway.in_front.address;
        let result = match follow(&world, &mut rng, address, &heard, &mut end, &mut cursor).await {
            Ended::Over => return,
            Ended::Left => "answered".to_owned(),
            Ended::Cut(result) => result,
            Ended::Refused(text) => {
                let code = text.split(':').next().unwrap_or_default().to_owned();
                let kind = format!("a subscription ended with {code}");
                world.record.failure(&kind, About::default(), format!("{}: {text}", gateway.name));
                code
            }
        };
        heard.interrupted();
        world.record.request("subscription", &result, begun);
        let told = format!("the subscription at {} ended: {result}", gateway.name);
        world.event("listener", About::default(), told);
        world.breathe().await;
    }
}

/// The first event of the log; nothing when there is none at the end. A subscription begins behind an event. What stands
/// before an event in the log was there before it: so the round after one that found something finds the first of all.
async fn first(world: &World, rng: &mut Rng, end: &End) -> Option<Value> {
    let mut is_begun = false;
    while !is_over(end) {
        match lowest(world, rng).await {
            Some(first) if is_begun => return Some(first),
            found => is_begun = found.is_some(),
        }
        world.breathe().await;
    }
    None
}

/// The lowest of the first events of all systems; nothing when there is none, or not all were answered.
async fn lowest(world: &World, rng: &mut Rng) -> Option<Value> {
    let mut lowest: Option<(i64, Value)> = None;
    for system in systems() {
        let client = world.gateway(rng).client.clone();
        let variables = json!({ "system": system });
        let data = match client.graphql(&world.record, "page of the log", FIRST, variables).await {
            Outcome::Answered(data) => data,
            Outcome::Unknown(_) => return None,
            Outcome::Refused(text) => {
                client.refused(&world.record, About::default(), &text);
                return None;
            }
        };
        let node = &data["exportEvents"]["nodes"][0];
        let Some(Event { place, .. }) = Event::read(node) else { continue };
        if lowest.as_ref().is_none_or(|(position, _)| place.position < *position) {
            lowest = Some((place.position, node.clone()));
        }
    }
    lowest.map(|(_, node)| node)
}

/// Follows the log from behind the cursor on, and moves the cursor behind each event that was taken.
async fn follow(
    world: &World,
    rng: &mut Rng,
    address: SocketAddr,
    heard: &Heard,
    end: &mut End,
    cursor: &mut String,
) -> Ended {
    let mut socket = match timeout(CONNECTED, connect(address)).await {
        Ok(Ok(socket)) => socket,
        Ok(Err(ended)) => return ended,
        Err(_) => return Ended::Cut("no answer in time".to_owned()),
    };
    let stays_for = if rng.u8(..3) == 0 { rng.usize(1..=500) } else { usize::MAX };
    let mut taken = 0;
    say(&mut socket, &json!({ "type": "connection_init" })).await;
    loop {
        let position = heard.position();
        let came = tokio::select! {
            () = reached(end, position) => return Ended::Over,
            came = timeout(SILENCE, socket.next()) => came,
        };
        let message: Value = match came {
            Err(_) => return Ended::Cut("silent".to_owned()),
            Ok(Some(Ok(Message::Text(text)))) => serde_json::from_str(&text).unwrap_or_default(),
            Ok(Some(Ok(Message::Close(Some(frame))))) => {
                return closed(frame.code.into(), &frame.reason);
            }
            Ok(Some(Ok(Message::Close(None)) | Err(_)) | None) => return Ended::Cut("gone".to_owned()),
            Ok(Some(Ok(_))) => continue,
        };
        let payload = &message["payload"];
        match message["type"].as_str().unwrap_or_default() {
            "connection_ack" => {
                let payload = json!({ "query": EVENTS, "variables": { "after": cursor.as_str() } });
                say(&mut socket, &json!({ "type": "subscribe", "id": "log", "payload": payload })).await;
            }
            "next" if payload["errors"].is_null() => {
                let node = &payload["data"]["exportEvents"];
                heard.take(world, node);
                *cursor = text(&node["cursor"]);
                taken += 1;
                if taken == stays_for {
                    return Ended::Left;
                }
            }
            "next" => return failed(&payload["errors"][0]),
            "error" => return failed(&payload[0]),
            // Nothing else ends a subscription that is not ended by its client.
            "complete" => return Ended::Cut("complete".to_owned()),
            "ping" => say(&mut socket, &json!({ "type": "pong" })).await,
            _ => return Ended::Refused(format!("NO MESSAGE: {message}")),
        }
    }
}

async fn connect(address: SocketAddr) -> Result<Socket, Ended> {
    let mut request = format!("ws://{address}/graphql").into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
    let no_connection = || Ended::Cut("no connection".to_owned());
    let stream = TcpStream::connect(address).await.map_err(|_| no_connection())?;
    match client_async(request, stream).await {
        Ok((socket, _)) => Ok(socket),
        Err(tungstenite::Error::Http(answer)) if answer.status().as_u16() == 503 => {
            Err(Ended::Cut("UNAVAILABLE".to_owned()))
        }
        Err(tungstenite::Error::Http(answer)) => {
            Err(Ended::Refused(format!("STATUS {}: no upgrade", answer.status().as_u16())))
        }
        Err(_) => Err(no_connection()),
    }
}

/// What the gateway has closed is seen by whoever reads.
async fn say(socket: &mut Socket, message: &Value) {
    socket.send(Message::text(message.to_string())).await.ok();
}

/// Comes back when nothing happens any more and all was heard that there is.
async fn reached(end: &mut End, position: i64) {
    end.wait_for(|end| end.is_some_and(|end| position >= end)).await.ok();
}

fn closed(code: u16, reason: &str) -> Ended {
    if COME_AGAIN.contains(&code) {
        return Ended::Cut(format!("closed {code}"));
    }
    Ended::Refused(format!("CLOSE {code}: {reason}"))
}

fn failed(error: &Value) -> Ended {
    match error["extensions"]["code"].as_str() {
        Some(code) if EXCUSED.contains(&code) => Ended::Cut(code.to_owned()),
        Some(code) => Ended::Refused(format!("{code}: {error}")),
        None => Ended::Refused(format!("NO CODE: {error}")),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
