//! Leases of background jobs that one gateway does for all.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = "CREATE TABLE background_jobs ( -- One row for each job that one gateway does for all. The gateway that does it holds its lease
            name {text} PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 64), -- Name of the job
            lease_number {integer} NOT NULL, -- Grows each time that a gateway takes the lease: who holds an older number has lost it
            leased_until {integer} NOT NULL -- When the lease ends unless it is renewed, by the clock of the database, in microseconds since 1970-01-01 00:00 UTC
        ){strict_keyed}";
        run(manager, &[table]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE background_jobs"]).await
    }
}
