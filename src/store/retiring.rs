//! Systems that are retired. Such a system keeps its marks, gets no pending rows, and all of its history counts as not taken
//! over: readers find what it has not been sent by its marks. Reviving it begins the take-over anew, as for a new system.

use sea_orm::sea_query::{Expr, LockBehavior, LockType};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::connect::Database;
use super::failure::is_unavailable;
use super::systems::end_of_history;
use crate::domain::{EntryId, Error, Result, Timestamp};
use crate::entities::{export_system, pending_export};

/// Reviving waits for 500 ms at most for transactions that are marking. Marks that come later wait for as long.
const PATIENCE: &str = "SET LOCAL lock_timeout = '500ms'";

/// Retires the system with this key.
pub async fn retire(transaction: &impl ConnectionTrait, key: i64, now: Timestamp) -> Result<()> {
    begin_anew(transaction, key, Some(now), Expr::value(Option::<EntryId>::None)).await
}

/// Takes the system with this key into use again. Its history is taken over as that of a new system.
///
/// On PostgreSQL a transaction may be marking that read the system before it was retired: it does not know that a step of a
/// take-over can come. So this waits for the marks that are being written, and a mark that is written later sees that the
/// history is open ([`super::marks::write`]).
pub async fn revive(transaction: &impl ConnectionTrait, key: i64) -> Result<()> {
    if transaction.get_database_backend() == DbBackend::Postgres {
        transaction.execute_unprepared(PATIENCE).await?;
        let locked = transaction.execute_unprepared("LOCK TABLE export_marks IN SHARE ROW EXCLUSIVE MODE");
        match locked.await {
            Err(error) if is_unavailable(&error) => return Err(Error::busy("marks are being written")),
            locked => locked?,
        };
    }
    begin_anew(transaction, key, None, end_of_history(transaction)).await
}

/// Nothing of the system's history is taken over.
async fn begin_anew(
    transaction: &impl ConnectionTrait,
    key: i64,
    retired_at: Option<Timestamp>,
    history_end: Expr,
) -> Result<()> {
    export_system::Entity::update_many()
        .col_expr(export_system::Column::RetiredAt, retired_at.into())
        .col_expr(export_system::Column::SettledAfter, Option::<i64>::None.into())
        .col_expr(export_system::Column::HistoryEnd, history_end)
        .col_expr(export_system::Column::TakenOverTo, 0.into())
        .filter(export_system::Column::Key.eq(key))
        .exec(transaction)
        .await?;
    Ok(())
}

/// The keys of the systems that are retired.
pub async fn retired(connection: &impl ConnectionTrait) -> Result<Vec<i64>> {
    let keys = export_system::Entity::find()
        .select_only()
        .column(export_system::Column::Key)
        .filter(export_system::Column::RetiredAt.is_not_null())
        .order_by_asc(export_system::Column::Key);
    Ok(keys.into_tuple().all(connection).await?)
}

/// Deletes pending rows of the system with this key, with entries after this one, `limit` at most, in one transaction. Gives
/// the entry of the last one; `None` when there is none, the system is in use again, or others hold its row.
pub async fn clear_some(
    database: &Database,
    key: i64,
    after: EntryId,
    limit: u64,
) -> Result<Option<EntryId>> {
    let transaction = database.begin().await?;
    // Marks for a retired system hold its row as well, so that nobody else deletes its pending rows meanwhile.
    let system = export_system::Entity::find_by_id(key)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .one(&transaction)
        .await?;
    if system.is_none_or(|system| system.retired_at.is_none()) {
        return Ok(None);
    }
    let next = pending_export::Entity::find()
        .select_only()
        .column(pending_export::Column::EntryId)
        .filter(pending_export::Column::SystemKey.eq(key))
        .filter(pending_export::Column::EntryId.gt(after))
        .order_by_asc(pending_export::Column::EntryId)
        .limit(limit);
    let ids: Vec<EntryId> = next.into_tuple().all(&transaction).await?;
    let Some(last) = ids.last().copied() else { return Ok(None) };
    pending_export::Entity::delete_many()
        .filter(pending_export::Column::SystemKey.eq(key))
        .filter(pending_export::Column::EntryId.is_in(ids))
        .exec(&transaction)
        .await?;
    transaction.commit().await?;
    Ok(Some(last))
}
