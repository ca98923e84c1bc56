//! `recordAccountingEntries`: new entries are inserted, known ones (by external id) updated where they
//! differ, and reinstated where they were withdrawn.

use std::collections::HashMap;

use sea_orm::DatabaseTransaction;
use serde::{Deserialize, Serialize};

use super::joining::tell_joined;
use super::operation::{Operation, Work};
use crate::domain::event::{EventPayload, Replaced};
use crate::domain::{Batch, Code, Entry, EntryContent, EntryId, Error, Fault, Item, Result, Right};
use crate::store::{self, timeline::NewEvent};
use crate::telemetry;

/// Most entries a call may record.
pub const MAX_RECORDED: usize = 500;

/// What a call recorded.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Recorded {
    /// The entries as they are now, in the caller's order. An answer that is kept for an idempotency key has only their
    /// ids: an entry can be large, and is in the ledger already.
    #[serde(skip)]
    pub entries: Vec<Entry>,
    ids: Vec<EntryId>,
    /// How many are new.
    pub recorded: usize,
    /// How many were changed.
    pub updated: usize,
    /// How many were there already, with the same content.
    pub unchanged: usize,
}

impl Item for EntryContent {
    type Draft = EntryContent;
    type Identity = String;
    const MAX: usize = MAX_RECORDED;
    const VERB: &'static str = "records";

    fn identity(draft: &EntryContent) -> Option<String> {
        Some(draft.external_id.clone())
    }

    fn repeated(external_id: &String) -> Fault {
        let message = format!("external id \"{external_id}\" occurs twice in this call");
        Fault::new(Code::DuplicateItem, message).under("external_id")
    }

    fn parse(draft: EntryContent) -> Result<Self, Vec<Fault>> {
        let faults = draft.faults();
        if faults.is_empty() { Ok(draft) } else { Err(faults) }
    }
}

impl Operation for Batch<EntryContent> {
    const NAME: &'static str = "record_accounting_entries";
    const RIGHT: Right = Right::Record;
    type Answer = Recorded;

    /// Inserts the new ones and updates those that differ. Ids follow the order of the call: the lines of a voucher
    /// stay in their order wherever entries are listed. Two calls that record the same new entries in different orders
    /// can therefore run into a deadlock. PostgreSQL rolls one of them back after a second; the pipeline carries it out
    /// again, and it then finds the entries of the other call.
    async fn carry_out(&self, work: &mut Work<'_>) -> Result<Recorded> {
        upsert(work, self.items.clone()).await
    }

    async fn reload(mut answer: Recorded, transaction: &DatabaseTransaction) -> Result<Recorded> {
        let entries = store::entries::by_ids(transaction, &answer.ids).await?;
        let mut by_id: HashMap<EntryId, Entry> = entries.into_iter().map(|entry| (entry.id, entry)).collect();
        answer.entries = answer.ids.iter().filter_map(|id| by_id.remove(id)).collect();
        Ok(answer)
    }

    fn count(&self, ledger: &str, answer: &Recorded) {
        telemetry::entries_recorded(ledger, (answer.recorded + answer.updated) as u64);
    }
}

async fn upsert(work: &mut Work<'_>, contents: Vec<EntryContent>) -> Result<Recorded> {
    let (transaction, actor, now) = (work.transaction, work.actor, work.now);
    let order: Vec<String> = contents.iter().map(|content| content.external_id.clone()).collect();
    let names: Vec<&str> = order.iter().map(String::as_str).collect();
    let mut done: HashMap<String, Entry> = HashMap::with_capacity(contents.len());
    let mut result = Recorded::default();

    let mut known = by_external_id(store::entries::by_external_ids(transaction, &names).await?);
    let (mut changed, mut missing) = (Vec::new(), Vec::new());
    for content in contents {
        match known.remove(&content.external_id) {
            None => missing.push(content),
            Some(entry) if entry.withdrawn_at.is_none() && entry.content == content => {
                result.unchanged += 1;
                done.insert(content.external_id, entry);
            }
            Some(_) => changed.push(content),
        }
    }
    if !missing.is_empty() {
        let new = store::entries::insert(transaction, missing.clone(), actor, now).await?;
        tell_joined(work, &new).await?;
        for entry in new {
            result.recorded += 1;
            done.insert(entry.content.external_id.clone(), entry);
        }
        // Another call recorded these after this one had looked for them.
        changed.extend(missing.into_iter().filter(|content| !done.contains_key(&content.external_id)));
    }
    let mut replaced = Vec::with_capacity(changed.len());
    if !changed.is_empty() {
        let names: Vec<&str> = changed.iter().map(|content| content.external_id.as_str()).collect();
        let mut current = by_external_id(store::entries::lock_by_external_ids(transaction, &names).await?);
        for content in changed {
            let entry = current.remove(&content.external_id);
            let entry = entry.ok_or_else(|| Error::internal("an entry vanished while it was recorded"))?;
            let is_changed = entry.content != content;
            if !is_changed && entry.withdrawn_at.is_none() {
                result.unchanged += 1;
                done.insert(content.external_id, entry);
                continue;
            }
            result.updated += 1;
            let at = store::entries::replace(transaction, &entry, &content, None, now).await?;
            let mut tell = |payload| work.tell(NewEvent { entry_id: entry.id, at, system_id: None, payload });
            if is_changed {
                tell(EventPayload::Updated { replaced: Replaced::between(&entry.content, &content) });
            }
            if entry.withdrawn_at.is_some() {
                tell(EventPayload::Reinstated {});
            }
            replaced.push(entry.id);
        }
    }
    // The database counts versions, in triggers that run after the statement.
    if !replaced.is_empty() {
        let entries = store::entries::by_ids(transaction, &replaced).await?;
        done.extend(by_external_id(entries));
    }
    result.entries = order.iter().filter_map(|name| done.remove(name)).collect();
    result.ids = result.entries.iter().map(|entry| entry.id).collect();
    Ok(result)
}

fn by_external_id(entries: Vec<Entry>) -> HashMap<String, Entry> {
    entries.into_iter().map(|entry| (entry.content.external_id.clone(), entry)).collect()
}
