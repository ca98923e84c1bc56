//! Opening the database: SQLite with one writer and several readers beside it, or PostgreSQL with one pool.

use std::time::Duration;

use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    IsolationLevel, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};

use crate::config::{DatabaseKind, DatabaseSettings};

/// The database, open. Cheap to clone; all clones share the pools.
#[derive(Clone, Debug)]
pub struct Database {
    reader: DatabaseConnection,
    writer: DatabaseConnection,
}

/// Why the database could not be opened, in a sentence with a way out.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Nothing answers, or it does not let us in.
    #[error("cannot open the database {address}: {reason}. {way_out}")]
    Unreachable {
        /// The address, without its password.
        address: String,
        /// What went wrong, for the operator's eyes.
        reason: String,
        /// What to do about it.
        way_out: &'static str,
    },
    /// SQLite opened the file, but cannot write to it.
    #[error(
        "the database {address} cannot be written: {reason}. Give the user who runs ledgate write access to \
         the file and its folder, or choose another file with --database-url"
    )]
    ReadOnly {
        /// The address.
        address: String,
        /// What the database said.
        reason: String,
    },
}

impl Database {
    /// Opens the database, creating the SQLite file when it is not there. The schema is not looked at.
    pub async fn connect(settings: &DatabaseSettings) -> Result<Self, ConnectError> {
        let address = settings.url.to_string();
        let unreachable = |error: DbErr| ConnectError::Unreachable {
            address: address.clone(),
            reason: error.to_string(),
            way_out: if settings.url.kind() == DatabaseKind::Sqlite {
                "Check that the folder exists and may be written to"
            } else {
                "Check that the server runs, and that host, port, user, password and database are right"
            },
        };
        let database = if settings.url.kind() == DatabaseKind::Sqlite {
            let writer = sea_orm::Database::connect(sqlite(settings, 1, false)).await.map_err(unreachable)?;
            let reader = sea_orm::Database::connect(sqlite(settings, settings.max_connections, true))
                .await
                .map_err(unreachable)?;
            Self { reader, writer }
        } else {
            let pool = sea_orm::Database::connect(postgres(settings)).await.map_err(unreachable)?;
            Self { reader: pool.clone(), writer: pool }
        };
        database.check_writable().await.map_err(|reason| ConnectError::ReadOnly { address, reason })?;
        Ok(database)
    }

    /// For statements that only read.
    pub fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// For single statements that write.
    pub fn writer(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// A writing transaction. On SQLite it takes the write lock at once: one that reads first and writes later
    /// would fail as soon as another wrote in between.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            isolation_level: self.is_postgres().then_some(IsolationLevel::ReadCommitted),
            access_mode: None,
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        };
        self.writer.begin_with_options(options).await
    }

    /// A reading transaction in which every statement sees the ledger as it was at the first one.
    pub async fn snapshot(&self) -> Result<DatabaseTransaction, DbErr> {
        let postgres = self.is_postgres();
        let options = TransactionOptions {
            isolation_level: postgres.then_some(IsolationLevel::RepeatableRead),
            access_mode: postgres.then_some(AccessMode::ReadOnly),
            sqlite_transaction_mode: Some(SqliteTransactionMode::Deferred),
        };
        self.reader.begin_with_options(options).await
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

    /// A file that cannot be written opens without complaint: only the attempt to write tells. A lock held by
    /// another program is no fault of the file.
    async fn check_writable(&self) -> Result<(), String> {
        if self.is_postgres() {
            return Ok(());
        }
        let attempt = async {
            let transaction = self.begin().await?;
            transaction.execute_unprepared("CREATE TABLE ledgate_write_check (id INTEGER)").await?;
            transaction.rollback().await
        };
        match attempt.await {
            Err(error) if !super::failure::is_unavailable(&error) => Err(error.to_string()),
            _ => Ok(()),
        }
    }
}

fn sqlite(settings: &DatabaseSettings, connections: u32, query_only: bool) -> ConnectOptions {
    let mut options = pool(settings, connections);
    options.map_sqlx_sqlite_opts(move |sqlite| {
        sqlite
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // An acknowledged mark survives a power cut, not only a crash of the program.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(5))
            .foreign_keys(true)
            .with_regexp()
            .pragma("query_only", if query_only { "ON" } else { "OFF" })
    });
    options
}

fn postgres(settings: &DatabaseSettings) -> ConnectOptions {
    let mut options = pool(settings, settings.max_connections);
    options.set_application_name("ledgate");
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
        .sqlx_logging(false)
        .record_stmt_in_spans(false);
    options
}
