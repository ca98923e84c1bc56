//! Taking over a new system's history: first its end is settled, then chunk by chunk the entries without a
//! mark get their pending rows. Every step is a short transaction of its own and leaves a state from which any
//! gateway can go on; readers are right at every moment in between.

use sea_orm::sea_query::{
    Expr, ExprTrait, IntoColumnRef, LockBehavior, LockType, OnConflict, Order, Query, SelectStatement,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, StatementBuilder,
};

use super::connect::Database;
use super::systems::{KnownSystem, max_entry_id};
use crate::domain::Result;
use crate::entities::{accounting_entry, export_mark, export_system, pending_export};

/// Entries a chunk where nobody has to be spared.
pub const CHUNK: u64 = 5_000;

/// Entries a chunk while others ask and mark: two or three milliseconds of work, and of lock on the system's row.
pub const SMALL_CHUNK: u64 = 250;

/// The longest that settling a history may make other writers wait.
const SETTLE_PATIENCE: &str = "SET LOCAL lock_timeout = '50ms'";

/// What one step came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Some of it is done, there is more.
    Advanced,
    /// Others hold the lock; try again later. Nothing changed.
    Busy,
    /// All of it is done.
    Finished,
}

/// The keys of the systems whose history is not all taken over.
pub async fn unfinished(connection: &impl ConnectionTrait) -> Result<Vec<i64>> {
    let end = Expr::col(export_system::Column::HistoryEnd.as_column_ref());
    let taken_over_to = export_system::Column::TakenOverTo.as_column_ref();
    let keys = export_system::Entity::find()
        .select_only()
        .column(export_system::Column::Key)
        .filter(end.clone().is_null().or(end.gt(Expr::col(taken_over_to))))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(keys)
}

/// One step for one system, of [`CHUNK`] entries.
pub async fn step(database: &Database, key: i64) -> Result<Step> {
    step_of(database, key, CHUNK).await
}

/// One step for one system, of so many entries.
pub async fn step_of(database: &Database, key: i64, entries: u64) -> Result<Step> {
    let transaction = database.begin_unhurried().await?;
    if database.is_postgres() {
        // A step that a crash undoes is done again. Its commit need not wait for the disk, nor others for it.
        transaction.execute_unprepared("SET LOCAL synchronous_commit = off").await?;
    }
    let query =
        export_system::Entity::find_by_id(key).lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    let Some(row) = query.one(&transaction).await? else { return Ok(Step::Busy) };
    let system = KnownSystem::try_from(row)?;
    let Some(history) = system.history else { return Ok(Step::Finished) };
    let Some(end) = history.to else {
        drop(transaction);
        return settle(database).await;
    };
    // Not bounded by the end: a planner takes few ids to lie between two that it does not know, and sorts them all.
    let chunk_end: Option<i64> = accounting_entry::Entity::find()
        .select_only()
        .column(accounting_entry::Column::Id)
        .filter(accounting_entry::Column::Id.gt(history.after))
        .order_by(accounting_entry::Column::Id, Order::Asc)
        .offset(entries - 1)
        .limit(1)
        .into_tuple()
        .one(&transaction)
        .await?;
    let chunk_end = chunk_end.map_or(end, |id| Ord::min(id, end));
    transaction.execute(&fill_pending(key, history.after, chunk_end)).await?;
    let advance = Query::update()
        .table(export_system::Entity)
        .value(export_system::Column::TakenOverTo, chunk_end)
        .and_where(Expr::col(export_system::Column::Key).eq(key))
        .to_owned();
    transaction.execute(&advance).await?;
    transaction.commit().await?;
    Ok(if chunk_end >= end { Step::Finished } else { Step::Advanced })
}

/// Settles where every new system's history ends, at a moment at which no other transaction is inserting:
/// whoever inserts later knows of them. Waits for such a moment only briefly, since those who want to insert
/// wait behind it.
async fn settle(database: &Database) -> Result<Step> {
    let transaction = database.begin_unhurried().await?;
    transaction.execute_unprepared(SETTLE_PATIENCE).await?;
    if let Err(error) = transaction.execute_unprepared("LOCK TABLE accounting_entries IN SHARE MODE").await {
        return if super::failure::is_unavailable(&error) { Ok(Step::Busy) } else { Err(error.into()) };
    }
    // Turns the stale snapshots of transactions above READ COMMITTED into serialization failures.
    transaction
        .execute_unprepared("UPDATE export_registry SET histories_settled = histories_settled + 1")
        .await?;
    let settle = Query::update()
        .table(export_system::Entity)
        .value(
            export_system::Column::HistoryEnd,
            Expr::expr(sea_orm::sea_query::Func::coalesce([
                Expr::SubQuery(None, Box::new(max_entry_id().into())),
                Expr::value(0i64),
            ])),
        )
        .and_where(Expr::col(export_system::Column::HistoryEnd).is_null())
        .to_owned();
    transaction.execute(&settle).await?;
    transaction.commit().await?;
    Ok(Step::Advanced)
}

fn fill_pending(key: i64, after: i64, to: i64) -> impl StatementBuilder {
    let id = || Expr::col((accounting_entry::Entity, accounting_entry::Column::Id));
    let unmarked = Query::select()
        .expr(Expr::value(key))
        .expr(id())
        .from(accounting_entry::Entity)
        .and_where(id().gt(after))
        .and_where(id().lte(to))
        .and_where(Expr::exists(marks_of(id(), key)).not())
        .to_owned();
    // The statement has one select for its two columns, so it cannot fail to be built.
    Query::insert()
        .into_table(pending_export::Entity)
        .columns([pending_export::Column::SystemKey, pending_export::Column::EntryId])
        .select_from(unmarked)
        .map(|insert| insert.on_conflict(OnConflict::new().do_nothing().to_owned()).to_owned())
        .unwrap_or_default()
}

/// `SELECT 1 FROM export_marks WHERE entry_id = … AND system_key = …`
pub(super) fn marks_of(entry_id: Expr, key: i64) -> SelectStatement {
    let column = |column: export_mark::Column| Expr::col((export_mark::Entity, column).into_column_ref());
    Query::select()
        .expr(Expr::value(1))
        .from(export_mark::Entity)
        .and_where(column(export_mark::Column::EntryId).eq(entry_id))
        .and_where(column(export_mark::Column::SystemKey).eq(key))
        .to_owned()
}
