//! Imports, and which entries came from which.

use std::collections::HashMap;
use std::sync::Arc;

use super::Ledger;
use super::reading::MAX_ATTRIBUTES_COST;
use crate::domain::import::{EntryOrigin, Import};
use crate::domain::page::{Binding, PageArguments, PageBounds, Paged};
use crate::domain::{Caller, EntryId, Result, Right, SystemId};
use crate::store::imports;

/// Imports on a page, unless the caller says how many.
pub const DEFAULT_IMPORTS: u64 = 20;
/// Most imports on a page.
pub const MAX_IMPORTS: u64 = 100;

/// What the cursors of the list of imports are bound to.
const IMPORTS: &str = "imports";

impl Ledger {
    /// A page of the imports, newest first.
    pub async fn imports(&self, arguments: &PageArguments) -> Result<Paged<Arc<Import>>> {
        self.caller.require(Right::Read)?;
        let bounds = PageBounds { default: DEFAULT_IMPORTS, max: MAX_IMPORTS };
        let page = arguments.page(bounds, import_position)?;
        let page = page.of(imports::page(self.database.reader(), &page).await?);
        self.costs(1 + page.items.iter().map(cost_of).sum::<usize>());
        Ok(page.map(|import| Arc::new(shown_to(&self.caller, import))))
    }

    /// Those of the imports that there are, by number.
    pub async fn imports_named(&self, ids: &[i64]) -> Result<HashMap<i64, Arc<Import>>> {
        self.caller.require(Right::Read)?;
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let found = self.with_ids(ids).await?;
        self.costs(found.values().map(|import| cost_of(import)).sum());
        Ok(found)
    }

    async fn with_ids(&self, ids: &[i64]) -> Result<HashMap<i64, Arc<Import>>> {
        let found = imports::by_ids(self.database.reader(), ids).await?;
        let shown = |import: Import| (import.id, Arc::new(shown_to(&self.caller, import)));
        Ok(found.into_iter().map(shown).collect())
    }

    /// The line that each of these entries was last written from, with its import. Entries that came from no file are not
    /// in it.
    pub async fn origins_of(&self, ids: &[EntryId]) -> Result<HashMap<EntryId, (EntryOrigin, Arc<Import>)>> {
        self.caller.require(Right::Read)?;
        self.costs(1 + ids.len());
        let reader = self.database.reader();
        let origins = imports::origins(reader, ids).await?;
        let mut numbers: Vec<i64> = origins.iter().map(|(_, origin)| origin.import_id).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let found = self.with_ids(&numbers).await?;
        let with_import = |(id, origin): (EntryId, EntryOrigin)| {
            Some((id, (origin, Arc::clone(found.get(&origin.import_id)?))))
        };
        Ok(origins.into_iter().filter_map(with_import).collect())
    }
}

/// An import costs 1, each of its files 1, and its summary what the attributes of an entry do.
fn cost_of(import: &Import) -> usize {
    1 + import.files.len() + import.summary.as_ref().map_or(0, |_| MAX_ATTRIBUTES_COST)
}

/// The import without the names of systems that the caller may not know of: its summary tells which systems were sent
/// what it changed.
fn shown_to(caller: &Caller, mut import: Import) -> Import {
    let sent_to = import.summary.as_mut().and_then(|summary| summary.get_mut(SENT_TO)?.as_array_mut());
    if let Some(sent_to) = sent_to {
        sent_to.retain(|sent| sent[SYSTEM_ID].as_str().is_some_and(|system| may_know(caller, system)));
    }
    import
}

/// The name in a kept summary under which it lists how much was sent to which system, and the name of the system in that
/// list; they never change.
const SENT_TO: &str = "sent_to";
const SYSTEM_ID: &str = "system_id";

/// Whether the caller may know of the system of this name.
pub(super) fn may_know(caller: &Caller, system: &str) -> bool {
    system.parse::<SystemId>().is_ok_and(|system| caller.knows(&system))
}

/// The cursor of an import in the list of imports.
pub fn import_cursor(import: &Import) -> String {
    Binding::new(IMPORTS).id_cursor(import.id)
}

fn import_position(cursor: &str) -> Option<i64> {
    Binding::new(IMPORTS).id(cursor)
}
