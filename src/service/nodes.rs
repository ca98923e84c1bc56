//! Things by their global ids, of whatever kind: one query for each kind that is asked for.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::Ledger;
use super::reading::recording_of;
use crate::domain::claim::Claim;
use crate::domain::event::TimelineEvent;
use crate::domain::export::EntryExport;
use crate::domain::import::Import;
use crate::domain::{Entry, EntryId, GlobalId, Result, Right, System, SystemId, Voucher, VoucherId};
use crate::store;

/// Most ids that one call may ask for.
pub const MAX_NODES: usize = 100;

/// A thing that has a global id.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "there are 100 of them at most, and most are entries")]
pub enum Thing {
    /// `entry/42`
    Entry(Entry),
    /// `system/erp`
    System(System),
    /// `export/42/erp`
    Export(EntryExport),
    /// `event/recorded/42` or `event/17`
    Event(TimelineEvent),
    /// `voucher/2024-01-31/VE/17`
    Voucher(Voucher),
    /// `import/7`
    Import(Arc<Import>),
    /// `claim/0197…`
    Claim(Claim),
}

/// The ids of a call by what is read for them.
#[derive(Default)]
struct Wanted {
    entries: Vec<EntryId>,
    systems: Vec<SystemId>,
    exports: Vec<(EntryId, SystemId)>,
    events: Vec<i64>,
    vouchers: Vec<VoucherId>,
    imports: Vec<i64>,
    claims: Vec<Uuid>,
}

/// What was read, or why it could not be, for each kind.
struct Found {
    entries: Result<HashMap<EntryId, Entry>>,
    systems: Result<HashMap<SystemId, System>>,
    exports: Result<HashMap<(EntryId, SystemId), EntryExport>>,
    events: Result<HashMap<i64, TimelineEvent>>,
    vouchers: Result<HashMap<VoucherId, Voucher>>,
    imports: Result<HashMap<i64, Arc<Import>>>,
    claims: Result<HashMap<Uuid, Claim>>,
}

impl Ledger {
    /// The thing with each of these ids, `None` where there is none. What the caller may not see is answered as where
    /// it is asked for by its own name: marks and events for a system that the token is not for are not there, the
    /// system itself is refused.
    pub async fn things(&self, ids: &[GlobalId]) -> Vec<Result<Option<Thing>>> {
        let wanted = Wanted::new(ids);
        let found = Found {
            entries: self.entries(&wanted.entries).await,
            systems: self.systems_named(&wanted.systems).await,
            exports: self.exports_named(&wanted.exports).await,
            events: self.events(&wanted.events).await,
            vouchers: match wanted.vouchers.as_slice() {
                [] => Ok(HashMap::new()),
                ids => self.vouchers(ids).await,
            },
            imports: self.imports_named(&wanted.imports).await,
            claims: self.claims_named(&wanted.claims).await,
        };
        ids.iter().map(|id| self.thing(id, &found)).collect()
    }

    fn thing(&self, id: &GlobalId, found: &Found) -> Result<Option<Thing>> {
        let entry = |id| found.entries.as_ref().map(|entries| entries.get(id)).map_err(Clone::clone);
        Ok(match id {
            GlobalId::Entry(id) => entry(id)?.cloned().map(Thing::Entry),
            GlobalId::Recorded(id) => entry(id)?.map(recording_of).map(Thing::Event),
            GlobalId::System(id) => {
                self.caller.require_for(Right::Export, id)?;
                let systems = found.systems.as_ref().map_err(Clone::clone)?;
                let unknown = || System::unknown(id.clone());
                Some(Thing::System(systems.get(id).cloned().unwrap_or_else(unknown)))
            }
            GlobalId::Export(entry, system) => {
                let exports = found.exports.as_ref().map_err(Clone::clone)?;
                exports.get(&(*entry, system.clone())).cloned().map(Thing::Export)
            }
            GlobalId::Event(id) => {
                let events = found.events.as_ref().map_err(Clone::clone)?;
                events.get(id).cloned().map(Thing::Event)
            }
            GlobalId::Voucher(id) => {
                let vouchers = found.vouchers.as_ref().map_err(Clone::clone)?;
                vouchers.get(id).cloned().map(Thing::Voucher)
            }
            GlobalId::Import(id) => {
                let imports = found.imports.as_ref().map_err(Clone::clone)?;
                imports.get(id).cloned().map(Thing::Import)
            }
            GlobalId::Claim(id) => {
                let claims = found.claims.as_ref().map_err(Clone::clone)?;
                claims.get(id).cloned().map(Thing::Claim)
            }
        })
    }

    /// The marks of these entries for these systems, less those for systems that the caller may not know of.
    async fn exports_named(
        &self,
        wanted: &[(EntryId, SystemId)],
    ) -> Result<HashMap<(EntryId, SystemId), EntryExport>> {
        if wanted.is_empty() {
            return Ok(HashMap::new());
        }
        self.caller.require(Right::Read)?;
        let (ids, systems): (Vec<EntryId>, Vec<SystemId>) = wanted.iter().cloned().unzip();
        let systems: Vec<SystemId> = systems.into_iter().filter(|id| self.caller.knows(id)).collect();
        self.costs(wanted.len());
        let exports = store::marks::of_entries(self.database.reader(), &ids, Some(&systems)).await?;
        let by_id = |export: EntryExport| ((export.entry_id, export.system_id.clone()), export);
        Ok(exports.into_iter().map(by_id).collect())
    }

    /// The claims with these ids, less those for systems that the caller may not know of.
    async fn claims_named(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, Claim>> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        self.caller.require(Right::Export)?;
        self.costs(ids.len());
        let texts = ids.iter().map(Uuid::to_string).collect();
        let claims = store::claims::by_ids(self.database.reader(), texts).await?;
        let known = claims.into_iter().filter(|claim| self.caller.knows(&claim.system_id));
        Ok(known.filter_map(|claim| Some((claim.id.parse().ok()?, claim))).collect())
    }

    /// The events of these numbers that the caller may know of.
    async fn events(&self, ids: &[i64]) -> Result<HashMap<i64, TimelineEvent>> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        self.caller.require(Right::Read)?;
        self.costs(ids.len());
        let events = store::timeline::by_ids(self.database.reader(), ids, self.caller.systems()).await?;
        Ok(events.into_iter().map(|event| (event.id, event)).collect())
    }
}

impl Wanted {
    fn new(ids: &[GlobalId]) -> Self {
        let mut wanted = Self::default();
        for id in ids {
            match id {
                GlobalId::Entry(id) | GlobalId::Recorded(id) => wanted.entries.push(*id),
                GlobalId::System(id) => wanted.systems.push(id.clone()),
                GlobalId::Export(entry, system) => wanted.exports.push((*entry, system.clone())),
                GlobalId::Event(id) => wanted.events.push(*id),
                GlobalId::Voucher(id) => wanted.vouchers.push(id.clone()),
                GlobalId::Import(id) => wanted.imports.push(*id),
                GlobalId::Claim(id) => wanted.claims.push(*id),
            }
        }
        wanted
    }
}
