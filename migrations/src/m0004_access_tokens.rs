//! Who may call.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Of the secret only its SHA-256 in hexadecimal. Rights and systems are separated by spaces, which neither
        // can hold; no systems means all of them.
        let table = "CREATE TABLE access_tokens (
            key {identity},
            handle {text} NOT NULL UNIQUE,
            name {text} NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 100),
            secret_digest {text} NOT NULL,
            rights {text} NOT NULL,
            systems {text},
            created_at {integer} NOT NULL,
            expires_at {integer},
            revoked_at {integer}
        ){strict}";
        run(manager, &[table]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE access_tokens"]).await
    }
}
