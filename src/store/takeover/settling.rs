//! Where a new system's history ends, on PostgreSQL.

use sea_orm::sea_query::{Expr, Func};
use sea_orm::{ConnectionTrait, DatabaseTransaction, Statement};

use super::{Step, set};
use crate::domain::Result;
use crate::entities::export_system;
use crate::store::systems::max_entry_id;

/// The longest that settling a history waits for transactions above READ COMMITTED that insert at this moment.
const SETTLE_PATIENCE: &str = "SET LOCAL lock_timeout = '50ms'";

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
    transaction.execute_unprepared(SETTLE_PATIENCE).await?;
    let registered = transaction
        .execute_unprepared("UPDATE export_registry SET histories_settled = histories_settled + 1")
        .await;
    if let Err(error) = registered {
        return if crate::store::failure::is_unavailable(&error) {
            Ok(Step::Busy)
        } else {
            Err(error.into())
        };
    }
    let highest_id =
        Func::coalesce([Expr::SubQuery(None, Box::new(max_entry_id().into())), Expr::value(0i64)]);
    set(&transaction, key, export_system::Column::HistoryEnd, Expr::expr(highest_id)).await?;
    transaction.commit().await?;
    Ok(Step::Advanced)
}
