//! The product's promises, tested through its public doors: HTTP, the command line, a browser. What concerns
//! the ledger runs on SQLite and on PostgreSQL alike.

mod support;

mod marking;
mod other_programs;
mod takeover;
mod unexported;
