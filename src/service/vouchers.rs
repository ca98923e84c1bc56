//! Reading vouchers: lists of them, single ones, what belongs to them, and whole answers as a stream.

use std::collections::{HashMap, HashSet};

use futures_util::{Stream, StreamExt};

use super::Ledger;
use super::reading::cost_of;
use crate::domain::export::EntryExport;
use crate::domain::page::{Listing, Order, PageArguments, Paged, Position, Scope, VoucherListing};
use crate::domain::total::{CurrencyTotal, totals};
use crate::domain::voucher::MAX_LINES;
use crate::domain::{
    Entry, EntryId, Error, Field, Fields, Result, Right, SystemId, Timestamp, Voucher, VoucherId,
};
use crate::store::{self, places::Range};

/// A voucher of a list, with what its place in the list is told from.
#[derive(Clone, Debug)]
pub struct ListedVoucher {
    /// The voucher.
    pub voucher: Voucher,
    /// Its first entry in the list.
    pub first_entry: EntryId,
}

/// A voucher with its entries.
#[derive(Clone, Debug)]
pub struct WholeVoucher {
    /// The voucher.
    pub voucher: Voucher,
    /// Its first entry in the list.
    pub first_entry: EntryId,
    /// All of its entries, by id.
    pub entries: Vec<Entry>,
    /// Whether the system of the list has been sent some of them, and some not.
    pub is_partly_exported: bool,
    /// The marks of each of them for the systems that the caller may know of, by system name; `None` when they were not
    /// asked for.
    pub exports: Option<HashMap<EntryId, Vec<EntryExport>>>,
}

/// A page of vouchers with their entries.
#[derive(Clone, Debug)]
pub struct WholePage {
    /// By the ids of their first entries in the list.
    pub vouchers: Vec<WholeVoucher>,
    /// Whether there are more behind them.
    pub has_next: bool,
    /// See [`EntryStream::as_of`](super::EntryStream::as_of).
    pub as_of: Timestamp,
}

/// Every voucher of a list with its entries, all from one snapshot of the database.
#[derive(Debug)]
pub struct VoucherStream<Vouchers> {
    /// See [`EntryStream::as_of`](super::EntryStream::as_of).
    pub as_of: Timestamp,
    /// By the ids of their first entries in the list. An error ends them early; without one they are complete.
    pub vouchers: Vouchers,
}

impl WholeVoucher {
    /// How many marks it has.
    fn count_of_exports(&self) -> usize {
        self.exports.iter().flat_map(HashMap::values).map(Vec::len).sum()
    }
}

impl Ledger {
    /// A page of a list of vouchers.
    pub async fn list_vouchers(
        &self,
        listing: &VoucherListing,
        arguments: &PageArguments,
    ) -> Result<Paged<ListedVoucher>> {
        self.may_list(&listing.0.scope)?;
        let page = listing.page(arguments)?;
        let range = self.standing(&listing.0.scope).await?;
        let firsts = store::vouchers::page(self.database.reader(), &range, listing, &page).await?;
        let vouchers = page.of(firsts);
        self.costs(1 + vouchers.items.len());
        Ok(vouchers.map(|entry| ListedVoucher { voucher: Voucher::of(&entry), first_entry: entry.id }))
    }

    /// Those of the vouchers that there are.
    pub async fn vouchers(&self, ids: &[VoucherId]) -> Result<HashMap<VoucherId, Voucher>> {
        self.caller.require(Right::Read)?;
        let ids = different(ids);
        let firsts = store::vouchers::first_of_each(self.database.reader(), &ids).await?;
        self.costs(1 + firsts.len());
        let by_id = |entry: Entry| Voucher::of(&entry);
        Ok(firsts.into_iter().map(by_id).map(|voucher| (voucher.id.clone(), voucher)).collect())
    }

    /// A page of the entries of each of the vouchers, in one query. They were listed in this scope, which says what it
    /// takes to see them.
    pub async fn entries_of_vouchers(
        &self,
        ids: &[VoucherId],
        arguments: &PageArguments,
        listed_in: &Scope,
    ) -> Result<HashMap<VoucherId, Paged<Entry>>> {
        self.may_list(listed_in)?;
        let ids = different(ids);
        // A cursor is bound to the entries of its voucher.
        let mut pages = HashMap::with_capacity(ids.len());
        for id in &ids {
            pages.insert(id, entries_of(id.clone()).page(arguments)?);
        }
        let Some(page) = pages.into_values().next() else { return Ok(HashMap::new()) };
        let place = |position: Position| position.id;
        let ids_page = crate::domain::page::Page {
            size: page.size,
            from_end: page.from_end,
            after: page.after.map(place),
            before: page.before.map(place),
        };
        let reader = self.database.reader();
        let mut found = store::vouchers::entries_of_each(reader, &ids, &ids_page, &Fields::All).await?;
        let paged = |id: VoucherId| {
            let paged = page.of(found.remove(&id).unwrap_or_default());
            self.costs(1 + cost_of(&paged.items));
            (id, paged)
        };
        Ok(ids.into_iter().map(paged).collect())
    }

    /// What the entries of each of the vouchers add up to; `None` for a voucher with more entries than are added up, or
    /// with sums that are out of range. They were listed in this scope, which says what it takes to see them.
    pub async fn totals_of(
        &self,
        ids: &[VoucherId],
        listed_in: &Scope,
    ) -> Result<HashMap<VoucherId, Option<Vec<CurrencyTotal>>>> {
        self.may_list(listed_in)?;
        let ids = different(ids);
        let all = crate::domain::page::Page { size: MAX_LINES, from_end: false, after: None, before: None };
        let fields = Fields::Only(vec![Field::Debit, Field::Credit, Field::Currency]);
        let found = store::vouchers::entries_of_each(self.database.reader(), &ids, &all, &fields).await?;
        // Ten lines are read for what an entry with all of its fields costs.
        self.costs(1 + found.values().map(Vec::len).sum::<usize>() / 10);
        let sums = |(id, entries): (VoucherId, Vec<Entry>)| {
            let is_whole = entries.len() as u64 <= MAX_LINES;
            (id, if is_whole { totals(&entries) } else { None })
        };
        Ok(found.into_iter().map(sums).collect())
    }

    /// Those of the vouchers of which the system has been sent some entries, and some not.
    pub async fn partly_exported(&self, ids: &[VoucherId], system: &SystemId) -> Result<HashSet<VoucherId>> {
        self.caller.require_for(Right::Export, system)?;
        let ids = different(ids);
        self.costs(1 + ids.len());
        let reader = self.database.reader();
        let Some(system) = store::systems::find(reader, system).await? else { return Ok(HashSet::new()) };
        let partly = store::vouchers::partly_exported(reader, &ids, system.key).await?;
        Ok(partly.into_iter().collect())
    }

    /// A page of vouchers with their entries, where asked for with the marks of these. It ends early, with at least one
    /// voucher, when its entries become many.
    pub async fn page_of_vouchers(
        &self,
        listing: &VoucherListing,
        arguments: &PageArguments,
        with_exports: bool,
    ) -> Result<WholePage> {
        let page = listing.page(arguments)?;
        let VoucherStream { as_of, vouchers: found } =
            self.read_vouchers(listing.clone(), page.after, Some(page.limit()), with_exports).await?;
        let mut found = std::pin::pin!(found);
        let (mut vouchers, mut entries, mut has_next) = (Vec::new(), 0, false);
        while let Some(voucher) = found.next().await.transpose()? {
            if vouchers.len() as u64 == page.size || entries as u64 >= MAX_LINES {
                has_next = true;
                break;
            }
            entries += cost_of(&voucher.entries);
            vouchers.push(voucher);
        }
        let exports: usize = vouchers.iter().map(WholeVoucher::count_of_exports).sum();
        self.costs(1 + vouchers.len() + entries + exports);
        Ok(WholePage { vouchers, has_next, as_of })
    }

    /// Every voucher of the list behind `after` with its entries, where asked for with the marks of these from the same
    /// snapshot, read from the database as fast as the caller takes them. One voucher at a time is held in memory.
    pub async fn stream_vouchers(
        &self,
        listing: VoucherListing,
        after: Option<String>,
        with_exports: bool,
    ) -> Result<VoucherStream<impl Stream<Item = Result<WholeVoucher>> + Send + 'static + use<>>> {
        let after = listing.page(&PageArguments { after, ..Default::default() })?.after;
        self.read_vouchers(listing, after, None, with_exports).await
    }

    /// Where the entries of a list lie that vouchers are told from: what is withdrawn is no part of a voucher.
    async fn standing(&self, scope: &Scope) -> Result<Range> {
        Ok(match self.range(scope).await? {
            Range::Ledger => Range::Standing,
            range => range,
        })
    }

    async fn read_vouchers(
        &self,
        listing: VoucherListing,
        after: Option<Position>,
        limit: Option<u64>,
        with_exports: bool,
    ) -> Result<VoucherStream<impl Stream<Item = Result<WholeVoucher>> + Send + 'static + use<>>> {
        self.may_list(&listing.0.scope)?;
        if with_exports {
            self.caller.require(Right::Read)?;
        }
        // Before anything is looked up, so that all of it is at least as new as the moment says.
        let as_of = self.clock.now();
        let range = self.standing(&listing.0.scope).await?;
        let system_key = range.system_key();
        let ledger = self.clone();
        let vouchers = async_stream::try_stream! {
            // The whole of it, and not its database alone: it is in use as long as the stream is kept.
            let ledger = ledger;
            let reader = ledger.database.reader();
            let marks = with_exports.then(|| ledger.caller.systems());
            let lines =
                store::vouchers::stream(reader, &range, &listing, after, limit, system_key, marks).await?;
            let mut at_work: Option<Gathering> = None;
            for await line in lines {
                let line = line?;
                match &mut at_work {
                    Some(gathering) if gathering.first_entry == line.first => gathering.add(line),
                    Some(gathering) if gathering.first_entry > line.first => {
                        Err::<(), Error>(Error::internal("the entries of vouchers came in another order"))?;
                    }
                    _ => {
                        if let Some(whole) = at_work.replace(Gathering::begin(line)) {
                            yield whole.finish()?;
                        }
                    }
                }
                tokio::task::coop::consume_budget().await;
            }
            if let Some(whole) = at_work {
                yield whole.finish()?;
            }
        };
        Ok(VoucherStream { as_of, vouchers })
    }
}

/// The list of the entries of a voucher.
pub fn entries_of(id: VoucherId) -> Listing {
    Listing { scope: Scope::Voucher(id), filter: None, order: Order::default() }
}

/// Each of them once.
fn different(ids: &[VoucherId]) -> Vec<VoucherId> {
    let mut seen = HashSet::with_capacity(ids.len());
    ids.iter().filter(|id| seen.insert(*id)).cloned().collect()
}

/// A voucher whose entries are coming in.
struct Gathering {
    first_entry: EntryId,
    entries: Vec<Entry>,
    marked: usize,
    exports: Option<HashMap<EntryId, Vec<EntryExport>>>,
}

impl Gathering {
    fn begin(line: store::vouchers::Line) -> Self {
        let mut gathering = Self { first_entry: line.first, entries: Vec::new(), marked: 0, exports: None };
        gathering.add(line);
        gathering
    }

    /// Takes one more of its entries, in the order of their ids.
    fn add(&mut self, line: store::vouchers::Line) {
        self.marked += usize::from(line.is_marked);
        if let Some(marks) = line.marks {
            self.exports.get_or_insert_default().insert(line.entry.id, marks);
        }
        self.entries.push(line.entry);
    }

    fn finish(self) -> Result<WholeVoucher> {
        let first = self.entries.first().ok_or_else(|| Error::internal("a voucher without entries"))?;
        Ok(WholeVoucher {
            voucher: Voucher::of(first),
            first_entry: self.first_entry,
            is_partly_exported: self.marked > 0 && self.marked < self.entries.len(),
            entries: self.entries,
            exports: self.exports,
        })
    }
}
