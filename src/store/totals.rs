//! What the entries of a list add up to.
//!
//! The database adds up, and reads as many entries as a count does: the same conditions choose them. Amounts are integers
//! of 64 bits, and their sum may need more, which SQLite refuses. So the upper and the lower half of each are added up
//! apart.

use sea_orm::sea_query::{Asterisk, CaseStatement, Expr, ExprTrait, Func, Order, Query};
use sea_orm::{ConnectionTrait, QueryResult};

use super::condition::condition;
use super::convert;
use super::listing::{select_entries, unite};
use super::places::Range;
use super::statement::statement;
use super::steering::steer;
use crate::domain::page::Listing;
use crate::domain::{Count, CurrencyCode, CurrencyTotal, Field, Fields, MoneySum, Result};
use crate::entities::accounting_entry::{Column, Entity};

/// Bits of the lower half of an amount.
const LOWER_BITS: u32 = 32;
/// The lower half of an amount with every bit set.
const LOWER_HALF: i64 = 0xFFFF_FFFF;

/// What the entries of the listing add up to, by the code of the currency, reading no more than [`Count::LIMIT`] and one.
/// `None` when there are more to read, or a sum is out of range.
pub async fn of_listing(
    connection: &impl ConnectionTrait,
    range: &Range,
    listing: &Listing,
) -> Result<Option<Vec<CurrencyTotal>>> {
    let backend = connection.get_database_backend();
    let (leading, residual) = match &listing.filter {
        Some(filter) => filter.clone().split_indexed(),
        None => (None, None),
    };
    let fields = match residual {
        Some(_) => Fields::All,
        None => Fields::Only(vec![Field::Debit, Field::Credit, Field::Currency]),
    };
    let columns = convert::columns(&fields);
    let mut places = range.places(backend);
    steer(connection, &mut places, leading.as_ref(), true).await?;
    // Where no condition says what to read, the entries are read by id: PostgreSQL would scan the table otherwise.
    let in_order = leading.is_none() && matches!(range, Range::Ledger | Range::Standing);
    let read = places.into_iter().map(|place| {
        let mut query = select_entries(place.query(backend), &columns, leading.as_ref(), backend);
        if in_order {
            query.order_by_expr(place.id, Order::Asc);
        }
        query.limit(Count::LIMIT + 1);
        query
    });
    let mut read = unite(read.collect(), &columns).statement;
    read.limit(Count::LIMIT + 1);

    let passes = || residual.as_ref().map_or(Expr::value(true), |filter| condition(filter, backend));
    let sum = |value: Expr| {
        let of_matching = CaseStatement::new().case(passes(), value).finally(0_i64);
        Expr::expr(Func::sum(of_matching)).cast_as("bigint")
    };
    let upper = |amount: Column| sum(Expr::col(amount).right_shift(LOWER_BITS.cast_signed()));
    let lower = |amount: Column| sum(Expr::col(amount).bit_and(LOWER_HALF));
    let query = Query::select()
        .column(Column::Currency)
        .expr_as(Expr::col(Asterisk).count(), "read")
        .expr_as(sum(Expr::value(1_i64)), "matching")
        .expr_as(upper(Column::Debit), "debit_upper")
        .expr_as(lower(Column::Debit), "debit_lower")
        .expr_as(upper(Column::Credit), "credit_upper")
        .expr_as(lower(Column::Credit), "credit_lower")
        .from_subquery(read, Entity)
        .group_by_col(Column::Currency)
        .order_by(Column::Currency, Order::Asc)
        .to_owned();
    let rows = connection.query_all_raw(statement(&query, backend)).await?;

    let (mut totals, mut read) = (Vec::with_capacity(rows.len()), 0);
    for row in &rows {
        read += row.try_get::<i64>("", "read")?.unsigned_abs();
        let entries = row.try_get::<i64>("", "matching")?.unsigned_abs();
        if entries == 0 {
            continue;
        }
        let currency: CurrencyCode = row.try_get("", "currency")?;
        let debit = sum_of(row, "debit_upper", "debit_lower")?.to_money();
        let credit = sum_of(row, "credit_upper", "credit_lower")?.to_money();
        totals.push(debit.zip(credit).map(|(debit, credit)| CurrencyTotal {
            currency,
            debit,
            credit,
            entries,
        }));
    }
    Ok(if read > Count::LIMIT { None } else { totals.into_iter().collect() })
}

/// The sum whose halves stand in these columns.
fn sum_of(row: &QueryResult, upper: &str, lower: &str) -> Result<MoneySum> {
    let half = |name: &str| row.try_get::<i64>("", name).map(i128::from);
    Ok(MoneySum::from_ten_thousandths((half(upper)? << LOWER_BITS) + half(lower)?))
}
