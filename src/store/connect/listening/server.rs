//! Listening at a PostgreSQL server to what gateways tell each other by NOTIFY: on a connection of its own, which no pooler
//! may share out.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::{DbErr, RuntimeErr};
use sqlx::postgres::{PgConnectOptions, PgListener, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Executor, Row};

use crate::config::{DatabaseSettings, DatabaseUrl};
use crate::store::connect::ConnectError;
use crate::store::connect::postgres::warn_of_unknown_parameters;

/// No server sets the start-up parameter `extra_float_digits` to this value by itself. A pooler accepts the parameter and does
/// not pass it on: a connection that shows another value leads to a pooler. No floats are read on it.
const DIGITS: i8 = -3;

/// How long a connection that is given up may take to end in order.
const GOODBYE: Duration = Duration::from_secs(1);

/// Why nothing is listened to.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// No server answers, or it refuses the connection.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// A pooler may hand what is told to another of its clients.
    #[error(
        "{address} leads to a pooler, which may give what is told to others of its clients. For the ledger main name an \
         address in database.listen_url that leads straight to the server, or to a pooler in session mode"
    )]
    Pooled {
        /// The address, without its password.
        address: String,
    },
}

impl ListenError {
    /// Whether another attempt may succeed.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Connect(_))
    }
}

/// Where to listen.
#[derive(Debug)]
pub struct Server {
    url: DatabaseUrl,
    /// Whether the address was given for listening. Else it is the database's own, and may lead to a pooler.
    is_given: bool,
    /// How long connecting may take.
    patience: Duration,
}

impl Server {
    /// Where these settings of a PostgreSQL database say; `None` where nothing can be listened to.
    pub(super) fn of(settings: &DatabaseSettings) -> Option<Self> {
        let (url, is_given) = match &settings.listen_url {
            Some(url) => (url, true),
            None if settings.transaction_pooling => return None,
            None => (&settings.url, false),
        };
        // Those of the database's own address were warned of when it was opened.
        if is_given {
            warn_of_unknown_parameters(url);
        }
        Some(Self { url: url.clone(), is_given, patience: settings.acquire_timeout() })
    }

    /// Connects, and listens on this channel. What is told from now on is heard.
    pub(super) async fn open(&self, channel: &str) -> Result<ServerListener, ListenError> {
        let failed = |error: sqlx::Error| {
            let error = DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error)));
            ConnectError::new(&self.url, self.patience, &error)
        };
        let options = self.url.expose().parse::<PgConnectOptions>().map_err(failed)?;
        // Not `ledgate`, as those are called that do the ledger's work. PgBouncer refuses the parameter for the digits: where
        // it may be one in session mode, nothing is said of them.
        let options = options
            .application_name("ledgate listen")
            .extra_float_digits((!self.is_given).then_some(DIGITS))
            .disable_statement_logging();
        // The driver listens on a connection of a pool, so this is a pool of one.
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(self.patience)
            .max_lifetime(None)
            .idle_timeout(None)
            .connect_lazy_with(options);
        let mut driver = PgListener::connect_with(&pool).await.map_err(failed)?;
        // Who listens is told that the connection was lost, and connects again by `open`.
        driver.eager_reconnect(false);
        let mut listener = ServerListener { driver, pool };
        let begun = tokio::time::timeout(self.patience, listener.begin(channel, self.is_given)).await;
        let error: ListenError = match begun.unwrap_or(Err(sqlx::Error::PoolTimedOut)) {
            Ok(true) => return Ok(listener),
            Ok(false) => ListenError::Pooled { address: self.url.to_string() },
            Err(error) => failed(error).into(),
        };
        listener.end().await;
        Err(error)
    }
}

/// A connection that listens.
#[derive(Debug)]
pub struct ServerListener {
    driver: PgListener,
    pool: PgPool,
}

impl ServerListener {
    /// Begins to listen; `false` when there turns out to be a pooler where none is expected. It is found out first: LISTEN
    /// would stay on one of the connections that its clients share, and their statements would get what is told.
    async fn begin(&mut self, channel: &str, pooler_is_fine: bool) -> Result<bool, sqlx::Error> {
        if !pooler_is_fine {
            let row = self.driver.fetch_one("SHOW extra_float_digits").await?;
            if row.try_get::<String, _>(0)? != DIGITS.to_string() {
                return Ok(false);
            }
        }
        self.driver.listen(channel).await?;
        Ok(true)
    }

    /// Returns when something was told; `false` when the connection is lost, and this listener with it.
    pub(super) async fn heard(&mut self) -> bool {
        matches!(self.driver.try_recv().await, Ok(Some(_)))
    }

    /// Ends the connection.
    pub(super) async fn end(self) {
        let Self { driver, pool } = self;
        // From here on the pool closes a connection that comes back to it.
        let closed = pool.close();
        drop(driver);
        // A server that is away does not answer, and nothing is lost.
        tokio::time::timeout(GOODBYE, closed).await.ok();
    }
}
