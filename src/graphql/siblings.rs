//! Entries that were loaded together load their relations together: the first one asked runs one query for all
//! of them, the others wait for it. So a page of entries costs a fixed number of queries, without waiting for
//! a batch to fill.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

use crate::domain::export::EntryExport;
use crate::domain::{Entry, EntryId, Fields, Result};
use crate::service::{Ledger, TimelinePage};

type TimelineArguments = (Option<i64>, Option<String>);

/// Entries of one list, and what has been loaded for them.
#[derive(Debug)]
pub struct Siblings {
    ledger: Ledger,
    entries: Vec<Entry>,
    fields: Fields,
    exports: OnceCell<Result<HashMap<EntryId, Vec<EntryExport>>>>,
    timelines: Keyed<TimelineArguments, HashMap<EntryId, TimelinePage>>,
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

    /// The marks of one of them.
    pub async fn exports(&self, id: EntryId) -> Result<Vec<EntryExport>> {
        let load = || async {
            let ids: Vec<EntryId> = self.entries.iter().map(|entry| entry.id).collect();
            self.ledger.exports_of(&ids).await
        };
        let exports = self.exports.get_or_init(load).await.as_ref().map_err(Clone::clone)?;
        Ok(exports.get(&id).cloned().unwrap_or_default())
    }

    /// A page of the timeline of one of them.
    pub async fn timeline(
        &self,
        id: EntryId,
        first: Option<i64>,
        after: Option<String>,
    ) -> Result<TimelinePage> {
        let cell = self.timelines.cell((first, after.clone()));
        let load = || self.ledger.timelines_of(&self.entries, first, after.as_deref());
        let timelines = cell.get_or_init(load).await.as_ref().map_err(Clone::clone)?;
        Ok(timelines.get(&id).cloned().unwrap_or_default())
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
