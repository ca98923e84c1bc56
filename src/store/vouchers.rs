//! Lists of vouchers, and the entries of each voucher.
//!
//! A list of vouchers is a list of entries that keeps only the first entry of each voucher: an entry is left out when
//! an entry with a lower id is in the list and in the same voucher. The search for that entry goes down the ids of the
//! voucher and stops at the first one that is in the list. So all searches for one voucher together pass over each of
//! its entries once at most.

mod whole;

use std::collections::HashMap;

use sea_orm::sea_query::{
    Alias, DynIden, Expr, ExprTrait, IntoIden, Order, Query, SelectStatement, UnionType,
};
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
use crate::domain::{Entry, EntryId, Error, Field, Fields, Filter, Result, VoucherId};
use crate::entities::accounting_entry::{Column, Entity};

pub use whole::{Line, stream};

/// The most ids in one statement.
const BATCH: usize = 1_000;

/// The fields of an entry that tell its voucher.
fn fields() -> Fields {
    Fields::Only(vec![Field::JournalCode, Field::PostingDate, Field::EntryNumber])
}

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
    let columns = convert::columns(&fields());
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

/// A page of the entries of each voucher, with one entry more than its size when there are more, ordered by id, in
/// reverse when the page is taken from the end. Only these fields are read. A voucher without entries is left out.
pub async fn entries_of_each(
    connection: &impl ConnectionTrait,
    vouchers: &[VoucherId],
    page: &Page<EntryId>,
    fields: &Fields,
) -> Result<HashMap<VoucherId, Vec<Entry>>> {
    let backend = connection.get_database_backend();
    let columns = convert::columns(fields);
    let id = || Expr::col((Entity, Column::Id));
    let direction = if page.from_end { Order::Desc } else { Order::Asc };
    let of_one = |voucher: &VoucherId| {
        let mut query = entries_of(voucher);
        query
            .columns(columns.iter().map(|column| (Entity, *column)))
            .and_where_option(page.after.map(|after| id().gt(after)))
            .and_where_option(page.before.map(|before| id().lt(before)))
            .order_by_expr(id(), direction.clone())
            .limit(page.limit());
        query
    };
    let mut found: HashMap<VoucherId, Vec<Entry>> = HashMap::with_capacity(vouchers.len());
    for (place, row) in of_each(connection, vouchers, of_one, &columns, backend).await? {
        let entry = convert::listed(&row, &columns)?;
        if let Some(voucher) = vouchers.get(place) {
            found.entry(voucher.clone()).or_default().push(entry);
        }
    }
    for entries in found.values_mut() {
        entries.sort_unstable_by_key(|entry| entry.id);
        if page.from_end {
            entries.reverse();
        }
    }
    Ok(found)
}

/// The first entry of each of the vouchers that exist, with the fields that tell the voucher.
pub async fn first_of_each(connection: &impl ConnectionTrait, vouchers: &[VoucherId]) -> Result<Vec<Entry>> {
    let one = Page { size: 0, from_end: false, after: None, before: None };
    let found = entries_of_each(connection, vouchers, &one, &fields()).await?;
    Ok(found.into_values().flatten().collect())
}

/// The entries with these ids, with the fields that tell the voucher of each, ordered by id.
pub async fn told_by(connection: &impl ConnectionTrait, ids: &[EntryId]) -> Result<Vec<Entry>> {
    let backend = connection.get_database_backend();
    let columns = convert::columns(&fields());
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

/// Those of the vouchers that have an entry with a mark for the system and an entry without one.
pub async fn partly_exported(
    connection: &impl ConnectionTrait,
    vouchers: &[VoucherId],
    system_key: i64,
) -> Result<Vec<VoucherId>> {
    let backend = connection.get_database_backend();
    let of_one = |voucher: &VoucherId| {
        let mark = || probe::mark_of(Expr::col((Entity, Column::Id)), system_key, backend);
        let any = |of: Expr| {
            let mut rows = entries_of(voucher);
            rows.expr(Expr::value(1)).and_where(of);
            probe::exists(rows, backend)
        };
        Query::select().and_where(any(mark())).and_where(any(mark().not())).to_owned()
    };
    let rows = of_each(connection, vouchers, of_one, &[], backend).await?;
    Ok(rows.into_iter().filter_map(|(place, _)| vouchers.get(place).cloned()).collect())
}

/// Runs one query for each voucher, all in one statement, and gives each row with the index of its voucher in
/// `vouchers`. `columns` are the columns that the queries select.
async fn of_each(
    connection: &impl ConnectionTrait,
    vouchers: &[VoucherId],
    of_one: impl Fn(&VoucherId) -> SelectStatement,
    columns: &[Column],
    backend: DbBackend,
) -> Result<Vec<(usize, sea_orm::QueryResult)>> {
    let of_one = |(place, voucher): (usize, &VoucherId)| {
        let mut rows = of_one(voucher);
        if columns.is_empty() {
            rows.expr(Expr::value(1));
        }
        Query::select()
            .columns(columns.iter().copied())
            .expr(Expr::cust(place.to_string()))
            .from_subquery(rows, "lines")
            .to_owned()
    };
    let united = vouchers.iter().enumerate().map(of_one);
    let Some(query) = united.reduce(|mut all, next| all.union(UnionType::All, next).to_owned()) else {
        return Ok(Vec::new());
    };
    let rows = connection.query_all_raw(statement(&query, backend)).await?;
    let place = |row: &sea_orm::QueryResult| row.try_get_by_index::<i32>(columns.len());
    rows.into_iter()
        .map(|row| {
            let place = usize::try_from(place(&row)?).map_err(Error::internal)?;
            Ok((place, row))
        })
        .collect()
}
