//! Takes over the history of a new system: settles where the history ends, and gives the entries without a mark their
//! pending rows, chunk by chunk. Every transaction is short, and after each one any gateway can go on. Readers give
//! right answers at every moment. `docs/decisions/0003-pending-rows.md` explains it.

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

/// Entries per chunk for a command that takes over all history before it ends: larger chunks finish sooner, but hold
/// the lock of the system's row for longer.
pub const CHUNK: u64 = 5_000;

/// Entries per chunk while requests are served: the work takes two or three milliseconds, and the system's row is
/// locked for as long.
pub const SMALL_CHUNK: u64 = 250;

/// Once a step has passed over this many ids, it does not look further. Its last look may go beyond this, up to 136,500
/// ids in all.
const LONGEST_LOOK: i64 = 100_000;

/// The result of one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The work has advanced, and there is more to do.
    Advanced,
    /// Nothing changed: others hold a lock, or a transaction that may not know of the system is still open. Try again
    /// later.
    Busy,
    /// The whole history is taken over.
    Finished,
}

/// The keys of the systems whose history is not all taken over, in no order.
pub async fn unfinished(connection: &impl ConnectionTrait) -> Result<Vec<i64>> {
    let end = Expr::col(export_system::Column::HistoryEnd.as_column_ref());
    let taken_over_to = export_system::Column::TakenOverTo.as_column_ref();
    let keys = export_system::Entity::find()
        .select_only()
        .column(export_system::Column::Key)
        .filter(end.clone().is_null().or(end.gt(Expr::col(taken_over_to))))
        .filter(export_system::Column::RetiredAt.is_null())
        .into_tuple()
        .all(connection)
        .await?;
    Ok(keys)
}

/// One step for the system with this key, of [`CHUNK`] entries.
pub async fn step(database: &Database, key: i64) -> Result<Step> {
    step_of(database, key, CHUNK).await
}

/// One step for the system with this key: takes over the next `entries` entries, 1 or more. When none of them gets a
/// pending row, the step also passes over the entries after them, as long as all are marked or withdrawn: they need no
/// pending rows, and every page would look up their marks again.
///
/// While the end of the history is not settled, open transactions may still commit entries without a pending row. Such
/// an entry can have any id that is free, which means that no committed entry has it. Until then a step ends at the
/// first free id, or before an entry that another transaction is changing.
pub async fn step_of(database: &Database, key: i64, entries: u64) -> Result<Step> {
    let Some((transaction, row)) = alone(database, key).await? else { return Ok(Step::Busy) };
    if row.retired_at.is_some() {
        return Ok(Step::Finished);
    }
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
    // The query has no upper bound on the id: between two bounds whose values it does not know, a planner expects few
    // ids, and would read and sort all of them.
    let chunk_end: Option<i64> =
        next_ids(history.after).offset(entries - 1).limit(1).into_tuple().one(&transaction).await?;
    let chunk_end = chunk_end.map_or(end, |id| Ord::min(id, end));
    let filled = take_over(transaction, key, history.after, chunk_end).await?;
    let reached = if filled == 0 { pass_marked(database, key, chunk_end, end).await? } else { chunk_end };
    Ok(if reached >= end { Step::Finished } else { Step::Advanced })
}

/// A step in a history whose end is not settled: it ends at the first free id, and before the first entry that another
/// transaction is changing. That one may be withdrawing or reinstating the entry without knowing the system.
async fn step_without_gaps(database: &Database, key: i64, entries: u64) -> Result<Step> {
    let Some((transaction, row)) = alone(database, key).await? else { return Ok(Step::Busy) };
    let (None, None, after) = (row.retired_at, row.history_end, row.taken_over_to) else {
        return Ok(Step::Advanced);
    };
    let unchanging =
        next_ids(after).limit(entries).lock_with_behavior(LockType::Share, LockBehavior::SkipLocked);
    let ids: Vec<i64> = unchanging.into_tuple().all(&transaction).await?;
    let without_gaps = ids.into_iter().zip(after + 1..).take_while(|(id, next)| id == next);
    let Some((chunk_end, _)) = without_gaps.last() else { return Ok(Step::Busy) };
    if !settling::refuse_old_snapshots(&transaction).await? {
        return Ok(Step::Busy);
    }
    take_over(transaction, key, after, chunk_end).await?;
    Ok(Step::Advanced)
}

/// A transaction that has locked the system's row for itself, and the row. `None` when others hold it: another step, or
/// transactions that mark or withdraw. On PostgreSQL it never waits for the row, only at the gate, for 200 ms at most.
async fn alone(database: &Database, key: i64) -> Result<Option<(DatabaseTransaction, export_system::Model)>> {
    let transaction = database.begin_unhurried().await?;
    if database.is_postgres() {
        // A step that is lost in a crash is done again, so its commit does not wait for the disk with the lock held.
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

/// The ids of the entries after this one, in ascending order.
fn next_ids(after: i64) -> Select<accounting_entry::Entity> {
    accounting_entry::Entity::find()
        .select_only()
        .column(accounting_entry::Column::Id)
        .filter(accounting_entry::Column::Id.gt(after))
        .order_by(accounting_entry::Column::Id, Order::Asc)
}

/// Takes over the entries with ids above `after` and up to `to`, commits, and gives how many pending rows were written.
async fn take_over(transaction: DatabaseTransaction, key: i64, after: i64, to: i64) -> Result<u64> {
    let fill = fill_pending(key, after, to, transaction.get_database_backend());
    let filled = transaction.execute(&fill).await?.rows_affected();
    set(&transaction, key, export_system::Column::TakenOverTo, Expr::value(to)).await?;
    transaction.commit().await?;
    Ok(filled)
}

/// Passes over the entries after `after` as long as all are marked or withdrawn, and gives the id up to which it went.
/// The look needs no lock: when a mark is deleted or an entry is reinstated later, a trigger writes the pending row. If
/// another step has moved `taken_over_to` meanwhile, nothing changes.
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

/// The id from `after` to `end` up to which every entry has a mark for the system or is withdrawn. Looks at the next
/// 100 ids, then at four times as many each time, until an entry is unmarked or [`LONGEST_LOOK`] ids are passed over.
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

/// Sets one column of the system's row.
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
    // `select_from` fails only when the numbers of columns differ. Here both are two, so the default is never used.
    Query::insert()
        .into_table(pending_export::Entity)
        .columns([pending_export::Column::SystemKey, pending_export::Column::EntryId])
        .select_from(unmarked)
        .map(|insert| insert.on_conflict(OnConflict::new().do_nothing().to_owned()).to_owned())
        .unwrap_or_default()
}
