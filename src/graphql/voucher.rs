//! Vouchers as GraphQL shows them.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::connection::{connection, edge, ledger, page};
use super::costs::{Cost, Costs};
use super::entry_connection::EntryConnection;
use super::error::{Fallible, fallible, optional};
use super::scalars::SystemIdText;
use super::status::{StatusNode, StatusOf};
use super::total::{self, CurrencyTotalNode};
use super::voucher_batch::VoucherBatch;
use crate::domain::page::{DEFAULT_PAGE, Listing, MAX_PAGE, PageArguments, VoucherListing};
use crate::domain::total::is_balanced;
use crate::domain::{CurrencyTotal, Day, GlobalId, Result, SystemId, Voucher};
use crate::service::{Ledger, entries_of};

/// A voucher, with the others of its list.
#[derive(Clone, Debug)]
pub struct VoucherNode {
    batch: Arc<VoucherBatch>,
    index: usize,
}

impl VoucherNode {
    /// One of the vouchers of a list.
    pub fn new(batch: Arc<VoucherBatch>, index: usize) -> Self {
        Self { batch, index }
    }

    /// A voucher that is alone in its list.
    pub fn alone(ledger: &Ledger, voucher: Voucher) -> Self {
        Self { batch: VoucherBatch::new(ledger.clone(), vec![voucher]), index: 0 }
    }

    fn voucher(&self) -> &Voucher {
        &self.batch.vouchers()[self.index]
    }

    async fn load_totals(&self) -> Result<Option<Vec<CurrencyTotal>>> {
        self.batch.totals(&self.voucher().id).await
    }
}

/// The accounting entries that were posted together and balance, such as the lines of an invoice: all entries with the
/// same journal code, posting date and entry number, whoever recorded them. An entry whose number is blank is a voucher by
/// itself.
#[Object(name = "Voucher")]
impl VoucherNode {
    /// The id of the voucher among all things of all types: `voucher/`, its posting date, its journal code and its number;
    /// or, where it has no number, `voucher/entry/` and the number of its only entry. Example: "voucher/2024-01-31/VE/17"
    pub async fn id(&self) -> ID {
        GlobalId::Voucher(self.voucher().id.clone()).to_string().into()
    }

    /// The code of the journal that the voucher stands in. Example: "VE"
    async fn journal_code(&self) -> &str {
        &self.voucher().journal_code
    }

    /// The day for which the voucher counts in the books. Example: "2024-01-31"
    async fn posting_date(&self) -> Day {
        self.voucher().posting_date
    }

    /// The number of the voucher; blank where its only entry has none. Example: "17"
    async fn entry_number(&self) -> &str {
        &self.voucher().entry_number
    }

    /// The entries of the voucher, in the order of their ids. Also those that were exported already, and those that the
    /// filter of the list leaves out. For a whole page of vouchers they are read by one query; a cursor belongs to one
    /// voucher.
    async fn entries(
        &self,
        #[graphql(
            desc = "Entries on the page, from the beginning of the voucher: 0 to 500; 50 when left out."
        )]
        first: Option<i32>,
        #[graphql(desc = "Begin the page after the entry with this cursor.")] after: Option<String>,
        #[graphql(
            desc = "Entries on the page, from the end of the voucher: 0 to 500. Not together with first."
        )]
        last: Option<i32>,
        #[graphql(desc = "End the page before the entry with this cursor.")] before: Option<String>,
    ) -> Fallible<EntryConnection> {
        let id = &self.voucher().id;
        let entries = self.batch.entries(id, &page(first, after, last, before)).await;
        let connection = |page| EntryConnection::read(self.batch.ledger(), entries_of(id.clone()), page);
        fallible(entries.map(connection))
    }

    /// What the entries of the voucher add up to in each currency, by the code of the currency. Null for a voucher with
    /// more than 10,000 entries, and where a sum is out of the range of a Decimal. For a whole page of vouchers they are
    /// read by one query.
    async fn totals(&self) -> Fallible<Vec<CurrencyTotalNode>> {
        optional(self.load_totals().await.map(total::nodes))
    }

    /// Whether the debits and the credits of the voucher agree in every currency. Null where `totals` is.
    async fn balanced(&self) -> Fallible<bool> {
        optional(self.load_totals().await.map(|totals| totals.map(|totals| is_balanced(&totals))))
    }

    /// How far the export of the voucher to a system is: that of its first entry that the system has not been sent, and
    /// where it was sent all, that of its first entry. This takes the right to export. For a whole page of vouchers it is
    /// read together.
    async fn export_status(
        &self,
        #[graphql(desc = "The name of the system. Example: \"erp\"")] system_id: SystemIdText,
    ) -> Fallible<StatusNode> {
        let load = async {
            let system = SystemId::read(system_id.0)?;
            let found = self.batch.status(&self.voucher().id, &system).await?;
            let of = |entry_id| StatusOf::Voucher(Arc::clone(&self.batch), entry_id);
            Ok(found.map(|(entry_id, status)| StatusNode::new(system, status, of(entry_id))))
        };
        optional(load.await)
    }

    /// Whether a system has been sent some of the voucher's entries, and some not: when another entry joined the voucher
    /// after it was exported, or when not all of its entries were marked. For a whole page of vouchers it is read by one
    /// query.
    async fn partly_exported(
        &self,
        #[graphql(desc = "The name of the system. Example: \"erp\"")] system_id: SystemIdText,
    ) -> Fallible<bool> {
        let load = async {
            let system = SystemId::read(system_id.0)?;
            self.batch.is_partly_exported(&self.voucher().id, &system).await
        };
        fallible(load.await)
    }
}

edge!(VoucherEdge is "VoucherEdge": VoucherNode, "voucher");

connection! {
    VoucherConnection is "VoucherConnection": VoucherEdge, "vouchers",
    "A page of vouchers, in the order of the ids of their first entries in the list."
}

impl VoucherConnection {
    /// The page of the list that the arguments ask for.
    pub async fn load(
        context: &Context<'_>,
        listing: Result<Listing>,
        arguments: PageArguments,
    ) -> Result<Self> {
        let listing = VoucherListing(listing?);
        let ledger = ledger(context)?;
        let page = ledger.list_vouchers(&listing, &arguments).await?;
        let vouchers = page.items.iter().map(|listed| listed.voucher.clone()).collect();
        let batch = VoucherBatch::listed(ledger.clone(), vouchers, listing.0.scope.clone());
        let mut index = 0;
        let edge = |listed: crate::service::ListedVoucher| {
            let node = VoucherNode::new(Arc::clone(&batch), index);
            index += 1;
            <VoucherEdge as super::connection::Edge>::new(listing.cursor(listed.first_entry), node)
        };
        Ok(page.map(edge).into())
    }
}

/// Currencies that a voucher is taken to have, before anything is known of it.
const CURRENCIES_A_VOUCHER: usize = 3;

/// What the fields of a voucher cost.
pub const COSTS: Costs = &[
    ("Voucher", "entries", Cost::Page { default: DEFAULT_PAGE, max: MAX_PAGE }),
    ("Voucher", "exportStatus", Cost::Query),
    ("Voucher", "totals", Cost::List(CURRENCIES_A_VOUCHER)),
];
