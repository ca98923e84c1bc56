//! What followers of a ledger wait for: events of the log, and new entries. One look at the database serves all followers of a
//! gateway; those who come late, or cannot keep up, read the log for themselves.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, broadcast};

use crate::domain::Result;
use crate::domain::export_event::ExportEvent;
use crate::store::Database;
use crate::store::events::{self, Seen, sequencer};

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

/// What the followers of a ledger share.
#[derive(Debug)]
pub(super) struct Signals {
    /// Something was committed, by this gateway or, as PostgreSQL tells, by another.
    pub(super) commits: Notify,
    /// The highest id that was sequenced.
    sequenced_to: AtomicI64,
    /// When events with lower ids were last looked for.
    looked_at: Mutex<Option<Instant>>,
    /// What was there at the last look; `None` when nobody followed then.
    seen: Mutex<Option<Seen>>,
    batches: broadcast::Sender<Arc<Batch>>,
}

impl Default for Signals {
    fn default() -> Self {
        Self {
            commits: Notify::default(),
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

    /// Gives committed events their places in the log, as many as there are. Once a second it also looks for events with ids
    /// below what was sequenced before: their transactions were open for longer.
    pub(super) async fn sequence(&self, database: &Database) -> Result<()> {
        let mut above = if self.is_due() { 0 } else { self.sequenced_to.load(Ordering::Relaxed) };
        loop {
            let step = sequencer::step(database, above).await?;
            if step.events > 0 {
                self.sequenced_to.fetch_max(step.last_id, Ordering::Relaxed);
            }
            if !step.goes_on {
                return Ok(());
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

    /// Looks once for all followers, and tells them what is new.
    pub(super) async fn look(&self, database: &Database) -> Result<()> {
        if self.batches.receiver_count() == 0 {
            self.keep_seen(None);
            return Ok(());
        }
        let now = events::seen(database.reader()).await?;
        let before = *self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(before) = before else {
            // A follower that began before this look may have read the log without events that this look sees. An empty
            // batch with this position makes it read on.
            let Seen { position, .. } = now;
            self.send(Batch { after: position, to: position, events: Vec::new(), has_new_entries: true });
            self.keep_seen(Some(now));
            return Ok(());
        };
        let mut has_new_entries = now.newest_entry > before.newest_entry;
        let mut after = before.position;
        while after < now.position || has_new_entries {
            let events = events::after(database.reader(), after, BATCH).await?;
            let to = events.last().map_or(now.position, |event| event.place.position);
            self.send(Batch { after, to, events, has_new_entries });
            (after, has_new_entries) = (to, false);
        }
        self.keep_seen(Some(Seen { position: after, ..now }));
        Ok(())
    }

    /// When nobody listens any more, that is no fault.
    fn send(&self, batch: Batch) {
        let _ = self.batches.send(Arc::new(batch));
    }

    fn keep_seen(&self, seen: Option<Seen>) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = seen;
    }
}
