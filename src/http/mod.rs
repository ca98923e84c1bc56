//! HTTP: the routes, and the layers that every request passes.

mod authenticate;
mod bodies;
mod charged;
mod compression;
mod door;
mod headers;
mod health;
mod hosts;
mod identify;
mod ledger_paths;
mod load;
mod pages;
mod refusal;
mod router;
pub mod serve;
mod slashes;
mod sockets;
mod watch;

pub use door::Access;
pub use health::LEDGER_HEADER;
pub use hosts::answer_own_names;
pub use router::router;
