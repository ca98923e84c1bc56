//! How a planner is led to the places where entries lie.

use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Asterisk, Expr, ExprTrait, Query, SelectStatement};

use super::condition::condition;
use super::places::{Join, Place};
use super::statement::statement;
use crate::domain::{Error, Filter, Result};
use crate::entities::accounting_entry::Entity;

/// Matches up to this number are sorted rather than searched for in their order.
const FEW: u64 = 20_000;

/// How many rows each of the queries has, up to [`FEW`] and one, in one statement.
async fn counts(connection: &impl ConnectionTrait, queries: Vec<SelectStatement>) -> Result<Vec<u64>> {
    if queries.is_empty() {
        return Ok(Vec::new());
    }
    let names: Vec<String> = (0..queries.len()).map(|number| format!("count_{number}")).collect();
    let mut counts = Query::select();
    for (mut rows, name) in queries.into_iter().zip(&names) {
        rows.expr(Expr::value(1)).limit(FEW + 1);
        let count =
            Query::select().expr(Expr::col(Asterisk).count()).from_subquery(rows, name.clone()).to_owned();
        counts.expr_as(Expr::SubQuery(None, Box::new(count.into())), name.clone());
    }
    let row = connection.query_one_raw(statement(&counts, connection.get_database_backend())).await?;
    let row = row.ok_or_else(|| Error::internal("a count without a row"))?;
    names.iter().map(|name| Ok(row.try_get::<i64>("", name)?.unsigned_abs())).collect()
}

/// Chooses how each place is read, from how many rows it has and how many entries the filter's indexed conditions
/// leave. Nothing is left to a planner's statistics: what was marked or recorded since the last ANALYZE counts as
/// nothing there, and a planner that takes two large sets to be empty compares each row of one with each of the other.
///
/// - Few matches of the filter are found by their own index, and sorted: planners take matches to be spread evenly and
///   walk an index in the page's order until they have found a hundred. What was recorded lately stands at its end.
/// - Few rows of the place are found by their own index, and sorted; the entries come to them one by one.
/// - In the order of the ids, the rows are read in their order and the entries come to them one by one.
/// - Otherwise the entries are read in the page's order, and each is looked up in the place.
///
/// `by_id` says that the page is ordered by id, or not at all.
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
        .map(|filter| Query::select().from(Entity).and_where(condition(filter, backend)).to_owned());
    let uncertain =
        |place: &Place| place.join != Join::None && (place.chosen || !by_id || selective.is_some());
    let rows = places.iter().filter(|place| uncertain(place)).map(|place| place.rows.clone());
    let mut counts = counts(connection, matches.into_iter().chain(rows).collect()).await?.into_iter();
    let matches = if selective.is_some() { counts.next() } else { None }.filter(|matches| *matches <= FEW);
    for place in places {
        let rows = if uncertain(place) { counts.next() } else { None };
        let few_rows = rows.is_some_and(|rows| rows <= FEW) && (place.chosen || !by_id);
        place.sorted = matches.is_some() || few_rows;
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
