//! An entry's timeline as GraphQL shows it.

use std::sync::Arc;

use async_graphql::{Enum, ID, Object, SimpleObject};

use super::connection::{connection, edge, edges};
use super::costs::{Cost, Costs};
use super::error::{Fallible, optional};
use super::export::ExportReference;
use super::export_failure::FailureType;
use super::scalars::SystemIdText;
use super::system::{SystemNode, SystemsToLoad};
use crate::domain::event::{EventKind, Replaced, ReplacedValue, TimelineEvent, as_text};
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
    /// The mark of the entry for a system was taken back: it is unexported again.
    Unmarked,
    /// The source took the entry back: it is unexported for no system any more.
    Withdrawn,
    /// The entry stands in its source again after it was withdrawn.
    Reinstated,
    /// The entry was recorded into a voucher of which a system had been sent other entries: there is one such event for
    /// each system, which now has the voucher in part.
    JoinedSentVoucher,
    /// A worker claimed the entry, to send it to a system.
    Claimed,
    /// The worker gave the entry back.
    Released,
    /// The lease of the claim ended before the worker said what became of the entry. That counts as an attempt that
    /// failed.
    ClaimExpired,
    /// A system refused the entry.
    Failed,
    /// A person parked the entry: no worker is given it until a person requeues it.
    Parked,
    /// A person requeued the entry: it is free again.
    Requeued,
    /// A replay took the mark of the entry for a system back: it is unexported again.
    Replayed,
    /// The replay that took the mark back was cancelled: the entry has its mark again, with the time that it had.
    MarkRestored,
    /// Something for which this version of the server has no name: a newer version, which works on the same database,
    /// wrote it.
    Other,
}

impl From<EventKind> for TimelineEventKind {
    fn from(kind: EventKind) -> Self {
        match kind {
            EventKind::Recorded => Self::Recorded,
            EventKind::Updated => Self::Updated,
            EventKind::Withdrawn => Self::Withdrawn,
            EventKind::Reinstated => Self::Reinstated,
            EventKind::JoinedSentVoucher => Self::JoinedSentVoucher,
            EventKind::Exported => Self::Exported,
            EventKind::Unmarked => Self::Unmarked,
            EventKind::Claimed => Self::Claimed,
            EventKind::Released => Self::Released,
            EventKind::ClaimExpired => Self::ClaimExpired,
            EventKind::Failed => Self::Failed,
            EventKind::Parked => Self::Parked,
            EventKind::Requeued => Self::Requeued,
            EventKind::Replayed => Self::Replayed,
            EventKind::MarkRestored => Self::MarkRestored,
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

    /// The name of the system that the event concerns, such as the one that the entry was exported to; null for events
    /// that concern no system. Example: "erp"
    async fn system_id(&self) -> Option<SystemIdText> {
        self.event.system_id.as_ref().map(SystemIdText::from)
    }

    /// The system that the event concerns; null for events that concern no system. This takes the right to
    /// export. For a whole page of entries the systems are read by one query.
    async fn system(&self) -> Fallible<SystemNode> {
        let id = self.event.system_id.as_ref()?;
        optional(self.systems.get(id).await.map(Some))
    }

    /// The note that was given when the entry was marked as exported. Example: "posted as GL-2024-118"
    async fn note(&self) -> Option<&str> {
        self.event.payload.note()
    }

    /// Why the entry was withdrawn, its mark taken back by a person or a replay, the entry refused by a system or parked; null for other events,
    /// and when another program did it in the database itself.
    /// Example: "booked twice"
    async fn reason(&self) -> Option<&str> {
        self.event.payload.reason()
    }

    /// The version of the entry that the system was sent; null for events that are no export. Example: 1
    async fn version(&self) -> Option<i32> {
        self.event.payload.version()
    }

    /// The system's own document for the entry, as the caller named it when the entry was marked.
    async fn reference(&self) -> Option<ExportReference> {
        self.event.payload.reference().map(ExportReference::from)
    }

    /// Why a system refused the entry; null for other events.
    async fn failure_type(&self) -> Option<FailureType> {
        self.event.payload.failure_type().map(FailureType::from)
    }

    /// How many attempts to send the entry had failed by then; null for events that are no failure, and where the system
    /// had the entry already, so that the failure changed nothing.
    async fn attempts(&self) -> Option<i32> {
        self.event.payload.attempts()
    }

    /// When the entry was to be tried again after a failure; null for other events, and when the failure parked it.
    async fn next_attempt_at(&self) -> Option<Timestamp> {
        self.event.payload.next_attempt_at()
    }

    /// The id of the claim that the event is about; null for other events.
    async fn claim_id(&self) -> Option<ID> {
        self.event.payload.claim_id().map(ID::from)
    }

    /// The number of the replay that the event is about; null for other events. Example: "3"
    async fn replay_id(&self) -> Option<ID> {
        self.event.payload.replay_id().map(ID::from)
    }

    /// What the worker called itself that claimed the entry; null for other events. Example: "worker-3"
    async fn worker(&self) -> Option<&str> {
        self.event.payload.worker()
    }

    /// The values that the fields which changed had before; empty for events that changed no field.
    async fn replaced(&self) -> Vec<ReplacedValueNode> {
        let replaced = self.event.payload.replaced();
        replaced.into_iter().flat_map(Replaced::values).map(ReplacedValueNode::from).collect()
    }

    /// Who did it: "graphql", "rest" or "import", or "token:" and the name of the access token; null when another
    /// program wrote to the database itself. Example: "token:ERP sync"
    async fn actor(&self) -> Option<&str> {
        self.event.actor.as_deref()
    }
}

/// The value that a field of an accounting entry had before a change.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "ReplacedValue")]
pub struct ReplacedValueNode {
    /// The name of the field in `AccountingEntry`. Example: "debit"
    field: String,
    /// The value that the field had, as `AccountingEntry` shows it; of `attributes` all of them, as JSON. Null when the
    /// entry had no value there. Example: "1200.00"
    value: Option<String>,
}

impl From<ReplacedValue> for ReplacedValueNode {
    fn from(replaced: ReplacedValue) -> Self {
        Self { field: replaced.graphql_name().to_owned(), value: as_text(&replaced.value) }
    }
}

/// Fields that a change is taken to have replaced, before anything is known of it.
const REPLACED_FIELDS: usize = 5;

/// What the fields of an event cost.
pub const COSTS: Costs = &[("TimelineEvent", "replaced", Cost::List(REPLACED_FIELDS))];

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
