//! What has changed in entries since a system was sent them.

use std::collections::HashMap;

use super::Ledger;
use crate::domain::change::{Change, changes_since};
use crate::domain::export::EntryExport;
use crate::domain::page::{Listing, Order, Page, PageArguments, Paged, Scope};
use crate::domain::{Entry, EntryId, Fields, Filter, Result, Right, SystemId};
use crate::store;

/// Most events of an entry that are read to tell what has changed in it.
const MAX_EVENTS_READ: u64 = 200;

/// A marked entry, and what has changed in it since.
#[derive(Clone, Debug)]
pub struct Changed {
    /// The mark.
    pub export: EntryExport,
    /// By the order of the columns' names; `None` where more has happened to the entry than is read.
    pub changes: Option<Vec<Change>>,
}

/// The list of what has changed since a system was sent it.
#[derive(Clone, Debug)]
pub struct ChangedListing {
    system_id: SystemId,
    entries: Listing,
}

impl ChangedListing {
    /// Of this system; only the entries that pass.
    pub fn new(system_id: SystemId, filter: Option<Filter>) -> Self {
        let scope = Scope::Changed { system_id: system_id.clone() };
        Self { system_id, entries: Listing { scope, filter, order: Order::default() } }
    }

    /// The system.
    pub fn system_id(&self) -> &SystemId {
        &self.system_id
    }

    /// The same as a list of entries: to count them, and for their cursors.
    pub fn entries(&self) -> &Listing {
        &self.entries
    }
}

/// A page of what has changed.
#[derive(Clone, Debug)]
pub struct ChangedPage {
    /// By the ids of the entries. One whose mark was taken back while the page was read is left out.
    pub changed: Paged<(Entry, Changed)>,
    /// The cursor to read on from, if there is more.
    pub next_after: Option<String>,
}

impl Ledger {
    /// A page of the list.
    pub async fn list_changed(
        &self,
        listing: &ChangedListing,
        arguments: &PageArguments,
    ) -> Result<ChangedPage> {
        let page = self.list(listing.entries(), arguments, &Fields::All).await?.entries;
        let last = page.items.last().filter(|_| page.has_next);
        let next_after = last.map(|entry| listing.entries.cursor(entry));
        let mut changes = self.changes_of(&page.items, &listing.system_id).await?;
        let with_changes = |entry: Entry| {
            let changed = changes.remove(&entry.id)?;
            Some((entry, changed))
        };
        let changed = Paged {
            items: page.items.into_iter().filter_map(with_changes).collect(),
            has_next: page.has_next,
            has_previous: page.has_previous,
        };
        Ok(ChangedPage { changed, next_after })
    }

    /// What has changed in each of these entries since the system was sent it; those that it has a mark of.
    async fn changes_of(&self, entries: &[Entry], system: &SystemId) -> Result<HashMap<EntryId, Changed>> {
        self.caller.require_for(Right::Export, system)?;
        let reader = self.database.reader();
        let ids: Vec<EntryId> = entries.iter().map(|entry| entry.id).collect();
        let one = std::slice::from_ref(system);
        let newest = Page { size: MAX_EVENTS_READ - 1, from_end: true, after: None, before: None };
        let mut events = HashMap::new();
        for event in store::timeline::of_entries(reader, &ids, Some(one), &newest).await? {
            events.entry(event.entry_id).or_insert_with(Vec::new).push(event);
        }
        let mut changed = HashMap::with_capacity(entries.len());
        for export in store::marks::of_entries(reader, &ids, Some(one)).await? {
            let Some(entry) = entries.iter().find(|entry| entry.id == export.entry_id) else { continue };
            let events = events.remove(&entry.id).unwrap_or_default();
            self.costs(1 + events.len() / 10);
            let changes = changes_since(export.version, entry, &events);
            changed.insert(entry.id, Changed { export, changes });
        }
        Ok(changed)
    }
}
