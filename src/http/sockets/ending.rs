//! How connections end.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use axum::http::StatusCode;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::graphql::socket::Close;
use crate::request::Refusal;
use crate::telemetry::{self, Closed};

/// How long the other side may take to close as well.
const CLOSING: Duration = Duration::from_secs(3);

/// How a connection ends.
pub enum Ending {
    /// The server closes it.
    Close(Close),
    /// The client does.
    ByClient,
    /// Nobody is there any more.
    Lost,
}

impl From<Close> for Ending {
    fn from(close: Close) -> Self {
        Ending::Close(close)
    }
}

/// What ends a connection from the outside.
pub struct Orders {
    /// The server stops.
    pub stop: CancellationToken,
    /// The caller's token is no longer valid.
    pub ended: CancellationToken,
}

impl Orders {
    /// Returns when there is one.
    pub async fn come(&self) -> Ending {
        tokio::select! {
            () = self.stop.cancelled() => {
                Close::new(Close::STOPPING, "the server stops: connect again").into()
            }
            () = self.ended.cancelled() => {
                Close::new(Close::UNAUTHORIZED, "the token has expired or was revoked, or one is needed now").into()
            }
        }
    }
}

/// The close for a refusal at the door.
pub fn refused(refusal: Refusal) -> Close {
    let code = match refusal.status {
        StatusCode::UNAUTHORIZED => Close::UNAUTHORIZED,
        StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => Close::FORBIDDEN,
        StatusCode::SERVICE_UNAVAILABLE => Close::LATER,
        _ => Close::FAULT,
    };
    Close::new(code, format!("{}: {}", refusal.code, refusal.message))
}

/// Closes the socket, and waits until the other side has, too.
pub async fn say_goodbye(mut socket: WebSocket, ending: Ending) {
    let closing = async {
        if let Ending::Close(Close { code, reason }) = ending {
            tracing::debug!(code, %reason, "a connection for subscriptions is closed");
            let frame = CloseFrame { code, reason: reason.into_owned().into() };
            if socket.send(Message::Close(Some(frame))).await.is_err() {
                return;
            }
        }
        // An answer to the client's own close goes out while reading.
        while let Some(Ok(_)) = socket.recv().await {}
    };
    timeout(CLOSING, closing).await.ok();
}

/// A connection in the metrics.
pub struct Counted {
    closed: Option<Closed>,
}

impl Counted {
    /// One that begins.
    pub fn new() -> Self {
        telemetry::socket_opened();
        Self { closed: None }
    }

    /// It has ended. One that is dropped without this was cut.
    pub fn ended(mut self, ending: &Ending) {
        self.closed = match ending {
            Ending::Close(close) => Some(Closed::ByServer(close.code)),
            Ending::ByClient => Some(Closed::ByClient),
            Ending::Lost => None,
        };
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        telemetry::socket_closed(self.closed);
    }
}
