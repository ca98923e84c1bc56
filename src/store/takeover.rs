//! Taking over a new system's history: first its end is settled, then chunk by chunk the entries without a
//! mark get their pending rows. Every step is a short transaction of its own and leaves a state from which any
//! gateway can go on; readers are right at every moment in between.

use sea_orm::sea_query::{Expr, ExprTrait, Func, LockBehavior, LockType, OnConflict, Order, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Statement, StatementBuilder,
};

use super::connect::Database;
use super::probe;
use super::statement::statement;
use super::systems::{KnownSystem, max_entry_id};
use crate::domain::Result;
use crate::entities::{accounting_entry, export_system, pending_export};

/// Entries a chunk where nobody has to be spared.
pub const CHUNK: u64 = 5_000;

/// Entries a chunk while others ask and mark: two or three milliseconds of work, and of lock on the system's row.
pub const SMALL_CHUNK: u64 = 250;

/// The longest that settling a history waits for transactions above READ COMMITTED that insert at this moment.
const SETTLE_PATIENCE: &str = "SET LOCAL lock_timeout = '50ms'";

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
pub async fn step_of(database: &Database, key: i64, entries: u64) -> Result<Step> {
    let transaction = database.begin_unhurried().await?;
    if database.is_postgres() {
        // A step that a crash undoes is done again. Its commit need not wait for the disk, nor others for it.
        transaction.execute_unprepared("SET LOCAL synchronous_commit = off").await?;
    }
    let query =
        export_system::Entity::find_by_id(key).lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    let Some(row) = query.one(&transaction).await? else { return Ok(Step::Busy) };
    let settled_after = row.settled_after;
    let system = KnownSystem::from(row);
    let Some(history) = system.history else { return Ok(Step::Finished) };
    let Some(end) = history.to else { return settle(transaction, key, settled_after).await };
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
    let fill = fill_pending(key, history.after, chunk_end, transaction.get_database_backend());
    let filled = transaction.execute(&fill).await?.rows_affected();
    set(&transaction, key, export_system::Column::TakenOverTo, Expr::value(chunk_end)).await?;
    transaction.commit().await?;
    let reached = if filled == 0 { pass_marked(database, key, chunk_end, end).await? } else { chunk_end };
    Ok(if reached >= end { Step::Finished } else { Step::Advanced })
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
            .and_where(stands())
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

/// A row when transactions with a number below `$1` are at work that write entries, straight or through a partition.
/// By hand, since it asks PostgreSQL about itself. Of a transaction the server tells the lower 32 bits of its number.
///
/// Not `pg_snapshot_xmin`: one that writes for hours to another database of the same server would hold it back.
const AT_WORK: &str = "SELECT 1 FROM pg_locks AS written
    JOIN pg_locks AS numbered ON numbered.virtualtransaction = written.virtualtransaction
    WHERE written.locktype = 'relation' AND written.mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock',
        'ExclusiveLock', 'AccessExclusiveLock')
    AND written.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (written.relation = 'accounting_entries'::regclass
        OR written.relation IN (SELECT relid FROM pg_partition_tree('accounting_entries')))
    AND numbered.locktype = 'transactionid' AND numbered.granted AND numbered.mode = 'ExclusiveLock'
    AND ($1::bigint - numbered.transactionid::text::bigint) & 4294967295 BETWEEN 1 AND 2147483647
    LIMIT 1";

/// Settles where a new system's history ends: when every transaction that may not know of the system has ended, it ends
/// with the highest id. Nobody waits for that.
///
/// A transaction does not know of the system if its trigger ran before the system's row was committed. It had its number
/// by then, and its lock of the table. So the first look after that commit notes its own number, which is higher; that of
/// the snapshot's end would not do, since it can be lower than the numbers of transactions at work. Above READ COMMITTED a transaction may insert
/// with an old snapshot and a new number: it holds the row of `export_registry`, so the change of that row waits for it,
/// and later ones fail.
async fn settle(transaction: DatabaseTransaction, key: i64, settled_after: Option<i64>) -> Result<Step> {
    if settled_after.is_none() {
        let own_number = Expr::cust("pg_current_xact_id()::text::bigint");
        set(&transaction, key, export_system::Column::SettledAfter, own_number).await?;
        transaction.commit().await?;
        return Ok(Step::Advanced);
    }
    let backend = transaction.get_database_backend();
    let at_work = Statement::from_sql_and_values(backend, AT_WORK, [settled_after.into()]);
    if transaction.query_one_raw(at_work).await?.is_some() {
        return Ok(Step::Busy);
    }
    transaction.execute_unprepared(SETTLE_PATIENCE).await?;
    let registered = transaction
        .execute_unprepared("UPDATE export_registry SET histories_settled = histories_settled + 1")
        .await;
    if let Err(error) = registered {
        return if super::failure::is_unavailable(&error) { Ok(Step::Busy) } else { Err(error.into()) };
    }
    let highest_id =
        Func::coalesce([Expr::SubQuery(None, Box::new(max_entry_id().into())), Expr::value(0i64)]);
    set(&transaction, key, export_system::Column::HistoryEnd, Expr::expr(highest_id)).await?;
    transaction.commit().await?;
    Ok(Step::Advanced)
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

/// That an entry is not withdrawn: such a one gets no pending row.
fn stands() -> Expr {
    Expr::col((accounting_entry::Entity, accounting_entry::Column::WithdrawnAt)).is_null()
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
        .and_where(stands())
        .to_owned();
    // The statement has one select for its two columns, so it cannot fail to be built.
    Query::insert()
        .into_table(pending_export::Entity)
        .columns([pending_export::Column::SystemKey, pending_export::Column::EntryId])
        .select_from(unmarked)
        .map(|insert| insert.on_conflict(OnConflict::new().do_nothing().to_owned()).to_owned())
        .unwrap_or_default()
}
