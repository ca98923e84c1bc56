//! The clock of the database, which all gateways share: leases begin and end by it.

use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ConnectionTrait, DbBackend};

use crate::domain::{Error, Result, Timestamp};

/// This moment by the database's clock, in microseconds since 1970. On SQLite all gateways run on one machine, and its
/// clock is exact to the millisecond.
pub(super) fn now(backend: DbBackend) -> Expr {
    Expr::cust(match backend {
        DbBackend::Postgres => "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)",
        _ => "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) * 1000",
    })
}

/// The same as a value.
pub(super) async fn read(connection: &impl ConnectionTrait) -> Result<Timestamp> {
    let query = Query::select().expr_as(now(connection.get_database_backend()), "now").to_owned();
    let row = connection.query_one(&query).await?;
    let row = row.ok_or_else(|| Error::internal("a clock without a row"))?;
    Ok(row.try_get("", "now")?)
}
