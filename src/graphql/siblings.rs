//! Entries that were loaded together load their relations together: the first one asked runs one query for all
//! of them, the others wait for it. So a page of entries costs a fixed number of queries, without waiting for
//! a batch to fill.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

use super::system::SystemsToLoad;
use crate::domain::event::TimelineEvent;
use crate::domain::export::EntryExport;
use crate::domain::page::{PageArguments, Paged};
use crate::domain::{Entry, EntryId, Fields, Result, SystemId};
use crate::service::Ledger;

/// Entries of one list, and what has been loaded for them.
#[derive(Debug)]
pub struct Siblings {
    ledger: Ledger,
    entries: Vec<Entry>,
    fields: Fields,
    exports: OnceCell<Result<OfEach<Vec<EntryExport>>>>,
    timelines: Keyed<PageArguments, OfEach<Paged<TimelineEvent>>>,
}

/// What was loaded for each of the entries, and the systems that are named in it.
#[derive(Debug)]
struct OfEach<T> {
    by_entry: HashMap<EntryId, T>,
    systems: Arc<SystemsToLoad>,
}

impl<T: Clone + Default> OfEach<T> {
    fn new(ledger: &Ledger, by_entry: HashMap<EntryId, T>, systems: impl Fn(&T) -> Vec<SystemId>) -> Self {
        let systems = by_entry.values().flat_map(systems).collect();
        Self { by_entry, systems: SystemsToLoad::new(ledger.clone(), systems) }
    }

    fn of(&self, id: EntryId) -> (T, Arc<SystemsToLoad>) {
        (self.by_entry.get(&id).cloned().unwrap_or_default(), Arc::clone(&self.systems))
    }
}

impl Siblings {
    /// The entries of one list.
    pub fn new(ledger: Ledger, entries: Vec<Entry>) -> Arc<Self> {
        Self::with_fields(ledger, entries, Fields::All)
    }

    /// The entries of one list, of which these fields were read.
    pub fn with_fields(ledger: Ledger, entries: Vec<Entry>, fields: Fields) -> Arc<Self> {
        Arc::new(Self { ledger, entries, fields, exports: OnceCell::new(), timelines: Keyed::default() })
    }

    /// What of them was read.
    pub fn fields(&self) -> &Fields {
        &self.fields
    }

    /// The entries, in their order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The marks of one of them, and what loads the systems of all marks.
    pub async fn exports(&self, id: EntryId) -> Result<(Vec<EntryExport>, Arc<SystemsToLoad>)> {
        let load = || async {
            let ids: Vec<EntryId> = self.entries.iter().map(|entry| entry.id).collect();
            let exports = self.ledger.exports_of(&ids).await?;
            let systems =
                |exports: &Vec<EntryExport>| exports.iter().map(|export| export.system_id.clone()).collect();
            Ok(OfEach::new(&self.ledger, exports, systems))
        };
        let exports = self.exports.get_or_init(load).await.as_ref().map_err(Clone::clone)?;
        Ok(exports.of(id))
    }

    /// A page of the timeline of one of them, and what loads the systems of all events.
    pub async fn timeline(
        &self,
        id: EntryId,
        arguments: PageArguments,
    ) -> Result<(Paged<TimelineEvent>, Arc<SystemsToLoad>)> {
        let cell = self.timelines.cell(arguments.clone());
        let load = || async {
            let timelines = self.ledger.timelines_of(&self.entries, &arguments).await?;
            let systems = |page: &Paged<TimelineEvent>| {
                page.items.iter().filter_map(|event| event.system_id.clone()).collect()
            };
            Ok(OfEach::new(&self.ledger, timelines, systems))
        };
        let timelines = cell.get_or_init(load).await.as_ref().map_err(Clone::clone)?;
        Ok(timelines.of(id))
    }
}

/// One cell for each different set of arguments.
#[derive(Debug)]
struct Keyed<K, V>(Mutex<HashMap<K, Arc<OnceCell<Result<V>>>>>);

impl<K, V> Default for Keyed<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, V> Keyed<K, V> {
    fn cell(&self, key: K) -> Arc<OnceCell<Result<V>>> {
        // Nothing can panic while the lock is held, so a poisoned map is a whole one.
        let mut cells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(cells.entry(key).or_default())
    }
}

/// Entries that are known by their ids only, loaded together when the first is asked for.
#[derive(Debug)]
pub struct ToLoad {
    ledger: Ledger,
    ids: Vec<EntryId>,
    loaded: OnceCell<Result<Arc<Siblings>>>,
}

impl ToLoad {
    /// The entries with these ids.
    pub fn new(ledger: Ledger, ids: Vec<EntryId>) -> Arc<Self> {
        Arc::new(Self { ledger, ids, loaded: OnceCell::new() })
    }

    /// All of those that exist.
    pub async fn load(&self) -> Result<Arc<Siblings>> {
        let load = || async {
            let entries = self.ledger.entries(&self.ids).await?;
            Ok(Siblings::new(self.ledger.clone(), entries.into_values().collect()))
        };
        self.loaded.get_or_init(load).await.clone()
    }
}
