//! Settings of systems through GraphQL.

use async_graphql::{Context, InputObject, MaybeUndefined, Object};

use super::operation::{of_user_errors, perform};
use crate::domain::SystemId;
use crate::graphql::connection::ledger;
use crate::graphql::error::{Fallible, UserError, optional};
use crate::graphql::query::Query;
use crate::graphql::scalars::SystemIdText;
use crate::graphql::system::{ExportUnit, SystemNode};
use crate::service::{Configuration, SettingsDraft};

/// How a system is to be treated. What is left out stays as it is.
#[derive(Clone, Debug, InputObject)]
pub struct ConfigureExportSystemInput {
    /// The name of the system. It becomes known, if it is not. Example: "erp"
    system_id: SystemIdText,
    /// What people call it: 1 to 200 characters; null takes the name away. Example: "ERP of the headquarters"
    display_name: MaybeUndefined<String>,
    /// What there is to know about it: at most 2,000 characters; null takes it away.
    description: MaybeUndefined<String>,
    /// What is claimed, fails and is parked as one.
    unit: Option<ExportUnit>,
    /// After so many attempts that failed something is parked: 1 to 1,000.
    max_attempts: Option<i32>,
    /// The wait after the first attempt that failed, in seconds: 1 to 86,400. It doubles with each further one.
    first_retry_seconds: Option<i32>,
    /// The longest wait, in seconds: 1 to 604,800.
    longest_retry_seconds: Option<i32>,
    /// A text of your choice that makes this call safe to repeat when its answer was lost: the same key with the same
    /// input gives the first answer again and writes nothing, and with another it is refused. A key belongs to the
    /// caller's token and to this mutation. At most 200 characters; kept for at least 24 hours.
    idempotency_key: Option<String>,
}

/// A system that was configured, retired or revived.
#[derive(Default)]
pub struct ExportSystemPayload {
    system_id: Option<SystemId>,
    user_errors: Vec<UserError>,
}

of_user_errors!(ExportSystemPayload);

impl ExportSystemPayload {
    /// The system of this name, which the call has changed.
    pub fn of(system_id: SystemId) -> Self {
        Self { system_id: Some(system_id), ..Self::default() }
    }
}

/// A system that was configured, retired or revived.
#[Object]
impl ExportSystemPayload {
    /// The system, as it is now; null when the call was refused.
    async fn system(&self, context: &Context<'_>) -> Fallible<SystemNode> {
        let id = self.system_id.as_ref()?;
        let load = async {
            let ledger = ledger(context)?;
            Ok(Some(SystemNode::alone(ledger, ledger.system(id).await?)))
        };
        optional(load.await)
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

/// The mutation that sets how a system is treated.
#[derive(Default)]
pub struct Configuring;

fn given(value: MaybeUndefined<String>) -> Option<Option<String>> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(text) => Some(Some(text)),
    }
}

#[Object]
impl Configuring {
    /// Sets how a system is to be treated, and makes it known before its first mark. This takes the right to do
    /// everything.
    async fn configure_export_system(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The settings.")] input: ConfigureExportSystemInput,
    ) -> Fallible<ExportSystemPayload> {
        let draft = SettingsDraft {
            system_id: input.system_id.0,
            display_name: given(input.display_name),
            description: given(input.description),
            unit: input.unit.map(Into::into),
            max_attempts: input.max_attempts.map(Into::into),
            first_retry_seconds: input.first_retry_seconds.map(Into::into),
            longest_retry_seconds: input.longest_retry_seconds.map(Into::into),
        };
        let call = Configuration::parse(draft, input.idempotency_key);
        perform(context, call, |_, configured| ExportSystemPayload::of(configured.system_id)).await
    }
}
