//! Leases of background jobs, one row a job. They begin and end by the database's clock, which all gateways share.

use std::time::Duration;

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::database_clock::now;
use crate::domain::Result;
use crate::entities::background_job::{Column, Entity};

/// A lease that is ours until it ends.
#[derive(Clone, Debug)]
pub struct Lease {
    job: &'static str,
    /// Greater each time that the lease is taken: whoever holds an older number has lost it.
    number: i64,
}

/// Takes the lease of a job for so long; `None` while somebody has it.
pub async fn take_lease(
    transaction: &impl ConnectionTrait,
    job: &'static str,
    length: Duration,
) -> Result<Option<Lease>> {
    let now = || now(transaction.get_database_backend());
    let old = |column: Column| Expr::col((Entity, column));
    let new = |column: Column| Expr::col(("excluded", column));
    let take = OnConflict::column(Column::Name)
        .value(Column::LeaseNumber, old(Column::LeaseNumber).add(1))
        .value(Column::LeasedUntil, new(Column::LeasedUntil))
        .action_and_where(old(Column::LeasedUntil).lte(now()))
        .to_owned();
    let insert = Query::insert()
        .into_table(Entity)
        .columns([Column::Name, Column::LeaseNumber, Column::LeasedUntil])
        .values_panic([job.into(), 1i64.into(), now().add(micros(length))])
        .on_conflict(take)
        .returning(Query::returning().column(Column::LeaseNumber))
        .to_owned();
    let row = transaction.query_one(&insert).await?;
    let number: Option<i64> = row.map(|row| row.try_get("", "lease_number")).transpose()?;
    Ok(number.map(|number| Lease { job, number }))
}

/// Makes the lease last for so long from now on; `false` when somebody else has taken it meanwhile.
pub async fn renew(transaction: &impl ConnectionTrait, lease: &Lease, length: Duration) -> Result<bool> {
    let until = now(transaction.get_database_backend()).add(micros(length));
    let renewed = Entity::update_many()
        .col_expr(Column::LeasedUntil, until)
        .filter(Column::Name.eq(lease.job))
        .filter(Column::LeaseNumber.eq(lease.number))
        .exec(transaction)
        .await?;
    Ok(renewed.rows_affected > 0)
}

fn micros(length: Duration) -> i64 {
    i64::try_from(length.as_micros()).unwrap_or(i64::MAX)
}
