//! The protocol of systems, take-over, marks, claims, withdrawals and replays, as a model that is checked exhaustively: in small
//! worlds every order in which transactions can come, wait and die on PostgreSQL.
//!
//! `calls.rs` has what the store does, statement by statement; `transaction.rs` how PostgreSQL carries statements out at
//! READ COMMITTED; `choose.rs`, `touch.rs` and `finish.rs` what each statement means; `promises.rs` what has to hold in every
//! state. A change of the store that touches locks, or the order of statements, is made here as well.
//!
//! Three kinds of tests. `kept.rs`: the store keeps what is promised. `broken.rs`: without one of its rules it does not, so
//! the rule matters and the model sees it. `faults.rs`: where transactions still wait for each other in a circle.
//!
//! `cargo test --test protocol -- --nocapture` prints how many states each world has. With `PROTOCOL_TRACES` set, the ways to
//! what is not kept are printed too; with `PROTOCOL_WIDE` set, every world has three transactions open at a time.
//!
//! Left out: isolation above READ COMMITTED and with it `export_registry`, SQLite, programs that write marks themselves, a
//! second system, parking after too many attempts and requeueing, when a failure is due (here: at once), the hint where a
//! claim's search begins and its further pages, and the order in which the gate lets in: here it is any order.

#![allow(clippy::panic, clippy::print_stdout, reason = "a test that fails says how it came to that")]

mod broken;
mod calls;
mod choose;
mod database;
mod faults;
mod finish;
mod kept;
mod model;
mod promises;
mod rows;
mod rules;
mod statements;
mod touch;
mod transaction;
mod worlds;
