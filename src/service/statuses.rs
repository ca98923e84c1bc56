//! How far the export of entries to a system is, and what workers have claimed.

mod claimed_vouchers;
mod states;

use std::collections::HashMap;

use super::dispatch;
use super::leasing::no_claim;
use super::reading::{COUNT, cost_of};
use super::{DEFAULT_SYSTEMS, Ledger, MAX_SYSTEMS};
use crate::domain::claim::{Claim, ClaimedEntry};
use crate::domain::event::TimelineEvent;
use crate::domain::export::EntryExport;
use crate::domain::page::{Binding, PageArguments, PageBounds, Paged};
use crate::domain::progress::{ExportState, PendingEntry, Progress};
use crate::domain::status::ExportStatus;
use crate::domain::voucher::MAX_LINES;
use crate::domain::{Entry, EntryId, Error, Result, Right, SystemId, Voucher, VoucherId};
use crate::store::{self, claims, progress};
use states::{exported, unexported};

pub use claimed_vouchers::{ClaimedVoucher, claimed_voucher_cursor};

/// What the cursors of the list of claims for a system begin with.
const CLAIMS: &str = "claims";
/// What the cursors of the entries of a claim begin with.
const CLAIM_ENTRIES: &str = "claim_entries";

/// An entry of a claim, and the key under which it is sent.
#[derive(Clone, Debug)]
pub struct ClaimedLine {
    /// The entry, its version and whether the claim still has it.
    pub line: ClaimedEntry,
    /// The key of its unit.
    pub dispatch_key: String,
}

impl Ledger {
    /// How far the export of each of these entries to the system is.
    pub async fn export_statuses(
        &self,
        entries: &[Entry],
        system_id: &SystemId,
    ) -> Result<HashMap<EntryId, ExportStatus>> {
        self.caller.require_for(Right::Export, system_id)?;
        self.costs(entries.len());
        let reader = self.database.reader();
        let ids: Vec<EntryId> = entries.iter().map(|entry| entry.id).collect();
        let system = store::systems::find(reader, system_id).await?;
        let key = system.as_ref().map(|system| system.key);
        // In this order: an entry that is marked meanwhile is found in both, and its mark counts. One whose mark is taken
        // back meanwhile is found in neither, and is free.
        let pending = match key {
            Some(key) => progress::of_entries(reader, key, &ids).await?,
            None => Vec::new(),
        };
        let held: Vec<i64> = pending.iter().filter_map(|line| line.claim_key).collect();
        let leases = if held.is_empty() { Vec::new() } else { claims::by_keys(reader, held).await? };
        let leases: HashMap<i64, Claim> = leases.into_iter().map(|claim| (claim.number, claim)).collect();
        let pending: HashMap<EntryId, PendingEntry> =
            pending.into_iter().map(|line| (line.entry_id, line)).collect();
        let marks = store::marks::of_entries(reader, &ids, Some(std::slice::from_ref(system_id))).await?;
        let mut marks: HashMap<EntryId, EntryExport> =
            marks.into_iter().map(|mark| (mark.entry_id, mark)).collect();
        let told = self.told(&pending, system_id).await?;
        let status = |entry: &Entry| {
            let lease = |line: &PendingEntry| leases.get(&line.claim_key?);
            let status = match (marks.remove(&entry.id), pending.get(&entry.id)) {
                (Some(mark), _) => exported(entry, mark),
                (None, Some(line)) if entry.withdrawn_at.is_none() => unexported(line, lease(line), &told),
                (None, _) => ExportStatus {
                    state: if entry.withdrawn_at.is_some() {
                        ExportState::Withdrawn
                    } else {
                        ExportState::Pending
                    },
                    ..ExportStatus::default()
                },
            };
            (entry.id, status)
        };
        Ok(entries.iter().map(status).collect())
    }

    /// How far the export of one entry to the system is, and the key under which it is sent, once the system is known; `None`
    /// where there is no such entry.
    pub async fn export_status(
        &self,
        id: EntryId,
        system_id: &SystemId,
    ) -> Result<Option<(ExportStatus, Option<String>)>> {
        self.caller.require_for(Right::Export, system_id)?;
        let entries = store::entries::by_ids(self.database.reader(), &[id]).await?;
        let status = self.export_statuses(&entries, system_id).await?.remove(&id);
        let Some(status) = status else { return Ok(None) };
        let key = self.dispatch_keys(&[id], system_id).await?.remove(&id);
        Ok(Some((status, key)))
    }

    /// What the timelines tell of failures and of who parked, for those of these entries that have failed or are parked.
    async fn told(
        &self,
        pending: &HashMap<EntryId, PendingEntry>,
        system_id: &SystemId,
    ) -> Result<Vec<TimelineEvent>> {
        let told = pending.values().filter(|line| line.failure_type > 0 || line.progress == Progress::Parked);
        let ids: Vec<EntryId> = told.map(|line| line.entry_id).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        store::timeline::newest_of(self.database.reader(), &ids, system_id, &["FAILED", "PARKED"]).await
    }

    /// How far the export of each of these vouchers to the system is: the entry that stands for it, and that entry's status.
    /// That is its first entry that the system has not been sent, or its first one where all were.
    pub async fn voucher_statuses(
        &self,
        vouchers: &[VoucherId],
        system_id: &SystemId,
    ) -> Result<HashMap<VoucherId, (EntryId, ExportStatus)>> {
        self.caller.require_for(Right::Export, system_id)?;
        let reader = self.database.reader();
        let mut standing: HashMap<VoucherId, EntryId> = store::vouchers::first_of_each(reader, vouchers)
            .await?
            .iter()
            .map(|entry| (Voucher::of(entry).id, entry.id))
            .collect();
        if let Some(system) = store::systems::find(reader, system_id).await? {
            let by_first: HashMap<EntryId, VoucherId> =
                standing.iter().map(|(voucher, first)| (*first, voucher.clone())).collect();
            let firsts: Vec<EntryId> = by_first.keys().copied().collect();
            let limit = MAX_LINES * (1 + firsts.len() as u64);
            let lines = store::units::lines_of(reader, &firsts, limit).await?;
            let ids: Vec<EntryId> = lines.iter().map(|(_, line)| *line).collect();
            let marked = store::marks::marked(reader, system.key, &ids).await?;
            for (first, voucher) in by_first {
                let of_voucher = lines.iter().filter(|(one, line)| *one == first && !marked.contains(line));
                if let Some((_, line)) = of_voucher.min_by_key(|(_, line)| *line) {
                    standing.insert(voucher, *line);
                }
            }
        }
        let ids: Vec<EntryId> = standing.values().copied().collect();
        let entries = store::entries::by_ids(reader, &ids).await?;
        let statuses = self.export_statuses(&entries, system_id).await?;
        let status = |(voucher, id): (VoucherId, EntryId)| Some((voucher, (id, statuses.get(&id)?.clone())));
        Ok(standing.into_iter().filter_map(status).collect())
    }

    /// The key under which each of these entries is sent to the system. Empty while the system is not known.
    pub async fn dispatch_keys(
        &self,
        ids: &[EntryId],
        system_id: &SystemId,
    ) -> Result<HashMap<EntryId, String>> {
        self.caller.require_for(Right::Export, system_id)?;
        self.costs(COUNT + ids.len());
        let reader = self.database.reader();
        match store::systems::find(reader, system_id).await? {
            Some(system) => dispatch::keys(reader, &system, ids).await,
            None => Ok(HashMap::new()),
        }
    }

    /// One claim.
    pub async fn export_claim(&self, id: &str) -> Result<Claim> {
        self.may_see_claims()?;
        self.costs(1);
        match claims::find(self.database.reader(), id, false).await? {
            Some((claim, _)) if self.caller.knows(&claim.system_id) => Ok(claim),
            _ => Err(no_claim(id).into()),
        }
    }

    /// A page of the claims for a system that have not ended, oldest first.
    pub async fn export_claims(
        &self,
        system_id: &SystemId,
        arguments: &PageArguments,
    ) -> Result<Paged<Claim>> {
        self.caller.require_for(Right::Export, system_id)?;
        let binding = Binding::new(&(CLAIMS, system_id));
        let bounds = PageBounds { default: DEFAULT_SYSTEMS, max: MAX_SYSTEMS };
        let page = arguments.page(bounds, |cursor| binding.id(cursor))?;
        let claims = claims::open(self.database.reader(), system_id, &page).await?;
        let page = page.of(claims);
        self.costs(1 + page.items.len());
        Ok(page)
    }

    /// Who may claim may see what came of it.
    fn may_see_claims(&self) -> Result<()> {
        Ok(self.caller.require_either(Right::Export, Right::Mark)?)
    }

    /// A page of the entries of a claim, by id.
    pub async fn claimed(&self, claim: &Claim, arguments: &PageArguments) -> Result<Paged<ClaimedLine>> {
        self.may_see_claims()?;
        let binding = claim_binding(&claim.id);
        let page = arguments.page(PageBounds::ENTRIES, |cursor| binding.id(cursor))?;
        let reader = self.database.reader();
        let Some((_, keys)) = claims::find(reader, &claim.id, false).await? else {
            return Err(no_claim(&claim.id).into());
        };
        let page = page.of(claims::entries(reader, &keys, &page).await?);
        self.costs(1 + page.items.len());
        let ids: Vec<EntryId> = page.items.iter().map(|line| line.entry_id).collect();
        let dispatch_keys = match store::systems::find(reader, &claim.system_id).await? {
            Some(system) => dispatch::keys(reader, &system, &ids).await?,
            None => HashMap::new(),
        };
        Ok(page.map(|line| ClaimedLine {
            line,
            dispatch_key: dispatch_keys.get(&line.entry_id).cloned().unwrap_or_default(),
        }))
    }

    /// The same page, each with its entry as it is now. Who may see a claim may see what is in it: a worker needs no right
    /// to read the whole ledger.
    pub async fn claimed_entries(
        &self,
        claim: &Claim,
        arguments: &PageArguments,
    ) -> Result<Paged<(Entry, ClaimedLine)>> {
        let Paged { items, has_next, has_previous } = self.claimed(claim, arguments).await?;
        let ids: Vec<EntryId> = items.iter().map(|claimed| claimed.line.entry_id).collect();
        let entries = store::entries::by_ids(self.database.reader(), &ids).await?;
        self.costs(cost_of(&entries));
        let mut entries: HashMap<EntryId, Entry> =
            entries.into_iter().map(|entry| (entry.id, entry)).collect();
        let with_entry = |claimed: ClaimedLine| match entries.remove(&claimed.line.entry_id) {
            Some(entry) => Ok((entry, claimed)),
            None => Err(Error::internal("an entry that was claimed is not there")),
        };
        let items: Result<Vec<_>> = items.into_iter().map(with_entry).collect();
        Ok(Paged { items: items?, has_next, has_previous })
    }
}

fn claim_binding(claim_id: &str) -> Binding {
    Binding::new(&(CLAIM_ENTRIES, claim_id))
}

/// The cursor of a claim in the list of those for its system.
pub fn claim_cursor(claim: &Claim) -> String {
    Binding::new(&(CLAIMS, &claim.system_id)).id_cursor(claim.number)
}

/// The cursor of an entry of a claim.
pub fn claimed_cursor(claim_id: &str, entry_id: EntryId) -> String {
    claim_binding(claim_id).id_cursor(entry_id)
}
