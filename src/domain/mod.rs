//! The domain in plain Rust: what an entry is, what may be asked and marked, and every rule that needs no
//! database. Nothing in here knows of GraphQL, HTTP or SQL.

pub mod access;
pub mod batch;
pub mod budget;
pub mod change;
pub mod claim;
pub mod comparison;
pub mod currency;
pub mod entry;
pub mod entry_id;
pub mod error;
pub mod event;
pub mod exact;
pub mod export;
pub mod field;
pub mod filter;
pub mod fold;
pub mod global_id;
pub mod import;
pub mod json;
pub mod money;
pub mod page;
pub mod progress;
pub mod retry;
pub mod siren;
pub mod system;
pub mod target;
pub mod text;
pub mod time;
pub mod voucher;

pub use access::{Caller, Right};
pub use batch::{Batch, Call, Item, Outcome};
pub use currency::CurrencyCode;
pub use entry::{Attributes, Entry, EntryContent};
pub use entry_id::EntryId;
pub use error::{Code, Error, Fault, Result, Step};
pub use exact::ExactJson;
pub use field::{Field, FieldType, Fields, Kind, Value, ValueRef};
pub use filter::{Filter, Test};
pub use global_id::GlobalId;
pub use money::{Money, MoneySum};
pub use siren::Siren;
pub use system::{Count, Precision, System, SystemId, SystemStatus};
pub use target::{Target, TargetDraft};
pub use time::{Clock, Day, Timestamp};
pub use voucher::{Voucher, VoucherId};
