//! Settles where the history of a new system ends, on PostgreSQL.

use sea_orm::sea_query::{Expr, Func};
use sea_orm::{ConnectionTrait, DatabaseTransaction, Statement};

use super::{Step, set};
use crate::domain::Result;
use crate::entities::export_system;
use crate::store::failure::is_unavailable;
use crate::store::systems::max_entry_id;

/// Transactions above READ COMMITTED that insert entries, withdraw or reinstate them hold the row of `export_registry` until
/// they end. A step waits for them for 50 ms at most; then it is `Busy`.
const PATIENCE: &str = "SET LOCAL lock_timeout = '50ms'";

/// Gives a row when a transaction with a number below `$1` is open that has written to `accounting_entries` or to a
/// partition of it: such a transaction keeps its lock on the table until it ends. The SQL is written by hand, since it
/// asks PostgreSQL about its own locks. `pg_locks` shows only the lower 32 bits of a transaction's number, so the
/// numbers are compared modulo 2^32.
///
/// `pg_snapshot_xmin` is not used: a transaction that writes to another database of the server for hours holds it back.
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

/// Settles where the history of a new system ends: at the highest id, once every transaction that may not know of the
/// system has ended. It does not wait for them: while one is open it gives `Busy`, and a later step asks again.
///
/// A transaction does not know of the system if its trigger ran before the system's row was committed. By then it had
/// its number and its lock on the table. So the first step after that commit stores its own number as `settled_after`:
/// all those transactions have lower numbers. The end of a snapshot (`pg_snapshot_xmax`) would not do in its place,
/// since open transactions can have higher numbers.
///
/// Above READ COMMITTED a transaction may insert with an old snapshot and a new number. It holds the row of
/// `export_registry`, so the update of that row waits for it. One with an old snapshot that inserts after the
/// update ends in a serialization failure.
pub(super) async fn settle(
    transaction: DatabaseTransaction,
    key: i64,
    settled_after: Option<i64>,
) -> Result<Step> {
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
    if !refuse_old_snapshots(&transaction).await? {
        return Ok(Step::Busy);
    }
    let highest_id =
        Func::coalesce([Expr::SubQuery(None, Box::new(max_entry_id().into())), Expr::value(0i64)]);
    set(&transaction, key, export_system::Column::HistoryEnd, Expr::expr(highest_id)).await?;
    transaction.commit().await?;
    Ok(Step::Advanced)
}

/// From the commit of this transaction on, transactions above READ COMMITTED with an older snapshot, which may not know of
/// the system, can no longer insert, withdraw or reinstate entries: they end in a serialization failure. Gives `false` when
/// one of them has done so and is open: this transaction has then failed and can only be rolled back.
pub(super) async fn refuse_old_snapshots(transaction: &DatabaseTransaction) -> Result<bool> {
    transaction.execute_unprepared(PATIENCE).await?;
    let registered =
        transaction.execute_unprepared("UPDATE export_registry SET times_closed = times_closed + 1").await;
    match registered {
        Ok(_) => Ok(true),
        Err(error) if is_unavailable(&error) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
