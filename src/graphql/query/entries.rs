//! Questions about accounting entries.

use async_graphql::{Context, ID, MaybeUndefined, Object};

use crate::domain::export::ExportListing;
use crate::domain::page::{Listing, Order, Scope};
use crate::domain::{Code, Fault, SystemId, Timestamp, progress};
use crate::graphql::changed::ChangedEntryConnection;
use crate::graphql::connection::{ledger, page};
use crate::graphql::entry::{EntryNode, entry_id};
use crate::graphql::entry_connection::{AccountingEntryOrder, EntryConnection};
use crate::graphql::error::{Fallible, fallible, optional};
use crate::graphql::exports::{
    EntryExportConnection, EntryExportFilter, EntryExportOrder, read_export_filter,
};
use crate::graphql::filter::AccountingEntryFilter;
use crate::graphql::filter_reading::read_filter;
use crate::graphql::scalars::SystemIdText;
use crate::graphql::state::ExportState;
use crate::service::ChangedListing;

/// The questions about entries.
#[derive(Clone, Copy, Debug, Default)]
pub struct Entries;

#[Object]
impl Entries {
    /// The accounting entries that a system has not been sent: those without a mark for it. With `notExportedSince`
    /// they are joined by those whose newest mark is later than that moment, to be sent again. A system for which no
    /// entry was marked has all entries before it, and asking does not create it. Read page by page with `after`:
    /// marks that are made meanwhile do not shrink an answer with `notExportedSince`.
    #[allow(clippy::too_many_arguments, reason = "the contract's arguments")]
    async fn unexported_entries(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The name of the external system. Example: \"erp\"")] system_id: SystemIdText,
        #[graphql(
            desc = "Answer as of this moment instead of now. A mark made at exactly this moment counts as exported; \
                    a moment in the future means now. Example: \"2026-01-31T12:00:00Z\""
        )]
        not_exported_since: Option<Timestamp>,
        #[graphql(
            desc = "Only the entries in one of these states now: PENDING, CLAIMED, FAILED or PARKED. Left out, all \
                    entries of the list."
        )]
        states: Option<Vec<ExportState>>,
        #[graphql(desc = "Only the entries that pass this filter. Left out, null and {} mean all entries.")]
        filter: MaybeUndefined<Box<AccountingEntryFilter>>,
        #[graphql(desc = "The order of the entries; by id, ascending, when left out.")] order_by: Option<
            AccountingEntryOrder,
        >,
        #[graphql(desc = "Entries on the page, from the beginning of the list: 0 to 500; 50 when left out.")]
        first: Option<i32>,
        #[graphql(desc = "Begin the page after the item with this cursor.")] after: Option<String>,
        #[graphql(
            desc = "Entries on the page, from the end of the list: 0 to 500. Not together with first."
        )]
        last: Option<i32>,
        #[graphql(desc = "End the page before the item with this cursor.")] before: Option<String>,
    ) -> Fallible<EntryConnection> {
        let listing = || {
            let system_id = SystemId::read(system_id.0)?;
            let states = states.map(|states| states.into_iter().map(Into::into).collect::<Vec<_>>());
            let states = states.as_deref().map(progress::ExportState::narrowing).transpose()?;
            let scope = Scope::Unexported { system_id, not_exported_since, states };
            Ok(Listing {
                scope,
                filter: read_filter(filter)?,
                order: order_by.map_or_else(Order::default, Into::into),
            })
        };
        fallible(EntryConnection::load(context, listing(), page(first, after, last, before)).await)
    }

    /// All accounting entries of the ledger, or those that pass a filter.
    #[allow(clippy::too_many_arguments, reason = "the contract's arguments")]
    async fn accounting_entries(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only the entries that pass this filter. Left out, null and {} mean all entries.")]
        filter: MaybeUndefined<Box<AccountingEntryFilter>>,
        #[graphql(desc = "The order of the entries; by id, ascending, when left out.")] order_by: Option<
            AccountingEntryOrder,
        >,
        #[graphql(desc = "Entries on the page, from the beginning of the list: 0 to 500; 50 when left out.")]
        first: Option<i32>,
        #[graphql(desc = "Begin the page after the item with this cursor.")] after: Option<String>,
        #[graphql(
            desc = "Entries on the page, from the end of the list: 0 to 500. Not together with first."
        )]
        last: Option<i32>,
        #[graphql(desc = "End the page before the item with this cursor.")] before: Option<String>,
    ) -> Fallible<EntryConnection> {
        let listing = || {
            let order = order_by.map_or_else(Order::default, Into::into);
            Ok(Listing { scope: Scope::Ledger, filter: read_filter(filter)?, order })
        };
        fallible(EntryConnection::load(context, listing(), page(first, after, last, before)).await)
    }

    /// One accounting entry; null when there is none with this id.
    async fn accounting_entry(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The entry, by its id or by its number. Example: \"entry/42\" or \"42\"")] id: ID,
    ) -> Fallible<EntryNode> {
        let load = async {
            let message =
                "an entry is named by its id, such as \"entry/42\", or by its number, such as \"42\"";
            let fault = || Fault::new(Code::InvalidEntryId, message).under("id");
            let id = entry_id(&id).ok_or_else(fault)?;
            let ledger = ledger(context)?;
            Ok(ledger.entry(id).await?.map(|entry| EntryNode::alone(ledger, entry)))
        };
        optional(load.await)
    }

    /// The accounting entries that a system was sent, and that have changed in substance or were withdrawn since: their
    /// newest mark is of an older version, or they are withdrawn. Mark the new version (`markExported`) when the system has
    /// been told, or take the mark back (`unmarkExported`) to have the entry unexported again. In the order of their ids.
    #[allow(clippy::too_many_arguments, reason = "the contract's arguments")]
    async fn changed_entries(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The name of the external system. Example: \"erp\"")] system_id: SystemIdText,
        #[graphql(desc = "Only the entries that pass this filter. Left out, null and {} mean all entries.")]
        filter: MaybeUndefined<Box<AccountingEntryFilter>>,
        #[graphql(desc = "Entries on the page, from the beginning of the list: 0 to 500; 50 when left out.")]
        first: Option<i32>,
        #[graphql(desc = "Begin the page after the item with this cursor.")] after: Option<String>,
        #[graphql(
            desc = "Entries on the page, from the end of the list: 0 to 500. Not together with first."
        )]
        last: Option<i32>,
        #[graphql(desc = "End the page before the item with this cursor.")] before: Option<String>,
    ) -> Fallible<ChangedEntryConnection> {
        let listing = || {
            let system_id = SystemId::read(system_id.0)?;
            Ok(ChangedListing::new(system_id, read_filter(filter)?))
        };
        fallible(ChangedEntryConnection::load(context, listing(), page(first, after, last, before)).await)
    }

    /// What a system was sent: the marks of entries for it, by the time of the mark. Each entry has its last mark here;
    /// one that was taken back is not among them. The filter `{note: "run 118"}` gives what that run sent, where it said
    /// so in its notes. The entries of the marks take the right to read.
    #[allow(clippy::too_many_arguments, reason = "the contract's arguments")]
    async fn entry_exports(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The name of the external system. Example: \"erp\"")] system_id: SystemIdText,
        #[graphql(desc = "Only the marks that pass this filter. Left out, null and {} mean all marks.")]
        filter: Option<EntryExportFilter>,
        #[graphql(desc = "The order of the marks; by markedAt, ascending, when left out.")] order_by: Option<
            EntryExportOrder,
        >,
        #[graphql(desc = "Marks on the page, from the beginning of the list: 0 to 500; 50 when left out.")]
        first: Option<i32>,
        #[graphql(desc = "Begin the page after the item with this cursor.")] after: Option<String>,
        #[graphql(desc = "Marks on the page, from the end of the list: 0 to 500. Not together with first.")]
        last: Option<i32>,
        #[graphql(desc = "End the page before the item with this cursor.")] before: Option<String>,
    ) -> Fallible<EntryExportConnection> {
        let listing = || {
            let system_id = SystemId::read(system_id.0)?;
            let descending = order_by.is_some_and(EntryExportOrder::is_descending);
            Ok(ExportListing { system_id, filter: read_export_filter(filter)?, descending })
        };
        fallible(EntryExportConnection::load(context, listing(), page(first, after, last, before)).await)
    }
}
