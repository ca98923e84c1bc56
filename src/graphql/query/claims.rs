//! Questions about what workers have claimed, and what came of it.

use async_graphql::{Context, ID, Object};

use crate::graphql::claim::{ClaimConnection, ClaimNode};
use crate::graphql::conflict::ConflictConnection;
use crate::graphql::connection::page;
use crate::graphql::error::{Fallible, fallible};
use crate::graphql::scalars::SystemIdText;

/// The questions about claims.
#[derive(Clone, Copy, Debug, Default)]
pub struct Claims;

#[Object]
impl Claims {
    /// One claim, whether it has ended or not.
    async fn export_claim(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The claim, by its `id` or its `claimId`.")] claim_id: ID,
    ) -> Fallible<ClaimNode> {
        ClaimNode::find(context, &claim_id).await
    }

    /// The claims for a system that have not ended, oldest first. One whose lease has ended is among them until another
    /// worker claims what it had.
    async fn export_claims(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The name of the system. Example: \"erp\"")] system_id: SystemIdText,
        #[graphql(desc = "Claims on the page, from the beginning of the list: 0 to 100; 20 when left out.")]
        first: Option<i32>,
        #[graphql(desc = "Begin the page after the item with this cursor.")] after: Option<String>,
        #[graphql(desc = "Claims on the page, from the end of the list: 0 to 100. Not together with first.")]
        last: Option<i32>,
        #[graphql(desc = "End the page before the item with this cursor.")] before: Option<String>,
    ) -> Fallible<ClaimConnection> {
        fallible(ClaimConnection::load(context, system_id, page(first, after, last, before)).await)
    }

    /// The conflicts of a system: facts about the export of an entry that do not fit together, oldest first.
    #[allow(clippy::too_many_arguments, reason = "the contract's arguments")]
    async fn export_conflicts(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The name of the system. Example: \"erp\"")] system_id: SystemIdText,
        #[graphql(desc = "The conflicts that are resolved; left out, those that are not.", default)] resolved: bool,
        #[graphql(
            desc = "Conflicts on the page, from the beginning of the list: 0 to 100; 20 when left out."
        )]
        first: Option<i32>,
        #[graphql(desc = "Begin the page after the item with this cursor.")] after: Option<String>,
        #[graphql(
            desc = "Conflicts on the page, from the end of the list: 0 to 100. Not together with first."
        )]
        last: Option<i32>,
        #[graphql(desc = "End the page before the item with this cursor.")] before: Option<String>,
    ) -> Fallible<ConflictConnection> {
        let arguments = page(first, after, last, before);
        fallible(ConflictConnection::load(context, system_id, resolved, arguments).await)
    }
}
