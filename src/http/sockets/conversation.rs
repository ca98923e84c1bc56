//! One connection, from its upgrade to its end. async-graphql-axum carries the operations; all that comes in and goes out
//! passes through here, where the limits are.

use async_graphql_axum::{GraphQLProtocol, GraphQLWebSocket};
use axum::extract::FromRequestParts;
use axum::extract::ws::{Message, WebSocket};
use axum::http::{Request, header};
use futures_util::stream::{self, StreamExt};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::{CancellationToken, PollSender};

use super::ending::{Counted, Ending, Orders, refused, say_goodbye};
use super::pace::Pace;
use super::room::{CallerRoom, Room};
use crate::config::SocketsSettings;
use crate::graphql::socket::{Close, Next, Operations, PROTOCOL, Said, Session, read};
use crate::http::authenticate::{Admitted, Doors};
use crate::http::ledger_paths::Asked;
use crate::http::watch::Watching;
use crate::request::Places;

/// What it takes to let somebody in.
pub struct Entrance {
    pub doors: Doors,
    pub asked: Option<Asked>,
    /// The token that the upgrade brought. One in the first message counts before it.
    pub token: Option<String>,
    pub callers: CallerRoom,
    /// For requests at work on any ledger.
    pub requests: Places,
}

/// Somebody who is in, for as long as this is kept.
struct Inside {
    _room: Room,
    _watching: Watching,
}

/// A connection.
pub struct Conversation {
    socket: WebSocket,
    entrance: Entrance,
    operations: Operations,
    settings: SocketsSettings,
    orders: Orders,
    inside: Option<Inside>,
}

impl Conversation {
    /// On this socket, until `stop`.
    pub fn new(
        socket: WebSocket,
        entrance: Entrance,
        operations: Operations,
        settings: SocketsSettings,
        stop: CancellationToken,
    ) -> Self {
        let orders = Orders { stop, ended: CancellationToken::new() };
        Self { socket, entrance, operations, settings, orders, inside: None }
    }

    /// Holds it to its end.
    pub async fn hold(mut self) {
        let counted = Counted::new();
        let ending = self.talk().await;
        // The operations end before goodbye is said, and leave their room.
        let Self { socket, inside, operations, .. } = self;
        drop((inside, operations));
        counted.ended(&ending);
        say_goodbye(socket, ending).await;
    }

    async fn talk(&mut self) -> Ending {
        let (to_carrier, mut incoming) = mpsc::channel::<Message>(1);
        let (outgoing, mut from_carrier) = mpsc::channel::<Message>(1);
        let incoming = stream::poll_fn(move |context| incoming.poll_recv(context)).map(Ok::<_, axum::Error>);
        let Some(protocol) = protocol().await else {
            return Close::new(Close::FAULT, "a fault of ours").into();
        };
        let carrier = GraphQLWebSocket::new_with_pair(
            PollSender::new(outgoing),
            incoming,
            self.operations.clone(),
            protocol,
        );
        let mut carrier = std::pin::pin!(carrier.serve());
        // What the carrier has not taken yet. Nothing more is read from the client until it has.
        let mut waiting: Option<Message> = None;
        let begin = sleep_until(Instant::now() + self.settings.init_timeout());
        let quiet = sleep_until(Instant::now() + self.settings.ping_after());
        let pause = sleep_until(Instant::now());
        tokio::pin!(begin, quiet, pause);
        let mut pace = Pace::new(self.settings.max_messages_per_second);
        let (mut is_pinged, mut is_paused) = (false, false);
        loop {
            tokio::select! {
                ending = self.orders.come() => return ending,
                () = &mut begin, if !self.operations.have_begun() => {
                    return Close::new(Close::NOT_BEGUN, "Connection initialisation timeout").into();
                }
                Some(message) = from_carrier.recv() => {
                    if let Err(ending) = self.give(message).await {
                        return ending;
                    }
                }
                () = &mut carrier => return Close::new(Close::FAULT, "a fault of ours").into(),
                Ok(permit) = to_carrier.reserve(), if waiting.is_some() => {
                    if let Some(message) = waiting.take() {
                        permit.send(message);
                    }
                }
                () = &mut pause, if is_paused => is_paused = false,
                heard = self.socket.recv(), if waiting.is_none() && !is_paused => {
                    let message = match heard {
                        Some(Ok(message)) => message,
                        Some(Err(_)) => {
                            let reason = "a frame cannot be read, or its message is far too large";
                            return Close::new(Close::BROKEN, reason).into();
                        }
                        None => return Ending::Lost,
                    };
                    is_pinged = false;
                    quiet.as_mut().reset(Instant::now() + self.settings.ping_after());
                    if let Some(wait) = pace.step(std::time::Instant::now()) {
                        is_paused = true;
                        pause.as_mut().reset(Instant::now() + wait);
                    }
                    match self.hear(message).await {
                        Ok(for_carrier) => waiting = for_carrier,
                        Err(ending) => return ending,
                    }
                }
                () = &mut quiet => {
                    if is_pinged {
                        return Ending::Lost;
                    }
                    is_pinged = true;
                    quiet.as_mut().reset(Instant::now() + self.settings.pong_timeout());
                    if let Err(ending) = self.send(Message::Ping(Default::default())).await {
                        return ending;
                    }
                }
            }
        }
    }

    /// Takes a message of the client's. Gives what the carrier is told.
    async fn hear(&mut self, message: Message) -> Result<Option<Message>, Ending> {
        let text = match message {
            Message::Text(text) => text,
            Message::Ping(_) | Message::Pong(_) => return Ok(None),
            Message::Close(_) => return Err(Ending::ByClient),
            Message::Binary(_) => {
                return Err(Close::new(Close::INVALID, "a binary message: send JSON as text").into());
            }
        };
        let (size, most) = (text.len(), self.settings.max_message_bytes);
        if size > most {
            let reason = format!("the message has {size} bytes; at most {most}");
            return Err(Close::new(Close::TOO_LARGE, reason).into());
        }
        let said = read(text.as_str()).map_err(|why| Close::new(Close::INVALID, why))?;
        let said = match said {
            Said::Init(token) if !self.operations.have_begun() => {
                let session = self.let_in(token).await?;
                return Ok(Some(Message::Text(self.operations.begin(session).into())));
            }
            said => said,
        };
        match self.operations.take(said)? {
            Next::Carry(text) => Ok(Some(Message::Text(text.into()))),
            Next::Reply(text) => self.send(Message::Text(text.into())).await.map(|()| None),
            Next::Nothing => Ok(None),
        }
    }

    /// Lets the client in with this token, or with that of the upgrade.
    async fn let_in(&mut self, token: Option<String>) -> Result<Session, Ending> {
        let Entrance { doors, asked, token: of_upgrade, callers, requests } = &self.entrance;
        let token = token.as_deref().or(of_upgrade.as_deref());
        let admitted = tokio::select! {
            ending = self.orders.come() => return Err(ending),
            admitted = doors.admit(asked.as_ref(), token) => admitted,
        };
        let Admitted { ledger, door } = admitted.map_err(|refusal| Ending::Close(refused(refusal)))?;
        let Some(room) = callers.take(&ledger) else {
            let reason = format!("this caller has {} connections, and may have no more", callers.most());
            return Err(Close::new(Close::LATER, reason).into());
        };
        let watching = door.watch(&ledger, self.orders.ended.clone());
        if !ledger.caller().handle().is_empty() {
            tracing::Span::current().record("token", ledger.caller().name());
        }
        let mut places = Vec::new();
        if asked.is_some() {
            places.push(door.requests.clone());
        }
        places.push(requests.clone());
        self.inside = Some(Inside { _room: room, _watching: watching });
        Ok(Session { ledger, budgets: door.budgets.clone(), places })
    }

    /// Gives a message of the carrier's to the client.
    async fn give(&mut self, message: Message) -> Result<(), Ending> {
        let told = match &message {
            Message::Text(text) => self.operations.give(text.as_str()),
            // It closes only what it cannot read, and everything was read before.
            _ => Ok(None),
        };
        match told {
            Ok(None) => Ok(()),
            Ok(Some(text)) => self.send(Message::Text(text.into())).await,
            Err(error) => {
                tracing::error!(%error, "the carrier of subscriptions sent something unknown");
                Err(Close::new(Close::FAULT, "a fault of ours").into())
            }
        }
    }

    /// Sends a message, if the client reads it in time.
    async fn send(&mut self, message: Message) -> Result<(), Ending> {
        let patience = self.settings.reader_patience();
        tokio::select! {
            ending = self.orders.come() => Err(ending),
            sent = timeout(patience, self.socket.send(message)) => match sent {
                Ok(Ok(())) => Ok(()),
                Ok(Err(_)) => Err(Ending::Lost),
                Err(_) => {
                    let reason = "you read too slowly: connect again, and go on after the cursor of your last event";
                    Err(Close::new(Close::SLOW, reason).into())
                }
            },
        }
    }
}

/// The carrier knows its protocol only by the header of a request.
async fn protocol() -> Option<GraphQLProtocol> {
    let request = Request::builder().header(header::SEC_WEBSOCKET_PROTOCOL, PROTOCOL).body(()).ok()?;
    let (mut parts, ()) = request.into_parts();
    GraphQLProtocol::from_request_parts(&mut parts, &()).await.ok()
}
