//! Subscriptions, each over a WebSocket of its own, in the words of the protocol graphql-transport-ws.

use std::marker::PhantomData;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use graphql_client::{Error as GraphqlError, GraphQLQuery, QueryBody, Response};
use hyper::header::{HeaderValue, SEC_WEBSOCKET_PROTOCOL, USER_AGENT};
use serde::{Deserialize, Serialize};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error as SocketError, Message};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::Error;
use crate::client::{CALLER, Client, retry_after, written};
use crate::connection::Stream;

/// How long it may take until the server accepts the connection, and until it takes a message.
const PATIENCE: Duration = Duration::from_secs(10);
/// After how long without a message the server is asked whether it is there.
const QUIET: Duration = Duration::from_secs(10);
/// How long it may take to say so.
const PONG: Duration = Duration::from_secs(5);
/// How long the end may take.
const LEAVING: Duration = Duration::from_secs(1);
/// Longest message that is read, in bytes.
const MAX_MESSAGE: usize = 1 << 20;
/// The one operation of a connection.
const ID: &str = "1";

/// A subscription that goes on.
pub struct Subscription<Q> {
    stream: WebSocketStream<Stream>,
    operation: PhantomData<fn() -> Q>,
}

/// What a client says.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Say<'a, V> {
    ConnectionInit {
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<Caller<'a>>,
    },
    Subscribe {
        id: &'static str,
        payload: QueryBody<V>,
    },
    Ping,
    Pong,
}

/// Who calls.
#[derive(Serialize)]
struct Caller<'a> {
    authorization: &'a str,
}

/// What a server says.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Said<D> {
    ConnectionAck,
    Next {
        payload: Response<D>,
    },
    Error {
        payload: Vec<GraphqlError>,
    },
    Complete,
    Ping,
    #[serde(other)]
    Other,
}

impl<Q: GraphQLQuery> Subscription<Q> {
    /// Begins it. The error is why there is no connection.
    pub async fn begin(client: &Client, variables: Q::Variables) -> Result<Self, Error> {
        let stream = client.connector.connect(&client.endpoint).await?;
        let begun = timeout(PATIENCE, Self::begin_on(stream, client, variables)).await;
        let late = "the server did not accept a connection for subscriptions in time";
        begun.unwrap_or_else(|_| Err(Error::unanswered(late)))
    }

    async fn begin_on(stream: Stream, client: &Client, variables: Q::Variables) -> Result<Self, Error> {
        // The same address, with the other scheme.
        let address = client.endpoint.to_string().replacen("http", "ws", 1);
        let mut request = address.into_client_request().map_err(lost)?;
        let protocol = HeaderValue::from_static("graphql-transport-ws");
        request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, protocol);
        request.headers_mut().insert(USER_AGENT, HeaderValue::from_static(CALLER));
        let limits =
            WebSocketConfig::default().max_message_size(Some(MAX_MESSAGE)).max_frame_size(Some(MAX_MESSAGE));
        let (stream, _) = client_async_with_config(request, stream, Some(limits)).await.map_err(lost)?;
        let mut subscription = Self { stream, operation: PhantomData };

        let payload = client.bearer().map(|authorization| Caller { authorization });
        subscription.say(&Say::ConnectionInit::<()> { payload }).await?;
        while !matches!(subscription.hear().await?, Said::ConnectionAck) {}
        subscription.say(&Say::Subscribe { id: ID, payload: Q::build_query(variables) }).await?;
        Ok(subscription)
    }

    /// What comes next; `None` when the server has ended the subscription. After an error there is nothing more.
    pub async fn next(&mut self) -> Result<Option<Q::ResponseData>, Error> {
        loop {
            match self.hear().await? {
                Said::Next { payload: Response { data, errors, .. } } => {
                    if let Some(error) = errors.into_iter().flatten().next() {
                        return Err(Error::of_graphql(error, None, None));
                    }
                    if data.is_some() {
                        return Ok(data);
                    }
                }
                Said::Error { payload } => {
                    let error = payload.into_iter().next().map(|error| Error::of_graphql(error, None, None));
                    let untold = || {
                        Error::lasting("the server ended the subscription with an error without a message")
                    };
                    return Err(error.unwrap_or_else(untold));
                }
                Said::Complete => return Ok(None),
                Said::ConnectionAck | Said::Ping | Said::Other => {}
            }
        }
    }

    /// Ends it.
    pub async fn close(mut self) {
        let frame = CloseFrame { code: CloseCode::Normal, reason: "".into() };
        // Whether the server hears that or not, it is over.
        timeout(LEAVING, self.stream.close(Some(frame))).await.ok();
    }

    async fn say<V: Serialize>(&mut self, message: &Say<'_, V>) -> Result<(), Error> {
        let message = Message::text(written(message)?);
        let said = timeout(PATIENCE, self.stream.send(message)).await;
        said.map_err(|_| silent())?.map_err(lost)
    }

    /// The next message. Pings are answered on the way.
    async fn hear(&mut self) -> Result<Said<Q::ResponseData>, Error> {
        loop {
            let heard = match timeout(QUIET, self.stream.next()).await {
                Ok(heard) => heard,
                Err(_) => {
                    self.say(&Say::Ping::<()>).await?;
                    timeout(PONG, self.stream.next()).await.map_err(|_| silent())?
                }
            };
            let text = match heard {
                Some(Ok(Message::Text(text))) => text,
                Some(Ok(Message::Close(Some(frame)))) => {
                    return Err(Error::of_close(frame.code.into(), &frame.reason));
                }
                Some(Ok(_)) => continue,
                Some(Err(error)) => return Err(lost(error)),
                None => return Err(lost(SocketError::ConnectionClosed)),
            };
            match serde_json::from_str(&text) {
                Ok(Said::Ping) => self.say(&Say::Pong::<()>).await?,
                Ok(said) => return Ok(said),
                Err(error) => {
                    return Err(Error::lasting(format!(
                        "what comes over the connection for subscriptions cannot be read: {error}"
                    )));
                }
            }
        }
    }
}

fn silent() -> Error {
    Error::unanswered("the connection for subscriptions was lost: the server says nothing any more")
}

/// That there is no connection, or none any more.
fn lost(error: SocketError) -> Error {
    match error {
        SocketError::Http(answer) => {
            Error::of_upgrade(answer.status().as_u16(), retry_after(answer.headers()))
        }
        error => Error::unanswered(format!("the connection for subscriptions was lost: {error}")),
    }
}
