//! HTTP: which address leads where, and what every request passes through.

mod authenticate;
mod body;
mod health;
mod pages;
mod request_id;
mod router;
pub mod serve;

pub use authenticate::Access;
pub use body::body_fault;
pub use request_id::{RequestId, current_request_id};
pub use router::router;
