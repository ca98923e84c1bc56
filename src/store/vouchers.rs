//! Vouchers: lists of them, and the entries of each.
//!
//! A list of vouchers is a list of entries of which each voucher has only its first: an entry is left out when one with a
//! lower id is in the list and in its voucher. That one is looked for downwards from the entry, and is the first that is
//! met but where entries of the voucher are not in the list; so all of the looks for a voucher pass over each of its
//! entries once at most, however many they are.

use std::collections::HashMap;

use futures_util::{Stream, StreamExt};
use sea_orm::sea_query::{
    Alias, DynIden, Expr, ExprTrait, IntoIden, JoinType, Order, Query, SelectStatement, UnionType,
};
use sea_orm::{ConnectionTrait, DbBackend, StreamTrait};

use super::changes::has_changed;
use super::condition::condition_on;
use super::convert;
use super::listing::{page_query, whole_query};
use super::places::Range;
use super::probe;
use super::same_voucher::{entries_of, same_voucher};
use super::statement::statement;
use super::steering::steer;
use crate::domain::page::{Page, Position, VoucherListing};
use crate::domain::{Entry, EntryId, Error, Field, Fields, Filter, Result, VoucherId};
use crate::entities::accounting_entry::{Column, Entity};

/// What an entry tells of its voucher.
fn fields() -> Fields {
    Fields::Only(vec![Field::JournalCode, Field::PostingDate, Field::EntryNumber])
}

/// A page of the list, one more than its size when there are more: of each voucher its first entry in the list, with what
/// it tells of the voucher. Taken from the end, they come in reverse.
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

/// An entry of a whole voucher.
#[derive(Clone, Debug)]
pub struct Line {
    /// The first entry of the voucher in the list.
    pub first: EntryId,
    /// The entry.
    pub entry: Entry,
    /// Whether it is marked for the system that was asked about.
    pub is_marked: bool,
}

/// The entries of the vouchers of the list from behind `after`, of all of them or of so many: voucher by voucher, each
/// whole, also with the entries that are not in the list. Each tells whether it is marked for this system.
pub async fn stream<'a>(
    connection: &'a (impl ConnectionTrait + StreamTrait),
    range: &Range,
    VoucherListing(listing): &VoucherListing,
    after: Option<Position>,
    limit: Option<u64>,
    system_key: Option<i64>,
) -> Result<impl Stream<Item = Result<Line>> + Send + 'a> {
    let backend = ConnectionTrait::get_database_backend(connection);
    let mut places = range.places(backend);
    steer(connection, &mut places, listing.filter.as_ref(), true).await?;
    let columns = convert::columns(&fields());
    let only = is_first(range, listing.filter.as_ref(), backend);
    let firsts = match limit {
        Some(size) => {
            let page = Page { size: size.saturating_sub(1), from_end: false, after, before: None };
            page_query(places, listing, &page, &columns, Some(&only), backend)?
        }
        None => {
            let mut all = whole_query(places, listing, after, &columns, Some(&only), backend)?;
            if backend != DbBackend::Postgres {
                // SQLite keeps the order of a subquery only where it has a LIMIT.
                all.limit(i64::MAX.unsigned_abs());
            }
            all
        }
    };
    let all = convert::columns(&Fields::All);
    let rows = connection.stream_raw(statement(&whole(firsts, &all, system_key, backend), backend)).await?;
    Ok(rows.map(move |row| {
        let row = row?;
        Ok(Line {
            entry: convert::listed(&row, &all)?,
            first: row.try_get_by_index(all.len())?,
            is_marked: row.try_get_by_index(all.len() + 1)?,
        })
    }))
}

/// The entries of the vouchers of these first entries.
fn whole(
    firsts: SelectStatement,
    columns: &[Column],
    system_key: Option<i64>,
    backend: DbBackend,
) -> SelectStatement {
    let (first, line) = (Alias::new("first_entries").into_iden(), Entity.into_iden());
    let id = |table: &DynIden| Expr::col((table.clone(), Column::Id));
    let is_marked = match system_key {
        Some(key) => probe::mark_of(id(&line), key, backend),
        None => Expr::value(false),
    };
    let same = same_voucher(&line, &first, backend);
    let mut query = Query::select();
    query
        .columns(columns.iter().map(|column| (Entity, *column)))
        .expr(id(&first))
        .expr(is_marked)
        .from_subquery(firsts, first.clone());
    match backend {
        // With an OFFSET, if only of 0, it is never joined in another way.
        DbBackend::Postgres => {
            let mut lines = Query::select().column(sea_orm::sea_query::Asterisk).from(Entity).to_owned();
            same.into_iter().for_each(|same| {
                lines.and_where(same);
            });
            lines.order_by((Entity, Column::Id), Order::Asc).offset(0);
            query.join_lateral(JoinType::InnerJoin, lines, Entity, Expr::cust("TRUE"));
            query.order_by_expr(id(&first), Order::Asc).order_by_expr(id(&line), Order::Asc);
        }
        // To SQLite the word CROSS says that the order of the tables is meant: the rows come voucher by voucher, and those
        // of each in the order of the index. Asked for it, SQLite would sort all of the answer.
        _ => {
            query.cross_join(Entity);
            same.into_iter().for_each(|same| {
                query.and_where(same);
            });
        }
    }
    query
}

/// That no entry of the list stands before this one in its voucher.
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

/// That the entry which the query calls so is of this range. Whether it is unexported is told from its mark alone: that
/// is what pending rows stand for.
fn holds(range: &Range, entry: &DynIden, backend: DbBackend) -> Option<Expr> {
    match range {
        Range::Ledger | Range::Standing | Range::Voucher(_) | Range::Pending(_) | Range::Empty => None,
        Range::Changed(system) => {
            Some(has_changed(Expr::col((entry.clone(), Column::Id)), system.key, backend))
        }
        Range::Unexported { system, marked_after } => {
            let id = Expr::col((entry.clone(), Column::Id));
            Some(probe::mark_until(id, system.key, *marked_after, backend).not())
        }
    }
}

/// A page of the entries of each voucher, one more than its size when there are more, of which these fields are read. Those
/// of one voucher are in the order of their ids; taken from the end, in reverse.
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

/// The first entry of each of the vouchers that there are, with what it tells of the voucher.
pub async fn first_of_each(connection: &impl ConnectionTrait, vouchers: &[VoucherId]) -> Result<Vec<Entry>> {
    let one = Page { size: 0, from_end: false, after: None, before: None };
    let found = entries_of_each(connection, vouchers, &one, &fields()).await?;
    Ok(found.into_values().flatten().collect())
}

/// The ids of all entries of the voucher, up to so many.
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

/// Those of the vouchers of which the system has been sent some entries, and some not.
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

/// The rows of one query for each of the vouchers, sent as one, each with the voucher's place in the list. The columns are
/// those of the queries.
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
