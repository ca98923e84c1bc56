//! Chooses how the places of a list are read, so that no database's planner has to choose.

use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Asterisk, Expr, ExprTrait, Query, SelectStatement};

use super::condition::condition;
use super::places::{Join, Place};
use super::statement::statement;
use crate::domain::{Error, Filter, Result};
use crate::entities::accounting_entry::Entity;

/// Up to this number, matches or rows are all read and sorted. More are read along an index in the page's order.
const FEW: u64 = 20_000;

/// The same for later marks and a page in the order of the ids: more are read block by block, which takes about as long as
/// to read and sort so many.
const FEW_LATER: u64 = 5_000;

/// The number of rows of each query, counted up to the number beside it and one, in one statement for all.
async fn counts(connection: &impl ConnectionTrait, queries: Vec<(SelectStatement, u64)>) -> Result<Vec<u64>> {
    if queries.is_empty() {
        return Ok(Vec::new());
    }
    let names: Vec<String> = (0..queries.len()).map(|number| format!("count_{number}")).collect();
    let mut counts = Query::select();
    for ((mut rows, few), name) in queries.into_iter().zip(&names) {
        rows.expr(Expr::value(1)).limit(few + 1);
        let count =
            Query::select().expr(Expr::col(Asterisk).count()).from_subquery(rows, name.clone()).to_owned();
        counts.expr_as(Expr::SubQuery(None, Box::new(count.into())), name.clone());
    }
    let row = connection.query_one_raw(statement(&counts, connection.get_database_backend())).await?;
    let row = row.ok_or_else(|| Error::internal("a count without a row"))?;
    names.iter().map(|name| Ok(row.try_get::<i64>("", name)?.unsigned_abs())).collect()
}

/// Chooses how each place is read, by the number of its rows and the number of entries that pass the filter's indexed
/// conditions. Nothing is left to a planner's statistics: they do not count what was marked or recorded since the last
/// ANALYZE, and a planner that takes two large sets for empty compares each row of one with each row of the other.
///
/// - Few entries match the filter: they are found by the filter's index, and sorted. Planners expect matches to be
///   spread evenly, and would walk an index in the page's order until the page is full; recent entries are at its end.
///   If the place has more rows than there are matches, each match is looked up in the place.
/// - Few rows are in the place: they are found by their own index, and sorted. The entry of each is looked up.
/// - The page is in the order of the ids: the rows are read in that order, later marks block by block. The entry of each is
///   looked up.
/// - Otherwise: the entries are read in the page's order, and each is looked up in the place.
///
/// `by_id`: the page is ordered by id, or has no order.
pub(super) async fn steer(
    connection: &impl ConnectionTrait,
    places: &mut [Place],
    filter: Option<&Filter>,
    by_id: bool,
) -> Result<()> {
    let backend = connection.get_database_backend();
    let selective = filter.cloned().and_then(Filter::selective_part);
    let matches = selective
        .as_ref()
        .map(|filter| (Query::select().from(Entity).and_where(condition(filter, backend)).to_owned(), FEW));
    let uncertain =
        |place: &Place| place.join != Join::None && (place.later.is_some() || !by_id || selective.is_some());
    let few = |place: &Place| {
        if place.later.is_some() && by_id && selective.is_none() { FEW_LATER } else { FEW }
    };
    let rows = places.iter().filter(|place| uncertain(place)).map(|place| (place.counted(), few(place)));
    let mut counts = counts(connection, matches.into_iter().chain(rows).collect()).await?.into_iter();
    let matches = if selective.is_some() { counts.next() } else { None }.filter(|matches| *matches <= FEW);
    for place in places {
        let rows = if uncertain(place) { counts.next() } else { None };
        let few_rows = rows.is_some_and(|rows| rows <= few(place)) && (place.later.is_some() || !by_id);
        place.sorted = matches.is_some() || few_rows;
        place.by_blocks = place.later.is_some() && by_id && !place.sorted;
        let entries_first = match (matches, rows) {
            (Some(matches), Some(rows)) => matches < rows,
            _ => !by_id && !few_rows,
        };
        if place.join == Join::OneByOne && entries_first {
            place.look_up_each_entry(backend);
        }
    }
    Ok(())
}
