//! Batches of entries: entries that were read together load their marks, states and timelines together. The first one that is asked
//! runs one query for all of them, the others wait for it. So a page of entries costs a fixed number of queries, and
//! none waits for a batch to fill.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use tokio::sync::OnceCell;

use super::keyed::Keyed;
use super::system::SystemsToLoad;
use super::voucher_batch::VoucherBatch;
use crate::domain::event::TimelineEvent;
use crate::domain::export::EntryExport;
use crate::domain::import::{EntryOrigin, Import};
use crate::domain::page::{PageArguments, Paged};
use crate::domain::status::ExportStatus;
use crate::domain::{Entry, EntryId, Fields, Result, SystemId, Voucher};
use crate::service::Ledger;

/// Entries of one list, and what has been loaded for them.
#[derive(Debug)]
pub struct EntryBatch {
    ledger: Ledger,
    entries: Vec<Entry>,
    fields: Fields,
    exports: OnceCell<Result<Arc<OfEach<Vec<EntryExport>>>>>,
    timelines: Keyed<PageArguments, Arc<OfEach<Paged<TimelineEvent>>>>,
    origins: OnceCell<Result<Origins>>,
    statuses: Keyed<SystemId, Statuses>,
    dispatch_keys: Keyed<SystemId, DispatchKeys>,
    vouchers: OnceLock<Arc<VoucherBatch>>,
}

/// Where entries came from.
type Origins = Arc<HashMap<EntryId, (EntryOrigin, Arc<Import>)>>;

/// How far the exports of entries to one system are.
type Statuses = Arc<HashMap<EntryId, ExportStatus>>;

/// The keys under which entries are sent to one system.
type DispatchKeys = Arc<HashMap<EntryId, String>>;

/// What was loaded for each of the entries, and the systems that are named in it.
#[derive(Debug)]
struct OfEach<T> {
    by_entry: HashMap<EntryId, T>,
    systems: Arc<SystemsToLoad>,
}

impl<T: Clone + Default> OfEach<T> {
    fn new(
        ledger: &Ledger,
        by_entry: HashMap<EntryId, T>,
        systems: impl Fn(&T) -> Vec<SystemId>,
    ) -> Arc<Self> {
        let systems = by_entry.values().flat_map(systems).collect();
        Arc::new(Self { by_entry, systems: SystemsToLoad::new(ledger.clone(), systems) })
    }

    fn of(&self, id: EntryId) -> (T, Arc<SystemsToLoad>) {
        (self.by_entry.get(&id).cloned().unwrap_or_default(), Arc::clone(&self.systems))
    }
}

impl EntryBatch {
    /// The entries of one list.
    pub fn new(ledger: Ledger, entries: Vec<Entry>) -> Arc<Self> {
        Self::with_fields(ledger, entries, Fields::All)
    }

    /// The entries of one list, of which these fields were read.
    pub fn with_fields(ledger: Ledger, entries: Vec<Entry>, fields: Fields) -> Arc<Self> {
        Arc::new(Self {
            ledger,
            entries,
            fields,
            exports: OnceCell::new(),
            timelines: Keyed::default(),
            origins: OnceCell::new(),
            statuses: Keyed::default(),
            dispatch_keys: Keyed::default(),
            vouchers: OnceLock::new(),
        })
    }

    /// What of them was read.
    pub fn fields(&self) -> &Fields {
        &self.fields
    }

    /// The entries, in their order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn ids(&self) -> Vec<EntryId> {
        self.entries.iter().map(|entry| entry.id).collect()
    }

    /// The voucher of each of them, in their order.
    pub fn vouchers(&self) -> &Arc<VoucherBatch> {
        let make = || {
            let vouchers = self.entries.iter().map(Voucher::of).collect();
            VoucherBatch::new(self.ledger.clone(), vouchers)
        };
        self.vouchers.get_or_init(make)
    }

    /// The marks of one of them, and what loads the systems of all marks.
    pub async fn exports(&self, id: EntryId) -> Result<(Vec<EntryExport>, Arc<SystemsToLoad>)> {
        Ok(self.load_exports().await?.of(id))
    }

    /// A page of the timeline of one of them, and what loads the systems of all events.
    pub async fn timeline(
        &self,
        id: EntryId,
        arguments: PageArguments,
    ) -> Result<(Paged<TimelineEvent>, Arc<SystemsToLoad>)> {
        Ok(self.load_timelines(&arguments).await?.of(id))
    }

    /// The line of a file that one of them was last written from, with its import.
    pub async fn origin(&self, id: EntryId) -> Result<Option<(EntryOrigin, Arc<Import>)>> {
        let load = || async { self.ledger.origins_of(&self.ids()).await.map(Arc::new) };
        Ok(self.origins.get_or_init(load).await.clone()?.get(&id).cloned())
    }

    /// How far the export of one of them to a system is.
    pub async fn status(&self, id: EntryId, system: &SystemId) -> Result<ExportStatus> {
        Ok(self.load_statuses(system).await?.get(&id).cloned().unwrap_or_default())
    }

    /// The key under which one of them is sent to a system; `None` while the system is not known.
    pub async fn dispatch_key(&self, id: EntryId, system: &SystemId) -> Result<Option<String>> {
        Ok(self.load_dispatch_keys(system).await?.get(&id).cloned())
    }

    /// What the use cases are asked through.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Loads all of this for every entry; `None` when something fails. Whoever asks an entry for it afterwards gets the
    /// same failure.
    pub async fn load_all(&self, loads: &[Load]) -> Option<Loaded> {
        let mut loaded = Loaded { loaded: Vec::with_capacity(loads.len()), ..Loaded::default() };
        for load in loads {
            loaded.loaded.push(match load {
                Load::Exports => OneLoaded::Exports(self.load_exports().await.ok()?),
                Load::Timelines(arguments) => {
                    OneLoaded::Timelines(self.load_timelines(arguments).await.ok()?)
                }
                Load::Statuses(system) => OneLoaded::Statuses(self.load_statuses(system).await.ok()?),
                Load::DispatchKeys(system) => {
                    OneLoaded::DispatchKeys(self.load_dispatch_keys(system).await.ok()?)
                }
            });
        }
        Some(loaded)
    }

    async fn load_exports(&self) -> Result<Arc<OfEach<Vec<EntryExport>>>> {
        let load = || async {
            let exports = self.ledger.exports_of(&self.ids()).await?;
            let systems =
                |exports: &Vec<EntryExport>| exports.iter().map(|export| export.system_id.clone()).collect();
            Ok(OfEach::new(&self.ledger, exports, systems))
        };
        self.exports.get_or_init(load).await.clone()
    }

    async fn load_statuses(&self, system: &SystemId) -> Result<Statuses> {
        let cell = self.statuses.cell(system.clone());
        let load = || async { self.ledger.export_statuses(&self.entries, system).await.map(Arc::new) };
        cell.get_or_init(load).await.clone()
    }

    async fn load_dispatch_keys(&self, system: &SystemId) -> Result<DispatchKeys> {
        let cell = self.dispatch_keys.cell(system.clone());
        let load = || async { self.ledger.dispatch_keys(&self.ids(), system).await.map(Arc::new) };
        cell.get_or_init(load).await.clone()
    }

    async fn load_timelines(&self, arguments: &PageArguments) -> Result<Arc<OfEach<Paged<TimelineEvent>>>> {
        let cell = self.timelines.cell(arguments.clone());
        let load = || async {
            let timelines = self.ledger.timelines_of(&self.entries, arguments).await?;
            let systems = |page: &Paged<TimelineEvent>| {
                page.items.iter().filter_map(|event| event.system_id.clone()).collect()
            };
            Ok(OfEach::new(&self.ledger, timelines, systems))
        };
        cell.get_or_init(load).await.clone()
    }
}

/// Something that can be loaded for every entry of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Load {
    /// Its marks.
    Exports,
    /// This page of its timeline.
    Timelines(PageArguments),
    /// How far its export to this system is.
    Statuses(SystemId),
    /// The key under which it is sent to this system.
    DispatchKeys(SystemId),
}

/// What was loaded for a batch.
#[derive(Debug, Default)]
pub struct Loaded {
    loaded: Vec<OneLoaded>,
    no_events: Paged<TimelineEvent>,
    untried: ExportStatus,
}

#[derive(Debug)]
enum OneLoaded {
    Exports(Arc<OfEach<Vec<EntryExport>>>),
    Timelines(Arc<OfEach<Paged<TimelineEvent>>>),
    Statuses(Statuses),
    DispatchKeys(DispatchKeys),
}

impl Loaded {
    /// The marks of an entry, which were loaded in this place.
    pub fn exports(&self, place: usize, id: EntryId) -> &[EntryExport] {
        match self.loaded.get(place) {
            Some(OneLoaded::Exports(exports)) => exports.by_entry.get(&id).map_or(&[], Vec::as_slice),
            _ => &[],
        }
    }

    /// The page of the timeline of an entry, which was loaded in this place.
    pub fn timeline(&self, place: usize, id: EntryId) -> &Paged<TimelineEvent> {
        match self.loaded.get(place) {
            Some(OneLoaded::Timelines(timelines)) => timelines.by_entry.get(&id).unwrap_or(&self.no_events),
            _ => &self.no_events,
        }
    }

    /// How far the export of an entry is, which was loaded in this place.
    pub fn status(&self, place: usize, id: EntryId) -> &ExportStatus {
        match self.loaded.get(place) {
            Some(OneLoaded::Statuses(statuses)) => statuses.get(&id).unwrap_or(&self.untried),
            _ => &self.untried,
        }
    }

    /// The key under which an entry is sent, which was loaded in this place; `None` while the system is not known.
    pub fn dispatch_key(&self, place: usize, id: EntryId) -> Option<&str> {
        match self.loaded.get(place) {
            Some(OneLoaded::DispatchKeys(keys)) => keys.get(&id).map(String::as_str),
            _ => None,
        }
    }
}

/// Entries that are known by their ids only, loaded together when the first is asked for.
#[derive(Debug)]
pub struct ToLoad {
    ledger: Ledger,
    ids: Vec<EntryId>,
    loaded: OnceCell<Result<Arc<EntryBatch>>>,
}

impl ToLoad {
    /// The entries with these ids.
    pub fn new(ledger: Ledger, ids: Vec<EntryId>) -> Arc<Self> {
        Arc::new(Self { ledger, ids, loaded: OnceCell::new() })
    }

    /// All of those that exist.
    pub async fn load(&self) -> Result<Arc<EntryBatch>> {
        let load = || async {
            let entries = self.ledger.entries(&self.ids).await?;
            Ok(EntryBatch::new(self.ledger.clone(), entries.into_values().collect()))
        };
        self.loaded.get_or_init(load).await.clone()
    }
}
