//! What is asked of each of several vouchers, by one statement: their keys are rows in it, for which the index of vouchers is
//! looked up one after the other. A statement with a query for each voucher takes far longer to plan than to run.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, ExprTrait, JoinType, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult};

use crate::domain::page::Page;
use crate::domain::{Entry, EntryId, Error, Fields, Result, Voucher, VoucherId};
use crate::entities::accounting_entry::{Column, Entity};
use crate::store::convert;
use crate::store::probe::{self, stands};
use crate::store::same_voucher::is_blank;
use crate::store::statement::statement;

/// The keys, as rows. Both databases name the columns of such rows themselves: [`PLACE`], then the columns of a key.
const WANTED: &str = "wanted";
/// The index of the voucher among those that were asked for.
const PLACE: &str = "column1";
/// The key of a voucher with a number, and what the rows of keys call its columns.
const KEY: [(Column, &str); 3] =
    [(Column::JournalCode, "column2"), (Column::PostingDate, "column3"), (Column::EntryNumber, "column4")];

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
    let mut found: HashMap<VoucherId, Vec<Entry>> = HashMap::with_capacity(vouchers.len());
    if let Some(query) = of_numbered(vouchers, page, &columns, backend) {
        for row in connection.query_all_raw(statement(&query, backend)).await? {
            let voucher = at_its_place(vouchers, &row, columns.len())?;
            found.entry(voucher).or_default().push(convert::listed(&row, &columns)?);
        }
    }
    if let Some(query) = of_unnumbered(vouchers, page, &columns) {
        for row in connection.query_all_raw(statement(&query, backend)).await? {
            let entry = convert::listed(&row, &columns)?;
            found.entry(VoucherId::Unnumbered(entry.id)).or_default().push(entry);
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
    let found = entries_of_each(connection, vouchers, &one, &Voucher::told_by()).await?;
    Ok(found.into_values().flatten().collect())
}

/// Those of the vouchers that have an entry with a mark for the system and an entry without one.
pub async fn partly_exported(
    connection: &impl ConnectionTrait,
    vouchers: &[VoucherId],
    system_key: i64,
) -> Result<Vec<VoucherId>> {
    let backend = connection.get_database_backend();
    // A voucher without a number has one entry.
    let Some(mut query) = numbered(vouchers) else { return Ok(Vec::new()) };
    let mark = || probe::mark_of(Expr::col((Entity, Column::Id)), system_key, backend);
    for of in [mark(), mark().not()] {
        let mut lines = lines();
        lines.expr(Expr::value(1)).and_where(of);
        query.and_where(probe::exists(lines, backend));
    }
    query.column((WANTED, PLACE));
    let rows = connection.query_all_raw(statement(&query, backend)).await?;
    rows.iter().map(|row| at_its_place(vouchers, row, 0)).collect()
}

/// The entries of the vouchers that have a number, each with the index of its voucher in the last column.
fn of_numbered(
    vouchers: &[VoucherId],
    page: &Page<EntryId>,
    columns: &[Column],
    backend: DbBackend,
) -> Option<SelectStatement> {
    let mut query = numbered(vouchers)?;
    let mut lines = lines();
    within(&mut lines, page);
    let direction = if page.from_end { Order::Desc } else { Order::Asc };
    lines.order_by((Entity, Column::Id), direction).limit(page.limit());
    let of_entry = || columns.iter().map(|column| (Entity, *column));
    match backend {
        DbBackend::Postgres => {
            lines.columns(of_entry());
            query.join_lateral(JoinType::InnerJoin, lines, Entity, Expr::cust("TRUE"));
        }
        // With CROSS JOIN, SQLite reads the tables in the order in which they are written, and the entries by their ids.
        _ => {
            lines.column((Entity, Column::Id));
            query.cross_join(Entity).and_where(Expr::col((Entity, Column::Id)).in_subquery(lines));
        }
    }
    Some(query.columns(of_entry()).column((WANTED, PLACE)).to_owned())
}

/// The entries of the vouchers that have none.
fn of_unnumbered(
    vouchers: &[VoucherId],
    page: &Page<EntryId>,
    columns: &[Column],
) -> Option<SelectStatement> {
    let alone = vouchers.iter().filter_map(|voucher| match voucher {
        VoucherId::Unnumbered(id) => Some(*id),
        VoucherId::Numbered { .. } => None,
    });
    let alone: Vec<EntryId> = alone.collect();
    if alone.is_empty() {
        return None;
    }
    let mut query = Query::select();
    query
        .columns(columns.iter().map(|column| (Entity, *column)))
        .from(Entity)
        .and_where(stands())
        .and_where(is_blank(Expr::col((Entity, Column::EntryNumber))))
        .and_where(Expr::col((Entity, Column::Id)).is_in(alone));
    within(&mut query, page);
    Some(query)
}

/// A query of the keys of the vouchers that have a number; `None` where there is none.
fn numbered(vouchers: &[VoucherId]) -> Option<SelectStatement> {
    let key = |(place, voucher): (i64, &VoucherId)| match voucher {
        VoucherId::Numbered { posting_date, journal_code, entry_number } => {
            Some((place, journal_code.clone(), posting_date.date(), entry_number.clone()))
        }
        VoucherId::Unnumbered(_) => None,
    };
    let keys: Vec<_> = (0..).zip(vouchers).filter_map(key).collect();
    if keys.is_empty() { None } else { Some(Query::select().from_values(keys, WANTED).to_owned()) }
}

/// The entries of the voucher in the row of keys; the caller adds the columns.
fn lines() -> SelectStatement {
    let mut lines = Query::select().from(Entity).and_where(stands()).to_owned();
    for (column, wanted) in KEY {
        lines.and_where(Expr::col((Entity, column)).eq(Expr::col((WANTED, wanted))));
    }
    lines
}

/// Narrows a query of entries to what lies between the bounds of the page.
fn within(query: &mut SelectStatement, page: &Page<EntryId>) {
    let id = || Expr::col((Entity, Column::Id));
    query
        .and_where_option(page.after.map(|after| id().gt(after)))
        .and_where_option(page.before.map(|before| id().lt(before)));
}

fn at_its_place(vouchers: &[VoucherId], row: &QueryResult, column: usize) -> Result<VoucherId> {
    let place = usize::try_from(row.try_get_by_index::<i64>(column)?).map_err(Error::internal)?;
    vouchers.get(place).cloned().ok_or_else(|| Error::internal("a voucher that was not asked for"))
}
