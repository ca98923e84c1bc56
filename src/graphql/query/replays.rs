//! Questions about replays.

use async_graphql::{Context, ID, Object};

use crate::graphql::connection::page;
use crate::graphql::error::{Fallible, fallible, optional};
use crate::graphql::replay::{ReplayConnection, ReplayNode};
use crate::graphql::scalars::SystemIdText;

/// The questions about replays.
#[derive(Clone, Copy, Debug, Default)]
pub struct Replays;

#[Object]
impl Replays {
    /// One replay, whether it has ended or not.
    async fn export_replay(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The number of the replay. Example: \"3\"")] replay_id: ID,
    ) -> Fallible<ReplayNode> {
        optional(ReplayNode::find(context, replay_id.parse().ok()?).await)
    }

    /// The replays of a system, oldest first.
    async fn export_replays(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The name of the system. Example: \"erp\"")] system_id: SystemIdText,
        #[graphql(desc = "Replays on the page, from the beginning of the list: 0 to 100; 20 when left out.")]
        first: Option<i32>,
        #[graphql(desc = "Begin the page after the item with this cursor.")] after: Option<String>,
        #[graphql(
            desc = "Replays on the page, from the end of the list: 0 to 100. Not together with first."
        )]
        last: Option<i32>,
        #[graphql(desc = "End the page before the item with this cursor.")] before: Option<String>,
    ) -> Fallible<ReplayConnection> {
        fallible(ReplayConnection::load(context, system_id, page(first, after, last, before)).await)
    }
}
