//! What webhooks tell of, as GraphQL names it.

use async_graphql::Enum;

use crate::domain::webhook;

/// What a webhook can tell of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "webhook::WebhookKind")]
pub enum WebhookKind {
    /// Entries wait to be sent to the system: its backlog is no longer empty, has new entries, or has some again.
    Ready,
    /// The system refused entries.
    Failed,
    /// Entries were parked.
    Parked,
    /// Facts about an export do not fit together.
    Conflict,
    /// Entries have changed, or were withdrawn, since the system was sent them.
    Changed,
    /// Entries were marked as exported.
    Exported,
    /// Marks were taken back.
    Unmarked,
    /// Entries were requeued.
    Requeued,
    /// A worker claimed entries.
    Claimed,
    /// A replay was started or cancelled.
    Replayed,
}
