//! Whether the database takes writes at this moment.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

use super::connect::Database;
use super::failure::is_locked;

/// How long the attempt may take. When others hold the lock for longer, the database is busy, and so can be written.
const PATIENCE: Duration = Duration::from_millis(300);

/// Whether a write would succeed. On SQLite only an attempt shows that the disk is full or read-only, so this writes
/// the list of migrations as it is. PostgreSQL says whether it is read-only.
pub async fn takes_writes(database: &Database) -> Result<bool, DbErr> {
    if database.is_postgres() {
        let query = "SELECT current_setting('transaction_read_only') = 'off' AS writable";
        let row = database.writer().query_one_raw(Statement::from_string(DbBackend::Postgres, query)).await?;
        return row.map_or(Ok(false), |row| row.try_get("", "writable"));
    }
    let attempt = async {
        let transaction = database.begin().await?;
        // SQLite writes nothing where nothing changes. A page that was changed and changed back is written.
        for change in ["+ 1", "- 1"] {
            let update = format!("UPDATE seaql_migrations SET applied_at = applied_at {change}");
            transaction.execute_unprepared(&update).await?;
        }
        transaction.commit().await
    };
    match tokio::time::timeout(PATIENCE, attempt).await {
        Ok(Err(error)) if !is_locked(&error) && !matches!(error, DbErr::ConnectionAcquire(_)) => {
            tracing::warn!(%error, "the database cannot be written");
            Ok(false)
        }
        _ => Ok(true),
    }
}
