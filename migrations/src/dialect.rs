//! The few words in which the two databases' schemas differ. A step is written once, with these in `{braces}`.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, DbErr};

/// Microseconds since 1970, by the database's own clock: only for rows that another program writes without
/// a time. SQLite's is exact to the millisecond (`unixepoch('subsec')` would shut out older libraries).
const SQLITE_NOW: &str = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) * 1000";
const POSTGRES_NOW: &str = "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)";

/// (word, SQLite, PostgreSQL)
const WORDS: [(&str, &str, &str); 12] = [
    // Never given twice, even after the highest was deleted.
    ("{identity}", "INTEGER PRIMARY KEY AUTOINCREMENT", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"),
    ("{integer}", "INTEGER", "BIGINT"),
    // Up to 2,147,483,647: what GraphQL's Int holds.
    ("{number}", "INTEGER", "INTEGER"),
    // Compared by code point on both, whatever the server's locale.
    ("{text}", "TEXT", "TEXT COLLATE \"C\""),
    ("{date}", "TEXT", "DATE"),
    ("{bytes}", "BLOB", "BYTEA"),
    ("{json}", "TEXT", "JSONB"),
    ("{now}", SQLITE_NOW, POSTGRES_NOW),
    // A text that is given once.
    ("{random}", "(lower(hex(randomblob(16))))", "CAST(gen_random_uuid() AS TEXT)"),
    // A number that is hardly given twice.
    ("{random_number}", "(random())", "(CAST(floor(random() * 9007199254740992) AS BIGINT))"),
    // SQLite otherwise takes any value in any column.
    ("{strict}", " STRICT", ""),
    ("{strict_keyed}", " STRICT, WITHOUT ROWID", ""),
];

/// Runs statements in order. They are split by the caller, since triggers hold semicolons of their own.
pub async fn run(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let sqlite = connection.get_database_backend() == DbBackend::Sqlite;
    for statement in statements {
        let sql = WORDS.iter().fold((*statement).to_owned(), |sql, (word, in_sqlite, in_postgres)| {
            sql.replace(word, if sqlite { in_sqlite } else { in_postgres })
        });
        connection.execute_unprepared(&sql).await?;
        if !sqlite {
            for comment in comments(&sql) {
                connection.execute_unprepared(&comment).await?;
            }
        }
    }
    Ok(())
}

/// What a CREATE TABLE says of the table and of its columns, each in its line after ` -- `, as statements that keep it
/// in PostgreSQL's catalogue. SQLite keeps the text of the CREATE TABLE itself.
fn comments(create: &str) -> Vec<String> {
    let Some(table) = create.strip_prefix("CREATE TABLE ").and_then(|rest| rest.split_whitespace().next())
    else {
        return Vec::new();
    };
    let lines = create.lines().filter_map(|line| line.split_once(" -- "));
    lines
        .map(|(code, comment)| {
            let comment = comment.trim().replace('\'', "''");
            match code.split_whitespace().next() {
                Some("CREATE") | None => format!("COMMENT ON TABLE {table} IS '{comment}'"),
                Some(column) => format!("COMMENT ON COLUMN {table}.{column} IS '{comment}'"),
            }
        })
        .collect()
}

/// Runs the statements of the database at hand.
pub async fn run_own(manager: &SchemaManager<'_>, sqlite: &[&str], postgres: &[&str]) -> Result<(), DbErr> {
    match manager.get_connection().get_database_backend() {
        DbBackend::Sqlite => run(manager, sqlite).await,
        _ => run(manager, postgres).await,
    }
}
