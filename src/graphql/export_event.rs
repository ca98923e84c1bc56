//! The log of events as GraphQL shows it.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};

use super::batch::ToLoad;
use super::claim::ClaimNode;
use super::connection::{connection, edge, edges, ledger};
use super::costs::{Cost, Costs};
use super::entry::EntryNode;
use super::error::{Fallible, optional};
use super::replay::ReplayNode;
use super::scalars::SystemIdText;
use super::system::SystemsToLoad;
use super::timeline::TimelineEventNode;
use crate::domain::export_event::{self, EventListing, ExportEvent};
use crate::domain::page::{DEFAULT_PAGE, MAX_PAGE, PageArguments};
use crate::domain::{Code, Fault, Result, Timestamp};
use crate::service::{Ledger, event_cursor};

/// What happened to an export. Kinds may be added in later versions: treat a kind that you do not know like OTHER.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ExportEventKind {
    /// The entry was marked as exported to the system.
    Exported,
    /// The mark of the entry was taken back: it is unexported again.
    Unmarked,
    /// The system refused the entry.
    Failed,
    /// The entry was parked, by a person or after too many attempts.
    Parked,
    /// A person requeued the entry: it is free again.
    Requeued,
    /// The entry has changed since the system was sent it, or may have: `changedEntries` tells.
    Changed,
    /// The source took the entry back after the system was sent it.
    Withdrawn,
    /// Two facts about the export of the entry do not fit together.
    Conflict,
    /// A worker claimed entries: one event for the whole claim.
    Claimed,
    /// A replay was started, which takes marks back in the background: one event for the whole replay.
    Replayed,
    /// A replay was cancelled, which puts the marks back that it took: one event for the whole replay.
    ReplayCancelled,
    /// Something for which this version of the server has no name: a newer version, which works on the same database,
    /// wrote it.
    Other,
}

impl From<export_event::ExportEventKind> for ExportEventKind {
    fn from(kind: export_event::ExportEventKind) -> Self {
        use export_event::ExportEventKind as Known;
        match kind {
            Known::Exported => Self::Exported,
            Known::Unmarked => Self::Unmarked,
            Known::Failed => Self::Failed,
            Known::Parked => Self::Parked,
            Known::Requeued => Self::Requeued,
            Known::Changed => Self::Changed,
            Known::Withdrawn => Self::Withdrawn,
            Known::Conflict => Self::Conflict,
            Known::Claimed => Self::Claimed,
            Known::Replayed => Self::Replayed,
            Known::ReplayCancelled => Self::ReplayCancelled,
        }
    }
}

impl ExportEventKind {
    fn known(self) -> Option<export_event::ExportEventKind> {
        export_event::ExportEventKind::ALL.iter().copied().find(|kind| Self::from(*kind) == self)
    }
}

/// The `kinds` argument, without repetitions. Left out and null mean all kinds.
pub fn read_kinds(kinds: Option<Vec<ExportEventKind>>) -> Result<Option<Vec<export_event::ExportEventKind>>> {
    let Some(kinds) = kinds else { return Ok(None) };
    let mut known = Vec::new();
    for (index, kind) in kinds.into_iter().enumerate() {
        let Some(kind) = kind.known() else {
            let message = "nothing can be asked for as OTHER: leave `kinds` out, and look at each event";
            return Err(Fault::new(Code::BadUserInput, message).under(index).under("kinds").into());
        };
        if !known.contains(&kind) {
            known.push(kind);
        }
    }
    Ok(Some(known))
}

/// An event, and what loads the entries and systems of the events around it.
#[derive(Clone, Debug)]
pub struct ExportEventNode {
    event: ExportEvent,
    entries: Arc<ToLoad>,
    systems: Arc<SystemsToLoad>,
}

/// Something that happened to an export. Events are in the order in which they became true; none is lost, and none is changed
/// or taken away.
#[Object(name = "ExportEvent")]
impl ExportEventNode {
    /// The cursor of the event in the log, which `exportEvents` and subscriptions take as `after`, with any kinds.
    async fn cursor(&self) -> String {
        event_cursor(self.event.place)
    }

    /// What happened.
    async fn kind(&self) -> ExportEventKind {
        self.event.kind.map_or(ExportEventKind::Other, ExportEventKind::from)
    }

    /// When it happened. Events are not ordered by this time: a transaction may take long.
    async fn at(&self) -> Timestamp {
        self.event.at
    }

    /// The name of the system. Example: "erp"
    async fn system_id(&self) -> SystemIdText {
        (&self.event.system_id).into()
    }

    /// The number of the entry; null for a claim and for a replay, which are about many. Example: "42"
    async fn entry_id(&self) -> Option<ID> {
        self.event.entry_id.map(ID::from)
    }

    /// The entry, as it is now; null for a claim and for a replay.
    async fn entry(&self) -> Fallible<EntryNode> {
        let id = self.event.entry_id?;
        optional(EntryNode::of(&self.entries, id).await.map(Some))
    }

    /// Who did it; null when another program did, straight in the database, and for CHANGED and WITHDRAWN, of which the
    /// timeline of the entry tells. Example: "token:ERP sync"
    async fn actor(&self) -> Option<&str> {
        self.event.actor.as_deref()
    }

    /// The same event in the timeline of the entry, with its note, reason, version and document; null for kinds that the
    /// timeline does not have.
    async fn timeline_event(&self) -> Option<TimelineEventNode> {
        let event = self.event.timeline_event.clone()?;
        Some(TimelineEventNode::new(event, Arc::clone(&self.systems)))
    }

    /// The claim of a CLAIMED event; null for other kinds, and when the claim ended more than 30 days ago.
    async fn claim(&self, context: &Context<'_>) -> Fallible<ClaimNode> {
        let id = self.subject_of(export_event::ExportEventKind::Claimed)?;
        ClaimNode::find(context, id).await
    }

    /// The replay of a REPLAYED or REPLAY_CANCELLED event; null for other kinds.
    async fn replay(&self, context: &Context<'_>) -> Fallible<ReplayNode> {
        use export_event::ExportEventKind::{ReplayCancelled, Replayed};
        let number = self.subject_of(Replayed).or_else(|| self.subject_of(ReplayCancelled))?;
        optional(ReplayNode::find(context, number.parse().ok()?).await)
    }

    /// The number of the conflict of a CONFLICT event; null for other kinds. Example: "7"
    async fn conflict_id(&self) -> Option<ID> {
        self.subject_of(export_event::ExportEventKind::Conflict).map(ID::from)
    }
}

impl ExportEventNode {
    /// One event.
    pub fn one(ledger: &Ledger, event: ExportEvent) -> Self {
        let entries = ToLoad::new(ledger.clone(), event.entry_id.into_iter().collect());
        let systems = SystemsToLoad::new(ledger.clone(), vec![event.system_id.clone()]);
        Self { event, entries, systems }
    }

    fn subject_of(&self, kind: export_event::ExportEventKind) -> Option<&str> {
        self.event.subject.as_deref().filter(|_| self.event.kind == Some(kind))
    }
}

edge!(ExportEventEdge is "ExportEventEdge": ExportEventNode, "event");

connection! {
    ExportEventConnection is "ExportEventConnection": ExportEventEdge, "events",
    "A page of the log of events, oldest first."
}

impl ExportEventConnection {
    /// The page of the log that the arguments ask for.
    pub async fn load(
        context: &Context<'_>,
        listing: Result<EventListing>,
        arguments: PageArguments,
    ) -> Result<Self> {
        let ledger = ledger(context)?;
        let page = ledger.export_events(&listing?, &arguments).await?;
        let ids = page.items.iter().filter_map(|event| event.entry_id).collect();
        let entries = ToLoad::new(ledger.clone(), ids);
        let names = page.items.iter().map(|event| event.system_id.clone()).collect();
        let systems = SystemsToLoad::new(ledger.clone(), names);
        let node =
            |event| ExportEventNode { event, entries: Arc::clone(&entries), systems: Arc::clone(&systems) };
        Ok(edges(page, |event| event_cursor(event.place), node).into())
    }
}

/// What the log costs.
pub const COSTS: Costs = &[
    ("Query", "exportEvents", Cost::Page { default: DEFAULT_PAGE, max: MAX_PAGE }),
    ("ExportEvent", "claim", Cost::Query),
    ("ExportEvent", "replay", Cost::Query),
];
