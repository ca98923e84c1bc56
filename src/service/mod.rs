//! The use cases: the one door to the ledger. GraphQL, REST and the command line translate, call a use case,
//! translate back; rules and transactions live here and in the domain, nowhere else.

mod background;
mod importing;
mod marking;
mod reading;
mod recording;
mod systems;
mod tokens;

use std::sync::Arc;

use tokio::sync::Notify;

pub use importing::{ImportEvent, ImportSummary};
pub use reading::{DEFAULT_EVENTS, EntryPage, MAX_EVENTS, TimelinePage, timeline_cursor};
pub use recording::{MAX_RECORDED, Recorded};
pub use systems::{DEFAULT_SYSTEMS, MAX_SYSTEMS, SystemPage};
pub use tokens::NewToken;

use crate::domain::{Caller, Clock};
use crate::store::Database;

/// The ledger and what its caller may do with it. Cheap to clone; holds no state of its own but the wake-up call of
/// its background work, so any number of gateways can share one database.
#[derive(Clone, Debug)]
pub struct Ledger {
    database: Database,
    clock: Clock,
    caller: Caller,
    history_to_take_over: Arc<Notify>,
}

impl Ledger {
    /// The ledger in this database, with this clock, as the operator may use it.
    pub fn new(database: Database, clock: Clock) -> Self {
        Self { database, clock, caller: Caller::Operator, history_to_take_over: Arc::new(Notify::new()) }
    }

    /// The same ledger, as this caller may use it: every use case asks.
    pub fn on_behalf_of(&self, caller: Caller) -> Self {
        Self { caller, ..self.clone() }
    }

    /// The database it lies in.
    pub fn database(&self) -> &Database {
        &self.database
    }
}
