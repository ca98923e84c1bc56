//! Where entries came from.

use std::collections::HashMap;
use std::sync::Arc;

use super::Ledger;
use crate::domain::import::{EntryOrigin, Import};
use crate::domain::{EntryId, Result, Right};
use crate::store::imports;

impl Ledger {
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
        let found = imports::by_ids(reader, &numbers).await?;
        let found: HashMap<i64, Arc<Import>> =
            found.into_iter().map(|import| (import.id, Arc::new(import))).collect();
        let with_import = |(id, origin): (EntryId, EntryOrigin)| {
            Some((id, (origin, Arc::clone(found.get(&origin.import_id)?))))
        };
        Ok(origins.into_iter().filter_map(with_import).collect())
    }
}
