//! SQLite's write-ahead log, kept short. SQLite uses it again from its beginning when nobody reads from it; where
//! somebody always does, that moment does not come by itself. The file grows then, and with it the time that every
//! reader takes to find a page.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement};

use super::connect::{Database, LOCK_TRY_MILLIS};

/// In pages of 4 KiB.
const LONG: i64 = 4_096;
/// How long to wait until those who read have come to their end; writers wait meanwhile, and new readers do not. Behind
/// one who reads for longer it is done another time.
const PATIENCE_MILLIS: u32 = 250;

/// How long the log is.
#[derive(FromQueryResult)]
struct Log {
    log: i64,
}

/// Puts what is in the log into the file, and cuts a long one. On PostgreSQL there is nothing to do.
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
