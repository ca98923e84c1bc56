//! Open claims and open conflicts have an index without those that have ended. With one index for both, PostgreSQL read a
//! page along the table's primary key and passed over everything that had ended.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statements = [
            "DROP INDEX export_claims_open",
            "CREATE INDEX export_claims_open ON export_claims (system_key, key) WHERE ended_at IS NULL",
            // For those that are old enough to be forgotten.
            "CREATE INDEX export_claims_ended ON export_claims (ended_at) WHERE ended_at IS NOT NULL",
            "DROP INDEX export_conflicts_open",
            "CREATE INDEX export_conflicts_open ON export_conflicts (system_key, id) WHERE resolved_at IS NULL",
            "CREATE INDEX export_conflicts_resolved ON export_conflicts (system_key, id) WHERE resolved_at IS NOT NULL",
        ];
        run(manager, &statements).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statements = [
            "DROP INDEX export_conflicts_resolved",
            "DROP INDEX export_conflicts_open",
            "CREATE INDEX export_conflicts_open ON export_conflicts (system_key, resolved_at, id)",
            "DROP INDEX export_claims_ended",
            "DROP INDEX export_claims_open",
            "CREATE INDEX export_claims_open ON export_claims (system_key, ended_at, key)",
        ];
        run(manager, &statements).await
    }
}
