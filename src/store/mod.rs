//! The only place that talks to the database. Functions take the connection they are to use, so that the
//! caller owns the transaction; what they return is the domain's.

pub mod backup;
pub mod changes;
pub mod claims;
pub mod company;
pub mod comparing;
pub mod condition;
pub mod conflicts;
pub mod connect;
pub mod convert;
mod database_clock;
pub mod dispatch;
pub mod entries;
pub mod exports;
pub mod failure;
mod gate;
pub mod idempotency;
mod identity;
pub mod imports;
pub mod integrity;
pub mod jobs;
pub mod journal;
pub mod listing;
pub mod marks;
pub mod places;
mod probe;
pub mod progress;
pub mod reconciling;
pub mod replays;
pub mod retiring;
mod same_voucher;
pub mod schema;
pub mod sent_vouchers;
mod statement;
mod steering;
pub mod systems;
pub mod takeover;
pub mod timeline;
pub mod tokens;
pub mod units;
pub mod vouchers;
mod writable;

pub use connect::{ConnectError, Database};
pub use identity::identity;
pub use writable::takes_writes;
