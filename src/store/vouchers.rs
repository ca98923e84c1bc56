//! Lists of vouchers, and the entries of each voucher.
//!
//! A list of vouchers is a list of entries that keeps only the first entry of each voucher: an entry is left out when
//! an entry with a lower id is in the list and in the same voucher. The search for that entry goes down the ids of the
//! voucher and stops at the first one that is in the list. So all searches for one voucher together pass over each of
//! its entries once at most.

mod of_each;
mod whole;

use sea_orm::sea_query::{Alias, DynIden, Expr, ExprTrait, IntoIden, Order, Query};
use sea_orm::{ConnectionTrait, DbBackend};

use super::changes::has_changed;
use super::condition::condition_on;
use super::convert;
use super::listing::page_query;
use super::places::Range;
use super::probe;
use super::same_voucher::{entries_of, same_voucher};
use super::statement::statement;
use super::steering::steer;
use crate::domain::page::{Page, VoucherListing};
use crate::domain::{Entry, EntryId, Filter, Result, Voucher, VoucherId};
use crate::entities::accounting_entry::{Column, Entity};

pub use of_each::{entries_of_each, first_of_each, partly_exported};
pub use whole::{Line, stream};

/// The most ids in one statement.
const BATCH: usize = 1_000;

/// A page of the list, with one voucher more than its size when there are more: for each voucher its first entry in the
/// list, with the fields that tell the voucher. Ordered by these entries' ids, in reverse when taken from the end.
pub async fn page(
    connection: &impl ConnectionTrait,
    range: &Range,
    VoucherListing(listing): &VoucherListing,
    page: &Page,
) -> Result<Vec<Entry>> {
    let backend = connection.get_database_backend();
    let mut places = range.places(backend);
    steer(connection, &mut places, listing.filter.as_ref(), true).await?;
    let columns = convert::columns(&Voucher::told_by());
    let first = is_first(range, listing.filter.as_ref(), backend);
    let query = page_query(places, listing, page, &columns, Some(&first), backend)?;
    let rows = connection.query_all_raw(statement(&query, backend)).await?;
    rows.iter().map(|row| convert::listed(row, &columns)).collect()
}

/// Condition: no entry of the same voucher with a lower id is in the list.
fn is_first(range: &Range, filter: Option<&Filter>, backend: DbBackend) -> Expr {
    let (entry, lower) = (Entity.into_iden(), Alias::new("lower").into_iden());
    let id = |table: &DynIden| Expr::col((table.clone(), Column::Id));
    let mut rows = Query::select().expr(Expr::value(1)).from_as(Entity, lower.clone()).to_owned();
    for same in same_voucher(&lower, &entry, backend) {
        rows.and_where(same);
    }
    rows.and_where(id(&lower).lt(id(&entry)))
        .and_where_option(holds(range, &lower, backend))
        .and_where_option(filter.map(|filter| condition_on(&lower, filter, backend)))
        .order_by_expr(id(&lower), Order::Desc);
    probe::exists(rows, backend).not()
}

/// Condition: the entry that the query names `entry` is in this range. `None` where each entry of a voucher in the list
/// is; lists of vouchers have no range `Pending`. Whether an entry is unexported is told by its mark alone, since a
/// pending row only stands for a missing mark.
fn holds(range: &Range, entry: &DynIden, backend: DbBackend) -> Option<Expr> {
    match range {
        Range::Ledger | Range::Standing | Range::Voucher(_) | Range::Pending(_) | Range::Empty => None,
        Range::Changed(system) => {
            Some(has_changed(Expr::col((entry.clone(), Column::Id)), system.key, backend))
        }
        Range::Unexported { system, marked_after, .. } => {
            let id = Expr::col((entry.clone(), Column::Id));
            Some(probe::mark_until(id, system.key, *marked_after, backend).not())
        }
    }
}

/// The entries with these ids, with the fields that tell the voucher of each, ordered by id.
pub async fn told_by(connection: &impl ConnectionTrait, ids: &[EntryId]) -> Result<Vec<Entry>> {
    let backend = connection.get_database_backend();
    let columns = convert::columns(&Voucher::told_by());
    let id = || Expr::col((Entity, Column::Id));
    let mut found = Vec::with_capacity(ids.len());
    for part in ids.chunks(BATCH) {
        let query = Query::select()
            .columns(columns.iter().map(|column| (Entity, *column)))
            .from(Entity)
            .and_where(id().is_in(part.iter().copied()))
            .to_owned();
        for row in connection.query_all_raw(statement(&query, backend)).await? {
            found.push(convert::listed(&row, &columns)?);
        }
    }
    found.sort_unstable_by_key(|entry| entry.id);
    Ok(found)
}

/// The ids of the voucher's entries in ascending order, `limit` at most.
pub async fn ids_of(
    connection: &impl ConnectionTrait,
    voucher: &VoucherId,
    limit: u64,
) -> Result<Vec<EntryId>> {
    let backend = connection.get_database_backend();
    let id = || Expr::col((Entity, Column::Id));
    let query = entries_of(voucher).expr(id()).order_by_expr(id(), Order::Asc).limit(limit).to_owned();
    let rows = connection.query_all_raw(statement(&query, backend)).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}
