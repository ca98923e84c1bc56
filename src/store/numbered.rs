//! Pages of lists in the order of a number.

use sea_orm::{ColumnTrait, Order, QueryFilter, QueryOrder, QuerySelect};

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
