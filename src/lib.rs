//! Ledgate knows, for every accounting entry and every external system, whether it has been sent: a GraphQL
//! gateway over an export API. `docs/ARCHITECTURE.md` follows one request through these modules.

pub mod app;
pub mod cli;
pub mod config;
pub mod domain;
pub mod entities;
pub mod graphql;
pub mod http;
pub mod ledger_files;
pub mod ledgers;
pub mod request;
pub mod rest;
pub mod service;
pub mod store;
pub mod telemetry;
