//! Taking over a new system's history: first its end is settled, then chunk by chunk the entries without a
//! mark get their pending rows. Every step is a short transaction of its own and leaves a state from which any
//! gateway can go on; readers are right at every moment in between.

mod settling;

use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType, OnConflict, Order, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Select, StatementBuilder,
};

use super::connect::Database;
use super::gate;
use super::probe;
use super::statement::statement;
use super::systems::KnownSystem;
use crate::domain::Result;
use crate::entities::{accounting_entry, export_system, pending_export};

/// Entries a chunk where nobody has to be spared.
pub const CHUNK: u64 = 5_000;

/// Entries a chunk while others ask and mark: two or three milliseconds of work, and of lock on the system's row.
pub const SMALL_CHUNK: u64 = 250;

/// Ids that one look for unmarked entries may pass over.
const LONGEST_LOOK: i64 = 100_000;

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

/// One step for one system, of so many entries. Where all of these are marked, the stretch behind them in which every
/// entry is marked is passed over too, as far as one look reaches: it needs no pending rows, and every page would have to
/// read it again.
///
/// While the end of the history is not settled, transactions at work may still bring entries without a pending row, with
/// any id that is free. So until then a step goes as far as no id is free.
pub async fn step_of(database: &Database, key: i64, entries: u64) -> Result<Step> {
    let Some((transaction, row)) = alone(database, key).await? else { return Ok(Step::Busy) };
    let settled_after = row.settled_after;
    let system = KnownSystem::from(row);
    let Some(history) = system.history else { return Ok(Step::Finished) };
    let Some(end) = history.to else {
        let settled = settling::settle(transaction, key, settled_after).await?;
        return if settled == Step::Busy {
            step_without_gaps(database, key, entries).await
        } else {
            Ok(settled)
        };
    };
    // Not bounded by the end: a planner takes few ids to lie between two that it does not know, and sorts them all.
    let chunk_end: Option<i64> =
        next_ids(history.after).offset(entries - 1).limit(1).into_tuple().one(&transaction).await?;
    let chunk_end = chunk_end.map_or(end, |id| Ord::min(id, end));
    let filled = take_over(transaction, key, history.after, chunk_end).await?;
    let reached = if filled == 0 { pass_marked(database, key, chunk_end, end).await? } else { chunk_end };
    Ok(if reached >= end { Step::Finished } else { Step::Advanced })
}

/// A step in a history whose end is not settled: as far as no id is free.
async fn step_without_gaps(database: &Database, key: i64, entries: u64) -> Result<Step> {
    let Some((transaction, row)) = alone(database, key).await? else { return Ok(Step::Busy) };
    let (None, after) = (row.history_end, row.taken_over_to) else { return Ok(Step::Advanced) };
    let ids: Vec<i64> = next_ids(after).limit(entries).into_tuple().all(&transaction).await?;
    let without_gaps = ids.into_iter().zip(after + 1..).take_while(|(id, next)| id == next);
    let Some((chunk_end, _)) = without_gaps.last() else { return Ok(Step::Busy) };
    take_over(transaction, key, after, chunk_end).await?;
    Ok(Step::Advanced)
}

/// A transaction that holds the system's row alone, and the row. `None` when others hold it: another step at work, or
/// markers that do not come to an end. Nobody but a marker is waited for, and no marker longer than a moment.
async fn alone(database: &Database, key: i64) -> Result<Option<(DatabaseTransaction, export_system::Model)>> {
    let transaction = database.begin_unhurried().await?;
    if database.is_postgres() {
        // A step that a crash undoes is done again. Its commit need not wait for the disk, nor others for it.
        transaction.execute_unprepared("SET LOCAL synchronous_commit = off").await?;
    }
    let row = || {
        export_system::Entity::find_by_id(key).lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
    };
    if let Some(row) = row().one(&transaction).await? {
        return Ok(Some((transaction, row)));
    }
    if !database.is_postgres() || !gate::close(&transaction, key).await? {
        return Ok(None);
    }
    let row = row().one(&transaction).await?;
    Ok(row.map(|row| (transaction, row)))
}

/// The ids of entries behind this one, in their order.
fn next_ids(after: i64) -> Select<accounting_entry::Entity> {
    accounting_entry::Entity::find()
        .select_only()
        .column(accounting_entry::Column::Id)
        .filter(accounting_entry::Column::Id.gt(after))
        .order_by(accounting_entry::Column::Id, Order::Asc)
}

/// Takes over this stretch, ends the transaction, and gives how many pending rows were written.
async fn take_over(transaction: DatabaseTransaction, key: i64, after: i64, to: i64) -> Result<u64> {
    let fill = fill_pending(key, after, to, transaction.get_database_backend());
    let filled = transaction.execute(&fill).await?.rows_affected();
    set(&transaction, key, export_system::Column::TakenOverTo, Expr::value(to)).await?;
    transaction.commit().await?;
    Ok(filled)
}

/// Passes over entries that are all marked, from behind `after`, and gives where that ends. The look takes no lock: no
/// mark goes without leaving a pending row, so what was seen holds. Another step that came between is left as it is.
async fn pass_marked(database: &Database, key: i64, after: i64, end: i64) -> Result<i64> {
    let to = all_marked_to(database, key, after, end).await?;
    if to > after {
        let transaction = database.begin().await?;
        let advance = Query::update()
            .table(export_system::Entity)
            .value(export_system::Column::TakenOverTo, to)
            .and_where(Expr::col(export_system::Column::Key).eq(key))
            .and_where(Expr::col(export_system::Column::TakenOverTo).eq(after))
            .to_owned();
        let advanced = transaction.execute(&advance).await?.rows_affected();
        transaction.commit().await?;
        return Ok(if advanced > 0 { to } else { after });
    }
    Ok(after)
}

/// Up to which id, from behind `after` and not beyond `end`, every entry has a mark for the system or is withdrawn. Looks at the next few
/// ids, and at ever more as long as all are marked, up to [`LONGEST_LOOK`].
async fn all_marked_to(database: &Database, key: i64, after: i64, end: i64) -> Result<i64> {
    let backend = database.reader().get_database_backend();
    let (mut from, mut length) = (after, 100);
    while from < end && from - after < LONGEST_LOOK {
        let to = Ord::min(from + length, end);
        let id = || Expr::col((accounting_entry::Entity, accounting_entry::Column::Id));
        let first_unmarked = Query::select()
            .expr(id())
            .from(accounting_entry::Entity)
            .and_where(id().gt(from))
            .and_where(id().lte(to))
            .and_where(probe::mark_of(id(), key, backend).not())
            .and_where(probe::stands())
            .order_by_expr(id(), Order::Asc)
            .limit(1)
            .to_owned();
        if let Some(row) = database.reader().query_one_raw(statement(&first_unmarked, backend)).await? {
            return Ok(row.try_get_by_index::<i64>(0)? - 1);
        }
        (from, length) = (to, length * 4);
    }
    Ok(from)
}

/// Sets one column of a system.
async fn set(
    transaction: &DatabaseTransaction,
    key: i64,
    column: export_system::Column,
    value: Expr,
) -> Result<()> {
    let update = Query::update()
        .table(export_system::Entity)
        .value(column, value)
        .and_where(Expr::col(export_system::Column::Key).eq(key))
        .to_owned();
    transaction.execute(&update).await?;
    Ok(())
}

fn fill_pending(key: i64, after: i64, to: i64, backend: DbBackend) -> impl StatementBuilder {
    let id = || Expr::col((accounting_entry::Entity, accounting_entry::Column::Id));
    let unmarked = Query::select()
        .expr(Expr::value(key))
        .expr(id())
        .from(accounting_entry::Entity)
        .and_where(id().gt(after))
        .and_where(id().lte(to))
        .and_where(probe::mark_of(id(), key, backend).not())
        .and_where(probe::stands())
        .to_owned();
    // The statement has one select for its two columns, so it cannot fail to be built.
    Query::insert()
        .into_table(pending_export::Entity)
        .columns([pending_export::Column::SystemKey, pending_export::Column::EntryId])
        .select_from(unmarked)
        .map(|insert| insert.on_conflict(OnConflict::new().do_nothing().to_owned()).to_owned())
        .unwrap_or_default()
}
