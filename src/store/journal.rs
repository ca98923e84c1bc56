//! Keeps SQLite's write-ahead log short. SQLite begins it anew at a moment when nobody reads from it. Where somebody is
//! always reading that moment never comes: the file grows, and with it the time that every reader takes to find a page.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement};

use super::connect::{Database, LOCK_TRY_MILLIS};

/// From this length on the log is cut, in pages of 4 KiB.
const LONG: i64 = 4_096;
/// How long to wait for the present readers to finish. Writers wait meanwhile, new readers do not. When a reader takes
/// longer, the log is cut another time.
const PATIENCE_MILLIS: u32 = 250;

/// How long the log is.
#[derive(FromQueryResult)]
struct Log {
    log: i64,
}

/// Moves what is in the log into the main file, and cuts the log when it is long. On PostgreSQL there is nothing to do.
pub async fn keep_short(database: &Database) -> Result<(), DbErr> {
    if database.is_postgres() {
        return Ok(());
    }
    let writer = database.writer();
    let look = Statement::from_string(writer.get_database_backend(), "PRAGMA wal_checkpoint(PASSIVE)");
    let log = writer.query_one_raw(look).await?.map(|row| Log::from_query_result(&row, "")).transpose()?;
    if log.is_some_and(|Log { log }| log >= LONG) {
        let cut = format!(
            "PRAGMA busy_timeout = {PATIENCE_MILLIS}; PRAGMA wal_checkpoint(TRUNCATE);
             PRAGMA busy_timeout = {LOCK_TRY_MILLIS}"
        );
        writer.execute_unprepared(&cut).await?;
    }
    Ok(())
}
