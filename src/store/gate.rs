//! The gate of a system whose history is open, on PostgreSQL: markers go through it side by side, the mover alone.
//!
//! What keeps a mark and the step that covers its entry apart is the lock of the system's row. PostgreSQL gives a shared
//! lock of a row to everybody as long as others share it, however long somebody has been waiting to have it alone: markers
//! that overlap without a pause would keep the mover out for ever, and pages would look at all that they marked. Advisory
//! locks are given in the order of asking. So markers ask for the gate before the row, and a mover that found the row
//! taken asks for the gate: markers who come later wait for it, until its step is done.

use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};
use sea_orm::{ConnectionTrait, DatabaseTransaction};

use super::failure::is_unavailable;
use crate::domain::Result;
use crate::entities::export_system;

/// Tells these locks from other advisory locks of the database.
const GATES: i32 = 7_103_541;

/// The mover waits at the gate for 200 ms at most. Markers that come after the mover wait for it meanwhile, so this is also
/// the longest that one marker with a hanging transaction can block the others.
const PATIENCE: &str = "SET LOCAL lock_timeout = '200ms'";
const NO_HURRY: &str = "SET LOCAL lock_timeout = 0";

/// Goes through the gates of these systems as a marker, until the transaction ends. In the order of their keys, so that
/// nobody waits in a circle.
pub async fn pass(transaction: &impl ConnectionTrait, keys: Vec<i64>) -> Result<()> {
    let key = export_system::Column::Key;
    let in_order = Query::select()
        .column(key)
        .from(export_system::Entity)
        .and_where(Expr::col(key).is_in(keys))
        .order_by(key, Order::Asc)
        // With an OFFSET, if only of 0, the rows are ordered before they are locked.
        .offset(0)
        .to_owned();
    let gate = Expr::cust_with_expr(
        format!("pg_advisory_xact_lock_shared({GATES}, CAST($1 AS integer))"),
        Expr::col(key),
    );
    let pass = Query::select().expr(gate).from_subquery(in_order, "open_systems").to_owned();
    transaction.query_all(&pass).await?;
    Ok(())
}

/// Has the gate of this system alone, when all who went through before have ended. `false` when they take too long: the
/// transaction can then only be ended.
pub async fn close(transaction: &DatabaseTransaction, key: i64) -> Result<bool> {
    transaction.execute_unprepared(PATIENCE).await?;
    let gate = Expr::cust_with_values(format!("pg_advisory_xact_lock({GATES}, CAST($1 AS integer))"), [key]);
    match transaction.query_one(&Query::select().expr(gate).to_owned()).await {
        Err(error) if is_unavailable(&error) => Ok(false),
        Err(error) => Err(error.into()),
        Ok(_) => {
            transaction.execute_unprepared(NO_HURRY).await?;
            Ok(true)
        }
    }
}
