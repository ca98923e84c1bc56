//! What is to be done with vouchers, and what that comes to.

use std::collections::{BTreeMap, HashMap};

use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};

use super::doubted::Doubted;
use super::record::{Shapes, StagedLine};
use super::summary::{Counts, ImportFinding};
use crate::domain::comparison::{Change, ComingLine, LedgerLine, Pair, Plan, VoucherKey, plan};
use crate::domain::{Entry, EntryId, Field, Result, SystemId};
use crate::store::comparing::{self, Header};
use crate::store::entries::{self, BATCH};

/// A voucher of the files, whole.
#[derive(Debug)]
pub(super) struct Voucher {
    pub(super) key: VoucherKey,
    pub(super) lines: Vec<StagedLine>,
    /// The ledger's lines of this voucher.
    pub(super) ledger: Vec<Header>,
}

/// What an import does whatever voucher it is at.
#[derive(Debug)]
pub(super) struct Rules {
    /// Whether lines that are no longer in the file are withdrawn at once. Not where files give external ids: such a line
    /// may have moved to another voucher, which is known at the end.
    pub(super) withdraws: bool,
    /// Whether lines that seem to be missing are told to be looked at again at the end.
    pub(super) doubts: bool,
    /// What the external ids that the ledger gives begin with.
    pub(super) stem: String,
}

/// What comparing some vouchers came to.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Compared {
    pub(super) counts: Counts,
    /// How many external ids were given.
    pub(super) given: u64,
    #[serde(skip)]
    pub(super) findings: Vec<ImportFinding>,
    /// Lines that may be missing.
    #[serde(skip)]
    pub(super) doubted: Vec<Doubted>,
}

impl Voucher {
    /// Whether the ledger says just that, which the digests tell.
    pub(super) fn is_unchanged(&self, shapes: &Shapes) -> Result<bool> {
        let standing = || self.ledger.iter().filter(|header| !header.is_withdrawn());
        if standing().count() != self.lines.len() {
            return Ok(false);
        }
        let mut digests: HashMap<&[u8], i64> = HashMap::with_capacity(self.lines.len());
        for line in &self.lines {
            let columns = shapes.columns(line.columns)?;
            if !columns.has(Field::Debit) || !columns.has(Field::Credit) {
                return Ok(false);
            }
            *digests.entry(&line.digest).or_default() += 1;
        }
        for header in standing() {
            match header.digest().and_then(|digest| digests.get_mut(digest)) {
                Some(count) if *count > 0 => *count -= 1,
                _ => return Ok(false),
            }
        }
        Ok(true)
    }
}

/// What bringing the ledger to what these vouchers say would come to.
pub(super) async fn looked_at(
    connection: &impl ConnectionTrait,
    vouchers: &[Voucher],
    shapes: &Shapes,
    rules: &Rules,
) -> Result<Compared> {
    let mut compared = Compared::default();
    for (voucher, planned) in vouchers.iter().zip(planned(connection, vouchers, shapes, false).await?) {
        planned.count(voucher, rules, &mut compared);
        let sent = comparing::sent(connection, &planned.changed()).await?;
        tell_sent(&voucher.key, sent, &mut compared);
    }
    Ok(compared)
}

/// Whether the entry is written.
pub(super) fn writes(pair: &Pair) -> bool {
    pair.change != Change::None || pair.returns
}

/// What is to be done with a voucher.
pub(super) struct Planned {
    pub(super) entries: Vec<Entry>,
    pub(super) file: Vec<ComingLine>,
    pub(super) plan: Plan,
    /// How many of the entries are the voucher's own; those behind them are known by their external ids.
    own: usize,
}

/// Reads what the ledger has of these vouchers and compares it with the files.
pub(super) async fn planned(
    connection: &impl ConnectionTrait,
    vouchers: &[Voucher],
    shapes: &Shapes,
    locks: bool,
) -> Result<Vec<Planned>> {
    let mut by_id: HashMap<EntryId, Entry> = HashMap::new();
    let ids: Vec<EntryId> =
        vouchers.iter().flat_map(|voucher| voucher.ledger.iter().map(|line| line.id)).collect();
    for ids in ids.chunks(BATCH) {
        let found = match locks {
            true => entries::lock_by_ids(connection, ids).await?,
            false => entries::by_ids(connection, ids).await?,
        };
        by_id.extend(found.into_iter().map(|entry| (entry.id, entry)));
    }
    let mut files = Vec::with_capacity(vouchers.len());
    for voucher in vouchers {
        let lines: Result<Vec<_>> = voucher.lines.iter().map(|line| line.coming(shapes)).collect();
        files.push(lines?);
    }
    let named = files.iter().flatten().filter(|line| line.is_named);
    let names: Vec<&str> = named.map(|line| line.content.external_id.as_str()).collect();
    let mut by_name: HashMap<String, Entry> = HashMap::new();
    for names in names.chunks(BATCH) {
        let found = match locks {
            true => entries::lock_by_external_ids(connection, names).await?,
            false => entries::by_external_ids(connection, names).await?,
        };
        by_name.extend(found.into_iter().map(|entry| (entry.content.external_id.clone(), entry)));
    }
    let planned = vouchers.iter().zip(files).map(|(voucher, file)| {
        let mut entries: Vec<Entry> =
            voucher.ledger.iter().filter_map(|line| by_id.remove(&line.id)).collect();
        let own = entries.len();
        for line in file.iter().filter(|line| line.is_named) {
            let Some(known) = by_name.remove(&line.content.external_id) else { continue };
            if entries[..own].iter().all(|entry| entry.id != known.id) {
                entries.push(known);
            }
        }
        let ledger: Vec<LedgerLine> = entries
            .iter()
            .map(|entry| LedgerLine {
                id: entry.id,
                content: entry.content.clone(),
                is_withdrawn: entry.withdrawn_at.is_some(),
            })
            .collect();
        let plan = plan(&ledger, &file);
        Planned { entries, file, plan, own }
    });
    Ok(planned.collect())
}

impl Planned {
    /// The entries that change materially.
    pub(super) fn changed(&self) -> Vec<EntryId> {
        let material = self.plan.pairs.iter().filter(|pair| pair.change == Change::Material);
        material.map(|pair| self.entries[pair.ledger].id).collect()
    }

    /// Whether the ledger had the voucher before.
    pub(super) fn stands(&self) -> bool {
        self.entries[..self.own].iter().any(|entry| entry.withdrawn_at.is_none())
    }

    pub(super) fn count(&self, voucher: &Voucher, rules: &Rules, compared: &mut Compared) {
        let counts = &mut compared.counts;
        for pair in &self.plan.pairs {
            let (entry, line) = (&self.entries[pair.ledger], &self.file[pair.file]);
            let has = |field| line.columns.has(field);
            let debit = if has(Field::Debit) { line.content.debit } else { entry.content.debit };
            let credit = if has(Field::Credit) { line.content.credit } else { entry.content.credit };
            counts.of_file(debit, credit);
            counts.of_ledger(debit, credit);
            if writes(pair) { counts.updated += 1 } else { counts.unchanged += 1 }
        }
        for line in self.plan.new.iter().map(|line| &self.file[*line].content) {
            counts.inserted += 1;
            counts.of_file(line.debit, line.credit);
            counts.of_ledger(line.debit, line.credit);
        }
        let missing = self.plan.missing.len() as u64;
        let is_withdrawn = rules.withdraws && !rules.doubts;
        for entry in self.plan.missing.iter().map(|line| &self.entries[*line]) {
            let (debit, credit) = (entry.content.debit, entry.content.credit);
            if !is_withdrawn {
                counts.of_ledger(debit, credit);
            }
            if rules.doubts {
                let external_id = entry.content.external_id.clone();
                let (id, voucher) = (entry.id, voucher.key.clone());
                compared.doubted.push(Doubted { id, external_id, voucher, debit, credit, is_gone: false });
            }
        }
        if missing > 0 && !rules.doubts {
            counts.missing += missing;
            counts.withdrawn += if is_withdrawn { missing } else { 0 };
            let voucher = voucher.key.clone();
            let finding = ImportFinding::Missing { voucher, lines: missing, is_gone: false, is_withdrawn };
            compared.findings.push(finding);
        }
        let stood = self.stands();
        let changes = self.plan.pairs.iter().any(writes) || !self.plan.new.is_empty() || missing > 0;
        match (stood, changes) {
            (false, true) => counts.new_vouchers += 1,
            (_, true) => counts.changed_vouchers += 1,
            (_, false) => counts.unchanged_vouchers += 1,
        }
    }
}

pub(super) fn tell_sent(voucher: &VoucherKey, sent: Vec<(EntryId, SystemId)>, compared: &mut Compared) {
    let mut by_entry: BTreeMap<EntryId, Vec<SystemId>> = BTreeMap::new();
    for (id, system) in sent {
        by_entry.entry(id).or_default().push(system);
    }
    let finding = |systems| ImportFinding::AlreadySent { voucher: voucher.clone(), systems };
    compared.findings.extend(by_entry.into_values().map(finding));
}
