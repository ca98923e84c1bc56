//! Who may call.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = "CREATE TABLE access_tokens ( -- One row for each access token that was ever made. Rows are never deleted
            key {identity}, -- Number of the token: a later token has a higher one
            handle {text} NOT NULL UNIQUE, -- The part of the token that is no secret
            name {text} NOT NULL CHECK (length(name) BETWEEN 1 AND 100), -- Who or what uses the token. The timeline names it. No two tokens that are not revoked have the same name
            secret_digest {text} NOT NULL, -- SHA-256 of the secret part of the token, in hexadecimal. The secret itself is kept nowhere
            rights {text} NOT NULL, -- What the token may do: some of read, export, mark, record and admin, with spaces between
            systems {text}, -- Names of the systems that the token is for, with spaces between. NULL means all systems
            created_at {integer} NOT NULL, -- When the token was made, in microseconds since 1970-01-01 00:00 UTC
            expires_at {integer}, -- From then on the token is refused, in microseconds since 1970-01-01 00:00 UTC. NULL: it does not expire
            revoked_at {integer}, -- From then on the token is refused, in microseconds since 1970-01-01 00:00 UTC. In the future for a token that was replaced and is kept for a while. NULL: it is not revoked
            last_used_at {integer} -- When the token was last used, in microseconds since 1970-01-01 00:00 UTC. Written at most once a minute. NULL: it never was
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
