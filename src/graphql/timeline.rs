//! An entry's timeline as GraphQL shows it.

use async_graphql::{Enum, ID, Object, SimpleObject};

use super::page_info::PageInfo;
use super::scalars::SystemIdText;
use crate::domain::Timestamp;
use crate::domain::event::{EventKind, TimelineEvent};
use crate::service::{TimelinePage, timeline_cursor};

/// What happened to an entry. Later versions may know more kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "EventKind")]
pub enum TimelineEventKind {
    /// The entry came into the ledger.
    Recorded,
    /// Its content changed.
    Updated,
    /// It was marked as exported to a system.
    Exported,
    /// Something that this version does not know by name: a newer gateway works on the same ledger.
    Other,
}

/// An event.
pub struct TimelineEventNode(TimelineEvent);

/// Something that happened to an entry. Events are only ever added.
#[Object(name = "TimelineEvent")]
impl TimelineEventNode {
    /// Unique among the events of its entry, ascending. Example: "42:0"
    async fn id(&self) -> ID {
        format!("{}:{}", self.0.entry_id, self.0.id).into()
    }

    /// What happened.
    async fn kind(&self) -> TimelineEventKind {
        self.0.payload.kind().into()
    }

    /// When.
    async fn at(&self) -> Timestamp {
        self.0.at
    }

    /// The system, when it was exported.
    async fn system_id(&self) -> Option<SystemIdText> {
        self.0.system_id.as_ref().map(|id| SystemIdText(id.to_string()))
    }

    /// The note given with the mark.
    async fn note(&self) -> Option<&str> {
        self.0.payload.note()
    }

    /// Who did it: "graphql", "rest" or "import"; null when another program wrote to the database itself.
    async fn actor(&self) -> Option<&str> {
        self.0.actor.as_deref()
    }
}

/// An event and its cursor.
#[derive(SimpleObject)]
#[graphql(name = "TimelineEventEdge")]
pub struct TimelineEdge {
    /// Marks this place; give it as `after` to read on from here.
    cursor: String,
    /// The event.
    node: TimelineEventNode,
}

/// A page of a timeline.
pub struct TimelineConnection {
    page: TimelinePage,
    has_previous: bool,
}

impl TimelineConnection {
    /// The page; `has_previous` when it began behind a cursor.
    pub fn new(page: TimelinePage, has_previous: bool) -> Self {
        Self { page, has_previous }
    }
}

/// A page of a timeline, oldest event first.
#[Object(name = "TimelineEventConnection")]
impl TimelineConnection {
    /// The events with their cursors.
    async fn edges(&self) -> Vec<TimelineEdge> {
        let edge = |event: &TimelineEvent| TimelineEdge {
            cursor: timeline_cursor(event),
            node: TimelineEventNode(event.clone()),
        };
        self.page.events.iter().map(edge).collect()
    }

    /// The events.
    async fn nodes(&self) -> Vec<TimelineEventNode> {
        self.page.events.iter().cloned().map(TimelineEventNode).collect()
    }

    /// Where the page begins and ends.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_next_page: self.page.has_next,
            has_previous_page: self.has_previous,
            start_cursor: self.page.events.first().map(timeline_cursor),
            end_cursor: self.page.events.last().map(timeline_cursor),
        }
    }
}
