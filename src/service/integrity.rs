//! The deep look: whether every entry is for every known system in exactly one state.

use std::collections::BTreeMap;

use super::Ledger;
use crate::domain::{EntryId, Result, Right};
pub use crate::store::integrity::Damage;
use crate::store::integrity::{self, BEGINNING};
use crate::store::systems;

/// Entries of each kind and system that are told by their id.
const TOLD: usize = 10;

/// What a deep look found.
#[derive(Clone, Debug, Default)]
pub struct Examination {
    /// What must not be, by kind and system.
    pub findings: Vec<Finding>,
    /// Pending rows that were put back.
    pub restored: u64,
}

/// Damage of one kind for one system.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What is wrong.
    pub damage: Damage,
    /// The system's name, or its number in the tables where no system has that number.
    pub system: String,
    /// How many entries.
    pub count: u64,
    /// The first of them.
    pub entries: Vec<EntryId>,
}

impl Ledger {
    /// Looks at every entry, mark and pending row, chunk by chunk; each look is one statement, so what others do meanwhile
    /// is no finding. With `repair`, entries that are neither marked nor pending get their pending row: the system is sent
    /// them again, which a person notices; that one is never sent, nobody does. One that is marked at this very moment may
    /// be left both marked and pending, as the next look tells.
    pub async fn examine(&self, repair: bool) -> Result<Examination> {
        self.caller.require(Right::Admin)?;
        let mut examination = Examination::default();
        let reader = self.database.reader();
        for damage in [Damage::Lost, Damage::Twofold, Damage::StrayPending, Damage::StrayMark] {
            let mut found: BTreeMap<i64, (u64, Vec<EntryId>)> = BTreeMap::new();
            let mut place = BEGINNING;
            while let Some((end, damaged)) = integrity::look(reader, damage, place).await? {
                if repair && damage == Damage::Lost && !damaged.is_empty() {
                    let transaction = self.database.begin().await?;
                    examination.restored += integrity::restore(&transaction, place, end).await?;
                    transaction.commit().await?;
                }
                for one in damaged {
                    let (count, entries) = found.entry(one.system_key).or_default();
                    *count += 1;
                    if entries.len() < TOLD {
                        entries.push(one.entry_id);
                    }
                }
                place = end;
            }
            for (key, (count, entries)) in found {
                let name = systems::name_of(reader, key).await?;
                let system = name.map_or_else(|| format!("number {key}"), |name| name.to_string());
                examination.findings.push(Finding { damage, system, count, entries });
            }
        }
        Ok(examination)
    }
}
