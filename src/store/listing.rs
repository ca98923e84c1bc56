//! Lists of entries: a page of them, their bounded count, and all of them streamed. Each place where entries lie is
//! read by a query of its own, already ordered and cut to the page, so that the cost is that of the page and not of
//! the ledger.

mod with_marks;

use futures_util::Stream;
use futures_util::StreamExt;
use sea_orm::sea_query::{
    Asterisk, CaseStatement, Expr, ExprTrait, Func, Order as Direction, Query, SelectStatement, UnionType,
};
use sea_orm::{ConnectionTrait, DbBackend, StreamTrait};

use super::condition::condition;
use super::convert;
use super::places::{Place, Range, Stretch, column, without_index};
use super::statement::statement;
use super::steering::steer;
use crate::domain::filter::Filter;
use crate::domain::page::{Listing, OrderKey, Page, Position};
use crate::domain::{Count, Entry, Error, Fields, Precision, Result};
use crate::entities::accounting_entry::{Column, Entity};

pub use with_marks::stream_with_marks;
pub(super) use with_marks::{marks_in, marks_of_each};

/// A page, in the listing's order, with one entry more than its size when there are more. Of the entries these
/// fields are read.
pub async fn page(
    connection: &impl ConnectionTrait,
    range: &Range,
    listing: &Listing,
    page: &Page,
    fields: &Fields,
) -> Result<Vec<Entry>> {
    let backend = connection.get_database_backend();
    let mut places = range.places(backend);
    steer(connection, &mut places, listing.filter.as_ref(), listing.order.key == OrderKey::Id).await?;
    let columns = convert::columns(fields);
    let query = page_query(places, listing, page, &columns, None, backend)?;
    connection
        .query_all_raw(statement(&query, backend))
        .await?
        .iter()
        .map(|row| convert::listed(row, &columns))
        .collect()
}

/// The statement of [`page`], of the entries for which this is also true; taken from the end, rows come in reverse.
pub(super) fn page_query(
    places: Vec<Place>,
    listing: &Listing,
    page: &Page,
    columns: &[Column],
    only: Option<&Expr>,
    backend: DbBackend,
) -> Result<SelectStatement> {
    let downwards = listing.order.descending != page.from_end;
    let cut = |query: &mut SelectStatement, keys: &Keys| {
        for (bound, upwards) in
            [(page.after, !listing.order.descending), (page.before, listing.order.descending)]
        {
            if let Some(position) = bound {
                query.and_where(keys.beyond(position, upwards)?);
            }
        }
        keys.order(query, downwards);
        query.limit(page.size + 1);
        Ok(())
    };
    let (above, below) =
        if listing.order.descending { (page.before, page.after) } else { (page.after, page.before) };
    let id = |position: Position| position.id;
    let stretch = Stretch { above: above.map(id), below: below.map(id), downwards, limit: page.limit() };
    let places = places.into_iter().map(|mut place| {
        if listing.order.key == OrderKey::Id {
            let filter = listing.filter.as_ref().map(|filter| condition(filter, backend));
            place.read_in_order(&stretch, filter.into_iter().chain(only.cloned()), backend);
        }
        let keys = Keys::new(listing.order.key, place.id.clone());
        let keys = if place.sorted { keys.without_index(backend) } else { keys };
        if listing.filter.is_none() && only.is_none() && listing.order.key == OrderKey::Id {
            place.cut(|rows| cut(rows, &keys))?;
        }
        let mut query = select_entries(place.query(backend), columns, listing.filter.as_ref(), backend);
        query.and_where_option(only.cloned());
        cut(&mut query, &keys)?;
        Ok(query)
    });
    let mut query = unite(places.collect::<Result<Vec<_>>>()?, columns);
    if query.is_union {
        Keys::new(listing.order.key, Expr::col(Column::Id)).order(&mut query.statement, downwards);
        query.statement.limit(page.size + 1);
    }
    Ok(query.statement)
}

/// All entries of the listing from behind `after`, as of one moment, read while they are consumed.
pub async fn stream<'a>(
    connection: &'a (impl ConnectionTrait + StreamTrait),
    range: &Range,
    listing: &Listing,
    after: Option<Position>,
) -> Result<impl Stream<Item = Result<Entry>> + Send + 'a> {
    let backend = ConnectionTrait::get_database_backend(connection);
    let all = convert::columns(&Fields::All);
    let mut places = range.places(backend);
    steer(connection, &mut places, listing.filter.as_ref(), listing.order.key == OrderKey::Id).await?;
    let query = whole_query(places, listing, after, &all, None, backend)?;
    let rows = connection.stream(&query).await?;
    Ok(rows.map(move |row| row.map_err(Error::from).and_then(|row| convert::listed(&row, &all))))
}

/// The statement of [`stream`], of the entries for which this is also true.
pub(super) fn whole_query(
    mut places: Vec<Place>,
    listing: &Listing,
    after: Option<Position>,
    columns: &[Column],
    only: Option<&Expr>,
    backend: DbBackend,
) -> Result<SelectStatement> {
    let downwards = listing.order.descending;
    let lone_id = (places.len() == 1).then(|| places[0].id.clone());
    let queries = places.drain(..).map(|place| {
        let mut query = select_entries(place.query(backend), columns, listing.filter.as_ref(), backend);
        query.and_where_option(only.cloned());
        if let Some(position) = after {
            query.and_where(Keys::new(listing.order.key, place.id).beyond(position, !downwards)?);
        }
        Ok(query)
    });
    let mut query = unite(queries.collect::<Result<Vec<_>>>()?, columns).statement;
    let id = lone_id.unwrap_or_else(|| Expr::col(Column::Id));
    Keys::new(listing.order.key, id).order(&mut query, downwards);
    Ok(query)
}

/// How many entries the listing has, reading no more than [`Count::LIMIT`] and one.
///
/// Conditions that an index answers choose the candidates; the others are tested on those. So a count by day
/// is exact while the day is short, and one by description never reads the whole ledger.
pub async fn count(connection: &impl ConnectionTrait, range: &Range, listing: &Listing) -> Result<Count> {
    let backend = connection.get_database_backend();
    let all = convert::columns(&Fields::All);
    let columns = if listing.filter.is_some() { all.as_slice() } else { &[Column::Id] };
    let (leading, residual) = match &listing.filter {
        Some(filter) => filter.clone().split_indexed(),
        None => (None, None),
    };
    let mut places = range.places(backend);
    steer(connection, &mut places, leading.as_ref(), true).await?;
    let candidates = places.into_iter().map(|place| {
        let mut query = match listing.filter {
            Some(_) => select_entries(place.query(backend), columns, leading.as_ref(), backend),
            None => place.ids(backend),
        };
        query.limit(Count::LIMIT + 1);
        query
    });
    let mut candidates = unite(candidates.collect(), columns).statement;
    candidates.limit(Count::LIMIT + 1);
    let passes = residual.map_or(Expr::value(true), |filter| condition(&filter, backend));
    let matching = CaseStatement::new().case(passes, 1).finally(0);
    let query = Query::select()
        .expr_as(Expr::col(Asterisk).count(), "candidates")
        .expr_as(
            Expr::expr(Func::coalesce([Expr::expr(Func::sum(matching)), Expr::value(0)])).cast_as("bigint"),
            "matching",
        )
        .from_subquery(candidates, Entity)
        .to_owned();
    let row = connection.query_one_raw(statement(&query, backend)).await?;
    let row = row.ok_or_else(|| Error::internal("a count without a row"))?;
    let candidates = row.try_get::<i64>("", "candidates")?.unsigned_abs();
    let matching = row.try_get::<i64>("", "matching")?.unsigned_abs();
    let precision = if candidates > Count::LIMIT { Precision::AtLeast } else { Precision::Exact };
    Ok(Count { count: Ord::min(matching, Count::LIMIT), precision })
}

/// Adds these columns of the entry to a query of a place, and the filter.
pub(super) fn select_entries(
    mut query: SelectStatement,
    columns: &[Column],
    filter: Option<&Filter>,
    backend: DbBackend,
) -> SelectStatement {
    query.columns(columns.iter().map(|name| (Entity, *name)));
    if let Some(filter) = filter {
        query.and_where(condition(filter, backend));
    }
    query
}

pub(super) struct United {
    pub(super) statement: SelectStatement,
    is_union: bool,
}

/// One query as it is; several as `SELECT … FROM (SELECT * FROM (…) UNION ALL …)`, the form SQLite takes.
pub(super) fn unite(queries: Vec<SelectStatement>, columns: &[Column]) -> United {
    let is_union = queries.len() > 1;
    let combined = queries
        .into_iter()
        .map(|query| match is_union {
            true => Query::select().column(Asterisk).from_subquery(query, "place").to_owned(),
            false => query,
        })
        .reduce(|mut first, next| first.union(UnionType::All, next).to_owned())
        .unwrap_or_default();
    let statement = match is_union {
        true => Query::select().columns(columns.iter().copied()).from_subquery(combined, Entity).to_owned(),
        false => combined,
    };
    United { statement, is_union }
}

/// What a query is ordered by: the order's key, unless that is the id, and the id.
struct Keys {
    order: OrderKey,
    key: Option<Expr>,
    id: Expr,
}

impl Keys {
    fn new(order: OrderKey, id: Expr) -> Self {
        let key = match order {
            OrderKey::Id => None,
            OrderKey::CreatedAt => Some(Column::CreatedAt),
            OrderKey::UpdatedAt => Some(Column::UpdatedAt),
            OrderKey::PostingDate => Some(Column::PostingDate),
        };
        Self { order, key: key.map(|key| column(Entity, key)), id }
    }

    /// The same values, made so that no index has them.
    fn without_index(self, backend: DbBackend) -> Self {
        let value = |column: Expr| without_index(column, backend);
        Self { order: self.order, key: self.key.map(value), id: value(self.id) }
    }

    fn order(&self, query: &mut SelectStatement, downwards: bool) {
        let direction = if downwards { Direction::Desc } else { Direction::Asc };
        for key in self.key.iter().chain([&self.id]) {
            query.order_by_expr(key.clone(), direction.clone());
        }
    }

    /// The rows on one side of a position.
    fn beyond(&self, position: Position, upwards: bool) -> Result<Expr> {
        let Some(key) = &self.key else {
            let id = self.id.clone();
            return Ok(if upwards { id.gt(position.id) } else { id.lt(position.id) });
        };
        let row = Expr::tuple([key.clone(), self.id.clone()]);
        let bound = Expr::tuple([key_value(self.order, position)?, Expr::value(position.id)]);
        Ok(if upwards { row.gt(bound) } else { row.lt(bound) })
    }
}

fn key_value(key: OrderKey, position: Position) -> Result<Expr> {
    if key != OrderKey::PostingDate {
        return Ok(Expr::value(position.key));
    }
    i32::try_from(position.key)
        .ok()
        .and_then(chrono::NaiveDate::from_num_days_from_ce_opt)
        .map(Expr::value)
        .ok_or_else(|| Error::refused(crate::domain::Code::InvalidCursor, "the cursor holds no date"))
}
