//! The product's promises, tested through its public doors: HTTP, the command line, a browser. What concerns
//! the ledger runs on SQLite and on PostgreSQL alike.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod support;

mod after_sent;
mod answers;
mod architecture;
mod background;
mod backup;
mod budgets;
mod clients;
mod command_line;
mod company;
mod console;
mod demo;
#[cfg(unix)]
mod deploying;
mod documentation;
mod events;
mod failures;
mod filter_model;
mod filters;
mod fuzzing;
mod graphiql;
mod graphql_errors;
mod graphql_get;
mod graphql_http;
mod hostile;
mod idempotency;
mod import;
mod import_cases;
mod included;
mod interfaces;
mod large_answers;
mod ledgers;
mod marking;
mod migrations;
mod money;
mod nodes;
mod openapi;
mod other_programs;
mod pages;
mod parity;
mod plans;
mod pooling;
mod printed;
mod promotion;
mod recording;
mod relay;
mod scaling;
mod schema;
mod secrets;
mod server;
mod soak;
mod sockets;
mod streams;
mod strictness;
mod takeover;
mod timeline;
mod tokens;
mod totals;
mod traps;
mod trusted;
mod unexported;
mod upgrades;
mod vanishing;
mod variables;
mod versions;
mod vouchers;
mod watching;
mod webhooks;
mod withdrawal;
mod work;
mod written;
