//! What a failure of the database means to the caller: try again later, or a fault of the server. The driver's words go
//! only to the log.

use std::sync::Arc;

use sea_orm::{DbErr, RuntimeErr};

use crate::domain::Error;

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        if is_unavailable(&error) {
            Error::Unavailable(Arc::new(error))
        } else {
            Error::Internal(Arc::new(error))
        }
    }
}

/// Whether the same call may succeed later: the database cannot be reached, is overloaded or out of space, or another
/// transaction held a lock for too long.
pub fn is_unavailable(error: &DbErr) -> bool {
    if let DbErr::ConnectionAcquire(_) | DbErr::Conn(_) = error {
        return true;
    }
    match driver_error(error) {
        Some(sqlx::Error::Database(cause)) => cause.code().is_some_and(|code| is_passing(&code)),
        Some(sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_)) => true,
        Some(sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed) => true,
        // The connection broke while a transaction was begun.
        Some(sqlx::Error::BeginFailed) => true,
        _ => false,
    }
}

/// Whether others held the lock for as long as this program waits for it.
pub(super) fn is_locked(error: &DbErr) -> bool {
    let code = driver_error(error).and_then(sqlx::Error::as_database_error).and_then(|cause| cause.code());
    code.is_some_and(|code| code == "55P03" || matches!(sqlite(&code), Some(5 | 6)))
}

/// Whether the database rolled the transaction back because of another one: nothing of it was written, and trying again
/// will probably succeed. PostgreSQL does so at serialization failures and deadlocks. On SQLite it cannot happen: a
/// writing transaction waits for the only lock when it begins.
pub fn is_rolled_back(error: &Error) -> bool {
    let Error::Unavailable(cause) = error else { return false };
    let cause = cause.downcast_ref::<DbErr>().and_then(driver_error);
    let code = cause.and_then(sqlx::Error::as_database_error).and_then(|cause| cause.code());
    code.is_some_and(|code| matches!(&*code, "40001" | "40P01"))
}

fn driver_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(cause))
        | DbErr::Exec(RuntimeErr::SqlxError(cause))
        | DbErr::Query(RuntimeErr::SqlxError(cause)) => Some(cause),
        _ => None,
    }
}

/// PostgreSQL's classes 08 (connection), 40 (rolled back), 53 (resources, a full disk too), 57P (shutdown), 58 (the
/// system below), and of others 25006 (read-only, as after a failover), 55P03 (lock), 57014 (took too long). SQLite's
/// BUSY, LOCKED, READONLY, IOERR, FULL and CANTOPEN with their extended codes: for a database that could be opened and
/// written before, these are faults of the disk.
fn is_passing(code: &str) -> bool {
    if code.len() == 5 {
        let passing = ["08", "25006", "40", "53", "55P03", "57014", "57P", "58"];
        return passing.iter().any(|class| code.starts_with(class));
    }
    matches!(sqlite(code), Some(5 | 6 | 8 | 10 | 13 | 14))
}

/// SQLite's primary result code, of an extended one. PostgreSQL's codes have five characters, SQLite's at most four.
fn sqlite(code: &str) -> Option<u32> {
    if code.len() == 5 { None } else { Some(code.parse::<u32>().ok()? & 0xff) }
}
