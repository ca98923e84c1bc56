//! What may be asked: arguments are read into the domain's words, and the use cases answer.

use async_graphql::{Context, ID, MaybeUndefined, Object};

use super::changed::ChangedEntryConnection;
use super::connection::{ledger, page};
use super::costs::{Cost, Costs};
use super::entry::{EntryNode, entry_id};
use super::entry_connection::{AccountingEntryOrder, EntryConnection};
use super::error::{Fallible, fallible, optional};
use super::filter::AccountingEntryFilter;
use super::filter_reading::read_filter;
use super::import::{ImportConnection, ImportNode};
use super::node::Node;
use super::scalars::SystemIdText;
use super::system::{SystemConnection, SystemNode};
use super::viewer::Viewer;
use super::voucher::{VoucherConnection, VoucherNode};
use crate::domain::page::{DEFAULT_PAGE, DEFAULT_VOUCHERS, Listing, MAX_PAGE, MAX_VOUCHERS, Order, Scope};
use crate::domain::{Code, Fault, GlobalId, SystemId, Timestamp};
use crate::service::{DEFAULT_IMPORTS, DEFAULT_SYSTEMS, MAX_IMPORTS, MAX_NODES, MAX_SYSTEMS};

/// The root of all questions.
#[derive(Clone, Copy, Debug, Default)]
pub struct Query;

/// The questions that can be asked. A field that fails is null, the other fields are answered, and `errors` says why it
/// failed.
#[Object]
impl Query {
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
        #[graphql(desc = "Only the entries that pass this filter. Left out, null and {} mean all entries.")]
        filter: MaybeUndefined<AccountingEntryFilter>,
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

    /// All accounting entries of the ledger, or those that pass a filter.
    #[allow(clippy::too_many_arguments, reason = "the contract's arguments")]
    async fn accounting_entries(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only the entries that pass this filter. Left out, null and {} mean all entries.")]
        filter: MaybeUndefined<AccountingEntryFilter>,
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

    /// The vouchers of which a system has not been sent all entries: those with at least one entry that
    /// `unexportedEntries` with the same arguments lists. They come in the order of the ids of their first such entry, and
    /// each is whole: its entries are all that it has, also those that were exported already (`partlyExported`), and those
    /// that the filter leaves out.
    #[allow(clippy::too_many_arguments, reason = "the contract's arguments")]
    async fn unexported_vouchers(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The name of the external system. Example: \"erp\"")] system_id: SystemIdText,
        #[graphql(
            desc = "Answer as of this moment instead of now. A mark made at exactly this moment counts as exported; \
                    a moment in the future means now. Example: \"2026-01-31T12:00:00Z\""
        )]
        not_exported_since: Option<Timestamp>,
        #[graphql(
            desc = "Only the vouchers with an unexported entry that passes this filter. Left out, null and {} mean all."
        )]
        filter: MaybeUndefined<AccountingEntryFilter>,
        #[graphql(
            desc = "Vouchers on the page, from the beginning of the list: 0 to 100; 20 when left out."
        )]
        first: Option<i32>,
        #[graphql(desc = "Begin the page after the voucher with this cursor.")] after: Option<String>,
        #[graphql(
            desc = "Vouchers on the page, from the end of the list: 0 to 100. Not together with first."
        )]
        last: Option<i32>,
        #[graphql(desc = "End the page before the voucher with this cursor.")] before: Option<String>,
    ) -> Fallible<VoucherConnection> {
        let listing = || {
            let system_id = SystemId::try_from(system_id.0).map_err(|fault| fault.under("system_id"))?;
            let scope = Scope::Unexported { system_id, not_exported_since };
            Ok(Listing { scope, filter: read_filter(filter)?, order: Order::default() })
        };
        fallible(VoucherConnection::load(context, listing(), page(first, after, last, before)).await)
    }

    /// All vouchers of the ledger, or those with at least one entry that passes a filter, in the order of the ids of their
    /// first such entry.
    async fn vouchers(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "Only the vouchers with an entry that passes this filter. Left out, null and {} mean all."
        )]
        filter: MaybeUndefined<AccountingEntryFilter>,
        #[graphql(
            desc = "Vouchers on the page, from the beginning of the list: 0 to 100; 20 when left out."
        )]
        first: Option<i32>,
        #[graphql(desc = "Begin the page after the voucher with this cursor.")] after: Option<String>,
        #[graphql(
            desc = "Vouchers on the page, from the end of the list: 0 to 100. Not together with first."
        )]
        last: Option<i32>,
        #[graphql(desc = "End the page before the voucher with this cursor.")] before: Option<String>,
    ) -> Fallible<VoucherConnection> {
        let listing =
            || Ok(Listing { scope: Scope::Ledger, filter: read_filter(filter)?, order: Order::default() });
        fallible(VoucherConnection::load(context, listing(), page(first, after, last, before)).await)
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
        filter: MaybeUndefined<AccountingEntryFilter>,
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
            let system_id = SystemId::try_from(system_id.0).map_err(|fault| fault.under("system_id"))?;
            let scope = Scope::Changed { system_id };
            Ok(Listing { scope, filter: read_filter(filter)?, order: Order::default() })
        };
        fallible(ChangedEntryConnection::load(context, listing(), page(first, after, last, before)).await)
    }

    /// One voucher; null when there is none with this id.
    async fn voucher(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The `id` of the voucher. Example: \"voucher/2024-01-31/VE/17\"")] id: ID,
    ) -> Fallible<VoucherNode> {
        let load = async {
            let message = "a voucher is named by its id, such as \"voucher/2024-01-31/VE/17\"";
            let fault = || Fault::new(Code::InvalidVoucherId, message).under("id");
            let id = GlobalId::voucher(&id).ok_or_else(fault)?;
            let ledger = ledger(context)?;
            let found = ledger.vouchers(std::slice::from_ref(&id)).await?.remove(&id);
            Ok(found.map(|voucher| VoucherNode::alone(ledger, voucher)))
        };
        optional(load.await)
    }

    /// One external system: how far behind it is, and when entries were last marked for it. Any name that a system may
    /// have can be asked for, also before the first mark.
    async fn export_system(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The name of the system. Example: \"erp\"")] system_id: SystemIdText,
    ) -> Fallible<SystemNode> {
        let load = async {
            let id = SystemId::try_from(system_id.0).map_err(|fault| fault.under("system_id"))?;
            Ok(SystemNode(ledger(context)?.system(&id).await?))
        };
        fallible(load.await)
    }

    /// The thing with this id, whatever its type; null when there is none. What the access token may not see is
    /// answered as where it is asked for by its own name: entries, marks and events are null or refused, a system is
    /// refused, and the answer does not tell whether there is such a thing.
    async fn node(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The `id` of an object of any type. Example: \"entry/42\"")] id: ID,
    ) -> Fallible<Node> {
        match ledger(context) {
            Ok(ledger) => super::node::node(ledger, &id).await,
            Err(error) => optional(Err(error)),
        }
    }

    /// The things with these ids, in the same order, each as `node` gives it. Things of one type are read by one query.
    async fn nodes(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "The `id`s of 1 to 100 objects of any type. Example: [\"entry/42\", \"system/erp\"]"
        )]
        ids: Vec<ID>,
    ) -> Vec<Fallible<Node>> {
        match ledger(context) {
            Ok(ledger) => super::node::nodes(ledger, &ids).await,
            Err(error) => ids.iter().map(|_| optional(Err(error.clone()))).collect(),
        }
    }

    /// Who asks, and what they may do.
    async fn viewer(&self, context: &Context<'_>) -> Fallible<Viewer> {
        fallible(ledger(context).map(Viewer::from))
    }

    /// The external systems for which at least one entry was marked, in the order of their ids.
    async fn export_systems(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Systems on the page, from the beginning of the list: 0 to 100; 20 when left out.")]
        first: Option<i32>,
        #[graphql(desc = "Begin the page after the item with this cursor.")] after: Option<String>,
        #[graphql(
            desc = "Systems on the page, from the end of the list: 0 to 100. Not together with first."
        )]
        last: Option<i32>,
        #[graphql(desc = "End the page before the item with this cursor.")] before: Option<String>,
    ) -> Fallible<SystemConnection> {
        fallible(SystemConnection::load(context, page(first, after, last, before)).await)
    }

    /// The imports of ledger files, newest first: also one that runs, or that did not come to its end. One that wrote
    /// nothing is not kept.
    async fn imports(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Imports on the page, from the newest back: 0 to 100; 20 when left out.")]
        first: Option<i32>,
        #[graphql(desc = "Begin the page after the import with this cursor.")] after: Option<String>,
        #[graphql(desc = "Imports on the page, from the oldest on: 0 to 100. Not together with first.")]
        last: Option<i32>,
        #[graphql(desc = "End the page before the import with this cursor.")] before: Option<String>,
    ) -> Fallible<ImportConnection> {
        fallible(ImportConnection::load(context, page(first, after, last, before)).await)
    }

    /// One import; null when there is none with this id.
    async fn import(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The import, by its id or by its number. Example: \"import/7\" or \"7\"")] id: ID,
    ) -> Fallible<ImportNode> {
        optional(ImportNode::named(context, &id).await)
    }
}

/// What the questions cost.
pub const COSTS: Costs = &[
    ("Query", "unexportedEntries", Cost::Page { default: DEFAULT_PAGE, max: MAX_PAGE }),
    ("Query", "accountingEntries", Cost::Page { default: DEFAULT_PAGE, max: MAX_PAGE }),
    ("Query", "changedEntries", Cost::Page { default: DEFAULT_PAGE, max: MAX_PAGE }),
    ("Query", "unexportedVouchers", Cost::Page { default: DEFAULT_VOUCHERS, max: MAX_VOUCHERS }),
    ("Query", "vouchers", Cost::Page { default: DEFAULT_VOUCHERS, max: MAX_VOUCHERS }),
    ("Query", "exportSystems", Cost::Page { default: DEFAULT_SYSTEMS, max: MAX_SYSTEMS }),
    ("Query", "imports", Cost::Page { default: DEFAULT_IMPORTS, max: MAX_IMPORTS }),
    ("Query", "nodes", Cost::Named { argument: "ids", max: MAX_NODES }),
];
