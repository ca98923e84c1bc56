//! How far each system is behind.

use super::Ledger;
use super::reading::COUNT;
use crate::domain::page::{Listing, Order, PageArguments, Scope, page_size};
use crate::domain::{Count, Entry, Fields, Result, Right, SystemId, SystemStatus, Timestamp};
use crate::store::{self, systems::KnownSystem};

/// Systems a page when nothing is said.
pub const DEFAULT_SYSTEMS: u64 = 20;
/// Most systems a page.
pub const MAX_SYSTEMS: u64 = 100;

/// A page of known systems, by name.
#[derive(Clone, Debug)]
pub struct SystemPage {
    /// By name.
    pub systems: Vec<KnownSystem>,
    /// Whether more follow.
    pub has_next: bool,
    /// Whether there are some before.
    pub has_previous: bool,
}

impl Ledger {
    /// The state of one system. One that nobody marked for has everything before it.
    pub async fn system(&self, id: &SystemId) -> Result<Option<KnownSystem>> {
        self.caller.require_for(Right::Export, id)?;
        self.costs(1);
        store::systems::find(self.database.reader(), id).await
    }

    /// A page of the known systems that the caller may know of. `after` is the name of the last one seen.
    pub async fn systems(&self, first: Option<i64>, after: Option<&SystemId>) -> Result<SystemPage> {
        self.caller.require(Right::Export)?;
        let size = page_size("first", first, DEFAULT_SYSTEMS, MAX_SYSTEMS)?;
        let after_name = after.map(SystemId::as_str);
        let visible = self.caller.systems();
        let mut systems = store::systems::page(self.database.reader(), visible, after_name, size + 1).await?;
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let has_next = systems.len() > size;
        systems.truncate(size);
        self.costs(1 + systems.len());
        Ok(SystemPage { systems, has_next, has_previous: after.is_some() })
    }

    /// When the system was last marked for.
    pub async fn last_marked_at(&self, id: &SystemId) -> Result<Option<Timestamp>> {
        self.caller.require_for(Right::Export, id)?;
        self.costs(COUNT);
        let reader = self.database.reader();
        match store::systems::find(reader, id).await? {
            Some(system) => store::systems::last_marked_at(reader, system.key).await,
            None => Ok(None),
        }
    }

    /// How many entries the system has not been sent, never counting past [`Count::LIMIT`].
    pub async fn backlog(&self, id: &SystemId) -> Result<Count> {
        self.count(&unexported(id)).await
    }

    /// The entry with the lowest id that the system has not been sent.
    pub async fn oldest_unexported(&self, id: &SystemId) -> Result<Option<Entry>> {
        let first = PageArguments { first: Some(1), ..Default::default() };
        Ok(self.list(&unexported(id), &first, &Fields::All).await?.entries.pop())
    }

    /// All of that. A system that nobody marked for has everything before it.
    pub async fn system_status(&self, id: SystemId) -> Result<SystemStatus> {
        Ok(SystemStatus {
            known_since: self.system(&id).await?.map(|system| system.known_since),
            last_marked_at: self.last_marked_at(&id).await?,
            backlog: self.backlog(&id).await?,
            oldest_unexported: self.oldest_unexported(&id).await?.map(|entry| entry.id),
            id,
        })
    }
}

fn unexported(id: &SystemId) -> Listing {
    let scope = Scope::Unexported { system_id: id.clone(), not_exported_since: None };
    Listing { scope, filter: None, order: Order::default() }
}
