//! HTTP: which address leads where, and what every request passes through.

mod authenticate;
mod bodies;
mod body;
mod budgets;
mod compression;
mod headers;
mod health;
mod hosts;
mod load;
mod pages;
mod refusal;
mod request_id;
mod router;
pub mod serve;

pub use authenticate::Access;
pub use body::body_fault;
pub use budgets::{Allowance, CostReport, Reservation, Throttled};
pub use hosts::answer_own_names;
pub use load::ExportPlaces;
pub use request_id::{RequestId, current_request_id};
pub use router::router;
