//! The database schema of ledgate, one file a step, the same on SQLite and on PostgreSQL.
//!
//! Migrations never import today's entities: what a step did must not change when the program does.

use sea_orm_migration::prelude::*;

mod m0001_ledger;
mod m0002_export_tracking;
mod m0003_idempotency_keys;
mod m0004_access_tokens;
mod m0005_background_jobs;
mod m0006_company;
mod m0007_export_events;
mod m0008_webhooks;
mod m0009_open_lists;

mod dialect;

/// Every step, oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_ledger::Migration),
            Box::new(m0002_export_tracking::Migration),
            Box::new(m0003_idempotency_keys::Migration),
            Box::new(m0004_access_tokens::Migration),
            Box::new(m0005_background_jobs::Migration),
            Box::new(m0006_company::Migration),
            Box::new(m0007_export_events::Migration),
            Box::new(m0008_webhooks::Migration),
            Box::new(m0009_open_lists::Migration),
        ]
    }
}
