//! When time alone changes how a system stands: the lease of a claim ends, or an entry that failed is due again.

use std::time::Duration;

use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ConnectionTrait, Order};

use crate::domain::{Result, Timestamp};
use crate::entities::{export_claim, pending_export};
use crate::store::database_clock;
use crate::store::statement::statement;

/// How long it is until the next lease of this system ends, by the database's clock; `None` when no lease goes on.
pub async fn until_lease_ends(
    connection: &impl ConnectionTrait,
    system_key: i64,
) -> Result<Option<Duration>> {
    let now = || database_clock::now(connection.get_database_backend());
    let claim = |column: export_claim::Column| Expr::col((export_claim::Entity, column));
    let query = Query::select()
        .expr_as(claim(export_claim::Column::ExpiresAt).min().sub(now()), "remaining")
        .from(export_claim::Entity)
        .and_where(claim(export_claim::Column::SystemKey).eq(system_key))
        .and_where(claim(export_claim::Column::EndedAt).is_null())
        .and_where(claim(export_claim::Column::ExpiresAt).gt(now()))
        .to_owned();
    let row = connection.query_one(&query).await?;
    let micros: Option<Option<i64>> = row.map(|row| row.try_get("", "remaining")).transpose()?;
    Ok(micros.flatten().map(|micros| Duration::from_micros(Ord::max(micros, 0).unsigned_abs())))
}

/// When the first entry that failed is due after this moment.
pub async fn next_due(
    connection: &impl ConnectionTrait,
    system_key: i64,
    now: Timestamp,
) -> Result<Option<Timestamp>> {
    let column = |column: pending_export::Column| Expr::col((pending_export::Entity, column));
    // The number is written out, since PostgreSQL uses the index of what failed only where the condition is the index's.
    let query = Query::select()
        .column(pending_export::Column::DueAt)
        .from(pending_export::Entity)
        .and_where(column(pending_export::Column::SystemKey).eq(system_key))
        .and_where(Expr::cust("progress = 2"))
        .and_where(column(pending_export::Column::DueAt).gt(now))
        .order_by(pending_export::Column::SystemKey, Order::Asc)
        .order_by(pending_export::Column::DueAt, Order::Asc)
        .order_by(pending_export::Column::EntryId, Order::Asc)
        .limit(1)
        .to_owned();
    let row = connection.query_one_raw(statement(&query, connection.get_database_backend())).await?;
    Ok(row.map(|row| row.try_get("", "due_at")).transpose()?)
}
