//! What has changed in entries since a system was sent them.

use std::collections::HashMap;

use super::Ledger;
use crate::domain::change::{Change, changes_since};
use crate::domain::export::EntryExport;
use crate::domain::page::Page;
use crate::domain::{Entry, EntryId, Result, Right, SystemId};
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

impl Ledger {
    /// What has changed in each of these entries since the system was sent it; those that it has a mark of.
    pub async fn changes_of(
        &self,
        entries: &[Entry],
        system: &SystemId,
    ) -> Result<HashMap<EntryId, Changed>> {
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
