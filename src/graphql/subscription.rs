//! The root of what can be followed. Arguments are read into the domain's words, and the use cases say what happens.
//!
//! What a field costs is what each of its events costs: an object, and what is asked of it. So none stands in a list of costs.

use async_graphql::{Context, Subscription};
use futures_util::stream::{BoxStream, StreamExt};

use super::connection::ledger;
use super::error::Failure;
use super::export_event::{ExportEventKind, ExportEventNode, read_kinds};
use super::scalars::SystemIdText;
use super::system::SystemNode;
use super::turns::Turns;
use crate::domain::{Error, Result, SystemId};

/// Something that goes on: each item is an event of the subscription, and an error is the last one.
type Events<T> = BoxStream<'static, Result<T, Failure>>;

/// What can be followed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Subscription;

/// What can be followed over WebSocket, with the protocol graphql-transport-ws. An operation carries one of these fields. A
/// subscription that cannot go on ends with an error.
#[Subscription]
impl Subscription {
    /// An external system: as it is now, at once, and then whenever something about it has changed, at most once a second.
    /// Several changes may be told as one: what comes is the latest state. The end of a lease is a change, and so is that an
    /// entry that failed is due again. Use it to wake a worker up.
    async fn export_system_changed(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The name of the system. Example: \"erp\"")] system_id: SystemIdText,
    ) -> Result<Events<SystemNode>, Failure> {
        let ledger = ledger(context)?.clone();
        let follow = async {
            let turns = turns(context)?.clone();
            turns.begin().await?;
            let id = SystemId::read(system_id.0)?;
            let systems = ledger.follow_system(id).await?;
            turns.end();
            Ok(turns.each(systems))
        };
        let systems: Result<_> = follow.await;
        let node = move |system| SystemNode::alone(&ledger, system);
        Ok(systems?.map(move |system| system.map(&node).map_err(Failure::from)).boxed())
    }

    /// The events of the log, in their order, as they become true: what was exported, has failed, was parked and so on. A
    /// consumer that keeps the cursor of the last event that it has dealt with, and gives it as `after` when it connects
    /// again, gets every event once. Where that cursor is not of this log, the subscription ends with CURSOR_LOST.
    async fn export_events(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "Only events of the system with this name; left out or null: of all systems that you may know of. \
                    Example: \"erp\""
        )]
        system_id: Option<SystemIdText>,
        #[graphql(desc = "Only events of these kinds; left out or null: of all kinds.")] kinds: Option<
            Vec<ExportEventKind>,
        >,
        #[graphql(
            desc = "Begin after the event with this cursor; left out or null: with what happens from now on."
        )]
        after: Option<String>,
    ) -> Result<Events<ExportEventNode>, Failure> {
        let ledger = ledger(context)?.clone();
        let follow = async {
            let turns = turns(context)?.clone();
            turns.begin().await?;
            let system_id = system_id.map(|id| SystemId::read(id.0)).transpose()?;
            let events = ledger.follow_events(system_id, read_kinds(kinds)?, after.as_deref()).await?;
            turns.end();
            Ok(turns.each(events))
        };
        let events: Result<_> = follow.await;
        let node = move |event| ExportEventNode::one(&ledger, event);
        Ok(events?.map(move |event| event.map(&node).map_err(Failure::from)).boxed())
    }
}

fn turns<'a>(context: &Context<'a>) -> Result<&'a Turns> {
    context.data::<Turns>().map_err(|_| Error::internal("a subscription without turns"))
}
