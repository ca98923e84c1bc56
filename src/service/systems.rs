//! How far each system is behind.

use std::collections::HashMap;

use super::Ledger;
use super::reading::COUNT;
use crate::domain::export_event::{ExportEvent, ExportEventKind};
use crate::domain::page::{Binding, Listing, Order, PageArguments, PageBounds, Paged, Scope};
use crate::domain::progress::{ExportState, Failure};
use crate::domain::{Count, Entry, Fields, Result, Right, System, SystemId, SystemStatus, Timestamp};
use crate::store::{self, systems::KnownSystem};

/// Systems on a page, unless the caller says how many.
pub const DEFAULT_SYSTEMS: u64 = 20;
/// Most systems on a page.
pub const MAX_SYSTEMS: u64 = 100;

/// What the cursors of the list of systems are bound to. Systems are listed by name, so such a cursor holds a name.
const SYSTEMS: &str = "systems";

impl Ledger {
    /// One system. Any valid name can be asked for: a system for which nothing was ever marked has every entry to be
    /// sent.
    pub async fn system(&self, id: &SystemId) -> Result<System> {
        self.caller.require_for(Right::Export, id)?;
        self.costs(1);
        let known = store::systems::find(self.database.reader(), id).await?;
        Ok(known.map_or_else(|| System::unknown(id.clone()), System::from))
    }

    /// Those of these systems that are known, and about which the caller may know.
    pub async fn systems_named(&self, ids: &[SystemId]) -> Result<HashMap<SystemId, System>> {
        self.caller.require(Right::Export)?;
        let ids: Vec<&SystemId> = ids.iter().filter(|id| self.caller.knows(id)).collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        self.costs(ids.len());
        let systems = store::systems::by_names(self.database.reader(), &ids).await?;
        let by_id = |system: KnownSystem| (system.id.clone(), System::from(system));
        Ok(systems.into_iter().map(by_id).collect())
    }

    /// A page of the known systems about which the caller may know, by name: those that are in use, or those that are
    /// retired.
    pub async fn systems(&self, retired: bool, arguments: &PageArguments) -> Result<Paged<System>> {
        self.caller.require(Right::Export)?;
        let page =
            arguments.page(PageBounds { default: DEFAULT_SYSTEMS, max: MAX_SYSTEMS }, system_position)?;
        let systems =
            store::systems::page(self.database.reader(), self.caller.systems(), retired, &page).await?;
        let page = page.of(systems);
        self.costs(1 + page.items.len());
        Ok(page.map(System::from))
    }

    /// When an entry was last marked for the system.
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

    /// How many of these are in each of their states, each counted by itself up to [`Count::LIMIT`].
    pub async fn backlog_by_state(&self, id: &SystemId) -> Result<Vec<(ExportState, Count)>> {
        let mut counts = Vec::new();
        for state in ExportState::ALL.iter().copied().filter(|state| state.is_unexported()) {
            let (system_id, states) = (id.clone(), Some(vec![state]));
            let scope = Scope::Unexported { system_id, not_exported_since: None, states };
            let listing = Listing { scope, filter: None, order: Order::default() };
            counts.push((state, self.count(&listing).await?));
        }
        Ok(counts)
    }

    /// The entry with the lowest id that the system has not been sent.
    pub async fn oldest_unexported(&self, id: &SystemId) -> Result<Option<Entry>> {
        self.first_unexported(id, &Fields::All).await
    }

    /// When that entry was recorded.
    pub async fn oldest_unexported_at(&self, id: &SystemId) -> Result<Option<Timestamp>> {
        Ok(self.first_unexported(id, &Fields::NONE).await?.map(|entry| entry.created_at))
    }

    async fn first_unexported(&self, id: &SystemId, fields: &Fields) -> Result<Option<Entry>> {
        let first = PageArguments { first: Some(1), ..Default::default() };
        Ok(self.list(&unexported(id), &first, fields).await?.entries.items.pop())
    }

    /// The newest failure that was reported for the system, whatever has become of the entry since.
    pub async fn last_failure(&self, id: &SystemId) -> Result<Option<Failure>> {
        self.caller.require_for(Right::Export, id)?;
        Ok(self.last_failures(std::slice::from_ref(id)).await?.remove(id))
    }

    /// The same of each of these systems about which the caller may know. Those without a failure are left out.
    pub async fn last_failures(&self, ids: &[SystemId]) -> Result<HashMap<SystemId, Failure>> {
        self.caller.require(Right::Export)?;
        let ids: Vec<&SystemId> = ids.iter().filter(|id| self.caller.knows(id)).collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        self.costs(ids.len());
        let reader = self.database.reader();
        let events = store::events::newest_of_each(reader, &ids, ExportEventKind::Failed).await?;
        let failure = |event: ExportEvent| Some((event.system_id, event.timeline_event?.failure()?));
        Ok(events.into_iter().filter_map(failure).collect())
    }

    /// The system, and how far behind it is.
    pub async fn system_status(&self, id: SystemId) -> Result<SystemStatus> {
        Ok(SystemStatus {
            known_since: self.system(&id).await?.known_since,
            last_marked_at: self.last_marked_at(&id).await?,
            backlog: self.backlog(&id).await?,
            oldest_unexported: self.oldest_unexported(&id).await?.map(|entry| entry.id),
            last_failure: self.last_failure(&id).await?,
            id,
        })
    }
}

fn unexported(id: &SystemId) -> Listing {
    let scope = Scope::unexported(id.clone());
    Listing { scope, filter: None, order: Order::default() }
}

impl From<KnownSystem> for System {
    fn from(system: KnownSystem) -> Self {
        System {
            id: system.id,
            known_since: Some(system.known_since),
            retired_at: system.retired_at,
            settings: system.settings,
        }
    }
}

/// The cursor of a system in the list of systems.
pub fn system_cursor(id: &SystemId) -> String {
    Binding::new(SYSTEMS).name_cursor(id.as_str())
}

fn system_position(cursor: &str) -> Option<SystemId> {
    Binding::new(SYSTEMS).name(cursor)?.parse().ok()
}
