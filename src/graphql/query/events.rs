//! Questions about what happened.

use async_graphql::{Context, Object};

use crate::domain::SystemId;
use crate::domain::export_event::EventListing;
use crate::graphql::connection::page;
use crate::graphql::error::{Fallible, fallible};
use crate::graphql::export_event::{ExportEventConnection, ExportEventKind, read_kinds};
use crate::graphql::scalars::SystemIdText;

/// The questions about the log of events.
#[derive(Clone, Copy, Debug, Default)]
pub struct Events;

#[Object]
impl Events {
    /// What happened to the exports to a system, in the order in which it became true. Whoever keeps the cursor of the last
    /// event that was dealt with, and asks for what is after it, is told of every event once. New entries are no events:
    /// `unexportedEntries` has them. A cursor of a database that was restored since is refused with CURSOR_LOST.
    #[allow(clippy::too_many_arguments, reason = "the contract's arguments")]
    async fn export_events(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The name of the system. Example: \"erp\"")] system_id: SystemIdText,
        #[graphql(desc = "Only events of these kinds; left out: of all. Example: [FAILED, PARKED]")]
        kinds: Option<Vec<ExportEventKind>>,
        #[graphql(desc = "Events on the page, from the beginning of the log: 0 to 500; 50 when left out.")]
        first: Option<i32>,
        #[graphql(desc = "Begin the page after the event with this cursor.")] after: Option<String>,
        #[graphql(desc = "Events on the page, from the end of the log: 0 to 500. Not together with first.")]
        last: Option<i32>,
        #[graphql(desc = "End the page before the event with this cursor.")] before: Option<String>,
    ) -> Fallible<ExportEventConnection> {
        let listing = || {
            let kinds = read_kinds(kinds)?;
            Ok(EventListing { system_id: SystemId::read(system_id.0)?, kinds })
        };
        fallible(ExportEventConnection::load(context, listing(), page(first, after, last, before)).await)
    }
}
