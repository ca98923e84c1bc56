//! Why a database cannot be opened, in a sentence that also says what to do. Only operators read these, so they may
//! contain the database's own words. They never contain the password.

use std::time::Duration;

use sea_orm::{DbErr, RuntimeErr};

use crate::config::{DatabaseKind, DatabaseUrl};

/// Why the database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// There is no SQLite file, and this command does not create one.
    #[error(
        "there is no database {address} yet. `ledgate import FILE` or `ledgate serve` makes it; if there should \
         be one, check --database-url and the folder you are in"
    )]
    Missing {
        /// The address.
        address: String,
    },
    /// No server answers, or it refuses the connection.
    #[error("cannot open the database {address}: {reason}. {way_out}")]
    Unreachable {
        /// The address, without its password.
        address: String,
        /// What went wrong.
        reason: String,
        /// What to do about it.
        way_out: &'static str,
    },
    /// It answers, but cannot be written.
    #[error("the database {address} cannot be written: {reason}. {way_out}")]
    ReadOnly {
        /// The address, without its password.
        address: String,
        /// What the database said.
        reason: String,
        /// What to do about it.
        way_out: &'static str,
    },
}

impl ConnectError {
    /// What an attempt to open the database failed with.
    pub(super) fn new(url: &DatabaseUrl, patience: Duration, error: &DbErr) -> Self {
        let address = url.to_string();
        let code = code(error);
        if url.kind() == DatabaseKind::Sqlite && code.as_deref().is_some_and(|code| primary(code) == Some(8))
        {
            return Self::read_only(url, words(error, patience));
        }
        let (reason, way_out) = match (sqlx_error(error), url.kind()) {
            // Its own words repeat the address, password and all.
            (None | Some(sqlx::Error::Configuration(_)), _) => (
                "the address cannot be read".to_owned(),
                "Check the port and what follows the ?; the characters @ : / ? # % in a user, a password or a path \
                 are written %40 %3A %2F %3F %23 %25",
            ),
            (_, DatabaseKind::Sqlite) => {
                (words(error, patience), sqlite_way_out(code.as_deref().and_then(primary)))
            }
            (_, DatabaseKind::Postgres) => (words(error, patience), postgres_way_out(code.as_deref())),
        };
        Self::Unreachable { address, reason, way_out }
    }

    /// It was opened, and cannot be written.
    pub(super) fn read_only(url: &DatabaseUrl, reason: String) -> Self {
        let way_out = match url.kind() {
            DatabaseKind::Sqlite => {
                "Give the user who runs ledgate write access to the file and its folder, or choose another file \
                 with --database-url"
            }
            DatabaseKind::Postgres => {
                "Name the primary server, and a user who may write, with --database-url"
            }
        };
        Self::ReadOnly { address: url.to_string(), reason, way_out }
    }
}

/// What the database said, without the names of the layers it came through.
fn words(error: &DbErr, patience: Duration) -> String {
    match sqlx_error(error) {
        Some(sqlx::Error::Database(cause)) => cause.message().to_owned(),
        Some(sqlx::Error::Io(cause)) => cause.to_string(),
        // The pool keeps trying servers that are down, starting or full. In the end only the timeout is known.
        Some(sqlx::Error::PoolTimedOut) => format!("no connection within {} s", patience.as_secs()),
        Some(cause) => cause.to_string(),
        None => error.to_string(),
    }
}

fn sqlx_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(cause))
        | DbErr::Exec(RuntimeErr::SqlxError(cause))
        | DbErr::Query(RuntimeErr::SqlxError(cause)) => Some(cause),
        _ => None,
    }
}

fn code(error: &DbErr) -> Option<String> {
    Some(sqlx_error(error)?.as_database_error()?.code()?.into_owned())
}

/// SQLite's primary result code, of an extended one.
fn primary(code: &str) -> Option<u32> {
    Some(code.parse::<u32>().ok()? & 0xff)
}

fn sqlite_way_out(code: Option<u32>) -> &'static str {
    match code {
        Some(5 | 6) => "Another program holds it: try again when that one is done",
        Some(11) => "The file is damaged: restore a backup, or choose another file with --database-url",
        Some(26) => "Choose another file with --database-url",
        _ => "Check that its folder exists and may be written to by the user who runs ledgate",
    }
}

fn postgres_way_out(code: Option<&str>) -> &'static str {
    match code {
        Some("3D000") => "Create it there (`createdb`), or name another one with --database-url",
        // Only PgBouncer says this, about a start-up parameter that it does not know.
        Some("08P01") => {
            "If this is PgBouncer: in transaction mode set database.transaction_pooling = true, in session mode add \
             extra_float_digits to its ignore_startup_parameters"
        }
        Some("28P01" | "28000") => {
            "Check user and password, in LEDGATE_DATABASE_URL or where the address comes from, or in PGPASSFILE"
        }
        _ => "Check that the server runs and has connections left, and that host and port are right",
    }
}
