//! SeaORM's typed view of the tables, one file a table. No logic, and never the public schema.
//!
//! A column has the domain's type; [`values`] says how it is kept. What a column means is told by the comment on it in
//! the migrations. A relation stands in the table that holds the key.

#![allow(missing_docs, reason = "the columns are explained in the migrations")]

pub mod access_token;
pub mod accounting_entry;
pub mod background_job;
pub mod changed_export;
pub mod company_number;
pub mod export_claim;
pub mod export_claim_entry;
pub mod export_conflict;
pub mod export_event;
pub mod export_mark;
pub mod export_replay;
pub mod export_system;
pub mod export_turn;
pub mod idempotency_key;
pub mod import;
pub mod import_chunk;
pub mod json_object;
pub mod pending_export;
pub mod set_aside_mark;
pub mod timeline_event;
pub mod values;
pub mod webhook;
pub mod webhook_delivery;
pub mod webhook_level;
