//! Resolving conflicts through GraphQL.

use async_graphql::{Context, ID, InputObject, Object};

use super::operation::{answer, of_user_errors};
use crate::graphql::conflict::ConflictNode;
use crate::graphql::connection::ledger;
use crate::graphql::error::{Fallible, UserError, optional};
use crate::graphql::query::Query;
use crate::service::ResolveConflict;

/// What a person found about a conflict.
#[derive(Clone, Debug, InputObject)]
pub struct ResolveExportConflictInput {
    /// The number of the conflict. Example: "7"
    conflict_id: ID,
    /// What is true, or what was done: 1 to 2,000 characters. Example: "GL-2024-131 was reversed in the ERP"
    note: String,
    /// A text of your choice: the same key with the same input gives the first answer again and writes nothing. At most
    /// 200 characters; kept for at least 24 hours.
    idempotency_key: Option<String>,
}

/// A conflict that was resolved.
#[derive(Default)]
pub struct ResolveExportConflictPayload {
    id: Option<i64>,
    user_errors: Vec<UserError>,
}

of_user_errors!(ResolveExportConflictPayload);

/// A conflict that was resolved.
#[Object]
impl ResolveExportConflictPayload {
    /// The conflict, as it is now; null when the call was refused.
    async fn conflict(&self, context: &Context<'_>) -> Fallible<ConflictNode> {
        optional(ConflictNode::find(context, self.id?).await)
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

/// The mutation that resolves conflicts.
#[derive(Default)]
pub struct Resolving;

#[Object]
impl Resolving {
    /// Resolves a conflict, once: nothing is marked or un-marked by it. This takes the right to manage.
    async fn resolve_export_conflict(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What was found.")] input: ResolveExportConflictInput,
    ) -> Fallible<ResolveExportConflictPayload> {
        let id = input.conflict_id.parse().ok();
        let call = ResolveConflict::parse(id, input.note, input.idempotency_key);
        let resolved = async { ledger(context)?.resolve_conflict(call, crate::graphql::ACTOR).await };
        answer(context, resolved.await, |_, resolved| ResolveExportConflictPayload {
            id: Some(resolved.id),
            ..Default::default()
        })
    }
}
