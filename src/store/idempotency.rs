//! Answers kept under a key that belongs to one caller and one operation: the key is written first and the answer
//! last, in the transaction of the call itself, so that both are there or neither.

use sea_orm::ActiveValue::{NotSet, Set, Unchanged};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use crate::domain::{Error, Result, Timestamp};
use crate::entities::idempotency_key::{ActiveModel, Column, Entity};

/// What is known of a key.
#[derive(Clone, Debug)]
pub enum Claim {
    /// It is new, and ours until the transaction ends.
    Ours,
    /// It was used for this request, with this answer.
    Answered(String),
    /// It was used for another request.
    Reused,
}

/// Claims the key for a request. While another transaction holds it, waits for how that one ends.
pub async fn claim(
    transaction: &impl ConnectionTrait,
    key: &str,
    request_digest: &str,
    now: Timestamp,
) -> Result<Claim> {
    let row = ActiveModel {
        key: Set(key.to_owned()),
        request_digest: Set(request_digest.to_owned()),
        answer: NotSet,
        used_at: Set(now),
    };
    let claimed = Entity::insert(row)
        .on_conflict(OnConflict::column(Column::Key).do_nothing().to_owned())
        .exec_without_returning(transaction)
        .await?;
    if claimed > 0 {
        return Ok(Claim::Ours);
    }
    let row = Entity::find_by_id(key).one(transaction).await?;
    let row = row.ok_or_else(|| Error::internal("an idempotency key vanished while it was claimed"))?;
    if row.request_digest != request_digest {
        return Ok(Claim::Reused);
    }
    row.answer.map(Claim::Answered).ok_or_else(|| Error::internal("an idempotency key without its answer"))
}

/// Keeps the answer under a key that is ours.
pub async fn keep_answer(transaction: &impl ConnectionTrait, key: &str, answer: String) -> Result<()> {
    let row = ActiveModel {
        key: Unchanged(key.to_owned()),
        request_digest: NotSet,
        answer: Set(Some(answer)),
        used_at: NotSet,
    };
    Entity::update_many().set(row).filter(Column::Key.eq(key)).exec(transaction).await?;
    Ok(())
}

/// Forgets up to `limit` of the keys used before this moment, the oldest first; tells how many.
pub async fn forget_before(transaction: &impl ConnectionTrait, moment: Timestamp, limit: u64) -> Result<u64> {
    let old = Entity::find()
        .select_only()
        .column(Column::Key)
        .filter(Column::UsedAt.lt(moment))
        .order_by_asc(Column::UsedAt)
        .limit(limit)
        .into_query();
    let forgotten = Entity::delete_many().filter(Column::Key.in_subquery(old));
    Ok(forgotten.exec(transaction).await?.rows_affected)
}
