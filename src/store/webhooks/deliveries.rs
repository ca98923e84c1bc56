//! The attempts to tell webhooks something.

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use crate::domain::page::Page;
use crate::domain::webhook::Delivery;
use crate::domain::{Result, Timestamp};
use crate::entities::values::Words;
use crate::entities::webhook_delivery::{ActiveModel, Column, Entity, Model};
use crate::store::numbered;

/// Writes down an attempt, and gives its number; the number that it has already does not count.
pub async fn note(transaction: &impl ConnectionTrait, delivery: &Delivery) -> Result<i64> {
    let row = ActiveModel {
        id: NotSet,
        webhook_id: Set(delivery.webhook_id),
        at: Set(delivery.at),
        attempt: Set(delivery.attempt),
        signal_id: Set(delivery.signal_id.clone()),
        system_id: Set(delivery.system_id.clone()),
        kinds: Set(Words(delivery.kinds.clone())),
        cursor: Set(delivery.cursor.clone()),
        status: Set(delivery.status.map(i32::from)),
        error: Set(delivery.error),
        duration_ms: Set(delivery.duration_ms),
    };
    Ok(Entity::insert(row).exec(transaction).await?.last_insert_id)
}

/// A page of the attempts of a webhook, newest first, or backwards when the page is taken from the end.
pub async fn page(
    connection: &impl ConnectionTrait,
    webhook_id: i64,
    page: &Page<i64>,
) -> Result<Vec<Delivery>> {
    let query = Entity::find().filter(Column::WebhookId.eq(webhook_id));
    let query = numbered::highest_first(query, Column::Id, page);
    Ok(query.all(connection).await?.into_iter().map(Delivery::from).collect())
}

/// Deletes up to `limit` of the attempts before this moment, the oldest first; tells how many.
pub async fn forget_before(transaction: &impl ConnectionTrait, moment: Timestamp, limit: u64) -> Result<u64> {
    let old = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::At.lt(moment))
        .order_by_asc(Column::At)
        .limit(limit)
        .into_query();
    let forgotten = Entity::delete_many().filter(Column::Id.in_subquery(old));
    Ok(forgotten.exec(transaction).await?.rows_affected)
}

impl From<Model> for Delivery {
    fn from(row: Model) -> Delivery {
        Delivery {
            id: row.id,
            webhook_id: row.webhook_id,
            at: row.at,
            attempt: row.attempt,
            signal_id: row.signal_id,
            system_id: row.system_id,
            kinds: row.kinds.0,
            cursor: row.cursor,
            status: row.status.and_then(|status| u16::try_from(status).ok()),
            error: row.error,
            duration_ms: row.duration_ms,
        }
    }
}
