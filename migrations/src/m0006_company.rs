//! Which company's books the ledger holds.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = "CREATE TABLE company_numbers ( -- The SIRENs of the one company whose books this ledger holds
            place {integer} PRIMARY KEY CHECK (place >= 1), -- 1 for the number of the first FEC, more when the company was renumbered
            siren {text} NOT NULL UNIQUE CHECK (length(siren) = 9), -- The number: nine digits
            since {integer} NOT NULL -- When the first file with this number was imported, in microseconds since 1970-01-01 00:00 UTC
        ){strict}";
        run(manager, &[table]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE company_numbers"]).await
    }
}
