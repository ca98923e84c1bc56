//! The log of events: pages of it, and those who follow it.

use std::time::Duration;

use async_stream::stream;
use futures_util::Stream;
use sea_orm::ConnectionTrait;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, sleep, sleep_until};

use super::Ledger;
use crate::domain::export_event::{EventListing, ExportEvent, ExportEventKind, LogPlace};
use crate::domain::page::{Binding, Page, PageArguments, PageBounds, Paged, Position};
use crate::domain::{Caller, Code, Fault, Result, Right, System, SystemId};
use crate::store;

/// What the cursors of the log begin with. They are bound to nothing else, so that a cursor of a page, of a follower and of a
/// webhook are the same, whatever the kinds.
const LOG: &str = "events";
/// Events that a follower who is behind reads at once.
const CATCH_UP: u64 = 500;
/// A follower of a system is told of it once in this time at most.
const PAUSE: Duration = Duration::from_secs(1);

impl Ledger {
    /// A page of the log, oldest first.
    pub async fn export_events(
        &self,
        listing: &EventListing,
        arguments: &PageArguments,
    ) -> Result<Paged<ExportEvent>> {
        self.caller.require_for(Right::Export, &listing.system_id)?;
        let page: Page<LogPlace> = arguments.page(PageBounds::ENTRIES, read_event_cursor)?;
        for (argument, place) in [("after", page.after), ("before", page.before)] {
            if let Some(place) = place {
                find_place(self.database.reader(), place, argument).await?;
            }
        }
        let page = page.of(store::events::page(self.database.reader(), listing, &page).await?);
        self.costs(1 + page.items.len());
        Ok(page)
    }

    /// Events from behind this cursor on (`None`: that come from now on), of this system (`None`: of all that the caller may
    /// know of), of these kinds (`None`: of all). The stream does not end by itself; after an error it ends. It
    /// ends with `CURSOR_LOST` when the log no longer has the event that the stream was at.
    pub async fn follow_events(
        &self,
        system_id: Option<SystemId>,
        kinds: Option<Vec<ExportEventKind>>,
        after: Option<&str>,
    ) -> Result<impl Stream<Item = Result<ExportEvent>> + Send + 'static + use<>> {
        match &system_id {
            Some(system) => self.caller.require_for(Right::Export, system)?,
            None => self.caller.require(Right::Export)?,
        }
        let mut batches = self.signals.follow();
        let reader = self.database.reader();
        let mut place = match after {
            None => store::events::newest(reader).await?.unwrap_or(LogPlace::BEGINNING),
            Some(cursor) => {
                let place = read_event_cursor(cursor).ok_or_else(foreign_cursor)?;
                find_place(reader, place, "after").await?;
                place
            }
        };
        let ledger = self.clone();
        Ok(stream! {
            let wanted = Wanted { caller: ledger.caller.clone(), system_id, kinds };
            loop {
                loop {
                    let events = match ledger.events_behind(place).await {
                        Ok(events) => events,
                        Err(error) => {
                            yield Err(error);
                            return;
                        }
                    };
                    let Some(last) = events.last() else { break };
                    place = last.place;
                    for event in events.into_iter().filter(|event| wanted.has(event)) {
                        ledger.costs(1);
                        yield Ok(event);
                    }
                }
                loop {
                    match batches.recv().await {
                        Ok(batch) if batch.contradicts(place) => break,
                        Ok(batch) if batch.to <= place.position => {}
                        Ok(batch) if batch.after <= place.position => {
                            for event in &batch.events {
                                if event.place.position > place.position && wanted.has(event) {
                                    ledger.costs(1);
                                    yield Ok(event.clone());
                                }
                            }
                            place = batch.events.last().map_or(place, |event| event.place);
                        }
                        Ok(_) | Err(RecvError::Lagged(_)) => break,
                        Err(RecvError::Closed) => return,
                    }
                }
            }
        })
    }

    /// The next events behind this place, which the log has to have.
    async fn events_behind(&self, place: LogPlace) -> Result<Vec<ExportEvent>> {
        let reader = self.database.reader();
        if place != LogPlace::BEGINNING && !store::events::is_there(reader, place).await? {
            return Err(lost_place().into());
        }
        store::events::after(reader, place.position, CATCH_UP).await
    }

    /// The system: at once, and then when something about it may have changed, also by time alone, at most once a second. The
    /// stream does not end by itself; after an error it ends.
    pub async fn follow_system(
        &self,
        id: SystemId,
    ) -> Result<impl Stream<Item = Result<System>> + Send + 'static + use<>> {
        self.caller.require_for(Right::Export, &id)?;
        let mut batches = self.signals.follow();
        let ledger = self.clone();
        Ok(stream! {
            loop {
                // Before the system is read: what changes in between is told once more.
                let (system, due) = match ledger.until_due(&id).await {
                    Ok(due) => (ledger.system(&id).await, due),
                    Err(error) => (Err(error), None),
                };
                let due = due.and_then(|left| Instant::now().checked_add(left));
                let is_over = system.is_err();
                yield system;
                if is_over {
                    return;
                }
                sleep(PAUSE).await;
                loop {
                    let batch = tokio::select! {
                        batch = batches.recv() => batch,
                        () = reached(due) => break,
                    };
                    match batch {
                        Ok(batch) => {
                            if batch.has_new_entries || batch.events.iter().any(|event| event.system_id == id) {
                                break;
                            }
                        }
                        Err(RecvError::Lagged(_)) => break,
                        Err(RecvError::Closed) => return,
                    }
                }
            }
        })
    }

    /// How long it is until time alone changes how the system stands: a lease ends, or what failed is due again.
    async fn until_due(&self, id: &SystemId) -> Result<Option<Duration>> {
        let reader = self.database.reader();
        let Some(system) = store::systems::find(reader, id).await? else { return Ok(None) };
        let lease = store::claims::until_lease_ends(reader, system.key).await?;
        let now = self.clock.now();
        let retry = store::claims::next_due(reader, system.key, now).await?;
        let retry = retry.map(|due| Duration::from_micros(due.micros().abs_diff(now.micros())));
        Ok([lease, retry].into_iter().flatten().min())
    }
}

/// Waits until this moment; where there is none, forever.
async fn reached(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

/// Which events a follower is told of.
struct Wanted {
    caller: Caller,
    system_id: Option<SystemId>,
    kinds: Option<Vec<ExportEventKind>>,
}

impl Wanted {
    fn has(&self, event: &ExportEvent) -> bool {
        self.caller.knows(&event.system_id)
            && self.system_id.as_ref().is_none_or(|system| *system == event.system_id)
            && self.kinds.as_ref().is_none_or(|kinds| event.kind.is_some_and(|kind| kinds.contains(&kind)))
    }
}

/// Refuses a place that the log does not have: the cursor in this argument is of another database, or of one that was restored
/// since.
pub(super) async fn find_place(
    connection: &impl ConnectionTrait,
    place: LogPlace,
    argument: &str,
) -> Result<()> {
    if store::events::is_there(connection, place).await? {
        return Ok(());
    }
    Err(lost_place().under(argument).into())
}

/// The fault of a place that the log does not have.
fn lost_place() -> Fault {
    let message = "the log of events does not have the event of this cursor: the database is another one, was restored from \
                   a backup, or is a replica that took over without the newest events. Read how things stand (what is \
                   unexported, failed, changed), then go on from the newest event, which exportEvents(last: 1) gives, or \
                   from the beginning";
    Fault::new(Code::CursorLost, message)
}

/// The fault of an `after` that is no cursor of an event.
pub(super) fn foreign_cursor() -> Fault {
    let message =
        "this is no cursor of an event: take one from `exportEvents`, from an event or from a webhook";
    Fault::new(Code::InvalidCursor, message).under("after")
}

/// The cursor of an event.
pub fn event_cursor(place: LogPlace) -> String {
    Binding::new(LOG).cursor(Position { key: place.position, id: place.tag })
}

/// The place that a cursor names; `None` for a text that is no cursor of an event.
pub fn read_event_cursor(cursor: &str) -> Option<LogPlace> {
    let Position { key, id } = Binding::new(LOG).position(cursor)?;
    Some(LogPlace { position: key, tag: id })
}
