//! Answers kept for callers that repeat a call because they did not hear the first answer.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statements = [
            // The key is a digest of the operation, the caller and the caller's own key: the same text from two callers,
            // or for two operations, is two keys. Then a digest of what was asked, and the answer as JSON.
            "CREATE TABLE idempotency_keys (
                key {text} PRIMARY KEY,
                request_digest {text} NOT NULL,
                answer {text},
                used_at {integer} NOT NULL
            ){strict_keyed}",
            "CREATE INDEX idempotency_keys_used_at ON idempotency_keys (used_at)",
        ];
        run(manager, &statements).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE idempotency_keys"]).await
    }
}
