//! Answers kept for callers that repeat a call because they did not hear the first answer.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statements = [
            "CREATE TABLE idempotency_keys ( -- One row for each idempotency key that was used lately. Rows are deleted when the keys have expired
                key {text} PRIMARY KEY, -- Digest of the operation, of the caller and of the key that the caller gave: the same key of two callers, or for two operations, is two rows
                request_digest {text} NOT NULL, -- Digest of what was asked with the key
                answer {text}, -- What was answered, as JSON
                used_at {integer} NOT NULL -- When the key was first used, in microseconds since 1970-01-01 00:00 UTC
            ){strict_keyed}",
            "CREATE INDEX idempotency_keys_used_at ON idempotency_keys (used_at)",
        ];
        run(manager, &statements).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE idempotency_keys"]).await
    }
}
