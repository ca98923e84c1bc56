//! What may be asked.

use async_graphql::{Context, ID, MaybeUndefined, Object};

use super::connection::{AccountingEntryOrder, EntryConnection, ledger};
use super::entry::{EntryNode, entry_id};
use super::error::{Fallible, fallible, optional};
use super::filter::AccountingEntryFilter;
use super::filter_reading::read_filter;
use super::scalars::SystemIdText;
use super::system::{SystemConnection, SystemNode};
use crate::domain::page::{Listing, Order, PageArguments, Scope};
use crate::domain::{Code, Fault, SystemId, Timestamp};

/// The root of all questions.
pub struct Query;

/// What may be asked. Every field may fail on its own: it is then null, and `errors` says why.
#[Object]
impl Query {
    /// What a system has not been sent: entries without a mark for it, and, with `notExportedSince`, those
    /// whose newest mark is later than that moment, to send again. A system that nobody has marked for has
    /// everything before it; asking does not create it. Page with the cursor: marks made meanwhile do not
    /// shrink an answer as of a moment.
    #[allow(clippy::too_many_arguments, reason = "the contract's arguments")]
    async fn unexported_entries(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The external system. Example: \"erp\"")] system_id: SystemIdText,
        #[graphql(
            desc = "As of this moment instead of now. A mark at exactly this moment counts as exported; a \
                    moment to come means now. Example: \"2026-01-31T12:00:00Z\""
        )]
        not_exported_since: Option<Timestamp>,
        #[graphql(desc = "Only the entries that pass this filter. Left out, null and {} mean all entries.")]
        filter: MaybeUndefined<AccountingEntryFilter>,
        #[graphql(desc = "By id, ascending, when left out.")] order_by: Option<AccountingEntryOrder>,
        #[graphql(desc = "Entries a page, from the beginning: 1 to 500; 50 when left out.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Begin behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Entries a page, from the end: 1 to 500. Not together with first.")] last: Option<
            i32,
        >,
        #[graphql(desc = "End before this cursor.")] before: Option<String>,
    ) -> Fallible<EntryConnection> {
        let listing = || {
            let system_id = SystemId::try_from(system_id.0).map_err(|fault| fault.under("system_id"))?;
            let scope = Scope::Unexported { system_id, not_exported_since };
            Ok(Listing {
                scope,
                filter: read_filter(filter)?,
                order: order_by.map_or_else(Order::default, Into::into),
            })
        };
        fallible(EntryConnection::load(context, listing(), page(first, after, last, before)).await)
    }

    /// The whole ledger, or the entries that pass a filter.
    #[allow(clippy::too_many_arguments, reason = "the contract's arguments")]
    async fn accounting_entries(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only the entries that pass this filter. Left out, null and {} mean all entries.")]
        filter: MaybeUndefined<AccountingEntryFilter>,
        #[graphql(desc = "By id, ascending, when left out.")] order_by: Option<AccountingEntryOrder>,
        #[graphql(desc = "Entries a page, from the beginning: 1 to 500; 50 when left out.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Begin behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Entries a page, from the end: 1 to 500. Not together with first.")] last: Option<
            i32,
        >,
        #[graphql(desc = "End before this cursor.")] before: Option<String>,
    ) -> Fallible<EntryConnection> {
        let listing = || {
            let order = order_by.map_or_else(Order::default, Into::into);
            Ok(Listing { scope: Scope::Ledger, filter: read_filter(filter)?, order })
        };
        fallible(EntryConnection::load(context, listing(), page(first, after, last, before)).await)
    }

    /// One entry; null when there is none with this id.
    async fn accounting_entry(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The ledger's own id. Example: \"42\"")] id: ID,
    ) -> Fallible<EntryNode> {
        let load = async {
            let fault = || Fault::new(Code::InvalidEntryId, "an entry id is a 64-bit integer").under("id");
            let id = entry_id(&id).ok_or_else(fault)?;
            let ledger = ledger(context)?;
            Ok(ledger.entry(id).await?.map(|entry| EntryNode::alone(ledger, entry)))
        };
        optional(load.await)
    }

    /// One system: how far behind it is and when it was last marked for. Any valid id may be asked for.
    async fn export_system(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The external system. Example: \"erp\"")] id: SystemIdText,
    ) -> Fallible<SystemNode> {
        let load = async {
            let id = SystemId::try_from(id.0).map_err(|fault| fault.under("id"))?;
            let known_since = ledger(context)?.system(&id).await?.map(|system| system.known_since);
            Ok(SystemNode::new(id, known_since))
        };
        fallible(load.await)
    }

    /// The systems that somebody has marked for, by id.
    async fn export_systems(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Systems a page: 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Begin behind this cursor.")] after: Option<String>,
    ) -> Fallible<SystemConnection> {
        fallible(SystemConnection::load(context, first.map(i64::from), after).await)
    }
}

fn page(
    first: Option<i32>,
    after: Option<String>,
    last: Option<i32>,
    before: Option<String>,
) -> PageArguments {
    PageArguments { first: first.map(i64::from), after, last: last.map(i64::from), before }
}
