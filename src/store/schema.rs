//! The schema's version: which migrations the database has, against those this program knows.

use ledgate_migrations::Migrator;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, TransactionOptions};
use sea_orm_migration::MigratorTrait;
use sea_orm_migration::SchemaManager;

use super::connect::Database;
use super::failure::is_locked;

/// Before migrating on PostgreSQL: programs that migrate at the same time take turns by an advisory lock, whose number
/// only ledgate uses; notices that a table exists already are kept out of the log; and no table is waited for longer
/// than 3 seconds, since its users wait behind us.
const MIGRATION_LOCK: &str = "SET LOCAL client_min_messages = warning; SELECT pg_advisory_xact_lock(7103540);
    SET LOCAL lock_timeout = '3s'";

/// The end of the name of a migration with which older gateways cannot work. All other migrations only add things that
/// older gateways can ignore.
const OFFLINE: &str = "_offline";

/// The state of one migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    /// Its name.
    pub name: String,
    /// Whether the database has it.
    pub applied: bool,
    /// Whether this program knows it. If not, a newer one made it.
    pub known: bool,
}

/// How the database's schema compares to the program's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// They are the same.
    Current,
    /// The database has none of ours yet.
    Empty,
    /// Some migrations are still to be applied.
    Behind,
    /// A newer program has migrated it, by steps that only add: a running gateway keeps working, none is started.
    Extended,
    /// A newer program has migrated it, by a step that older ones cannot work with.
    Newer,
}

/// Why the schema could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// Others hold locks on the tables.
    #[error(
        "others use the tables without a pause, an export that streams perhaps; nothing was changed. Try again when \
         there is less to do"
    )]
    InUse,
    /// The database failed.
    #[error("nothing was changed: {0}")]
    Failed(DbErr),
}

impl From<DbErr> for MigrateError {
    fn from(error: DbErr) -> Self {
        if is_locked(&error) { Self::InUse } else { Self::Failed(error) }
    }
}

#[derive(FromQueryResult)]
struct Applied {
    version: String,
}

/// Every migration that the program or the database knows, oldest first. Changes nothing.
pub async fn migrations(database: &Database) -> Result<Vec<Migration>, DbErr> {
    let transaction = database.reader().begin(TransactionOptions::default()).await?;
    let connection = &transaction;
    let applied: Vec<String> = if SchemaManager::new(connection).has_table("seaql_migrations").await? {
        let query = sea_orm::sea_query::Query::select()
            .column("version")
            .from("seaql_migrations")
            .order_by("version", sea_orm::sea_query::Order::Asc)
            .to_owned();
        let statement = connection.get_database_backend().build(&query);
        Applied::find_by_statement(statement)
            .all(connection)
            .await?
            .into_iter()
            .map(|row| row.version)
            .collect()
    } else {
        Vec::new()
    };
    let known: Vec<String> =
        Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
    let ours = known.iter().map(|name| Migration {
        name: name.clone(),
        applied: applied.contains(name),
        known: true,
    });
    let newer = applied.iter().filter(|name| !known.contains(name));
    let newer = newer.map(|name| Migration { name: name.clone(), applied: true, known: false });
    Ok(ours.chain(newer).collect())
}

/// How the schema fits this program.
pub async fn fit(database: &Database) -> Result<Fit, DbErr> {
    let migrations = migrations(database).await?;
    let mut newer = migrations.iter().filter(|migration| !migration.known).peekable();
    Ok(if newer.peek().is_some() {
        if newer.any(|migration| migration.name.ends_with(OFFLINE)) { Fit::Newer } else { Fit::Extended }
    } else if migrations.iter().all(|migration| migration.applied) {
        Fit::Current
    } else if migrations.iter().any(|migration| migration.applied) {
        Fit::Behind
    } else {
        Fit::Empty
    })
}

/// Applies all missing migrations, or none when one of them fails.
pub async fn up(database: &Database) -> Result<(), MigrateError> {
    let transaction = database.begin_unhurried().await?;
    if database.is_postgres() {
        transaction.execute_unprepared(MIGRATION_LOCK).await?;
    }
    Migrator::up(&transaction, None).await?;
    Ok(transaction.commit().await?)
}

/// Undoes the newest `steps` migrations, and deletes everything in their tables.
pub async fn down(database: &Database, steps: u32) -> Result<(), MigrateError> {
    let transaction = database.begin_unhurried().await?;
    if database.is_postgres() {
        transaction.execute_unprepared(MIGRATION_LOCK).await?;
    }
    Migrator::down(&transaction, Some(steps)).await?;
    Ok(transaction.commit().await?)
}
