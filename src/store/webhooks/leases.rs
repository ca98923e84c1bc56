//! Who delivers to a webhook, and how its place is moved. Whoever takes the lease gives it the next number, and so does
//! whoever gives it back. Everything that is written in between asks for that number, so a gateway that was paused and comes
//! back late writes nothing, and one that has read the webhook before it was given back does not take it.

use std::time::Duration;

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::Kept;
use crate::domain::export_event::LogPlace;
use crate::domain::webhook::AfterFailure;
use crate::domain::{EntryId, Result, SystemId, Timestamp};
use crate::entities::webhook::{Column, Entity};
use crate::entities::webhook_level;
use crate::store::database_clock::now;

/// A lease that is ours until it ends, or until somebody else takes it.
#[derive(Clone, Copy, Debug)]
pub struct Lease {
    webhook_id: i64,
    number: i64,
}

/// Takes the lease of a webhook for so long; `None` when somebody has it, or when the webhook has been taken, moved or
/// switched off since it was read.
pub async fn take(
    transaction: &impl ConnectionTrait,
    kept: &Kept,
    length: Duration,
) -> Result<Option<Lease>> {
    let backend = transaction.get_database_backend();
    let lease = Lease { webhook_id: kept.webhook.id, number: kept.lease_number + 1 };
    let taken = Entity::update_many()
        .col_expr(Column::LeaseNumber, lease.number.into())
        .col_expr(Column::LeasedUntil, now(backend).add(micros(length)))
        .filter(Column::Id.eq(kept.webhook.id))
        .filter(Column::LeaseNumber.eq(kept.lease_number))
        .filter(Column::SwitchedOffAt.is_null())
        .filter(Expr::col(Column::LeasedUntil).lte(now(backend)))
        .exec(transaction)
        .await?;
    Ok((taken.rows_affected > 0).then_some(lease))
}

/// Makes the lease last for so long from now on; `false` when it is lost.
pub async fn renew(transaction: &impl ConnectionTrait, lease: Lease, length: Duration) -> Result<bool> {
    let until = now(transaction.get_database_backend()).add(micros(length));
    let renewed = ours(lease).col_expr(Column::LeasedUntil, until).exec(transaction).await?;
    Ok(renewed.rows_affected > 0)
}

/// Where a webhook is when nothing has failed.
#[derive(Clone, Debug)]
pub struct Moved {
    /// Events up to here are dealt with.
    pub place: LogPlace,
    /// The highest unexported entry of each of these systems that it was told of; 0 when there is none.
    pub levels: Vec<(SystemId, EntryId)>,
    /// Whether it was told something.
    pub was_told: bool,
}

/// Moves the place of a webhook, and gives the lease back; `false`, and nothing is written, when it is lost.
pub async fn moved(transaction: &impl ConnectionTrait, lease: Lease, moved: &Moved) -> Result<bool> {
    let mut update = given_back(lease)
        .col_expr(Column::Position, moved.place.position.into())
        .col_expr(Column::Tag, moved.place.tag.into());
    if moved.was_told {
        update = update
            .col_expr(Column::SignalNumber, Expr::col(Column::SignalNumber).add(1))
            .col_expr(Column::FailingSince, Option::<Timestamp>::None.into())
            .col_expr(Column::Attempts, 0i32.into())
            .col_expr(Column::NextAttemptAt, Option::<Timestamp>::None.into());
    }
    if update.exec(transaction).await?.rows_affected == 0 {
        return Ok(false);
    }
    for (system_id, entry_id) in &moved.levels {
        let row = webhook_level::ActiveModel {
            webhook_id: Set(lease.webhook_id),
            system_id: Set(system_id.to_string()),
            entry_id: Set(*entry_id),
        };
        let known = OnConflict::columns([webhook_level::Column::WebhookId, webhook_level::Column::SystemId])
            .update_column(webhook_level::Column::EntryId)
            .to_owned();
        webhook_level::Entity::insert(row).on_conflict(known).exec_without_returning(transaction).await?;
    }
    Ok(true)
}

/// Notes that an attempt failed, which was the `attempts`th since then, and gives the lease back; `false`, and nothing is
/// written, when it is lost.
pub async fn failed(
    transaction: &impl ConnectionTrait,
    lease: Lease,
    failing_since: Timestamp,
    attempts: i32,
    after: AfterFailure,
    at: Timestamp,
) -> Result<bool> {
    let mut update = given_back(lease)
        .col_expr(Column::FailingSince, failing_since.into())
        .col_expr(Column::Attempts, attempts.into());
    update = match after {
        AfterFailure::Retry(moment) => update.col_expr(Column::NextAttemptAt, moment.into()),
        AfterFailure::SwitchOff(because) => update
            .col_expr(Column::NextAttemptAt, Option::<Timestamp>::None.into())
            .col_expr(Column::SwitchedOffAt, at.into())
            .col_expr(Column::SwitchedOffBecause, because.into()),
    };
    Ok(update.exec(transaction).await?.rows_affected > 0)
}

fn ours(lease: Lease) -> sea_orm::UpdateMany<Entity> {
    Entity::update_many().filter(Column::Id.eq(lease.webhook_id)).filter(Column::LeaseNumber.eq(lease.number))
}

fn given_back(lease: Lease) -> sea_orm::UpdateMany<Entity> {
    ours(lease)
        .col_expr(Column::LeaseNumber, (lease.number + 1).into())
        .col_expr(Column::LeasedUntil, 0i64.into())
}

fn micros(length: Duration) -> i64 {
    i64::try_from(length.as_micros()).unwrap_or(i64::MAX)
}
