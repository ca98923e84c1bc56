//! The gate of a system whose history is not all taken over, on PostgreSQL: an advisory lock. Markers (transactions
//! that mark for the system) share it; the mover (a step that takes over the history) holds it alone.
//!
//! A mark and the step that takes over its entry are kept apart by the lock of the system's row. But PostgreSQL grants
//! a shared row lock to newcomers as long as others share it, even if somebody has been waiting to hold it alone.
//! Markers that overlap without a pause would keep the mover out for ever, and every page would look up all the marks
//! they made. Advisory locks are granted in the order of asking. So a marker passes the gate before it locks the row,
//! and a mover that found the row locked closes the gate: markers that come later wait until its step is done.

use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};
use sea_orm::{ConnectionTrait, DatabaseTransaction};

use super::failure::is_unavailable;
use crate::domain::Result;
use crate::entities::export_system;

/// The first of the two numbers of these locks; tells them from other advisory locks of the database. The second number
/// is the system's key.
const GATES: i32 = 7_103_541;

/// The first of the two numbers of the lock that transactions share which reinstate entries; the second is 0.
const REINSTATEMENTS: i32 = 7_103_542;

/// The mover waits at the gate for 200 ms at most, and a mark for reinstatements. Markers that come after the mover wait for it meanwhile, so this is
/// also the longest that one marker with a hanging transaction blocks the others at a time.
const PATIENCE: &str = "SET LOCAL lock_timeout = '200ms'";
/// No time limit for the locks that follow.
const NO_HURRY: &str = "SET LOCAL lock_timeout = 0";

/// Whether others may hold a gate at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// Other markers may hold it too.
    Shared,
    /// Nobody else holds it.
    Alone,
}

/// Passes the gates of these systems, and holds them until the transaction ends. It asks for them in the order of the
/// keys, so that transactions do not deadlock.
pub async fn pass(transaction: &impl ConnectionTrait, keys: Vec<i64>, hold: Hold) -> Result<()> {
    let key = export_system::Column::Key;
    let in_order = Query::select()
        .column(key)
        .from(export_system::Entity)
        .and_where(Expr::col(key).is_in(keys))
        .order_by(key, Order::Asc)
        // Because of the OFFSET, although it is 0, PostgreSQL orders the rows before it asks for their locks.
        .offset(0)
        .to_owned();
    let function = match hold {
        Hold::Shared => "pg_advisory_xact_lock_shared",
        Hold::Alone => "pg_advisory_xact_lock",
    };
    let gate = Expr::cust_with_expr(format!("{function}({GATES}, CAST($1 AS integer))"), Expr::col(key));
    let pass = Query::select().expr(gate).from_subquery(in_order, "open_systems").to_owned();
    transaction.query_all(&pass).await?;
    Ok(())
}

/// Waits until every transaction that has reinstated an entry has ended, and makes later ones wait for this transaction. Gives
/// `false` when that takes more than 200 ms: the transaction has then failed and can only be rolled back.
///
/// A transaction that reinstates an entry gives it a pending row for each system that has no mark of it. It shares this lock
/// (`migrations/src/m0002_export_tracking/withdrawal.rs`). A mark of an entry that somebody is changing asks for it alone:
/// otherwise neither would see the row of the other. It gives up after 200 ms, since the other may come to wait for entries
/// that the mark has locked.
pub async fn hold_off_reinstatements(transaction: &impl ConnectionTrait) -> Result<bool> {
    hold_patiently(transaction, REINSTATEMENTS, 0).await
}

/// Closes the gate of this system until the transaction ends, as soon as all that hold it have ended. Gives `false`
/// when that takes more than 200 ms: the transaction has then failed and can only be rolled back.
pub async fn close(transaction: &DatabaseTransaction, key: i64) -> Result<bool> {
    hold_patiently(transaction, GATES, key).await
}

/// Holds the lock of these two numbers alone; `false` when that takes more than 200 ms.
async fn hold_patiently(transaction: &impl ConnectionTrait, first: i32, second: i64) -> Result<bool> {
    transaction.execute_unprepared(PATIENCE).await?;
    let lock = format!("pg_advisory_xact_lock({first}, CAST($1 AS integer))");
    let lock = Query::select().expr(Expr::cust_with_values(lock, [second])).to_owned();
    match transaction.query_one(&lock).await {
        Err(error) if is_unavailable(&error) => Ok(false),
        Err(error) => Err(error.into()),
        Ok(_) => {
            transaction.execute_unprepared(NO_HURRY).await?;
            Ok(true)
        }
    }
}
