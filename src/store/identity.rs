//! A number for this ledger that reveals nothing about it. Two programs compare theirs to find out whether they work on
//! the same ledger.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use sha2::{Digest, Sha256};

use super::connect::Database;

/// Bytes of the digest that are kept: enough to tell ledgers apart.
const BYTES: usize = 8;

/// 16 hexadecimal digits, the same for every program that has this database open, whatever address it uses: on
/// PostgreSQL a digest of the server's and the database's own numbers, on SQLite of the file's path.
pub async fn identity(database: &Database) -> Result<String, DbErr> {
    let name = if database.is_postgres() {
        let query = "SELECT s.system_identifier::text || '/' || d.oid::text AS name
                     FROM pg_control_system() AS s, pg_database AS d WHERE d.datname = current_database()";
        text(database, query, "name").await?
    } else {
        let file =
            text(database, "SELECT file FROM pragma_database_list WHERE name = 'main'", "file").await?;
        // The same file may be named through links.
        std::fs::canonicalize(&file).map_or(file, |path| path.display().to_string())
    };
    let digest = Sha256::digest(name);
    Ok(digest.iter().take(BYTES).map(|byte| format!("{byte:02x}")).collect())
}

async fn text(database: &Database, query: &str, column: &str) -> Result<String, DbErr> {
    let backend: DbBackend = database.reader().get_database_backend();
    let row = database.reader().query_one_raw(Statement::from_string(backend, query)).await?;
    row.ok_or_else(|| DbErr::RecordNotFound("the database does not say which one it is".to_owned()))?
        .try_get("", column)
}
