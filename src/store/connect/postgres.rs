//! What a connection to PostgreSQL is given.

use std::time::Duration;

use sea_orm::ConnectOptions;
use sqlx::{AssertSqlSafe, Executor};

use crate::config::{DatabaseSettings, DatabaseUrl};

/// What every connection to PostgreSQL begins with.
///
/// Triggers and the take-over rely on READ COMMITTED, whatever the server's default is.
///
/// Every question here can be answered from an index and is limited to a page. A planner that knows neither the values
/// (in a plan kept for all of them) nor the tables (not analysed yet) assumes that a third of the ledger matches,
/// chooses a scan, and reads the whole ledger when nothing matches: so scans and merge joins are switched off. Where it
/// expects few rows it reads them all through a bitmap and sorts them, instead of a page of them in the order of their index: a
/// hundred thousand parked entries, where it expected seven. So bitmaps are switched off. Where only a scan is possible
/// PostgreSQL still makes one, at a very high estimated cost. That cost would make it compile the statement and use parallel
/// processes, so both are switched off too.
///
/// The server cancels a statement that takes too long: the driver would let it run on after its caller has gone.
fn session(settings: &DatabaseSettings) -> String {
    let patience = settings.statement_timeout().as_millis();
    format!(
        "SET default_transaction_isolation = 'read committed'; SET enable_seqscan = off; SET enable_bitmapscan = off;
         SET enable_mergejoin = off; SET jit = off; SET max_parallel_workers_per_gather = 0; SET statement_timeout = {patience}"
    )
}

/// The same for a transaction behind a pooler, sent right after its `BEGIN`.
pub(super) fn fresh(settings: &DatabaseSettings) -> String {
    let patience = settings.statement_timeout().as_millis();
    format!(
        "SET TRANSACTION ISOLATION LEVEL READ COMMITTED; DEALLOCATE ALL; SET LOCAL enable_seqscan = off;
         SET LOCAL enable_bitmapscan = off; SET LOCAL enable_mergejoin = off; SET LOCAL jit = off; SET LOCAL max_parallel_workers_per_gather = 0;
         SET LOCAL statement_timeout = {patience}"
    )
}

/// A pool of connections to PostgreSQL.
pub(super) fn options(settings: &DatabaseSettings) -> ConnectOptions {
    warn_of_unknown_parameters(&settings.url);
    let mut options = super::pool(settings, settings.max_connections);
    options.set_application_name("ledgate");
    // After a failover the address leads to another server, while an old connection stays at one that is now read-only.
    options.max_lifetime(Duration::from_secs(300));
    if settings.transaction_pooling {
        // There a prepared statement must not be used after its transaction. And PgBouncer refuses the start-up
        // parameter for the digits of floats; ledgate reads none.
        options.map_sqlx_postgres_opts(|postgres| {
            postgres.statement_cache_capacity(0).extra_float_digits(None::<i8>)
        });
    } else {
        // Not as start-up parameters: a pooler in session mode may refuse those.
        let session = session(settings);
        options.map_sqlx_postgres_pool_opts(move |pool| {
            let session = session.clone();
            pool.after_connect(move |connection, _| {
                let session = AssertSqlSafe(session.clone());
                Box::pin(async move { connection.execute(session).await.map(|_| ()) })
            })
        });
    }
    options
}

/// The driver's own warning repeats the value, and may not be logged.
pub(super) fn warn_of_unknown_parameters(url: &DatabaseUrl) {
    for parameter in url.unknown_parameters() {
        tracing::warn!(
            parameter,
            "the database's address has a parameter that is not known: it changes nothing"
        );
    }
}
