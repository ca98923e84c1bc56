//! SeaORM's view of the tables, one file a table. No logic, and never the public schema.

pub mod access_token;
pub mod accounting_entry;
pub mod background_job;
pub mod company_number;
pub mod export_mark;
pub mod export_system;
pub mod idempotency_key;
pub mod pending_export;
pub mod timeline_event;
