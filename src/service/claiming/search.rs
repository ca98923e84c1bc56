//! The search for what a claim can take.

use std::collections::{HashMap, HashSet};

use crate::domain::page::{Listing, Order, Page, Position, Scope};
use crate::domain::progress::{ExportState, PendingEntry, Progress, Unit};
use crate::domain::voucher::MAX_LINES;
use crate::domain::{Entry, EntryId, Field, Fields, Filter, Result, Timestamp, Voucher, VoucherId};
use crate::service::operation::Work;
use crate::store::claims::{self, Turn};
use crate::store::progress::{self, Locked};
use crate::store::{self, places::Range, systems::KnownSystem};

/// Entries that a claim with a filter looks at, from where it begins.
const LOOKED_AT: u64 = 20_000;
/// Entries that failed and are due that a claim with a filter looks at.
const DUE_LOOKED_AT: u64 = 1_000;
/// Pages of free entries that a claim reads at most: more than one where units are left because others have locked or
/// claimed a part of them.
const MAX_PAGES: usize = 10;
/// A claim looks from the lowest id on when the last such look is this many microseconds ago: entries behind the place where
/// searches begin may have become free again.
const FROM_THE_BEGINNING: i64 = 60_000_000;

/// A search for units that nobody has.
pub(super) struct Search<'a> {
    system: &'a KnownSystem,
    turn: Turn,
    filter: Option<&'a Filter>,
    /// Units that were looked at.
    seen: HashSet<VoucherId>,
    /// What was found: the lines of whole units, locked.
    pub(super) ids: Vec<EntryId>,
}

impl<'a> Search<'a> {
    /// A search for units of the system in its turn, with an entry that passes the filter.
    pub(super) fn new(system: &'a KnownSystem, turn: Turn, filter: Option<&'a Filter>) -> Self {
        Self { system, turn, filter, seen: HashSet::new(), ids: Vec::new() }
    }

    fn unit(&self, entry: &Entry) -> VoucherId {
        match self.system.settings.unit {
            Unit::Voucher => Voucher::of(entry).id,
            Unit::Entry => VoucherId::Unnumbered(entry.id),
        }
    }

    /// Entries that failed and are to be tried again, those that waited longest first.
    pub(super) async fn due(&self, work: &Work<'_>, first: u64) -> Result<Vec<Entry>> {
        let limit = if self.filter.is_some() { DUE_LOOKED_AT } else { first };
        let ids = claims::due(work.transaction, self.system.key, work.now, limit).await?;
        let mut entries: HashMap<EntryId, Entry> = store::entries::by_ids(work.transaction, &ids)
            .await?
            .into_iter()
            .filter(|entry| self.filter.is_none_or(|filter| filter.matches(entry)))
            .map(|entry| (entry.id, entry))
            .collect();
        Ok(ids.iter().filter_map(|id| entries.remove(id)).collect())
    }

    /// Takes units with free entries, in the order of their ids, until `up_to` entries are found.
    pub(super) async fn free(&mut self, work: &Work<'_>, up_to: usize) -> Result<()> {
        let (connection, key) = (work.transaction, self.system.key);
        let states = Some(vec![ExportState::Pending]);
        let scope = Scope::Unexported {
            system_id: self.system.id.clone(),
            not_exported_since: None,
            states: states.clone(),
        };
        let listing = Listing { scope, filter: self.filter.cloned(), order: Order::default() };
        let range = Range::Unexported { system: self.system.clone(), marked_after: None, states };
        let fields = Fields::Only(vec![Field::JournalCode, Field::PostingDate, Field::EntryNumber]);
        let was_long_ago = self.turn.now.micros() - self.turn.began_at.micros() >= FROM_THE_BEGINNING;
        let from_the_beginning = self.filter.is_some() || was_long_ago;
        let at = |id: EntryId| Position { key: id, id };
        let mut after = (!from_the_beginning).then_some(self.turn.begin_after);
        let mut may_begin_again = !from_the_beginning;
        for _ in 0..MAX_PAGES {
            let Some(missing) = up_to.checked_sub(self.ids.len()).filter(|missing| *missing > 0) else {
                break;
            };
            let before = match self.filter {
                Some(_) => {
                    let from = after.unwrap_or(i64::MIN);
                    claims::free_entry_after(connection, key, from, LOOKED_AT).await?
                }
                None => None,
            };
            let page =
                Page { size: missing as u64, from_end: false, after: after.map(at), before: before.map(at) };
            let found = store::listing::page(connection, &range, &listing, &page, &fields).await?;
            self.take(work, &found, up_to).await?;
            // Where enough is found, the rest of the page was not looked at.
            let looked_at = found.iter().take_while(|entry| self.seen.contains(&self.unit(entry)));
            match looked_at.last() {
                Some(last) => after = Some(last.id),
                None if before.is_some() => after = before,
                None if may_begin_again => (after, may_begin_again) = (None, false),
                None => {
                    after = None;
                    break;
                }
            }
        }
        if self.filter.is_none() {
            let began_at = if from_the_beginning { self.turn.now } else { self.turn.began_at };
            claims::leave_turn(connection, key, after.unwrap_or(i64::MIN), began_at).await?;
        }
        Ok(())
    }

    /// Takes the units of these entries that nobody has, until `up_to` entries are found. The last unit may exceed it.
    pub(super) async fn take(&mut self, work: &Work<'_>, candidates: &[Entry], up_to: usize) -> Result<()> {
        let mut units: Vec<(VoucherId, EntryId)> = Vec::new();
        let mut named = HashSet::new();
        for entry in candidates {
            let unit = self.unit(entry);
            if !self.seen.contains(&unit) && named.insert(unit.clone()) {
                units.push((unit, entry.id));
            }
        }
        let mut rest = &units[..];
        while !rest.is_empty() && self.ids.len() < up_to {
            // Every unit has a line at least.
            let enough = Ord::min(rest.len(), up_to - self.ids.len());
            let (these, lines) = self.lines(work, &rest[..enough]).await?;
            let all: Vec<EntryId> = lines.iter().flatten().copied().collect();
            let (connection, key) = (work.transaction, self.system.key);
            let changing = progress::ensure(connection, self.system, &all).await?;
            let pending = progress::of_entries(connection, key, &all).await?;
            let pending: HashSet<EntryId> = pending.into_iter().map(|line| line.entry_id).collect();
            let locked = progress::lock(connection, key, &all, Locked::Skipped).await?;
            let free: HashSet<EntryId> =
                locked.iter().filter(|line| is_free(line, work.now)).map(|line| line.entry_id).collect();
            for ((unit, _), lines) in rest.iter().zip(lines) {
                if self.ids.len() >= up_to {
                    break;
                }
                self.seen.insert(unit.clone());
                if lines.iter().any(|id| changing.contains(id)) {
                    continue;
                }
                let lines: Vec<EntryId> = lines.into_iter().filter(|id| pending.contains(id)).collect();
                if lines.iter().all(|id| free.contains(id)) {
                    self.ids.extend(lines);
                }
            }
            rest = &rest[these..];
        }
        Ok(())
    }

    /// The lines of the first of these units, and how many units that is: as many as have at most [`MAX_LINES`] lines
    /// together. A unit that has more by itself comes without lines: no call could mark it.
    async fn lines(
        &self,
        work: &Work<'_>,
        units: &[(VoucherId, EntryId)],
    ) -> Result<(usize, Vec<Vec<EntryId>>)> {
        if self.system.settings.unit == Unit::Entry {
            return Ok((units.len(), units.iter().map(|(_, id)| vec![*id]).collect()));
        }
        let mut these = units.len();
        loop {
            let ones: Vec<EntryId> = units[..these].iter().map(|(_, id)| *id).collect();
            let rows = store::units::lines_of(work.transaction, &ones, MAX_LINES + 1).await?;
            let are_too_many = rows.len() as u64 > MAX_LINES;
            if are_too_many && these > 1 {
                these /= 2;
                continue;
            }
            let mut by_one: HashMap<EntryId, Vec<EntryId>> = HashMap::new();
            for (one, line) in rows.into_iter().filter(|_| !are_too_many) {
                by_one.entry(one).or_default().push(line);
            }
            return Ok((these, ones.iter().map(|one| by_one.remove(one).unwrap_or_default()).collect()));
        }
    }
}

/// Whether a claim may take the line. What failed is due by the clock by which it failed, the gateways'.
fn is_free(line: &PendingEntry, now: Timestamp) -> bool {
    match line.progress {
        Progress::Free => true,
        Progress::Failed => line.due_at <= now,
        Progress::Claimed | Progress::GivenUp | Progress::Parked => false,
    }
}
