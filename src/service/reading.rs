//! Reading: pages, counts, single entries, their marks and timelines, and whole answers as a stream.

use std::collections::HashMap;

use futures_util::Stream;

use super::Ledger;
use crate::domain::event::{EventPayload, TimelineEvent};
use crate::domain::export::EntryExport;
use crate::domain::page::{
    Binding, Listing, OrderKey, Page, PageArguments, PageBounds, Paged, Position, Scope,
};
use crate::domain::progress::ExportState;
use crate::domain::{Count, CurrencyTotal, Entry, EntryId, Fields, Result, Right, Timestamp};
use crate::store::{self, places::Range};

/// One page of a listing.
#[derive(Clone, Debug)]
pub struct EntryPage {
    /// In the listing's order.
    pub entries: Paged<Entry>,
    /// See [`EntryStream::as_of`].
    pub as_of: Timestamp,
}

/// Every entry of a listing, all from one snapshot of the database.
#[derive(Debug)]
pub struct EntryStream<Entries> {
    /// This gateway's time just before the snapshot was taken. Whatever was committed before this moment is in the
    /// snapshot: entries are there, marks are counted. Of what is committed later, some may be in it too.
    pub as_of: Timestamp,
    /// In the listing's order. An error ends them early; without one they are complete.
    pub entries: Entries,
}

/// An entry with its marks.
pub type WithExports = (Entry, Vec<EntryExport>);

/// Events on a page of a timeline, unless the caller says how many.
pub const DEFAULT_EVENTS: u64 = 50;
/// Most events on a page of a timeline.
pub const MAX_EVENTS: u64 = 100;

/// What a count costs, and any other question that takes a query of its own for one object.
pub const COUNT: usize = 10;
/// What it costs to add up a list, of which up to 10,000 entries are read and none is shown.
pub const TOTALS: usize = 100;
/// Most that the attributes of an entry cost.
pub const MAX_ATTRIBUTES_COST: usize = 20;

/// What the cursors of timelines are bound to. Such a cursor names an event, and events are numbered across the
/// ledger, so it serves any timeline.
const TIMELINE: &str = "timeline";

/// The number of an entry's recording among its events: those that are kept as rows begin at 1.
const RECORDING: i64 = 0;

impl Ledger {
    /// A page of a listing; only these fields of its entries are read. Refuses bad filters, page sizes and cursors.
    pub async fn list(
        &self,
        listing: &Listing,
        arguments: &PageArguments,
        fields: &Fields,
    ) -> Result<EntryPage> {
        self.may_list(&listing.scope)?;
        let page = listing.page(arguments)?;
        let as_of = self.clock.now();
        let entries = page.of(self.read_page(listing, &page, fields).await?);
        self.costs(1 + cost_of(&entries.items));
        Ok(EntryPage { entries, as_of })
    }

    async fn read_page(&self, listing: &Listing, page: &Page, fields: &Fields) -> Result<Vec<Entry>> {
        let reader = self.database.reader();
        // The most frequent question takes one query: the pending rows of a system by its name, if its history is
        // taken over. An empty page may also mean that the system is new or still has history, so in that case the
        // system is looked up first, as for every other question. Only in the order of ids: in another order the
        // planner would walk all entries for a system without rows.
        let Listing { scope, filter, order } = listing;
        if let (Scope::Unexported { system_id, not_exported_since: None, states: None }, None, OrderKey::Id) =
            (scope, filter, order.key)
        {
            let range = Range::Pending(system_id.clone());
            let entries = store::listing::page(reader, &range, listing, page, fields).await?;
            if !entries.is_empty() {
                return Ok(entries);
            }
        }
        let range = self.range(&listing.scope).await?;
        store::listing::page(reader, &range, listing, page, fields).await
    }

    /// How many entries the listing has, never reading past [`Count::LIMIT`].
    pub async fn count(&self, listing: &Listing) -> Result<Count> {
        self.may_list(&listing.scope)?;
        self.costs(COUNT);
        let range = self.range(&listing.scope).await?;
        store::listing::count(self.database.reader(), &range, listing).await
    }

    /// What the entries of the listing add up to; `None` where more than [`Count::LIMIT`] would be read, and where a sum is
    /// out of range.
    pub async fn totals(&self, listing: &Listing) -> Result<Option<Vec<CurrencyTotal>>> {
        self.may_list(&listing.scope)?;
        self.costs(TOTALS);
        let range = self.range(&listing.scope).await?;
        store::totals::of_listing(self.database.reader(), &range, listing).await
    }

    /// Every entry of the listing behind `after`, read from the database as fast as the caller takes them.
    pub async fn stream(
        &self,
        listing: Listing,
        after: Option<String>,
    ) -> Result<EntryStream<impl Stream<Item = Result<Entry>> + Send + 'static + use<>>> {
        let (as_of, range, after) = self.beginning(&listing, after).await?;
        let ledger = self.clone();
        let entries = async_stream::try_stream! {
            // The whole of it, and not its database alone: it is in use as long as the stream is kept.
            let ledger = ledger;
            let reader = ledger.database.reader();
            let entries = store::listing::stream(reader, &range, &listing, after).await?;
            for await entry in entries {
                yield entry?;
                // Rows that have arrived already come without a wait. Without a pause here no other task would run on
                // this thread until all of them are used up, and the stream could not be cancelled.
                tokio::task::coop::consume_budget().await;
            }
        };
        Ok(EntryStream { as_of, entries })
    }

    /// The same, each entry with its marks for the systems that the caller may know of, by system name. The marks are of
    /// the same snapshot.
    pub async fn stream_with_exports(
        &self,
        listing: Listing,
        after: Option<String>,
    ) -> Result<EntryStream<impl Stream<Item = Result<WithExports>> + Send + 'static + use<>>> {
        self.caller.require(Right::Read)?;
        let (as_of, range, after) = self.beginning(&listing, after).await?;
        let ledger = self.clone();
        let entries = async_stream::try_stream! {
            let ledger = ledger;
            let (reader, systems) = (ledger.database.reader(), ledger.caller.systems());
            let entries = store::listing::stream_with_marks(reader, &range, &listing, after, systems).await?;
            for await entry in entries {
                yield entry?;
                tokio::task::coop::consume_budget().await;
            }
        };
        Ok(EntryStream { as_of, entries })
    }

    /// What a stream begins with: the moment whose state it shows, where its entries lie, and behind which one it begins.
    async fn beginning(
        &self,
        listing: &Listing,
        after: Option<String>,
    ) -> Result<(Timestamp, Range, Option<Position>)> {
        self.may_list(&listing.scope)?;
        let after = listing.page(&PageArguments { after, ..Default::default() })?.after;
        // Before anything is looked up, so that all of it is at least as new as the moment says.
        let as_of = self.clock.now();
        Ok((as_of, self.range(&listing.scope).await?, after))
    }

    /// One entry.
    pub async fn entry(&self, id: EntryId) -> Result<Option<Entry>> {
        self.caller.require(Right::Read)?;
        let entries = store::entries::by_ids(self.database.reader(), &[id]).await?;
        self.costs(cost_of(&entries));
        Ok(entries.into_iter().next())
    }

    /// Those of the entries that exist, by id.
    pub async fn entries(&self, ids: &[EntryId]) -> Result<HashMap<EntryId, Entry>> {
        self.caller.require(Right::Read)?;
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let entries = store::entries::by_ids(self.database.reader(), ids).await?;
        self.costs(cost_of(&entries));
        Ok(entries.into_iter().map(|entry| (entry.id, entry)).collect())
    }

    /// The marks of each of the entries, by system name; those for systems that the caller may know of.
    pub async fn exports_of(&self, ids: &[EntryId]) -> Result<HashMap<EntryId, Vec<EntryExport>>> {
        self.caller.require(Right::Read)?;
        let mut by_entry: HashMap<EntryId, Vec<EntryExport>> = HashMap::new();
        let exports = store::marks::of_entries(self.database.reader(), ids, self.caller.systems()).await?;
        self.costs(exports.len());
        for export in exports {
            by_entry.entry(export.entry_id).or_default().push(export);
        }
        Ok(by_entry)
    }

    /// A page of the timeline of each of the entries, in one query. Of exports it tells those to systems that the
    /// caller may know of.
    pub async fn timelines_of(
        &self,
        entries: &[Entry],
        arguments: &PageArguments,
    ) -> Result<HashMap<EntryId, Paged<TimelineEvent>>> {
        self.caller.require(Right::Read)?;
        let page =
            arguments.page(PageBounds { default: DEFAULT_EVENTS, max: MAX_EVENTS }, timeline_position)?;
        let ids: Vec<EntryId> = entries.iter().map(|entry| entry.id).collect();
        let systems = self.caller.systems();
        let kept = store::timeline::of_entries(self.database.reader(), &ids, systems, &page).await?;
        let mut read: HashMap<EntryId, Vec<TimelineEvent>> = HashMap::new();
        for event in kept {
            read.entry(event.entry_id).or_default().push(event);
        }
        // The recording is not kept as a row. It is the first event: it comes first, or last when read from the end.
        let has_recording = page.after.is_none() && page.before.is_none_or(|before| before > RECORDING);
        let mut pages = HashMap::with_capacity(entries.len());
        for entry in entries {
            let mut events = read.remove(&entry.id).unwrap_or_default();
            if has_recording {
                let place = if page.from_end { events.len() } else { 0 };
                events.insert(place, recording_of(entry));
            }
            let page = page.of(events);
            self.costs(1 + page.items.len());
            pages.insert(entry.id, page);
        }
        Ok(pages)
    }

    pub(super) fn may_list(&self, scope: &Scope) -> Result<()> {
        match scope {
            Scope::Ledger | Scope::Voucher(_) => self.caller.require(Right::Read)?,
            Scope::Unexported { system_id, .. } | Scope::Changed { system_id } => {
                self.caller.require_for(Right::Export, system_id)?;
            }
        }
        Ok(())
    }

    /// Where a listing's entries lie at this moment.
    pub(super) async fn range(&self, scope: &Scope) -> Result<Range> {
        let (system_id, not_exported_since, states) = match scope {
            Scope::Ledger => return Ok(Range::Ledger),
            Scope::Voucher(id) => return Ok(Range::Voucher(id.clone())),
            Scope::Changed { system_id } => {
                let system = store::systems::find(self.database.reader(), system_id).await?;
                return Ok(system.map_or(Range::Empty, Range::Changed));
            }
            Scope::Unexported { system_id, not_exported_since, states } => {
                (system_id, not_exported_since, states)
            }
        };
        Ok(match store::systems::find(self.database.reader(), system_id).await? {
            Some(system) => {
                // A moment to come means now: what is marked counts as exported, whichever gateway's clock
                // wrote the mark.
                let marked_after = not_exported_since.filter(|moment| *moment < self.clock.now());
                Range::Unexported { system, marked_after, states: states.clone() }
            }
            // To a system that is not known everything is free.
            None if states.as_ref().is_some_and(|states| !states.contains(&ExportState::Pending)) => {
                Range::Empty
            }
            None => Range::Standing,
        })
    }
}

/// An entry costs 1 and each of its attributes 1, up to [`MAX_ATTRIBUTES_COST`].
pub(super) fn cost_of(entries: &[Entry]) -> usize {
    entries.iter().map(|entry| 1 + entry.content.attributes.len().min(MAX_ATTRIBUTES_COST)).sum()
}

/// The cursor of an event in any timeline.
pub fn timeline_cursor(event: &TimelineEvent) -> String {
    Binding::new(TIMELINE).id_cursor(event.id)
}

fn timeline_position(cursor: &str) -> Option<i64> {
    Binding::new(TIMELINE).id(cursor)
}

/// The event that the entry was recorded. It is kept with the entry and not as a row of its own.
pub(super) fn recording_of(entry: &Entry) -> TimelineEvent {
    TimelineEvent {
        id: RECORDING,
        entry_id: entry.id,
        at: entry.created_at,
        system_id: None,
        actor: entry.recorded_by.clone(),
        payload: EventPayload::Recorded {},
    }
}
