//! Starting and cancelling replays through GraphQL.

use async_graphql::{Context, ID, InputObject, Object};

use super::operation::{answer, of_user_errors, perform};
use crate::domain::Timestamp;
use crate::graphql::connection::ledger;
use crate::graphql::error::{Fallible, UserError, optional};
use crate::graphql::query::Query;
use crate::graphql::replay::ReplayNode;
use crate::graphql::scalars::SystemIdText;
use crate::service::{CancelReplay, MovedReplay, ReplayDraft, StartReplay};

/// What a system has lost.
#[derive(Clone, Debug, InputObject)]
pub struct StartReplayInput {
    /// The name of the system. Example: "erp"
    system_id: SystemIdText,
    /// Marks after this moment are taken back: the time of the backup, for example.
    marked_since: Timestamp,
    /// Marks up to this moment are taken back; left out: up to now.
    marked_until: Option<Timestamp>,
    /// Why: 1 to 2,000 characters. Example: "the ERP was restored from the backup of 2 a.m."
    reason: String,
    /// A text of your choice: the same key with the same input gives the first answer again and writes nothing. At most
    /// 200 characters; kept for at least 24 hours.
    idempotency_key: Option<String>,
}

/// A replay to cancel.
#[derive(Clone, Debug, InputObject)]
pub struct CancelReplayInput {
    /// The number of the replay. Example: "3"
    replay_id: ID,
    /// A text of your choice: the same key with the same input gives the first answer again and writes nothing. At most
    /// 200 characters; kept for at least 24 hours.
    idempotency_key: Option<String>,
}

/// A replay that was started or cancelled.
#[derive(Default)]
pub struct ReplayPayload {
    id: Option<i64>,
    user_errors: Vec<UserError>,
}

of_user_errors!(ReplayPayload);

impl From<MovedReplay> for ReplayPayload {
    fn from(moved: MovedReplay) -> Self {
        Self { id: Some(moved.id), ..Self::default() }
    }
}

/// A replay that was started or cancelled.
#[Object]
impl ReplayPayload {
    /// The replay, as it is now; null when the call was refused.
    async fn replay(&self, context: &Context<'_>) -> Fallible<ReplayNode> {
        optional(ReplayNode::find(context, self.id?).await)
    }

    /// Why the call was refused.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }

    /// The root of all queries, to read in the same request what has changed.
    async fn query(&self) -> Query {
        Query::default()
    }
}

/// The mutations that start and cancel replays.
#[derive(Default)]
pub struct Replaying;

#[Object]
impl Replaying {
    /// Takes back all marks for a system that were made in a range of time, because the system has lost what it was sent.
    /// It is done in the background; `exportReplay` tells how far it is. Marks that are made while it runs stay. A system
    /// can have one replay at a time. This takes the right to manage.
    async fn start_replay(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What the system has lost.")] input: StartReplayInput,
    ) -> Fallible<ReplayPayload> {
        let draft = ReplayDraft {
            system_id: input.system_id.0,
            marked_since: input.marked_since,
            marked_until: input.marked_until,
            reason: input.reason,
        };
        let call = StartReplay::parse(draft, input.idempotency_key);
        perform(context, call, |_, moved| ReplayPayload::from(moved)).await
    }

    /// Cancels a replay, also one that is done: the marks that it took back are put back with the times that they had. A mark
    /// is not put back if its entry was marked again, if somebody un-marked the entry since, or while a worker has claimed
    /// it. This takes the right to manage.
    async fn cancel_replay(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The replay to cancel.")] input: CancelReplayInput,
    ) -> Fallible<ReplayPayload> {
        let call = CancelReplay::parse(input.replay_id.parse().ok(), input.idempotency_key);
        let cancelled = async { ledger(context)?.cancel_replay(call, crate::graphql::ACTOR).await };
        answer(context, cancelled.await, |_, moved| ReplayPayload::from(moved))
    }
}
