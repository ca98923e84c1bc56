//! Opening the database: SQLite with one writer and several readers beside it, or PostgreSQL with one pool.

mod error;
mod file;
mod listening;
mod pool;
mod postgres;

use std::sync::Arc;
use std::time::{Duration, Instant};

use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    SqliteTransactionMode, Statement, TransactionOptions,
};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection, Executor};

use super::failure::is_locked;
use crate::config::{DatabaseKind, DatabaseSettings};

pub use error::ConnectError;
pub use listening::{ListenError, Listener, Listening};
pub use pool::{Connections, Pool};

/// How long a writer waits for the lock of another process on SQLite.
const LOCK_PATIENCE: Duration = Duration::from_secs(10);

/// How long SQLite itself tries to get it, in milliseconds. Then the writer tries again.
pub(super) const LOCK_TRY_MILLIS: u32 = 20;

/// The database, open. Cheap to clone; all clones share the pools.
#[derive(Clone, Debug)]
pub struct Database {
    reader: Pool,
    writer: Pool,
    listening: Option<Arc<Listening>>,
}

impl Database {
    /// Opens the database, creating the SQLite file when there is none. The schema is not checked.
    pub async fn connect(settings: &DatabaseSettings) -> Result<Self, ConnectError> {
        Self::open(settings, true).await
    }

    /// Opens a database that exists. For commands that only look: they must not create one.
    pub async fn connect_existing(settings: &DatabaseSettings) -> Result<Self, ConnectError> {
        if settings.url.kind() == DatabaseKind::Sqlite {
            let options = settings.url.expose().parse::<SqliteConnectOptions>();
            // Whatever is wrong with the address or the file, opening it below gives the error.
            if options.is_ok_and(|options| matches!(options.get_filename().try_exists(), Ok(false))) {
                return Err(ConnectError::Missing { address: settings.url.to_string() });
            }
        }
        Self::open(settings, false).await
    }

    async fn open(settings: &DatabaseSettings, create: bool) -> Result<Self, ConnectError> {
        let patience = settings.acquire_timeout();
        let failed = |error: DbErr| ConnectError::new(&settings.url, patience, &error);
        let database = if settings.url.kind() == DatabaseKind::Sqlite {
            let mode = if create { Mode::Create } else { Mode::Existing };
            if let (true, Ok(options)) = (create, settings.url.expose().parse::<SqliteConnectOptions>()) {
                file::make_private(options.get_filename());
            }
            let writer = opened(sqlite(settings, 1, mode)).await.map_err(failed)?;
            let readers = sqlite(settings, settings.max_connections, Mode::Read);
            let reader = opened(readers).await.map_err(failed)?;
            let writer = Pool::new(writer, None);
            let listening = Some(Arc::new(Listening::File(writer.clone())));
            Self { reader: Pool::new(reader, None), writer, listening }
        } else {
            let pool = sea_orm::Database::connect(postgres::options(settings)).await.map_err(failed)?;
            let pool = Pool::new(pool, settings.transaction_pooling.then(|| postgres::fresh(settings)));
            let listening = Listening::at_server(settings).map(Arc::new);
            Self { reader: pool.clone(), writer: pool, listening }
        };
        match database.why_read_only().await {
            Ok(None) => Ok(database),
            Ok(Some(reason)) => Err(ConnectError::read_only(&settings.url, reason)),
            Err(error) => Err(failed(error)),
        }
    }

    /// For statements that only read.
    pub fn reader(&self) -> &Pool {
        &self.reader
    }

    /// For single statements that are no transaction; those that write begin one.
    pub fn writer(&self) -> &Pool {
        &self.writer
    }

    /// Where other gateways can be heard; `None` behind a pooler in transaction mode without an address for it.
    pub fn listening(&self) -> Option<&Listening> {
        self.listening.as_deref()
    }

    /// A writing transaction, on PostgreSQL at READ COMMITTED. On SQLite it takes the write lock at once: a transaction
    /// that reads first and writes later would fail when another one wrote in between.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            isolation_level: None,
            access_mode: None,
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        };
        let asked = Instant::now();
        loop {
            match self.writer.begin(options).await {
                Err(error) if is_locked(&error) && asked.elapsed() < LOCK_PATIENCE => {}
                begun => return begun,
            }
        }
    }

    /// The same, without a limit on the time that a statement takes.
    pub async fn begin_unhurried(&self) -> Result<DatabaseTransaction, DbErr> {
        let transaction = self.begin().await?;
        if self.is_postgres() {
            transaction.execute_unprepared(pool::UNHURRIED).await?;
        }
        Ok(transaction)
    }

    /// Whether it is PostgreSQL; else it is SQLite.
    pub fn is_postgres(&self) -> bool {
        self.writer.get_database_backend() == DbBackend::Postgres
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.reader.ping().await
    }

    /// Closes the pools; running statements finish first.
    pub async fn close(self) -> Result<(), DbErr> {
        self.reader.close().await?;
        self.writer.close().await
    }

    /// Why the database cannot be written; `None` when it can. SQLite opens a read-only file without an error, so this
    /// tries to write. A lock that another program holds does not count.
    async fn why_read_only(&self) -> Result<Option<String>, DbErr> {
        if self.is_postgres() {
            let query = "SELECT current_setting('transaction_read_only') = 'on' AS read_only";
            let answer =
                self.writer.query_one_raw(Statement::from_string(DbBackend::Postgres, query)).await?;
            let read_only = answer.map(|row| row.try_get("", "read_only")).transpose()?.unwrap_or(false);
            return Ok(read_only.then(|| "the server only lets us read".to_owned()));
        }
        let attempt = async {
            let transaction = self.begin().await?;
            transaction.execute_unprepared("CREATE TABLE ledgate_write_check (id INTEGER)").await?;
            transaction.rollback().await
        };
        match attempt.await {
            Err(error) if !is_locked(&error) => Err(error),
            _ => Ok(None),
        }
    }
}

/// Opens a SQLite file. SQLite does not wait while another program creates the same file, so this does.
async fn opened(options: ConnectOptions) -> Result<DatabaseConnection, DbErr> {
    let asked = Instant::now();
    loop {
        match sea_orm::Database::connect(options.clone()).await {
            Err(error) if is_locked(&error) && asked.elapsed() < LOCK_PATIENCE => {
                tokio::time::sleep(Duration::from_millis(LOCK_TRY_MILLIS.into())).await;
            }
            opened => return opened,
        }
    }
}

/// What a SQLite connection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Writing, and making the file.
    Create,
    /// Writing to a file that exists, without changing how it keeps its journal.
    Existing,
    /// Reading.
    Read,
}

fn sqlite(settings: &DatabaseSettings, connections: u32, mode: Mode) -> ConnectOptions {
    let mut options = pool(settings, connections);
    options.map_sqlx_sqlite_opts(move |sqlite| {
        let sqlite = match mode {
            Mode::Create => sqlite.create_if_missing(true).journal_mode(SqliteJournalMode::Wal),
            Mode::Existing | Mode::Read => sqlite.create_if_missing(false),
        };
        sqlite
            // An acknowledged mark survives a power cut, not only a crash of the program.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(LOCK_PATIENCE)
            .foreign_keys(true)
            .with_regexp()
            // The driver reads rows in a thread of its own and sends them through a channel. With room for a whole page
            // the two threads do not wait for each other at every row, which took a quarter of a page's time.
            .row_buffer_size(1_024)
            .pragma("query_only", if mode == Mode::Read { "ON" } else { "OFF" })
            // One long reader makes the -wal file large. It is cut to this size, in bytes, when SQLite begins it anew.
            .pragma("journal_size_limit", "67108864")
    });
    // When the disk is full or fails, SQLite rolls the transaction back by itself. The driver does not notice and goes
    // on counting nested transactions, so that what it takes for a later COMMIT would write nothing. Such a connection
    // is closed.
    options.map_sqlx_sqlite_pool_opts(move |pool| {
        let pool = pool.after_connect(move |connection, _| {
            Box::pin(async move {
                match mode {
                    Mode::Read => Ok(()),
                    // SQLite tries to get the lock after 1, 2, 5, 10 milliseconds and so on, in the end only ten times a
                    // second, and would miss the short moments in which it is free. So it gives up early, and `begin`
                    // tries again.
                    Mode::Create | Mode::Existing => {
                        let short = format!("PRAGMA busy_timeout = {LOCK_TRY_MILLIS}");
                        connection.execute(AssertSqlSafe(short)).await.map(|_| ())
                    }
                }
            })
        });
        pool.after_release(|connection, _| {
            Box::pin(async move {
                connection.ping().await?;
                Ok(!connection.is_in_transaction())
            })
        })
    });
    options
}

fn pool(settings: &DatabaseSettings, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(settings.url.expose().to_owned());
    let patience = settings.acquire_timeout();
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(patience)
        .connect_timeout(patience)
        // Decided once, here: otherwise the driver prepares the text of every statement for the log before it asks
        // whether the log wants it.
        .sqlx_logging(tracing::enabled!(target: "sqlx::query", tracing::Level::DEBUG))
        .sqlx_logging_level(log::LevelFilter::Debug)
        .record_stmt_in_spans(false);
    options
}
