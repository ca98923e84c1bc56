//! Who may call.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Of the secret only its SHA-256 in hexadecimal. Rights and systems are separated by spaces, which neither
        // can hold; no systems means all of them. A token that was replaced may be revoked at a moment to come.
        // The last use is written down at most once a minute.
        let table = "CREATE TABLE access_tokens (
            key {identity},
            handle {text} NOT NULL UNIQUE,
            name {text} NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
            secret_digest {text} NOT NULL,
            rights {text} NOT NULL,
            systems {text},
            created_at {integer} NOT NULL,
            expires_at {integer},
            revoked_at {integer},
            last_used_at {integer}
        ){strict}";
        // Timelines tell a token by its name, so no two have the same one at the same time. The name of a revoked token
        // can be given again.
        let names = "CREATE UNIQUE INDEX access_tokens_name ON access_tokens (name) WHERE revoked_at IS NULL";
        run(manager, &[table, names]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE access_tokens"]).await
    }
}
