//! Pages of lists in the order of a number.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Order, QueryFilter, QueryOrder, QuerySelect};

use super::systems::key_of;
use crate::domain::SystemId;
use crate::domain::page::Page;

/// Cuts a query to a page of a list by this column, lowest first; in reverse when the page is taken from the end.
pub(super) fn lowest_first<Q: QueryFilter + QueryOrder + QuerySelect>(
    query: Q,
    number: impl ColumnTrait,
    page: &Page<i64>,
) -> Q {
    let order = if page.from_end { Order::Desc } else { Order::Asc };
    cut(query, number, page.after, page.before, order).limit(page.limit())
}

/// Cuts a query to a page of the rows of one system by this column, lowest first; in reverse when the page is taken from the
/// end. `columns`: that of the system, and the number, in the order of an index. A page is a range of that index: a condition
/// for the system and one for the number would leave it to PostgreSQL to walk the key of the table instead, and to pass over
/// all that does not belong to the list.
pub(super) fn lowest_first_of_system<Q: QueryFilter + QueryOrder + QuerySelect>(
    query: Q,
    columns: (impl ColumnTrait, impl ColumnTrait),
    system_id: &SystemId,
    page: &Page<i64>,
) -> Q {
    let (system, number) = (columns.0.into_expr(), columns.1.into_expr());
    let place = || Expr::tuple([system.clone(), number.clone()]);
    let at = |number: i64| Expr::tuple([key_of(system_id), Expr::value(number)]);
    let order = if page.from_end { Order::Desc } else { Order::Asc };
    query
        .filter(place().gt(at(page.after.unwrap_or(i64::MIN))))
        .filter(place().lt(at(page.before.unwrap_or(i64::MAX))))
        .order_by(system.clone(), order.clone())
        .order_by(number.clone(), order)
        .limit(page.limit())
}

/// Cuts a query to a page of a list by this column, highest first; in reverse when the page is taken from the end.
pub(super) fn highest_first<Q: QueryFilter + QueryOrder + QuerySelect>(
    query: Q,
    number: impl ColumnTrait,
    page: &Page<i64>,
) -> Q {
    let order = if page.from_end { Order::Asc } else { Order::Desc };
    cut(query, number, page.before, page.after, order).limit(page.limit())
}

fn cut<Q: QueryFilter + QueryOrder>(
    mut query: Q,
    number: impl ColumnTrait,
    above: Option<i64>,
    below: Option<i64>,
    order: Order,
) -> Q {
    if let Some(above) = above {
        query = query.filter(number.gt(above));
    }
    if let Some(below) = below {
        query = query.filter(number.lt(below));
    }
    query.order_by(number, order)
}
