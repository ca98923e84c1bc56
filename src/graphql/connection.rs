//! Pages of entries, after the Relay cursor connections specification.

use std::sync::Arc;

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};

use super::entry_list::{Cursors, EdgeList, EntryList, shown};
use super::error::{Fallible, fallible};
use super::page_info::PageInfo;
use super::siblings::Siblings;
use crate::domain::page::{Listing, Order, OrderKey, PageArguments};
use crate::domain::{Count, Error, Precision, Result};
use crate::service::Ledger;

/// Whether a count is the whole truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Precision")]
pub enum CountPrecision {
    /// Exactly so many.
    Exact,
    /// So many, and perhaps more: counting stops at 10,000.
    AtLeast,
}

/// How many there are. Counting never reads past 10,000.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Count")]
pub struct CountNode {
    /// The number found, at most 10,000.
    count: i32,
    /// Whether there may be more.
    precision: CountPrecision,
}

impl From<Count> for CountNode {
    fn from(count: Count) -> Self {
        Self { count: i32::try_from(count.count).unwrap_or(i32::MAX), precision: count.precision.into() }
    }
}

/// What entries are ordered by; the id breaks ties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "OrderKey")]
pub enum AccountingEntryOrderField {
    /// The order in which ids were given.
    Id,
    /// When the entry was recorded.
    CreatedAt,
    /// When its content last changed. An entry that changes while you page moves, and may come twice.
    UpdatedAt,
    /// The day it counts for.
    PostingDate,
}

/// Upwards or downwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum OrderDirection {
    /// Smallest, oldest first.
    Asc,
    /// Largest, newest first.
    Desc,
}

/// The order of a list of entries. Example: {field: POSTING_DATE, direction: DESC}
#[derive(Clone, Copy, Debug, InputObject)]
pub struct AccountingEntryOrder {
    /// What counts first.
    field: AccountingEntryOrderField,
    /// Upwards or downwards.
    #[graphql(default_with = "OrderDirection::Asc")]
    direction: OrderDirection,
}

impl From<AccountingEntryOrder> for Order {
    fn from(order: AccountingEntryOrder) -> Self {
        Order { key: order.field.into(), descending: order.direction == OrderDirection::Desc }
    }
}

/// A page of entries.
pub struct EntryConnection {
    listing: Listing,
    siblings: Arc<Siblings>,
    cursors: Cursors,
    has_next: bool,
    has_previous: bool,
}

impl EntryConnection {
    /// The page of the listing that the arguments ask for.
    pub async fn load(
        context: &Context<'_>,
        listing: Result<Listing>,
        arguments: PageArguments,
    ) -> Result<Self> {
        let listing = listing?;
        let ledger = ledger(context)?;
        let cursors = Cursors { binding: listing.binding(), order: listing.order };
        let Some(fields) = shown(context, cursors) else {
            listing.page(&arguments)?;
            let siblings = Siblings::new(ledger.clone(), Vec::new());
            return Ok(Self { siblings, cursors, listing, has_next: false, has_previous: false });
        };
        let page = ledger.list(&listing, &arguments, &fields).await?;
        let siblings = Siblings::with_fields(ledger.clone(), page.entries, fields);
        Ok(Self { siblings, cursors, listing, has_next: page.has_next, has_previous: page.has_previous })
    }
}

/// The use cases, which the request carries.
pub fn ledger<'a>(context: &Context<'a>) -> Result<&'a Ledger> {
    context.data::<Ledger>().map_err(|_| Error::internal("a request without a ledger"))
}

/// A page of entries, and what is known of the whole list.
#[Object(name = "AccountingEntryConnection")]
impl EntryConnection {
    /// The entries with their cursors.
    async fn edges(&self) -> EdgeList {
        EdgeList { siblings: Arc::clone(&self.siblings), cursors: self.cursors }
    }

    /// The entries.
    async fn nodes(&self) -> EntryList {
        EntryList(Arc::clone(&self.siblings))
    }

    /// Where the page begins and ends, and whether there is more.
    async fn page_info(&self) -> PageInfo {
        let cursor = |entry| self.cursors.of(entry);
        PageInfo {
            has_next_page: self.has_next,
            has_previous_page: self.has_previous,
            start_cursor: self.siblings.entries().first().map(cursor),
            end_cursor: self.siblings.entries().last().map(cursor),
        }
    }

    /// How many entries the whole list has. Computed only when asked for, and never by reading past 10,000:
    /// conditions on id, externalId, postingDate, createdAt and updatedAt choose the entries that are read,
    /// the others are tested on those.
    async fn total_count(&self, context: &Context<'_>) -> Fallible<CountNode> {
        let count = async { ledger(context)?.count(&self.listing).await };
        fallible(count.await.map(CountNode::from))
    }
}
