//! Reading: pages, counts, single entries, their marks and timelines, and whole answers as a stream.

use std::collections::HashMap;

use futures_util::Stream;
use serde::Serialize;

use super::Ledger;
use crate::domain::event::{EventPayload, TimelineEvent};
use crate::domain::export::EntryExport;
use crate::domain::page::{Binding, Listing, OrderKey, Page, PageArguments, Position, Scope, page_size};
use crate::domain::{Code, Count, Entry, EntryId, Fault, Fields, Result, Right, Timestamp};
use crate::store::{self, places::Range};

/// One page of a listing.
#[derive(Clone, Debug)]
pub struct EntryPage {
    /// In the listing's order.
    pub entries: Vec<Entry>,
    /// Whether there are entries behind the last one.
    pub has_next: bool,
    /// Whether there are entries before the first one.
    pub has_previous: bool,
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

/// One page of an entry's timeline.
#[derive(Clone, Debug, Default)]
pub struct TimelinePage {
    /// Oldest first.
    pub events: Vec<TimelineEvent>,
    /// Whether later events follow.
    pub has_next: bool,
}

/// Events a page of a timeline when nothing is said.
pub const DEFAULT_EVENTS: u64 = 50;
/// Most events a page of a timeline.
pub const MAX_EVENTS: u64 = 100;

/// What a count costs, or another question of its own about one object.
pub const COUNT: usize = 10;
/// Most that the attributes of an entry cost.
pub const MAX_ATTRIBUTES_COST: usize = 20;

/// A timeline's cursor names an event; events are numbered across the ledger, so it serves any timeline.
#[derive(Serialize)]
struct Timeline;

impl Ledger {
    /// A page of a listing, of whose entries these fields are read. Refuses bad filters, page sizes and cursors.
    pub async fn list(
        &self,
        listing: &Listing,
        arguments: &PageArguments,
        fields: &Fields,
    ) -> Result<EntryPage> {
        self.may_list(&listing.scope)?;
        let page = listing.page(arguments)?;
        let as_of = self.clock.now();
        let mut entries = self.read_page(listing, &page, fields).await?;
        let size = usize::try_from(page.size).unwrap_or(usize::MAX);
        let more = entries.len() > size;
        entries.truncate(size);
        self.costs(1 + cost_of(&entries));
        if page.from_end {
            entries.reverse();
        }
        // Seen from where the page was taken, the far side is known from the entry too many; on the near side
        // there is at least the entry that the cursor was made of.
        let (has_next, has_previous) =
            if page.from_end { (page.before.is_some(), more) } else { (more, page.after.is_some()) };
        Ok(EntryPage { entries, has_next, has_previous, as_of })
    }

    async fn read_page(&self, listing: &Listing, page: &Page, fields: &Fields) -> Result<Vec<Entry>> {
        let reader = self.database.reader();
        // The question that is asked all day takes one query instead of two. Its answer is told from that of a
        // system which is new only by not being empty. By another key than the id the planner would walk all
        // entries for it, since it cannot see that a system has no rows.
        let Listing { scope, filter, order } = listing;
        if let (Scope::Unexported { system_id, not_exported_since: None }, None, OrderKey::Id) =
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

    /// Every entry of the listing behind `after`, read from the database as fast as the caller takes them.
    pub async fn stream(
        &self,
        listing: Listing,
        after: Option<String>,
    ) -> Result<EntryStream<impl Stream<Item = Result<Entry>> + Send + 'static + use<>>> {
        self.may_list(&listing.scope)?;
        let after: Option<Position> = listing.page(&PageArguments { after, ..Default::default() })?.after;
        // Before anything is looked up, so that all of it is at least as new as the moment says.
        let as_of = self.clock.now();
        let range = self.range(&listing.scope).await?;
        let database = self.database.clone();
        let entries = async_stream::try_stream! {
            let reader = database.reader();
            let entries = store::listing::stream(reader, &range, &listing, after).await?;
            for await entry in entries {
                yield entry?;
                // Rows that are there already are given without a wait, as many as there are: nobody else would have
                // his turn meanwhile, nor could the stream be cut.
                tokio::task::coop::consume_budget().await;
            }
        };
        Ok(EntryStream { as_of, entries })
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
        first: Option<i64>,
        after: Option<&str>,
    ) -> Result<HashMap<EntryId, TimelinePage>> {
        self.caller.require(Right::Read)?;
        let size = page_size("first", first, DEFAULT_EVENTS, MAX_EVENTS)?;
        let after = after.map(timeline_position).transpose()?;
        let ids: Vec<EntryId> = entries.iter().map(|entry| entry.id).collect();
        let systems = self.caller.systems();
        let later =
            store::timeline::of_entries(self.database.reader(), &ids, systems, after.unwrap_or(0), size + 1)
                .await?;
        let mut pages: HashMap<EntryId, TimelinePage> = HashMap::new();
        for entry in entries {
            let recorded = after.is_none().then(|| recording_of(entry));
            pages.entry(entry.id).or_default().events.extend(recorded);
        }
        for event in later {
            pages.entry(event.entry_id).or_default().events.push(event);
        }
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        for page in pages.values_mut() {
            page.has_next = page.events.len() > size;
            page.events.truncate(size);
            self.costs(1 + page.events.len());
        }
        Ok(pages)
    }

    fn may_list(&self, scope: &Scope) -> Result<()> {
        match scope {
            Scope::Ledger => self.caller.require(Right::Read)?,
            Scope::Unexported { system_id, .. } => self.caller.require_for(Right::Export, system_id)?,
        }
        Ok(())
    }

    /// Where a listing's entries lie at this moment.
    async fn range(&self, scope: &Scope) -> Result<Range> {
        let Scope::Unexported { system_id, not_exported_since } = scope else { return Ok(Range::Ledger) };
        Ok(match store::systems::find(self.database.reader(), system_id).await? {
            Some(system) => {
                // A moment to come means now: what is marked counts as exported, whichever gateway's clock
                // wrote the mark.
                let marked_after = not_exported_since.filter(|moment| *moment < self.clock.now());
                Range::Unexported { system, marked_after }
            }
            None => Range::Ledger,
        })
    }
}

/// An entry costs 1, and so does each of its attributes, within a bound.
pub(super) fn cost_of(entries: &[Entry]) -> usize {
    entries.iter().map(|entry| 1 + entry.content.attributes.len().min(MAX_ATTRIBUTES_COST)).sum()
}

/// The cursor of an event in any timeline.
pub fn timeline_cursor(event: &TimelineEvent) -> String {
    Binding::new(&Timeline).cursor(Position { key: event.id, id: event.id })
}

fn timeline_position(cursor: &str) -> Result<i64> {
    let position = Binding::new(&Timeline).position(cursor).ok_or_else(|| {
        Fault::new(Code::InvalidCursor, "the cursor was not made by a timeline").under("after")
    })?;
    Ok(position.id)
}

fn recording_of(entry: &Entry) -> TimelineEvent {
    TimelineEvent {
        id: 0,
        entry_id: entry.id,
        at: entry.created_at,
        system_id: None,
        actor: entry.recorded_by.clone(),
        payload: EventPayload::Recorded {},
    }
}
