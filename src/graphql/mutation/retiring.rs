//! Systems that are retired and revived, through GraphQL.

use async_graphql::{Context, InputObject, Object};

use super::configuring::ExportSystemPayload;
use super::operation::perform;
use crate::graphql::error::Fallible;
use crate::graphql::scalars::SystemIdText;
use crate::service::{RetireSystem, ReviveSystem};

/// The system to retire or to revive.
#[derive(Clone, Debug, InputObject)]
pub struct ExportSystemInput {
    /// The name of the system, which has to be known. Example: "erp"
    system_id: SystemIdText,
    /// A text of your choice that makes this call safe to repeat when its answer was lost: the same key with the same
    /// input gives the first answer again and writes nothing, and with another it is refused. A key belongs to the
    /// caller's token and to this mutation. At most 200 characters; kept for at least 24 hours.
    idempotency_key: Option<String>,
}

/// The mutations that retire and revive systems.
#[derive(Default)]
pub struct Retiring;

#[Object]
impl Retiring {
    /// Retires a system whose name was mistyped, or that is no longer used. It keeps its marks, is left out of
    /// `exportSystems`, and nothing is claimed, reported as failed, parked, requeued or replayed for it. What it has been
    /// sent can still be marked. Its failures, claims and parked entries are forgotten, in the background. A system that is retired stays
    /// retired. This takes the right to do everything.
    async fn retire_export_system(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The system.")] input: ExportSystemInput,
    ) -> Fallible<ExportSystemPayload> {
        let call = RetireSystem::parse(input.system_id.0, input.idempotency_key);
        perform(context, call, |_, moved| ExportSystemPayload::of(moved.system_id)).await
    }

    /// Takes a retired system into use again: what it has no mark of is unexported and can be claimed. A system that is in
    /// use stays so. This takes the right to do everything.
    async fn revive_export_system(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The system.")] input: ExportSystemInput,
    ) -> Fallible<ExportSystemPayload> {
        let call = ReviveSystem::parse(input.system_id.0, input.idempotency_key);
        perform(context, call, |_, moved| ExportSystemPayload::of(moved.system_id)).await
    }
}
