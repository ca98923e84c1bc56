//! A pool of connections as the rest of the store sees it: statements that stand alone, and transactions.
//!
//! The driver prepares a statement under a numbered name (`sqlx_s_7`) and runs it by that name in the next message,
//! even with its cache switched off. A pooler in transaction mode may send the two messages to different connections of
//! the server, where the name does not exist or is another client's statement. Behind such a pooler every statement
//! therefore runs in a transaction, which stays on one connection, and each transaction first drops the names that
//! others left there.
//!
//! PostgreSQL cancels statements that take too long. Streams have no such limit: they last as long as their reader
//! needs.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use futures_util::Stream;
use sea_orm::prelude::async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult,
    RuntimeErr, Statement, StreamTrait, TransactionOptions, TransactionTrait,
};
use tracing::Instrument;

use super::Database;

/// Takes the time limit off the statements of a transaction.
pub(super) const UNHURRIED: &str = "SET LOCAL statement_timeout = 0";

/// How many connections a pool has at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connections {
    /// Which pool: `all`, or on SQLite `readers` and `writer`.
    pub pool: &'static str,
    /// Those that statements and transactions use.
    pub in_use: u32,
    /// Those that are open and wait for use.
    pub idle: u32,
    /// The most that it may have.
    pub max: u32,
}

/// A pool of connections. Cheap to clone; all clones share it.
#[derive(Clone, Debug)]
pub struct Pool {
    connections: DatabaseConnection,
    /// What every transaction begins with, if a pooler in transaction mode stands before the server.
    fresh: Option<Arc<str>>,
}

impl Pool {
    pub(super) fn new(connections: DatabaseConnection, fresh: Option<String>) -> Self {
        Self { connections, fresh: fresh.map(Arc::from) }
    }

    /// A transaction. Behind a pooler the options are not used: all transactions of ledgate read and write, at READ
    /// COMMITTED.
    pub(in crate::store) async fn begin(
        &self,
        options: TransactionOptions,
    ) -> Result<DatabaseTransaction, DbErr> {
        let Some(fresh) = &self.fresh else { return self.begun(options).await };
        let transaction = self.begun(TransactionOptions::default()).await?;
        transaction.execute_unprepared(fresh).await?;
        Ok(transaction)
    }

    /// Begins a transaction in a task of its own, so that `BEGIN` gets its answer even when the caller is cancelled;
    /// the transaction is then rolled back. If `BEGIN` itself were cancelled, the driver would not know on PostgreSQL
    /// that the connection has an open transaction, and the next single statement would run in it and never be
    /// committed.
    async fn begun(&self, options: TransactionOptions) -> Result<DatabaseTransaction, DbErr> {
        let connections = self.connections.clone();
        let begin = async move { connections.begin_with_options(options).await }.in_current_span();
        tokio::spawn(begin).await.map_err(|error| DbErr::Conn(RuntimeErr::Internal(error.to_string())))?
    }

    /// Whether the database answers.
    pub(super) async fn ping(&self) -> Result<(), DbErr> {
        self.connections.ping().await
    }

    /// How many connections it has, under this name; `None` when it is closed.
    pub(super) fn connections(&self, name: &'static str) -> Option<Connections> {
        match self.connections.get_database_backend() {
            DbBackend::Postgres => counted(name, self.connections.get_postgres_connection_pool()),
            _ => counted(name, self.connections.get_sqlite_connection_pool()),
        }
    }

    /// Closes the connections; running statements finish first.
    pub(super) async fn close(self) -> Result<(), DbErr> {
        self.connections.close().await
    }

    /// The transaction that a statement needs around it, if it needs one.
    async fn around(&self) -> Result<Option<DatabaseTransaction>, DbErr> {
        Ok(if self.fresh.is_some() { Some(self.begin(TransactionOptions::default()).await?) } else { None })
    }
}

impl Database {
    /// How many connections each of its pools has at this moment; none once it is closed.
    pub fn connections(&self) -> Vec<Connections> {
        let pools = if self.is_postgres() {
            vec![self.writer.connections("all")]
        } else {
            vec![self.reader.connections("readers"), self.writer.connections("writer")]
        };
        pools.into_iter().flatten().collect()
    }
}

fn counted<D: sqlx::Database>(name: &'static str, pool: &sqlx::Pool<D>) -> Option<Connections> {
    if pool.is_closed() {
        return None;
    }
    let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
    let in_use = pool.size().saturating_sub(idle);
    Some(Connections { pool: name, in_use, idle, max: pool.options().get_max_connections() })
}

#[async_trait]
impl ConnectionTrait for Pool {
    fn get_database_backend(&self) -> DbBackend {
        self.connections.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let Some(transaction) = self.around().await? else {
            return self.connections.execute_raw(statement).await;
        };
        let result = transaction.execute_raw(statement).await?;
        transaction.commit().await?;
        Ok(result)
    }

    /// Unprepared statements are one message, and so one transaction, in any case.
    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.connections.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let Some(transaction) = self.around().await? else {
            return self.connections.query_one_raw(statement).await;
        };
        let row = transaction.query_one_raw(statement).await?;
        transaction.commit().await?;
        Ok(row)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let Some(transaction) = self.around().await? else {
            return self.connections.query_all_raw(statement).await;
        };
        let rows = transaction.query_all_raw(statement).await?;
        transaction.commit().await?;
        Ok(rows)
    }
}

/// The rows of a statement as they come.
type Rows<'a> = Pin<Box<dyn Stream<Item = Result<QueryResult, DbErr>> + Send + 'a>>;

impl StreamTrait for Pool {
    type Stream<'a> = Rows<'a>;

    fn get_database_backend(&self) -> DbBackend {
        self.connections.get_database_backend()
    }

    fn stream_raw<'a>(
        &'a self,
        statement: Statement,
    ) -> Pin<Box<dyn Future<Output = Result<Rows<'a>, DbErr>> + 'a + Send>> {
        Box::pin(async move {
            if self.connections.get_database_backend() != DbBackend::Postgres {
                let rows: Rows<'a> = Box::pin(self.connections.stream_raw(statement).await?);
                return Ok(rows);
            }
            let transaction = self.begin(TransactionOptions::default()).await?;
            transaction.execute_unprepared(UNHURRIED).await?;
            let rows: Rows<'a> = Box::pin(async_stream::try_stream! {
                {
                    let rows = transaction.stream_raw(statement).await?;
                    for await row in rows {
                        yield row?;
                    }
                }
                transaction.commit().await?;
            });
            Ok(rows)
        })
    }
}
