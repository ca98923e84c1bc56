//! The vouchers of a claim.

use std::collections::HashMap;

use super::{ClaimedLine, no_claim};
use crate::domain::claim::{Claim, ClaimedEntry};
use crate::domain::page::{
    Binding, DEFAULT_VOUCHERS, MAX_PAGE, MAX_VOUCHERS, Page, PageArguments, PageBounds, Paged,
};
use crate::domain::progress::Unit;
use crate::domain::voucher::MAX_LINES;
use crate::domain::{Entry, EntryId, Error, Result, Voucher, VoucherId};
use crate::service::reading::cost_of;
use crate::service::{Ledger, dispatch};
use crate::store::{self, claims};

/// What the cursors of the vouchers of a claim begin with.
const CLAIM_VOUCHERS: &str = "claim_vouchers";

/// The most entries that a claim has: a claim takes no more than asked for, but for the rest of its last voucher.
const MOST_CLAIMED: u64 = MAX_PAGE + MAX_LINES;

/// A voucher of which a claim has entries.
#[derive(Clone, Debug)]
pub struct ClaimedVoucher {
    /// The voucher.
    pub voucher: Voucher,
    /// The first of its entries that the claim has.
    pub first_entry: EntryId,
    /// The key under which the voucher is sent; `None` where the system takes entries one by one, each under its own key.
    pub dispatch_key: Option<String>,
    /// Its entries that the claim has, by id, as they are now.
    pub entries: Vec<(Entry, ClaimedLine)>,
}

/// What a claim has of a voucher.
struct Part {
    voucher: Voucher,
    lines: Vec<ClaimedEntry>,
}

impl Part {
    /// A part has a line at least: it begins with one.
    fn first_entry(&self) -> EntryId {
        self.lines.first().map_or(EntryId::MAX, |line| line.entry_id)
    }
}

impl Ledger {
    /// A page of the vouchers of a claim, in the order of the first entry of each that was claimed, with these entries. Who
    /// may see a claim may see what is in it.
    pub async fn claimed_vouchers(
        &self,
        claim: &Claim,
        arguments: &PageArguments,
    ) -> Result<Paged<ClaimedVoucher>> {
        self.may_see_claims()?;
        let binding = claim_binding(&claim.id);
        let bounds = PageBounds { default: DEFAULT_VOUCHERS, max: MAX_VOUCHERS };
        let page = arguments.page(bounds, |cursor| binding.id(cursor))?;
        let reader = self.database.reader();
        let Some((_, keys)) = claims::find(reader, &claim.id, false).await? else {
            return Err(no_claim(&claim.id).into());
        };
        let all = Page { size: MOST_CLAIMED, from_end: false, after: None, before: None };
        let lines = claims::entries(reader, &keys, &all).await?;
        let ids: Vec<EntryId> = lines.iter().map(|line| line.entry_id).collect();
        let entries = store::vouchers::told_by(reader, &ids).await?;
        // Ten lines are read for what an entry with all of its fields costs.
        self.costs(1 + lines.len() / 10);
        let Paged { items: parts, has_next, has_previous } = cut(by_voucher(lines, &entries)?, &page);

        let ids: Vec<EntryId> = parts.iter().flat_map(|part| &part.lines).map(|line| line.entry_id).collect();
        let entries = store::entries::by_ids(reader, &ids).await?;
        self.costs(parts.len() + cost_of(&entries));
        let system = store::systems::find(reader, &claim.system_id).await?;
        let keys = match &system {
            Some(system) => dispatch::keys(reader, system, &ids).await?,
            None => HashMap::new(),
        };
        let are_units = system.is_some_and(|system| system.settings.unit == Unit::Voucher);
        let mut entries: HashMap<EntryId, Entry> =
            entries.into_iter().map(|entry| (entry.id, entry)).collect();
        let claimed_voucher = |part: Part| {
            let first_entry = part.first_entry();
            let with_entry = |line: ClaimedEntry| {
                let dispatch_key = keys.get(&line.entry_id).cloned().unwrap_or_default();
                let entry = entries.remove(&line.entry_id).ok_or_else(gone)?;
                Ok((entry, ClaimedLine { line, dispatch_key }))
            };
            Ok(ClaimedVoucher {
                voucher: part.voucher,
                first_entry,
                // What was unexported of a voucher has one key, see `dispatch`.
                dispatch_key: keys.get(&first_entry).filter(|_| are_units).cloned(),
                entries: part.lines.into_iter().map(with_entry).collect::<Result<_>>()?,
            })
        };
        let items: Result<Vec<_>> = parts.into_iter().map(claimed_voucher).collect();
        Ok(Paged { items: items?, has_next, has_previous })
    }
}

/// The lines of a claim, voucher by voucher, in the order of the first line of each. Lines and entries come by id.
fn by_voucher(lines: Vec<ClaimedEntry>, entries: &[Entry]) -> Result<Vec<Part>> {
    let vouchers: HashMap<EntryId, Voucher> =
        entries.iter().map(|entry| (entry.id, Voucher::of(entry))).collect();
    let mut places: HashMap<&VoucherId, usize> = HashMap::new();
    let mut parts: Vec<Part> = Vec::new();
    for line in lines {
        let voucher = vouchers.get(&line.entry_id).ok_or_else(gone)?;
        let place = *places.entry(&voucher.id).or_insert(parts.len());
        match parts.get_mut(place) {
            Some(part) => part.lines.push(line),
            None => parts.push(Part { voucher: voucher.clone(), lines: vec![line] }),
        }
    }
    Ok(parts)
}

/// The page of these parts.
fn cut(parts: Vec<Part>, page: &Page<EntryId>) -> Paged<Part> {
    let mut parts: Vec<Part> = parts
        .into_iter()
        .filter(|part| page.after.is_none_or(|after| part.first_entry() > after))
        .filter(|part| page.before.is_none_or(|before| part.first_entry() < before))
        .collect();
    if page.from_end {
        parts.reverse();
    }
    page.of(parts)
}

fn gone() -> Error {
    Error::internal("an entry that was claimed is not there")
}

fn claim_binding(claim_id: &str) -> Binding {
    Binding::new(&(CLAIM_VOUCHERS, claim_id))
}

/// The cursor of a voucher of a claim.
pub fn claimed_voucher_cursor(claim_id: &str, voucher: &ClaimedVoucher) -> String {
    claim_binding(claim_id).id_cursor(voucher.first_entry)
}
