//! Recording entries: new ones are inserted, known ones (by external id) updated where they differ.

use std::collections::{HashMap, HashSet};

use sea_orm::ConnectionTrait;

use super::Ledger;
use super::attempts::attempted;
use crate::domain::export::EventKind;
use crate::domain::{Code, Entry, EntryContent, Error, Fault, Result, Right, Timestamp};
use crate::store::{self, timeline::NewEvent};
use crate::telemetry;

/// Most entries a call may record.
pub const MAX_RECORDED: usize = 500;

/// What a call recorded.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    /// The entries as they are now, in the caller's order.
    pub entries: Vec<Entry>,
    /// How many are new.
    pub recorded: usize,
    /// How many were changed.
    pub updated: usize,
    /// How many were there already, just so.
    pub unchanged: usize,
}

impl Ledger {
    /// Records 1 to [`MAX_RECORDED`] entries in one transaction. A malformed call is refused whole, with every
    /// fault and its path.
    pub async fn record(&self, contents: Vec<EntryContent>, door: &str) -> Result<Recorded> {
        self.caller.require(Right::Record)?;
        check(&contents)?;
        self.costs(1 + contents.len());
        self.write(contents, &self.caller.actor(door)).await
    }

    /// Writes contents that have been checked and whose external ids differ.
    pub(super) async fn write(&self, contents: Vec<EntryContent>, actor: &str) -> Result<Recorded> {
        // Ids follow the order of the call, so two calls that record the same new entries in different orders can
        // wait for each other in a circle. PostgreSQL ends one of them, which then finds the other's entries.
        let recorded = attempted(|| self.write_once(contents.clone(), actor)).await?;
        telemetry::entries_recorded((recorded.recorded + recorded.updated) as u64);
        Ok(recorded)
    }

    async fn write_once(&self, contents: Vec<EntryContent>, actor: &str) -> Result<Recorded> {
        let transaction = self.database.begin().await?;
        let recorded = upsert(&transaction, contents, actor, self.clock.now()).await?;
        transaction.commit().await?;
        Ok(recorded)
    }
}

fn check(contents: &[EntryContent]) -> Result<()> {
    let mut faults = Vec::new();
    if contents.is_empty() {
        let message = format!("the call records nothing: give 1 to {MAX_RECORDED} entries");
        faults.push(Fault::new(Code::NoItems, message).under("entries"));
    } else if contents.len() > MAX_RECORDED {
        let message = format!("the call records {} entries; at most {MAX_RECORDED} a call", contents.len());
        return Err(Fault::new(Code::TooManyItems, message).under("entries").into());
    }
    let mut seen = HashSet::new();
    for (index, content) in contents.iter().enumerate() {
        let place = |fault: Fault| fault.under(index).under("entries");
        faults.extend(content.faults().into_iter().map(place));
        if !seen.insert(&content.external_id) {
            let message = format!("external id \"{}\" occurs twice in this call", content.external_id);
            faults.push(place(Fault::new(Code::DuplicateItem, message).under("external_id")));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::Refused(faults)) }
}

async fn upsert(
    transaction: &impl ConnectionTrait,
    contents: Vec<EntryContent>,
    actor: &str,
    now: Timestamp,
) -> Result<Recorded> {
    let order: Vec<String> = contents.iter().map(|content| content.external_id.clone()).collect();
    let names: Vec<&str> = order.iter().map(String::as_str).collect();
    let mut done: HashMap<String, Entry> = HashMap::with_capacity(contents.len());
    let mut result = Recorded::default();

    let mut known = by_external_id(store::entries::by_external_ids(transaction, &names).await?);
    let (mut changed, mut missing) = (Vec::new(), Vec::new());
    for content in contents {
        match known.remove(&content.external_id) {
            None => missing.push(content),
            Some(entry) if entry.content == content => {
                result.unchanged += 1;
                done.insert(content.external_id, entry);
            }
            Some(_) => changed.push(content),
        }
    }
    if !missing.is_empty() {
        for entry in store::entries::insert(transaction, missing.clone(), actor, now).await? {
            result.recorded += 1;
            done.insert(entry.content.external_id.clone(), entry);
        }
        // Somebody else recorded these between the look and the insert.
        changed.extend(missing.into_iter().filter(|content| !done.contains_key(&content.external_id)));
    }
    if !changed.is_empty() {
        let names: Vec<&str> = changed.iter().map(|content| content.external_id.as_str()).collect();
        let mut current = by_external_id(store::entries::lock_by_external_ids(transaction, &names).await?);
        let mut updated = Vec::new();
        for content in changed {
            let entry = current.remove(&content.external_id);
            let entry = entry.ok_or_else(|| Error::internal("an entry vanished while it was recorded"))?;
            let entry = if entry.content == content {
                result.unchanged += 1;
                entry
            } else {
                result.updated += 1;
                let entry = store::entries::update(transaction, &entry, content, now).await?;
                updated.push((entry.id, entry.updated_at));
                entry
            };
            done.insert(entry.content.external_id.clone(), entry);
        }
        let events = updated.into_iter().map(|(entry_id, at)| NewEvent {
            entry_id,
            kind: EventKind::Updated,
            at,
            system_id: None,
            note: None,
        });
        store::timeline::append(transaction, events, actor).await?;
    }
    result.entries = order.iter().filter_map(|name| done.remove(name)).collect();
    Ok(result)
}

fn by_external_id(entries: Vec<Entry>) -> HashMap<String, Entry> {
    entries.into_iter().map(|entry| (entry.content.external_id.clone(), entry)).collect()
}
