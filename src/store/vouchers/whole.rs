//! Vouchers with all of their entries, read from one snapshot while they are consumed.

use futures_util::{Stream, StreamExt};
use sea_orm::sea_query::{Alias, DynIden, Expr, IntoIden, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, DbBackend, StreamTrait};

use super::is_first;
use crate::domain::export::EntryExport;
use crate::domain::page::{Page, Position, VoucherListing};
use crate::domain::{Entry, EntryId, Fields, Result, SystemId, Voucher};
use crate::entities::accounting_entry::{Column, Entity};
use crate::store::convert;
use crate::store::listing::{marks_in, marks_of_each, page_query, whole_query};
use crate::store::places::Range;
use crate::store::probe;
use crate::store::same_voucher::join_lines;
use crate::store::statement::statement;
use crate::store::steering::steer;

/// An entry of a voucher that [`stream`] gives whole.
#[derive(Clone, Debug)]
pub struct Line {
    /// The voucher's first entry in the list.
    pub first: EntryId,
    /// The entry.
    pub entry: Entry,
    /// Whether the entry is marked for the system; `false` when no system was given.
    pub is_marked: bool,
    /// Its marks by system name; `None` when they were not asked for.
    pub marks: Option<Vec<EntryExport>>,
}

/// The entries of the list's vouchers after the position `after`, of `limit` vouchers at most: voucher by voucher in
/// the order of the list, those of one voucher by id. A voucher comes whole, with its entries that are not in the list
/// too; withdrawn entries belong to none. Each entry tells whether it is marked for the system with this key, and where
/// `marks` is given its marks for these systems (`Some(None)`: for all).
pub async fn stream<'a>(
    connection: &'a (impl ConnectionTrait + StreamTrait),
    range: &Range,
    VoucherListing(listing): &VoucherListing,
    after: Option<Position>,
    limit: Option<u64>,
    system_key: Option<i64>,
    marks: Option<Option<&[SystemId]>>,
) -> Result<impl Stream<Item = Result<Line>> + Send + 'a> {
    let backend = ConnectionTrait::get_database_backend(connection);
    let mut places = range.places(backend);
    steer(connection, &mut places, listing.filter.as_ref(), true).await?;
    let columns = convert::columns(&Voucher::told_by());
    let only = is_first(range, listing.filter.as_ref(), backend);
    let firsts = match limit {
        Some(size) => {
            let page = Page { size: size.saturating_sub(1), from_end: false, after, before: None };
            page_query(places, listing, &page, &columns, Some(&only), backend)?
        }
        None => {
            let mut all = whole_query(places, listing, after, &columns, Some(&only), backend)?;
            if backend != DbBackend::Postgres {
                // SQLite keeps the order of a subquery only if the subquery has a LIMIT.
                all.limit(i64::MAX.unsigned_abs());
            }
            all
        }
    };
    let all = convert::columns(&Fields::All);
    let mut query = whole(firsts, &all, system_key, backend);
    if let Some(systems) = marks {
        query.expr(marks_of_each(systems, backend));
    }
    let tells_marks = marks.is_some();
    let rows = connection.stream_raw(statement(&query, backend)).await?;
    Ok(rows.map(move |row| {
        let row = row?;
        let entry = convert::listed(&row, &all)?;
        let marks = tells_marks.then(|| marks_in(&row, all.len() + 2, entry.id)).transpose()?;
        Ok(Line {
            first: row.try_get_by_index(all.len())?,
            is_marked: row.try_get_by_index(all.len() + 1)?,
            entry,
            marks,
        })
    }))
}

/// The statement of [`stream`], without marks: all entries of the vouchers that these first entries belong to.
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
    let mut query = Query::select();
    query
        .columns(columns.iter().map(|column| (Entity, *column)))
        .expr(id(&first))
        .expr(is_marked)
        .from_subquery(firsts, first.clone());
    join_lines(&mut query, &first, backend);
    if backend == DbBackend::Postgres {
        // SQLite gives the rows in this order anyway; for an ORDER BY it would sort the whole answer.
        query.order_by_expr(id(&first), Order::Asc).order_by_expr(id(&line), Order::Asc);
    }
    query
}
