//! `ledgate doctor --deep`: checks that every entry is in exactly one state for every known system.

use std::collections::BTreeMap;

use super::Ledger;
use crate::domain::{EntryId, Result, Right};
pub use crate::store::integrity::Damage;
use crate::store::integrity::{self, BEGINNING};
use crate::store::systems;

/// How many damaged entries are named by their ids, for each kind of damage and system.
const TOLD: usize = 10;

/// What the examination found.
#[derive(Clone, Debug, Default)]
pub struct Examination {
    /// The damage, by kind and system.
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
    /// Examines every entry, mark and pending row, chunk by chunk. Each chunk is read by one statement, which is one
    /// snapshot, so that changes made meanwhile are not taken for damage. With `repair`, an entry that is neither
    /// marked nor pending gets its pending row. The system may be sent it twice, which a person notices; nobody notices
    /// an entry that is never sent. An entry that changed after it was marked is listed as changed. An entry that is being marked at this very moment may end up both marked and
    /// pending: the next examination reports that.
    pub async fn examine(&self, repair: bool) -> Result<Examination> {
        self.caller.require(Right::Admin)?;
        let mut examination = Examination::default();
        let reader = self.database.reader();
        for damage in Damage::ALL {
            let mut found: BTreeMap<i64, (u64, Vec<EntryId>)> = BTreeMap::new();
            let mut place = BEGINNING;
            while let Some((end, damaged)) = integrity::look(reader, damage, place).await? {
                if repair && damage.can_be_repaired() && !damaged.is_empty() {
                    let transaction = self.database.begin().await?;
                    let restored = integrity::restore(&transaction, damage, place, end).await?;
                    examination.restored += if damage == Damage::Lost { restored } else { 0 };
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
