//! The units that a call is about: for each of its items the lines that fail, are parked and are requeued as one.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::operation::Work;
use super::retiring::refuse_retired;
use crate::domain::batch::{entry_not_found, fault_in};
use crate::domain::progress::{PendingEntry, Unit};
use crate::domain::voucher::MAX_LINES;
use crate::domain::{Code, Entry, EntryId, Error, Fault, Item, Result, SystemId, Target, Voucher, VoucherId};
use crate::store::progress::{self, Locked};
use crate::store::{self, systems::KnownSystem};

/// The unit of an item.
#[derive(Clone, Debug)]
pub(super) struct FoundUnit {
    /// The system that it is for.
    pub(super) system: KnownSystem,
    /// The entries that the item names: the entry, or all of the voucher.
    pub(super) named: Vec<EntryId>,
    /// The lines that the system has not been sent, locked, by id. Empty when the item names what the system has.
    pub(super) pending: Vec<PendingEntry>,
}

impl FoundUnit {
    /// The ids of the pending lines.
    pub(super) fn ids(&self) -> Vec<EntryId> {
        self.pending.iter().map(|line| line.entry_id).collect()
    }
}

/// An item of a call that is about the unit of an entry, or about a voucher.
pub(super) trait OfUnit: Item {
    /// The entry or the voucher.
    fn target(&self) -> &Target;

    /// The system.
    fn system_id(&self) -> &SystemId;
}

/// Finds the unit of each item and locks its lines, system by system in the order of their keys. Systems that are not
/// known become known. `consequence` says what did not happen to an item that names nothing.
pub(super) async fn find<T: OfUnit>(
    work: &mut Work<'_>,
    items: &[T],
    consequence: &str,
) -> Result<Vec<Result<FoundUnit, Fault>>> {
    let vouchers = Vouchers::of(work, items).await?;
    let names: BTreeSet<&SystemId> = items.iter().map(OfUnit::system_id).collect();
    let names: Vec<&SystemId> = names.into_iter().collect();
    let systems = store::systems::make_known_alone(work.transaction, &names, work.now).await?;
    if systems.iter().any(|system| system.history.is_some() && system.retired_at.is_none()) {
        work.leave_history();
    }
    let mut found: Vec<Option<Result<FoundUnit, Fault>>> = items.iter().map(|_| None).collect();
    for system in &systems {
        let of_system: Vec<usize> =
            (0..items.len()).filter(|index| *items[*index].system_id() == system.id).collect();
        if let Err(fault) = refuse_retired(system) {
            for index in of_system {
                found[index] = Some(Err(fault.clone().under(index).under(T::LIST)));
            }
            continue;
        }
        let mut lines: HashMap<usize, (Vec<EntryId>, Vec<EntryId>)> = HashMap::new();
        for index in of_system {
            match vouchers.lines(items[index].target(), system.settings.unit, consequence) {
                Ok(of_item) => {
                    lines.insert(index, of_item);
                }
                Err(fault) => {
                    let field = items[index].target().field();
                    found[index] = Some(Err(fault_in(T::LIST, index, field, fault)));
                }
            }
        }
        let ids: Vec<EntryId> = lines.values().flat_map(|(_, unit)| unit.iter().copied()).collect();
        if !progress::ensure(work.transaction, system, &ids).await?.is_empty() {
            return Err(Error::busy("another transaction is changing an entry of the call"));
        }
        let pending = progress::lock(work.transaction, system.key, &ids, Locked::Awaited).await?;
        let pending: HashMap<EntryId, PendingEntry> =
            pending.into_iter().map(|line| (line.entry_id, line)).collect();
        for (index, (named, unit)) in lines {
            // When the entry that is named is exported already, the rest of its voucher is left as it is.
            let is_pending = named.iter().any(|id| pending.contains_key(id));
            let lines = unit.iter().filter(|_| is_pending).filter_map(|id| pending.get(id).cloned());
            let mut lines: Vec<PendingEntry> = lines.collect();
            lines.sort_unstable_by_key(|line| line.entry_id);
            found[index] = Some(Ok(FoundUnit { system: system.clone(), named, pending: lines }));
        }
    }
    let found: Option<Vec<_>> = found.into_iter().collect();
    found.ok_or_else(|| Error::internal("an item without a system"))
}

/// The vouchers that a call names, by an entry or by their ids.
struct Vouchers {
    entries: HashMap<EntryId, Entry>,
    lines: HashMap<VoucherId, Vec<EntryId>>,
}

impl Vouchers {
    async fn of<T: OfUnit>(work: &Work<'_>, items: &[T]) -> Result<Self> {
        let ids: Vec<EntryId> = items.iter().filter_map(|item| item.target().entry_id()).collect();
        let entries = store::entries::by_ids(work.transaction, &ids).await?;
        let named: HashSet<&VoucherId> = items.iter().filter_map(|item| item.target().voucher_id()).collect();
        let named: Vec<VoucherId> = named.into_iter().cloned().collect();
        let firsts = store::vouchers::first_of_each(work.transaction, &named).await?;
        // One entry of each voucher leads to all of its lines.
        let one_of_each: HashMap<VoucherId, EntryId> =
            entries.iter().chain(&firsts).map(|entry| (Voucher::of(entry).id, entry.id)).collect();
        let by_entry: HashMap<EntryId, &VoucherId> = one_of_each.iter().map(|(id, one)| (*one, id)).collect();
        let ones: Vec<EntryId> = by_entry.keys().copied().collect();
        let rows = store::units::lines_of(work.transaction, &ones, MAX_LINES + 1).await?;
        if rows.len() as u64 > MAX_LINES {
            let message = format!(
                "the vouchers of this call have more than {MAX_LINES} entries together: send them in several calls"
            );
            return Err(Error::refused(Code::TooManyItems, message));
        }
        let mut lines: HashMap<VoucherId, Vec<EntryId>> = HashMap::new();
        for (one, line) in rows {
            if let Some(voucher) = by_entry.get(&one) {
                lines.entry((*voucher).clone()).or_default().push(line);
            }
        }
        Ok(Self { entries: entries.into_iter().map(|entry| (entry.id, entry)).collect(), lines })
    }

    /// The entries that the item names, and the lines of its unit.
    fn lines(
        &self,
        target: &Target,
        unit: Unit,
        consequence: &str,
    ) -> Result<(Vec<EntryId>, Vec<EntryId>), Fault> {
        match target {
            Target::Entry(id) => {
                let entry = self.entries.get(id).ok_or_else(|| entry_not_found(*id, consequence))?;
                if entry.withdrawn_at.is_some() {
                    let message = format!("entry {id} is withdrawn; {consequence}");
                    return Err(Fault::new(Code::EntryWithdrawn, message).about(*id));
                }
                let lines = match unit {
                    Unit::Entry => vec![*id],
                    Unit::Voucher => self.lines.get(&Voucher::of(entry).id).cloned().unwrap_or_default(),
                };
                Ok((vec![*id], lines))
            }
            Target::Voucher(id) => {
                let lines = self.lines.get(id).cloned();
                let lines = lines.ok_or_else(|| {
                    Fault::new(Code::VoucherNotFound, format!("there is no {target}; {consequence}"))
                })?;
                Ok((lines.clone(), lines))
            }
        }
    }
}

/// That the system has what an item names.
pub(super) fn already_exported(target: &Target, system_id: &SystemId, consequence: &str) -> Fault {
    let message = format!("{target} is marked for \"{system_id}\" already; {consequence}");
    let fault = Fault::new(Code::AlreadyExported, message);
    match target.entry_id() {
        Some(id) => fault.about(id),
        None => fault,
    }
}
