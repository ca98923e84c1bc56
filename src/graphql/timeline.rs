//! An entry's timeline as GraphQL shows it.

use std::sync::Arc;

use async_graphql::{Enum, ID, Object};

use super::connection::{connection, edge, edges};
use super::error::{Fallible, optional};
use super::scalars::SystemIdText;
use super::system::{SystemNode, SystemsToLoad};
use crate::domain::event::{EventKind, TimelineEvent};
use crate::domain::page::Paged;
use crate::domain::{GlobalId, Timestamp};
use crate::service::timeline_cursor;

/// What happened to an accounting entry. Kinds may be added in later versions: treat a kind that you do not know like
/// OTHER.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum TimelineEventKind {
    /// The entry was recorded in the ledger.
    Recorded,
    /// The content of the entry changed.
    Updated,
    /// The entry was marked as exported to a system.
    Exported,
    /// Something for which this version of the server has no name: a newer version, which works on the same database,
    /// wrote it.
    Other,
}

impl From<EventKind> for TimelineEventKind {
    fn from(kind: EventKind) -> Self {
        match kind {
            EventKind::Recorded => Self::Recorded,
            EventKind::Updated => Self::Updated,
            EventKind::Exported => Self::Exported,
            EventKind::Other => Self::Other,
        }
    }
}

/// An event, and the systems of the events around it.
#[derive(Clone)]
pub struct TimelineEventNode {
    event: TimelineEvent,
    systems: Arc<SystemsToLoad>,
}

impl TimelineEventNode {
    /// The event; its system, if it has one, is one of those.
    pub fn new(event: TimelineEvent, systems: Arc<SystemsToLoad>) -> Self {
        Self { event, systems }
    }
}

/// The id of an event among all things of all types.
pub fn event_id(event: &TimelineEvent) -> GlobalId {
    // The recording is no row of its own, and has no number among the events.
    match event.id {
        0 => GlobalId::Recorded(event.entry_id),
        number => GlobalId::Event(number),
    }
}

/// Something that happened to an accounting entry. Events are added to the timeline of an entry and never changed or
/// taken away.
#[Object(name = "TimelineEvent")]
impl TimelineEventNode {
    /// The id of the event among all things of all types: `event/` and its number, or `event/recorded/` and the number
    /// of the entry for the event that the entry was recorded. Example: "event/17"
    pub async fn id(&self) -> ID {
        event_id(&self.event).to_string().into()
    }

    /// What happened.
    async fn kind(&self) -> TimelineEventKind {
        self.event.payload.kind().into()
    }

    /// When it happened.
    async fn at(&self) -> Timestamp {
        self.event.at
    }

    /// The number of the entry to which it happened. Example: "42"
    async fn entry_id(&self) -> ID {
        self.event.entry_id.into()
    }

    /// The name of the system that the entry was exported to; null for events that concern no system. Example: "erp"
    async fn system_id(&self) -> Option<SystemIdText> {
        self.event.system_id.as_ref().map(SystemIdText::from)
    }

    /// The system that the entry was exported to; null for events that concern no system. This takes the right to
    /// export. For a whole page of entries the systems are read by one query.
    async fn system(&self) -> Fallible<SystemNode> {
        let id = self.event.system_id.as_ref()?;
        optional(self.systems.get(id).await.map(Some))
    }

    /// The note that was given when the entry was marked as exported. Example: "posted as GL-2024-118"
    async fn note(&self) -> Option<&str> {
        self.event.payload.note()
    }

    /// Who did it: "graphql", "rest" or "import", or "token:" and the name of the access token; null when another
    /// program wrote to the database itself. Example: "token:ERP sync"
    async fn actor(&self) -> Option<&str> {
        self.event.actor.as_deref()
    }
}

edge!(TimelineEdge is "TimelineEventEdge": TimelineEventNode, "timeline event");

connection! {
    TimelineConnection is "TimelineEventConnection": TimelineEdge, "timeline events",
    "A page of what happened to an accounting entry, oldest event first."
}

impl TimelineConnection {
    /// This page; the systems of its events are among those.
    pub fn new(page: Paged<TimelineEvent>, systems: &Arc<SystemsToLoad>) -> Self {
        edges(page, timeline_cursor, |event| TimelineEventNode::new(event, Arc::clone(systems))).into()
    }
}
