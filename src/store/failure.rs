//! What a database failure means to the caller: come back later, or our fault. The driver's words go to the
//! log only.

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

/// Whether the same call may succeed later: the database is away, full of work, or held the lock too long.
pub fn is_unavailable(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) => {
            match &**cause {
                sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) => true,
                sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => true,
                sqlx::Error::Database(cause) => cause.code().is_some_and(|code| is_passing(&code)),
                _ => false,
            }
        }
        _ => false,
    }
}

/// PostgreSQL's classes 08 (connection), 40 (rolled back), 53 (resources), 57P (shutdown), 55P03 (lock), 57014 (took
/// too long), and
/// SQLite's BUSY and LOCKED with their extensions.
fn is_passing(code: &str) -> bool {
    if code.len() == 5 {
        return ["08", "40", "53", "57P", "55P03", "57014"].iter().any(|class| code.starts_with(class));
    }
    code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6))
}
