//! A client of ledgate. [`work()`] claims vouchers for an external system, hands each to a handler, and settles what became of
//! it; [`work_claims`] hands over whole claims; [`Client::ask`] runs any operation.

mod client;
mod connection;
mod documents;
mod error;
mod money;
mod outcome;
mod socket;
mod summary;
pub mod tls;
mod voucher;
mod work;

pub use client::Client;
pub use error::Error;
pub use outcome::{Exported, Failed, FailureType, Outcome, Reference};
pub use summary::{Summary, Unsettled};
pub use voucher::{Entry, Total, Voucher};
pub use work::{Claim, Event, Next, Observer, Options, Waiting, WorkError, work, work_claims};
