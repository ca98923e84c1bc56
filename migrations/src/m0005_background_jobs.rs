//! Leases of background jobs that one gateway does for all.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The job is another's until that moment, by the database's clock. The number grows each time the lease is taken.
        let table = "CREATE TABLE background_jobs (
            name {text} PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 64),
            lease_number {integer} NOT NULL,
            leased_until {integer} NOT NULL
        ){strict_keyed}";
        run(manager, &[table]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE background_jobs"]).await
    }
}
