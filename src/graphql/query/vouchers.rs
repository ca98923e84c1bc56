//! Questions about vouchers.

use async_graphql::{Context, ID, MaybeUndefined, Object};

use crate::domain::page::{Listing, Order, Scope};
use crate::domain::{Code, Fault, GlobalId, SystemId, Timestamp};
use crate::graphql::connection::{ledger, page};
use crate::graphql::error::{Fallible, fallible, optional};
use crate::graphql::filter::AccountingEntryFilter;
use crate::graphql::filter_reading::read_filter;
use crate::graphql::scalars::SystemIdText;
use crate::graphql::voucher::{VoucherConnection, VoucherNode};

/// The questions about vouchers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Vouchers;

#[Object]
impl Vouchers {
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
        filter: MaybeUndefined<Box<AccountingEntryFilter>>,
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
            let system_id = SystemId::read(system_id.0)?;
            let scope = Scope::Unexported { system_id, not_exported_since, states: None };
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
        filter: MaybeUndefined<Box<AccountingEntryFilter>>,
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
}
