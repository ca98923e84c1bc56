//! A copy of a SQLite database while it is at work.

use std::path::Path;

use sea_orm::{ConnectionTrait, DbErr, Statement};

use super::connect::Database;

/// Copies the database, as of one moment, into this file, which must be empty. Others read and write meanwhile without
/// waiting.
pub async fn copy_into(database: &Database, file: &Path) -> Result<(), DbErr> {
    // By the writer: readers have `query_only`, which forbids writing a copy too.
    let writer = database.writer();
    let name = file.to_str().ok_or_else(|| DbErr::Custom("the name of the file is not UTF-8".to_owned()))?;
    let copy = Statement::from_sql_and_values(writer.get_database_backend(), "VACUUM INTO ?", [name.into()]);
    writer.execute_raw(copy).await.map(|_| ())
}
