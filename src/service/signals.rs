//! What followers of a ledger wait for: events of the log, and new entries. One look at the database serves all followers of a
//! gateway; those who come late, or cannot keep up, read the log for themselves.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, broadcast, watch};

use crate::domain::Result;
use crate::domain::export_event::{ExportEvent, LogPlace};
use crate::store::Database;
use crate::store::events::{self, Look, Seen, sequencer};

/// Batches that a follower may be behind before it reads the log for itself.
const CAPACITY: usize = 64;
/// How often events with lower ids are looked for.
const LOWER_IDS: Duration = Duration::from_secs(1);
/// The most events of a batch.
const BATCH: u64 = 500;

/// New events, in the order of the log.
#[derive(Clone, Debug)]
pub(super) struct Batch {
    /// The events begin behind this position.
    pub(super) after: i64,
    /// The position of the last event; `after` when there is none.
    pub(super) to: i64,
    pub(super) events: Vec<ExportEvent>,
    /// Whether entries were recorded.
    pub(super) has_new_entries: bool,
}

impl Batch {
    /// A batch behind all positions. A follower that gets it reads the log, and so checks that its last event is still there.
    const DOUBT: Self = Self { after: i64::MAX, to: i64::MAX, events: Vec::new(), has_new_entries: true };

    /// Whether another event is at this place in the log.
    pub(super) fn contradicts(&self, place: LogPlace) -> bool {
        let found = self.events.binary_search_by_key(&place.position, |event| event.place.position);
        found.ok().and_then(|index| self.events.get(index)).is_some_and(|event| event.place != place)
    }
}

/// What the followers of a ledger share, and what wakes the background work.
#[derive(Debug)]
pub(super) struct Signals {
    /// Wakes whoever looks at the log.
    pub(super) commits: Notify,
    /// Changes whenever something has happened in the ledger.
    news: watch::Sender<()>,
    /// Whether there are webhooks to tell.
    has_webhooks: AtomicBool,
    /// The highest id that was sequenced.
    sequenced_to: AtomicI64,
    /// When events with lower ids were last looked for.
    looked_at: Mutex<Option<Instant>>,
    /// What was there at the last look; `None` before the first.
    seen: Mutex<Option<Seen>>,
    batches: broadcast::Sender<Arc<Batch>>,
}

impl Default for Signals {
    fn default() -> Self {
        Self {
            commits: Notify::default(),
            news: watch::Sender::default(),
            has_webhooks: AtomicBool::default(),
            sequenced_to: AtomicI64::default(),
            looked_at: Mutex::default(),
            seen: Mutex::default(),
            batches: broadcast::Sender::new(CAPACITY),
        }
    }
}

impl Signals {
    /// A new follower: it is told of what is seen from now on, until it is dropped.
    pub(super) fn follow(&self) -> broadcast::Receiver<Arc<Batch>> {
        let batches = self.batches.subscribe();
        self.commits.notify_one();
        batches
    }

    /// Whether somebody follows.
    pub(super) fn are_followed(&self) -> bool {
        self.batches.receiver_count() > 0
    }

    /// Notes whether there are webhooks to tell. They wait for new entries, as followers do.
    pub(super) fn note_webhooks(&self, has_webhooks: bool) {
        self.has_webhooks.store(has_webhooks, Ordering::Relaxed);
    }

    /// Something was committed, by this gateway or, as was heard, by another.
    pub(super) fn committed(&self) {
        self.commits.notify_one();
        self.news.send_replace(());
    }

    /// Changes whenever something has happened in the ledger: something was committed, or a look has shown something new.
    pub(super) fn news(&self) -> watch::Receiver<()> {
        self.news.subscribe()
    }

    /// One look for all followers: gives committed events their places in the log, and tells what is new. Once a
    /// second it also looks for events with ids below what was sequenced before: their transactions were open for longer.
    pub(super) async fn look(&self, database: &Database) -> Result<()> {
        let above = if self.is_due() { 0 } else { self.sequenced_to.load(Ordering::Relaxed) };
        let at_entries = self.are_followed() || self.has_webhooks.load(Ordering::Relaxed);
        let Look { mut seen, events_wait } = events::look(database.reader(), above, at_entries).await?;
        if events_wait {
            let position = self.sequence(database, above).await?;
            if position > seen.place.position {
                seen.place = events::at(database.reader(), position).await?.unwrap_or(seen.place);
            }
        }
        self.tell(database, seen).await
    }

    /// Gives the committed events with ids above this one their places, and tells the position of the last event in the log;
    /// 0 where another gateway is at it.
    async fn sequence(&self, database: &Database, mut above: i64) -> Result<i64> {
        loop {
            let step = sequencer::step(database, above).await?;
            if step.events > 0 {
                self.sequenced_to.fetch_max(step.last_id, Ordering::Relaxed);
            }
            if !step.goes_on {
                return Ok(step.position);
            }
            above = step.last_id;
        }
    }

    fn is_due(&self) -> bool {
        let mut looked_at = self.looked_at.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = looked_at.is_none_or(|moment| moment.elapsed() >= LOWER_IDS);
        if is_due {
            *looked_at = Some(Instant::now());
        }
        is_due
    }

    /// Tells all followers what is new, and the background work that there is something.
    async fn tell(&self, database: &Database, mut now: Seen) -> Result<()> {
        let before = self.seen();
        let is_lost = match before {
            Some(before) => is_lost(database, before.place, now.place).await?,
            None => false,
        };
        let known = before.filter(|_| !is_lost).and_then(|before| before.newest_entry);
        now.newest_entry = now.newest_entry.or(known);
        if before == Some(now) {
            return Ok(());
        }
        self.news.send_replace(());
        let mut place = now.place;
        match before {
            // A follower that began before this look may have read the log without events that this look sees. An empty
            // batch with this position makes it read on.
            None => {
                let LogPlace { position, .. } = place;
                self.send(Batch { after: position, to: position, events: Vec::new(), has_new_entries: true });
            }
            Some(_) if is_lost => self.send(Batch::DOUBT),
            Some(before) if self.are_followed() => {
                // Where the look before did not ask for entries, new ones are assumed.
                let mut has_new_entries = now.newest_entry > before.newest_entry;
                place = before.place;
                while place.position < now.place.position || has_new_entries {
                    let events = events::after(database.reader(), place.position, BATCH).await?;
                    let last = events.last().map_or(now.place, |event| event.place);
                    self.send(Batch { after: place.position, to: last.position, events, has_new_entries });
                    (place, has_new_entries) = (last, false);
                }
            }
            // Whoever begins to follow from here on reads the log, and finds all that was seen.
            Some(_) => {}
        }
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(Seen { place, ..now });
        Ok(())
    }

    /// When nobody listens any more, that is no fault.
    fn send(&self, batch: Batch) {
        let _ = self.batches.send(Arc::new(batch));
    }

    fn seen(&self) -> Option<Seen> {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the log no longer has the event that was its newest: it is an older log, which goes on with other events. So it is
/// after a failover to a replica that had not got all of them.
async fn is_lost(database: &Database, before: LogPlace, now: LogPlace) -> Result<bool> {
    if before == now || before == LogPlace::BEGINNING {
        return Ok(false);
    }
    Ok(!events::is_there(database.reader(), before).await?)
}
