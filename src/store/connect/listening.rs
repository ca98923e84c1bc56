//! How a gateway hears that another one has committed: a PostgreSQL server tells it, and a SQLite file is looked at.

mod file;
mod server;

use super::Pool;
use crate::config::DatabaseSettings;

use file::FileListener;
use server::{Server, ServerListener};

pub use server::ListenError;

/// Where other gateways can be heard.
#[derive(Debug)]
pub enum Listening {
    /// At a PostgreSQL server, which passes on what gateways tell each other.
    Server(Server),
    /// At a SQLite file, by way of the connection that writes.
    File(Pool),
}

impl Listening {
    /// Where these settings of a PostgreSQL database say; `None` where nothing can be listened to.
    pub(super) fn at_server(settings: &DatabaseSettings) -> Option<Self> {
        Server::of(settings).map(Self::Server)
    }

    /// Begins to listen; on PostgreSQL to what is told on this channel, on SQLite to all that others commit.
    pub async fn open(&self, channel: &str) -> Result<Listener, ListenError> {
        match self {
            Self::Server(server) => server.open(channel).await.map(Listener::Server),
            Self::File(writer) => Ok(Listener::File(FileListener::begin(writer.clone()).await)),
        }
    }
}

/// Somebody who listens.
#[derive(Debug)]
pub enum Listener {
    /// On a connection to a PostgreSQL server.
    Server(ServerListener),
    /// By looking at a SQLite file.
    File(FileListener),
}

impl Listener {
    /// Returns when something was heard; `false` when the connection is lost, and this listener with it. A file is looked at
    /// more often while somebody waits for what is heard.
    pub async fn heard(&mut self, is_awaited: impl Fn() -> bool) -> bool {
        match self {
            Self::Server(listener) => listener.heard().await,
            Self::File(listener) => {
                listener.heard(is_awaited).await;
                true
            }
        }
    }

    /// Ends listening.
    pub async fn end(self) {
        if let Self::Server(listener) = self {
            listener.end().await;
        }
    }
}
