//! Compares the lines of a list with the entries that they name, and walks along the marks of the system.

use std::collections::HashMap;

use super::MARKS;
use super::difference::{Difference, DifferenceKind, ReconciliationSummary};
use super::seen::Seen;
use crate::domain::{EntryId, Result};
use crate::ledger_files::{ListedEntry, ListedLine};
use crate::service::Ledger;
use crate::store::reconciling::{self, Compared};

/// Compares these lines, and gives what differs in their order. Which entries they name goes into `seen`.
pub(super) async fn compare(
    ledger: &Ledger,
    system_key: Option<i64>,
    lines: &[ListedLine],
    seen: &mut Seen,
    summary: &mut ReconciliationSummary,
) -> Result<Vec<Difference>> {
    let reader = ledger.database.reader();
    let (mut ids, mut names) = (Vec::new(), Vec::new());
    for line in lines {
        match &line.entry {
            ListedEntry::Id(id) => ids.push(*id),
            ListedEntry::ExternalId(name) => names.push(name.as_str()),
        }
    }
    let mut entries = reconciling::by_ids(reader, &ids).await?;
    entries.extend(reconciling::by_external_ids(reader, &names).await?);
    let found: Vec<EntryId> = entries.iter().map(|entry| entry.id).collect();
    let sent = match system_key {
        Some(key) => reconciling::sent_versions(reader, key, &found).await?,
        None => HashMap::new(),
    };
    let by_id: HashMap<EntryId, &Compared> = entries.iter().map(|entry| (entry.id, entry)).collect();
    let by_name: HashMap<&str, &Compared> =
        entries.iter().map(|entry| (entry.external_id.as_str(), entry)).collect();
    let mut differences = Vec::new();
    for line in lines {
        let entry = match &line.entry {
            ListedEntry::Id(id) => by_id.get(id),
            ListedEntry::ExternalId(name) => by_name.get(name.as_str()),
        };
        let entry = entry.copied();
        summary.add_line(entry, line.debit, line.credit);
        let Some(entry) = entry else {
            differences.push(unknown(line));
            continue;
        };
        differences.extend(of_line(line, entry, sent.get(&entry.id).copied()));
        seen.push(entry.id, line.line).await?;
    }
    Ok(differences)
}

/// What a line says, as a difference of this kind.
fn told(kind: DifferenceKind, line: &ListedLine) -> Difference {
    Difference {
        line: Some(line.line),
        reference: line.reference.clone(),
        their_debit: line.debit,
        their_credit: line.credit,
        ..Difference::of(kind)
    }
}

fn unknown(line: &ListedLine) -> Difference {
    let difference = told(DifferenceKind::UnknownEntry, line);
    match &line.entry {
        ListedEntry::Id(id) => Difference { entry_id: Some(*id), ..difference },
        ListedEntry::ExternalId(name) => Difference { external_id: Some(name.clone()), ..difference },
    }
}

/// In what a line differs from its entry, of which the system was sent this version.
fn of_line(line: &ListedLine, entry: &Compared, sent: Option<i32>) -> Vec<Difference> {
    let mut kinds = Vec::new();
    match sent {
        None => kinds.push(DifferenceKind::NotMarked),
        Some(sent) if sent < entry.version || entry.is_withdrawn => kinds.push(DifferenceKind::ChangedSince),
        Some(_) => {}
    }
    let is_other_debit = line.debit.is_some_and(|debit| debit != entry.debit);
    if is_other_debit || line.credit.is_some_and(|credit| credit != entry.credit) {
        kinds.push(DifferenceKind::AmountDiffers);
    }
    let difference = |kind| Difference { sent_version: sent, ..told(kind, line).about(entry) };
    kinds.into_iter().map(difference).collect()
}

/// An entry that is marked for the system.
#[derive(Debug)]
pub(super) struct Marked {
    pub(super) entry: Compared,
    document_id: Option<String>,
    version: i32,
}

impl Marked {
    /// That the system does not list it.
    pub(super) fn into_missing(self) -> Difference {
        let difference = Difference {
            reference: self.document_id,
            sent_version: Some(self.version),
            ..Difference::of(DifferenceKind::MissingThere)
        };
        difference.about(&self.entry)
    }
}

/// All entries that are marked for a system, by id, read page by page.
#[derive(Debug)]
pub(super) struct Marks<'a> {
    ledger: &'a Ledger,
    /// `None` when nothing is left to be read.
    system_key: Option<i64>,
    after: EntryId,
    page: std::vec::IntoIter<Marked>,
}

impl<'a> Marks<'a> {
    /// Of the system with this key; none when it is not known.
    pub(super) fn new(ledger: &'a Ledger, system_key: Option<i64>) -> Self {
        Marks { ledger, system_key, after: EntryId::MIN, page: Vec::new().into_iter() }
    }

    /// The next one.
    pub(super) async fn next(&mut self) -> Result<Option<Marked>> {
        loop {
            if let Some(marked) = self.page.next() {
                return Ok(Some(marked));
            }
            let Some(key) = self.system_key else { return Ok(None) };
            self.page = self.read(key).await?.into_iter();
        }
    }

    async fn read(&mut self, system_key: i64) -> Result<Vec<Marked>> {
        let reader = self.ledger.database.reader();
        let sent = reconciling::sent_after(reader, system_key, self.after, MARKS).await?;
        match sent.last() {
            Some(last) if sent.len() as u64 == MARKS => self.after = last.entry_id,
            _ => self.system_key = None,
        }
        let ids: Vec<EntryId> = sent.iter().map(|sent| sent.entry_id).collect();
        let entries = reconciling::by_ids(reader, &ids).await?;
        let mut by_id: HashMap<EntryId, Compared> =
            entries.into_iter().map(|entry| (entry.id, entry)).collect();
        // An entry that another program has deleted meanwhile took its mark with it.
        let marked = sent.into_iter().filter_map(|sent| {
            let entry = by_id.remove(&sent.entry_id)?;
            Some(Marked { entry, document_id: sent.document_id, version: sent.version })
        });
        Ok(marked.collect())
    }
}
