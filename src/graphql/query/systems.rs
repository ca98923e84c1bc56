//! Questions about external systems.

use async_graphql::{Context, Object};

use crate::domain::SystemId;
use crate::graphql::connection::{ledger, page};
use crate::graphql::error::{Fallible, fallible};
use crate::graphql::scalars::SystemIdText;
use crate::graphql::system::{SystemConnection, SystemNode};

/// The questions about systems.
#[derive(Clone, Copy, Debug, Default)]
pub struct Systems;

#[Object]
impl Systems {
    /// One external system: how far behind it is, and when entries were last marked for it. Any name that a system may
    /// have can be asked for, also before the first mark.
    async fn export_system(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The name of the system. Example: \"erp\"")] system_id: SystemIdText,
    ) -> Fallible<SystemNode> {
        let load = async {
            let id = SystemId::read(system_id.0)?;
            let ledger = ledger(context)?;
            Ok(SystemNode::alone(ledger, ledger.system(&id).await?))
        };
        fallible(load.await)
    }

    /// The external systems that are known and in use, in the order of their ids; or those that are retired.
    async fn export_systems(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "Whether to list the systems that are retired; left out or false: those that are in use."
        )]
        retired: Option<bool>,
        #[graphql(desc = "Systems on the page, from the beginning of the list: 0 to 100; 20 when left out.")]
        first: Option<i32>,
        #[graphql(desc = "Begin the page after the item with this cursor.")] after: Option<String>,
        #[graphql(
            desc = "Systems on the page, from the end of the list: 0 to 100. Not together with first."
        )]
        last: Option<i32>,
        #[graphql(desc = "End the page before the item with this cursor.")] before: Option<String>,
    ) -> Fallible<SystemConnection> {
        fallible(
            SystemConnection::load(context, retired.unwrap_or_default(), page(first, after, last, before))
                .await,
        )
    }
}
