//! Pages of accounting entries.

use std::sync::Arc;

use async_graphql::{Context, Enum, InputObject};

use super::batch::EntryBatch;
use super::connection::{List, connection, ledger};
use super::costs::{Cost, Costs};
use super::count::CountNode;
use super::error::{Fallible, fallible, optional};
use super::total::{self, CurrencyTotalNode};
use super::written::{self, Cursors, EdgeList, EntryList};
use crate::domain::page::{Listing, Order, OrderKey, PageArguments, Paged};
use crate::domain::{Entry, Result};
use crate::service::{Ledger, TOTALS};

/// The field by which accounting entries are ordered. Entries with equal values are ordered by their id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "OrderKey")]
pub enum AccountingEntryOrderField {
    /// By id, which is the order in which the entries were recorded.
    Id,
    /// By the moment at which the entry was first recorded.
    CreatedAt,
    /// By the moment at which the entry's content last changed. An entry that changes while you read pages moves in
    /// this order, so it may appear twice.
    UpdatedAt,
    /// By posting date.
    PostingDate,
}

/// The direction of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum OrderDirection {
    /// Ascending: the smallest or oldest first.
    Asc,
    /// Descending: the largest or newest first.
    Desc,
}

/// The order of a list of accounting entries. Example: {field: POSTING_DATE, direction: DESC}
#[derive(Clone, Copy, Debug, InputObject)]
pub struct AccountingEntryOrder {
    /// The field by which the entries are ordered; entries with equal values are ordered by their id.
    field: AccountingEntryOrderField,
    /// Ascending or descending.
    #[graphql(default_with = "OrderDirection::Asc")]
    direction: OrderDirection,
}

impl From<AccountingEntryOrder> for Order {
    fn from(order: AccountingEntryOrder) -> Self {
        Order { key: order.field.into(), descending: order.direction == OrderDirection::Desc }
    }
}

impl List for EdgeList {
    type Edges = EdgeList;
    type Nodes = EntryList;

    fn edges(&self) -> EdgeList {
        self.clone()
    }

    fn nodes(&self) -> EntryList {
        EntryList(Arc::clone(&self.batch))
    }

    fn ends(&self) -> (Option<String>, Option<String>) {
        let entries = self.batch.entries();
        let cursor = |entry| self.cursors.of(entry);
        (entries.first().map(cursor), entries.last().map(cursor))
    }
}

connection! {
    EntryConnection is "AccountingEntryConnection": EdgeList, "accounting entries",
    "A page of accounting entries, and what is known of the whole list.";
    { listing: Listing }
    {
        /// How many entries the whole list has, on all pages together. It is counted only when this field is asked
        /// for, and never past 10,000: conditions on id, externalId, postingDate, createdAt and updatedAt choose the
        /// entries that are read, and other conditions are tested on those.
        async fn total_count(&self, context: &Context<'_>) -> Fallible<CountNode> {
            let count = async { ledger(context)?.count(&self.listing).await };
            fallible(count.await.map(CountNode::from))
        }

        /// What the entries of the whole list add up to in each currency, on all pages together, by the code of the
        /// currency; the currencies together have as many entries as the list. They are added up only when this field is
        /// asked for. Null where more than 10,000 entries would be read, which the same conditions choose as for
        /// `totalCount`, and where a sum is out of the range of a Decimal.
        async fn totals(&self, context: &Context<'_>) -> Fallible<Vec<CurrencyTotalNode>> {
            let totals = async { ledger(context)?.totals(&self.listing).await };
            optional(totals.await.map(total::nodes))
        }
    }
}

impl EntryConnection {
    /// A page that was read, of which all fields are there.
    pub fn read(ledger: &Ledger, listing: Listing, page: Paged<Entry>) -> Self {
        let cursors = Cursors { binding: listing.binding(), order: listing.order };
        let list = EdgeList { batch: EntryBatch::new(ledger.clone(), page.items), cursors };
        Self { list, has_next: page.has_next, has_previous: page.has_previous, listing }
    }

    /// The page of the listing that the arguments ask for.
    pub async fn load(
        context: &Context<'_>,
        listing: Result<Listing>,
        arguments: PageArguments,
    ) -> Result<Self> {
        let listing = listing?;
        let ledger = ledger(context)?;
        let cursors = Cursors { binding: listing.binding(), order: listing.order };
        let Some(fields) = written::needed(context, cursors) else {
            // Nothing of the page itself is asked for.
            listing.page(&arguments)?;
            let list = EdgeList { batch: EntryBatch::new(ledger.clone(), Vec::new()), cursors };
            return Ok(Self { list, has_next: false, has_previous: false, listing });
        };
        let page = ledger.list(&listing, &arguments, &fields).await?.entries;
        let batch = EntryBatch::with_fields(ledger.clone(), page.items, fields);
        let list = EdgeList { batch, cursors };
        Ok(Self { list, has_next: page.has_next, has_previous: page.has_previous, listing })
    }
}

/// Currencies that a list is taken to have, before anything is known of it.
const CURRENCIES_A_LIST: usize = 3;

/// What a page of entries costs beside the entries.
pub const COSTS: Costs = &[
    ("AccountingEntryConnection", "totalCount", Cost::Query),
    ("AccountingEntryConnection", "totals", Cost::Summed { length: CURRENCIES_A_LIST, query: TOTALS }),
];
